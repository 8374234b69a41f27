//! TLS: protocols, certificates that change, and what is said of bad ones.

use std::path::{Path, PathBuf};

use rustls::pki_types::ServerName;
use rustls::pki_types::pem::PemObject as _;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::*;

/// A certificate of `localhost` and its key, as PEM.
struct Pair {
    cert: String,
    key: String,
}

fn pair() -> Pair {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    Pair { cert: made.cert.pem(), key: made.signing_key.serialize_pem() }
}

impl Pair {
    fn write(&self, directory: &Path) -> (PathBuf, PathBuf) {
        let (cert, key) = (directory.join("cert.pem"), directory.join("key.pem"));
        std::fs::write(&cert, &self.cert).unwrap();
        std::fs::write(&key, &self.key).unwrap();
        (cert, key)
    }

    /// A client that believes this certificate and no other.
    async fn connect(&self, host: &Host, alpn: &[&str]) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(rustls::pki_types::CertificateDer::from_pem_slice(self.cert.as_bytes()).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let mut config = builder.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, host.connect().await).await
    }
}

fn secured(cert: &Path, key: &Path) -> Config {
    let tls = Tls { reload_interval: Duration::from_millis(50), ..Tls::new(cert.to_owned(), key.to_owned()) };
    Config { tls: Some(tls), limits: Limits { header_timeout: Duration::from_secs(2), ..limits() }, ..Config::default() }
}

#[tokio::test]
async fn speaks_what_the_client_chooses() {
    let (directory, pair) = (tempfile::tempdir().unwrap(), pair());
    let (cert, key) = pair.write(directory.path());
    let host = Host::start(secured(&cert, &key)).await;
    for alpn in [&["http/1.1"][..], &[]] {
        let text = get(&mut pair.connect(&host, alpn).await.unwrap()).await;
        assert!(text.starts_with("HTTP/1.1 200") && text.ends_with("127.0.0.1 tls=true"), "{text}");
    }
    let client = pair.connect(&host, &["h2", "http/1.1"]).await.unwrap();
    assert_eq!(client.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let (mut requests, connection) = h2::client::handshake(client).await.unwrap();
    tokio::spawn(connection);
    let request = Request::get("https://localhost/").body(()).unwrap();
    assert_eq!(requests.send_request(request, true).unwrap().0.await.unwrap().status(), 200);
    assert_eq!(*host.seen.lock(), ["GET /", "GET /", "GET https://localhost/"]);
    // Slow heads, and heads that are none, as without TLS.
    let mut client = pair.connect(&host, &["http/1.1"]).await.unwrap();
    client.write_all(b"GET / HTTP/1.1\nHost: x\r\n\r\n").await.unwrap();
    assert_eq!(statuses(&some(&mut client, PATIENCE).await), [400]);
}

/// The handshake has a deadline as well.
#[tokio::test]
async fn a_silent_handshake_ends() {
    let (directory, pair) = (tempfile::tempdir().unwrap(), pair());
    let (cert, key) = pair.write(directory.path());
    let mut config = secured(&cert, &key);
    config.limits.header_timeout = Duration::from_millis(300);
    let host = Host::start(config).await;
    let mut silent = host.connect().await;
    let mut slow = host.connect().await;
    slow.write_all(b"\x16\x03\x01\x02\0").await.unwrap();
    assert_eq!((rest(&mut silent).await, rest(&mut slow).await), (String::new(), String::new()));
}

#[tokio::test]
async fn new_certificates_are_used_and_bad_ones_are_not() {
    let directory = tempfile::tempdir().unwrap();
    let (old, new) = (pair(), pair());
    let (cert, key) = old.write(directory.path());
    let host = Host::start(secured(&cert, &key)).await;
    let mut open = old.connect(&host, &[]).await.unwrap();
    get(&mut open).await;
    // Half of a new pair, then nothing that is a certificate: the old one stays.
    for bad in [new.cert.as_str(), "", "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n"] {
        std::fs::write(&cert, bad).unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
        get(&mut old.connect(&host, &[]).await.expect("the old certificate is used")).await;
    }
    new.write(directory.path());
    let since = std::time::Instant::now();
    while new.connect(&host, &[]).await.is_err() {
        assert!(since.elapsed() < PATIENCE, "the new certificate is never used");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(old.connect(&host, &[]).await.is_err());
    get(&mut open).await;
}

#[tokio::test]
async fn says_what_is_wrong_with_a_pair() {
    let directory = tempfile::tempdir().unwrap();
    let (one, other) = (pair(), pair());
    let (cert, key) = one.write(directory.path());
    let file = |name: &str, text: &str| {
        let path = directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let cases = [
        (directory.path().join("none.pem"), key.clone(), "`tls.cert`: cannot read `"),
        (cert.clone(), directory.path().join("none.pem"), "`tls.key`: cannot read `"),
        (file("empty.pem", ""), key.clone(), "there is no certificate in `"),
        (key.clone(), key.clone(), "there is no certificate in `"),
        (cert.clone(), cert.clone(), "there is no usable private key in `"),
        (cert.clone(), file("other.pem", &other.key), "does not belong to the first certificate"),
    ];
    for (cert, key, part) in cases {
        let error = Listener::bind(&loopback(), secured(&cert, &key)).await.err().unwrap().to_string();
        assert!(error.contains(part) && error.contains(".pem"), "{error}, expected {part}");
    }
}
