//! The package manager: which one, which version, and its commands.

use std::path::{Path, PathBuf};

use anyhow::bail;

use super::manifest::Manifest;

/// What is written into a Dockerfile for one of them.
#[derive(Debug)]
struct Kind {
    name: &'static str,
    /// Its lock files, the newest form first.
    locks: &'static [&'static str],
    /// Files that decide what is installed, where there are some.
    also: &'static str,
    /// What it has downloaded.
    cache: &'static str,
    install: &'static str,
    /// Leaves what is needed in production, after everything was installed.
    prune: &'static str,
    /// Version when nothing says one; none: that of the Node image.
    default: Option<&'static str>,
}

static KINDS: [Kind; 4] = [
    Kind {
        name: "npm",
        locks: &["package-lock.json", "npm-shrinkwrap.json"],
        also: ".npmrc*",
        cache: "/root/.npm",
        install: "npm ci",
        prune: "npm prune --omit=dev",
        default: None,
    },
    Kind {
        name: "pnpm",
        locks: &["pnpm-lock.yaml"],
        also: ".npmrc* pnpm-workspace.yaml* .pnpmfile.cjs*",
        cache: "/pnpm/store",
        install: "pnpm install --frozen-lockfile --store-dir /pnpm/store",
        prune: "pnpm prune --prod",
        default: Some("9"),
    },
    Kind {
        name: "yarn",
        locks: &["yarn.lock"],
        also: ".npmrc* .yarnrc*",
        cache: "/usr/local/share/.cache/yarn",
        install: "yarn install --frozen-lockfile",
        prune: "yarn install --frozen-lockfile --production --ignore-scripts",
        default: None,
    },
    Kind {
        name: "bun",
        locks: &["bun.lock", "bun.lockb"],
        also: ".npmrc* bunfig.toml*",
        cache: "/root/.bun/install/cache",
        install: "bun install --frozen-lockfile",
        prune: "rm -rf node_modules && bun install --frozen-lockfile --production --ignore-scripts",
        default: Some("1"),
    },
];

/// Yarn from version 2 on, which has other words for the same.
static BERRY: Kind = Kind {
    name: "yarn",
    locks: &["yarn.lock"],
    also: "",
    cache: "/root/.yarn/berry/cache",
    install: "yarn install --immutable",
    prune: "yarn workspaces focus --production",
    default: Some("4"),
};

/// The one of an app.
#[derive(Debug)]
pub(super) struct Manager {
    kind: &'static Kind,
    /// As it is named to npm, such as `9.1.0`; `None`: what comes with Node.
    version: Option<String>,
    /// The file that it locks versions in.
    pub lock: PathBuf,
    /// How this is known.
    pub why: String,
}

impl Manager {
    /// Finds it by `packageManager` and the lock files: those in `directory`, else those in `root`.
    ///
    /// # Errors
    /// There is no lock file, or several and nothing says which one holds.
    pub(super) fn of(manifests: &[&Manifest], directory: &Path, root: &Path) -> anyhow::Result<Manager> {
        let named = manifests.iter().find_map(|manifest| manifest.text("packageManager"));
        let said = named
            .and_then(|text| text.split_once('@'))
            .map(|(name, version)| (name, version.split('+').next().unwrap_or(version)));
        let known = |(name, _): (&str, &str)| KINDS.iter().any(|kind| kind.name == name);
        if let (Some(text), false) = (named, said.is_some_and(known)) {
            bail!("`packageManager` is `{text}`: expected npm, pnpm, yarn or bun with a version, such as `pnpm@9.15.0`");
        }
        let in_directory = |directory: &Path| -> Vec<(&'static Kind, PathBuf)> {
            let of = |kind: &'static Kind| {
                kind.locks.iter().map(|lock| directory.join(lock)).find(|lock| lock.is_file()).map(|lock| (kind, lock))
            };
            KINDS.iter().filter_map(of).collect()
        };
        let mut locks = in_directory(directory);
        if locks.is_empty() {
            locks = in_directory(root);
        }
        if let Some((name, _)) = said {
            locks.retain(|(kind, _)| kind.name == name);
        }
        let place = crate::relative(root).display().to_string();
        let place = if place.is_empty() { "this directory".to_owned() } else { format!("`{place}`") };
        let (kind, lock) = match &locks[..] {
            [one] => one.clone(),
            [] => {
                let (name, expected) = match said {
                    Some((name, _)) => (name, format!("the one of {name}, as `packageManager` says")),
                    None => ("npm", "package-lock.json, pnpm-lock.yaml, yarn.lock or bun.lock".to_owned()),
                };
                bail!(
                    "there is no lock file in {place}: expected {expected}\n  hint: `{name} install` makes it; without one each build has other versions"
                )
            }
            several => {
                let names: Vec<_> =
                    several.iter().map(|(_, lock)| lock.file_name().unwrap_or_default().to_string_lossy()).collect();
                bail!(
                    "there are several lock files in {place}: {}\n  hint: remove those that do not hold, or say which does: \"packageManager\": \"{}@…\" in \
                     package.json",
                    names.join(", "),
                    several[0].0.name
                )
            }
        };
        Ok(Manager::locked(kind, lock, said.map(|(_, version)| version)))
    }

    fn locked(kind: &'static Kind, lock: PathBuf, said: Option<&str>) -> Manager {
        let head: String =
            std::fs::read_to_string(&lock).unwrap_or_default().lines().take(8).map(|line| format!("{line}\n")).collect();
        let berry =
            kind.name == "yarn" && (head.contains("__metadata:") || said.is_some_and(|version| !version.starts_with("1.")));
        let kind = if berry { &BERRY } else { kind };
        let name = lock.file_name().unwrap_or_default().to_string_lossy();
        let (version, why) = match said {
            Some(version) => (Some(version.to_owned()), format!("{name}, `packageManager`")),
            None => (by_lock(kind.name, &head).or(kind.default).map(str::to_owned), name.into_owned()),
        };
        // The one of the image is as good, and needs no download.
        let version = version.filter(|_| kind.name != "npm" || said.is_some());
        Manager { kind, version, lock, why }
    }

    fn is_berry(&self) -> bool {
        std::ptr::eq(self.kind, &raw const BERRY)
    }

    /// Name and version.
    pub(super) fn shown(&self) -> String {
        match &self.version {
            Some(version) => format!("{} {version}", self.kind.name),
            None => format!("{}, the version that comes with Node", self.kind.name),
        }
    }

    /// The line of a Dockerfile that brings it into the image of Node, which has npm and Yarn 1.
    pub(super) fn setup(&self) -> String {
        match (&self.version, self.is_berry()) {
            (Some(version), true) => {
                format!("RUN npm install -g corepack@0.34 && corepack enable && corepack prepare yarn@{version} --activate")
            }
            (Some(version), false) if self.kind.name == "yarn" => format!("RUN npm install -g --force yarn@{version}"),
            (Some(version), false) => format!("RUN npm install -g {}@{version}", self.kind.name),
            (None, _) => String::new(),
        }
    }

    /// The lines that install what the lock file says.
    pub(super) fn install(&self, is_workspace: bool) -> String {
        let Kind { also, cache, install, .. } = self.kind;
        let mount = format!("RUN --mount=type=cache,target={cache}");
        let lock = self.lock.file_name().unwrap_or_default().to_string_lossy();
        match (is_workspace, self.kind.name) {
            // Its own program and plug-ins may be among the files.
            (_, "yarn") if self.is_berry() => format!("COPY . .\n{mount} \\\n    {install}"),
            (false, _) => format!("COPY package.json {lock} {also} ./\n{mount} \\\n    {install}\nCOPY . ."),
            // What it downloads depends on the lock file only, not on the manifests of all packages.
            (true, "pnpm") => format!(
                "COPY {lock} pnpm-workspace.yaml .npmrc* .pnpmfile.cjs* ./\n{mount} \\\n    pnpm fetch --store-dir /pnpm/store\nCOPY . .\n{mount} \\\n    {install} --prefer-offline"
            ),
            (true, _) => format!("COPY . .\n{mount} \\\n    {install}"),
        }
    }

    /// Runs a script of the app.
    pub(super) fn run(&self, script: &str) -> String {
        format!("{} run {script}", self.kind.name)
    }

    /// The lines that build what the app needs of its workspace.
    pub(super) fn build_others(&self) -> String {
        match self.kind.name {
            "pnpm" => "# The packages of the workspace that the app needs, in their order.\nRUN pnpm --filter \"{./${APP_DIR}}^...\" run --if-present build".into(),
            name => format!("# Packages of the workspace that have to be built go first, such as: RUN {name} run build --workspace packages/core"),
        }
    }

    /// The lines that leave the packages of production in a directory, and that directory.
    pub(super) fn prune(&self, is_workspace: bool) -> (String, &'static str) {
        let Kind { prune, cache, .. } = self.kind;
        let mount = format!("RUN --mount=type=cache,target={cache}");
        if !is_workspace {
            return (format!("{mount} \\\n    {prune}"), "/src/node_modules");
        }
        if self.kind.name == "pnpm" {
            let is_old = self
                .version
                .as_deref()
                .and_then(|version| version.split('.').next()?.parse().ok())
                .is_some_and(|major: u32| major < 10);
            let legacy = if is_old { "" } else { " --legacy" };
            let deploy = format!("pnpm --filter \"./${{APP_DIR}}\" deploy --prod{legacy} --store-dir /pnpm/store /prod");
            return (format!("WORKDIR /src\n{mount} \\\n    {deploy}"), "/prod/node_modules");
        }
        let copy = "mkdir /prod && cp -rL node_modules /prod/ \\\n    && if [ -d \"${APP_DIR}/node_modules\" ]; then cp -rL \"${APP_DIR}/node_modules/.\" /prod/node_modules/; fi";
        // Packages of the workspace are links, which lead nowhere in the image.
        (format!("WORKDIR /src\n{mount} \\\n    {prune} \\\n    && {copy}"), "/prod/node_modules")
    }
}

/// The version that made a lock file, as far as it tells.
fn by_lock(name: &str, head: &str) -> Option<&'static str> {
    let version = head.lines().find_map(|line| line.strip_prefix("lockfileVersion:"))?.trim().trim_matches(['\'', '"']);
    match (name, version.split('.').next()?) {
        ("pnpm", "9") => Some("9"),
        ("pnpm", "6") => Some("8"),
        ("pnpm", "5") => Some("7"),
        _ => None,
    }
}
