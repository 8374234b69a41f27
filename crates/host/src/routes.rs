//! The route table: what the host answers itself. Everything else is the app's.
//!
//! One flat table and one fallback; static files are not here, because the app's own router decides about them.

use axum::Router;

use crate::health::{self, Probe};
use crate::ssr::Ssr;

/// The routes of the host around the app.
pub fn routes(ssr: Ssr, probes: impl IntoIterator<Item = Probe>) -> Router {
    let app = Router::new().fallback_service(ssr.clone().repaired());
    probes.into_iter().fold(app, |routes, probe| {
        let path = probe.path();
        routes.route_service(path, health::Service { ssr: ssr.clone(), probe })
    })
}
