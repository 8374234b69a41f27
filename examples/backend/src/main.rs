//! A backend such as stands behind `[[proxy]]`: JSON, server-sent events, WebSocket, uploads, and a stop that loses nothing.
//!
//! It keeps what it is told in memory and has no database, no log-in and no TLS: those are the business of a real one, or of the
//! private network.

mod answers;
mod app;
mod faults;
mod live;
mod posts;
mod stop;

use std::io;
use std::net::{IpAddr, Ipv6Addr};

use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;

use crate::app::App;

#[tokio::main]
async fn main() -> io::Result<()> {
    let host: IpAddr = variable("HOST").unwrap_or(Ipv6Addr::UNSPECIFIED.into());
    let port: u16 = variable("PORT").unwrap_or(8080);
    let listener = TcpListener::bind((host, port)).await?;
    let app = App::new(variable("NAME").unwrap_or("backend".to_owned()));
    println!("{} listens on http://{}", app.name, listener.local_addr()?);

    // What is small goes out at once: without this a server-sent event may wait for the acknowledgement of the one before.
    let listener = listener.tap_io(|tcp| drop(tcp.set_nodelay(true)));
    let stopping = app.stopping.clone();
    axum::serve(listener, app::router(app)).with_graceful_shutdown(stop::begin(stopping.clone())).await?;
    stop::finish(stopping).await;
    Ok(())
}

/// An environment variable that is set and makes sense; what makes none is said, not guessed.
fn variable<T: std::str::FromStr>(name: &str) -> Option<T> {
    let text = std::env::var(name).ok().filter(|text| !text.is_empty())?;
    let value = text.parse().ok();
    if value.is_none() {
        eprintln!("{name} is `{text}`, which is not understood");
        std::process::exit(2);
    }
    value
}
