//! `[cors]` and `[cross_site]`: what other sites may ask.

use std::time::Duration;

use ::http::{HeaderName, Method, Uri};
use edge::path::Pattern;

use super::super::declare::{settings, words};
use super::super::setting::{Hint, Written, written};

settings! {
    /// Which other sites' scripts may read answers.
    pub struct Cors {
        /// The sites: `https://a.example`, `https://*.a.example` for its subdomains, `*` for all.
        origins: Vec<Origin> = [],
        /// Which paths.
        paths: Vec<Pattern> = ["/*"],
        /// Methods they may use.
        methods: Vec<Method> = ["GET", "HEAD", "POST"],
        /// Headers they may send; none for whatever they ask for.
        headers: Vec<HeaderName> = [],
        /// Headers of the answer they may read.
        expose: Vec<HeaderName> = [],
        /// Whether cookies go along.
        credentials: bool = false,
        /// How long a browser may remember the answer to its preflight request.
        max_age: Option<Duration> = (unset "as the browser likes") from "0s",
    }
}

words! {
    /// What happens to a request that another site makes a browser send.
    pub enum CrossSiteMode {
        /// Nothing.
        Off = "off",
        /// It is answered with 403.
        Refuse = "refuse",
        /// It is logged.
        Report = "report",
    }
}

settings! {
    /// Refusal of requests from other sites.
    pub struct CrossSite {
        /// What happens to requests with an unsafe method that come from another site.
        mode: CrossSiteMode = "off",
        /// Sites that may.
        allow_origins: Vec<Origin> = [],
        /// Paths where they may, such as those that a payment service calls.
        exempt: Vec<Pattern> = [],
    }
}

/// A site, or some of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// As written: `*`, `https://a.example` or `https://*.a.example`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Written for Origin {
    fn expected() -> String {
        "an origin such as `https://a.example`, `https://*.a.example` or `*`".into()
    }

    /// An origin is compared as a whole with what a browser sends, which has no path and no upper case.
    fn parse(text: &str) -> Result<Self, Hint> {
        if text == "*" {
            return Ok(Origin(text.to_owned()));
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            let host = !text.is_empty() && !text.contains(char::is_whitespace);
            return Err(host.then(|| format!("did you mean `https://{text}`?")).into());
        };
        let meant = format!("{scheme}://{}", rest.split('/').next().unwrap_or_default()).to_ascii_lowercase();
        // The star stands for labels; as a letter it lets the rest be parsed.
        let uri = meant.replacen("://*.", "://x.", 1).parse::<Uri>();
        let valid = uri.is_ok_and(|uri| uri.authority().is_some_and(|authority| !authority.as_str().contains(['@', '*'])));
        match valid {
            true if meant == text => Ok(Origin(meant)),
            true => Err(format!("did you mean `{meant}`?").into()),
            false => Err(Hint::default()),
        }
    }

    fn text(&self) -> String {
        self.0.clone()
    }
}

written!(Origin);
