use http::HeaderValue;

use super::*;

fn of(lines: &[(&'static str, &str)]) -> Directives {
    let pair = |(name, value): &(&'static str, &str)| {
        (HeaderName::from_static(name), HeaderValue::from_bytes(value.as_bytes()).unwrap())
    };
    Directives::of(&lines.iter().map(pair).collect())
}

fn cache_control(text: &str) -> Directives {
    of(&[("cache-control", text)])
}

fn secs(seconds: u64) -> Option<Duration> {
    Some(Duration::from_secs(seconds))
}

#[test]
fn reads_cache_control() {
    let default = Directives::default;
    let cases = [
        ("", default()),
        ("max-age=60", Directives { max_age: secs(60), ..default() }),
        ("Max-Age=60, PUBLIC", Directives { max_age: secs(60), public: true, ..default() }),
        ("s-maxage=5,max-age=60", Directives { s_maxage: secs(5), max_age: secs(60), ..default() }),
        (" , no-store ,, ", Directives { no_store: true, ..default() }),
        ("no-cache, private", Directives { no_cache: true, private: true, ..default() }),
        ("must-revalidate,proxy-revalidate", Directives { must_revalidate: true, proxy_revalidate: true, ..default() }),
        (
            "stale-while-revalidate=30, stale-if-error=600",
            Directives { stale_while_revalidate: secs(30), stale_if_error: secs(600), ..default() },
        ),
        // Section 5.2: both forms of an argument are accepted.
        ("max-age=\"60\"", Directives { max_age: secs(60), ..default() }),
        ("max-age = 60", Directives { max_age: secs(60), ..default() }),
        // Section 4.2.1: a conflict or an invalid number is stale.
        ("max-age=60, max-age=30", Directives { max_age: secs(30), ..default() }),
        ("max-age=30, max-age=60", Directives { max_age: secs(30), ..default() }),
        ("max-age", Directives { max_age: secs(0), ..default() }),
        ("max-age=", Directives { max_age: secs(0), ..default() }),
        ("max-age=-1", Directives { max_age: secs(0), ..default() }),
        ("max-age=1.5", Directives { max_age: secs(0), ..default() }),
        ("max-age=60s", Directives { max_age: secs(0), ..default() }),
        ("max-age=60 60", Directives { max_age: secs(0), ..default() }),
        ("max-age=\u{0661}", Directives { max_age: secs(0), ..default() }),
        // Section 1.2.2: too large is 2³¹.
        ("max-age=2147483648", Directives { max_age: secs(1 << 31), ..default() }),
        ("max-age=99999999999999999999999", Directives { max_age: secs(1 << 31), ..default() }),
        ("max-age=0060", Directives { max_age: secs(60), ..default() }),
        // What is not known says nothing.
        ("immutable, foo=bar, no-storex, x-private", default()),
        ("foo=\"private, no-store\"", default()),
        ("foo=\"a\\\", private\", public", Directives { public: true, ..default() }),
        // A quote that does not end, or stands where none may, hides nothing.
        ("foo=\"bar, private", Directives { private: true, ..default() }),
        ("foo=\"bar\"baz\", private", Directives { private: true, ..default() }),
        ("\"a, no-store\"", default()),
        ("foo=\"bar\\\", private", Directives { private: true, ..default() }),
        ("public=yes, no-store=no", Directives { public: true, no_store: true, ..default() }),
    ];
    for (text, expected) in cases {
        assert_eq!(cache_control(text), expected, "{text}");
    }
}

#[test]
fn fields_are_noted_and_the_rest_of_the_response_is_not_touched() {
    let directives = cache_control("private=\"X-User, set-cookie\", no-cache=x-once");
    assert_eq!(directives.fields, ["x-user", "set-cookie", "x-once"]);
    assert!(!directives.private && !directives.no_cache);
    // No list, and so the whole response.
    for text in ["private=\"\"", "private=\"a b\"", "private=\",\"", "private=\"x-user", "private=\"x-user\", private"] {
        assert!(cache_control(text).private, "{text}");
    }
}

#[test]
fn several_lines_are_one_list() {
    let directives = of(&[("cache-control", "max-age=60"), ("cache-control", "no-store"), ("cache-control", "max-age=5")]);
    assert_eq!(directives, Directives { max_age: secs(5), no_store: true, ..Directives::default() });
}

/// RFC 9213 sections 2.1 and 2.2.
#[test]
fn a_targeted_field_takes_the_place_of_cache_control() {
    const OWN: &str = "ssr-host-cache-control";
    const CDN: &str = "cdn-cache-control";
    let targeted = || Directives { targeted: true, ..Directives::default() };
    let cases = [
        (vec![(CDN, "max-age=60")], Directives { max_age: secs(60), ..targeted() }),
        (vec![(CDN, "max-age=60"), (OWN, "max-age=5")], Directives { max_age: secs(5), ..targeted() }),
        (vec![(CDN, "max-age=60"), (OWN, "no-store")], Directives { no_store: true, ..targeted() }),
        // Two lines are one dictionary, whose last member of a name holds.
        (vec![(CDN, "max-age=60"), (CDN, "max-age=90, public")], Directives { max_age: secs(90), public: true, ..targeted() }),
        (vec![(CDN, "max-age=60;x=1, no-store=?0, public")], Directives { max_age: secs(60), public: true, ..targeted() }),
        (vec![(CDN, "private=\"x-user\"")], Directives { fields: vec!["x-user".parse().unwrap()], ..targeted() }),
        (vec![(CDN, "max-age=-60")], Directives { max_age: secs(0), ..targeted() }),
        (vec![(CDN, "max-age=60.5")], Directives { max_age: secs(0), ..targeted() }),
        (vec![(CDN, "max-age=(1 2)")], Directives { max_age: secs(0), ..targeted() }),
        (vec![(CDN, "max-age=99999999999")], Directives { max_age: secs(1 << 31), ..targeted() }),
    ];
    for (lines, expected) in cases {
        let lines = [vec![("cache-control", "no-store, max-age=1")], lines].concat();
        assert_eq!(of(&lines), expected, "{lines:?}");
    }
    // Empty or no dictionary: as if it were not there.
    for text in ["", "  ", "max-age=60,", "Max-Age=60", "max-age=\"60", "max-age==60", "=60", "max-age=60 public", "\u{e9}"] {
        assert_eq!(of(&[(CDN, text), ("cache-control", "public")]), cache_control("public"), "{text}");
        assert!(of(&[(OWN, text), (CDN, "no-store"), ("cache-control", "public")]).no_store, "{text}");
    }
}
