//! Compressed neighbours of static files, made once at build time: `app.js.br`, `app.js.zst` and `app.js.gz` beside `app.js`.
//!
//! [`crate::files`] serves them. A neighbour is made for files of a type that is worth it, kept only when it is smaller, and has the
//! modification time of its file: as long as it is not older, it is up to date, and stays so when both are copied together. It
//! appears under its name complete or not at all, so that a server may run meanwhile.
//!
//! # What it deliberately does not do
//! It follows no link to a directory and removes nothing but outdated neighbours that it does not replace.

use std::fs::{self, File, Metadata};
use std::io::{self, Write as _};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::SystemTime;

use crate::compression::{self, Encoding, Levels, Types};
use crate::files;

/// What to make.
#[derive(Debug, Clone)]
pub struct Options {
    /// The neighbours to make; one without a file extension is left out.
    pub encodings: Vec<Encoding>,
    /// Files below this many bytes are left alone.
    pub min_size: u64,
    /// Types worth it.
    pub types: Types,
    /// How hard to try.
    pub levels: Levels,
    /// Files that are compressed at the same time.
    pub threads: NonZeroUsize,
}

impl Default for Options {
    /// All three, at the best levels, from 1 KiB on, on every CPU.
    fn default() -> Self {
        Options {
            encodings: vec![Encoding::Brotli, Encoding::Zstd, Encoding::Gzip],
            min_size: 1024,
            types: Types::default(),
            levels: Levels::BEST,
            threads: thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
        }
    }
}

/// Why not everything was made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is nothing to look through.
    #[error("`{}` is not a directory: expected the one with the built files, such as `dist/client`", .0.display())]
    NotADirectory(PathBuf),
    /// These files; the others were done.
    #[error("{}", lines(.0))]
    Files(Vec<Failure>),
}

/// One file or directory that failed.
#[derive(Debug, thiserror::Error)]
#[error("`{}`: {error}", path.display())]
pub struct Failure {
    /// Which.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub error: io::Error,
}

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files of a type and size that is worth it.
    pub files: usize,
    /// Neighbours made, in all encodings.
    pub made: usize,
    /// Neighbours that were there and not older than their file.
    pub up_to_date: usize,
    /// Neighbours that would not have been smaller than their file.
    pub not_smaller: usize,
    /// For each encoding: bytes of the files whose neighbours were made, and of the neighbours.
    pub bytes: Vec<(Encoding, u64, u64)>,
}

/// What is to be done, known before it begins so that progress can be shown.
#[derive(Debug)]
pub struct Plan {
    options: Options,
    jobs: Vec<Job>,
    summary: Summary,
    failures: Vec<Failure>,
}

#[derive(Debug)]
struct Job {
    path: PathBuf,
    size: u64,
    modified: SystemTime,
    encoding: Encoding,
}

impl Plan {
    /// Looks through `directory`.
    ///
    /// # Errors
    /// When it is no directory. What cannot be read below it fails [`Plan::run`], after everything else has been done.
    pub fn new(directory: &Path, options: Options) -> Result<Self, Error> {
        if !directory.is_dir() {
            return Err(Error::NotADirectory(directory.to_owned()));
        }
        let mut plan = Plan { options, jobs: Vec::new(), summary: Summary::default(), failures: Vec::new() };
        let mut directories = vec![directory.to_owned()];
        while let Some(directory) = directories.pop() {
            if let Err(error) = plan.look_through(&directory, &mut directories) {
                plan.failures.push(Failure { path: directory, error });
            }
        }
        // The longest first: else the last of them runs alone at the end. Brotli takes longest.
        plan.jobs.sort_by_key(|job| std::cmp::Reverse((job.size, job.encoding == Encoding::Brotli)));
        Ok(plan)
    }

    /// Neighbours to make, and the bytes that have to be read for them.
    pub fn size(&self) -> (usize, u64) {
        (self.jobs.len(), self.jobs.iter().map(|job| job.size).sum())
    }

    fn look_through(&mut self, directory: &Path, directories: &mut Vec<PathBuf>) -> io::Result<()> {
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                directories.push(path);
                continue;
            }
            // Follows links: the server does.
            match fs::metadata(&path).and_then(|meta| Ok((meta.modified()?, meta))) {
                Ok((modified, meta)) => self.add(path, &meta, modified),
                Err(error) => self.failures.push(Failure { path, error }),
            }
        }
        Ok(())
    }

    fn add(&mut self, path: PathBuf, meta: &Metadata, modified: SystemTime) {
        let content_type = files::content_type(&path.to_string_lossy());
        if !meta.is_file() || meta.len() < self.options.min_size || !self.options.types.contains(&content_type) {
            return;
        }
        self.summary.files += 1;
        for &encoding in self.options.encodings.iter().filter(|encoding| encoding.extension().is_some()) {
            let neighbour = fs::metadata(files::beside(&path, encoding)).and_then(|meta| meta.modified());
            if neighbour.is_ok_and(|neighbour| neighbour >= modified) {
                self.summary.up_to_date += 1;
            } else {
                self.jobs.push(Job { path: path.clone(), size: meta.len(), modified, encoding });
            }
        }
    }

    /// Does it. `progress` is told of each neighbour that is done, from several threads: its path and the size of its file in bytes.
    ///
    /// # Errors
    /// Names every file that failed, when all others are done.
    pub fn run(self, progress: impl Fn(&Path, u64) + Sync) -> Result<Summary, Error> {
        let Plan { options, jobs, mut summary, failures } = self;
        let next = AtomicUsize::new(0);
        let outcomes = Mutex::new((Vec::new(), failures));
        let work = || {
            while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                let outcome = job.run(options.levels);
                progress(&files::beside(&job.path, job.encoding), job.size);
                let (done, failed) = &mut *outcomes.lock().unwrap_or_else(PoisonError::into_inner);
                match outcome {
                    Ok(size) => done.push((job, size)),
                    Err(error) => failed.push(Failure { path: job.path.clone(), error }),
                }
            }
        };
        thread::scope(|scope| {
            for _ in 0..options.threads.get().min(jobs.len()) {
                scope.spawn(work);
            }
        });
        let (done, failed) = outcomes.into_inner().unwrap_or_else(PoisonError::into_inner);
        if !failed.is_empty() {
            return Err(Error::Files(failed));
        }
        summary.add(&options.encodings, &done);
        Ok(summary)
    }
}

impl Summary {
    fn add(&mut self, encodings: &[Encoding], done: &[(&Job, Option<u64>)]) {
        for &encoding in encodings {
            let made =
                done.iter().filter(|(job, _)| job.encoding == encoding).filter_map(|(job, size)| Some((job.size, (*size)?)));
            let (before, after) = made.fold((0, 0), |(before, after), (file, neighbour)| (before + file, after + neighbour));
            self.bytes.push((encoding, before, after));
        }
        self.made = done.iter().filter(|(_, size)| size.is_some()).count();
        self.not_smaller = done.len() - self.made;
    }
}

impl Job {
    /// The size of the neighbour, unless it is no smaller.
    fn run(&self, levels: Levels) -> io::Result<Option<u64>> {
        let data = fs::read(&self.path)?;
        let encoded = compression::encode(self.encoding, levels, &data)?;
        let neighbour = files::beside(&self.path, self.encoding);
        if encoded.len() >= data.len() {
            return match fs::remove_file(&neighbour) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(None),
            };
        }
        let temporary = self.temporary();
        let written = self.write(&temporary, &encoded).and_then(|()| fs::rename(&temporary, &neighbour));
        if written.is_err() {
            // The first error is the one to tell.
            let _ = fs::remove_file(&temporary);
        }
        written.map(|()| Some(encoded.len() as u64))
    }

    fn write(&self, path: &Path, encoded: &[u8]) -> io::Result<()> {
        let mut file = File::create(path)?;
        file.write_all(encoded)?;
        file.set_permissions(fs::metadata(&self.path)?.permissions())?;
        file.set_modified(self.modified)
    }

    /// In the same directory, because only then it can be renamed; hidden, and of no type that is served as something.
    fn temporary(&self) -> PathBuf {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        self.path.with_file_name(format!(".{name}{}.{}.tmp", self.encoding.extension().unwrap_or_default(), std::process::id()))
    }
}

fn lines(failures: &[Failure]) -> String {
    failures.iter().map(Failure::to_string).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::time::Duration;

    use super::*;

    fn options() -> Options {
        // The best level of brotli takes long without optimisation.
        Options { levels: Levels { br: 5, ..Levels::default() }, ..Options::default() }
    }

    fn run(directory: &Path) -> Result<Summary, Error> {
        Plan::new(directory, options())?.run(|_, _| {})
    }

    fn names(directory: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort_unstable();
        names
    }

    /// Bytes that no encoding makes smaller.
    fn noise(length: usize) -> Vec<u8> {
        let mut state = 1_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn makes_what_is_worth_it_and_no_more() {
        let dir = tempfile::tempdir().unwrap();
        let text = "let x = 1;\n".repeat(500);
        fs::create_dir(dir.path().join("sub")).unwrap();
        for (name, content) in
            [("app.js", text.as_bytes()), ("sub/a.svg", text.as_bytes()), ("small.css", b"a{}"), ("photo.png", text.as_bytes())]
        {
            fs::write(dir.path().join(name), content).unwrap();
        }
        fs::write(dir.path().join("noise.txt"), noise(5000)).unwrap();
        let told = Mutex::new(Vec::new());
        let plan = Plan::new(dir.path(), options()).unwrap();
        assert_eq!(plan.size(), (9, 3 * (2 * 5500 + 5000)));
        let summary = plan.run(|path, size| told.lock().unwrap().push((path.to_owned(), size))).unwrap();
        assert_eq!((summary.files, summary.made, summary.up_to_date, summary.not_smaller), (3, 6, 0, 3));
        assert_eq!(told.lock().unwrap().len(), 9);
        assert_eq!(summary.bytes.len(), 3);
        assert!(summary.bytes.iter().all(|(_, before, after)| *before == 11_000 && *after < 1000));
        assert_eq!(names(&dir.path().join("sub")), ["a.svg", "a.svg.br", "a.svg.gz", "a.svg.zst"]);
        assert_eq!(
            names(dir.path()),
            ["app.js", "app.js.br", "app.js.gz", "app.js.zst", "noise.txt", "photo.png", "small.css", "sub"]
        );
        for encoding in [Encoding::Brotli, Encoding::Zstd, Encoding::Gzip] {
            let path = files::beside(&dir.path().join("app.js"), encoding);
            let data = fs::read(&path).unwrap();
            let mut decoded = String::new();
            match encoding {
                Encoding::Brotli => brotli::Decompressor::new(&data[..], 4096).read_to_string(&mut decoded),
                Encoding::Zstd => zstd::stream::read::Decoder::new(&data[..]).unwrap().read_to_string(&mut decoded),
                _ => flate2::read::GzDecoder::new(&data[..]).read_to_string(&mut decoded),
            }
            .unwrap();
            assert_eq!(decoded, text);
            let time = |path: &Path| fs::metadata(path).unwrap().modified().unwrap();
            assert_eq!(time(&path), time(&dir.path().join("app.js")));
        }
    }

    #[test]
    fn what_is_up_to_date_stays() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("app.js");
        fs::write(&file, "let x = 1;\n".repeat(500)).unwrap();
        assert_eq!(run(dir.path()).unwrap().made, 3);
        let again = run(dir.path()).unwrap();
        assert_eq!((again.made, again.up_to_date), (0, 3));
        let newer = SystemTime::now() + Duration::from_secs(9);
        File::options().write(true).open(&file).unwrap().set_modified(newer).unwrap();
        assert_eq!(run(dir.path()).unwrap().made, 3);
        // A neighbour that is not worth it any more goes.
        fs::write(&file, noise(5000)).unwrap();
        File::options().write(true).open(&file).unwrap().set_modified(newer + Duration::from_secs(9)).unwrap();
        assert_eq!(run(dir.path()).unwrap().not_smaller, 3);
        assert_eq!(names(dir.path()), ["app.js"]);
    }

    #[test]
    fn names_what_is_wrong_and_does_the_rest() {
        let dir = tempfile::tempdir().unwrap();
        let missing = dir.path().join("missing");
        let error = run(&missing).unwrap_err().to_string();
        assert_eq!(
            error,
            format!("`{}` is not a directory: expected the one with the built files, such as `dist/client`", missing.display())
        );
        std::os::unix::fs::symlink("nowhere", dir.path().join("link.js")).unwrap();
        fs::write(dir.path().join("app.js"), "let x = 1;\n".repeat(500)).unwrap();
        // A directory where a neighbour should be.
        fs::create_dir_all(dir.path().join("app.js.gz/x")).unwrap();
        let newer = SystemTime::now() + Duration::from_secs(9);
        File::options().write(true).open(dir.path().join("app.js")).unwrap().set_modified(newer).unwrap();
        let error = run(dir.path()).unwrap_err().to_string();
        let lines: Vec<_> = error.lines().collect();
        assert_eq!(lines.len(), 2, "{error}");
        assert!(lines[0].starts_with(&format!("`{}`: No such file", dir.path().join("link.js").display())), "{error}");
        assert!(lines[1].starts_with(&format!("`{}`: ", dir.path().join("app.js").display())), "{error}");
        assert_eq!(names(dir.path()), ["app.js", "app.js.br", "app.js.gz", "app.js.zst", "link.js"]);
    }
}
