//! Which route of the app answers a request. The app's router runs in JavaScript; a text for each request, or a call, would cost more
//! than the router itself. So the patterns are told once, and the number of the chosen one lies in memory that both sides see.

use std::sync::Arc;

use deno_core::JsBuffer;

/// The app's routes.
#[derive(Default)]
pub(super) struct Routes {
    patterns: Vec<Arc<str>>,
    /// `chosen` of js-runtime/bridge.js.
    chosen: Option<JsBuffer>,
}

impl Routes {
    pub(super) fn new(patterns: Vec<String>, chosen: JsBuffer) -> Routes {
        Routes { patterns: patterns.into_iter().map(Into::into).collect(), chosen: Some(chosen) }
    }

    /// The route of the request that JavaScript was handed last.
    pub(super) fn chosen(&self) -> Option<Arc<str>> {
        let number = u32::from_ne_bytes(*self.chosen.as_ref()?.first_chunk()?);
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        self.patterns.get(index).cloned()
    }
}
