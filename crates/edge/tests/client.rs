//! Who the client is: `edge::client` against what real Fastify says (`client/recorded.json`, made by `client/record.mjs`), and against those
//! who pretend to be someone else.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;

use edge::client::{Client, Layer, MAX_HOPS, Peer, Peers, Trust, trust::Source};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, Uri};
use serde_json::Value;
use tower::ServiceExt as _;

fn peer(text: &str) -> Peer {
    let ip: Option<IpAddr> = (text != "unix").then(|| text.parse().unwrap());
    Peer { addr: ip.map(|ip| SocketAddr::new(ip, 4000)), tls: false }
}

fn client(trust: &Trust, peer: Peer, headers: &HeaderMap) -> Client {
    Client::of(trust, &peer, headers, &Uri::from_static("/"))
}

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let pairs = pairs.iter();
    pairs.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_bytes(value.as_bytes()).unwrap())).collect()
}

/// `[trust]` with these settings.
fn trust(peers: &[&str], header: &str, hops: Option<usize>) -> Trust {
    Trust {
        peers: Peers::parse(peers.iter().copied()).unwrap(),
        address: Some(Source::new(header, hops.map(|hops| NonZeroUsize::new(hops).unwrap())).unwrap()),
        proto_header: (header != "forwarded").then(|| HeaderName::from_static("x-forwarded-proto")),
        host_header: (header != "forwarded").then(|| HeaderName::from_static("x-forwarded-host")),
    }
}

#[test]
fn trust_proxy_means_what_it_means_in_fastify() {
    let recorded: Value = serde_json::from_str(include_str!("client/recorded.json")).unwrap();
    let requests = recorded["requests"].as_array().unwrap();
    let (mut wrong, mut compared) = (Vec::new(), 0);
    for option in recorded["options"].as_array().unwrap() {
        let trust = Trust::from_fastify(&option["trustProxy"]);
        let Some(answers) = option["answers"].as_array() else {
            assert!(trust.is_err(), "{option}");
            continue;
        };
        let trust = trust.unwrap_or_else(|error| panic!("{}: {error}", option["trustProxy"]));
        assert_eq!(answers.len(), requests.len());
        for (request, answer) in requests.iter().zip(answers) {
            let client = client(&trust, recorded_peer(request), &recorded_headers(&request["headers"]));
            let (expected, actual) = (expected(answer), actual(&client));
            compared += 1;
            if expected != actual {
                wrong.push(format!("{} {request}\n  expected {expected}\n  got      {actual}", option["trustProxy"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > 400, "{compared}");
}

fn recorded_peer(request: &Value) -> Peer {
    Peer { tls: request["tls"] == true, ..peer(request["peer"].as_str().unwrap_or("unix")) }
}

fn recorded_headers(pairs: &Value) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, lines) in pairs.as_object().unwrap() {
        let lines = lines.as_array().map_or(std::slice::from_ref(lines), Vec::as_slice);
        for line in lines {
            headers.append(name.parse::<HeaderName>().unwrap(), line.as_str().unwrap().parse().unwrap());
        }
    }
    headers
}

/// The differences that `Trust::from_fastify` documents: addresses are canonical, ports go, and what is no address is left out.
fn expected(answer: &Value) -> String {
    const UNDERSTOOD: [(&str, &str); 3] =
        [("1.1.1.1:4711", "1.1.1.1"), ("10.0.0.5:80", "10.0.0.5"), ("[2001:db8::1]:4711", "2001:db8::1")];
    let address = |text: &Value| {
        let text = text.as_str()?;
        let text = UNDERSTOOD.iter().find(|(odd, _)| *odd == text).map_or(text, |(_, plain)| plain);
        Some(text.parse::<IpAddr>().ok()?.to_canonical())
    };
    let ips: Option<Vec<IpAddr>> = answer["ips"].as_array().map(|ips| ips.iter().filter_map(address).collect());
    let ip = match &ips {
        Some(ips) => ips.last().copied(),
        None => address(&answer["ip"]),
    };
    format!("{ip:?} {ips:?} {:?} {}", answer["hostname"].as_str(), answer["protocol"].as_str().unwrap())
}

fn actual(client: &Client) -> String {
    format!("{:?} {:?} {:?} {}", client.ip, client.ips, client.host.as_deref(), client.scheme())
}

/// Every header that says who someone is.
fn forged() -> HeaderMap {
    headers(&[
        ("host", "real.example"),
        ("x-forwarded-for", "6.6.6.6, 127.0.0.1"),
        ("forwarded", "for=6.6.6.6;host=evil.example;proto=https"),
        ("fly-client-ip", "6.6.6.6"),
        ("cf-connecting-ip", "6.6.6.6"),
        ("true-client-ip", "6.6.6.6"),
        ("x-real-ip", "6.6.6.6"),
        ("x-client-ip", "6.6.6.6"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-port", "443"),
        ("x-forwarded-ssl", "on"),
    ])
}

#[test]
fn an_untrusted_peer_is_the_client_whatever_it_sends() {
    let fly = Trust::fly();
    let policies = [
        ("none", Trust::none()),
        ("fly", fly),
        ("x-forwarded-for", trust(&["10.0.0.0/8", "unix", "loopback"], "x-forwarded-for", None)),
        ("hops", trust(&["10.0.0.0/8", "unix", "loopback"], "x-forwarded-for", Some(2))),
        ("forwarded", trust(&["10.0.0.0/8", "unix", "loopback"], "forwarded", None)),
        ("cf", trust(&["10.0.0.0/8", "unix", "loopback"], "cf-connecting-ip", None)),
        ("app", Trust::from_fastify(&"10.0.0.0/8".into()).unwrap().with_checked_origin()),
        ("nobody", Trust { peers: Peers::default(), ..trust(&[], "x-forwarded-for", Some(1)) }),
    ];
    for (name, trust) in policies {
        for address in ["203.0.113.9", "2001:db8::9", "::ffff:203.0.113.9", "192.168.0.1"] {
            let peer = peer(address);
            let ip: IpAddr = address.parse().unwrap();
            let client = client(&trust, peer, &forged());
            let expected = Client {
                ip: Some(ip.to_canonical()),
                ips: (name != "none" && name != "nobody").then(|| vec![ip.to_canonical()]),
                host: Some("real.example".to_owned()),
                https: false,
                peer: Some(SocketAddr::new(ip.to_canonical(), 4000)),
                via_proxy: false,
            };
            assert_eq!(client, expected, "{name} {address}");
        }
    }
    let unix = client(&Trust::fly(), peer("unix"), &forged());
    assert_eq!((unix.ip, unix.via_proxy, unix.host.as_deref()), (None, false, Some("real.example")));
}

#[test]
fn fly_is_believed_from_its_proxy_only() {
    let cases = [
        ("172.16.0.1", "198.51.100.7"),
        ("172.31.255.255", "198.51.100.7"),
        ("::ffff:172.19.1.1", "198.51.100.7"),
        ("172.32.0.1", "172.32.0.1"),
        ("172.15.255.255", "172.15.255.255"),
        ("fdaa:0:1::3", "fdaa:0:1::3"),
        ("10.0.0.1", "10.0.0.1"),
        ("127.0.0.1", "127.0.0.1"),
    ];
    for (address, expected) in cases {
        let sent = headers(&[
            ("fly-client-ip", "198.51.100.7"),
            // The rightmost is the address of the app itself.
            ("x-forwarded-for", "6.6.6.6, 198.51.100.7, 66.241.125.1"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "evil.example"),
            ("host", "app.fly.dev"),
        ]);
        let client = client(&Trust::fly(), peer(address), &sent);
        let believed = expected == "198.51.100.7";
        assert_eq!(client.ip, Some(expected.parse().unwrap()), "{address}");
        assert_eq!((client.https, client.via_proxy), (believed, believed), "{address}");
        assert_eq!(client.host.as_deref(), Some("app.fly.dev"), "{address}");
    }
}

/// What is read behind one trusted proxy, 10.0.0.1, which appends the true client, 198.51.100.7.
#[test]
fn what_a_client_sends_before_the_proxy_appends_does_not_count() {
    let in_front = [
        "",
        "6.6.6.6",
        "10.0.0.9",
        "6.6.6.6, 10.0.0.9",
        "unknown",
        "_hidden",
        ",,,",
        "\"",
        "for=\"",
        "\"6.6.6.6, \\",
        "for=6.6.6.6",
        "for=\"a\\",
        "for=\"[::1",
        "1.2.3.4:",
        "\u{e9}",
        "for=10.0.0.9;host=evil.example;proto=https",
    ];
    let policies = [
        (trust(&["10.0.0.0/8"], "x-forwarded-for", None), "x-forwarded-for", "198.51.100.7"),
        (trust(&["10.0.0.0/8"], "x-forwarded-for", Some(1)), "x-forwarded-for", "198.51.100.7"),
        (Trust::from_fastify(&1.into()).unwrap(), "x-forwarded-for", "198.51.100.7"),
        (Trust::from_fastify(&"10.0.0.0/8".into()).unwrap(), "x-forwarded-for", "198.51.100.7"),
        (trust(&["10.0.0.0/8"], "forwarded", None), "forwarded", "for=198.51.100.7"),
        (trust(&["10.0.0.0/8"], "forwarded", Some(1)), "forwarded", "for=\"198.51.100.7:4711\""),
    ];
    for (trust, name, appended) in &policies {
        for sent in in_front {
            for lines in [&[&*format!("{sent}, {appended}")][..], &[sent, appended], &[sent, sent, appended]] {
                let mut map = HeaderMap::new();
                for line in lines {
                    map.append(*name, HeaderValue::from_bytes(line.as_bytes()).unwrap());
                }
                let client = client(trust, peer("10.0.0.1"), &map);
                assert_eq!(client.ip, Some("198.51.100.7".parse().unwrap()), "{name}: {lines:?}");
                assert_eq!(client.ips.as_ref().map(Vec::len), Some(2), "{name}: {lines:?}");
                assert_eq!((client.host.as_deref(), client.https), (None, false), "{name}: {lines:?}");
            }
        }
    }
}

/// Header, hops, the line that came over 10.0.0.1 (10.0.0.0/8 and Unix sockets are trusted), and the expected addresses.
#[test]
fn walks_over_trusted_proxies() {
    let x = "x-forwarded-for";
    let cases: [(&str, Option<usize>, &str, &[&str]); 27] = [
        (x, None, "1.1.1.1", &["1.1.1.1"]),
        (x, None, "1.1.1.1, 10.0.0.2", &["10.0.0.2", "1.1.1.1"]),
        (x, None, "6.6.6.6, 1.1.1.1, 10.0.0.2:99", &["10.0.0.2", "1.1.1.1"]),
        (x, None, "10.0.0.3, 10.0.0.2", &["10.0.0.2", "10.0.0.3"]),
        (x, None, "6.6.6.6, unknown, 10.0.0.2", &["10.0.0.2"]),
        (x, None, "6.6.6.6, 010.0.0.3, 10.0.0.2", &["10.0.0.2"]),
        (x, None, "rubbish", &[]),
        (x, None, "", &[]),
        (x, None, "[2001:db8::1]:80", &["2001:db8::1"]),
        (x, None, "::ffff:1.1.1.1, ::ffff:10.0.0.2", &["10.0.0.2", "1.1.1.1"]),
        (x, Some(1), "6.6.6.6, 1.1.1.1", &["1.1.1.1"]),
        (x, Some(2), "6.6.6.6, 1.1.1.1, 8.8.8.8", &["8.8.8.8", "1.1.1.1"]),
        (x, Some(2), "1.1.1.1, unknown", &["1.1.1.1"]),
        (x, Some(2), "unknown, 8.8.8.8", &["8.8.8.8"]),
        (x, Some(3), "1.1.1.1", &["1.1.1.1"]),
        ("forwarded", None, "for=1.1.1.1", &["1.1.1.1"]),
        ("forwarded", None, "For=\"[2001:db8:cafe::17]:4711\"", &["2001:db8:cafe::17"]),
        ("forwarded", None, "for=6.6.6.6, for=1.1.1.1;proto=https, for=\"10.0.0.2:80\"", &["10.0.0.2", "1.1.1.1"]),
        ("forwarded", None, "for=6.6.6.6, for=_hidden, for=10.0.0.2", &["10.0.0.2"]),
        ("forwarded", None, "for=6.6.6.6, proto=https, for=10.0.0.2", &["10.0.0.2"]),
        ("forwarded", None, "for=1.1.1.1;for=2.2.2.2", &[]),
        ("forwarded", None, "1.1.1.1", &[]),
        ("forwarded", Some(2), "for=6.6.6.6, for=1.1.1.1, for=unknown", &["1.1.1.1"]),
        ("x-real-ip", None, "1.1.1.1:80", &["1.1.1.1"]),
        ("x-real-ip", None, "1.1.1.1, 2.2.2.2", &[]),
        ("x-real-ip", None, "nobody", &[]),
        ("x-real-ip", None, "2001:db8::1", &["2001:db8::1"]),
    ];
    for (header, hops, line, expected) in cases {
        let trust = trust(&["10.0.0.0/8", "unix"], header, hops);
        let sent = headers(&[(header, line)]);
        let expected: Vec<IpAddr> = expected.iter().map(|ip| ip.parse().unwrap()).collect();
        let over_unix = client(&trust, peer("unix"), &sent);
        assert_eq!((over_unix.ip, over_unix.ips.as_ref()), (expected.last().copied(), Some(&expected)), "{header}: {line}");
        let over_tcp = client(&trust, peer("10.0.0.1"), &sent);
        let with_peer: Vec<IpAddr> = ["10.0.0.1".parse().unwrap()].into_iter().chain(expected).collect();
        assert_eq!((over_tcp.ip, over_tcp.ips.as_ref()), (with_peer.last().copied(), Some(&with_peer)), "{header}: {line}");
        assert!(over_tcp.via_proxy && over_unix.via_proxy);
    }
    let two_lines = headers(&[("x-real-ip", "1.1.1.1"), ("x-real-ip", "1.1.1.1")]);
    assert_eq!(
        client(&trust(&["10.0.0.0/8"], "x-real-ip", None), peer("10.0.0.1"), &two_lines).ip,
        peer("10.0.0.1").addr.map(|a| a.ip())
    );
}

/// Host and scheme from a trusted peer, and what stands in when they cannot be read.
#[test]
fn takes_host_and_scheme_from_trusted_peers() {
    let proto = |value| ("x-forwarded-proto", value);
    let host = |value| ("x-forwarded-host", value);
    type Case<'a> = (&'a str, bool, &'a [(&'static str, &'a str)], Option<&'a str>, bool);
    let cases: [Case; 22] = [
        ("x-forwarded-for", false, &[proto("https")], None, true),
        ("x-forwarded-for", false, &[proto("HTTPS ")], None, true),
        ("x-forwarded-for", false, &[proto("wss")], None, true),
        ("x-forwarded-for", true, &[proto("http")], None, false),
        ("x-forwarded-for", false, &[proto("https, http")], None, false),
        ("x-forwarded-for", false, &[proto("https"), proto("http")], None, false),
        ("x-forwarded-for", true, &[proto("gopher")], None, true),
        ("x-forwarded-for", true, &[proto("")], None, true),
        ("x-forwarded-for", true, &[], None, true),
        ("x-forwarded-for", false, &[host("a.example"), ("host", "b.example")], Some("a.example"), false),
        ("x-forwarded-for", false, &[host("evil.example, a.example:8443")], Some("a.example:8443"), false),
        ("x-forwarded-for", false, &[host("[::1]:80")], Some("[::1]:80"), false),
        ("x-forwarded-for", false, &[host("a b"), ("host", "b.example")], Some("b.example"), false),
        ("x-forwarded-for", false, &[host("user@a.example"), ("host", "b.example")], Some("b.example"), false),
        ("x-forwarded-for", false, &[host("a.example/"), ("host", "b.example")], Some("b.example"), false),
        ("x-forwarded-for", false, &[host(""), ("host", "b.example:3000")], Some("b.example:3000"), false),
        ("x-forwarded-for", false, &[("host", "\u{e9}")], Some("Ã©"), false),
        (
            "forwarded",
            false,
            &[("forwarded", "for=1.1.1.1;host=a.example;proto=https"), ("host", "b.example")],
            Some("a.example"),
            true,
        ),
        // The first proxy knows what the client asked for; what is left of its element, the client wrote.
        (
            "forwarded",
            false,
            &[(
                "forwarded",
                "for=6.6.6.6;host=evil.example;proto=http, for=1.1.1.1;host=\"a.example:1\";proto=https, for=10.0.0.2;proto=http",
            )],
            Some("a.example:1"),
            true,
        ),
        ("forwarded", false, &[("forwarded", "for=_hidden;proto=https")], None, true),
        ("forwarded", false, &[("forwarded", "for=1.1.1.1, for=10.0.0.2;proto=https")], None, true),
        ("forwarded", false, &[("forwarded", "for=1.1.1.1"), proto("https"), host("evil.example")], None, false),
    ];
    for (header, tls, sent, host, https) in cases {
        let client = client(&trust(&["10.0.0.0/8"], header, None), Peer { tls, ..peer("10.0.0.1") }, &headers(sent));
        assert_eq!((client.host.as_deref(), client.https), (host, https), "{sent:?}");
    }
}

#[test]
fn host_of_http_2_is_the_authority() {
    let cases = [
        ("https://a.example:8443/x", None, Some("a.example:8443")),
        ("https://a.example/", Some("b.example"), Some("b.example")),
        ("https://user:secret@a.example/", None, Some("a.example")),
        ("/x", None, None),
    ];
    for (uri, host, expected) in cases {
        let mut sent = HeaderMap::new();
        sent.extend(host.map(|host| (http::header::HOST, HeaderValue::from_static(host))));
        let client = Client::of(&Trust::none(), &peer("127.0.0.1"), &sent, &uri.parse().unwrap());
        assert_eq!(client.host.as_deref(), expected, "{uri}");
    }
}

#[test]
fn looks_at_a_bounded_number_of_hops() {
    let line = vec!["10.0.0.2"; 5000].join(",");
    for trust in [trust(&["10.0.0.0/8"], "x-forwarded-for", None), Trust::from_fastify(&true.into()).unwrap()] {
        let client = client(&trust, peer("10.0.0.1"), &headers(&[("x-forwarded-for", &line)]));
        assert_eq!(client.ips.unwrap().len(), 1 + MAX_HOPS);
    }
}

#[tokio::test]
async fn the_layer_sets_the_one_result() {
    let app = tower::service_fn(|request: Request<()>| async move {
        let client: &Client = request.extensions().get().unwrap();
        Ok::<_, Infallible>(Response::new(edge::Body::from(format!("{:?} {} {:?}", client.ip, client.scheme(), client.host))))
    });
    let app = tower::Layer::layer(&Layer::new(trust(&["10.0.0.0/8"], "x-forwarded-for", None)), app);
    let cases = [
        (Some(peer("10.0.0.1")), r#"Some(6.6.6.6) https Some("real.example")"#),
        (Some(peer("203.0.113.9")), r#"Some(203.0.113.9) http Some("real.example")"#),
        // Without a peer nothing is known and nothing believed.
        (None, r#"None http Some("real.example")"#),
    ];
    for (peer, expected) in cases {
        let mut request = Request::new(());
        *request.headers_mut() =
            headers(&[("x-forwarded-for", "6.6.6.6"), ("x-forwarded-proto", "https"), ("host", "real.example")]);
        peer.map(|peer| request.extensions_mut().insert(peer));
        let edge::Body::Full(text) = app.clone().oneshot(request).await.unwrap().into_body() else { panic!() };
        assert_eq!(text, expected);
    }
}
