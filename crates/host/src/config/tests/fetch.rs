//! `[fetch]` and `[dns]`.

use super::*;

#[test]
fn values() {
    let file = "[fetch]\nallow = ['my-backend.internal', '*.example.com:443', '10.0.0.0/8', '[fdaa::1]:8080', '*']\ntimeout = '1s'\n\
                [dns]\nservers = ['fdaa::3', '10.0.0.2:5353', '[fdaa::4]:53']\nmax_ttl = '1m'\n";
    let settings = config(&[], file, &[]).settings;
    let servers: Vec<_> = settings.dns.servers.iter().map(|server| server.0.to_string()).collect();
    assert_eq!(servers, ["[fdaa::3]:53", "10.0.0.2:5353", "[fdaa::4]:53"]);
    assert_eq!(settings.fetch.allow.unwrap().len(), 5);
    assert_eq!((settings.fetch.timeout, settings.dns.max_ttl), (Duration::from_secs(1), Duration::from_secs(60)));
    let settings = config(&[], "", &[]).settings;
    assert_eq!((settings.fetch.allow, settings.dns.servers), (None, vec![]));
    // Nobody but the backends is not the same as no list.
    assert_eq!(config(&[], "[fetch]\nallow = []\n", &[]).settings.fetch.allow, Some(vec![]));
    let variables = [("SSR_HOST_FETCH_ALLOW", "a.example,10.0.0.1"), ("SSR_HOST_DNS_SERVERS", "fdaa::3")];
    assert_eq!(config(&[], "", &variables).settings.fetch.allow.unwrap().len(), 2);
}

#[test]
fn says_what_is_wrong() {
    let host = "expected a host such as `api.example.com`";
    let server = "expected the address of a name server such as `10.0.0.2`";
    for (file, expected) in [
        ("fetch.allow = ['https://a.example/x']", format!("fetch.allow[0]` is `https://a.example/x`: {host}")),
        ("fetch.allow = ['https://a.example/x']", "did you mean `a.example`?".into()),
        ("fetch.allow = ['a.example', '10.1.2.3/8']", format!("fetch.allow[1]` is `10.1.2.3/8`: {host}")),
        ("fetch.allow = ['10.1.2.3/8']", "did you mean the network `10.0.0.0/8` or the address `10.1.2.3`?".into()),
        ("fetch.allow = ['0177.0.0.1']", format!("fetch.allow[0]` is `0177.0.0.1`: {host}")),
        ("fetch.timeout = '0s'", "fetch.timeout` is `0s`: expected a duration".into()),
        ("fetch.ca = 'missing.pem'", "fetch.ca` is `".into()),
        ("dns.servers = ['dns.example']", format!("dns.servers[0]` is `dns.example`: {server}")),
        ("dns.min_ttl = '0s'", "dns.min_ttl` is `0s`: expected a duration".into()),
        ("dns.min_ttl = '6m'", "dns.min_ttl` is longer than `dns.max_ttl` (default): expected at most that".into()),
    ] {
        let told = problems(file, &[], &[]);
        assert!(told.contains(&expected), "{file}\n{told}\n{expected}");
    }
}

#[test]
fn authorities_of_the_environment() {
    let directory = tempfile::tempdir().unwrap();
    let key = rcgen::generate_simple_self_signed(vec!["a.example".to_owned()]).unwrap();
    let (good, bad) = (directory.path().join("good.pem"), directory.path().join("bad.pem"));
    std::fs::write(&good, key.cert.pem()).unwrap();
    std::fs::write(&bad, "none").unwrap();
    let text = |path: &Path| path.display().to_string();
    for variables in [
        vec![("SSL_CERT_FILE", text(&good)), ("NODE_EXTRA_CA_CERTS", text(&bad))],
        vec![("SSL_CERT_FILE", "/nonexistent".to_owned()), ("NODE_EXTRA_CA_CERTS", text(&good))],
    ] {
        let variables: Vec<_> = variables.iter().map(|(name, path)| (*name, path.as_str())).collect();
        assert_eq!(config(&[], "", &variables).settings.fetch.ca.as_deref(), Some(&*good), "{variables:?}");
    }
    let told = problems("", &[("SSL_CERT_FILE", &text(&bad))], &[]);
    assert!(told.contains("cannot be used: there is no certificate in"), "{told}");
}
