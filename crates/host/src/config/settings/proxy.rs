//! `[[proxy]]`: paths whose requests go to a backend.

mod values;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use edge::proxy::path::Prefix;
use edge::upstream::Target;
use http::{HeaderName, Method};

pub use values::{CheckPath, CookiePlace, Host, SecretValue};

use super::super::declare::settings;
use super::super::setting::{Map, Size};
use super::checks::Checks;

settings! {
    /// A path whose requests go to a backend.
    pub struct Proxy {
        /// The path and everything below it. Of several the longest holds.
        path: Prefix = required,
        /// Where the backend is.
        upstream: Target = required,
        /// Leave `path` out of what the backend is asked: `/api/users` is `/users` there.
        strip: bool = false,
        /// What the backend is asked in place of `path`, such as `/v1`.
        rewrite: Option<Prefix> = (unset "the path stays as it is"),
        /// Methods that are passed on; none for all but CONNECT and TRACE. `GET` includes `HEAD`.
        methods: Vec<Method> = [],
        /// What the backend reads as `Host`: its own name (`upstream`), what the client asked for (`client`), or this name.
        host: Host = "upstream",
        /// Headers of requests that are set, or with `false` left out. Their values are never shown.
        request_headers: Map<HeaderName, Option<SecretValue>> = {},
        /// Headers of responses that are set, or with `false` left out. Their values are never shown.
        response_headers: Map<HeaderName, Option<SecretValue>> = {},
        /// Write `Location`, `Content-Location` and `Refresh` in the client's terms: paths of the backend as paths here.
        rewrite_location: bool = true,
        /// Paths of cookies and what they become; `false` leaves the attribute out. Without an entry they follow `strip` and `rewrite`, but for `/`.
        cookie_path: Map<CookiePlace, Option<CookiePlace>> = {},
        /// Domains of cookies and what they become; `false` leaves the attribute out. The backend's own name is left out anyway.
        cookie_domain: Map<CookiePlace, Option<CookiePlace>> = {},
        /// Size of a request's body, above which it is answered with 413.
        body_limit: Option<Size> = (unset "`http.body_limit`, and without that any: a body is passed on piece by piece"),
        /// Until there is a connection.
        connect_timeout: Duration = "5s" from "1ms",
        /// From the request's being sent to the head of the response.
        timeout: Duration = "30s" from "1ms",
        /// Between two pieces of a response.
        idle_timeout: Duration = "30s" from "1ms",
        /// From beginning to end; not for server-sent events.
        total_timeout: Option<Duration> = (unset "none") from "1ms",
        /// Send a request once more, to another address, where that is safe.
        retries: bool = true,
        /// Requests at the same time to one address; more wait.
        max_connections: NonZeroUsize = 1024,
        /// WebSockets and whatever else begins with an `Upgrade`.
        websocket: WebSocket = {},
        /// Ask the addresses whether they are well.
        health: Health = {},
        /// Leave an address alone for a while after failures.
        ejection: Ejection = {},
        /// What is believed of a backend with `https://`.
        tls: ProxyTls = {},
    }
}

settings! {
    /// Connections that are upgraded.
    pub struct WebSocket {
        /// Pass them on.
        enabled: bool = true,
        /// One in which nothing moves for so long is closed.
        idle_timeout: Duration = "2m" from "1s",
        /// How long a WebSocket is silent until it is asked whether it is there; `false` for never.
        ping_interval: Option<Duration> = "30s" from "1s",
    }
}

settings! {
    /// A question to each address.
    pub struct Health {
        /// What is asked: a path at the backend that answers GET with 2xx, such as `/health`.
        path: Option<CheckPath> = (unset "nothing is asked: only what happens to requests counts"),
        /// How often.
        interval: Duration = "5s" from "100ms",
        /// How long an answer may take.
        timeout: Duration = "2s" from "10ms",
    }
}

settings! {
    /// Leaving an address alone.
    pub struct Ejection {
        /// After so many failures in a row; `0` for never.
        failures: u32 = 5,
        /// For how long at first; twice as long each time that follows.
        base: Duration = "1s" from "1ms",
        /// For how long at most.
        max: Duration = "15s" from "1ms",
        /// How long it takes until the address has its whole share again.
        slow_start: Duration = "10s" from "0s",
    }
}

settings! {
    /// TLS to a backend.
    pub struct ProxyTls {
        /// A file with certificates of further authorities, in PEM.
        ca: Option<PathBuf> = (unset "the usual authorities only"),
        /// The name that the certificate must have.
        server_name: Option<String> = (unset "the host of `upstream`"),
        /// Believe any certificate. For development.
        insecure: bool = false,
    }
}

/// What the framing of a message and the connection decide, or a setting of its own.
const NOT_SET: [(&str, &str); 11] = [
    ("connection", "it is about one connection"),
    ("content-length", "the body decides"),
    ("expect", "the client decides"),
    ("host", "`host` says what it is"),
    ("http2-settings", "it is about one connection"),
    ("keep-alive", "it is about one connection"),
    ("te", "it is about one connection"),
    ("trailer", "the body decides"),
    ("transfer-encoding", "the body decides"),
    ("upgrade", "it is about one connection"),
    ("proxy-connection", "it is about one connection"),
];

/// What the host answers itself.
const PROBES: [&str; 2] = ["/health", "/ready"];

/// Routes against each other and each for itself.
pub(super) fn check(routes: &[Proxy], checks: &mut Checks<'_>) {
    for (i, route) in routes.iter().enumerate() {
        let at = |key: &str| format!("proxy[{i}].{key}");
        if let Some(first) = routes[..i].iter().position(|other| other.path == route.path) {
            let (path, other) = (&route.path, checks.place(&format!("proxy[{first}].path")));
            checks.about(&at("path"), format!("is `{path}`, as is that of another one ({other}): expected a path of its own"));
        }
        if route.path == Prefix::root() {
            checks
                .about(&at("path"), "is `/`, and then the app would never be asked: expected a path such as `/api`")
                .hint("a host that serves no app is a proxy, and there are better ones");
        }
        if let Some(probe) = PROBES.iter().find(|probe| route.path.rest(probe).is_some()) {
            checks.about(&at("path"), format!("is `{}`, but `{probe}` is answered here: expected another path", route.path));
        }
        if route.strip && route.rewrite.is_some() {
            checks.about(&at("strip"), "and `rewrite` exclude each other: expected one of them");
        }
        for (key, changes) in [("request_headers", &route.request_headers), ("response_headers", &route.response_headers)] {
            for (name, _) in &changes.0 {
                if let Some((_, why)) = NOT_SET.iter().find(|(other, _)| other == name) {
                    checks.about(&at(key), format!("has `{name}`, which cannot be changed: {why}"));
                }
            }
        }
        checks.file(&at("tls.ca"), route.tls.ca.as_deref());
    }
}
