//! Environment variables as a source of settings: `SSR_HOST_HTTP_IDLE_TIMEOUT` is `http.idle_timeout`.
//!
//! An empty variable counts as unset, because some platforms cannot unset one.

use std::collections::BTreeMap;

use super::nearest::nearest;
use super::problem::Problems;
use super::settings::{self, Known};
use super::tree::{Origin, Table};
use super::word;
use crate::fly::Machine;

/// What the name of every variable of the host begins with.
pub(super) const PREFIX: &str = "SSR_HOST_";

/// The file's path, or `off`.
pub(super) const CONFIG: &str = "SSR_HOST_CONFIG";

/// Variables that are no settings: the last one is for the scripts that test the host.
const OTHERS: [&str; 3] = [CONFIG, "SSR_HOST_V8_FLAGS", "SSR_HOST_BIN"];

/// Names of former versions, without the prefix, and the settings they are now.
const RENAMED: [(&str, &str); 12] = [
    ("HOST", "server.host"),
    ("PORT", "server.port"),
    ("ISOLATES", "pool.isolates"),
    ("HEAP_LIMIT", "pool.heap_limit"),
    ("CPU_LIMIT", "pool.cpu_limit"),
    ("REQUEST_TIMEOUT", "pool.request_timeout"),
    ("QUEUE", "pool.queue"),
    ("QUEUE_TIMEOUT", "pool.queue_timeout"),
    ("IN_FLIGHT", "pool.in_flight"),
    ("RECYCLE_REQUESTS", "pool.recycle_requests"),
    ("RECYCLE_AGE", "pool.recycle_age"),
    ("CODE_CACHE", "pool.code_cache"),
];

/// The variables of a process, without the empty ones.
#[derive(Debug, Clone, Default)]
pub(super) struct Environment(BTreeMap<String, String>);

impl Environment {
    /// Those of this process.
    pub(super) fn of_process() -> Environment {
        let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
        std::env::vars_os().map(|(name, value)| (text(name), text(value))).collect()
    }

    /// Looks one up.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The machine of Fly.io that it tells of.
    pub(super) fn fly_machine(&self) -> Machine {
        let get = |name| self.get(name).map(str::to_owned);
        Machine {
            app: get("FLY_APP_NAME"),
            region: get("FLY_REGION"),
            id: get("FLY_MACHINE_ID"),
            image: get("FLY_IMAGE_REF"),
            primary_region: get("PRIMARY_REGION"),
        }
    }

    /// The settings in it.
    pub(super) fn settings(&self, problems: &mut Problems) -> Table {
        let known: BTreeMap<String, Known> = settings::all().into_iter().map(|known| (known.variable(), known)).collect();
        let mut table = Table::default();
        for (name, text) in self.0.iter().filter(|(name, text)| name.starts_with(PREFIX) && !is_of_kubernetes(name, text)) {
            let found = known.get(name).map(|known| (known.path.as_str(), known.field.shape));
            let short = || settings::SHORT.iter().find(|(short, _)| *name == variable(short));
            let found = found.or_else(|| short().map(|(_, path)| (*path, super::setting::Shape::Value)));
            match found {
                Some((path, shape)) => {
                    let origin = Origin::Variable { name: name.as_str().into(), path: path.into() };
                    match word::read(text, shape, &origin) {
                        Ok(value) => table.set_at(&path.split('.').collect::<Vec<_>>(), value),
                        Err(wrong) => drop(problems.about(path, &origin, wrong)),
                    }
                }
                None if OTHERS.contains(&name.as_str()) => {}
                None => unknown(name, known.keys(), problems),
            }
        }
        table
    }
}

impl FromIterator<(String, String)> for Environment {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(variables: I) -> Environment {
        Environment(variables.into_iter().filter(|(_, value)| !value.is_empty()).collect())
    }
}

/// The variable of a path.
fn variable(path: &str) -> String {
    format!("{PREFIX}{}", path.replace('.', "_").to_ascii_uppercase())
}

fn unknown<'a>(name: &str, known: impl Iterator<Item = &'a String>, problems: &mut Problems) {
    let key = name.trim_start_matches(PREFIX);
    let origin = Origin::Variable { name: name.into(), path: name.into() };
    if let Some((_, path)) = RENAMED.iter().find(|(old, _)| *old == key) {
        problems.add(&origin, format!("{name} is now {}", variable(path)));
        return;
    }
    let problem = problems.add(&origin, format!("{name} is unknown"));
    let elsewhere = settings::elsewhere(&key.to_ascii_lowercase()).map(|path| variable(&path));
    // The same key in another section is more likely meant than a name that has other letters.
    let short: Vec<_> = settings::SHORT.iter().map(|(short, _)| variable(short)).collect();
    let all: Vec<&str> = known.map(String::as_str).chain(OTHERS).collect();
    let all = || all.iter().copied().chain(short.iter().map(String::as_str));
    let near = || nearest(name, all()).filter(|near| is_near(name, near)).map(str::to_owned);
    match elsewhere.or_else(near) {
        Some(near) => problem.hint(format!("did you mean {near}?")),
        None => problem.hint("`ssr-host config --default` lists every setting; its variable is SSR_HOST_<SECTION>_<KEY>"),
    }
}

/// Whether two names differ in few letters of what they do not share anyway.
fn is_near(name: &str, near: &str) -> bool {
    nearest(name.trim_start_matches(PREFIX), [near.trim_start_matches(PREFIX)]).is_some()
}

/// Kubernetes gives every container variables for each service of its namespace, and somebody's may be called `ssr-host`:
/// SSR_HOST_SERVICE_HOST, SSR_HOST_PORT_3000_TCP_ADDR, and SSR_HOST_PORT with a URL.
fn is_of_kubernetes(name: &str, value: &str) -> bool {
    let name = name.trim_start_matches(PREFIX.trim_end_matches('_'));
    let of_port = || {
        let (_, rest) = name.split_once("_PORT_")?;
        let (port, protocol) = rest.split_once('_')?;
        Some(port.parse::<u16>().is_ok() && ["TCP", "UDP", "SCTP"].iter().any(|known| protocol.starts_with(known)))
    };
    let url = ["tcp://", "udp://", "sctp://"].iter().any(|scheme| value.starts_with(scheme));
    name.ends_with("_SERVICE_HOST")
        || name.contains("_SERVICE_PORT")
        || (name.ends_with("_PORT") && url)
        || of_port().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> (Table, String) {
        let mut problems = Problems::default();
        let environment: Environment = variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let table = environment.settings(&mut problems);
        (table, problems.into_result().map_or_else(|error| error.to_string(), |()| String::new()))
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = settings::all().iter().map(Known::variable).chain(OTHERS.map(str::to_owned)).collect();
        names.sort();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn renamed_and_unknown_ones_say_the_name() {
        let cases = [
            ("SSR_HOST_HEAP_LIMIT", "SSR_HOST_HEAP_LIMIT is now SSR_HOST_POOL_HEAP_LIMIT"),
            ("SSR_HOST_CODE_CACHE", "SSR_HOST_CODE_CACHE is now SSR_HOST_POOL_CODE_CACHE"),
            ("SSR_HOST_POOL_QEUE", "SSR_HOST_POOL_QEUE is unknown\n  hint: did you mean SSR_HOST_POOL_QUEUE?"),
            ("SSR_HOST_LOGS", "SSR_HOST_LOGS is unknown\n  hint: did you mean SSR_HOST_LOG?"),
            ("SSR_HOST_IDLE_TIMEOUT", "SSR_HOST_IDLE_TIMEOUT is unknown\n  hint: did you mean SSR_HOST_HTTP_IDLE_TIMEOUT?"),
            ("SSR_HOST_COLOUR", "SSR_HOST_COLOUR is unknown\n  hint: `ssr-host config --default` lists every setting"),
        ];
        for (name, expected) in cases {
            let problems = read(&[(name, "1")]).1;
            assert!(problems.starts_with(expected), "{problems}");
        }
        let ignored = [
            ("SSR_HOST_CONFIG", "off"),
            ("SSR_HOST_HEAP_LIMIT", ""),
            ("SSR_HOST_SERVICE_HOST", "10.0.0.1"),
            ("SSR_HOST_SERVICE_PORT_HTTP", "80"),
            ("SSR_HOST_PORT", "tcp://10.0.0.1:80"),
            ("SSR_HOST_PORT_80_TCP", "tcp://10.0.0.1:80"),
            ("SSR_HOST_PORT_80_TCP_ADDR", "10.0.0.1"),
            ("OTHER", "1"),
        ];
        assert_eq!(read(&ignored), (Table::default(), String::new()));
    }

    #[test]
    fn lists_and_tables() {
        let (table, problems) = read(&[
            ("SSR_HOST_CORS_ORIGINS", "https://a.example, https://b.example"),
            ("SSR_HOST_CORS_METHODS", "[\"GET\"]"),
            ("SSR_HOST_RATE_LIMIT", "[{ max = 1 }]"),
            ("SSR_HOST_CSP_DIRECTIVES", "{ img-src"),
            ("SSR_HOST_TRUST", "fly"),
        ]);
        assert!(
            problems.starts_with("SSR_HOST_CSP_DIRECTIVES is `{ img-src`: expected a table such as `{ … }` in TOML ("),
            "{problems}"
        );
        let found = |path| table.find(path).map(super::super::tree::Value::shown);
        assert_eq!(found("cors.origins[1]").as_deref(), Some("https://b.example"));
        assert_eq!(found("cors.methods[0]").as_deref(), Some("GET"));
        assert_eq!(found("rate_limit[0].max").as_deref(), Some("1"));
        assert_eq!(found("trust.preset").as_deref(), Some("fly"));
    }
}
