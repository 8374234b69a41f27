//! Upstreams that the app's plug-ins register (`@fastify/http-proxy`, `@fastify/reply-from`).

use super::Backends;

/// By number.
#[derive(Default)]
pub(super) struct Upstreams {}

impl Upstreams {
    pub(super) fn forget_connections(&self) {}
}

impl Backends {
    /// As [`isolate::Host::upstream`].
    ///
    /// # Errors
    /// A sentence for the developer.
    pub fn register(&self, options: &serde_json::Value) -> Result<u32, String> {
        let _ = (&self.app, &self.resolver, options);
        Err("there are no upstreams yet".to_owned())
    }
}
