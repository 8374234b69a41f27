//! What there is to deploy: everything that is decided about the app, and how it is known.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::bundle;
use super::manager::Manager;
use super::manifest::Manifest;
use crate::config::{self, Settings};

/// Node to build with when the app does not say.
const NODE: u32 = 22;

/// Port when nobody names one; the host's own.
const PORT: u16 = 3000;

/// Where a Vite build puts things.
const ENTRY: &str = "dist/server/index.js";

/// What an app is.
#[derive(Debug)]
pub(super) struct App {
    /// Where its package.json is.
    pub directory: PathBuf,
    /// The context of a build: the directory itself, or the root of its workspace.
    pub root: PathBuf,
    /// The directory below the root, when that is another one.
    pub below: Option<String>,
    /// As Fly takes it: letters, digits, hyphens.
    pub name: String,
    pub manager: Manager,
    pub node: u32,
    /// Scripts that build it.
    pub build: Vec<String>,
    /// The server bundle, relative to the directory.
    pub entry: String,
    /// What browsers get, relative to the directory; `None`: there is nothing.
    pub client: Option<String>,
    /// Packages that have to be there at run time, as far as they are known; `None`: none.
    pub packages: Option<Vec<String>>,
    pub port: u16,
    /// Names of variables.
    pub secrets: Vec<String>,
    pub variables: Vec<String>,
    /// It asks a backend.
    pub backend: bool,
    /// What ssr-host.toml says.
    pub settings: Settings,
    /// What was found, and what was decided, in the order in which it is told.
    pub found: Vec<(&'static str, String)>,
}

impl App {
    /// Looks at the app in `directory`.
    ///
    /// # Errors
    /// What is missing or cannot be read, with its place.
    pub(super) fn at(directory: &Path) -> anyhow::Result<App> {
        let directory = crate::absolute(directory)?.components().collect::<PathBuf>();
        let directory = directory.canonicalize().unwrap_or(directory);
        let manifest = Manifest::read(&directory)?;
        let build = manifest.build_scripts()?;
        let file = Some(directory.join("ssr-host.toml")).filter(|file| file.is_file());
        let settings = config::of_file(file.as_deref())?;
        let (root, below, workspace) = workspace(&directory)?;
        let of_root = below.is_some().then(|| Manifest::read(&root)).transpose()?;
        let manifests: Vec<&Manifest> = [Some(&manifest), of_root.as_ref()].into_iter().flatten().collect();
        let manager = Manager::of(&manifests, &directory, &root)?;
        let (name, why_name) = name(&manifest, &directory);
        let (node, why_node) = manifest.node(NODE);
        let (entry, why_entry) = entry(&manifest, &settings);
        let (client, why_client) = client(&directory, &entry);
        let (packages, why_packages) = packages(&directory, &root, &manifest, &entry);
        let (port, why_port) = port(&directory, &manifest, &settings);
        let sources = sources(&directory, &entry);
        let texts = sources.concat();
        let names: BTreeSet<String> =
            sources.iter().flat_map(|text| bundle::variables(text)).filter(|name| !bundle::is_elsewhere(name)).collect();
        let backend = names.contains("COMPOSABLE_RUST_BACKEND_URL") || !settings.proxy.is_empty();
        let redis = names.contains("REDIS_URL")
            || manifest.names("ioredis")
            || texts.contains("\"ioredis\"")
            || texts.contains("'ioredis'");
        let (secrets, variables): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| bundle::is_secret(name));
        let list = |names: &[String]| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        let health = if texts.contains("/health") { "/health, the app's own" } else { "/health, which the host answers" };
        let found = vec![
            ("app", format!("{name} ({why_name})")),
            ("package manager", format!("{} ({})", manager.shown(), manager.why)),
            ("workspace", workspace),
            ("build", build.iter().map(|script| manager.run(script)).collect::<Vec<_>>().join(", then ")),
            ("Node to build with", format!("{node} ({why_node})")),
            ("server bundle", format!("{entry} ({why_entry})")),
            ("static files", why_client),
            ("node_modules", why_packages),
            ("port", format!("{port} ({why_port})")),
            ("health", format!("{health}; /ready for whoever distributes requests")),
            ("secrets", list(&secrets)),
            ("other variables", list(&variables)),
            ("Redis", if redis { "used by the app" } else { "not used by the app; the render cache can use it" }.into()),
            ("backend", if backend { "asked by the app" } else { "none" }.into()),
        ];
        Ok(App {
            directory,
            root,
            below,
            name,
            manager,
            node,
            build,
            entry,
            client,
            packages,
            port,
            secrets,
            variables,
            backend,
            settings,
            found,
        })
    }
}

/// The root that the app is built in, the app's place below it, and how that is known.
fn workspace(directory: &Path) -> anyhow::Result<(PathBuf, Option<String>, String)> {
    for root in directory.ancestors().skip(1) {
        let Ok(below) = directory.strip_prefix(root) else { continue };
        let below = below.to_string_lossy().into_owned();
        let (file, globs) = match std::fs::read_to_string(root.join("pnpm-workspace.yaml")) {
            Ok(text) => ("pnpm-workspace.yaml", listed(&text)),
            Err(_) if root.join("package.json").is_file() => {
                let manifest = Manifest::read(root)?;
                ("package.json", if manifest.has_workspaces() { manifest.workspaces() } else { Vec::new() })
            }
            Err(_) => continue,
        };
        let (excluded, included): (Vec<_>, Vec<_>) =
            globs.iter().map(|glob| glob.trim_start_matches("./")).partition(|glob| glob.starts_with('!'));
        let is_member =
            included.iter().any(|glob| matches(glob, &below)) && !excluded.iter().any(|glob| matches(&glob[1..], &below));
        if is_member {
            let told = format!("{} ({file}); the app is `{below}` in it, the build argument APP_DIR", root.display());
            return Ok((root.to_owned(), Some(below), told));
        }
    }
    Ok((directory.to_owned(), None, "none, the app stands alone".into()))
}

/// The list `packages` of a pnpm-workspace.yaml.
fn listed(text: &str) -> Vec<String> {
    let lines = text.lines().skip_while(|line| line.trim_end() != "packages:").skip(1);
    let plain = lines
        .map(|line| line.split(" #").next().unwrap_or_default())
        .filter(|line| !line.trim().is_empty() && !line.trim().starts_with('#'));
    let items = plain.map_while(|line| line.trim().strip_prefix('-').map(str::trim));
    items.map(|item| item.trim_matches(['"', '\'']).to_owned()).collect()
}

/// Whether a path is one of a glob: `*` is a part of a name, `**` any number of directories.
fn matches(glob: &str, path: &str) -> bool {
    fn within(glob: &[&str], path: &[&str]) -> bool {
        match (glob, path) {
            ([], []) => true,
            (["**", rest @ ..], _) => within(rest, path) || (!path.is_empty() && within(glob, &path[1..])),
            ([first, rest @ ..], [name, others @ ..]) => is_name(first, name) && within(rest, others),
            _ => false,
        }
    }
    fn is_name(glob: &str, name: &str) -> bool {
        match glob.split_once('*') {
            None => glob == name,
            Some((start, end)) => name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end),
        }
    }
    let parts = |text: &'_ str| text.trim_end_matches('/').split('/').map(str::to_owned).collect::<Vec<_>>();
    let (glob, path) = (parts(glob), parts(path));
    let borrowed = |parts: &[String]| parts.iter().map(String::as_str).collect::<Vec<_>>().join("/");
    let (glob, path) = (borrowed(&glob), borrowed(&path));
    within(&glob.split('/').collect::<Vec<_>>(), &path.split('/').collect::<Vec<_>>())
}

/// A name that Fly takes.
fn name(manifest: &Manifest, directory: &Path) -> (String, &'static str) {
    let valid = |text: &str| {
        let plain: String = text.to_ascii_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let name = plain.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
        name.chars().take(63).collect::<String>().trim_end_matches('-').to_owned()
    };
    let of_package = manifest.text("name").map(valid).filter(|name| !name.is_empty());
    let of_directory = || valid(&directory.file_name().unwrap_or_default().to_string_lossy());
    match of_package {
        Some(name) => (name, "`name` of package.json"),
        None => (Some(of_directory()).filter(|name| !name.is_empty()).unwrap_or_else(|| "app".into()), "the directory"),
    }
}

/// The server bundle.
fn entry(manifest: &Manifest, settings: &Settings) -> (String, &'static str) {
    let of_settings = settings.app.entry.as_deref().and_then(Path::to_str);
    // `NODE_ENV=production node --enable-source-maps dist/server/index.js`
    let of_script = ["start", "serve", "preview"].iter().find_map(|name| {
        let mut words =
            manifest.script(name)?.split_whitespace().skip_while(|word| *word != "node" && *word != "ssr-host").skip(1);
        words.find(|word| !word.starts_with('-') && [".js", ".mjs", ".cjs"].iter().any(|end| word.ends_with(end)))
    });
    let of_main = manifest.text("main").filter(|main| main.contains('/') && main.contains("server"));
    let found = [
        (of_settings, "`app.entry` of ssr-host.toml"),
        (of_script, "the script that starts it"),
        (of_main, "`main` of package.json"),
    ];
    let plain = |path: &str| path.trim_start_matches("./").to_owned();
    let found = found.into_iter().find_map(|(path, why)| path.map(|path| (plain(path), why)));
    found.unwrap_or_else(|| (ENTRY.into(), "where Vite puts it"))
}

/// What browsers get.
fn client(directory: &Path, entry: &str) -> (Option<String>, String) {
    let build = entry.split('/').next().filter(|_| entry.contains('/')).unwrap_or("dist");
    let candidates = ["client", "public", "static"].map(|name| format!("{build}/{name}"));
    match candidates.iter().find(|candidate| directory.join(candidate).is_dir()) {
        Some(there) => (Some(there.clone()), there.clone()),
        None if directory.join(entry).is_file() => (None, format!("none: there is no {}", candidates.join(", "))),
        None => (Some(candidates[0].clone()), format!("{} (not built yet; where they usually are)", candidates[0])),
    }
}

/// The packages of run time.
fn packages(directory: &Path, root: &Path, manifest: &Manifest, entry: &str) -> (Option<Vec<String>>, String) {
    let bundle = directory.join(entry);
    if bundle.is_file() {
        let server = if entry.contains('/') { bundle.parent().unwrap_or(&bundle) } else { &bundle };
        let mentioned =
            bundle::texts(server, &["js", "mjs", "cjs"]).iter().flat_map(|text| bundle::packages(text)).collect::<BTreeSet<_>>();
        let installed = |package: &str| {
            directory
                .ancestors()
                .take_while(|place| place.starts_with(root))
                .any(|place| place.join("node_modules").join(package).is_dir())
        };
        let needed: Vec<String> = mentioned.into_iter().filter(|package| manifest.names(package) || installed(package)).collect();
        return match needed.is_empty() {
            true => (None, "not needed: the bundle imports nothing that the host does not provide".into()),
            false => {
                let told = format!("needed, those of production: the bundle imports {}", needed.join(", "));
                (Some(needed), told)
            }
        };
    }
    let config = ["vite.config.ts", "vite.config.js", "vite.config.mjs", "vite.config.mts"]
        .iter()
        .find_map(|name| std::fs::read_to_string(directory.join(name)).ok());
    let plain: String = config.unwrap_or_default().split_whitespace().collect();
    match plain.contains("noExternal:true") {
        true => {
            (None, format!("not needed: vite.config has `noExternal: true` ({entry} is not built yet; look again when it is)"))
        }
        false => (
            Some(Vec::new()),
            format!("needed, those of production, as far as is known: {entry} is not built yet; build it and look again"),
        ),
    }
}

/// The port.
fn port(directory: &Path, manifest: &Manifest, settings: &Settings) -> (u16, String) {
    if let Some(port) = settings.server.port.filter(|port| *port != 0) {
        return (port, "`server.port` of ssr-host.toml".into());
    }
    let number = |text: &str| {
        let (before, after) = text.split_once("PORT=")?;
        let is_whole = !before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let digits: String = after.trim_start_matches(['"', '\'']).chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u16>().ok().filter(|port| is_whole && *port != 0)
    };
    let of_script = || {
        ["start", "serve", "preview"]
            .iter()
            .find_map(|name| Some((number(manifest.script(name)?)?, format!("PORT in the script `{name}`"))))
    };
    let of_example = || {
        let text = std::fs::read_to_string(directory.join(".env.example")).ok()?;
        let port = text.lines().filter(|line| !line.trim_start().starts_with('#')).find_map(number)?;
        Some((port, "PORT in .env.example".to_owned()))
    };
    of_script().or_else(of_example).unwrap_or((PORT, "nobody says another one".into()))
}

/// The app's own text: its sources, without which its bundle, where libraries speak too.
fn sources(directory: &Path, entry: &str) -> Vec<String> {
    let own = bundle::texts(&directory.join("src"), &["js", "mjs", "cjs", "ts", "mts", "svelte"]);
    if !own.is_empty() {
        return own;
    }
    let bundle = directory.join(entry);
    bundle::texts(if entry.contains('/') { bundle.parent().unwrap_or(&bundle) } else { &bundle }, &["js", "mjs", "cjs"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_of_workspaces() {
        let cases = [
            ("apps/*", "apps/web", true),
            ("apps/*", "apps/web/deep", false),
            ("apps/*", "packages/web", false),
            ("apps/**", "apps/web/deep", true),
            ("**", "anything", true),
            ("apps/web/", "apps/web", true),
            ("apps/web-*", "apps/web-shop", true),
            ("apps/web-*", "apps/web", false),
        ];
        for (glob, path, expected) in cases {
            assert_eq!(matches(glob, path), expected, "{glob} {path}");
        }
    }

    #[test]
    fn the_list_of_pnpm() {
        let text =
            "# of pnpm\npackages:\n  - 'apps/*'\n  # more\n  - \"packages/*\" # all\n\n  - '!**/test/**'\ncatalog:\n  - no\n";
        assert_eq!(listed(text), ["apps/*", "packages/*", "!**/test/**"]);
        assert_eq!(listed("packages:\n- examples/ssr\n"), ["examples/ssr"]);
        assert!(listed("onlyBuiltDependencies:\n  - esbuild\n").is_empty());
    }
}
