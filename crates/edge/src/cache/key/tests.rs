use http::{HeaderMap, Request};
use serde_json::Value as Json;

use super::*;
use crate::cache::reads::Name;

fn parts(uri: &str, headers: &[(&str, &[u8])]) -> Parts {
    let mut request = Request::new(());
    *request.uri_mut() = uri.parse().unwrap();
    for (name, value) in headers {
        let value = http::HeaderValue::from_bytes(value).unwrap();
        request.headers_mut().append(name.parse::<HeaderName>().unwrap(), value);
    }
    request.into_parts().0
}

fn header(name: &str) -> Read {
    Read::Header(Name(name.parse().unwrap()))
}

fn key(reads: &[Read], parts: &Parts) -> Key {
    Key::of(parts, &Spec(reads.into())).unwrap()
}

/// Whether these two are one under this input.
fn same(read: Read, one: &Parts, other: &Parts) -> bool {
    let spec = Spec(Box::new([read]));
    let found = Key::of(one, &spec).unwrap();
    assert_eq!(Key::lookup(one, &spec).unwrap()[..], *found.as_bytes());
    found == Key::of(other, &spec).unwrap()
}

#[test]
fn tells_apart_what_was_read_and_nothing_else() {
    let get = |uri: &str| parts(uri, &[]);
    let with = |headers: &[(&str, &[u8])]| parts("/", headers);
    let cases = [
        (Read::Query, get("/?a=1"), get("/?a=2"), false),
        (Read::Query, get("/"), get("/?"), false),
        (Read::Query, get("/?a"), get("/?a"), true),
        (Read::Parameter("a".into()), get("/?a=1&b=1"), get("/?b=2&a=1"), true),
        (Read::Parameter("a".into()), get("/?a=1"), get("/?%61=%31"), true),
        (Read::Parameter("a".into()), get("/?a=1"), get("/?a=2"), false),
        (Read::Parameter("a".into()), get("/"), get("/?a"), false),
        (Read::Parameter("a".into()), get("/?a"), get("/?a="), true),
        (Read::Parameter("a".into()), get("/?a=1&a=2"), get("/?a=2&a=1"), false),
        (Read::Parameter("a".into()), get("/?a=1&a=2"), get("/?a=12"), false),
        (Read::Parameter("a".into()), get("/?a=x+y"), get("/?a=x%20y"), true),
        (Read::Parameter("a".into()), get("/?a=x+y"), get("/?a=x%2By"), false),
        (Read::Parameter("a".into()), get("/?b=1"), get("/"), true),
        // Fastify 4 takes what follows for the query.
        (Read::Parameter("a".into()), get("/;a=1?b=1"), get("/;a=1?b=2"), false),
        (Read::Parameter("a".into()), get("/?a=1;b=1"), get("/?a=1;b=2"), false),
        (header("x"), with(&[("x", b"1")]), with(&[("x", b"2")]), false),
        (header("x"), with(&[]), with(&[("x", b"")]), false),
        (header("x"), with(&[("x", b"1"), ("x", b"2")]), with(&[("x", b"2"), ("x", b"1")]), false),
        (header("x"), with(&[("x", b"1"), ("x", b"2")]), with(&[("x", b"1, 2")]), false),
        (header("x"), with(&[("y", b"1")]), with(&[("y", b"2")]), true),
        (header("x"), with(&[("x", b"\xff")]), with(&[("x", b"\xfe")]), false),
        (header("host"), with(&[("host", b"a")]), with(&[("host", b"b")]), false),
        (Read::Host, with(&[("host", b"a")]), with(&[("host", b"b")]), false),
        (Read::Host, get("http://a/"), get("http://b/"), false),
        (Read::Scheme, get("http://a/"), get("https://a/"), false),
        (Read::Headers, with(&[("x", b"1"), ("y", b"2")]), with(&[("y", b"2"), ("x", b"1")]), false),
        (Read::Headers, with(&[("x", b"1"), ("y", b"2")]), with(&[("x", b"2"), ("y", b"1")]), false),
        (Read::Headers, with(&[("x", b"1")]), with(&[("x", b"1"), ("z", b"")]), false),
        // HTTP/2: the app is given the authority as a `Host` header.
        (Read::Headers, get("http://a/"), get("http://b/"), false),
        (Read::Cookies, with(&[("cookie", b"a=1")]), with(&[("cookie", b"a=1;")]), false),
        (Read::Cookies, with(&[]), with(&[("cookie", b"")]), false),
        (Read::Cookie("a".into()), with(&[("cookie", b"a=1; b=2")]), with(&[("cookie", b"b=3;a=1")]), true),
        (Read::Cookie("a".into()), with(&[("cookie", b"a=1")]), with(&[("cookie", b"a=2")]), false),
        (Read::Cookie("a".into()), with(&[("cookie", b"a=1; a=2")]), with(&[("cookie", b"a=1")]), false),
        (Read::Cookie("a".into()), with(&[]), with(&[("cookie", b"b=1")]), true),
        (Read::Cookie("a".into()), with(&[]), with(&[("cookie", b"a=")]), false),
        (Read::Cookie("a".into()), with(&[("cookie", b"b=1"), ("cookie", b"a=1")]), with(&[("cookie", b"b=1")]), false),
    ];
    for (read, one, other, expected) in cases {
        assert_eq!(same(read.clone(), &one, &other), expected, "{read:?}\n{one:?}\n{other:?}");
    }
}

#[test]
fn knows_path_host_scheme_and_version() {
    let mut one = parts("/a%2Fb", &[("host", b"ignored")]);
    let of = |parts: &Parts| key(&[Read::Host, Read::Scheme, Read::Version], parts);
    one.extensions.insert(Client { host: Some("a".into()), https: true, ..Client::default() });
    let mut other = one.clone();
    assert_eq!(of(&one), of(&other));
    other.extensions.insert(Client { host: Some("b".into()), https: true, ..Client::default() });
    assert_ne!(of(&one), of(&other));
    other.extensions.insert(Client { host: Some("a".into()), https: false, ..Client::default() });
    assert_ne!(of(&one), of(&other));
    other.extensions.insert(Client { host: None, https: true, ..Client::default() });
    assert_ne!(of(&one), of(&other));
    other = one.clone();
    other.version = Version::HTTP_2;
    assert_ne!(of(&one), of(&other));
    other = one.clone();
    other.uri = "/a/b".parse().unwrap();
    assert_ne!(of(&one), of(&other), "the path is as the client wrote it");
}

/// A name and its value could otherwise be another name's.
#[test]
fn inputs_do_not_run_into_each_other() {
    let one = parts("/?a=1", &[("x", b"1"), ("y", b"2")]);
    let keys = [
        key(&[], &one),
        key(&[header("x")], &one),
        key(&[header("y")], &one),
        key(&[header("x"), header("y")], &one),
        key(&[Read::Query], &one),
        key(&[Read::Parameter("a".into())], &one),
        key(&[Read::Parameter("b".into())], &one),
        key(&[Read::Cookie("b".into())], &one),
        key(&[Read::Headers], &one),
        key(&[], &parts("/a", &[])),
    ];
    for (at, key) in keys.iter().enumerate() {
        assert!(!keys[..at].contains(key), "{at}");
    }
}

#[test]
fn tells_the_path_of_a_key() {
    let key = key(&[Read::Query], &parts("/a?b", &[]));
    let of = |path| is_for(key.as_bytes(), path);
    assert_eq!(["/a", "/", "", "/a?b", "/b", "/a\0"].map(of), [true, false, false, false, false, false]);
}

#[test]
fn bounds_the_length() {
    let long = |length: usize| parts(&format!("/?{}", "a".repeat(length)), &[]);
    let spec = Spec(Box::new([Read::Query]));
    assert!(Key::of(&long(4000), &spec).is_ok());
    assert_eq!(Key::of(&long(4096), &spec), Err(Refusal::KeyTooLong));
    assert_eq!(Key::of(&parts(&format!("/{}", "a".repeat(60_000)), &[]), &Spec::default()), Err(Refusal::KeyTooLong));
    let parameter = Spec(Box::new([Read::Parameter("a".into())]));
    assert_eq!(Key::of(&parts(&format!("/?a={}", "%20".repeat(5000)), &[]), &parameter), Err(Refusal::KeyTooLong));
    assert!(Key::of(&parts(&format!("/?b={}", "%20".repeat(5000)), &[]), &parameter).is_ok());
    assert_eq!(Key::of(&long(1), &Spec(Box::new([Read::Client]))), Err(Refusal::ClientAddress));
    assert_eq!(Key::of(&long(1), &Spec(Box::new([Read::Unique]))), Err(Refusal::Unique));
}

/// What the real parsers made of a text: a value for each name.
fn recorded(what: &str) -> Vec<(String, Vec<(String, Json)>)> {
    let all: Json = serde_json::from_str(include_str!("../../../tests/cache/recorded.json")).unwrap();
    serde_json::from_value(all[what].clone()).unwrap()
}

fn value<'a>(read: &'a [(String, Json)], name: &str) -> Option<&'a Json> {
    read.iter().find(|(other, _)| other == name).map(|(_, value)| value)
}

/// The property that everything rests on: one key, one value in the app.
#[test]
fn one_key_means_one_value_in_the_parsers_of_apps() {
    let latin1 = |text: &str| text.chars().map(|char| u8::try_from(char).unwrap()).collect::<Vec<u8>>();
    let queries: Vec<_> = recorded("queries").into_iter().map(|(text, read)| (parts(&format!("/?{text}"), &[]), read)).collect();
    let cookies: Vec<_> =
        recorded("cookies").into_iter().map(|(text, read)| (parts("/", &[("cookie", &latin1(&text))]), read)).collect();
    for name in ["a", "b", "ab", "A", "a b", "é", "", "a[]", "%zz", "a\0"] {
        let shared = expect_one_value(&Spec(Box::new([Read::Parameter(name.into())])), &queries, name);
        assert!(shared > 100, "{name}: hardly any query shares its key");
        let shared = expect_one_value(&Spec(Box::new([Read::Cookie(name.into())])), &cookies, name);
        assert!(shared > 100 || !name.is_ascii(), "{name}: hardly any header shares its key");
    }
}

/// How many pairs of requests share their key.
fn expect_one_value(spec: &Spec, requests: &[(Parts, Vec<(String, Json)>)], name: &str) -> usize {
    let keys: Vec<Key> = requests.iter().map(|(parts, _)| Key::of(parts, spec).unwrap()).collect();
    let pairs = (0..keys.len()).flat_map(|one| (0..one).map(move |other| (one, other)));
    let shared = pairs.filter(|(one, other)| keys[*one] == keys[*other]);
    shared
        .inspect(|(one, other)| {
            let (one, other) = (&requests[*one], &requests[*other]);
            assert_eq!(value(&one.1, name), value(&other.1, name), "{name}: {:?} {:?}", one.0, other.0);
        })
        .count()
}

#[test]
fn reads_parameters_as_fastify_does() {
    let mut whole = 0;
    for (text, read) in recorded("queries") {
        let parts = parts(&format!("/?{text}"), &[]);
        for name in ["a", "b", "ab", "a b", "é", ""] {
            let Some(values) = query::values(&parts, name) else {
                whole += 1;
                continue;
            };
            let values: Vec<String> = values.map(|value| String::from_utf8(value.bytes().collect()).unwrap()).collect();
            let expected: Vec<String> =
                value(&read, name).map_or_else(Vec::new, |json| serde_json::from_value(json.clone()).unwrap());
            assert_eq!(values, expected, "{name} of {text}");
        }
        // Only these are odd.
        let is_odd = query::values(&parts, "a").is_none();
        let may_be = text.contains(';') || text.contains('%');
        assert!(!is_odd || may_be, "{text}");
        assert!(!is_odd || !["a=%00", "a=%C3%A9", "a=%26&b=%3D"].contains(&&*text), "{text}");
    }
    assert!(whole > 0);
}

fn allowed(cookies: &[String]) -> Allowed<'_> {
    Allowed { cookies, filtered: false, anonymous: false }
}

fn response(headers: &[(&'static str, &str)]) -> HeaderMap {
    headers.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
}

#[test]
fn specs_are_made_of_reads_and_vary() {
    let sid = ["sid".to_owned()];
    let none = parts("/", &[]);
    let of = |reads: Option<Vec<Read>>, vary: &str| {
        Spec::of(reads, &response(&[("vary", vary)]), &none, &allowed(&sid)).map(|spec| spec.texts().join(", "))
    };
    let ok = |text: &str| Ok(text.to_owned());
    assert_eq!(of(None, ""), ok("host, scheme, query"));
    assert_eq!(of(Some(vec![]), ""), ok(""));
    assert_eq!(of(Some(vec![]), "Accept-Language , ,accept-encoding"), ok("header accept-encoding, header accept-language"));
    assert_eq!(of(None, "Origin"), ok("host, scheme, query, header origin"));
    assert_eq!(of(Some(vec![]), "*"), Err(Refusal::VaryStar));
    assert_eq!(of(Some(vec![]), "a, *"), Err(Refusal::VaryStar));
    assert_eq!(of(Some(vec![]), "a b"), Err(Refusal::VaryStar));
    assert_eq!(of(Some(vec![]), "Cookie"), Err(Refusal::Cookie));
    assert_eq!(of(Some(vec![header("cookie")]), ""), Err(Refusal::Cookie));
    assert_eq!(of(Some(vec![Read::Cookies]), ""), Err(Refusal::Cookie));
    assert_eq!(of(Some(vec![Read::Headers]), ""), Err(Refusal::Cookie));
    assert_eq!(of(Some(vec![Read::Cookie("sid".into())]), ""), ok("cookie sid"));
    assert_eq!(of(Some(vec![Read::Cookie("theme".into())]), ""), Err(Refusal::Cookie));
    assert_eq!(of(Some(vec![Read::Client]), ""), Err(Refusal::ClientAddress));
    assert_eq!(of(Some(vec![Read::Unique]), ""), Err(Refusal::Unique));
    for name in ["X-Forwarded-For", "forwarded", "fly-client-ip", "cf-connecting-ip", "true-client-ip", "x-real-ip"] {
        assert_eq!(of(Some(vec![]), name), Err(Refusal::ClientAddress), "{name}");
    }
    assert_eq!(of(Some(vec![header("x-request-id")]), ""), Err(Refusal::Unique));
    let many = vec![Read::Query, Read::Parameter("a".into()), Read::Host, Read::Query, header("b"), header("a"), header("b")];
    assert_eq!(of(Some(many), ""), ok("host, query, header a, header b"));
    assert_eq!(of(Some(vec![Read::Parameter("b".into()), Read::Parameter("a".into())]), ""), ok("parameter a, parameter b"));
}

#[test]
fn cookies_count_when_none_are_there_or_all_are_known() {
    let (without, with) = (parts("/", &[]), parts("/", &[("cookie", b"sid=1")]));
    let of = |read: Read, parts: &Parts, filtered: bool, anonymous: bool| {
        let allowed = Allowed { cookies: &[], filtered, anonymous };
        Spec::of(Some(vec![read, Read::Cookie("sid".into())]), &HeaderMap::new(), parts, &allowed).map(|spec| spec.texts())
    };
    assert_eq!(of(Read::Cookies, &with, false, false), Err(Refusal::Cookie));
    assert_eq!(of(Read::Cookies, &with, true, false), Ok(vec!["cookies".to_owned()]));
    assert_eq!(of(Read::Cookies, &with, false, true), Err(Refusal::Cookie));
    assert_eq!(of(Read::Cookies, &without, false, true), Ok(vec!["cookies".to_owned()]));
    assert_eq!(of(Read::Cookies, &without, false, false), Err(Refusal::Cookie));
    assert_eq!(of(Read::Headers, &without, false, true), Ok(vec!["headers".to_owned()]));
    assert_eq!(of(Read::Headers, &parts("/", &[("x-real-ip", b"1")]), false, true), Err(Refusal::ClientAddress));
    assert_eq!(of(Read::Headers, &parts("/", &[("authorization", b"1")]), false, true), Err(Refusal::Authorization));
}

#[test]
fn authorization_counts_when_the_response_is_for_all() {
    let none = parts("/", &[]);
    let of = |cache_control: &str| {
        let response = response(&[("cache-control", cache_control)]);
        Spec::of(Some(vec![header("authorization")]), &response, &none, &allowed(&[])).is_ok()
    };
    assert!(!of("max-age=60"));
    assert!(of("public, max-age=60"));
    assert!(of("s-maxage=60"));
    assert!(of("max-age=60, must-revalidate"));
}

#[test]
fn specs_survive_the_way_to_other_instances() {
    let all = vec![
        Read::Host,
        Read::Scheme,
        Read::Version,
        Read::Query,
        Read::Cookie("sid".into()),
        header("accept-language"),
        header("x"),
    ];
    for reads in [all, vec![], vec![Read::Parameter("é\0".into())], vec![Read::Cookies], vec![Read::Headers]] {
        let spec = Spec(reads.into());
        let bytes = spec.to_bytes();
        assert_eq!(Spec::from_bytes(&bytes), Some(spec.clone()));
        // Cut off, it is none, or one of whole inputs.
        for end in 0..bytes.len() {
            assert!(Spec::from_bytes(&bytes[..end]).is_none_or(|cut| cut.0.len() < spec.0.len()));
        }
    }
    for bytes in [&b""[..], b"\0", b"\x01i", b"\x01u", b"\x01z", b"\x01p\xff\xff\xff\xffa", b"\x01a\x01\0\0\0 "] {
        assert_eq!(Spec::from_bytes(bytes), None, "{bytes:?}");
    }
}
