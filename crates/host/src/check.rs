//! `ssr-host check`: loads the app in one isolate and says what it is, without listening; asks it for its pages, and says which of them
//! the render cache could keep.

mod pages;

use std::fmt::Write as _;
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};

use crate::backends::Backends;
use crate::config::{Check, Config, Format};
use crate::plugins::Plugins;
use crate::ssr::Ssr;
use crate::{address, cannot_start, proxied, relative};
use pages::Pages;

/// Runs the check and prints its result on stdout.
///
/// # Errors
/// Why the app would not start.
pub async fn run(mut config: Config, Check { format, requests }: Check) -> anyhow::Result<ExitCode> {
    let started = Instant::now();
    config.settings.pool.isolates = NonZeroUsize::MIN;
    let (backends, proxied) = config.backends()?;
    let plugins = Arc::new(Plugins::new(config.plugins()).with_backends(Backends::new(backends)));
    let outcome = isolate::Pool::start(isolate::Config { stdout_to_stderr: true, ..config.pool() }, plugins.clone()).await;
    let entry = relative(&config.entry).display().to_string();
    let (pool, app) = match outcome {
        Ok(started) => started,
        Err(error) if format == Format::Json => {
            println!("{:#}", json!({ "entry": entry, "starts": false, "error": error.to_string() }));
            return Ok(ExitCode::FAILURE);
        }
        Err(error) => return Err(cannot_start(&config.entry, &error)),
    };
    let millis = started.elapsed().as_millis();
    let listen = address::choose(&config.address, app.listen.as_ref());
    let url = address::url(&listen.host, listen.port);
    let file = config.file.as_deref().map(|file| file.display().to_string());
    let cache = Cache::of(&config, &plugins).await?;
    let (_, proxied) = proxied::choose(&config, proxied, &app);
    let pages = match requests {
        true => {
            let ssr = Ssr::new(pool.clone(), plugins.assets.clone(), config.ssr(&app.kind));
            pages::ask(&ssr, &app, &config.cache(true).unwrap_or_default().rules).await
        }
        false => Pages::default(),
    };
    pool.close(config.settings.shutdown.timeout).await;
    match format {
        Format::Json => {
            let mut value = to_json((&entry, file.as_deref()), &app, &url, &cache);
            value["proxied"] = json!(proxied);
            if requests {
                value["cache"]["pages"] = pages.to_json();
            }
            println!("{value:#}");
        }
        Format::Text => {
            let text = to_text(file.as_deref(), &app, &url, (&cache, proxied));
            print!("{entry} starts in {millis} ms\n\n{text}{}", pages.to_text());
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The render cache that a start would have.
struct Cache {
    is_on: bool,
    /// What the build is called.
    build: String,
}

impl Cache {
    async fn of(config: &Config, plugins: &Plugins) -> anyhow::Result<Cache> {
        let build = match &config.settings.cache.build_id {
            Some(id) => id.0.clone(),
            None => crate::serve::build_of(config, plugins).await?,
        };
        Ok(Cache { is_on: config.settings.cache.is_on(plugins.cache.is_asked()), build })
    }
}

fn to_json((entry, file): (&str, Option<&str>), app: &isolate::App, url: &str, cache: &Cache) -> Value {
    let mut value = json!({ "entry": entry, "starts": true, "kind": app.kind, "listen": url, "configuration": file });
    value["cache"] = json!({ "enabled": cache.is_on, "build": cache.build });
    if let (Some(value), Some(description)) = (value.as_object_mut(), app.description.as_object()) {
        value.extend(description.clone());
    }
    value
}

fn to_text(file: Option<&str>, app: &isolate::App, url: &str, (cache, proxied): (&Cache, Vec<String>)) -> String {
    let description = &app.description;
    let kind = match app.kind.as_str() {
        "fastify" => "Fastify app",
        "fetch" => "fetch handler",
        other => other,
    };
    let hooks = description["hooks"].as_object().into_iter().flatten();
    let sections = [
        ("kind", vec![kind.to_owned()]),
        ("listens on", vec![url.to_owned()]),
        ("configuration", vec![file.unwrap_or("defaults, no file").to_owned()]),
        ("render cache", vec![format!("{}, build {}", if cache.is_on { "on" } else { "off" }, cache.build)]),
        ("routes", routes(&description["routes"])),
        ("proxied", proxied),
        ("hooks", hooks.map(|(name, count)| format!("{name} × {count}")).collect()),
        ("native plugins", names(&description["plugins"])),
        ("taken over", names(&description["takenOver"])),
        ("not taken over", names(&description["notTakenOver"])),
        ("Node modules", names(&description["modules"]["provided"])),
        ("missing modules", missing(&description["modules"]["missing"])),
    ];
    sections.iter().fold(String::new(), |mut text, (title, lines)| {
        let nothing = ["none".to_owned()];
        for (i, line) in if lines.is_empty() { nothing.iter() } else { lines.iter() }.enumerate() {
            let title = if i == 0 { title } else { "" };
            let _ = writeln!(text, "  {title:<16}{line}");
        }
        text
    })
}

/// One line per URL, with its methods.
fn routes(routes: &Value) -> Vec<String> {
    let mut lines: Vec<(String, Vec<&str>)> = Vec::new();
    for route in routes.as_array().into_iter().flatten() {
        let (method, url) = (route["method"].as_str().unwrap_or("*"), route["url"].as_str().unwrap_or("*"));
        match lines.iter_mut().find(|(known, _)| known == url) {
            Some((_, methods)) => methods.push(method),
            None => lines.push((url.to_owned(), vec![method])),
        }
    }
    lines.into_iter().map(|(url, methods)| format!("{url}  ({})", methods.join(", "))).collect()
}

/// A module that is not there, and who imports it: harmless until that import runs.
fn missing(modules: &Value) -> Vec<String> {
    let modules = modules.as_object().into_iter().flatten();
    modules.map(|(specifier, importer)| format!("{specifier}  (imported by {})", importer.as_str().unwrap_or("?"))).collect()
}

fn names(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn describes_an_app() {
        let description = json!({
            "routes": [
                { "method": "GET", "url": "/" },
                { "method": "HEAD", "url": "/" },
                { "method": "GET", "url": "/assets/*" },
            ],
            "hooks": { "onRequest": 2 },
            "plugins": ["@fastify/static"],
            "takenOver": ["rate limit of the app: 100 requests per 60s and client address, counted across isolates"],
            "modules": { "provided": ["node:path", "node:url"], "missing": { "node:net": "a.js" } },
        });
        let app = isolate::App { kind: "fastify".into(), listen: None, description };
        let expected = "  kind            Fastify app
  listens on      http://[::]:3000
  configuration   ssr-host.toml
  render cache    on, build 4f1c0d2
  routes          /  (GET, HEAD)
                  /assets/*  (GET)
  proxied         /api goes to http://b.internal:8080
  hooks           onRequest × 2
  native plugins  @fastify/static
  taken over      rate limit of the app: 100 requests per 60s and client address, counted across isolates
  not taken over  none
  Node modules    node:path
                  node:url
  missing modules node:net  (imported by a.js)
";
        let proxied = vec!["/api goes to http://b.internal:8080".to_owned()];
        let cache = Cache { is_on: true, build: "4f1c0d2".into() };
        assert_eq!(to_text(Some("ssr-host.toml"), &app, "http://[::]:3000", (&cache, proxied)), expected);
        let json = to_json(("a.js", None), &app, "u", &cache);
        assert_eq!((&json["hooks"]["onRequest"], &json["cache"]["build"]), (&2.into(), &"4f1c0d2".into()));
    }
}
