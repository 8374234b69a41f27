//! The ops of `@fastify/reply-from`: a request to an upstream on behalf of the one that is being served. JavaScript sees heads; bodies
//! go past it, unless it asks for them.
//!
//! What is not here: which request is made, and what is made of its response (`js-runtime/fastify/reply-from.js`); how an upstream is
//! reached ([`crate::Host::fetch`]).

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use deno_core::{JsBuffer, OpState, ToJsBuffer, op2};
use deno_error::JsErrorBox;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, HeaderValue, Method, Request};
use http_body::Body as _;
use http_body_util::{BodyExt as _, Full};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::bridge::{Encoding, Requests, header_text, parse_head, take_body};
use crate::host::{Fetch, FetchError, Host};
use crate::message::{Body, BodyStream, End, Passed, RequestBody};

/// What upstreams have answered and nobody has sent on yet, and what JavaScript sends to them itself; each by a handle.
#[derive(Default)]
pub(crate) struct Answers {
    last: u32,
    held: HashMap<u32, Held>,
    writers: HashMap<u32, Writer>,
    /// Bodies that JavaScript will write, not sent yet.
    unsent: HashMap<u32, BodyStream>,
}

/// The rest of a response, for a request; `None`: for one that did not come from outside (`inject`).
struct Held {
    request: Option<u32>,
    rest: Passed,
}

/// Where JavaScript writes the body of a request to an upstream.
struct Writer {
    chunks: mpsc::Sender<Bytes>,
    end: Arc<End>,
}

impl Answers {
    fn next(&mut self) -> u32 {
        self.last = self.last.wrapping_add(1) & 0x3fff_ffff;
        self.last
    }

    fn hold(&mut self, held: Held) -> u32 {
        let handle = self.next();
        self.held.insert(handle, held);
        handle
    }

    /// A request is over: nobody sends what was answered for it.
    pub(super) fn forget(&mut self, request: u32) {
        if !self.held.is_empty() {
            self.held.retain(|_, held| held.request != Some(request));
        }
    }
}

fn answers(state: &mut OpState) -> &mut Answers {
    &mut state.borrow_mut::<Requests>().answers
}

/// Registers an upstream: its number.
#[op2]
#[smi]
pub(crate) fn op_upstream(state: &mut OpState, #[serde] options: serde_json::Value) -> Result<u32, JsErrorBox> {
    state.borrow::<Arc<dyn Host>>().upstream(&options).map_err(JsErrorBox::generic)
}

/// A request to an upstream, as JavaScript describes it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Call {
    /// The request that is being served; `None` for one of `inject`.
    request: Option<u32>,
    /// `None`: whoever has the origin of `url`.
    upstream: Option<u32>,
    method: String,
    url: String,
    /// As for [`super::bridge::parse_head`].
    head: String,
    body: Source,
    /// Milliseconds until there must be a head; 0: as the upstream has it.
    timeout: u32,
}

/// Where the body of a request comes from.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Source {
    None,
    /// From the client, as far as it has not been read.
    Client,
    /// From the op's buffer.
    Bytes,
    /// From [`op_upstream_write`], by handle.
    Written(u32),
}

/// What came of it.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Outcome {
    /// A head. `headers` are name and value in turn; `body` is a handle.
    Head {
        status: u16,
        headers: Vec<String>,
        body: u32,
    },
    Failed {
        code: &'static str,
        message: String,
    },
}

/// Makes a request and resolves with the head of its response. Given up when the request that is being served is over.
#[op2]
#[serde]
pub(crate) async fn op_upstream_fetch(
    state: Rc<RefCell<OpState>>,
    #[serde] call: Call,
    #[buffer] bytes: Option<JsBuffer>,
) -> Result<Outcome, JsErrorBox> {
    let id = call.request;
    let timeout = call.timeout;
    let fetch = fetch_of(&state, call, bytes)?;
    let (host, over) = {
        let mut state = state.borrow_mut();
        let requests = state.borrow_mut::<Requests>();
        let over = id.map(|id| {
            requests.set_receiving(id, true);
            requests.over(id)
        });
        (Arc::clone(state.borrow::<Arc<dyn Host>>()), over)
    };
    let answer = tokio::select! {
        answer = within(timeout, host.fetch(fetch)) => answer,
        () = gone(over) => Err(FetchError { code: "ABORT_ERR", status: 499, message: "the request is over".to_owned() }),
    };
    let mut state = state.borrow_mut();
    let requests = state.borrow_mut::<Requests>();
    if let Some(id) = id {
        requests.set_receiving(id, false);
    }
    Ok(match answer {
        Ok(response) => head_of(requests, id, response),
        Err(FetchError { code, message, .. }) => Outcome::Failed { code, message },
    })
}

/// The host's answer in time. It is the host's own deadline in a smaller form: the code is the same.
async fn within<T>(timeout: u32, answer: impl Future<Output = Result<T, FetchError>>) -> Result<T, FetchError> {
    if timeout == 0 {
        return answer.await;
    }
    tokio::time::timeout(Duration::from_millis(timeout.into()), answer).await.unwrap_or_else(|_| {
        Err(FetchError { code: "UND_ERR_HEADERS_TIMEOUT", status: 504, message: "Headers Timeout Error".to_owned() })
    })
}

/// Ready when the request is over; never for one that did not come from outside.
async fn gone(over: Option<tokio::sync::oneshot::Receiver<()>>) {
    match over {
        Some(over) => drop(over.await),
        None => std::future::pending().await,
    }
}

fn fetch_of(state: &Rc<RefCell<OpState>>, call: Call, bytes: Option<JsBuffer>) -> Result<Fetch, JsErrorBox> {
    // First of all: whoever writes a body finds it taken, whatever else is wrong.
    let body = match (call.body, call.request) {
        (Source::Client, Some(id)) => take_body(state, id).unwrap_or_else(|| full(Bytes::new())),
        (Source::Written(handle), _) => match answers(&mut state.borrow_mut()).unsent.remove(&handle) {
            Some(body) => Box::pin(body.map_err(Into::into)),
            None => full(Bytes::new()),
        },
        (Source::Bytes, _) => full(bytes.map_or_else(Bytes::new, |bytes| Bytes::copy_from_slice(&bytes))),
        (Source::None | Source::Client, _) => full(Bytes::new()),
    };
    let mut request = Request::new(body);
    *request.method_mut() = Method::from_bytes(call.method.as_bytes())
        .map_err(|_| JsErrorBox::type_error(format!("Invalid method `{}`", call.method)))?;
    *request.uri_mut() = call.url.parse().map_err(|_| JsErrorBox::type_error(format!("Invalid URL `{}`", call.url)))?;
    *request.headers_mut() = parse_head(&call.head, Encoding::Latin1)?;
    if request.body().is_end_stream() {
        nothing_follows(&mut request);
    }
    let trace = call.request.and_then(|id| state.borrow().borrow::<Requests>().trace(id));
    Ok(Fetch { request, upstream: call.upstream, trace })
}

/// A request without a body says so where one could be expected, and nothing elsewhere (RFC 9110 section 8.6), whatever the length that
/// the client's own had.
fn nothing_follows(request: &mut Request<RequestBody>) {
    let expects = matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH);
    request.headers_mut().remove(CONTENT_LENGTH);
    if expects {
        request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
}

fn full(bytes: Bytes) -> RequestBody {
    Box::pin(Full::new(bytes).map_err(|never| match never {}))
}

fn head_of(requests: &mut Requests, request: Option<u32>, response: http::Response<RequestBody>) -> Outcome {
    let (parts, body) = response.into_parts();
    let http::response::Parts { status, headers, extensions, .. } = parts;
    let body = requests.answers.hold(Held { request, rest: Passed { body, extensions } });
    Outcome::Head { status: status.as_u16(), headers: flat(&headers), body }
}

fn flat(headers: &HeaderMap) -> Vec<String> {
    headers.iter().flat_map(|(name, value)| [name.as_str().to_owned(), header_text(value)]).collect()
}

/// Sends a response whose body is an upstream's.
#[op2(fast)]
pub(crate) fn op_respond_upstream(
    state: &mut OpState,
    #[smi] id: u32,
    #[smi] status: u16,
    #[string] head: &str,
    #[smi] handle: u32,
) -> Result<(), JsErrorBox> {
    let requests = state.borrow_mut::<Requests>();
    if !requests.is_waited_for(id) {
        return Ok(());
    }
    let held = requests.answers.held.remove(&handle);
    let held = held.ok_or_else(|| JsErrorBox::generic("The body of the upstream's response has been read already"))?;
    requests.respond(id, status, head, Encoding::Latin1, Body::Passed(held.rest))
}

/// The next chunk of an upstream's body, for code that wants to see it; `null` at its end.
#[op2]
#[serde]
pub(crate) async fn op_upstream_read(state: Rc<RefCell<OpState>>, #[smi] handle: u32) -> Result<Option<ToJsBuffer>, JsErrorBox> {
    let held = answers(&mut state.borrow_mut()).held.remove(&handle);
    let mut held = held.ok_or_else(|| JsErrorBox::generic("The upstream's response is over"))?;
    let over = held.request.map(|id| state.borrow_mut().borrow_mut::<Requests>().over(id));
    let chunk = tokio::select! {
        chunk = next_chunk(&mut held.rest.body) => chunk,
        () = gone(over) => Err(JsErrorBox::generic("The upstream's response is over")),
    };
    if let Ok(Some(_)) = &chunk {
        answers(&mut state.borrow_mut()).held.insert(handle, held);
    }
    chunk
}

async fn next_chunk(body: &mut RequestBody) -> Result<Option<ToJsBuffer>, JsErrorBox> {
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| JsErrorBox::generic(error.to_string()))?;
        if let Ok(data) = frame.into_data() {
            return Ok(Some(data.to_vec().into()));
        }
    }
    Ok(None)
}

/// Nobody wants the body of an upstream's response.
#[op2(fast)]
pub(crate) fn op_upstream_drop(state: &mut OpState, #[smi] handle: u32) {
    answers(state).held.remove(&handle);
}

/// A body for a request to an upstream that JavaScript writes: its handle.
#[op2(fast)]
#[smi]
pub(crate) fn op_upstream_body(state: &mut OpState) -> u32 {
    let (chunks, receiver) = mpsc::channel(1);
    let end = Arc::<End>::default();
    let answers = answers(state);
    let handle = answers.next();
    answers.unsent.insert(handle, BodyStream { chunks: receiver, end: Arc::clone(&end), cancel: None });
    answers.writers.insert(handle, Writer { chunks, end });
    handle
}

/// Resolves when the upstream's connection has taken the chunk; rejects when it wants no more.
#[op2]
pub(crate) async fn op_upstream_write(
    state: Rc<RefCell<OpState>>,
    #[smi] handle: u32,
    #[buffer] chunk: JsBuffer,
) -> Result<(), JsErrorBox> {
    let sender = answers(&mut state.borrow_mut()).writers.get(&handle).map(|writer| writer.chunks.clone());
    let closed = || JsErrorBox::generic("The upstream takes no more of the request");
    sender.ok_or_else(closed)?.send(Bytes::copy_from_slice(&chunk)).await.map_err(|_| closed())
}

/// A body that JavaScript wrote is complete, or has failed with a `message`.
#[op2(fast)]
pub(crate) fn op_upstream_end(state: &mut OpState, #[smi] handle: u32, #[string] message: String) {
    if let Some(writer) = answers(state).writers.remove(&handle) {
        let _ = writer.end.set(if message.is_empty() { Ok(()) } else { Err(message) });
    }
}
