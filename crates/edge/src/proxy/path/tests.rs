use super::*;

fn mapping(public: &str, backend: &str) -> Mapping {
    Mapping { public: public.parse().unwrap(), backend: backend.parse().unwrap() }
}

fn target(mapping: &Mapping, path: &str) -> Option<String> {
    let uri = Uri::from(PathAndQuery::try_from(path).unwrap());
    mapping.target(&uri).ok().map(|uri| uri.to_string())
}

#[test]
fn prefixes_are_whole_segments() {
    let cases = [
        ("/api", "/api", true),
        ("/api", "/api/", true),
        ("/api", "/api/a", true),
        ("/api", "/apis", false),
        ("/api", "/API/a", false),
        ("/api", "/api;x/a", false),
        ("/api", "/api%2fa", false),
        ("/api", "/%61pi/a", false),
        ("/api", "//api/a", false),
        ("/api", "/x/../api/a", false),
        ("/api/", "/api", true),
        ("/api/*", "/api/a", true),
        ("/", "/", true),
        ("/", "/a", true),
        ("/a/b", "/a/b/c", true),
        ("/a/b", "/a/bc", false),
    ];
    for (prefix, path, expected) in cases {
        assert_eq!(prefix.parse::<Prefix>().unwrap().rest(path).is_some(), expected, "{prefix} {path}");
    }
    for text in ["", "api", "/a*", "/*/a", "/a/../b", "/a//b", "/%61", "/a?b", "/a;b", "/:a", "/a b", "http://a/b"] {
        assert!(text.parse::<Prefix>().is_err(), "{text}");
    }
}

#[test]
fn paths_go_on_byte_for_byte() {
    let cases = [
        ("/api", "/api", "/api?a=%2e%2e/..", "/api?a=%2e%2e/.."),
        ("/api", "/api", "/api/", "/api/"),
        ("/api", "/api", "/api/a%2Fb//c/./d;x=1/%zz/%", "/api/a%2Fb//c/./d;x=1/%zz/%"),
        ("/api", "/api", "/api/a/../b", "/api/a/../b"),
        ("/api", "/api", "/api/...slug/..a/a..", "/api/...slug/..a/a.."),
        ("/api", "/api", "/api/%C3%A9/%F0%9F%98%80", "/api/%C3%A9/%F0%9F%98%80"),
        ("/api", "/api", "/api/100%25", "/api/100%25"),
        ("/api", "/", "/api", "/"),
        ("/api", "/", "/api?a", "/?a"),
        ("/api", "/", "/api/", "/"),
        ("/api", "/", "/api/a//b", "/a//b"),
        ("/api", "/v1", "/api", "/v1"),
        ("/api", "/v1/x", "/api/a", "/v1/x/a"),
        ("/api", "/v1", "/api//a", "/v1//a"),
        ("/", "/v1", "/a", "/v1/a"),
    ];
    for (public, backend, path, expected) in cases {
        assert_eq!(target(&mapping(public, backend), path).as_deref(), Some(expected), "{public} {backend} {path}");
    }
}

/// Each as a path of `/api`; most of them from lists of what has worked against some server.
#[test]
fn no_reading_leads_out() {
    let below = [
        "/..",
        "/../",
        "/../admin",
        "/./../admin",
        "//../admin",
        "/a/../../admin",
        "/a//../../admin",
        "/a/./../../admin",
        "/%2e%2e/admin",
        "/%2e./admin",
        "/.%2E/admin",
        "/%252e%252e/admin",
        "/%25%32%65%2e/admin",
        "/%2525252e%252e/admin",
        "/..%2fadmin",
        "/..%252fadmin",
        "/..%5cadmin",
        "/..%255cadmin",
        "/..\\admin",
        "/\\..\\admin",
        "/a\\..\\..\\admin",
        "/a\\b/../../admin",
        "/a%2fb/../../admin",
        "/a%2fb/%2e%2e/%2e%2e/admin",
        "/a%5cb/../../admin",
        "/a%2f../..",
        "/..;/admin",
        "/..;x=1/admin",
        "/%2e%2e;/admin",
        "/..%3b/admin",
        "/a/..;/..;/admin",
        "/;/../admin",
        "/;x/../../admin",
        "/.;/../../admin",
        "/..%00/admin",
        "/..%3fa",
        "/..%23a",
        "/..%20/admin",
        "/..%09/admin",
        "/%c0%ae%c0%ae/admin",
        "/%c0%ae./admin",
        "/..%c0%afadmin",
        "/..%c1%9cadmin",
        "/a%2f..%2f..%2fadmin",
        "/%2e%2e%2f%2e%2e%2fadmin",
        "/a/b/../../../admin",
    ];
    for backend in ["/api", "/", "/v1"] {
        for rest in below {
            let path = format!("/api{rest}");
            assert_eq!(target(&mapping("/api", backend), &path), None, "{backend} {path}");
        }
    }
    let deep = format!("/api/%{}2e%2e/", "25".repeat(100));
    assert_eq!(target(&mapping("/api", "/api"), &deep), None);
}

/// As a reference (RFC 3986 section 4.2) it would be another host.
#[test]
fn no_host_is_made_of_a_path() {
    for path in ["/api//evil.example/a", "/api/\\evil.example", "/api/%2fevil.example", "/api/%5cevil.example", "/api//"] {
        assert_eq!(target(&mapping("/api", "/"), path), None, "{path}");
        assert!(target(&mapping("/api", "/api"), path).is_some(), "{path}");
    }
}

/// A resolver that does one thing after the other, as servers do.
#[derive(Debug, Clone, Copy)]
enum Step {
    Decode,
    Backslashes,
    Parameters,
    Cut(u8),
    Merge,
    Dots,
    DotsDecoded,
}

fn apply(step: Step, path: &[u8]) -> Result<Vec<u8>, Outside> {
    let by_segment = |change: &dyn Fn(&[u8]) -> Vec<u8>| path.split(|b| *b == b'/').map(change).collect::<Vec<_>>().join(&b'/');
    Ok(match step {
        Step::Decode => decoded_once(path),
        Step::Backslashes => path.iter().map(|byte| if *byte == b'\\' { b'/' } else { *byte }).collect(),
        Step::Parameters => by_segment(&|segment| segment.split(|b| *b == b';').next().unwrap().to_vec()),
        Step::Cut(at) => path.split(|byte| *byte == at).next().unwrap().to_vec(),
        Step::Merge => {
            let segments = path.split(|b| *b == b'/').enumerate().filter(|(i, segment)| *i == 0 || !segment.is_empty());
            segments.map(|(_, segment)| segment.to_vec()).collect::<Vec<_>>().join(&b'/')
        }
        Step::Dots => remove_dots(path, |segment| segment.to_vec())?,
        Step::DotsDecoded => remove_dots(path, decoded_once)?,
    })
}

fn decoded_once(bytes: &[u8]) -> Vec<u8> {
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    let mut out = Vec::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find('%') {
        out.extend(rest[..at].chars().map(|c| c as u8));
        match rest.get(at + 1..at + 3).and_then(|pair| u8::from_str_radix(pair, 16).ok().filter(|_| !pair.contains('+'))) {
            Some(byte) => (out.push(byte), rest = &rest[at + 3..]),
            None => (out.push(b'%'), rest = &rest[at + 1..]),
        };
    }
    out.extend(rest.chars().map(|c| c as u8));
    out
}

/// Removes dots as RFC 3986 section 5.2.4 does; `Outside` where that leads above the root.
fn remove_dots(path: &[u8], name: impl Fn(&[u8]) -> Vec<u8>) -> Result<Vec<u8>, Outside> {
    let mut out: Vec<&[u8]> = Vec::new();
    for segment in path.split(|byte| *byte == b'/').skip(1) {
        match &name(segment)[..] {
            b"." => {}
            b".." => drop(out.pop().ok_or(Outside)?),
            _ => out.push(segment),
        }
    }
    Ok(out.into_iter().flat_map(|segment| [b"/", segment].concat()).collect())
}

/// Whatever a chain of readers does, in whatever order, with what passes: it stays below.
#[test]
fn no_chain_of_readers_leads_out() {
    const PIECES: [&str; 26] = [
        "/", "/", "/", ".", ".", "..", "a", "b", "%2e", "%2E", "%2f", "%5c", "\\", ";", ";x", "%3b", "%25", "%252e", "%252f",
        "//", "/./", "/../", "%", "25", "2e", "%00",
    ];
    let steps = [
        Step::Decode,
        Step::Backslashes,
        Step::Parameters,
        Step::Cut(b';'),
        Step::Cut(b'?'),
        Step::Cut(0),
        Step::Merge,
        Step::Dots,
        Step::DotsDecoded,
    ];
    let mut random = fastrand::Rng::with_seed(7);
    let (mut passed, mut refused) = (0, 0);
    for _ in 0..20_000 {
        let length = random.usize(1..9);
        let rest: String = std::iter::repeat_with(|| PIECES[random.usize(..PIECES.len())]).take(length).collect();
        let rest = format!("/{rest}");
        if check(&rest).is_err() {
            refused += 1;
            continue;
        }
        passed += 1;
        for _ in 0..20 {
            let mut path = rest.clone().into_bytes();
            let length = random.usize(1..6);
            let chain: Vec<Step> = std::iter::repeat_with(|| steps[random.usize(..steps.len())]).take(length).collect();
            for step in &chain {
                path = apply(*step, &path).unwrap_or_else(|_| panic!("{rest} leads out by {chain:?}"));
            }
        }
    }
    assert!(passed > 2000 && refused > 2000, "{passed} {refused}");
}
