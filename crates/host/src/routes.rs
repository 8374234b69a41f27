//! The route table: what the host answers itself. Everything else is the app's.
//!
//! A flat table and one fallback, as a service of its own: a router crate would box the future and the body of every request for the
//! sake of two paths, and hide from the layers around it whether a page is complete in memory (compression and the
//! repair of the hydration state treat such a page in one piece). Static files are not here, because the app's own router decides
//! about them.

use std::convert::Infallible;
use std::task::{Context, Poll};

use edge::cache::{self, Cache};
use edge::{Body, hydration};
use futures_util::future::{BoxFuture, Either};
use http::{Request, Response};
use hyper::body::Incoming;
use tower::util::Either as Or;

use crate::health::Probe;
use crate::ssr::Ssr;

/// The app, with the render cache around it or without.
type App = Or<cache::Service<hydration::Service<Ssr>>, hydration::Service<Ssr>>;

/// The routes of the host around the app.
#[derive(Debug, Clone)]
pub struct Routes {
    ssr: Ssr,
    app: App,
    probes: [Probe; 2],
}

impl Routes {
    /// The app, with its render cache if it has one, and what is asked of the host beside it.
    pub fn new(ssr: Ssr, cache: Option<&Cache>, probes: [Probe; 2]) -> Routes {
        // Around the repair: what is kept is safe. The probes go past it, for they ask about this moment.
        let repaired = ssr.clone().repaired();
        let app = match cache {
            Some(cache) => Or::Left(tower::Layer::layer(cache, repaired)),
            None => Or::Right(repaired),
        };
        Routes { app, ssr, probes }
    }
}

impl tower::Service<Request<Incoming>> for Routes {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future =
        Either<BoxFuture<'static, Result<Response<Body>, Infallible>>, <App as tower::Service<Request<Incoming>>>::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        tower::Service::<Request<Incoming>>::poll_ready(&mut self.app, cx)
    }

    fn call(&mut self, request: Request<Incoming>) -> Self::Future {
        match self.probes.iter().find(|probe| probe.path() == request.uri().path()) {
            Some(probe) => {
                let (probe, ssr) = (probe.clone(), self.ssr.clone());
                Either::Left(Box::pin(async move { Ok(probe.answer(ssr, request).await) }))
            }
            None => Either::Right(self.app.call(request)),
        }
    }
}
