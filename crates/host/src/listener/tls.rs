//! TLS by rustls: certificates from PEM files that may be replaced while the host runs.
//!
//! TLS 1.2 and 1.3 with the cipher suites of rustls; ALPN offers HTTP/2 and HTTP/1.1. Whoever renews certificates writes new files;
//! new connections get them, open ones go on. A pair that does not fit together (one of two files is written) is
//! never used.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, anyhow};
use parking_lot::RwLock;
use rustls::crypto::CryptoProvider;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{InconsistentKeys, ServerConfig};
use tokio_rustls::TlsAcceptor;

/// Where the certificate is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// PEM file with the certificate and those that sign it, the host's own first.
    pub cert: PathBuf,
    /// PEM file with the private key.
    pub key: PathBuf,
    /// How often to look whether the files have changed.
    pub reload_interval: Duration,
}

impl Tls {
    /// These files, looked at every ten seconds.
    pub fn new(cert: PathBuf, key: PathBuf) -> Self {
        Tls { cert, key, reload_interval: Duration::from_secs(10) }
    }
}

/// TLS, ready.
#[derive(Debug)]
pub(super) struct Certificates {
    files: Tls,
    provider: Arc<CryptoProvider>,
    current: Arc<Current>,
}

/// What new connections get.
#[derive(Debug)]
struct Current(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read()))
    }
}

impl Certificates {
    /// Reads the files.
    ///
    /// # Errors
    /// Names the file and what is wrong with it.
    pub(super) fn load(files: &Tls) -> anyhow::Result<Self> {
        let provider = Arc::new(default_provider());
        let current = Arc::new(Current(RwLock::new(Arc::new(read(files, &provider)?))));
        Ok(Certificates { files: files.clone(), provider, current })
    }

    pub(super) fn acceptor(&self) -> anyhow::Result<TlsAcceptor> {
        let builder = ServerConfig::builder_with_provider(Arc::clone(&self.provider));
        let builder = builder.with_safe_default_protocol_versions().context("cannot set up TLS")?;
        let mut config = builder.with_no_client_auth().with_cert_resolver(Arc::clone(&self.current) as _);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    /// Looks after the files until it is dropped.
    pub(super) async fn watch(&self) {
        let mut seen = stamps(&self.files);
        loop {
            tokio::time::sleep(self.files.reload_interval).await;
            let now = stamps(&self.files);
            if now == seen {
                continue;
            }
            seen = now;
            match read(&self.files, &self.provider) {
                Ok(key) => {
                    *self.current.0.write() = Arc::new(key);
                    tracing::info!("the certificate in `{}` is used from now on", self.files.cert.display());
                }
                Err(error) => tracing::error!("the new certificate is not used, the old one is kept: {error:#}"),
            }
        }
    }
}

/// What changes when a file does.
fn stamps(files: &Tls) -> [Option<(SystemTime, u64)>; 2] {
    [&files.cert, &files.key].map(|path| {
        let found = std::fs::metadata(path).ok()?;
        Some((found.modified().ok()?, found.len()))
    })
}

fn read(files: &Tls, provider: &CryptoProvider) -> anyhow::Result<CertifiedKey> {
    let (cert, key) = (file("tls.cert", &files.cert)?, file("tls.key", &files.key)?);
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&cert).collect();
    let chain = chain.map_err(|error| anyhow!("`tls.cert`: `{}` is no PEM file: {error}", files.cert.display()))?;
    if chain.is_empty() {
        return Err(missing("tls.cert", &files.cert, "certificate", "-----BEGIN CERTIFICATE-----"));
    }
    let private = PrivateKeyDer::from_pem_slice(&key)
        .map_err(|_| missing("tls.key", &files.key, "usable private key", "-----BEGIN PRIVATE KEY-----, not encrypted"))?;
    CertifiedKey::from_der(chain, private, provider).map_err(|error| match error {
        rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => anyhow!(
            "the private key in `{}` (tls.key) does not belong to the first certificate in `{}` (tls.cert)",
            files.key.display(),
            files.cert.display()
        ),
        error => anyhow!("`tls.cert` = `{}`, `tls.key` = `{}`: {error}", files.cert.display(), files.key.display()),
    })
}

fn file(setting: &str, path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| anyhow!("`{setting}`: cannot read `{}`: {error}", path.display()))
}

fn missing(setting: &str, path: &Path, what: &str, expected: &str) -> anyhow::Error {
    anyhow!("`{setting}`: there is no {what} in `{}`: expected `{expected}`", path.display())
}
