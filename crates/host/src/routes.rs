//! The route table: what the host answers itself. Everything else is the app's.
//!
//! One flat table and one fallback; static files are not here, because the app's own router decides about them.

use axum::Router;

use crate::health::{self, Health};
use crate::ssr::Ssr;

/// The routes of the host around the app.
pub fn routes(ssr: Ssr, health: Health) -> Router {
    let routes = Router::new().fallback_service(ssr.clone().repaired());
    match health.is_apps() {
        true => routes,
        false => routes.route_service("/health", health::Service { ssr, health }),
    }
}
