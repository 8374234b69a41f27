//! What stays open: server-sent events and WebSockets. Both end by themselves when the process is to stop, so that clients come back
//! to another one.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream};
use serde::Deserialize;
use tokio::sync::watch;
use tokio::time;

use crate::app::App;
use crate::stop;

/// The subprotocols that `/api/ws` speaks; the first that the client offers as well is chosen (RFC 6455 section 4.2.2).
const PROTOCOLS: [&str; 2] = ["echo.v2", "echo.v1"];

/// How often there is an event.
#[derive(Deserialize)]
pub struct Pace {
    /// Milliseconds.
    every: Option<u64>,
}

/// `GET /api/events?every=ms`: a tick each second.
pub async fn events(State(app): State<Arc<App>>, Query(pace): Query<Pace>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let every = Duration::from_millis(pace.every.unwrap_or(1000).max(10));
    let ticks =
        stream::unfold((1, app.stopping.subscribe(), time::interval(every)), |(number, mut stopping, mut clock)| async move {
            tokio::select! {
                _ = clock.tick() => {}
                () = stop::begun(&mut stopping) => return None,
            }
            let event = Event::default().id(number.to_string()).event("tick").data(format!("{{\"tick\":{number}}}"));
            Some((Ok(event), (number + 1, stopping, clock)))
        });
    // A comment every 15 s: whoever is between the two need not think that nobody is there.
    Sse::new(ticks).keep_alive(KeepAlive::default())
}

/// `GET /api/ws`: says back what it is told.
pub async fn socket(State(app): State<Arc<App>>, upgrade: WebSocketUpgrade) -> Response {
    let stopping = app.stopping.subscribe();
    upgrade.protocols(PROTOCOLS).on_upgrade(|socket| echo(socket, stopping)).into_response()
}

async fn echo(mut socket: WebSocket, mut stopping: watch::Receiver<bool>) {
    loop {
        let message = tokio::select! {
            message = socket.recv() => message,
            () = stop::begun(&mut stopping) => return leave(socket).await,
        };
        // Pings are answered by the library, and a close as well.
        let Some(Ok(message @ (Message::Text(_) | Message::Binary(_)))) = message else {
            if let Some(Ok(_)) = message { continue } else { return }
        };
        if socket.send(message).await.is_err() {
            return;
        }
    }
}

/// 1001: going away. What the client has said before it hears of it is still read.
async fn leave(mut socket: WebSocket) {
    let farewell = CloseFrame { code: close_code::AWAY, reason: "the backend is stopping".into() };
    if socket.send(Message::Close(Some(farewell))).await.is_ok() {
        let until_closed = async { while let Some(Ok(_)) = socket.recv().await {} };
        let _ = time::timeout(Duration::from_secs(1), until_closed).await;
    }
}
