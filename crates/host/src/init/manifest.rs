//! package.json: what is read of it, with errors that say where.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde_json::Value;

/// A package.json.
#[derive(Debug)]
pub(super) struct Manifest {
    /// Its file.
    pub path: PathBuf,
    value: Value,
}

impl Manifest {
    /// Reads the one in `directory`.
    ///
    /// # Errors
    /// It is missing, or no JSON object.
    pub(super) fn read(directory: &Path) -> anyhow::Result<Manifest> {
        let path = directory.join("package.json");
        let shown = crate::relative(&path).display().to_string();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                bail!("there is no `{shown}`\n  hint: run this in the directory of the app, or name it with --dir")
            }
            Err(error) => return Err(error).with_context(|| format!("cannot read `{shown}`")),
        };
        let value: Value = serde_json::from_str(&text).map_err(|error| {
            let what = error.to_string();
            let what = what.split(" at line").next().unwrap_or_default();
            anyhow::anyhow!("{shown}:{}:{}: not JSON: {what}", error.line(), error.column())
        })?;
        if !value.is_object() {
            bail!("{shown}: expected an object such as {{ \"name\": \"app\", \"scripts\": {{ … }} }}");
        }
        Ok(Manifest { path, value })
    }

    /// A text in it.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.value[key].as_str().filter(|text| !text.is_empty())
    }

    /// A script.
    pub(super) fn script(&self, name: &str) -> Option<&str> {
        self.value["scripts"][name].as_str()
    }

    /// All scripts.
    pub(super) fn scripts(&self) -> impl Iterator<Item = (&str, &str)> {
        let scripts = self.value["scripts"].as_object().into_iter().flatten();
        scripts.filter_map(|(name, script)| Some((name.as_str(), script.as_str()?)))
    }

    /// The scripts that build the app, in their order.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn build_scripts(&self) -> anyhow::Result<Vec<String>> {
        if self.script("build").is_some() {
            return Ok(vec!["build".into()]);
        }
        let parts = ["build:client", "build:server"];
        let found: Vec<String> = parts.iter().filter(|name| self.script(name).is_some()).map(|name| (*name).to_owned()).collect();
        if found.iter().any(|name| name == "build:server") {
            return Ok(found);
        }
        let names: Vec<_> = self.scripts().map(|(name, _)| format!("`{name}`")).collect();
        let there = if names.is_empty() { "there are no scripts".to_owned() } else { format!("there are {}", names.join(", ")) };
        bail!(
            "{}: no script builds the app ({there}): expected `build`, or `build:client` and `build:server`\n  hint: \"build\": \"vite build --outDir \
             dist/client && vite build --ssr src/server/index.ts --outDir dist/server\"",
            crate::relative(&self.path).display()
        )
    }

    /// The Node release to build with, and why.
    pub(super) fn node(&self, default: u32) -> (u32, String) {
        let Some(range) = self.value["engines"]["node"].as_str() else {
            return (default, "package.json has no `engines.node`".into());
        };
        // Of `^18 || >=20.19 <23` the highest that is not excluded.
        let words = range.split([' ', '|', ',']).filter(|word| !word.starts_with('<'));
        let major = |word: &str| {
            word.trim_start_matches(|c: char| !c.is_ascii_digit()).split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
        };
        let highest = words.filter_map(major).max();
        let why = format!("`engines.node` is `{range}`");
        highest.map_or((default, why.clone()), |major| (major, why))
    }

    /// Whether the app says that it needs this package, in production or to be built.
    pub(super) fn names(&self, package: &str) -> bool {
        ["dependencies", "optionalDependencies", "peerDependencies", "devDependencies"]
            .iter()
            .any(|key| self.value[key][package].is_string())
    }

    /// Whether there are workspaces below it.
    pub(super) fn has_workspaces(&self) -> bool {
        self.value.get("workspaces").is_some_and(|workspaces| workspaces.is_array() || workspaces.is_object())
    }

    /// The globs of its workspaces.
    pub(super) fn workspaces(&self) -> Vec<String> {
        let workspaces = &self.value["workspaces"];
        let list = workspaces.as_array().or_else(|| workspaces["packages"].as_array());
        list.into_iter().flatten().filter_map(|glob| glob.as_str().map(str::to_owned)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(value: Value) -> Manifest {
        Manifest { path: "package.json".into(), value }
    }

    #[test]
    fn the_highest_node_that_is_not_excluded() {
        let cases =
            [(">=20.19", 20), ("^18 || >=20.19 <23", 20), ("22.x", 22), ("v24.1.0", 24), (">= 20", 20), ("*", 22), ("<21", 22)];
        for (range, expected) in cases {
            assert_eq!(manifest(serde_json::json!({ "engines": { "node": range } })).node(22).0, expected, "{range}");
        }
        assert_eq!(manifest(serde_json::json!({})).node(22).0, 22);
    }

    #[test]
    fn scripts_that_build() {
        let of = |scripts: Value| {
            manifest(serde_json::json!({ "scripts": scripts })).build_scripts().map_err(|error| error.to_string())
        };
        assert_eq!(of(serde_json::json!({ "build": "a", "build:server": "b" })), Ok(vec!["build".to_owned()]));
        let both = Ok(vec!["build:client".to_owned(), "build:server".to_owned()]);
        assert_eq!(of(serde_json::json!({ "build:server": "b", "build:client": "a" })), both);
        for wrong in [serde_json::json!({}), serde_json::json!({ "build:client": "a" }), serde_json::json!({ "build": 1 })] {
            let error = of(wrong).unwrap_err();
            assert!(error.starts_with("package.json: no script builds the app (there are"), "{error}");
        }
    }
}
