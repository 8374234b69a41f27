//! HTML sanitising for `isomorphic-dompurify`: the same bytes as DOMPurify on jsdom, without a DOM in JavaScript.
//!
//! The pipeline of one call:
//!
//! 1. `html5ever` parses the input as a document, as `DOMParser` does (`dom`; `select` keeps jsdom's reading of `<select>`).
//! 2. The walk removes elements and attributes as DOMPurify does (`purify`, by the rules of `policy` and `uri`).
//! 3. The body is written as `innerHTML` writes it (`serialize`).
//! 4. ammonia parses the result again, as a browser will, and filters it by the same lists. When it finds nothing to remove,
//!    the result of step 3 is returned; otherwise ammonia's own result is (`check`). So markup that changes its meaning
//!    when it is parsed a second time does not get through.
//!
//! Input nested deeper than 1,000 elements is cut off there (`dom`). Input without a `<` has no markup and is returned as it is,
//! as DOMPurify does. Nothing else is ever returned unfiltered: an option that is not known, an expression that cannot be
//! translated and a panic in a parser are errors (which needs `panic = "unwind"`, the default).
//! Pure functions, no V8: the JavaScript half is js-runtime/dompurify/index.js.

mod check;
mod dom;
mod lists;
mod policy;
mod purify;
mod select;
mod serialize;
mod uri;

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, RwLock};

use ammonia::Builder;
use serde::Deserialize;

use policy::Policy;
pub(crate) use uri::JsRegExp;

/// DOMPurify's options under DOMPurify's names; an absent one has DOMPurify's default.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields, default)]
pub(crate) struct Options {
    pub(crate) allowed_tags: Option<Vec<String>>,
    pub(crate) allowed_attr: Option<Vec<String>>,
    pub(crate) add_tags: Option<Vec<String>>,
    pub(crate) add_attr: Option<Vec<String>>,
    pub(crate) forbid_tags: Option<Vec<String>>,
    pub(crate) forbid_attr: Option<Vec<String>>,
    pub(crate) forbid_contents: Option<Vec<String>>,
    pub(crate) add_forbid_contents: Option<Vec<String>>,
    pub(crate) add_uri_safe_attr: Option<Vec<String>>,
    pub(crate) add_data_uri_tags: Option<Vec<String>>,
    pub(crate) allowed_uri_regexp: Option<JsRegExp>,
    pub(crate) use_profiles: Option<Profiles>,
    pub(crate) allow_data_attr: bool,
    pub(crate) allow_aria_attr: bool,
    pub(crate) allow_unknown_protocols: bool,
    pub(crate) allow_self_close_in_attr: bool,
    pub(crate) force_body: bool,
    pub(crate) keep_content: bool,
    pub(crate) sanitize_dom: bool,
    pub(crate) sanitize_named_props: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            allowed_tags: None,
            allowed_attr: None,
            add_tags: None,
            add_attr: None,
            forbid_tags: None,
            forbid_attr: None,
            forbid_contents: None,
            add_forbid_contents: None,
            add_uri_safe_attr: None,
            add_data_uri_tags: None,
            allowed_uri_regexp: None,
            use_profiles: None,
            allow_data_attr: true,
            allow_aria_attr: true,
            allow_unknown_protocols: false,
            allow_self_close_in_attr: true,
            force_body: false,
            keep_content: true,
            sanitize_dom: true,
            sanitize_named_props: false,
        }
    }
}

/// `USE_PROFILES`: groups of allowed names instead of the lists.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Profiles {
    pub(crate) html: bool,
    pub(crate) svg: bool,
    pub(crate) svg_filters: bool,
    pub(crate) math_ml: bool,
}

/// Why nothing was returned.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The options cannot be read or kept to. The message is for the app's developer.
    #[error("{0}")]
    Options(String),
    /// A parser panicked; the input is not returned.
    #[error("the HTML could not be sanitized")]
    Internal,
}

/// Sanitises `html`.
pub(crate) fn sanitize(html: &str, options: &Options) -> Result<String, Error> {
    let policy = Arc::new(Policy::new(options)?);
    run(html, &policy, &check::builder(&policy))
}

/// Sanitises `html` with options as JSON, which are read only the first time they are seen.
pub(crate) fn sanitize_json(html: &str, options: &str) -> Result<String, Error> {
    if let Some(compiled) = COMPILED.read().unwrap_or_else(PoisonError::into_inner).as_ref().and_then(|all| all.get(options)) {
        return run(html, &compiled.policy, &compiled.builder);
    }
    let parsed: Options =
        serde_json::from_str(options).map_err(|error| Error::Options(format!("invalid sanitizer options: {error}")))?;
    let policy = Arc::new(Policy::new(&parsed)?);
    match keep(options, &policy) {
        Some(compiled) => run(html, &compiled.policy, &compiled.builder),
        None => sanitize(html, &parsed),
    }
}

struct Compiled {
    policy: Arc<Policy>,
    builder: Builder<'static>,
}

/// Options seen so far, for all isolates. An app has a handful; what it makes beyond that is compiled for each call, so that
/// the memory, which is never given back, stays bounded.
static COMPILED: RwLock<Option<HashMap<String, &'static Compiled>>> = RwLock::new(None);
const MAX_COMPILED: usize = 64;

fn keep(options: &str, policy: &Arc<Policy>) -> Option<&'static Compiled> {
    let mut all = COMPILED.write().unwrap_or_else(PoisonError::into_inner);
    let all = all.get_or_insert_default();
    if all.len() >= MAX_COMPILED && !all.contains_key(options) {
        return None;
    }
    Some(*all.entry(options.to_owned()).or_insert_with(|| {
        // The builder borrows its lists from the policy: both stay for the life of the process.
        let kept: &'static Arc<Policy> = Box::leak(Box::new(Arc::clone(policy)));
        Box::leak(Box::new(Compiled { policy: Arc::clone(kept), builder: check::builder(kept) }))
    }))
}

fn run(html: &str, policy: &Policy, builder: &Builder<'_>) -> Result<String, Error> {
    if !html.contains('<') {
        return Ok(html.to_owned());
    }
    catch_unwind(AssertUnwindSafe(|| {
        let (mut dom, body) = parsed_body(html, policy.options.force_body)?;
        purify::purify(&mut dom, body, policy);
        Some(check::checked_html(&dom, body, builder))
    }))
    .map(Option::unwrap_or_default)
    .map_err(|_| Error::Internal)
}

/// dompurify/src/purify.ts, `_initDocument`
fn parsed_body(html: &str, force_body: bool) -> Option<(dom::Dom, dom::Id)> {
    if force_body {
        let mut dom = dom::parse_document(&format!("<remove></remove>{html}"));
        let body = dom.body()?;
        if let Some(first) = dom.nodes[body].first {
            dom.unlink(first);
        }
        return Some((dom, body));
    }
    let mut dom = dom::parse_document(html);
    let body = dom.body()?;
    // The parser drops white space before the body; DOMPurify puts it back.
    let white = &html[..html.len() - html.trim_start_matches(['\r', '\n', '\t', ' ']).len()];
    if !white.is_empty() {
        dom.prepend_text(body, white);
    }
    Some((dom, body))
}

#[cfg(test)]
mod tests;
