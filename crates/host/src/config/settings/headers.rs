//! `[security_headers]`: what is added where the app has not set it.

use ::http::{HeaderName, HeaderValue};

use super::super::declare::settings;
use super::super::setting::Map;

settings! {
    /// Headers that are added.
    pub struct SecurityHeaders {
        /// Add any of them.
        enabled: bool = true,
        /// `X-Content-Type-Options`: types are not guessed.
        content_type_options: Option<HeaderValue> = "nosniff",
        /// `X-Frame-Options`: who may show the page in a frame.
        frame_options: Option<HeaderValue> = "SAMEORIGIN",
        /// `Referrer-Policy`: how much other sites learn about where a visitor comes from.
        referrer_policy: Option<HeaderValue> = "strict-origin-when-cross-origin",
        /// `Strict-Transport-Security`, sent only over HTTPS.
        hsts: Option<HeaderValue> = "max-age=31536000",
        /// `Permissions-Policy`: which features of the browser the page may use.
        permissions_policy: Option<HeaderValue> = (unset "not sent"),
        /// `Cross-Origin-Opener-Policy`; for cross-origin isolation `same-origin`.
        cross_origin_opener_policy: Option<HeaderValue> = (unset "not sent"),
        /// `Cross-Origin-Embedder-Policy`; for cross-origin isolation `require-corp`.
        cross_origin_embedder_policy: Option<HeaderValue> = (unset "not sent"),
        /// `Cross-Origin-Resource-Policy`: which sites may load the answer.
        cross_origin_resource_policy: Option<HeaderValue> = (unset "not sent"),
        /// Names of headers that replace what the app has set.
        r#override: Vec<HeaderName> = [],
        /// Further headers, by name.
        extra: Map<HeaderName, HeaderValue> = {},
    }
}
