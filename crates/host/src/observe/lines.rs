//! A line of the log for each request.
//!
//! In JSON the members are those of Fastify's own lines (`reqId`, `req`, `res`, `responseTime` in milliseconds), and what only the host
//! knows beside them. The line says nothing of a client but its address, and of a URL no value of a parameter that is a secret by its name
//! ([`edge::redact`]).

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use edge::account::Render;
use edge::cache::Outcome;
use edge::client::Client;
use edge::queue_time::QueueTime;
use edge::redact;
use edge::request_id::RequestId;
use http::{HeaderName, HeaderValue, Method, Request, Uri, Version};
use serde::Serialize;

use super::timing::millis;
use super::{CLIENT_CLOSED, End};
use crate::health;
use crate::telemetry::{self, Format, Level, Line};

/// What is logged of requests.
#[derive(Debug, Clone)]
pub struct Lines {
    /// Of those that went well, one in this many.
    pub sample: usize,
    /// What takes this long is logged in any case.
    pub slow: Duration,
    /// `/health` and `/ready` as well.
    pub probes: bool,
    /// Headers of requests.
    pub headers: Vec<HeaderName>,
}

/// What is kept of a request for its line.
pub(super) struct About {
    uri: Uri,
    version: Version,
    host: Option<String>,
    address: Option<IpAddr>,
    peer: Option<SocketAddr>,
    id: Option<RequestId>,
    proxy_queue: Option<Duration>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// What became of it.
pub(super) struct How<'a> {
    pub(super) status: u16,
    pub(super) total: Duration,
    pub(super) head: Duration,
    pub(super) bytes: u64,
    pub(super) end: End,
    pub(super) route: Option<&'a str>,
    pub(super) render: Option<Render>,
    pub(super) outcome: Option<Outcome>,
}

impl How<'_> {
    /// What it was that went wrong, in a word.
    fn trouble(&self) -> Option<&'static str> {
        match self.end {
            End::Failed => Some("it failed"),
            End::Open => Some("the client left"),
            End::Complete => None,
        }
    }
}

/// `req` of a line, as Fastify writes it (fastify/lib/logger.js, `serializers.req`).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Req<'a> {
    method: &'a str,
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    hostname: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remote_address: Option<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remote_port: Option<u16>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Res {
    status_code: u16,
}

impl Lines {
    pub(super) fn about<B>(&self, request: &Request<B>) -> About {
        let extensions = request.extensions();
        let client = extensions.get::<Client>();
        let header = |name: &HeaderName| Some((name.clone(), request.headers().get(name)?.clone()));
        About {
            uri: request.uri().clone(),
            version: request.version(),
            host: client.and_then(|client| client.host.clone()),
            address: client.and_then(|client| client.ip),
            peer: client.and_then(|client| client.peer),
            id: extensions.get().cloned(),
            proxy_queue: extensions.get::<QueueTime>().map(|wait| wait.0),
            headers: self.headers.iter().filter_map(header).collect(),
        }
    }

    /// The level of a request's line; `None`: it has none.
    fn level(&self, about: &About, how: &How<'_>) -> Option<Level> {
        if how.status >= 500 || how.end == End::Failed {
            return Some(if how.status == 503 { Level::Warn } else { Level::Error });
        }
        if how.head >= self.slow {
            return Some(Level::Warn);
        }
        if health::PATHS.contains(&about.uri.path()) && !self.probes && how.status < 400 {
            return None;
        }
        let chosen = self.sample <= 1 || how.end == End::Open || fastrand::usize(..self.sample) == 0;
        chosen.then_some(Level::Info)
    }

    pub(super) fn write(&self, about: &About, method: &Method, how: &How<'_>) {
        if !tracing::enabled!(target: "ssr_host::request", tracing::Level::INFO) {
            return;
        }
        let Some(level) = self.level(about, how) else { return };
        match telemetry::format() {
            Format::Json => telemetry::write(&json(level, about, method, how)),
            Format::Text => {
                let text = text(about, method, how);
                match level {
                    Level::Error => tracing::error!(target: "ssr_host::request", "{text}"),
                    Level::Warn => tracing::warn!(target: "ssr_host::request", "{text}"),
                    _ => tracing::info!(target: "ssr_host::request", "{text}"),
                }
            }
        }
    }
}

fn json(level: Level, about: &About, method: &Method, how: &How<'_>) -> Vec<u8> {
    let url = redact::target(&about.uri);
    // The port is the client's only where no proxy stands between.
    let direct = about.peer.filter(|peer| about.address == Some(peer.ip()));
    let req = Req {
        method: method.as_str(),
        url: &url,
        hostname: about.host.as_deref(),
        remote_address: about.address,
        remote_port: direct.map(|peer| peer.port()),
    };
    let mut line = Line::new(level);
    let id = about.id.as_ref().map(RequestId::to_header);
    line.add_some("reqId", id.as_ref().and_then(|id| id.to_str().ok()))
        .add("req", &req)
        .add("res", &Res { status_code: how.status })
        .add("responseTime", &rounded(how.total))
        .add("headTime", &rounded(how.head))
        .add_some("route", how.route)
        .add("bytes", &how.bytes)
        .add_some("cache", how.outcome.map(Outcome::name));
    if let Some(render) = how.render {
        line.add("queueTime", &rounded(render.queued));
        if let Some(isolate) = render.isolate {
            line.add("isolate", &isolate).add("renderTime", &rounded(render.worked));
        }
    }
    line.add_some("proxyQueueTime", about.proxy_queue.map(rounded));
    if about.version == Version::HTTP_2 {
        line.add("http", "2");
    }
    if !about.headers.is_empty() {
        let headers = about.headers.iter().map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes())));
        line.add("headers", &headers.collect::<std::collections::BTreeMap<_, _>>());
    }
    line.add_some("cut", how.trouble());
    line.end("request completed")
}

fn text(about: &About, method: &Method, how: &How<'_>) -> String {
    let mut text = String::with_capacity(160);
    let (url, total) = (redact::target(&about.uri), millis(how.total));
    let _ = write!(text, "{method} {url} {} {} B {total:.1} ms", how.status, how.bytes);
    let mut say = |name: &str, value: &dyn std::fmt::Display| {
        let _ = write!(text, " {name}={value}");
    };
    if let Some(route) = how.route.filter(|route| *route != about.uri.path()) {
        say("route", &route);
    }
    if let Some(outcome) = how.outcome {
        say("cache", &outcome.name());
    }
    if let Some(Render { isolate, queued, worked }) = how.render {
        say("queue", &format_args!("{:.1}", millis(queued)));
        if let Some(isolate) = isolate {
            say("render", &format_args!("{:.1}", millis(worked)));
            say("isolate", &isolate);
        }
    }
    if let Some(address) = &about.address {
        say("client", &address);
    }
    if let Some(id) = about.id.as_ref().map(RequestId::to_header) {
        say("id", &id.to_str().unwrap_or_default());
    }
    for (name, value) in &about.headers {
        say(name.as_str(), &format_args!("{value:?}"));
    }
    match how.trouble() {
        _ if how.status == CLIENT_CLOSED => text.push_str(" (the client left before there was a response)"),
        Some(trouble) => drop(write!(text, " (cut: {trouble})")),
        None => {}
    }
    text
}

/// Milliseconds to a microsecond: more digits say nothing.
fn rounded(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: Lines = Lines { sample: 1, slow: Duration::from_secs(1), probes: false, headers: Vec::new() };

    fn how(status: u16) -> How<'static> {
        How {
            status,
            total: Duration::from_micros(3210),
            head: Duration::from_micros(3100),
            bytes: 7012,
            end: End::Complete,
            route: Some("/posts/:id"),
            render: Some(Render { isolate: Some(0), queued: Duration::from_micros(40), worked: Duration::from_micros(2900) }),
            outcome: Some(Outcome::Miss),
        }
    }

    fn about(target: &str) -> About {
        let client = Client { host: Some("a.example".into()), ip: Some([192, 0, 2, 1].into()), ..Client::default() };
        let peer = SocketAddr::from(([192, 0, 2, 1], 50000));
        let request = Request::get(target)
            .extension(Client { peer: Some(peer), ..client })
            .extension(RequestId::Own(1))
            .header("user-agent", "curl")
            .body(());
        Lines { headers: vec![http::header::USER_AGENT], ..LINES }.about(&request.unwrap())
    }

    /// The members of Fastify's own lines (fastify 4, lib/logger.js), then the host's.
    #[test]
    fn a_line_of_json() {
        let line = json(Level::Info, &about("/posts/1?token=abc&a=1"), &Method::GET, &how(200));
        let line: serde_json::Value = serde_json::from_slice(&line).unwrap();
        let expected = serde_json::json!({
            "level": 30, "name": "ssr-host",
            "reqId": "00000000000000000000000000000001",
            "req": {
                "method": "GET", "url": "/posts/1?token=***&a=1", "hostname": "a.example",
                "remoteAddress": "192.0.2.1", "remotePort": 50000,
            },
            "res": { "statusCode": 200 },
            "responseTime": 3.21, "headTime": 3.1, "route": "/posts/:id", "bytes": 7012, "cache": "miss",
            "queueTime": 0.04, "isolate": 0, "renderTime": 2.9,
            "headers": { "user-agent": "curl" },
            "msg": "request completed",
        });
        for (key, value) in expected.as_object().unwrap() {
            assert_eq!(&line[key], value, "{key}");
        }
    }

    #[test]
    fn a_line_of_text() {
        let line = text(&about("/posts/1?token=abc"), &Method::GET, &How { end: End::Open, ..how(200) });
        let expected = "GET /posts/1?token=*** 200 7012 B 3.2 ms route=/posts/:id cache=miss queue=0.0 render=2.9 isolate=0 \
                        client=192.0.2.1 id=00000000000000000000000000000001 user-agent=\"curl\" (cut: the client left)";
        assert_eq!(line, expected);
    }

    #[test]
    fn what_is_worth_a_line() {
        let level = |lines: &Lines, target: &str, how: How<'_>| lines.level(&about(target), &how);
        assert_eq!(level(&LINES, "/", how(200)), Some(Level::Info));
        assert_eq!(level(&LINES, "/", how(404)), Some(Level::Info));
        assert_eq!(level(&LINES, "/", how(500)), Some(Level::Error));
        assert_eq!(level(&LINES, "/", how(503)), Some(Level::Warn), "the host protects itself: expected under load");
        assert_eq!(level(&LINES, "/", How { head: LINES.slow, ..how(200) }), Some(Level::Warn));
        assert_eq!(level(&LINES, "/health", how(200)), None);
        assert_eq!(level(&LINES, "/health?x", how(503)), Some(Level::Warn));
        assert_eq!(level(&Lines { probes: true, ..LINES }, "/ready", how(200)), Some(Level::Info));
        let rare = Lines { sample: usize::MAX, ..LINES };
        assert_eq!(level(&rare, "/", how(200)), None);
        assert_eq!(level(&rare, "/", how(502)), Some(Level::Error));
        assert_eq!(level(&rare, "/", How { end: End::Failed, ..how(200) }), Some(Level::Error));
        assert_eq!(level(&rare, "/", How { end: End::Open, ..how(200) }), Some(Level::Info));
    }
}
