//! `edge::client`: header lines as `name: value`.

use std::net::{IpAddr, SocketAddr};

use edge::client::{Client, MAX_HOPS, Peer, Peers, Trust, trust::Source};
use http::uri::Authority;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};

const APPENDED: &str = "198.51.100.7";

pub(crate) fn check(bytes: &[u8]) {
    let headers = headers(bytes);
    for (header, hops) in [("x-forwarded-for", 0), ("x-forwarded-for", 2), ("forwarded", 0), ("forwarded", 2), ("x-real-ip", 0)] {
        let trust = trust(header, hops);
        untrusted_peers_change_nothing(&trust, &headers);
        for peer in ["10.0.0.1", "::ffff:10.0.0.1", "unix"] {
            is_consistent(&trust, &client(&trust, peer, &headers), hops, &headers);
        }
    }
    for (header, appended) in [("x-forwarded-for", APPENDED), ("forwarded", "for=198.51.100.7;proto=https")] {
        an_appended_address_counts(header, appended, &headers);
    }
    for option in [true.into(), 2.into(), "loopback, 10.0.0.0/8".into()] {
        client(&Trust::from_fastify(&option).unwrap(), "10.0.0.1", &headers);
    }
    let text = String::from_utf8_lossy(bytes);
    let _ = Trust::from_fastify(&text.lines().next().unwrap_or_default().into());
    let _ = Peers::parse(text.lines());
}

fn untrusted_peers_change_nothing(trust: &Trust, headers: &HeaderMap) {
    let mut alone = HeaderMap::new();
    alone.extend(headers.get("host").map(|host| (http::header::HOST, host.clone())));
    for peer in ["203.0.113.9", "fdaa::1"] {
        assert_eq!(client(trust, peer, headers), client(trust, peer, &alone));
    }
}

fn is_consistent(trust: &Trust, client: &Client, hops: usize, headers: &HeaderMap) {
    let ips = client.ips.as_ref().unwrap();
    assert!(client.via_proxy);
    assert_eq!(client.ip, ips.last().copied());
    assert!(ips.len() <= 1 + MAX_HOPS);
    assert!(ips.iter().all(|ip| ip.to_canonical() == *ip));
    if let Some(peer) = client.peer {
        assert_eq!(ips.first(), Some(&peer.ip()));
    }
    if hops > 0 {
        assert!(ips.len() <= 1 + hops);
    } else {
        assert!(ips.iter().rev().skip(1).all(|ip| trust.peers.contains(Some(*ip))), "walked over someone untrusted: {ips:?}");
    }
    let sent = headers.get("host").map(HeaderValue::as_bytes);
    if let Some(host) =
        client.host.as_deref().filter(|host| sent.is_none_or(|sent| !host.chars().eq(sent.iter().map(|b| char::from(*b)))))
    {
        assert!(host.parse::<Authority>().is_ok() && !host.contains('@'), "{host:?}");
    }
}

/// Whatever came before: the entry that the one trusted proxy appended is the client.
fn an_appended_address_counts(header: &'static str, appended: &str, headers: &HeaderMap) {
    let own_line: Vec<&[u8]> = headers.get_all(header).iter().map(HeaderValue::as_bytes).chain([appended.as_bytes()]).collect();
    let mut same_line = own_line.clone();
    let joined = same_line.split_off(same_line.len().saturating_sub(2)).join(&b", "[..]);
    same_line.push(&joined);
    for lines in [same_line, own_line] {
        let mut sent = HeaderMap::new();
        for line in &lines {
            sent.append(header, HeaderValue::from_bytes(line).unwrap());
        }
        let client = client(&trust(header, 0), "10.0.0.1", &sent);
        assert_eq!(client.ips, Some(vec!["10.0.0.1".parse().unwrap(), APPENDED.parse().unwrap()]), "{lines:?}");
        assert_eq!(client.https, header == "forwarded");
    }
}

fn trust(header: &str, hops: usize) -> Trust {
    Trust {
        peers: Peers::parse(["10.0.0.0/8", "unix"]).unwrap(),
        address: Some(Source::new(header, std::num::NonZeroUsize::new(hops)).unwrap()),
        proto_header: (header != "forwarded").then(|| HeaderName::from_static("x-forwarded-proto")),
        host_header: (header != "forwarded").then(|| HeaderName::from_static("x-forwarded-host")),
    }
}

fn client(trust: &Trust, peer: &str, headers: &HeaderMap) -> Client {
    let addr = peer.parse::<IpAddr>().ok().map(|ip| SocketAddr::new(ip, 4000));
    Client::of(trust, &Peer { addr, tls: false }, headers, &Uri::from_static("/"))
}

/// What of the lines hyper would have let through.
fn headers(bytes: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let (name, value) = (HeaderName::from_bytes(&line[..colon]), HeaderValue::from_bytes(line[colon + 1..].trim_ascii()));
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.append(name, value);
        }
    }
    headers
}
