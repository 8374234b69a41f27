//! The route table: what the host answers itself, and what goes to a backend. Everything else is the app's.
//!
//! A flat table and one fallback, as a service of its own: a router crate would box the future and the body of every request for the
//! sake of two paths, and hide from the layers around it whether a page is complete in memory (compression and the
//! repair of the hydration state treat such a page in one piece). Static files are not here, because the app's own router decides
//! about them.

mod behind;

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use edge::cache::{self, Cache};
use edge::path::Pattern;
use edge::{Body, account, proxy};
use futures_util::future::{BoxFuture, Either};
use http::header::UPGRADE;
use http::{Request, Response};
use hyper::body::Incoming;
use tower::util::Either as Or;

use crate::backends::Backends;
use crate::health::Probe;
use crate::ssr::Ssr;
use behind::{Behind, Goes};

/// App and backends, with the render cache around them or without.
type Content = Or<cache::Service<Behind>, Behind>;

/// A path that is proxied.
#[derive(Debug, Clone)]
pub struct Proxied {
    /// Where to.
    pub route: Arc<proxy::Route>,
    /// A variable has made it, and not a setting: routes of the app's own go before it.
    pub of_variable: bool,
}

/// The routes of the host around the app.
#[derive(Clone)]
pub struct Routes {
    ssr: Ssr,
    content: Content,
    /// The same past the cache.
    behind: Behind,
    probes: [Probe; 2],
    /// The longest path first.
    proxied: Arc<[Goes]>,
    /// Paths of which the cache keeps what a backend says.
    kept: Arc<[Pattern]>,
}

/// What is around the app.
pub struct Around<'a> {
    /// The render cache, if there is one.
    pub cache: Option<&'a Cache>,
    /// Paths for which a rule of it says that something is kept.
    pub kept: Vec<Pattern>,
    /// What is asked of the host.
    pub probes: [Probe; 2],
    /// What goes to a backend.
    pub proxied: Vec<Proxied>,
    /// Whoever is asked.
    pub backends: Arc<Backends>,
}

impl Routes {
    /// The app, with its render cache if it has one, and what is asked of the host beside it.
    pub fn new(ssr: Ssr, around: Around<'_>) -> Routes {
        // Around the repair: what is kept is safe. The probes go past it, for they ask about this moment.
        let behind = Behind::new(ssr.clone().repaired(), around.backends);
        let content = match around.cache {
            Some(cache) => Or::Left(tower::Layer::layer(cache, behind.clone())),
            None => Or::Right(behind.clone()),
        };
        let mut proxied: Vec<_> = around.proxied.into_iter().map(|proxied| Goes::to(proxied.route)).collect();
        proxied.sort_by_key(|goes| std::cmp::Reverse(goes.to.mapping.public.as_str().len()));
        let kept = if around.cache.is_some() { around.kept } else { Vec::new() };
        Routes { ssr, content, behind, probes: around.probes, proxied: proxied.into(), kept: kept.into() }
    }

    /// What a backend says is kept only where a rule asks for it, and what is no longer HTTP never is.
    fn goes_past_cache(&self, request: &Request<Incoming>) -> bool {
        let path = request.uri().path();
        request.headers().contains_key(UPGRADE) || !self.kept.iter().any(|kept| kept.surely_matches(path))
    }
}

impl std::fmt::Debug for Routes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Routes").field("ssr", &self.ssr).field("proxied", &self.proxied).finish_non_exhaustive()
    }
}

impl tower::Service<Request<Incoming>> for Routes {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future =
        Either<BoxFuture<'static, Result<Response<Body>, Infallible>>, <Content as tower::Service<Request<Incoming>>>::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        tower::Service::<Request<Incoming>>::poll_ready(&mut self.content, cx)
    }

    fn call(&mut self, mut request: Request<Incoming>) -> Self::Future {
        let path = request.uri().path();
        if let Some(probe) = self.probes.iter().find(|probe| probe.path() == path) {
            let (probe, ssr) = (probe.clone(), self.ssr.clone());
            return Either::Left(Box::pin(async move {
                let route = account::Route::from(probe.path());
                let mut response = probe.answer(ssr, request).await;
                response.extensions_mut().insert(route);
                Ok(response)
            }));
        }
        let proxied = self.proxied.iter().find(|goes| goes.to.mapping.public.rest(path).is_some()).cloned();
        if let Some(goes) = proxied {
            request.extensions_mut().insert(goes);
            if self.goes_past_cache(&request) {
                return Either::Left(Box::pin(self.behind.call(request)));
            }
        }
        Either::Right(self.content.call(request))
    }
}
