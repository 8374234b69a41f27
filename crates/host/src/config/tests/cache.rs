//! `[cache]`.

use edge::cache::Normalizer;

use super::*;

const RULES: &str = "[cache]
max_size = '64MiB'
cookies = ['theme']
[cache.redis]
timeout = '50ms'
[[cache.rules]]
path = '/products/:id'
ttl = '5m'
stale_while_revalidate = '1h'
ignore_query = ['utm_*']
headers = { Accept-Language = ['en', 'de'], User-Agent = false }
cookies = []
tags = ['products']
[[cache.rules]]
path = '/account/*'
enabled = false
";

#[test]
fn as_the_cache_wants_it() {
    let cache = config(&[], RULES, &[]).cache(false).unwrap();
    assert_eq!((cache.max_size, cache.max_body, cache.cookies), (64 << 20, 2 << 20, vec!["theme".to_owned()]));
    assert_eq!((cache.stale_if_error.as_secs(), cache.wait.as_secs(), cache.anonymous), (3600, 5, false));
    assert!(cache.redis.is_none(), "a table without a URL is no Redis");
    let [products, account] = &cache.rules[..] else { panic!("{:?}", cache.rules) };
    assert!(products.path.matches("/products/1") && products.enabled && !account.enabled);
    let lifetimes = [products.ttl, products.stale_while_revalidate, products.stale_if_error];
    assert_eq!(lifetimes, [Some(Duration::from_secs(300)), Some(Duration::from_secs(3600)), None]);
    let one_of = Normalizer::OneOf(vec!["en".into(), "de".into()]);
    let headers = [("accept-language".parse().unwrap(), one_of), ("user-agent".parse().unwrap(), Normalizer::Drop)];
    assert_eq!(products.headers, headers);
    assert_eq!((&products.ignore_query[..], &products.tags[..]), (&["utm_*".to_owned()][..], &["products".to_owned()][..]));
    assert_eq!((products.cookies.as_deref(), account.cookies.as_deref()), (Some(&[][..]), None), "none is not all");
}

/// A rule, a setting, or the app's import.
#[test]
fn when_there_is_one() {
    let rule = "cache.rules = [{ path = '/' }]";
    let cases = [
        ("", false, false),
        ("", true, true),
        (rule, false, true),
        ("cache.enabled = true", false, true),
        ("cache.enabled = false", true, false),
        ("cache = { enabled = false, rules = [{ path = '/' }] }", false, false),
    ];
    for (file, asked, expected) in cases {
        assert_eq!(config(&[], file, &[]).cache(asked).is_some(), expected, "{file} {asked}");
    }
}

#[test]
fn the_same_by_variables_and_options() {
    let variables = [
        ("SSR_HOST_CACHE_RULES", "[{ path = \"/\", ttl = \"1m\" }]"),
        ("SSR_HOST_CACHE_COOKIES", "a, b"),
        ("SSR_HOST_CACHE_BUILD_ID", "4f1c0d2"),
        ("SSR_HOST_CACHE_REDIS_PREFIX", "shop:"),
    ];
    let cache =
        config(&["--set", "cache.redis.timeout=5ms", "--set", "cache.redis=redis://a"], "", &variables).cache(false).unwrap();
    assert_eq!((cache.rules.len(), cache.cookies, cache.build.as_str()), (1, vec!["a".to_owned(), "b".into()], "4f1c0d2"));
    let redis = cache.redis.unwrap();
    assert_eq!((redis.url.as_str(), redis.timeout.as_millis(), redis.prefix.as_str()), ("redis://a", 5, "shop:"));
}

/// The setting in any form, else what the platform says.
#[test]
fn where_redis_is() {
    let of_platform = [("REDIS_URL", "redis://platform")];
    let cases = [
        ("", vec![], None),
        ("", vec![of_platform[0]], Some("redis://platform")),
        ("cache.redis = 'redis://file'", vec![of_platform[0]], Some("redis://file")),
        ("cache.redis.url = 'redis://file'", vec![], Some("redis://file")),
        ("[cache.redis]\nprefix = 'x:'\n", vec![of_platform[0]], Some("redis://platform")),
        ("cache.redis = 'redis://file'", vec![("SSR_HOST_CACHE_REDIS", "redis://variable")], Some("redis://variable")),
        ("cache.redis = 'redis://file'", vec![("SSR_HOST_CACHE_REDIS_URL", "redis://variable")], Some("redis://variable")),
        ("cache.redis = false", vec![of_platform[0]], None),
    ];
    for (file, variables, expected) in cases {
        let redis = config(&[], file, &variables).cache(true).unwrap().redis;
        assert_eq!(redis.map(|redis| redis.url).as_deref(), expected, "{file} {variables:?}");
    }
}

/// An app may have a Redis for itself, which the cache cannot use.
#[test]
fn a_foreign_redis_url_is_wrong_only_where_a_cache_is_asked_for() {
    let foreign = [("REDIS_URL", "rediss://:hunter2@cache")];
    let off = config(&[], "cache = { enabled = false, rules = [{ path = '/' }] }", &foreign);
    let unsaid = config(&[], "", &foreign);
    assert!(off.redis_url_is_foreign && unsaid.redis_url_is_foreign);
    assert!(unsaid.settings.cache.redis.url.is_none());
    for none in
        [config(&[], "", &[]), config(&[], "cache.redis = false", &foreign), config(&[], "", &[("REDIS_URL", "redis://a")])]
    {
        assert!(!none.redis_url_is_foreign);
    }
    for file in ["cache.enabled = true", "cache.rules = [{ path = '/' }]"] {
        let told = problems(file, &foreign, &[]);
        assert!(told.starts_with("REDIS_URL is wrong (its value is secret): expected a URL such as `redis://"), "{told}");
        assert!(told.contains("Redis over TLS is not supported") && !told.contains("hunter2"), "{told}");
    }
    // What only the client of Redis refuses.
    let foreign = [("REDIS_URL", "redis://:hunter2@cache:99999")];
    config(&[], "", &foreign);
    let told = problems("cache.enabled = true", &foreign, &[]);
    assert!(told.starts_with("REDIS_URL cannot be used: ") && !told.contains("hunter2"), "{told}");
}

/// The key, what is written there, and what is said about it.
#[test]
fn wrong_values() {
    let rule = |rest: &str| format!("cache.rules = [{{ path = '/', {rest} }}]");
    let cookie = "expected the name of a cookie such as `theme`";
    let values = "expected a list of values such as `[\"en\", \"de\"]`, or `false` to hide it";
    let parameter = "expected the name of a query parameter such as `fbclid`, or the beginning of some such as `utm_*`";
    let tag = "expected a tag such as `products`, without spaces and commas";
    let cases = [
        ("cache.max_size = '1KiB'".to_owned(), "`cache.max_size` is `1KiB`: expected a size such as `256MiB`, at least `1MiB`".into()),
        ("cache.cookies = ['a b']".into(), format!("`cache.cookies[0]` is `a b`: {cookie}")),
        ("cache.cookies = ['a=1']".into(), format!("is `a=1`: {cookie}\n  hint: its name alone, without `=` and a value")),
        ("cache.build_id = 'a b'".into(), "is `a b`: expected the name of a build such as `4f1c0d2`, without spaces".into()),
        ("cache.redis.timeout = '2s'".into(), "`cache.redis.timeout` is `2s`: expected a duration such as".into()),
        ("cache.redis = 1".into(), "`cache.redis` is `1`: expected a table with `url`, `timeout`, `prefix`".into()),
        ("cache.redis.pasword = 'x'".into(), "`cache.redis.pasword` is unknown".into()),
        ("cache.rules = [{ ttl = '1s' }]".into(), "`cache.rules[0]` has no `path`: expected a path such as".into()),
        (rule("tll = '1s'"), "`cache.rules[0].tll` is unknown\n  hint: did you mean `ttl`?".into()),
        (rule("ttl = 60"), "`cache.rules[0].ttl` is `60`: expected a duration such as `5s` or `500ms`, at least `0s`\n  hint: with its unit: `\"60s\"`".into()),
        (rule("ignore_query = ['utm_*_x']"), format!("ignore_query[0]` is `utm_*_x`: {parameter}\n  hint: `*` stands for any rest of a name")),
        (rule("ignore_query = ['?a=1']"), format!("is `?a=1`: {parameter}")),
        (rule("headers = { 'a b' = false }"), "`cache.rules[0].headers.\"a b\"` has a wrong name: expected the name of a header".into()),
        (rule("headers = { accept = [] }"), format!("`cache.rules[0].headers.accept` is a list: {values}")),
        (rule("headers = { accept = true }"), format!("is `true`: {values}")),
        (rule("headers = { accept = 'en' }"), format!("is `\"en\"`: {values}")),
        (rule("headers = { accept = [''] }"), "headers.accept[0]` is `\"\"`: expected the value of a header such as `en`".into()),
        (rule("headers = { accept = [1] }"), "headers.accept[0]` is `1`: expected the value of a header such as `en`".into()),
        (rule("headers = { accept = ['en, de;q=0.5'] }"), "hint: each value is an item of the list, without a weight".into()),
        (rule("cookies = false"), format!("cookies` is `false`: expected a list, each {}\n  hint: for none, an empty list: `[]`", &cookie["expected ".len()..])),
        (rule("cookies = ['a;b']"), format!("cookies[0]` is `a;b`: {cookie}")),
        (rule("tags = ['a b']"), format!("tags[0]` is `a b`: {tag}")),
        (rule("tags = ['a,b']"), format!("tags[0]` is `a,b`: {tag}")),
    ];
    for (line, expected) in cases {
        let told = problems(&line, &[], &[]);
        assert!(told.starts_with("ssr-host.toml:1: `cache.") && told.contains(&expected), "{line}\n{told}\n{expected}");
        assert_eq!(told.matches("error: ").count(), 0, "{told}");
    }
}

#[test]
fn cross_checks() {
    let cases = [
        (
            "[cache]\nmax_size = '1MiB'\nmax_body = '2MiB'\n",
            "ssr-host.toml:3: `cache.max_body` is larger than `cache.max_size` (ssr-host.toml:2): expected at most that",
        ),
        (
            "[[cache.rules]]\npath = '/a'\n[[cache.rules]]\npath = '/a'\n",
            "ssr-host.toml:4: `cache.rules[1].path` is `/a`, as is that of a rule above (ssr-host.toml:2), which is the one that holds",
        ),
        (
            "[[cache.rules]]\npath = '/a'\nheaders = { Cookie = false }\n",
            "ssr-host.toml:3: `cache.rules[0].headers` has `cookie`, which cannot be changed: `cookies` names those that the app gets to see",
        ),
        (
            "[[cache.rules]]\npath = '/a'\nheaders = { host = ['a'] }\n",
            "`cache.rules[0].headers` has `host`, which cannot be changed: it says",
        ),
    ];
    for (file, expected) in cases {
        let told = problems(file, &[], &[]);
        assert!(told.contains(expected) && !told.contains("error: "), "{file}\n{told}\n{expected}");
    }
}
