//! The ops of `js-runtime/bridge.js`: what a request looks like and how it is answered.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use deno_core::futures::FutureExt as _;
use deno_core::{JsBuffer, OpState, ToJsBuffer, op2, v8};
use deno_error::JsErrorBox;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use http_body_util::BodyExt as _;
use tokio::sync::{mpsc, oneshot};

use super::fetch::Shared;
use super::routes::Routes;
use super::upstream::Answers;
use crate::Trace;
use crate::error::{Error, Failure};
use crate::gauge::Gauge;
use crate::message::{Body, BodyStream, Client, Compression, End, RequestBody, Response};
use crate::pool::{Job, Ticket};
use crate::reads::{Read, Reads};
use crate::runtime::failure_from_exception;

/// Finished requests whose head can still be read, for code that runs after the response (an `onResponse` hook).
const RECENT: usize = 64;

/// A request as it is worked on in this isolate.
pub(crate) struct Active {
    head: Rc<Head>,
    body: Option<RequestBody>,
    reply: Option<oneshot::Sender<Result<Response, Error>>>,
    ticket: Arc<Ticket>,
    stream: Option<Stream>,
    watched: bool,
    compression: Option<Compression>,
    /// What the app has read of it, if that is recorded.
    reads: Option<Reads>,
    /// It waits for the client to send more of its body, or for an upstream.
    receiving: bool,
    /// Whoever works for it elsewhere: told by being dropped that it is over.
    helpers: Vec<oneshot::Sender<()>>,
    /// What the app has fetched on its behalf.
    fetched: Shared,
}

/// The writing end of a streamed body.
struct Stream {
    chunks: mpsc::Sender<Bytes>,
    end: Arc<End>,
}

struct Head {
    parts: http::request::Parts,
    remote: Option<SocketAddr>,
    tls: bool,
    client: Option<Client>,
    has_body: bool,
    trace: Option<Trace>,
}

/// All requests of one isolate, in its `OpState`.
pub(crate) struct Requests {
    gauge: Arc<Gauge>,
    active: HashMap<u32, Active, BuildHasherDefault<IdHasher>>,
    routes: Routes,
    /// The request that JavaScript is being handed and whose route has not been noted yet.
    handed: Option<u32>,
    recent: VecDeque<(u32, Rc<Head>)>,
    /// Watched requests that are over and whose JavaScript has not been told yet: (id, cancelled).
    pub(crate) settled: Vec<(u32, bool)>,
    /// What upstreams have answered and nobody has sent yet.
    pub(super) answers: Answers,
    /// How many of the active ones wait for somebody outside.
    receiving: usize,
    /// What becomes of a response of which the app's code says nothing.
    pub(crate) unless_said_otherwise: Compression,
}

/// Request ids are a counter: they are their own hash.
#[derive(Default)]
struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _: &[u8]) {
        unreachable!("only u32 keys are hashed")
    }
    fn write_u32(&mut self, id: u32) {
        self.0 = u64::from(id).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

impl Requests {
    pub(crate) fn new(gauge: Arc<Gauge>) -> Requests {
        Requests {
            gauge,
            active: HashMap::default(),
            routes: Routes::default(),
            handed: None,
            recent: VecDeque::new(),
            settled: Vec::new(),
            answers: Answers::default(),
            receiving: 0,
            unless_said_otherwise: Compression::default(),
        }
    }

    /// Takes a request in under the id that the pool gave it. It is handed to JavaScript next.
    pub(crate) fn insert(&mut self, job: Job) {
        let Job { id, request, reply, ticket } = job;
        let crate::Request { parts, body, remote, tls, client, urgent: _, track, trace } = request;
        let head = Rc::new(Head { has_body: body.is_some(), parts, remote, tls, client, trace });
        let active = Active {
            head,
            body,
            reply: Some(reply),
            ticket,
            stream: None,
            watched: false,
            compression: None,
            reads: track.then(Reads::default),
            receiving: false,
            helpers: Vec::new(),
            fetched: Shared::default(),
        };
        self.active.insert(id, active);
        self.gauge.begun();
        self.gauge.working_on(self.active.len());
        self.handed = Some(id);
    }

    /// Notes the route of the request that JavaScript has been handed: when that is done, and before anybody hears of the request.
    pub(crate) fn routed(&mut self) {
        let Some(active) = self.handed.take().and_then(|id| self.active.get(&id)) else { return };
        if let Some(route) = self.routes.chosen() {
            active.ticket.routed(route);
        }
    }

    /// Says what becomes of the response to `id`.
    pub(crate) fn compress(&mut self, id: u32, compression: Compression) {
        if let Some(active) = self.active.get_mut(&id) {
            active.compression = Some(compression);
        }
    }

    /// Records that the app has read a part of the request. What it reads after its response has ended changes nothing.
    fn note(&self, id: u32, read: Read) {
        if let Some(Active { reads: Some(reads), .. }) = self.active.get(&id) {
            reads.add(read);
        }
    }

    /// Whether somebody still waits for (more of) the answer.
    pub(crate) fn is_waited_for(&self, id: u32) -> bool {
        self.active.contains_key(&id)
    }

    /// Number of requests being worked on.
    pub(crate) fn len(&self) -> usize {
        self.active.len()
    }

    /// Number of those that can go on: a request whose client is still sending its body, or which an upstream has, works on nothing.
    /// It must not count, or a few slow clients or one slow upstream would keep everybody else out.
    pub(crate) fn busy(&self) -> usize {
        self.active.len() - self.receiving
    }

    pub(super) fn set_receiving(&mut self, id: u32, receiving: bool) {
        let Some(active) = self.active.get_mut(&id) else { return };
        if std::mem::replace(&mut active.receiving, receiving) != receiving {
            self.receiving = if receiving { self.receiving + 1 } else { self.receiving - 1 };
        }
    }

    /// Ready, with an error, when the request is over; at once when it is already.
    pub(super) fn over(&mut self, id: u32) -> oneshot::Receiver<()> {
        let (helper, over) = oneshot::channel();
        if let Some(active) = self.active.get_mut(&id) {
            active.helpers.push(helper);
        }
        over
    }

    /// What backends are told that are asked on behalf of a request.
    pub(super) fn trace(&self, id: u32) -> Option<Trace> {
        self.head(id)?.trace.clone()
    }

    /// What the host calls a request, if it does.
    pub(crate) fn request_id(&self, id: u32) -> Option<&str> {
        self.head(id)?.trace.as_ref()?.request_id.to_str().ok()
    }

    /// Method and URL of a request, and whether what is read of it is recorded.
    pub(crate) fn target(&self, id: u32) -> (String, String, bool) {
        let active = &self.active[&id];
        let parts = &active.head.parts;
        let url = parts.uri.path_and_query().map_or_else(|| parts.uri.to_string(), |path| path.as_str().to_owned());
        (parts.method.as_str().to_owned(), url, active.reads.is_some())
    }

    /// What the app has fetched for a request that is being worked on, if it is one that only reads.
    pub(super) fn fetched(&mut self, id: u32) -> Option<&mut Shared> {
        let active = self.active.get_mut(&id)?;
        matches!(active.head.parts.method, Method::GET | Method::HEAD).then_some(&mut active.fetched)
    }

    /// Ends a request without an answer of the app's: `error` goes to the caller if it still waits.
    pub(crate) fn fail(&mut self, id: u32, error: Error) {
        self.routed();
        let Some(active) = self.active.get_mut(&id) else { return };
        if let Some(reply) = active.reply.take() {
            active.ticket.answered();
            let _ = reply.send(Err(error));
        } else if let Some(stream) = &active.stream {
            let _ = stream.end.set(Err(error.to_string()));
        }
        self.finish(id, true);
    }

    /// The client left or the deadline passed.
    pub(crate) fn cancel(&mut self, id: u32) {
        self.finish(id, true);
    }

    /// Ids of everything in flight.
    pub(crate) fn ids(&self) -> Vec<u32> {
        self.active.keys().copied().collect()
    }

    fn finish(&mut self, id: u32, cancelled: bool) {
        let Some(active) = self.active.remove(&id) else { return };
        self.gauge.working_on(self.active.len());
        self.receiving -= usize::from(active.receiving);
        self.answers.forget(id);
        if active.watched {
            self.settled.push((id, cancelled));
        }
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back((id, active.head));
    }

    fn head(&self, id: u32) -> Option<&Head> {
        match self.active.get(&id) {
            Some(active) => Some(&active.head),
            None => self.recent.iter().rev().find(|(recent, _)| *recent == id).map(|(_, head)| &**head),
        }
    }

    pub(super) fn respond(&mut self, id: u32, status: u16, head: &str, encoding: Encoding, body: Body) -> Result<(), JsErrorBox> {
        self.routed();
        // A request that is gone (client left, deadline passed) is answered into the void, as on a closed socket.
        let Some(active) = self.active.get_mut(&id) else { return Ok(()) };
        let streams = matches!(body, Body::Stream(_));
        let status =
            StatusCode::from_u16(status).map_err(|_| JsErrorBox::range_error(format!("Invalid status code: {status}")))?;
        let headers = parse_head(head, encoding)?;
        let reply = active.reply.take().ok_or_else(|| JsErrorBox::generic("The response has already been sent"))?;
        let compression = active.compression.take().unwrap_or(self.unless_said_otherwise);
        active.ticket.answered();
        let _ = reply.send(Ok(Response { status, headers, body, compression, reads: active.reads.clone() }));
        if !streams {
            self.finish(id, false);
        }
        Ok(())
    }
}

/// How characters beyond ASCII are written in a response head. Node writes the head in one piece with a string body, so in that
/// body's encoding, and in Latin-1 otherwise (lib/_http_outgoing.js, `_send`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Latin1,
}

/// Reads `name\nvalue\n…` as `buildHead` of fastify/headers.js writes it.
pub(super) fn parse_head(head: &str, encoding: Encoding) -> Result<HeaderMap, JsErrorBox> {
    let mut headers = HeaderMap::with_capacity(16);
    let mut lines = head.split('\n');
    while let (Some(name), Some(value)) = (lines.next(), lines.next()) {
        let invalid = || JsErrorBox::type_error(format!("Invalid header `{name}`"));
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| invalid())?;
        let value = if encoding == Encoding::Utf8 || value.is_ascii() {
            HeaderValue::from_bytes(value.as_bytes())
        } else {
            HeaderValue::from_bytes(&value.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect::<Vec<_>>())
        };
        headers.append(name, value.map_err(|_| invalid())?);
    }
    Ok(headers)
}

pub(super) fn header_text(value: &HeaderValue) -> String {
    match value.to_str() {
        Ok(text) => text.to_owned(),
        Err(_) => value.as_bytes().iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// Headers of which Node keeps the first value only (lib/_http_incoming.js, `matchKnownFields`).
const SINGLE: [&str; 18] = [
    "age",
    "authorization",
    "content-length",
    "content-type",
    "etag",
    "expires",
    "from",
    "host",
    "if-modified-since",
    "if-unmodified-since",
    "last-modified",
    "location",
    "max-forwards",
    "proxy-authorization",
    "referer",
    "retry-after",
    "server",
    "user-agent",
];

#[op2]
#[string]
pub(crate) fn op_request_header(state: &mut OpState, #[smi] id: u32, #[string] name: &str) -> Option<String> {
    let head = state.borrow::<Requests>().head(id)?;
    let headers = &head.parts.headers;
    let mut values = headers.get_all(name).iter();
    let first = header_text(values.next()?);
    if SINGLE.contains(&name) {
        return Some(first);
    }
    let separator = if name == "cookie" { "; " } else { ", " };
    Some(values.fold(first, |joined, value| joined + separator + &header_text(value)))
}

#[op2]
#[serde]
pub(crate) fn op_request_headers(state: &mut OpState, #[smi] id: u32) -> Vec<String> {
    let Some(head) = state.borrow::<Requests>().head(id) else { return Vec::new() };
    head.parts.headers.iter().flat_map(|(name, value)| [name.as_str().to_owned(), header_text(value)]).collect()
}

#[op2]
#[serde]
pub(crate) fn op_request_remote(state: &mut OpState, #[smi] id: u32) -> Option<(String, u16)> {
    let remote = state.borrow::<Requests>().head(id)?.remote?;
    Some((remote.ip().to_canonical().to_string(), remote.port()))
}

/// Whether the connection is encrypted.
#[op2(fast)]
pub(crate) fn op_request_tls(state: &mut OpState, #[smi] id: u32) -> bool {
    state.borrow::<Requests>().head(id).is_some_and(|head| head.tls)
}

/// `ip`, `ips`, `hostname` and `protocol` of a request, as `request` of Fastify names them.
type ClientFacts = (Option<String>, Option<Vec<String>>, Option<String>, &'static str);

/// The client as the host has worked it out; nothing when the app is to do that itself.
#[op2]
#[serde]
pub(crate) fn op_request_client(state: &mut OpState, #[smi] id: u32) -> Option<ClientFacts> {
    let client = state.borrow::<Requests>().head(id)?.client.as_ref()?;
    let text = |ip: &std::net::IpAddr| ip.to_string();
    let ips = client.ips.as_ref().map(|ips| ips.iter().map(text).collect());
    Some((client.ip.as_ref().map(text), ips, client.host.clone(), if client.https { "https" } else { "http" }))
}

#[op2]
#[string]
pub(crate) fn op_request_http_version(state: &mut OpState, #[smi] id: u32) -> &'static str {
    match state.borrow::<Requests>().head(id).map(|head| head.parts.version) {
        Some(http::Version::HTTP_10) => "1.0",
        Some(http::Version::HTTP_2) => "2.0",
        _ => "1.1",
    }
}

#[op2(fast)]
pub(crate) fn op_request_has_body(state: &mut OpState, #[smi] id: u32) -> bool {
    state.borrow::<Requests>().head(id).is_some_and(|head| head.has_body)
}

/// The app reads a part of a tracked request: one of `js-runtime/reads.js`, with its name if it has one.
#[op2(fast)]
pub(crate) fn op_request_note(state: &mut OpState, #[smi] id: u32, #[smi] kind: u32, #[string] name: &str) {
    if let Some(read) = Read::of(kind, name) {
        state.borrow::<Requests>().note(id, read);
    }
}

/// Requests of this process that asked for a number.
static NUMBERED: AtomicU64 = AtomicU64::new(0);

/// The next request number of the process, for ids such as `req-1`: one count for all isolates.
#[op2(fast)]
#[number]
pub(crate) fn op_request_number() -> u64 {
    NUMBERED.fetch_add(1, Ordering::Relaxed) + 1
}

#[op2(fast)]
pub(crate) fn op_request_watch(state: &mut OpState, #[smi] id: u32) {
    let requests = state.borrow_mut::<Requests>();
    match requests.active.get_mut(&id) {
        Some(active) => active.watched = true,
        None => requests.settled.push((id, true)),
    }
}

/// Next chunk of the request's body, read from the connection only now.
#[op2]
#[serde]
pub(crate) async fn op_request_read(state: Rc<RefCell<OpState>>, #[smi] id: u32) -> Result<Option<ToJsBuffer>, JsErrorBox> {
    let Some(mut body) = take_body(&state, id) else { return Ok(None) };
    let frame = loop {
        match next_frame(&state, id, &mut body).await {
            Some(Ok(frame)) if frame.is_trailers() => {}
            other => break other,
        }
    };
    let Some(frame) = frame else { return Ok(None) };
    let chunk = frame.map_err(|e| JsErrorBox::generic(e.to_string()))?.into_data().unwrap_or_default();
    if let Some(active) = state.borrow_mut().borrow_mut::<Requests>().active.get_mut(&id) {
        active.body = Some(body);
    }
    Ok(Some(chunk.to_vec().into()))
}

/// The whole body, at most `limit` bytes.
#[op2]
#[serde]
pub(crate) async fn op_request_read_all(
    state: Rc<RefCell<OpState>>,
    #[smi] id: u32,
    #[number] limit: u64,
) -> Result<ToJsBuffer, JsErrorBox> {
    let mut all = Vec::new();
    if let Some(mut body) = take_body(&state, id) {
        while let Some(frame) = next_frame(&state, id, &mut body).await {
            let Ok(chunk) = frame.map_err(|e| JsErrorBox::generic(e.to_string()))?.into_data() else { continue };
            if (all.len() + chunk.len()) as u64 > limit {
                return Err(JsErrorBox::range_error("body limit"));
            }
            all.extend_from_slice(&chunk);
        }
    }
    Ok(all.into())
}

/// The next frame of a body; while it is waited for, the request does not count as being worked on.
async fn next_frame(
    state: &RefCell<OpState>,
    id: u32,
    body: &mut RequestBody,
) -> Option<Result<http_body::Frame<Bytes>, Box<dyn std::error::Error + Send + Sync>>> {
    let receiving = |receiving| state.borrow_mut().borrow_mut::<Requests>().set_receiving(id, receiving);
    let mut frame = body.frame();
    if let Some(frame) = (&mut frame).now_or_never() {
        return frame;
    }
    receiving(true);
    let frame = frame.await;
    receiving(false);
    frame
}

/// A body is in no key: what was made of it is for this request alone.
pub(super) fn take_body(state: &Rc<RefCell<OpState>>, id: u32) -> Option<RequestBody> {
    let mut state = state.borrow_mut();
    let body = state.borrow_mut::<Requests>().active.get_mut(&id)?.body.take()?;
    state.borrow::<Requests>().note(id, Read::Unique);
    Some(body)
}

#[op2(fast)]
pub(crate) fn op_respond_string(
    state: &mut OpState,
    #[smi] id: u32,
    #[smi] status: u16,
    #[string] head: &str,
    #[string] body: String,
) -> Result<(), JsErrorBox> {
    state.borrow_mut::<Requests>().respond(id, status, head, Encoding::Utf8, Body::Full(body.into()))
}

#[op2(fast)]
pub(crate) fn op_respond_bytes(
    state: &mut OpState,
    #[smi] id: u32,
    #[smi] status: u16,
    #[string] head: &str,
    #[buffer] body: &[u8],
) -> Result<(), JsErrorBox> {
    state.borrow_mut::<Requests>().respond(id, status, head, Encoding::Latin1, Body::Full(Bytes::copy_from_slice(body)))
}

#[op2(fast)]
pub(crate) fn op_respond_empty(
    state: &mut OpState,
    #[smi] id: u32,
    #[smi] status: u16,
    #[string] head: &str,
) -> Result<(), JsErrorBox> {
    state.borrow_mut::<Requests>().respond(id, status, head, Encoding::Latin1, Body::Empty)
}

#[op2(fast)]
pub(crate) fn op_respond_file(
    state: &mut OpState,
    #[smi] id: u32,
    #[smi] status: u16,
    #[string] head: &str,
    #[smi] mount: u32,
    #[string] path: String,
) -> Result<(), JsErrorBox> {
    state.borrow_mut::<Requests>().respond(id, status, head, Encoding::Latin1, Body::File { mount, path })
}

/// Sends the head now; chunks follow by [`op_body_write`].
#[op2(fast)]
pub(crate) fn op_respond_stream(
    state: &mut OpState,
    #[smi] id: u32,
    #[smi] status: u16,
    #[string] head: &str,
) -> Result<(), JsErrorBox> {
    // One chunk may wait for the client: the next write resolves when that one has been taken.
    let (sender, chunks) = mpsc::channel(1);
    let end = Arc::<End>::default();
    let requests = state.borrow_mut::<Requests>();
    if let Some(active) = requests.active.get_mut(&id) {
        active.stream = Some(Stream { chunks: sender, end: Arc::clone(&end) });
    }
    requests.respond(id, status, head, Encoding::Latin1, Body::Stream(BodyStream { chunks, end, cancel: None }))
}

/// Resolves when the client (or its send buffer) has taken the chunk; rejects when it has left.
#[op2]
pub(crate) async fn op_body_write(
    state: Rc<RefCell<OpState>>,
    #[smi] id: u32,
    #[buffer] chunk: JsBuffer,
) -> Result<(), JsErrorBox> {
    let sender =
        state.borrow().borrow::<Requests>().active.get(&id).and_then(|active| Some(active.stream.as_ref()?.chunks.clone()));
    let left = || JsErrorBox::new("DOMExceptionAbortError", "The client closed the connection");
    let sender = sender.ok_or_else(left)?;
    sender.send(Bytes::copy_from_slice(&chunk)).await.map_err(|_| left())
}

#[op2(fast)]
pub(crate) fn op_body_end(state: &mut OpState, #[smi] id: u32) {
    if let Some(stream) = state.borrow::<Requests>().active.get(&id).and_then(|active| active.stream.as_ref()) {
        let _ = stream.end.set(Ok(()));
    }
    state.borrow_mut::<Requests>().finish(id, false);
}

/// The body breaks off: the client sees a truncated response, never a complete one.
#[op2(fast)]
pub(crate) fn op_body_fail(state: &mut OpState, #[smi] id: u32, #[string] message: String) {
    let requests = state.borrow_mut::<Requests>();
    tracing::error!(req_id = requests.request_id(id), "response stream failed: {message}");
    requests.fail(id, Error::Threw(Failure::new(message)));
}

/// The app's code threw and nothing of it answers any more.
#[op2(nofast, reentrant)]
pub(crate) fn op_request_fail<'s>(scope: &mut v8::PinScope<'s, '_>, #[smi] id: u32, exception: v8::Local<'s, v8::Value>) {
    let failure = failure_from_exception(scope, exception);
    let state = deno_core::JsRuntime::op_state_from(scope);
    state.borrow_mut().borrow_mut::<Requests>().fail(id, Error::Threw(failure));
}

/// What the app said about itself while it started.
#[derive(Default)]
pub(crate) struct Serving {
    /// `fastify` or `fetch`, once something serves.
    pub(crate) kind: Option<String>,
    /// Arguments of `listen()`.
    pub(crate) listen: Option<(String, u16)>,
}

/// A server answers from now on, whose routes these are; in `chosen` it says which one it has chosen.
#[op2]
pub(crate) fn op_serving(state: &mut OpState, #[string] kind: String, #[serde] routes: Vec<String>, #[buffer] chosen: JsBuffer) {
    state.borrow_mut::<Serving>().kind = Some(kind);
    state.borrow_mut::<Requests>().routes = Routes::new(routes, chosen);
}

/// Resolves with the host's address once it has bound its socket.
#[op2]
#[string]
pub(crate) async fn op_listen(state: Rc<RefCell<OpState>>, #[string] host: String, #[smi] port: u16) -> String {
    let mut bound = {
        let mut state = state.borrow_mut();
        state.borrow_mut::<Serving>().listen = Some((host, port));
        state.borrow::<tokio::sync::watch::Receiver<Option<String>>>().clone()
    };
    let address = bound.wait_for(Option::is_some).await;
    address.ok().and_then(|address| address.clone()).unwrap_or_default()
}
