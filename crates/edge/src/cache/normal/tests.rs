use http::Request;

use super::*;
use crate::path::Pattern;

fn parts(uri: &str, headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::builder().uri(uri);
    for (name, value) in headers {
        request = request.header(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    request.body(()).unwrap().into_parts().0
}

fn rule() -> Rule {
    Rule::new(Pattern::all())
}

fn strings(list: &[&str]) -> Vec<String> {
    list.iter().map(|&text| text.to_owned()).collect()
}

/// The normal form, which is that of itself.
fn normal(mut parts: Parts, rule: &Rule) -> Parts {
    normalize(&mut parts, rule);
    let mut again = parts.clone();
    normalize(&mut again, rule);
    assert_eq!((&again.uri, &again.headers), (&parts.uri, &parts.headers));
    parts
}

#[test]
fn drops_parameters_and_touches_no_others() {
    let rule = Rule { ignore_query: strings(&["utm_*", "fbclid", "a b", "é"]), ..rule() };
    let cases = [
        ("/", "/"),
        ("/?", "/?"),
        ("/?a=1&b=%zz", "/?a=1&b=%zz"),
        ("/?utm_source=x", "/"),
        ("/?utm_source=x&a=1", "/?a=1"),
        ("/?a=1&utm_source=x&b=2", "/?a=1&b=2"),
        ("/?a=1&fbclid", "/?a=1"),
        ("/?fbclid=1&fbclid=2", "/"),
        ("/?fbclidx=1", "/?fbclidx=1"),
        ("/?FBCLID=1", "/?FBCLID=1"),
        ("/?x=utm_source", "/?x=utm_source"),
        // Written otherwise, the app sees the same name.
        ("/?utm%5Fsource=x&%66bclid=1&a=1", "/?a=1"),
        ("/?a+b=1&a%20b=2&%C3%A9=3", "/"),
        // Bytes of the rest stay.
        ("/?&&b=%7e&utm_x&=&a=+", "/?&&b=%7e&=&a=+"),
        ("/p%2Fq;r?utm_x=1", "/p%2Fq;r"),
        ("http://example.com:80/a?utm_x=1&b", "http://example.com:80/a?b"),
    ];
    for (uri, expected) in cases {
        assert_eq!(normal(parts(uri, &[]), &rule).uri.to_string(), parts(expected, &[]).uri.to_string(), "{uri}");
    }
}

fn chosen(name: &str, values: &[&str], lines: &[&str]) -> String {
    let rule = Rule { headers: vec![(name.parse().unwrap(), Normalizer::OneOf(strings(values)))], ..rule() };
    let lines: Vec<_> = lines.iter().map(|line| (name, *line)).collect();
    let parts = normal(parts("/", &lines), &rule);
    let all: Vec<_> = parts.headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect();
    assert_eq!(all.len(), 1, "{name}: {lines:?}");
    all[0].to_owned()
}

#[test]
fn chooses_languages_by_lookup() {
    let cases: &[(&[&str], &str, &str)] = &[
        (&["en", "de"], "de", "de"),
        (&["en", "de"], "de-AT", "de"),
        (&["en", "de"], "DE-at, en;q=0.9", "de"),
        (&["en", "de"], "fr, de;q=0.8, en;q=0.9", "en"),
        (&["en", "de"], "fr", "en"),
        (&["en", "de"], "", "en"),
        (&["en", "de"], "de;q=0", "en"),
        (&["en", "de"], "en;q=0, *", "de"),
        (&["en", "de"], "*", "en"),
        (&["en", "de"], "*;q=0.1, de;q=0.5", "de"),
        (&["en", "de"], "fr;q=1, de;q=nonsense, de;q=0.3", "de"),
        (&["en", "de-AT", "de"], "de-AT", "de-AT"),
        (&["en", "de-AT"], "de", "en"),
        (&["en", "pt-BR", "pt"], "pt-br;q=0.5, pt;q=0.6", "pt"),
        // RFC 4647 section 3.4: `zh-Hant-CN-x-private1-private2`, then without its subtags, a single one together with the next.
        (&["en", "zh-Hant"], "zh-Hant-CN-x-private1-private2", "zh-Hant"),
        (&["en", "zh-Hant-CN-x"], "zh-Hant-CN-x-private1", "en"),
        // Only what is refused is.
        (&["en", "de", "fr"], "de-AT, de;q=0, fr;q=0.1", "fr"),
        (&["en", "de-AT", "fr"], "de;q=0, de-AT", "de-AT"),
        (&["en", "de"], "-, --, ;;q=1, de", "de"),
    ];
    for (values, header, expected) in cases {
        assert_eq!(chosen("accept-language", values, &[header]), *expected, "{header}");
    }
    assert_eq!(chosen("accept-language", &["en", "de"], &[]), "en");
    assert_eq!(chosen("accept-language", &["en", "de"], &["fr", "de"]), "de");
}

#[test]
fn chooses_media_types_by_the_most_specific_range() {
    // RFC 9110 section 12.5.1: the weights of that example.
    let example = "text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5";
    let cases: &[(&[&str], &str, &str)] = &[
        (&["text/html", "image/jpeg"], example, "image/jpeg"),
        (&["image/jpeg", "text/plain"], example, "text/plain"),
        (&["text/plain", "text/plain;format=flowed"], example, "text/plain;format=flowed"),
        (&["text/plain;format=fixed", "image/jpeg"], example, "image/jpeg"),
        (&["text/html", "application/json"], "application/json", "application/json"),
        (&["text/html", "application/json"], "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        (&["image/avif", "image/webp", "image/png"], "image/webp,*/*;q=0.8", "image/webp"),
        (&["text/html", "application/json"], "*/*", "text/html"),
        (&["text/html", "application/json"], "text/html;q=0, */*;q=0.1", "application/json"),
        (&["text/html", "application/json"], "APPLICATION/JSON ; q=0.5", "application/json"),
        (&["text/html", "application/json"], "image/png", "text/html"),
    ];
    for (values, header, expected) in cases {
        assert_eq!(chosen("accept", values, &[header]), *expected, "{header}");
    }
}

#[test]
fn chooses_other_values_by_token_or_as_a_whole() {
    let cases: &[(&str, &[&str], &str, &str)] = &[
        ("x-theme", &["light", "dark"], "dark", "dark"),
        ("x-theme", &["light", "dark"], "DARK", "dark"),
        ("x-theme", &["light", "dark"], "blue", "light"),
        ("sec-ch-ua-mobile", &["?0", "?1"], "?1", "?1"),
        ("x-list", &["a", "b, c"], "b, c", "b, c"),
        ("accept-encoding", &["identity", "gzip", "br"], "gzip;q=0.5, br", "br"),
        ("accept-encoding", &["identity", "gzip", "br"], "*;q=0.5, identity;q=0", "gzip"),
        ("x-device", &["desktop", "mobile"], "mobile;q=0", "desktop"),
    ];
    for (name, values, header, expected) in cases {
        assert_eq!(chosen(name, values, &[header]), *expected, "{name}: {header}");
    }
    assert_eq!(chosen("x-theme", &["light", "dark"], &[]), "light");
}

#[test]
fn drops_headers() {
    let name = || HeaderName::from_static("user-agent");
    let rule = Rule { headers: vec![(name(), Normalizer::Drop), ("x".parse().unwrap(), Normalizer::OneOf(vec![]))], ..rule() };
    let parts = normal(parts("/", &[("user-agent", "a"), ("user-agent", "b"), ("x", "1"), ("y", "1")]), &rule);
    assert_eq!(parts.headers.keys().map(HeaderName::as_str).collect::<Vec<_>>(), ["y"]);
}

#[test]
fn keeps_the_cookies_of_the_rule() {
    let of = |names: &[&str], lines: &[&str]| {
        let rule = Rule { cookies: Some(strings(names)), ..rule() };
        let lines: Vec<_> = lines.iter().map(|line| ("cookie", *line)).collect();
        let parts = normal(parts("/", &lines), &rule);
        let all: Vec<_> = parts.headers.get_all(COOKIE).iter().map(|value| value.to_str().unwrap().to_owned()).collect();
        assert!(all.len() <= 1);
        all.into_iter().next()
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(of(&["theme", "lang"], &["sid=1; lang=de; theme=dark; _ga=2"]), some("theme=dark; lang=de"));
    assert_eq!(of(&["theme"], &["sid=1"]), None);
    assert_eq!(of(&[], &["sid=1"]), None);
    assert_eq!(of(&["theme"], &[]), None);
    assert_eq!(of(&["b", "a"], &["a=1", "b=2;c=3"]), some("b=2; a=1"));
    assert_eq!(of(&["a"], &["a=1; a=2"]), some("a=1; a=2"));
    assert_eq!(of(&["a"], &[" a = \"x=y\" ;a ; xa=1; A=1"]), some("a=\"x=y\""));
    assert_eq!(of(&["a"], &["a="]), some("a="));
}

#[test]
fn a_rule_that_says_nothing_changes_nothing() {
    let before = parts("/?utm_x=1", &[("cookie", "a=1"), ("accept-language", "de"), ("range", "bytes=0-1")]);
    let after = normal(before.clone(), &rule());
    assert_eq!((after.uri, after.headers), (before.uri, before.headers));
}

#[test]
fn takes_conditions_off_and_nothing_else() {
    let names = ["if-none-match", "if-modified-since", "if-match", "if-unmodified-since", "if-range", "range"];
    let mut lines: Vec<_> = names.iter().map(|name| (*name, "1")).collect();
    lines.extend([("range", "2"), ("accept", "*/*"), ("cache-control", "no-cache")]);
    let mut parts = parts("/", &lines);
    let taken = take_conditions(&mut parts);
    let mut left: Vec<_> = parts.headers.keys().map(HeaderName::as_str).collect();
    left.sort_unstable();
    assert_eq!(left, ["accept", "cache-control"]);
    assert_eq!(taken.len(), names.len() + 1);
    assert_eq!(taken.get_all("range").iter().collect::<Vec<_>>(), ["1", "2"]);
}
