//! The files: templates, filled with what is known of the app.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::app::App;
use super::write::File;
use super::{Init, Target};
use crate::config;

const DOCKERFILE: &str = include_str!("templates/Dockerfile");
const DOCKERIGNORE: &str = include_str!("templates/dockerignore");
const COMPOSE: &str = include_str!("templates/compose.yaml");
const FLY: &str = include_str!("templates/fly.toml");

/// The version of the host whose image is used.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Seconds between the end that the host plans and the one that is forced.
const MARGIN: u64 = 5;

/// A template, each `{{name}}` replaced. A line that is nothing but a name is dropped when there is nothing to put there.
fn filled(template: &str, values: &[(&str, String)]) -> String {
    let mut text = String::new();
    for line in template.lines() {
        let mut filled = line.to_owned();
        for (name, value) in values {
            filled = filled.replace(&format!("{{{{{name}}}}}"), value);
        }
        if !(filled.trim().is_empty() && line.contains("{{")) {
            text.push_str(filled.trim_end());
            text.push('\n');
        }
    }
    // Where something was dropped two blank lines may have met.
    while text.contains("\n\n\n") {
        text = text.replace("\n\n\n", "\n\n");
    }
    text.trim_end().to_owned() + "\n"
}

/// All files of a target.
pub(super) fn of(app: &App, init: &Init) -> Vec<File> {
    let only_when_missing = init.target == Target::Fly;
    let file =
        |directory: &std::path::Path, name: &str, text: String| File { path: directory.join(name), text, only_when_missing };
    let mut files = vec![
        file(&app.directory, "Dockerfile", dockerfile(app)),
        // It belongs to the context of the build, and so to all apps of a workspace.
        file(&app.root, ".dockerignore", dockerignore(app)),
        file(&app.directory, "compose.yaml", compose(app)),
    ];
    files[1].only_when_missing |= app.below.is_some();
    if init.target == Target::Fly {
        files.push(File { only_when_missing: false, ..file(&app.directory, "fly.toml", fly(app, init.region.as_deref())) });
    }
    files
}

fn about(app: &App, target: &str) -> String {
    format!("# {}: made by `ssr-host init {target}` of ssr-host {VERSION}, and yours now: change what is different.", app.name)
}

fn dockerfile(app: &App) -> String {
    let is_workspace = app.below.is_some();
    let source = if is_workspace { "/src/${APP_DIR}" } else { "/src" };
    let scripts = app.build.iter().map(|script| app.manager.run(script)).collect::<Vec<_>>().join(" \\\n    && ");
    let in_app = if is_workspace { "WORKDIR /src/${APP_DIR}\n" } else { "" };
    let (prune, modules) = match &app.packages {
        Some(packages) => {
            let (lines, from) = app.manager.prune(is_workspace);
            let named = if packages.is_empty() { String::new() } else { format!(": {}", packages.join(", ")) };
            (
                format!("\n# The bundle imports packages of node_modules{named}. Only those of production stay.\n{lines}"),
                Some(from),
            )
        }
        None => (String::new(), None),
    };
    let outputs = outputs(app);
    let copies: Vec<_> = outputs.iter().map(|output| format!("COPY --from=build {source}/{output} ./{output}")).collect();
    let context = if is_workspace { "the root of the workspace" } else { "this directory" };
    let file = if is_workspace { format!("-f {}/Dockerfile ", app.below.as_deref().unwrap_or_default()) } else { String::new() };
    let values = [
        ("about", format!("{}\n# In {context}: docker build {file}-t {} .", about(app, "docker"), app.name)),
        ("version", VERSION.to_owned()),
        ("node", app.node.to_string()),
        ("arg_app_dir", app.below.as_ref().map(|below| format!("ARG APP_DIR={below}")).unwrap_or_default()),
        ("redeclared", if is_workspace { "ARG APP_DIR".into() } else { String::new() }),
        ("setup", app.manager.setup()),
        ("install", app.manager.install(is_workspace)),
        ("first", if is_workspace { app.manager.build_others() } else { String::new() }),
        ("build", format!("{in_app}RUN {scripts}")),
        ("client", app.client.as_deref().map(of_client).unwrap_or_default()),
        ("prune", prune),
        ("copy_modules", modules.map(|from| format!("COPY --from=build {from} ./node_modules")).unwrap_or_default()),
        ("from", source.to_owned()),
        ("copy", copies.join("\n")),
        (
            "more",
            format!(
                "# Files that the app reads at run time besides {} are copied here: COPY --from=build {source}/content ./content\n",
                outputs.join(", ")
            ),
        ),
        ("port", app.port.to_string()),
        ("entry", app.entry.clone()),
    ];
    filled(DOCKERFILE, &values)
}

/// What is done with the static files of a build.
fn of_client(directory: &str) -> String {
    format!(
        "
# Source maps are not for visitors. Those of the server bundle are never served, and make its stacks readable.
RUN find {directory} -name '*.map' -type f -delete

# Compressed neighbours of static files, at the best levels.
COPY --from=host /usr/bin/ssr-host /usr/bin/ssr-host
RUN ssr-host precompress {directory}"
    )
}

/// What the build makes: the first part of each path, which may be shared.
fn outputs(app: &App) -> Vec<String> {
    let first = |path: &str| path.split('/').next().unwrap_or_default().to_owned();
    [Some(&app.entry), app.client.as_ref()]
        .into_iter()
        .flatten()
        .map(|path| first(path))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

fn dockerignore(app: &App) -> String {
    let lines: Vec<_> = outputs(app).iter().map(|output| format!("**/{output}")).collect();
    filled(DOCKERIGNORE, &[("outputs", lines.join("\n"))])
}

fn compose(app: &App) -> String {
    let (_, grace) = shutdown(app);
    let (context, dockerfile) = match &app.below {
        Some(below) => (vec![".."; below.split('/').count()].join("/"), format!("{below}/Dockerfile")),
        None => (".".into(), "Dockerfile".into()),
    };
    let mut environment = String::new();
    let asked = app.secrets.iter().map(|name| (name, true)).chain(app.variables.iter().map(|name| (name, false)));
    for (name, is_secret) in asked.filter(|(name, _)| !["REDIS_URL", "COMPOSABLE_RUST_BACKEND_URL"].contains(&name.as_str())) {
        // Of the shell, or of a file .env, which is not in the image.
        let _ = match is_secret {
            true => writeln!(environment, "      {name}: ${{{name}:?set {name}}}"),
            false => writeln!(environment, "      {name}: ${{{name}:-}}"),
        };
    }
    if app.backend {
        environment.push_str("      COMPOSABLE_RUST_BACKEND_URL: http://backend:8080\n");
    }
    let backend = "\n  backend:\n    # The image of your backend.\n    image: ${BACKEND_IMAGE:?set BACKEND_IMAGE}\n    restart: unless-stopped";
    let values = [
        ("about", format!("{}\n# docker compose up --build", about(app, "docker"))),
        ("context", context),
        ("dockerfile", dockerfile),
        ("port", app.port.to_string()),
        ("environment", environment.trim_end().to_owned()),
        ("depends", if app.backend { "      backend:\n        condition: service_started".into() } else { String::new() }),
        ("grace", grace.to_string()),
        ("backend", if app.backend { backend.into() } else { String::new() }),
    ];
    filled(COMPOSE, &values)
}

fn fly(app: &App, region: Option<&str>) -> String {
    let ((ready_delay, timeout), grace) = shutdown(app);
    let config::settings::Pool { in_flight, queue, .. } = app.settings.pool;
    let region = region.map_or_else(
        || "# primary_region = \"fra\"    # TODO: where your visitors are; `fly platform regions` lists them".to_owned(),
        |region| format!("primary_region = \"{region}\""),
    );
    let mut env = String::new();
    for name in app.variables.iter().filter(|name| *name != "COMPOSABLE_RUST_BACKEND_URL") {
        let _ = writeln!(env, "  # {name} = \"\"");
    }
    if app.backend {
        env.push_str("  # .internal leads straight to machines that run; .flycast wakes those that are suspended.\n  # COMPOSABLE_RUST_BACKEND_URL = \"http://my-backend.internal:8080\"\n");
    }
    let secrets = match app.secrets.is_empty() {
        true => String::new(),
        false => format!(
            " The app reads:\n#   fly secrets set {}",
            app.secrets.iter().map(|name| format!("{name}=…")).collect::<Vec<_>>().join(" ")
        ),
    };
    let values = [
        ("about", about(app, "fly")),
        ("app", app.name.clone()),
        ("region", region),
        ("ready_delay", ready_delay),
        ("timeout", timeout),
        ("margin", MARGIN.to_string()),
        ("grace", grace.to_string()),
        ("version", VERSION.to_owned()),
        ("entry", app.entry.clone()),
        ("secrets", secrets),
        ("port", app.port.to_string()),
        ("env", env.trim_end().to_owned()),
        ("in_flight", in_flight.to_string()),
        ("queue", queue.to_string()),
        ("soft", in_flight.to_string()),
        ("hard", ((in_flight.get() + queue) / 100 * 90).to_string()),
    ];
    filled(FLY, &values)
}

/// `ready_delay` and `timeout` as the app's settings have them, and the seconds after which the process may be killed.
fn shutdown(app: &App) -> ((String, String), u64) {
    let config::settings::Shutdown { timeout, ready_delay } = app.settings.shutdown;
    let longest = timeout + ready_delay;
    let seconds = longest.as_secs() + u64::from(longest.subsec_nanos() > 0);
    let text = |duration| humantime::format_duration(duration).to_string();
    // Fly's longest.
    ((text(ready_delay), text(timeout)), (seconds + MARGIN).min(300))
}

/// What to do with the files.
pub(super) fn next(app: &App, target: Target) -> String {
    let docker = match &app.below {
        Some(below) => format!("docker build -f {below}/Dockerfile -t {} .", app.name),
        None => format!("docker build -t {} .", app.name),
    };
    let place = if app.below.is_some() { format!("  cd {}\n", app.root.display()) } else { String::new() };
    let config = app.below.as_ref().map(|below| format!(" . --config {below}/fly.toml")).unwrap_or_default();
    match target {
        Target::Docker => format!("{place}  {docker}\n  docker run --rm -p {0}:{0} {1}", app.port, app.name),
        Target::Fly => {
            let launch = app.below.as_ref().map(|below| format!(" --config {below}/fly.toml")).unwrap_or_default();
            format!("{place}  fly launch --no-deploy --copy-config{launch}\n  fly deploy{config}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_filled_line_by_line() {
        let values = [("a", "1".to_owned()), ("none", String::new()), ("two", "x\ny".to_owned())];
        assert_eq!(filled("p {{a}}\n{{none}}\n\n{{none}}\n\n  {{two}}\nkeep{{none}}\n", &values), "p 1\n\n  x\ny\nkeep\n");
    }

    /// A name that nothing fills would be left in a file.
    #[test]
    fn every_name_of_a_template_is_known() {
        let source = include_str!("files.rs");
        for template in [DOCKERFILE, DOCKERIGNORE, COMPOSE, FLY] {
            for part in template.split("{{").skip(1) {
                let name = part.split("}}").next().unwrap();
                assert!(source.contains(&format!("\"{name}\",")), "{name}");
            }
        }
    }
}
