//! Every setting with its default and what it is for: the commented file, and docs/CONFIGURATION.md.

use std::fmt::Write as _;

use super::declare::Fields as _;
use super::setting::{Fallback, Field, Shape};
use super::settings::Settings;
use super::text;
use super::tree::Data;

/// Characters of a line of comment.
const WIDTH: usize = 110;

const FILE_INTRO: &str = "\
# ssr-host.toml: every setting with its default. A line that begins with `#` and no space is a setting: remove the `#` to change it.
# Which value holds: the command line, then the environment (SSR_HOST_<SECTION>_<KEY>), then this file, then the default.
";

/// A file with every setting commented out.
pub(super) fn file() -> String {
    let mut text = FILE_INTRO.to_owned();
    for section in Settings::fields() {
        text.push('\n');
        comment(&mut text, &section.doc());
        match section.shape {
            Shape::Table(fields) => {
                let _ = writeln!(text, "[{}]", section.key);
                settings(&mut text, section.key, &fields());
            }
            Shape::Tables(fields) => example(&mut text, section.key, &fields()),
            _ => {}
        }
    }
    text
}

/// The settings of a section, and then the tables in it.
fn settings(text: &mut String, path: &str, fields: &[Field]) {
    let is_table = |field: &&Field| map(field).is_some() || matches!(field.shape, Shape::Table(_));
    for field in fields.iter().filter(|field| !is_table(field)) {
        comment(text, &field.doc());
        match (field.shape, field.fallback) {
            (Shape::Tables(fields), _) => {
                let keys = fields().into_iter().map(|field| format!("`{}`: {}", field.key, field.doc()));
                comment(text, &format!("Each is a table. {}", keys.collect::<Vec<_>>().join(" ")));
                let _ = writeln!(text, "#{} = []", field.key);
            }
            (_, Fallback::Value(_)) => {
                let _ = writeln!(text, "#{} = {}", field.key, default(field));
            }
            (_, Fallback::Unset(words) | Fallback::Computed(words)) => {
                let _ = writeln!(text, "# {} = …    ({}; default: {words})", field.key, field.expected);
            }
            (_, Fallback::Required) => {}
        }
        text.push('\n');
    }
    for (field, entries) in fields.iter().filter_map(|field| Some((field, map(field)?))) {
        comment(text, &field.doc());
        let _ = writeln!(text, "[{path}.{}]", field.key);
        for (key, value) in entries {
            let _ = writeln!(text, "#{key} = {value}");
        }
        text.push('\n');
    }
    for field in fields {
        let Shape::Table(fields) = field.shape else { continue };
        let path = format!("{path}.{}", field.key);
        comment(text, &field.doc());
        let _ = writeln!(text, "[{path}]");
        settings(text, &path, &fields());
        text.push('\n');
    }
    text.truncate(text.trim_end().len() + 1);
}

/// A section that is a list has nothing that holds by default: its keys, as a comment.
fn example(text: &mut String, key: &str, fields: &[Field]) {
    let _ = writeln!(text, "# [[{key}]]");
    for field in fields {
        let default = match field.fallback {
            Fallback::Value(_) => format!(" Default: {}", default(field)),
            Fallback::Unset(words) | Fallback::Computed(words) => format!(" Default: {words}"),
            Fallback::Required => " Required.".into(),
        };
        let _ = writeln!(text, "# {} = …  {} ({}){default}", field.key, field.doc(), field.expected);
    }
}

/// The entries of a table of names that is not empty by default, each as text.
fn map(field: &Field) -> Option<Vec<(String, String)>> {
    match (field.shape, field.fallback.value()?.data) {
        (Shape::Map, Data::Table(table)) if !table.entries().is_empty() => {
            let entry = |entry: &super::tree::Entry| (text::key(&entry.key), text::write(&entry.value.data));
            Some(table.entries().iter().map(entry).collect())
        }
        _ => None,
    }
}

/// The default as it would be written.
fn default(field: &Field) -> String {
    field.fallback.value().map(|value| text::write(&value.data)).unwrap_or_default()
}

/// Adds comment lines of words.
fn comment(text: &mut String, words: &str) {
    let mut line = String::from("#");
    for word in words.split_whitespace() {
        if line.chars().count() + word.chars().count() >= WIDTH {
            let _ = writeln!(text, "{line}");
            line = String::from("#");
        }
        line.push(' ');
        line.push_str(word);
    }
    let _ = writeln!(text, "{line}");
}

const PAGE_INTRO: &str = r#"# Configuration

Every setting has a default; `ssr-host server.js` needs no configuration. What is to be different stands in `ssr-host.toml`:

```toml
[http]
idle_timeout = "30s"

[[rate_limit]]
path = "/api/*"
max = 10
window = "60s"
```

    ssr-host config              # the values that hold, with the source of each; --json for programs
    ssr-host config --default    # a file with every setting, commented out
    ssr-host check               # the same checks as a start, without listening

## Which value holds

The first of: the command line, the environment, the file, the default. Tables are merged key by key, lists are replaced.

| Source | |
|---|---|
| Command line | `--set http.idle_timeout=30s` for any setting; `--port`, `--heap-limit` and others (`ssr-host --help`) for those set most |
| Environment | `SSR_HOST_<SECTION>_<KEY>`: `http.idle_timeout` is `SSR_HOST_HTTP_IDLE_TIMEOUT`. An empty variable counts as unset |
| File | `--config FILE`, else `SSR_HOST_CONFIG`; `off` means none. Without them `ssr-host.toml` in the current directory, else in the app's root (the nearest directory above the bundle with a package.json) |

`HOST` and `PORT` keep the meaning they have for the app: they hold where neither `[server]` nor the app's own `listen()` says anything.

Another variable: `SSR_HOST_V8_FLAGS` (for measuring).
A variable, section or key that does not exist is an error, and so is a value that does not fit. All of them are told at once, with their places.

## How values are written

- Durations have a unit: `"500ms"`, `"30s"`, `"5m"`, `"1h 30m"`. Sizes too: `"256MiB"` (`KiB`, `MiB`, `GiB`; `kB`, `MB`, `GB` count in thousands).
- In variables and on the command line there are no quotes: `SSR_HOST_POOL_HEAP_LIMIT=256MiB`.
- Lists there are separated by commas, or TOML: `SSR_HOST_TRUST_PEERS=10.0.0.0/8,loopback`. Tables are TOML:
  `SSR_HOST_RATE_LIMIT='[{ path = "/api/*", max = 10, window = "60s" }]'`.
- `false` takes back an optional setting that a source below has set: `SSR_HOST_POOL_RECYCLE_AGE=false`.
- A relative path in the file is meant from where the file is, elsewhere from the current directory.
- Path patterns: `/health` is that path, `/api/*` what is below it, `:id` one segment.
"#;

/// The page of documentation, in Markdown.
pub(super) fn page() -> String {
    let mut text = format!(
        "<!-- Made by `ssr-host config --markdown` of the declarations in crates/host/src/config/settings. -->\n{PAGE_INTRO}"
    );
    for section in Settings::fields() {
        match section.shape {
            Shape::Table(fields) => {
                let variable = section.key.to_ascii_uppercase();
                let _ = writeln!(text, "\n## [{}]\n\n{} Variables: `SSR_HOST_{variable}_…`.\n", section.key, section.doc());
                rows(&mut text, &fields());
                below(&mut text, section.key, &fields());
            }
            Shape::Tables(fields) => {
                let variable = section.key.to_ascii_uppercase();
                let _ = writeln!(text, "\n## [[{}]]\n\n{} Variable: `SSR_HOST_{variable}`.\n", section.key, section.doc());
                rows(&mut text, &fields());
            }
            _ => {}
        }
    }
    text
}

fn rows(text: &mut String, fields: &[Field]) {
    text.push_str("| Key | Value | Default | What it does |\n|---|---|---|---|\n");
    for field in fields {
        let default = match field.fallback {
            _ if map(field).is_some() || matches!(field.shape, Shape::Table(_)) => "see below".to_owned(),
            Fallback::Value(_) => format!("`{}`", default(field)),
            Fallback::Unset(words) | Fallback::Computed(words) => words.to_owned(),
            Fallback::Required => "required".to_owned(),
        };
        let (value, default, meaning) = (cell(&field.expected), cell(&default), cell(&field.doc()));
        let _ = writeln!(text, "| `{}` | {value} | {default} | {meaning} |", field.key);
    }
}

/// What does not fit in a row: tables, lists of them, and defaults of tables of names.
fn below(text: &mut String, section: &str, fields: &[Field]) {
    for field in fields {
        if let Shape::Tables(fields) = field.shape {
            let _ = writeln!(text, "\nEach of `{section}.{}`:\n", field.key);
            rows(text, &fields());
        }
        if let Shape::Table(fields) = field.shape {
            let _ = writeln!(text, "\nIn `[{section}.{}]`:\n", field.key);
            rows(text, &fields());
        }
        if let Some(entries) = map(field) {
            let _ = writeln!(text, "\nThe default of `{section}.{0}`:\n\n```toml\n[{section}.{0}]", field.key);
            for (key, value) in entries {
                let _ = writeln!(text, "{key} = {value}");
            }
            text.push_str("```\n");
        }
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
