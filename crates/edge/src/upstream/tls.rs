//! TLS to an upstream: rustls with aws-lc-rs, versions 1.2 and 1.3.
//!
//! Believed are the authorities that browsers believe (`webpki-roots`, compiled in: a container may have no certificates of its own) and
//! those of the files that the configuration names. What it deliberately does not do: read the environment, watch the files, client
//! certificates, early data (a request in it could be replayed, RFC 8446 section 8).

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// What TLS believes and says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Config {
    /// A file with the certificates of further authorities, in PEM.
    pub ca: Option<PathBuf>,
    /// Another such file: what the environment's `SSL_CERT_FILE` says, which holds for all upstreams.
    pub extra_ca: Option<PathBuf>,
    /// The name that the certificate must have; `None`: the target's host.
    pub server_name: Option<String>,
    /// Believe any certificate. For development.
    pub insecure: bool,
}

/// TLS, ready. Cheap to clone; the clones resume each other's sessions.
#[derive(Debug, Clone)]
pub struct Tls {
    /// Offers `h2` and `http/1.1`.
    h2: Arc<ClientConfig>,
    /// Offers `http/1.1` only.
    h1: Arc<ClientConfig>,
    server_name: Option<ServerName<'static>>,
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// A sentence that names the file or the value, and what was expected.
    pub fn new(config: &Config) -> Result<Tls, String> {
        let server_name = config.server_name.as_deref().map(server_name).transpose()?;
        let provider = Arc::new(default_provider());
        let verifier: Arc<dyn ServerCertVerifier> = match config.insecure {
            true => Arc::new(Anyone(Arc::clone(&provider))),
            false => WebPkiServerVerifier::builder_with_provider(Arc::new(roots(config)?), Arc::clone(&provider))
                .build()
                .map_err(|error| format!("cannot set up TLS: {error}"))?,
        };
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let builder = builder.map_err(|error| format!("cannot set up TLS: {error}"))?;
        // What is dangerous is decided above; the usual verifier is the one that `with_root_certificates` would make as well.
        let mut h1 = builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
        let mut h2 = h1.clone();
        h1.alpn_protocols = vec![b"http/1.1".to_vec()];
        h2.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Tls { h2: Arc::new(h2), h1: Arc::new(h1), server_name })
    }

    /// Speaks TLS over `io` with `host`, a name (which is sent along, RFC 6066 section 3) or an address. `offer_h2`: HTTP/2 would do.
    ///
    /// # Errors
    /// The connection fails, or the certificate is not to be believed.
    pub async fn connect<Io>(&self, io: Io, host: &str, offer_h2: bool) -> io::Result<TlsStream<Io>>
    where
        Io: AsyncRead + AsyncWrite + Unpin,
    {
        let name = match &self.server_name {
            Some(name) => name.clone(),
            None => server_name(host).map_err(|message| io::Error::new(io::ErrorKind::InvalidInput, message))?,
        };
        let config = if offer_h2 { &self.h2 } else { &self.h1 };
        TlsConnector::from(Arc::clone(config)).connect(name.clone(), io).await.map_err(|error| explained(error, &name))
    }
}

/// A name or an address; the dot at the end of an absolute name is no part of what a certificate has (RFC 6066 section 3).
fn server_name(host: &str) -> Result<ServerName<'static>, String> {
    let name = host.strip_suffix('.').unwrap_or(host);
    ServerName::try_from(name.to_owned())
        .map_err(|_| format!("`{host}` is no name that a certificate could have: expected a host name or an address"))
}

/// The authorities that are believed.
fn roots(config: &Config) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(path) = &config.ca {
        let none = |error| format!("`{}` has a certificate that is none: {error}", path.display());
        certificates(path)?.into_iter().try_for_each(|certificate| roots.add(certificate).map_err(none))?;
    }
    if let Some(path) = &config.extra_ca {
        // The bundle of a system has one or the other that webpki does not take.
        if roots.add_parsable_certificates(certificates(path)?).0 == 0 {
            return Err(format!("`{}` has no certificate that could be used", path.display()));
        }
    }
    Ok(roots)
}

/// Whether the files can be read and the name is one.
///
/// # Errors
/// A sentence that names the file or the value, and what was expected.
pub fn check(config: &Config) -> Result<(), String> {
    Tls::new(config).map(drop)
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let text = std::fs::read(path).map_err(|error| format!("cannot read the certificates in `{}`: {error}", path.display()))?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    let found = found.map_err(|error| format!("`{}` is no PEM file: {error}", path.display()))?;
    match found.is_empty() {
        true => Err(format!("there is no certificate in `{}`: expected `-----BEGIN CERTIFICATE-----`", path.display())),
        false => Ok(found),
    }
}

/// What rustls says in terms of its own, in words that tell what can be done.
fn explained(error: io::Error, name: &ServerName<'_>) -> io::Error {
    let name = name.to_str();
    let text = match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer)) => {
            format!(
                "the certificate of `{name}` is signed by nobody that is known: expected a well-known authority or one of `ca`"
            )
        }
        // What `openssl req -x509` makes: webpki takes no certificate for that of an authority and of a server at once.
        Some(rustls::Error::InvalidCertificate(CertificateError::Other(other)))
            if other.to_string().contains("CaUsedAsEndEntity") =>
        {
            format!("the certificate of `{name}` is one of an authority: expected one that an authority of `ca` has signed")
        }
        Some(rustls::Error::InvalidCertificate(invalid)) => format!("the certificate is not to be believed: {invalid}"),
        Some(rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType)) => {
            format!("`{name}` does not speak TLS on this port")
        }
        _ => return error,
    };
    io::Error::new(error.kind(), text)
}

/// Believes everyone; that he has the key of the certificate he shows is checked nevertheless.
#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(message, cert, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(message, cert, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests;
