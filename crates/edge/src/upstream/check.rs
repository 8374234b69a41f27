//! Health checks: each address is asked at intervals, on a connection of its own. One that does not answer well is left alone until it does.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use http::{Request, StatusCode};
use tokio::time::{sleep, timeout};

use super::connect::{Address, Sender};
use super::endpoint::Endpoint;
use super::replay::Replay;
use super::{Check, Inner};
use crate::BoxError;

/// Bad answers in a row after which an address is ill.
const BAD_ANSWERS: u32 = 2;

/// Runs as long as the upstream lives.
pub(super) async fn watch(upstream: Weak<Inner>, check: Check) {
    let mut bad: HashMap<Address, u32> = HashMap::new();
    loop {
        {
            let Some(inner) = upstream.upgrade() else { return };
            let endpoints = inner.addresses.all();
            bad.retain(|address, _| endpoints.iter().any(|endpoint| endpoint.address == *address));
            let asked = endpoints.iter().map(|endpoint| ask(&inner, endpoint, &check));
            let answers = futures_util::future::join_all(asked).await;
            for (endpoint, answer) in endpoints.iter().zip(answers) {
                note(&inner, endpoint, answer, bad.entry(endpoint.address.clone()).or_default());
            }
        }
        sleep(check.interval).await;
    }
}

fn note(inner: &Inner, endpoint: &Endpoint, answer: Result<(), BoxError>, bad: &mut u32) {
    *bad = if answer.is_ok() { 0 } else { *bad + 1 };
    let is_ill = *bad >= BAD_ANSWERS;
    if (is_ill || *bad == 0) && endpoint.health.set_ill(is_ill) {
        match answer {
            Ok(()) => tracing::info!("backend {} at {} is well again", inner.name, endpoint.address),
            Err(error) => tracing::warn!("backend {} at {} is ill: {error}", inner.name, endpoint.address),
        }
    }
}

async fn ask(inner: &Arc<Inner>, endpoint: &Endpoint, check: &Check) -> Result<(), BoxError> {
    let answer = timeout(check.timeout, status(inner, endpoint, &check.path)).await;
    match answer.map_err(|_| "no answer in time")?? {
        status if status.is_success() => Ok(()),
        status => Err(format!("it answers `{}` with {status}", check.path).into()),
    }
}

async fn status(inner: &Inner, endpoint: &Endpoint, path: &str) -> Result<StatusCode, BoxError> {
    let connector = inner.connector.as_ref().map_err(Clone::clone)?;
    let sender = connector.connect(&endpoint.address, false).await?;
    let (parts, ()) = Request::get(path).header(http::header::USER_AGENT, "ssr-host").body(())?.into_parts();
    Ok(match sender {
        Sender::H1(mut sender) => sender.send_request(inner.h1_request(parts, Replay::empty())?).await?.status(),
        Sender::H2(mut sender) => sender.send_request(inner.h2_request(parts, Replay::empty())?).await?.status(),
    })
}
