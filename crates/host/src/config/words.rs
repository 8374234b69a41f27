//! What an image is started with: the words of its ENTRYPOINT and those that somebody adds (`docker run IMAGE words`, `release_command` and
//! `[processes]` of a fly.toml), in one command line.
//!
//! Whoever adds words does not know what the ENTRYPOINT says already. So a file or a command in the place of an argument is what is meant, and the
//! entry before it is not: `ssr-host dist/server/index.js run dist/migrate.js` is `ssr-host run dist/migrate.js`.

use std::ffi::OsString;
use std::path::Path;

use anyhow::bail;
use clap::{Command, CommandFactory as _};

use super::args::Args;
use crate::run::Program;

/// The rule, for `--help`.
pub(super) const HELP: &str = "\
A command or a file after ENTRY takes its place, with all words that follow: `ssr-host ENTRY run FILE`, `ssr-host ENTRY FILE ARGS`. So whatever an \
image is told to run is run, also when its ENTRYPOINT names the app. A file in this place is run as by `run`. Arguments for the app itself come after `--`. \
ENTRY may be a program that is no JavaScript, which is executed.";

/// Brings the words into the form that is read. The first one is the program.
///
/// # Errors
/// A word after the entry is neither a command nor a file.
pub(super) fn arrange(mut words: Vec<OsString>) -> anyhow::Result<Vec<OsString>> {
    let command = Args::command();
    // `ssr-host dist/server/index.js` for an image whose ENTRYPOINT is `ssr-host`.
    if words.get(1).is_some_and(|word| word == command.get_name() && !Path::new(word).is_file()) {
        words.remove(1);
    }
    let Some(mut entry) = next(&command, &words, 1) else { return Ok(words) };
    if is_command(&command, &words[entry]) {
        let serves = words[entry] == "serve";
        match next(&command, &words, entry + 1).filter(|_| serves) {
            Some(after) => entry = after,
            None => return Ok(words),
        }
    }
    if Program::is_at(Path::new(&words[entry])) {
        return Ok(run(&words, entry));
    }
    let Some(added) = next(&command, &words, entry + 1) else { return Ok(words) };
    let (word, before) = (&words[added], words[entry].display());
    if is_command(&command, word) {
        return Ok([&words[..1], &words[added..]].concat());
    }
    if Path::new(word).is_file() {
        return Ok(run(&words, added));
    }
    bail!(
        "`{}` after `{before}` is neither a command of ssr-host nor a file\n  hint: the app's own arguments go after `--`: `ssr-host {before} -- {}`",
        word.display(),
        word.display()
    )
}

/// `run` for the word in this place and all that follow.
fn run(words: &[OsString], from: usize) -> Vec<OsString> {
    [&words[..1], &["run".into()], &words[from..]].concat()
}

/// The next word that is neither an option nor the value of one; none behind `--` or an option that nobody knows.
fn next(command: &Command, words: &[OsString], mut from: usize) -> Option<usize> {
    loop {
        let word = words.get(from)?.to_string_lossy();
        let Some(option) = word.strip_prefix('-') else { return Some(from) };
        if word == "--" {
            return None;
        }
        let (name, has_value) = match option.strip_prefix('-')?.split_once('=') {
            Some((name, _)) => (name.to_owned(), true),
            None => (option.trim_start_matches('-').to_owned(), false),
        };
        let known = command.get_arguments().find(|known| known.get_long() == Some(name.as_str()))?;
        from += if !has_value && known.get_action().takes_values() { 2 } else { 1 };
    }
}

fn is_command(command: &Command, word: &OsString) -> bool {
    word.to_str().is_some_and(|word| word == "help" || command.find_subcommand(word).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arranged(words: &str) -> Result<String, String> {
        let words = words.split_whitespace().map(OsString::from).collect();
        let arranged = arrange(words).map_err(|error| error.to_string())?;
        Ok(arranged.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" "))
    }

    /// Files of this crate stand for modules.
    #[test]
    fn what_is_added_takes_the_place_of_the_entry() {
        let cases = [
            ("ssr-host src/lib.rs run src/main.rs --now", "ssr-host run src/main.rs --now"),
            ("ssr-host src/lib.rs src/main.rs --port 1", "ssr-host run src/main.rs --port 1"),
            ("ssr-host serve src/lib.rs src/main.rs", "ssr-host run src/main.rs"),
            ("ssr-host --port 80 --set=a=b src/lib.rs --host ::1 check x.js", "ssr-host check x.js"),
            ("ssr-host missing.js healthcheck", "ssr-host healthcheck"),
            ("ssr-host /bin/sh -c true", "ssr-host run /bin/sh -c true"),
            ("ssr-host src/lib.rs /bin/sh -c true", "ssr-host run /bin/sh -c true"),
            ("ssr-host ssr-host run src/lib.rs", "ssr-host run src/lib.rs"),
        ];
        for (words, expected) in cases {
            assert_eq!(arranged(words).as_deref(), Ok(expected), "{words}");
        }
    }

    #[test]
    fn everything_else_stays() {
        let cases = [
            "ssr-host",
            "ssr-host src/lib.rs",
            "ssr-host src/lib.rs -- run src/main.rs",
            "ssr-host --port 80 src/lib.rs --host ::1",
            "ssr-host src/lib.rs --unknown src/main.rs",
            "ssr-host run src/lib.rs src/main.rs",
            "ssr-host run-js src/lib.rs check",
            "ssr-host check src/lib.rs",
            "ssr-host serve",
            "ssr-host --version",
            "ssr-host help run",
        ];
        for words in cases {
            assert_eq!(arranged(words).as_deref(), Ok(words));
        }
    }

    #[test]
    fn a_word_that_is_neither_is_told() {
        let error = arranged("ssr-host src/lib.rs --port 80 staging").unwrap_err();
        assert!(error.starts_with("`staging` after `src/lib.rs` is neither a command of ssr-host nor a file"), "{error}");
        assert!(error.contains("`ssr-host src/lib.rs -- staging`"), "{error}");
    }
}
