//! The command line as a source of settings: `--set section.key=value`, and shorter options for what is set most.

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::nearest::nearest;
use super::problem::Problems;
use super::setting::{Fallback, Shape};
use super::settings::{self, Known};
use super::tree::{Origin, Table, Value};
use super::word;

/// Options that stand for a setting.
const SHORTHANDS: [(&str, &str); 13] = [
    ("host", "server.host"),
    ("port", "server.port"),
    ("isolates", "pool.isolates"),
    ("heap-limit", "pool.heap_limit"),
    ("cpu-limit", "pool.cpu_limit"),
    ("request-timeout", "pool.request_timeout"),
    ("queue", "pool.queue"),
    ("queue-timeout", "pool.queue_timeout"),
    ("in-flight", "pool.in_flight"),
    ("recycle-requests", "pool.recycle_requests"),
    ("recycle-age", "pool.recycle_age"),
    ("code-cache", "pool.code_cache"),
    ("shutdown-timeout", "shutdown.timeout"),
];

/// What the command line says about settings, as written.
#[derive(Debug, Default)]
pub(super) struct Flags {
    /// `--config`.
    pub config: Option<String>,
    shorthands: Vec<(&'static str, String)>,
    set: Vec<String>,
}

impl Flags {
    /// Nothing but `--config`.
    pub(super) fn with_config(config: Option<String>) -> Flags {
        Flags { config, ..Flags::default() }
    }

    /// The same for one isolate, whatever else is said of their number.
    pub(super) fn with_one_isolate(mut self) -> Flags {
        self.set.push("pool.isolates=1".into());
        self
    }

    /// The settings in it; the last one holds.
    pub(super) fn settings(&self, problems: &mut Problems) -> Table {
        let mut table = Table::default();
        for (name, text) in &self.shorthands {
            let Some((_, path)) = SHORTHANDS.iter().find(|(known, _)| known == name) else { continue };
            set(&mut table, &format!("--{name}"), path, text, problems);
        }
        for pair in &self.set {
            match pair.split_once('=') {
                Some((path, text)) => set(&mut table, &format!("--set {}", path.trim()), path.trim(), text, problems),
                None => {
                    let origin = Origin::Flag { name: "--set".into(), path: "".into() };
                    let problem = problems.add(&origin, format!("`--set {pair}` has no `=`: expected `section.key=value`"));
                    problem.hint("for instance `--set http.idle_timeout=72s`");
                }
            }
        }
        table
    }
}

fn set(table: &mut Table, name: &str, path: &str, word: &str, problems: &mut Problems) {
    let short = settings::SHORT.iter().find(|(short, _)| *short == path);
    let path = short.map_or(path, |(_, path)| path);
    let origin = Origin::Flag { name: name.into(), path: path.into() };
    let Some((steps, shape)) = steps(path) else {
        return unknown(name, path, &origin, problems);
    };
    match word::read(word, shape, &origin) {
        Ok(value) => table.set_at(&steps, value),
        Err(wrong) => drop(problems.about(path, &origin, wrong)),
    }
}

/// The keys of a path, and what stands there. In a table of names the rest is the name: `csp.directives.img-src`.
fn steps(path: &str) -> Option<(Vec<&str>, Shape)> {
    let within = |known: &Known| path.strip_prefix(known.path.as_str()).is_some_and(|rest| rest.starts_with('.'));
    let known = settings::all().into_iter().find(|known| known.path == path || within(known))?;
    let mut steps: Vec<&str> = path[..known.path.len()].split('.').collect();
    if known.path == path {
        return Some((steps, known.field.shape));
    }
    steps.push(&path[known.path.len() + 1..]);
    // What a name is given may be a list; it is one word here and split by its own type.
    matches!(known.field.shape, Shape::Map).then_some((steps, Shape::Value))
}

fn unknown(name: &str, path: &str, origin: &Origin, problems: &mut Problems) {
    let known = settings::all();
    let problem = problems.add(origin, format!("`{name}` is unknown"));
    let near = nearest(path, known.iter().map(|known| known.path.as_str())).map(str::to_owned);
    let key = path.rsplit('.').next().unwrap_or(path);
    let is_section = known.iter().any(|known| known.path.split('.').next() == Some(path));
    match near.or_else(|| settings::elsewhere(key)) {
        _ if is_section => problem.hint(format!("that is a section: `--set {path}.KEY=VALUE`")),
        Some(near) => problem.hint(format!("did you mean `{near}`?")),
        None => problem.hint("`ssr-host config --default` lists every setting"),
    }
}

/// Made from the declarations, so that a setting is described once.
impl clap::Args for Flags {
    fn augment_args(command: Command) -> Command {
        let known = settings::all();
        let shorthand = |(name, path): (&'static str, &str)| {
            let known = known.iter().find(|known| known.path == path);
            let help = known.map(help).unwrap_or_default();
            Arg::new(name).long(name).help(help).value_name(if name == "code-cache" { "DIR" } else { "VALUE" })
        };
        let config = Arg::new("config").long("config").value_name("FILE").help(
            "Configuration file, or `off` for none. Without it: `ssr-host.toml` in the current directory, else beside the app's package.json \
             [env: SSR_HOST_CONFIG]",
        );
        let set = Arg::new("set")
            .long("set")
            .value_name("SECTION.KEY=VALUE")
            .action(ArgAction::Append)
            .help("Any setting, such as `http.idle_timeout=72s`; may be repeated. `ssr-host config --default` lists them");
        command.args([config, set]).args(SHORTHANDS.map(shorthand))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl clap::FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let one = |name: &str| matches.get_one::<String>(name).cloned();
        let given = SHORTHANDS.iter().filter_map(|(name, _)| Some((*name, one(name)?)));
        let set = matches.get_many::<String>("set").into_iter().flatten().cloned();
        Ok(Flags { config: one("config"), shorthands: given.collect(), set: set.collect() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn help(known: &Known) -> String {
    let default = match known.field.fallback {
        Fallback::Unset(text) | Fallback::Computed(text) => text.to_owned(),
        Fallback::Value(_) => known.field.fallback.value().as_ref().map(Value::shown).unwrap_or_default(),
        Fallback::Required => String::new(),
    };
    format!("{} [default: {default}] [env: {}]", known.field.doc().trim_end_matches('.'), known.variable())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(set: &[&str]) -> (Table, String) {
        let flags = Flags { set: set.iter().map(|pair| (*pair).to_owned()).collect(), ..Flags::default() };
        let mut problems = Problems::default();
        let table = flags.settings(&mut problems);
        (table, problems.into_result().map_or_else(|error| error.to_string(), |()| String::new()))
    }

    #[test]
    fn shorthands_are_settings() {
        for (name, path) in SHORTHANDS {
            assert!(settings::all().iter().any(|known| known.path == path), "--{name}");
        }
    }

    #[test]
    fn any_setting_can_be_set() {
        let (table, problems) = read(&[
            "http.idle_timeout=1s",
            "http.idle_timeout=2s",
            "trust=fly",
            "security_headers.extra.x-a=b=c",
            "trust.peers=loopback,unix",
        ]);
        assert_eq!(problems, "");
        let shown = ["http.idle_timeout", "trust.preset", "security_headers.extra.x-a", "trust.peers[1]"]
            .map(|path| table.find(path).map(Value::shown).unwrap_or_default());
        assert_eq!(shown, ["2s", "fly", "b=c", "unix"]);
    }

    #[test]
    fn unknown_ones_are_told() {
        let problems = read(&["http={}", "pool.qeue=1", "idle_timeout=1", "pool", "x.y=1"]).1;
        let expected = [
            "`--set pool` has no `=`: expected `section.key=value`",
            "`--set http` is unknown\n  hint: that is a section: `--set http.KEY=VALUE`",
            "`--set idle_timeout` is unknown\n  hint: did you mean `http.idle_timeout`?",
            "`--set pool.qeue` is unknown\n  hint: did you mean `pool.queue`?",
            "`--set x.y` is unknown\n  hint: `ssr-host config --default` lists every setting",
        ];
        for part in expected {
            assert!(problems.contains(part), "no `{part}` in\n{problems}");
        }
    }
}
