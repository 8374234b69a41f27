//! Which inputs make up the key of a response, and whether it may have one.

use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION, VARY};
use http::request::Parts;
use http::{HeaderMap, HeaderName};

use crate::cache::directives::Directives;
use crate::cache::reads::{Name, Read};
use crate::cache::refusal::Refusal;

/// The inputs that a response depends on, sorted, each once.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Spec(pub(crate) Box<[Read]>);

/// Which cookies a response may depend on.
#[derive(Debug, Clone, Copy)]
pub(in crate::cache) struct Allowed<'a> {
    /// By name.
    pub(in crate::cache) cookies: &'a [String],
    /// The request has no others: a rule has filtered them.
    pub(in crate::cache) filtered: bool,
    /// Any, when the request has none at all.
    pub(in crate::cache) anonymous: bool,
}

/// Headers that carry the address of a client, each as some proxy names it.
const ADDRESSES: [&str; 17] = [
    "appengine-user-ip",
    "cf-connecting-ip",
    "cf-connecting-ipv6",
    "cf-pseudo-ipv4",
    "client-ip",
    "do-connecting-ip",
    "fastly-client-ip",
    "fly-client-ip",
    "forwarded",
    "true-client-ip",
    "x-appengine-user-ip",
    "x-azure-clientip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-forwarded-for",
    "x-original-forwarded-for",
    "x-real-ip",
];

/// Headers of which each request has another value.
const UNIQUE: [&str; 10] = [
    "cf-ray",
    "fly-request-id",
    "traceparent",
    "x-amz-cf-id",
    "x-amzn-trace-id",
    "x-azure-ref",
    "x-b3-traceid",
    "x-cloud-trace-context",
    "x-correlation-id",
    "x-request-id",
];

impl Spec {
    /// The inputs of a response: what was read for it and what its `Vary` names. `reads` is `None` when nobody knows what was read; it depends
    /// on the effective request URI then, as RFC 9111 section 4 has it.
    ///
    /// # Errors
    /// It depends on what is in no key.
    pub(in crate::cache) fn of(
        reads: Option<Vec<Read>>,
        response: &HeaderMap,
        parts: &Parts,
        allowed: &Allowed<'_>,
    ) -> Result<Spec, Refusal> {
        let mut reads = reads.unwrap_or_else(|| vec![Read::Host, Read::Scheme, Read::Query]);
        add_vary(&mut reads, response)?;
        for read in &mut reads {
            if matches!(read, Read::Header(name) if name.0 == COOKIE) {
                *read = Read::Cookies;
            }
        }
        for read in &reads {
            admit(read, response, parts, allowed)?;
        }
        Ok(Spec::folded(reads))
    }

    /// All inputs of several.
    pub(in crate::cache) fn union(specs: &[std::sync::Arc<Spec>]) -> Spec {
        Spec::folded(specs.iter().flat_map(|spec| spec.0.iter().cloned()).collect())
    }

    /// The inputs but for these headers.
    pub(in crate::cache) fn without(self, names: &[HeaderName]) -> Spec {
        let is_one = |read: &Read| matches!(read, Read::Header(name) if names.contains(&name.0));
        Spec(self.0.into_iter().filter(|read| !is_one(read)).collect())
    }

    /// Sorted, each once, and none that another one covers.
    fn folded(mut reads: Vec<Read>) -> Spec {
        let has = |wanted: Read| reads.contains(&wanted);
        let (headers, cookies, query) = (has(Read::Headers), has(Read::Cookies), has(Read::Query));
        reads.retain(|read| match read {
            Read::Parameter(_) => !query,
            Read::Cookie(_) => !headers && !cookies,
            Read::Cookies | Read::Header(_) => !headers,
            _ => true,
        });
        reads.sort_unstable();
        reads.dedup();
        Spec(reads.into())
    }

    /// The inputs, for people: `header accept-language`.
    pub fn texts(&self) -> Vec<String> {
        self.0.iter().map(text).collect()
    }

    /// A form that other instances read.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![FORM];
        for read in &self.0 {
            out.push(kind(read));
            if let Some(name) = name(read) {
                out.extend_from_slice(&u32::try_from(name.len()).unwrap_or(u32::MAX).to_le_bytes());
                out.extend_from_slice(name.as_bytes());
            }
        }
        out
    }

    /// Reads [`Spec::to_bytes`]. `None`: it is not one of these.
    pub fn from_bytes(bytes: &[u8]) -> Option<Spec> {
        let (&FORM, mut rest) = bytes.split_first()? else { return None };
        let mut reads = Vec::new();
        while let Some((&kind, after)) = rest.split_first() {
            rest = after;
            reads.push(match kind {
                b'h' => Read::Host,
                b's' => Read::Scheme,
                b'v' => Read::Version,
                b'q' => Read::Query,
                b'p' => Read::Parameter(take(&mut rest)?.into()),
                b'C' => Read::Cookies,
                b'c' => Read::Cookie(take(&mut rest)?.into()),
                b'A' => Read::Headers,
                b'a' => Read::Header(Name(take(&mut rest)?.parse().ok()?)),
                _ => return None,
            });
        }
        Some(Spec::folded(reads))
    }
}

/// The first byte of [`Spec::to_bytes`]: another one for another form.
const FORM: u8 = 1;

fn take<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let (name, after) = after.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
    *rest = after;
    std::str::from_utf8(name).ok()
}

/// The byte of an input in keys and specs.
pub(super) fn kind(read: &Read) -> u8 {
    match read {
        Read::Host => b'h',
        Read::Scheme => b's',
        Read::Version => b'v',
        Read::Query => b'q',
        Read::Parameter(_) => b'p',
        Read::Cookies => b'C',
        Read::Cookie(_) => b'c',
        Read::Headers => b'A',
        Read::Header(_) => b'a',
        Read::Client => b'i',
        Read::Unique => b'u',
    }
}

fn name(read: &Read) -> Option<&str> {
    match read {
        Read::Parameter(name) | Read::Cookie(name) => Some(name),
        Read::Header(name) => Some(name.0.as_str()),
        _ => None,
    }
}

fn text(read: &Read) -> String {
    let kind = match read {
        Read::Host => "host",
        Read::Scheme => "scheme",
        Read::Version => "http version",
        Read::Query => "query",
        Read::Parameter(_) => "parameter",
        Read::Cookies => "cookies",
        Read::Cookie(_) => "cookie",
        Read::Headers => "headers",
        Read::Header(_) => "header",
        Read::Client => "client address",
        Read::Unique => "request number",
    };
    name(read).map_or_else(|| kind.to_owned(), |name| format!("{kind} {name}"))
}

/// `Vary` is a list of names (RFC 9110 section 12.5.5).
fn add_vary(reads: &mut Vec<Read>, response: &HeaderMap) -> Result<(), Refusal> {
    let names = response.get_all(VARY).iter().flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    for name in names.map(<[u8]>::trim_ascii).filter(|name| !name.is_empty()) {
        // `*` is a valid name of a header.
        let name = HeaderName::from_bytes(name).ok().filter(|name| name.as_str() != "*").ok_or(Refusal::VaryStar)?;
        reads.push(Read::Header(Name(name)));
    }
    Ok(())
}

/// Whether a response that depends on this may be stored.
fn admit(read: &Read, response: &HeaderMap, parts: &Parts, allowed: &Allowed<'_>) -> Result<(), Refusal> {
    let any_cookies = || allowed.filtered || allowed.anonymous && !parts.headers.contains_key(COOKIE);
    match read {
        Read::Client => Err(Refusal::ClientAddress),
        Read::Unique => Err(Refusal::Unique),
        Read::Cookie(name) if !allowed.cookies.iter().any(|cookie| **cookie == **name) && !any_cookies() => Err(Refusal::Cookie),
        Read::Cookies | Read::Headers if !any_cookies() => Err(Refusal::Cookie),
        Read::Headers => parts.headers.keys().try_for_each(|name| admit_header(name, response)),
        Read::Header(name) => admit_header(&name.0, response),
        _ => Ok(()),
    }
}

fn admit_header(name: &HeaderName, response: &HeaderMap) -> Result<(), Refusal> {
    let is_secret = || *name == AUTHORIZATION || *name == PROXY_AUTHORIZATION;
    match name.as_str() {
        name if ADDRESSES.contains(&name) => Err(Refusal::ClientAddress),
        name if UNIQUE.contains(&name) => Err(Refusal::Unique),
        _ if is_secret() && !Directives::of(response).shareable() => Err(Refusal::Authorization),
        _ => Ok(()),
    }
}
