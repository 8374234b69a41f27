//! `[fetch]`: whom the app may ask itself.

use std::path::PathBuf;
use std::time::Duration;

use edge::outbound::Policy;
use ipnet::IpNet;

use super::super::declare::settings;
use super::super::setting::{Hint, Written, written};
use super::checks::Checks;

settings! {
    /// What the app asks with `fetch`.
    pub struct Fetch {
        /// The only ones that may be asked besides the backends of `[[proxy]]`: hosts such as `api.example.com` or `*.example.com` (with the private
        /// addresses they have), addresses and networks such as `10.0.0.0/8`, each with a port or without; `*` for all that may be asked without a
        /// list. Metadata of a cloud needs its very address.
        allow: Option<Vec<Allowed>> = (unset "everyone on the internet, and this machine where the app writes so (`localhost`, `127.0.0.1`); no private network, no link-local address"),
        /// Until there is a connection to an origin that is no backend of `[[proxy]]`. The default is that of `fetch` in Node.
        connect_timeout: Duration = "10s" from "1ms",
        /// Until such an origin begins to answer, and between two pieces of its answer. The default is that of `fetch` in Node.
        timeout: Duration = "5m" from "1ms",
        /// A file with certificates of further authorities, in PEM, for `fetch` and for backends with `https://`.
        ca: Option<PathBuf> = (unset "the file that the variable `SSL_CERT_FILE` names, or else `NODE_EXTRA_CA_CERTS`"),
    }
}

/// Who may be asked, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed(pub String);

impl Written for Allowed {
    fn expected() -> String {
        edge::outbound::policy::EXPECTED.into()
    }

    fn parse(text: &str) -> Result<Self, Hint> {
        let text = text.trim();
        if Policy::new(Some(&[text.to_owned()])).is_ok() {
            return Ok(Allowed(text.to_owned()));
        }
        match text.split_once("://") {
            Some((_, rest)) => {
                let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
                Err(Policy::new(Some(&[host.to_owned()])).ok().map(|_| format!("did you mean `{host}`?")).into())
            }
            // A network with bits of an address says which of the two may have been meant.
            None => Err(IpNet::parse(text).err().unwrap_or_default()),
        }
    }

    fn text(&self) -> String {
        self.0.clone()
    }
}

written!(Allowed);

impl Fetch {
    pub(super) fn check(&self, checks: &mut Checks<'_>) {
        checks.file("fetch.ca", self.ca.as_deref());
    }
}
