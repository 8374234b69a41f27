//! The expectations that the Observatory publishes: the tables of its own tests (`test/*.test.js`), and what its scan of two
//! recorded sites gives (`test/scanner.test.js`, `test/fixtures`).

use http::{HeaderMap, HeaderName, HeaderValue};

use super::{Site, graded, modifier, scan};

type Headers<'a> = &'a [(&'a str, &'a str)];

/// The site of the published tests.
fn site(headers: Headers<'_>) -> Site {
    Site {
        redirects: ["http://mozilla.org/", "https://mozilla.org/", "https://www.mozilla.org/"].map(String::from).into(),
        ..Site::behind_tls_proxy("mozilla.org", map(headers), "")
    }
}

fn map(headers: Headers<'_>) -> HeaderMap {
    let header = |(name, value): &(&str, &str)| (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
    headers.iter().map(header).collect()
}

fn result(test: &str, site: &Site) -> &'static str {
    scan(site).outcomes.iter().find(|outcome| outcome.test == test).unwrap().result
}

fn assert_headers(test: &str, name: &str, cases: &[(&str, &[&str])]) {
    for (expected, values) in cases {
        for value in *values {
            assert_eq!(result(test, &site(&[(name, value)])), *expected, "{name}: {value}");
        }
    }
}

#[test]
fn content_security_policy() {
    let test = "content-security-policy";
    assert_eq!(result(test, &site(&[])), "csp-not-implemented");
    let report_only = ("content-security-policy-report-only", "default-src 'none'; report-to /_/csp-reports");
    assert_eq!(result(test, &site(&[report_only])), "csp-not-implemented-but-reporting-enabled");
    assert_headers(test, test, CSP);
}

const CSP: &[(&str, &[&str])] = &[
    (
        "csp-header-invalid",
        &[
            "  ",
            "",
            "default-src 'none'; default-src 'none'",
            "default-src 'none'; img-src 'self'; default-src 'none'",
            "default-src 'none'; script-src 'strict-dynamic'",
            "defa",
        ],
    ),
    (
        "csp-implemented-with-unsafe-inline",
        &[
            "default-src 'none'; script-src https://*",
            "default-src 'none'; script-src 'unsafe-inline'",
            "script-src 'unsafe-inline'",
            "script-src data:",
            "script-src http:",
            "script-src ftp:",
            "default-src 'unsafe-inline'",
            "default-src 'UNSAFE-INLINE'",
            "upgrade-insecure-requests",
            "script-src 'none'",
            "script-src https:",
            "script-src https://mozilla.org https:",
            "default-src https://mozilla.org https:",
            "default-src 'none'; script-src *",
            "default-src *; script-src *; object-src 'none'",
            "default-src 'none'; script-src 'none'; object-src *",
            "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'",
            "default-src 'none'; script-src 'unsafe-inline' http:",
            "object-src https:; script-src 'none'",
            "frame-anchestors 'none'",
        ],
    ),
    (
        "csp-implemented-with-insecure-scheme",
        &[
            "default-src http://mozilla.org",
            "default-src 'none'; script-src http://mozilla.org",
            "default-src 'none'; script-src ftp://mozilla.org",
        ],
    ),
    (
        "csp-implemented-with-insecure-scheme-in-passive-content-only",
        &[
            "default-src 'none'; img-src http://mozilla.org",
            "default-src 'self'; img-src ftp:",
            "default-src 'self'; img-src http:",
            "default-src 'none'; img-src https:; media-src http://mozilla.org",
            "default-src 'none'; img-src http: https:; script-src 'self'; style-src 'self'",
            "default-src 'none'; img-src 'none'; media-src http:; script-src 'self'; style-src 'self'",
            "default-src 'none'; img-src 'none'; media-src http:; script-src 'self'; style-src 'unsafe-inline'",
        ],
    ),
    ("csp-implemented-with-unsafe-eval", &["default-src 'none'; script-src 'unsafe-eval'"]),
    (
        "csp-implemented-with-unsafe-inline-in-style-src-only",
        &[
            "object-src 'none'; script-src 'none'; style-src 'unsafe-inline'",
            "default-src 'none'; script-src https://mozilla.org; style-src 'unsafe-inline'",
            "default-src 'unsafe-inline'; script-src https://mozilla.org",
            "default-src 'none';;; ;;;style-src 'self' 'unsafe-inline'",
            "default-src 'none'; style-src data:",
            "default-src 'none'; style-src *",
            "default-src 'none'; style-src https:",
            "default-src 'none'; style-src 'unsafe-inline'; \
             script-src 'sha256-hqBEA/HXB3aJU2FgOnYN8rkAgEVgyfi3Vs1j2/XMPBB=' 'unsafe-inline'",
        ],
    ),
    (
        "csp-implemented-with-no-unsafe",
        &[
            "default-src https://mozilla.org",
            "default-src https://mozilla.org;;; ;;;script-src 'none'",
            "object-src 'none'; script-src https://mozilla.org; style-src https://mozilla.org; upgrade-insecure-requests;",
            "object-src 'none'; script-src 'strict-dynamic' 'nonce-abc' 'unsafe-inline'; style-src 'none'",
            "object-src 'none'; style-src 'self';script-src 'sha256-hqBEA/HXB3aJU2FgOnYN8rkAgEVgyfi3Vs1j2/XMPBA='",
            "object-src 'none'; script-src 'unsafe-inline' 'nonce-abc123' 'unsafe-inline'; style-src 'none'",
            "default-src https://mozilla.org; style-src 'unsafe-inline' 'nonce-abc123' 'unsafe-inline'",
            "default-src https://mozilla.org; style-src 'unsafe-inline' \
             'sha256-hqBEA/HXB3aJU2FgOnYN8rkAgEVgyfi3Vs1j2/XMPBB=' 'unsafe-inline'",
        ],
    ),
    (
        "csp-implemented-with-no-unsafe-default-src-none",
        &[
            "default-src",
            "default-src 'none'; script-src 'strict-dynamic' 'nonce-abc123' 'unsafe-inline'",
            "default-src 'none'; script-src https://mozilla.org; style-src https://mozilla.org; upgrade-insecure-requests;",
            "default-src 'none'; object-src https://mozilla.org",
            "default-src 'none'; script-src 'strict-dynamic' 'nonce-abc123'",
            "default-src 'none'; script-src 'strict-dynamic' 'sha256-abc123'",
            "default-src 'none'; script-src 'strict-dynamic' 'sha256-abc123' https://*",
            "default-src 'none'; script-src 'strict-dynamic' 'sha256-abc123' 'unsafe-inline'",
            // Several policies in one header: what all of them allow.
            "default-src 'none'; script-src 'self', default-src 'none'; script-src 'self'",
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline', default-src 'none'; style-src 'self', \
             default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'",
        ],
    ),
];

#[test]
fn content_security_policy_in_the_page() {
    let meta = |policy: &str| format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\" />");
    let none = "csp-implemented-with-no-unsafe-default-src-none";
    let several = meta("default-src 'none'; object-src 'none'; media-src 'none';")
        + &meta("connect-src 'self'; font-src 'self'; child-src 'self'")
        + &meta("img-src 'self'; style-src 'self' 'nonce-gAeQO8jI4VJCsrsXkcUVRCzQjiihKteQ")
        + &meta("script-src 'self' 'unsafe-inline' 'nonce-gAeQO8jI4VJCsrsXkcUVRCzQjiihKteQ'");
    let cases = [
        (Some("default-src http:"), meta("default-src https:"), none),
        (None, meta("default-src 'none';"), none),
        (None, several, none),
        (Some("default-src 'none'"), meta("default-src 'none';"), none),
        (Some("default-src 'none'"), meta("default-src https:"), none),
        (Some("img-src 'none'"), meta("default-src 'none';"), none),
        (None, meta("frame-ancestors 'none'"), "csp-not-implemented"),
        (Some("frame-anchestors 'none'"), meta("frame-ancestors 'none'"), "csp-implemented-with-unsafe-inline"),
    ];
    for (header, html, expected) in cases {
        let headers: Vec<_> = header.map(|value| ("content-security-policy", value)).into_iter().collect();
        let site = Site { html, ..site(&headers) };
        assert_eq!(result("content-security-policy", &site), expected, "{header:?} {}", site.html);
    }
}

#[test]
fn cookies() {
    let hsts = ("strict-transport-security", "max-age=15768000");
    let cases: [(&str, Headers<'_>); 16] = [
        ("cookies-not-found", &[]),
        (
            "cookies-secure-with-httponly-sessions",
            &[
                ("set-cookie", "SESSIONID=bar; Domain=mozilla.org; Path=/; Secure; HttpOnly"),
                ("set-cookie", "foo=bar; Domain=mozilla.org; Secure; Path=/"),
                ("set-cookie", "heroku-session-affinity=bar; Domain=mozilla.org; Path=/"),
            ],
        ),
        (
            "cookies-secure-with-httponly-sessions-and-samesite",
            &[
                ("set-cookie", "SESSIONID_SAMESITE_STRICT=bar; Domain=mozilla.org; Path=/; Secure; HttpOnly; SameSite=Strict"),
                ("set-cookie", "SESSIONID_SAMESITE_LAX=bar; Domain=mozilla.org; Path=/; Secure; HttpOnly; SameSite=Lax"),
                ("set-cookie", "SESSIONID_SAMESITE_NONE=bar; Domain=mozilla.org; Path=/; Secure; HttpOnly; SameSite=None"),
            ],
        ),
        (
            "cookies-secure-with-httponly-sessions",
            &[
                ("set-cookie", "SESSIONID_SAMESITE_STRICT=bar; Domain=mozilla.org; Path=/; Secure; HttpOnly; SameSite=Strict"),
                ("set-cookie", "SESSIONID_SAMESITE_NO_SAMESITE=bar; Domain=mozilla.org; Path=/; Secure; HttpOnly"),
            ],
        ),
        (
            "cookies-anticsrf-without-samesite-flag",
            &[("set-cookie", "CSRFTOKEN=bar; Domain=mozilla.org; Path=/; Secure; HttpOnly")],
        ),
        ("cookies-samesite-flag-invalid", &[("set-cookie", "SESSIONID=bar; Path=/; Secure; HttpOnly; SameSite=")]),
        ("cookies-samesite-flag-invalid", &[("set-cookie", "SESSIONID=bar; Path=/; Secure; HttpOnly; SameSite=True")]),
        ("cookies-samesite-flag-invalid", &[("set-cookie", "SESSIONID=bar; Path=/; Secure; HttpOnly; SameSite=Invalid")]),
        ("cookies-without-secure-flag-but-protected-by-hsts", &[("set-cookie", "foo=bar; Domain=mozilla.org; Path=/"), hsts]),
        (
            "cookies-session-without-secure-flag-but-protected-by-hsts",
            &[("set-cookie", "SESSIONID=bar; Domain=mozilla.org; Path=/; HttpOnly"), hsts],
        ),
        ("cookies-without-secure-flag", &[("set-cookie", "foo=bar; Domain=mozilla.org; Path=/")]),
        ("cookies-session-without-httponly-flag", &[("set-cookie", "SESSIONID=bar; Domain=mozilla.org; Path=/; Secure")]),
        ("cookies-session-without-secure-flag", &[("set-cookie", "SESSIONID=bar; Domain=mozilla.org; Path=/; HttpOnly")]),
        ("cookies-session-without-secure-flag", &[("set-cookie", "SESSIONID=bar; Domain=mozilla.org; Path=/")]),
        // Not in the published tests, but in the rule: `None` needs `Secure`; the worst counts.
        ("cookies-samesite-flag-invalid", &[("set-cookie", "foo=bar; SameSite=None"), hsts]),
        (
            "cookies-session-without-secure-flag",
            &[("set-cookie", "login=1; HttpOnly; SameSite=Lax"), ("set-cookie", "CSRF=1; Secure")],
        ),
    ];
    for (expected, headers) in cases {
        assert_eq!(result("cookies", &site(headers)), expected, "{headers:?}");
    }
}

#[test]
fn resource_sharing() {
    let scanner = "https://http-observatory.security.mozilla.org";
    let name = "access-control-allow-origin";
    let cases: [(&str, Headers<'_>); 4] = [
        ("cross-origin-resource-sharing-not-implemented", &[]),
        ("cross-origin-resource-sharing-implemented-with-public-access", &[(name, "*")]),
        ("cross-origin-resource-sharing-implemented-with-restricted-access", &[(name, "https://mozilla.org")]),
        (
            "cross-origin-resource-sharing-implemented-with-universal-access",
            &[(name, scanner), ("access-control-allow-credentials", "true")],
        ),
    ];
    for (expected, headers) in cases {
        let site = Site { cors: Some((scanner.to_owned(), map(headers))), ..site(&[]) };
        assert_eq!(result("cross-origin-resource-sharing", &site), expected, "{headers:?}");
    }
}

#[test]
fn redirection() {
    let cases: [(&str, &[&str]); 9] = [
        ("redirection-not-needed-no-http", &[]),
        ("redirection-missing", &["http://mozilla.org"]),
        ("redirection-not-to-https", &["http://mozilla.org", "http://www.mozilla.org"]),
        ("redirection-not-to-https", &["http://mozilla.org", "http://www.mozilla.org", "http://www.mozilla.org/en/"]),
        ("redirection-to-https", &["http://mozilla.org/", "https://mozilla.org/", "https://www.mozilla.org/"]),
        ("redirection-to-https", &["http://mozilla.org/", "https://mozilla.org:8443/"]),
        (
            "redirection-not-to-https-on-initial-redirection",
            &["http://mozilla.org/", "http://www.mozilla.org/", "https://www.mozilla.org/"],
        ),
        ("redirection-off-host-from-http", &["http://mozilla.org/", "https://www.mozilla.org/"]),
        (
            "redirection-all-redirects-preloaded",
            &[
                "http://cloudflare.com/",
                "https://cloudflare.com/",
                "https://www.cloudflare.com/",
                "https://baz.cloudflare.com/foo",
            ],
        ),
    ];
    for (expected, route) in cases {
        let redirects = route.iter().map(|url| (*url).to_owned()).collect();
        let site = Site { redirects, preloaded: vec!["cloudflare.com".to_owned()], ..site(&[]) };
        assert_eq!(result("redirection", &site), expected, "{route:?}");
    }
}

#[test]
fn referrer_policy() {
    let test = "referrer-policy";
    assert_eq!(result(test, &site(&[])), "referrer-policy-not-implemented");
    let cases: &[(&str, &[&str])] = &[
        (
            "referrer-policy-private",
            &[
                "no-referrer",
                "same-origin",
                "strict-origin",
                "STRICT-ORIGIN",
                "strict-origin-when-cross-origin",
                "no-referrer, whimsy",
            ],
        ),
        (
            "referrer-policy-unsafe",
            &[
                "origin",
                "origin-when-cross-origin",
                "unsafe-url",
                "origin-when-cross-origin, no-referrer, unsafe-url",
                "no-referrer, unsafe-url",
            ],
        ),
        ("referrer-policy-header-invalid", &["whimsy", "whimsy, whimsy1, whimsy2"]),
    ];
    assert_headers(test, test, cases);
    let html = r#"<meta name="referrer" content="no-referrer, same-origin" />"#.to_owned();
    for headers in [&[][..], &[("referrer-policy", "unsafe-url")]] {
        let site = Site { html: html.clone(), ..site(headers) };
        assert_eq!(result(test, &site), "referrer-policy-private", "{headers:?}");
    }
}

#[test]
fn strict_transport_security() {
    let test = "strict-transport-security";
    assert_eq!(result(test, &site(&[])), "hsts-not-implemented");
    let cases: &[(&str, &[&str])] = &[
        (
            "hsts-header-invalid",
            &["includeSubDomains; preload", "max-age=15768000; includeSubDomains, max-age=15768000; includeSubDomains"],
        ),
        ("hsts-implemented-max-age-less-than-six-months", &["max-age=86400"]),
        ("hsts-implemented-max-age-at-least-six-months", &["max-age=15768000; includeSubDomains; preload"]),
    ];
    assert_headers(test, test, cases);
    let no_https = Site { https: false, ..site(&[(test, "max-age=15768000")]) };
    assert_eq!(result(test, &no_https), "hsts-not-implemented-no-https");
    let preloaded = vec!["mozilla.org".to_owned()];
    for (host, expected) in [("bugzilla.mozilla.org", "hsts-preloaded"), ("dropboxusercontent.com", "hsts-not-implemented")] {
        let site = Site { host: host.to_owned(), preloaded: preloaded.clone(), ..site(&[]) };
        assert_eq!(result(test, &site), expected, "{host}");
    }
}

#[test]
fn subresource_integrity() {
    let local = r#"<script src="/static/js/foo.js"></script>"#;
    let sri = |source: &str| {
        format!(r#"<script src="{source}" integrity="sha384-zTm/dblzLXQNp3CgY+hfaC/WJ6h4XtNr" crossorigin="anonymous"></script>"#)
    };
    let plain = |source: &str| format!(r#"<script src="{source}"></script>"#);
    let cases = [
        ("sri-not-implemented-but-no-scripts-loaded", String::new()),
        ("sri-not-implemented-but-all-scripts-loaded-from-secure-origin", local.to_owned()),
        ("sri-not-implemented-but-all-scripts-loaded-from-secure-origin", plain("https://www.mozilla.org/static/js/foo.js")),
        ("sri-not-implemented-and-external-scripts-not-loaded-securely", plain("//www.mozilla.org/static/js/foo.js")),
        ("sri-implemented-and-external-scripts-loaded-securely", local.to_owned() + &sri("https://fb.me/react-0.14.7.min.js")),
        (
            "sri-implemented-and-external-scripts-loaded-securely",
            local.to_owned() + &sri("https://localhost/react-0.14.7.min.js"),
        ),
        ("sri-implemented-and-all-scripts-loaded-securely", sri("/static/js/react-0.14.7.min.js")),
        (
            "sri-not-implemented-but-external-scripts-loaded-securely",
            local.to_owned() + &plain("https://fb.me/react-0.14.7.min.js"),
        ),
        (
            "sri-implemented-but-external-scripts-not-loaded-securely",
            local.to_owned() + &sri("http://fb.me/react-0.14.6.min.js") + &sri("https://fb.me/react-0.14.7.min.js"),
        ),
        ("sri-implemented-but-external-scripts-not-loaded-securely", sri("//fb.me/react-0.14.6.min.js")),
        (
            "sri-not-implemented-and-external-scripts-not-loaded-securely",
            local.to_owned() + &plain("http://fb.me/react-0.14.6.min.js"),
        ),
        (
            "sri-not-implemented-and-external-scripts-not-loaded-securely",
            local.to_owned() + &plain("//fb.me/react-0.14.6.min.js"),
        ),
    ];
    for (expected, html) in cases {
        let site = Site { html, ..site(&[("content-type", "text/html")]) };
        assert_eq!(result("subresource-integrity", &site), expected, "{}", site.html);
    }
    let json = Site { html: r#"{"foo": "bar"}"#.to_owned(), ..site(&[("content-type", "application/json")]) };
    assert_eq!(result("subresource-integrity", &json), "sri-not-implemented-response-not-html");
}

#[test]
fn content_type_options() {
    let test = "x-content-type-options";
    assert_eq!(result(test, &site(&[])), "x-content-type-options-not-implemented");
    let cases: &[(&str, &[&str])] = &[
        ("x-content-type-options-header-invalid", &["whimsy", "nosniff, nosniff"]),
        ("x-content-type-options-nosniff", &["nosniff", "nosniff "]),
    ];
    assert_headers(test, test, cases);
}

#[test]
fn frame_options() {
    let test = "x-frame-options";
    assert_eq!(result(test, &site(&[])), "x-frame-options-not-implemented");
    let cases: &[(&str, &[&str])] = &[
        ("x-frame-options-header-invalid", &["whimsy", "SAMEORIGIN, SAMEORIGIN"]),
        ("x-frame-options-allow-from-origin", &["ALLOW-FROM https://mozilla.org"]),
        ("x-frame-options-sameorigin-or-deny", &["DENY", "SAMEORIGIN"]),
    ];
    assert_headers(test, test, cases);
    let policy = [("x-frame-options", "DENY"), ("content-security-policy", "frame-ancestors https://mozilla.org")];
    assert_eq!(result(test, &site(&policy)), "x-frame-options-implemented-via-csp");
    let html = r#"<meta http-equiv="X-Frame-Options" content="DENY" />"#.to_owned();
    assert_eq!(result(test, &Site { html, ..site(&[]) }), "x-frame-options-not-implemented");
}

#[test]
fn cross_origin_policies() {
    let corp: &[(&str, &[&str])] = &[
        ("corp-header-invalid", &["whimsy"]),
        ("corp-implemented-with-same-site", &["same-site"]),
        ("corp-implemented-with-same-origin", &["same-origin"]),
        ("corp-implemented-with-cross-origin", &["cross-origin"]),
    ];
    let coop: &[(&str, &[&str])] = &[
        (
            "coop-header-invalid",
            &["whimsy", "\"same-origin\"", "Same-Origin", "SAME-ORIGIN", "same-origin; report-to=coop endpoint"],
        ),
        (
            "coop-implemented-with-same-origin",
            &["same-origin", "same-origin; report-to=\"coop-endpoint\"", "same-origin; report-to"],
        ),
        (
            "coop-implemented-with-same-origin-allow-popups",
            &["same-origin-allow-popups", "same-origin-allow-popups; report-to=\"coop-endpoint\""],
        ),
        ("coop-implemented-with-noopener-allow-popups", &["noopener-allow-popups"]),
        ("coop-implemented-with-unsafe-none", &["unsafe-none"]),
    ];
    let coep: &[(&str, &[&str])] = &[
        (
            "coep-header-invalid",
            &["whimsy", "\"require-corp\"", "Require-Corp", "REQUIRE-CORP", "require-corp; report-to=coep endpoint"],
        ),
        (
            "coep-implemented-with-require-corp",
            &["require-corp", "require-corp; report-to=\"coep-endpoint\"", "require-corp; report-to"],
        ),
        ("coep-implemented-with-credentialless", &["credentialless", "credentialless; report-to=\"coep-endpoint\""]),
        ("coep-implemented-with-unsafe-none", &["unsafe-none"]),
    ];
    let tests = [
        ("cross-origin-resource-policy", corp, "corp", ["same-origin", "cross-origin"]),
        ("cross-origin-opener-policy", coop, "coop", ["same-origin", "unsafe-none"]),
        ("cross-origin-embedder-policy", coep, "coep", ["require-corp", "unsafe-none"]),
    ];
    for (test, cases, short, twice) in tests {
        assert_headers(test, test, cases);
        assert_eq!(result(test, &site(&[])), format!("{short}-not-implemented"));
        assert_eq!(result(test, &site(&twice.map(|value| (test, value)))), format!("{short}-header-invalid"));
    }
}

#[test]
fn grades() {
    assert_eq!(modifier("csp-not-implemented"), -25);
    for (score, expected) in [(100, (100, "A+")), (0, (0, "F")), (120, (120, "A+")), (-10, (0, "F"))] {
        assert_eq!(graded(score), expected);
    }
    // The chart of `src/grader/charts.js`, whose steps are 5 wide.
    let chart = [
        (99, "A"),
        (95, "A"),
        (90, "A"),
        (89, "A-"),
        (80, "B+"),
        (75, "B"),
        (70, "B"),
        (65, "B-"),
        (60, "C+"),
        (55, "C"),
        (50, "C"),
        (45, "C-"),
        (40, "D+"),
        (35, "D"),
        (30, "D"),
        (25, "D-"),
        (20, "F"),
        (5, "F"),
    ];
    for (score, grade) in chart {
        assert_eq!(graded(score).1, grade, "{score}");
    }
}

/// Recorded sites, with the headers and scripts that count.
#[test]
fn recorded_sites() {
    let observatory = Site {
        redirects: [
            "http://observatory.mozilla.org/",
            "https://observatory.mozilla.org/",
            "https://developer.mozilla.org/en-US/observatory",
        ]
        .map(String::from)
        .into(),
        html: r#"<script>1</script><script src="/static/client/runtime.78ab025a4834993c.js" type="module"></script>"#.to_owned(),
        ..Site::behind_tls_proxy("observatory.mozilla.org", map(&OBSERVATORY), "")
    };
    let report = scan(&observatory);
    assert_eq!((report.score, report.grade), (110, "A+"), "{:#?}", report.outcomes);

    let mozilla = Site {
        html: r#"<script src="https://transcend-cdn.com/cm/airgap.js"></script><script src="https://www.mozilla.org/media/js/site.js"></script>"#
            .to_owned(),
        ..site(&MOZILLA)
    };
    let report = scan(&mozilla);
    assert_eq!((report.score, report.grade), (75, "B"), "{:#?}", report.outcomes);
}

const OBSERVATORY: [(&str, &str); 6] = [
    ("content-type", "text/html"),
    ("referrer-policy", "strict-origin-when-cross-origin"),
    (
        "content-security-policy",
        "default-src 'self'; script-src 'report-sample' 'self' 'wasm-unsafe-eval' https://www.google-analytics.com/analytics.js \
         https://*.googletagmanager.com assets.codepen.io 'sha256-XNBp89FG76amD8BqrJzyflxOF9PaWPqPqvJfKZPCv7M='; \
         style-src 'report-sample' 'self' 'unsafe-inline'; object-src 'none'; base-uri 'self'; \
         img-src 'self' data: *.githubusercontent.com https://mdn.dev/; worker-src 'self';",
    ),
    ("x-frame-options", "DENY"),
    ("x-content-type-options", "nosniff"),
    ("strict-transport-security", "max-age=63072000"),
];

const MOZILLA: [(&str, &str); 7] = [
    ("content-type", "text/html; charset=utf-8"),
    ("referrer-policy", "strict-origin-when-cross-origin"),
    (
        "content-security-policy",
        "script-src 'self' 'unsafe-eval' 'unsafe-inline' cdn.transcend.io js.stripe.com; style-src 'self' 'unsafe-inline'; \
         default-src 'self' *.mozilla.org; frame-ancestors 'none'; upgrade-insecure-requests; object-src 'none'; base-uri 'none'",
    ),
    ("x-frame-options", "DENY"),
    ("x-content-type-options", "nosniff"),
    ("strict-transport-security", "max-age=31536000"),
    ("cross-origin-opener-policy", "same-origin"),
];
