//! Settings against each other and against the disk, after each was read for itself.

use std::fmt::Display;
use std::path::Path;

use super::super::problem::{Problem, Problems};
use super::super::setting::{Range, Reading, Setting};
use super::super::tree::{Origin, Table};
use super::{Admin, Cache, Csp, Dns, Fetch, Log, Proxy, RateLimit, Server, Tls, Trust, limiter, proxy};

/// Where the values were written, and what is wrong.
#[derive(Debug)]
pub(in crate::config) struct Checks<'a> {
    tree: &'a Table,
    problems: &'a mut Problems,
}

/// Checks what no setting can tell alone. Sections that could not be read are left out; the others are looked at all the same.
pub(in crate::config) fn all(tree: &Table, problems: &mut Problems) {
    let mut checks = Checks::new(tree, problems);
    if let Some(server) = checks.section::<Server>("server") {
        server.check(&mut checks);
    }
    if let Some(tls) = checks.section::<Tls>("tls") {
        tls.check(&mut checks);
    }
    if let Some(trust) = checks.section::<Trust>("trust") {
        trust.check(&mut checks);
    }
    if let Some(limits) = checks.section::<Vec<RateLimit>>("rate_limit") {
        limiter::check(&limits, &mut checks);
    }
    if let Some(csp) = checks.section::<Csp>("csp") {
        csp.check(&mut checks);
    }
    if let Some(cache) = checks.section::<Cache>("cache") {
        cache.check(&mut checks);
    }
    if let Some(routes) = checks.section::<Vec<Proxy>>("proxy") {
        proxy::check(&routes, &mut checks);
    }
    if let Some(fetch) = checks.section::<Fetch>("fetch") {
        fetch.check(&mut checks);
    }
    if let Some(dns) = checks.section::<Dns>("dns") {
        dns.check(&mut checks);
    }
    if let Some(log) = checks.section::<Log>("log") {
        log.check(&mut checks);
    }
    if let Some(admin) = checks.section::<Admin>("admin") {
        admin.check(&mut checks);
    }
}

impl<'a> Checks<'a> {
    /// `tree`: what the settings were read from.
    pub(in crate::config) fn new(tree: &'a Table, problems: &'a mut Problems) -> Checks<'a> {
        Checks { tree, problems }
    }

    /// A section, when it can be read. What is wrong with it was told before.
    fn section<T: Setting>(&self, key: &str) -> Option<T> {
        let mut told = Problems::default();
        T::read(self.tree.get(key)?, Range::default(), &mut Reading::new(&mut told))
    }

    /// Where a setting was written.
    pub(in crate::config) fn place(&self, path: &str) -> Origin {
        self.tree.find(path).map_or(Origin::Default, |value| value.origin.clone())
    }

    /// Reports something about a setting. `text` goes on from its name.
    pub(in crate::config) fn about(&mut self, path: &str, text: impl Display) -> &mut Problem {
        self.problems.about(path, &self.place(path), text)
    }

    /// Reports something in words of its own, among what else is told about that source.
    pub(in crate::config) fn plain(&mut self, path: &str, text: String) -> &mut Problem {
        self.problems.add(&self.place(path), text)
    }

    /// Reports a file that cannot be read.
    pub(in crate::config) fn file(&mut self, path: &str, file: Option<&Path>) {
        let Some(file) = file else { return };
        let wrong = match std::fs::File::open(file).and_then(|file| file.metadata()) {
            Ok(meta) if meta.is_dir() => "which is a directory: expected a file".to_owned(),
            Ok(_) => return,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => "which does not exist".to_owned(),
            Err(error) => format!("which cannot be read: {error}"),
        };
        let problem = self.about(path, format!("is `{}`, {wrong}", file.display()));
        if file.is_relative() {
            problem.hint(
                "a path in the file is meant from where the file is, one in a variable or option from the current directory",
            );
        }
    }
}
