//! Which paths are proxied, once it is known what the app has itself, and what is said about it at the start.
//!
//! What a setting says holds. A variable of the app's, `COMPOSABLE_RUST_BACKEND_URL`, must not take from the app what it answers itself: an
//! app may have both a backend that it asks while it renders and an `/api` of its own.

use edge::proxy::path::Prefix;
use serde_json::Value;

use crate::config::Config;
use crate::routes::Proxied;

/// The paths that hold, and a line about each.
pub fn choose(config: &Config, proxied: Vec<Proxied>, app: &isolate::App) -> (Vec<Proxied>, Vec<String>) {
    let (mut chosen, mut notes) = (Vec::new(), Vec::new());
    for (proxied, setting) in proxied.into_iter().zip(&config.settings.proxy) {
        let why = if proxied.of_variable { " (COMPOSABLE_RUST_BACKEND_URL)" } else { "" };
        match own_route(&app.description, &proxied.route.mapping.public).filter(|_| proxied.of_variable) {
            Some(own) => {
                let path = &setting.path;
                notes.push(format!(
                    "{path} stays the app's, which has `{own}`: a [[proxy]] with `path = \"{path}\"` would send it to {}",
                    setting.upstream
                ));
            }
            None => {
                notes.push(format!("{}{why}", setting.told()));
                chosen.push(proxied);
            }
        }
    }
    if config.backend_url_is_foreign {
        notes.push("COMPOSABLE_RUST_BACKEND_URL is no URL of a backend: nothing is proxied because of it".to_owned());
    }
    (chosen, notes)
}

/// A route of the app that is surely below a path. One for everything (`/*`, as a page that is not found has it) is not.
fn own_route(description: &Value, path: &Prefix) -> Option<String> {
    let routes = description["routes"].as_array()?;
    let urls = routes.iter().filter_map(|route| route["url"].as_str());
    urls.map(str::to_owned).find(|url| path.rest(url).is_some())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_apps_own_routes() {
        let cases = [
            (&["/", "/posts/:id", "*"][..], None),
            (&["/*", "/:page", "/apis"], None),
            (&["/", "/api/posts"], Some("/api/posts")),
            (&["/api"], Some("/api")),
            (&["/api/*"], Some("/api/*")),
        ];
        for (urls, expected) in cases {
            let routes: Vec<_> = urls.iter().map(|url| json!({ "method": "GET", "url": url })).collect();
            let own = own_route(&json!({ "routes": routes }), &"/api".parse().unwrap());
            assert_eq!(own.as_deref(), expected, "{urls:?}");
        }
        assert_eq!(own_route(&json!({}), &"/api".parse().unwrap()), None);
    }
}
