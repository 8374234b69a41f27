use http::HeaderValue;

use super::*;
use crate::path::Pattern;

/// The date of RFC 9110 section 5.6.7.
const NOW: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
    let pair = |(name, value): &(&'static str, &str)| {
        (HeaderName::from_static(name), HeaderValue::from_bytes(value.as_bytes()).unwrap())
    };
    lines.iter().map(pair).collect()
}

struct Case {
    status: u16,
    path: &'static str,
    authorized: bool,
    rule: Rule,
    size: u64,
    tracked: bool,
}

impl Case {
    fn new() -> Case {
        Case { status: 200, path: "/", authorized: false, rule: Rule::new(Pattern::all()), size: 10, tracked: true }
    }

    fn ttl(mut self, seconds: u64) -> Case {
        self.rule.ttl = Some(Duration::from_secs(seconds));
        self
    }

    fn judge(&self, lines: &[(&'static str, &str)]) -> Result<Lifetime, Refusal> {
        judge(Judged {
            status: StatusCode::from_u16(self.status).unwrap(),
            headers: &headers(lines),
            path: self.path,
            authorized: self.authorized,
            rule: &self.rule,
            stale_if_error: Duration::from_secs(3600),
            size: Some(self.size),
            max_body: 100,
            tracked: self.tracked,
            now: httpdate::parse_http_date(NOW).unwrap(),
        })
    }

    /// Freshness, `stale-while-revalidate` and `stale-if-error` in seconds.
    fn times(&self, lines: &[(&'static str, &str)]) -> Result<(u64, u64, u64), Refusal> {
        let seconds = |lifetime: Lifetime| {
            let Lifetime { fresh, stale_while_revalidate, stale_if_error, .. } = lifetime;
            (fresh.as_secs(), stale_while_revalidate.as_secs(), stale_if_error.as_secs())
        };
        self.judge(lines).map(seconds)
    }

    fn cache_control(&self, text: &str) -> Result<(u64, u64, u64), Refusal> {
        self.times(&[("cache-control", text)])
    }
}

#[test]
fn refuses_by_directive() {
    let cases = [
        ("no-store, max-age=60", Refusal::NoStore),
        ("private, max-age=60", Refusal::Private),
        ("no-cache, max-age=60", Refusal::NoCache),
        ("public", Refusal::NoFreshness),
        ("", Refusal::NoFreshness),
        ("max-age=0", Refusal::Stale),
        ("max-age=60, s-maxage=0", Refusal::Stale),
        ("max-age=nonsense", Refusal::Stale),
        ("max-age=0, must-revalidate, stale-while-revalidate=60", Refusal::Stale),
    ];
    for (text, refusal) in cases {
        assert_eq!(Case::new().cache_control(text), Err(refusal), "{text}");
        // Also where a rule would have it stored, as far as the response says anything.
        if refusal != Refusal::NoFreshness {
            assert_eq!(Case::new().ttl(60).cache_control(text), Err(refusal), "{text}");
        }
    }
}

#[test]
fn refuses_by_header() {
    let fresh = ("cache-control", "public, max-age=60");
    let cases = [
        (("set-cookie", "a=1"), Refusal::SetCookie),
        (("vary", "*"), Refusal::VaryStar),
        (("vary", "accept, *"), Refusal::VaryStar),
        (("content-range", "bytes 0-1/2"), Refusal::Range),
        (("cdn-cache-control", "no-store"), Refusal::NoStore),
        (("fly-replay", "region=fra"), Refusal::Replay),
        (("content-type", "application/vnd.fly.replay+json"), Refusal::Replay),
    ];
    for (line, refusal) in cases {
        assert_eq!(Case::new().times(&[fresh, line]), Err(refusal), "{line:?}");
    }
    let many = (0..300).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    assert_eq!(Case::new().times(&[fresh, ("cache-tag", &many)]), Err(Refusal::Tags));
    assert_eq!(Case { size: 101, ..Case::new() }.times(&[fresh]), Err(Refusal::TooLarge));
    assert!(Case { size: 100, ..Case::new() }.times(&[fresh]).is_ok());
}

#[test]
fn stores_few_status_codes() {
    let cases = [
        (200, Ok(()), Ok(())),
        (203, Ok(()), Ok(())),
        (204, Ok(()), Ok(())),
        (300, Ok(()), Ok(())),
        (301, Ok(()), Ok(())),
        (308, Ok(()), Ok(())),
        (404, Ok(()), Ok(())),
        (410, Ok(()), Ok(())),
        // RFC 9110 section 15.4: only when they say so themselves.
        (302, Ok(()), Err(Refusal::Status)),
        (303, Ok(()), Err(Refusal::Status)),
        (307, Ok(()), Err(Refusal::Status)),
        (206, Err(Refusal::Range), Err(Refusal::Range)),
    ];
    let never = [100, 101, 103, 201, 202, 205, 226, 304, 305, 400, 401, 402, 403, 405, 408, 414, 416, 421, 429, 451];
    let never = never.into_iter().chain(500..600);
    let never = never.map(|status| (status, Err(Refusal::Status), Err(Refusal::Status)));
    for (status, by_itself, by_rule) in cases.into_iter().chain(never) {
        let case = Case { status, ..Case::new().ttl(60) };
        assert_eq!(case.cache_control("public, max-age=60").map(drop), by_itself, "{status}");
        assert_eq!(case.cache_control("").map(drop), by_rule, "{status}");
    }
}

/// RFC 9111 section 4.2.1.
#[test]
fn takes_the_freshness_that_comes_first() {
    let later = "Sun, 06 Nov 1994 08:51:37 GMT";
    let cases: &[(&[(&'static str, &str)], u64)] = &[
        (&[("cache-control", "s-maxage=5, max-age=60"), ("expires", later)], 5),
        (&[("cache-control", "max-age=60"), ("expires", later)], 60),
        (&[("expires", later)], 120),
        (&[("expires", later), ("date", NOW)], 120),
        (&[("expires", later), ("date", "Sun, 06 Nov 1994 08:49:27 GMT")], 130),
        (&[("cdn-cache-control", "max-age=7"), ("cache-control", "s-maxage=5"), ("expires", later)], 7),
        (&[("cdn-cache-control", "max-age=7"), ("ssr-host-cache-control", "max-age=8")], 8),
        (&[("cdn-cache-control", "max-age=60"), ("cache-control", "private, no-store")], 60),
    ];
    for (lines, fresh) in cases {
        assert_eq!(Case::new().judge(lines).unwrap().fresh.as_secs(), *fresh, "{lines:?}");
        assert_eq!(Case::new().ttl(1000).judge(lines).unwrap().fresh.as_secs(), *fresh, "{lines:?}: not the rule's");
    }
    // Section 5.3: one that cannot be read is in the past, and two may disagree.
    for lines in [&[("expires", "0")][..], &[("expires", NOW)], &[("expires", later), ("expires", later)]] {
        assert_eq!(Case::new().ttl(60).judge(lines), Err(Refusal::Stale), "{lines:?}");
    }
    // A targeted field without freshness: the others do not count (RFC 9213 section 2.2).
    let lines = [("cdn-cache-control", "public"), ("cache-control", "max-age=60"), ("expires", later)];
    assert_eq!(Case::new().judge(&lines), Err(Refusal::NoFreshness));
}

#[test]
fn a_rule_speaks_for_a_response_that_says_nothing() {
    assert_eq!(Case::new().ttl(60).cache_control(""), Ok((60, 0, 3600)));
    assert_eq!(Case::new().ttl(60).cache_control("public"), Ok((60, 0, 3600)));
    let untracked = Case { tracked: false, ..Case::new().ttl(60) };
    assert_eq!(untracked.cache_control(""), Err(Refusal::NoFreshness));
    assert!(untracked.cache_control("max-age=5").is_ok());
    assert_eq!(Case::new().ttl(60).times(&[("pragma", "no-cache")]), Err(Refusal::NoCache));
    assert!(Case::new().times(&[("pragma", "no-cache"), ("cache-control", "max-age=60")]).is_ok(), "RFC 9111 section 5.4");
}

#[test]
fn may_be_stale_as_far_as_it_says() {
    let plain = Case::new();
    let mut ruled = Case::new();
    ruled.rule.stale_while_revalidate = Some(Duration::from_secs(20));
    ruled.rule.stale_if_error = Some(Duration::from_secs(30));
    let cases = [
        ("max-age=60", (60, 0, 3600), (60, 20, 30)),
        ("max-age=60, stale-while-revalidate=5", (60, 5, 3600), (60, 5, 30)),
        ("max-age=60, stale-if-error=5", (60, 0, 5), (60, 20, 5)),
        ("max-age=60, stale-if-error=0", (60, 0, 0), (60, 20, 0)),
        ("max-age=60, must-revalidate, stale-if-error=5", (60, 0, 0), (60, 0, 0)),
        ("max-age=60, proxy-revalidate", (60, 0, 0), (60, 0, 0)),
        ("s-maxage=60", (60, 0, 0), (60, 20, 30)),
        ("s-maxage=60, stale-while-revalidate=5, stale-if-error=6", (60, 5, 6), (60, 5, 6)),
        ("max-age=0, stale-while-revalidate=5", (0, 5, 0), (0, 5, 30)),
    ];
    for (text, expected, by_rule) in cases {
        assert_eq!(plain.cache_control(text), Ok(expected), "{text}");
        assert_eq!(ruled.cache_control(text), Ok(by_rule), "{text}");
    }
}

/// RFC 9111 section 3.5.
#[test]
fn answers_to_authorization_are_for_all_only_when_they_say_so() {
    let case = Case { authorized: true, ..Case::new() };
    let cases =
        [("max-age=60", false), ("public, max-age=60", true), ("s-maxage=60", true), ("max-age=60, must-revalidate", true)];
    for (text, shareable) in cases {
        let expected = if shareable { Ok(()) } else { Err(Refusal::Authorization) };
        assert_eq!(case.cache_control(text).map(drop), expected, "{text}");
        assert_eq!(Case::new().judge(&[("cache-control", text)]).unwrap().authorized, shareable, "{text}");
    }
    assert_eq!(Case { authorized: true, ..Case::new().ttl(60) }.cache_control(""), Err(Refusal::Authorization));
}

/// RFC 9111 section 4.2.3.
#[test]
fn knows_how_old_it_came() {
    let age = |lines: &[(&'static str, &str)]| {
        let lines = [&[("cache-control", "max-age=600")], lines].concat();
        Case::new().judge(&lines).map(|lifetime| lifetime.initial_age.as_secs())
    };
    assert_eq!(age(&[]), Ok(0));
    assert_eq!(age(&[("age", "7")]), Ok(7));
    assert_eq!(age(&[("age", "7, 9")]), Ok(7));
    for invalid in ["-7", "x", "", "7.5"] {
        assert_eq!(age(&[("age", invalid)]), Ok(0), "{invalid}");
    }
    assert_eq!(age(&[("date", "Sun, 06 Nov 1994 08:49:27 GMT")]), Ok(10));
    assert_eq!(age(&[("date", "Sun, 06 Nov 1994 08:49:27 GMT"), ("age", "12")]), Ok(12));
    assert_eq!(age(&[("date", "Sun, 06 Nov 1994 08:59:37 GMT")]), Ok(0), "a clock that is ahead");
    assert_eq!(age(&[("date", "yesterday")]), Ok(0));
    // Stale by ten minutes, which a default lets be served after an error and `must-revalidate` does not.
    assert_eq!(age(&[("age", "1200")]), Ok(1200));
    assert_eq!(age(&[("age", "1200"), ("cache-control", "must-revalidate")]), Err(Refusal::Stale));
    assert_eq!(age(&[("age", "99999999999")]), Err(Refusal::Stale));
}

#[test]
fn documents_are_not_stored_as_files() {
    let judged = |path, content_type: &str| {
        Case { path, ..Case::new() }.times(&[("cache-control", "max-age=60"), ("content-type", content_type)]).map(drop)
    };
    let deceptive = [
        "/account/x.css",
        "/account/x.CSS",
        "/account%2Fx.css",
        "/account%2fx%2Ecss",
        "/account;x.css",
        "/account%3Bx.css",
        "/x.css;account",
        "/x.css%3Faccount",
        "/account%23x.png",
        "/x.js%00",
        "/account%252Fx%252Ecss",
        "/account/x.css/",
        "/account%5Cx.woff2",
    ];
    for path in deceptive {
        for content_type in ["text/html; charset=utf-8", "TEXT/HTML", "application/json"] {
            assert_eq!(judged(path, content_type), Err(Refusal::StaticPath), "{path} {content_type}");
        }
        assert_eq!(judged(path, "text/css"), Ok(()), "{path}");
    }
    for path in ["/", "/account", "/posts/v1.2", "/posts/node.js-and-css", "/css", "/a.css/b", "/a.html", "/feed.xml"] {
        assert_eq!(judged(path, "text/html"), Ok(()), "{path}");
    }
    assert_eq!(Case { path: "/x.css", ..Case::new() }.cache_control("max-age=60"), Err(Refusal::StaticPath), "no type at all");
}
