//! Against a rustls server, with certificates made on the spot.

use std::net::SocketAddr;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::*;

/// An authority, and the file it is in.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    file: tempfile::NamedTempFile,
}

impl Authority {
    fn new(name: &str) -> Authority {
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), issuer.pem()).unwrap();
        Authority { issuer, file }
    }

    /// A server whose certificate is for `name`. It answers with the name it was asked for and the protocol that was agreed on.
    async fn server(&self, name: &str) -> SocketAddr {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &self.issuer).unwrap();
        serve(certificate.der().clone(), &key).await
    }

    fn config(&self) -> Config {
        Config { ca: Some(self.file.path().to_owned()), ..Config::default() }
    }
}

async fn serve(certificate: CertificateDer<'static>, key: &KeyPair) -> SocketAddr {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let builder = ServerConfig::builder_with_provider(Arc::new(default_provider()));
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    let mut config = builder.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let (_, tls) = stream.get_ref();
                let protocol = String::from_utf8_lossy(tls.alpn_protocol().unwrap_or_default()).into_owned();
                let text = format!("{} {protocol}", tls.server_name().unwrap_or("-"));
                let _ = stream.write_all(text.as_bytes()).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    address
}

/// What the server says, or why there was no connection.
async fn ask(config: &Config, address: SocketAddr, (host, offer_h2): (&str, bool)) -> Result<String, String> {
    let tls = Tls::new(config)?;
    let stream = TcpStream::connect(address).await.unwrap();
    let mut stream = tls.connect(stream, host, offer_h2).await.map_err(|error| error.to_string())?;
    let mut text = String::new();
    stream.read_to_string(&mut text).await.map_err(|error| error.to_string())?;
    Ok(text)
}

#[tokio::test]
async fn the_name_is_sent_and_the_protocol_agreed_on() {
    let authority = Authority::new("ours");
    let address = authority.server("backend.internal").await;
    let config = authority.config();
    assert_eq!(ask(&config, address, ("backend.internal", true)).await.unwrap(), "backend.internal h2");
    assert_eq!(ask(&config, address, ("Backend.Internal.", false)).await.unwrap(), "backend.internal http/1.1");
    let extra = Config { ca: None, extra_ca: config.ca, ..Config::default() };
    assert_eq!(ask(&extra, address, ("backend.internal", false)).await.unwrap(), "backend.internal http/1.1");
}

#[tokio::test]
async fn an_address_is_checked_and_not_sent() {
    let authority = Authority::new("ours");
    let (v4, v6) = (authority.server("127.0.0.1").await, authority.server("::1").await);
    assert_eq!(ask(&authority.config(), v4, ("127.0.0.1", true)).await.unwrap(), "- h2");
    assert_eq!(ask(&authority.config(), v6, ("::1", true)).await.unwrap(), "- h2");
    let error = ask(&authority.config(), v4, ("127.0.0.2", true)).await.unwrap_err();
    assert!(error.starts_with("the certificate is not to be believed: certificate not valid for name \"127.0.0.2\""), "{error}");
}

#[tokio::test]
async fn the_certificate_of_somebody_else_is_not_believed() {
    let authority = Authority::new("ours");
    let address = authority.server("backend.internal").await;
    let error = ask(&authority.config(), address, ("other.internal", true)).await.unwrap_err();
    assert!(
        error.starts_with("the certificate is not to be believed: certificate not valid for name \"other.internal\""),
        "{error}"
    );

    let stranger = Authority::new("theirs");
    let expected =
        "the certificate of `backend.internal` is signed by nobody that is known: expected a well-known authority or one of `ca`";
    for config in [Config::default(), stranger.config()] {
        assert_eq!(ask(&config, address, ("backend.internal", true)).await.unwrap_err(), expected);
    }
}

#[tokio::test]
async fn another_name_by_choice() {
    let authority = Authority::new("ours");
    let address = authority.server("backend.example").await;
    let config = Config { server_name: Some("backend.example".into()), ..authority.config() };
    assert_eq!(ask(&config, address, ("10.0.0.1", true)).await.unwrap(), "backend.example h2");
}

#[tokio::test]
async fn anyone_in_development() {
    let address = Authority::new("ours").server("backend.internal").await;
    let config = Config { insecure: true, ..Config::default() };
    assert_eq!(ask(&config, address, ("other.internal", true)).await.unwrap(), "other.internal h2");
}

/// Somebody who shows a certificate without having its key is not who he says he is, not even in development.
#[tokio::test]
async fn anyone_has_the_key_of_the_certificate() {
    let (own, other) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let certificate = CertificateParams::new(vec!["a.internal".into()]).unwrap().self_signed(&other).unwrap();
    // `with_single_cert` would notice.
    let key = PrivateKeyDer::try_from(own.serialize_der()).unwrap();
    let key = default_provider().key_provider.load_private_key(key).unwrap();
    let shown = rustls::sign::CertifiedKey::new(vec![certificate.der().clone()], key);
    let builder =
        ServerConfig::builder_with_provider(Arc::new(default_provider())).with_safe_default_protocol_versions().unwrap();
    let resolver = Arc::new(rustls::sign::SingleCertAndKey::from(shown));
    let acceptor = TlsAcceptor::from(Arc::new(builder.with_no_client_auth().with_cert_resolver(resolver)));
    let (client, server) = tokio::io::duplex(1 << 16);
    let server = tokio::spawn(acceptor.accept(server));
    let tls = Tls::new(&Config { insecure: true, ..Config::default() }).unwrap();
    let error = tls.connect(client, "a.internal", true).await.unwrap_err();
    assert!(error.to_string().contains("BadSignature") || error.to_string().contains("bad signature"), "{error}");
    drop(server);
}

#[tokio::test]
async fn the_certificate_of_an_authority_is_none_of_a_server() {
    let mut params = CertificateParams::new(vec!["backend.internal".to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), certificate.pem()).unwrap();
    let address = serve(certificate.der().clone(), &key).await;
    let config = Config { ca: Some(file.path().to_owned()), ..Config::default() };
    let expected =
        "the certificate of `backend.internal` is one of an authority: expected one that an authority of `ca` has signed";
    assert_eq!(ask(&config, address, ("backend.internal", true)).await.unwrap_err(), expected);
}

#[tokio::test]
async fn who_does_not_speak_tls() {
    let (client, mut server) = tokio::io::duplex(1 << 12);
    server.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    let error = Tls::new(&Config::default()).unwrap().connect(client, "backend.internal", true).await.unwrap_err();
    assert_eq!(error.to_string(), "`backend.internal` does not speak TLS on this port");
}

#[test]
fn files_and_names_that_are_none() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str, text: &str| {
        let path = directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let refused = |config: Config| Tls::new(&config).unwrap_err();
    let missing = directory.path().join("missing.pem");
    let error = refused(Config { ca: Some(missing.clone()), ..Config::default() });
    assert!(error.starts_with(&format!("cannot read the certificates in `{}`: No such file", missing.display())), "{error}");
    let key = at("key.pem", &KeyPair::generate().unwrap().serialize_pem());
    let expected = format!("there is no certificate in `{}`: expected `-----BEGIN CERTIFICATE-----`", key.display());
    assert_eq!(refused(Config { extra_ca: Some(key), ..Config::default() }), expected);
    let broken = at("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    let error = refused(Config { ca: Some(broken.clone()), ..Config::default() });
    assert!(error.starts_with(&format!("`{}` has a certificate that is none", broken.display())), "{error}");
    let expected = format!("`{}` has no certificate that could be used", broken.display());
    assert_eq!(refused(Config { extra_ca: Some(broken), ..Config::default() }), expected);
    let expected = "`a b` is no name that a certificate could have: expected a host name or an address";
    assert_eq!(refused(Config { server_name: Some("a b".into()), ..Config::default() }), expected);
}
