//! `COMPOSABLE_RUST_BACKEND_URL`, where the framework's deployments say where their backend is: on its own it makes `/api` a proxied path.
//!
//! It is the app's variable, whose loader asks the same backend (`createAPIClient({ baseURL })`). So what the host cannot use in it is no
//! mistake, and paths go on as they are: what a page finds at `/api/posts` while it is rendered, its browser finds there as well.

use edge::upstream::Target;

use super::environment::Environment;
use super::tree::{Data, Origin, Table, Value};

/// The variable.
pub(super) const NAME: &str = "COMPOSABLE_RUST_BACKEND_URL";

/// The path that it stands for.
const PATH: &str = "/api";

/// Adds its route, unless there is one for the path, or `proxy = []` says that there is to be none.
pub(super) fn add(tree: &mut Table, environment: &Environment) {
    let Some((upstream, path)) = environment.get(NAME).and_then(parse) else { return };
    let origin = |key: &str| Origin::Variable { name: NAME.into(), path: format!("{PATH}.{key}").into() };
    let text = |key: &str, text: String| Value { data: Data::Text(text), origin: origin(key) };
    let mut items = match tree.get("proxy") {
        Some(Value { data: Data::List(items), origin }) if !items.is_empty() || *origin == Origin::Default => items.clone(),
        Some(_) => return,
        None => Vec::new(),
    };
    let plain = |path: &str| path.trim_end_matches('*').trim_end_matches('/').to_owned();
    if (0..items.len()).any(|i| tree.find(&format!("proxy[{i}].path")).is_some_and(|path| plain(&path.shown()) == PATH)) {
        return;
    }
    let mut route = Table::default();
    route.set("path", text("path", PATH.to_owned()));
    route.set("upstream", text("upstream", upstream));
    if !path.is_empty() {
        route.set("rewrite", text("rewrite", format!("{path}{PATH}")));
    }
    items.push(Value { data: Data::Table(route), origin: origin("") });
    let origin = tree.get("proxy").map_or(Origin::Default, |value| value.origin.clone());
    tree.set("proxy", Value { data: Data::List(items), origin });
}

/// Whether a route is the variable's, by its place.
pub(super) fn made(tree: &Table, place: usize) -> bool {
    let path = tree.find(&format!("proxy[{place}].path"));
    path.is_some_and(|path| matches!(&path.origin, Origin::Variable { name, .. } if **name == *NAME))
}

/// Whether it is set to something that is no URL of a backend.
pub(super) fn is_foreign(environment: &Environment) -> bool {
    environment.get(NAME).is_some_and(|url| parse(url).is_none())
}

/// Target and path of the URL; a client joins what it asks to both.
fn parse(url: &str) -> Option<(String, String)> {
    let (scheme, rest) = url.trim().split_once("://").unwrap_or(("", url.trim()));
    let (place, path) = match rest.find('/') {
        Some(at) if !scheme.is_empty() => (format!("{scheme}://{}", &rest[..at]), rest[at..].trim_end_matches('/')),
        _ => (url.trim().to_owned(), ""),
    };
    place.parse::<Target>().ok()?;
    let is_prefix = path.is_empty() || path.parse::<edge::proxy::path::Prefix>().is_ok();
    is_prefix.then(|| (place, path.to_owned()))
}
