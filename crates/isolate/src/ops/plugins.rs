//! The ops of the native plug-ins: what the app configures, and what JavaScript asks the host while a request runs.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use deno_core::{OpState, op2};
use deno_error::JsErrorBox;

use super::bridge::Requests;
use crate::host::{Fly, Host, Limiter, Purge, Rule, Selector};
use crate::message::{Coding, Compression};

fn host(state: &OpState) -> &Arc<dyn Host> {
    state.borrow::<Arc<dyn Host>>()
}

#[op2]
#[smi]
pub(crate) fn op_static_mount(state: &mut OpState, #[serde] options: serde_json::Value) -> Result<u32, JsErrorBox> {
    host(state).mount(&options).map_err(JsErrorBox::generic)
}

#[op2(fast)]
#[smi]
pub(crate) fn op_static_lookup(state: &mut OpState, #[smi] mount: u32, #[string] path: &str) -> u32 {
    host(state).lookup(mount, path) as u32
}

#[op2]
#[string]
pub(crate) fn op_static_type(state: &mut OpState, #[smi] mount: u32, #[string] path: &str) -> Option<String> {
    host(state).file_type(mount, path)
}

/// The limiters that this isolate has registered.
#[derive(Default)]
pub(crate) struct Limiters(Vec<Limiter>);

#[op2]
#[smi]
pub(crate) fn op_limiter(state: &mut OpState, #[serde] limiter: Limiter) -> Result<u32, JsErrorBox> {
    let known = &mut state.borrow_mut::<Limiters>().0;
    let nth = known.iter().filter(|other| **other == limiter).count();
    known.push(limiter.clone());
    let nth = u32::try_from(nth).map_err(|_| JsErrorBox::range_error("too many limiters"))?;
    host(state).limiter(&limiter, nth).map_err(JsErrorBox::generic)
}

/// Counts a request: `[count, end of the window, now, refused, banned]`, both times in milliseconds since the epoch.
#[op2]
#[serde]
pub(crate) fn op_limiter_hit(
    state: &mut OpState,
    #[smi] limiter: u32,
    #[string] key: &str,
    max: f64,
    ban: f64,
) -> (u32, u64, u64, bool, bool) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
    let hit = host(state).hit(limiter, key, Rule { max, ban }, now);
    (hit.count, hit.reset_ms, now, hit.refused, hit.banned)
}

/// The app has a plug-in for compression: from here on nothing else compresses its responses.
#[op2(fast)]
pub(crate) fn op_compression_taken(state: &mut OpState) {
    state.borrow_mut::<Requests>().unless_said_otherwise = Compression::Never;
}

/// The body that the response to `id` will have is to be encoded by the host. A negative `level`: as the host likes.
#[op2(fast)]
pub(crate) fn op_compress(
    state: &mut OpState,
    #[smi] id: u32,
    #[string] coding: &str,
    #[smi] level: i32,
) -> Result<(), JsErrorBox> {
    let coding = Coding::of(coding).ok_or_else(|| JsErrorBox::type_error(format!("No such content coding: `{coding}`")))?;
    let compression = Compression::Encode { coding, level: u8::try_from(level).ok() };
    state.borrow_mut::<Requests>().compress(id, compression);
    Ok(())
}

/// Tells the host the app's `trustProxy`; whether the host decides in its place.
#[op2]
pub(crate) fn op_trust_proxy(state: &mut OpState, #[serde] option: serde_json::Value) -> Result<bool, JsErrorBox> {
    host(state).trust_proxy(&option).map_err(JsErrorBox::generic)
}

/// The machine of Fly.io that this is; null when it is none.
#[op2]
#[serde]
pub(crate) fn op_fly(state: &mut OpState) -> Option<Fly> {
    host(state).fly()
}

/// The app has imported `ssr-host`.
#[op2(fast)]
pub(crate) fn op_cache_asked(state: &mut OpState) {
    host(state).cache_asked();
}

/// Has the host forget pages. `selector`: `all`, `tag`, `url` or `prefix`.
#[op2]
pub(crate) async fn op_cache_purge(
    state: Rc<RefCell<OpState>>,
    #[string] selector: String,
    #[string] value: String,
    soft: bool,
) -> Result<(), JsErrorBox> {
    let selector = match selector.as_str() {
        "all" => Selector::All,
        "tag" => Selector::Tag(value),
        "url" => Selector::Url(value),
        "prefix" => Selector::Prefix(value),
        other => return Err(JsErrorBox::type_error(format!("No such selector: `{other}`"))),
    };
    let purged = host(&state.borrow()).purge(Purge { selector, soft });
    purged.await.map_err(JsErrorBox::generic)
}
