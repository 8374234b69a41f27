//! `fetch` of `http:` and `https:`: the ops that take the place of deno_fetch's for these schemes (`patches.rs` puts them into its
//! script, which goes on to do everything that concerns JavaScript: redirects, abort signals, streams).
//!
//! The request goes to [`Host::fetch`], which knows whom the app may ask, and how. Here it is made the way Node makes it
//! ([`request`]), its body leaves the isolate with back-pressure ([`upload`]), and the response's comes in decoded ([`decode`]). Identical
//! GETs of one render are one request ([`shared`]).
//!
//! # What it deliberately does not do
//! Cookies, a cache across requests, and credentials of the visitor: what the app does not send is not sent.

mod decode;
mod flight;
mod request;
mod response;
mod shared;
mod upload;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use deno_core::convert::{ByteString, Uint8Array};
use deno_core::{CancelFuture as _, CancelHandle, OpState, Resource, ResourceId, ToV8, op2};
use deno_error::JsErrorBox;
use http::Method;

use super::bridge::Requests;
use crate::host::{Fetch, FetchError, Host};
use flight::Flight;
pub(crate) use shared::Shared;

/// What JavaScript says when no request is being handled.
const NOBODY: i64 = -1;

/// A request that JavaScript waits for; closing it gives it up.
struct Asking {
    way: RefCell<Option<shared::Way>>,
    /// The request on whose behalf it is made, when it changes what others of that request have been told.
    changes: Option<u32>,
    given_up: Rc<CancelHandle>,
}

impl Resource for Asking {
    fn name(&self) -> std::borrow::Cow<'_, str> {
        "fetch".into()
    }

    fn close(self: Rc<Self>) {
        self.given_up.cancel();
    }
}

/// A request's number, twice: deno_fetch has one to wait for it, and one to give it up.
#[derive(ToV8)]
pub(crate) struct Begun {
    request_rid: ResourceId,
    cancel_handle_rid: ResourceId,
}

/// Begins a request. `behalf` is the request being handled, or -1; `cache` the cache mode, if it is not the default.
#[op2]
#[allow(clippy::too_many_arguments, reason = "what a request is, as deno_fetch hands it over")]
pub(crate) fn op_host_fetch(
    state: &mut OpState,
    #[scoped] method: ByteString,
    #[string] url: String,
    #[scoped] headers: Vec<(ByteString, ByteString)>,
    data: Option<Uint8Array>,
    #[smi] resource: Option<ResourceId>,
    #[number] behalf: i64,
    #[string] cache: String,
) -> Result<Begun, JsErrorBox> {
    let has_body = data.is_some() || resource.is_some();
    let parts = request::head(&method, &url, &headers, (&cache, has_body))?;
    let body = match (data, resource) {
        (Some(data), _) => upload::whole(data.0.into()),
        (None, Some(rid)) => upload::stream(state.resource_table.take_any(rid).map_err(JsErrorBox::from_err)?),
        (None, None) => upload::whole(bytes::Bytes::new()),
    };
    let behalf = (behalf != NOBODY).then(|| u32::try_from(behalf).ok()).flatten();
    let host = Arc::clone(state.borrow::<Arc<dyn Host>>());
    let requests = state.borrow_mut::<Requests>();
    let trace = behalf.and_then(|id| requests.trace(id));
    let is_safe = matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
    let is_shareable = !has_body && shared::is_shareable(&parts);
    let fetch = Fetch { request: http::Request::from_parts(parts, body), upstream: None, trace };
    let shared = behalf.and_then(|id| requests.fetched(id));
    let way = match shared {
        Some(shared) if is_shareable => shared.way(fetch, &host),
        shared => {
            if let Some(shared) = shared.filter(|_| !is_safe) {
                shared.forget();
            }
            shared::Way::Own(Flight::new(fetch.request.method().clone(), host.fetch(fetch), None))
        }
    };
    let changes = behalf.filter(|_| !is_safe);
    let asking = Asking { way: RefCell::new(Some(way)), changes, given_up: CancelHandle::new_rc() };
    let rid = state.resource_table.add(asking);
    Ok(Begun { request_rid: rid, cancel_handle_rid: rid })
}

/// Waits for the head of the response.
#[op2]
pub(crate) async fn op_host_fetch_send(
    state: Rc<RefCell<OpState>>,
    #[smi] rid: ResourceId,
) -> Result<response::Answered, JsErrorBox> {
    let (asking, host) = {
        let state = state.borrow();
        let asking = state.resource_table.get::<Asking>(rid).map_err(JsErrorBox::from_err)?;
        (asking, Arc::clone(state.borrow::<Arc<dyn Host>>()))
    };
    let way = asking.way.borrow_mut().take().ok_or_else(|| JsErrorBox::type_error("the request has been sent"))?;
    let answer = way.answer(&host).or_cancel(Rc::clone(&asking.given_up)).await;
    let mut state = state.borrow_mut();
    // What was asked while the change was under way may be from before it.
    if let Some(shared) = asking.changes.and_then(|id| state.borrow_mut::<Requests>().fetched(id)) {
        shared.forget();
    }
    let (head, body) = answer.map_err(|_| JsErrorBox::type_error("the request was given up"))?.map_err(|error| failed(&error))?;
    Ok(response::Answered::new(&head, body, &mut state.resource_table))
}

/// There is no response: `TypeError: fetch failed`, with the cause that Node has (`js-runtime/web/fetch-error.js`).
fn failed(error: &FetchError) -> JsErrorBox {
    thrown("fetch failed", error)
}

/// The response has no end.
fn terminated(error: &FetchError) -> JsErrorBox {
    thrown("terminated", error)
}

fn thrown(what: &str, error: &FetchError) -> JsErrorBox {
    JsErrorBox::new("FetchError", format!("{what}\n{}\n{}", error.code, error.message))
}
