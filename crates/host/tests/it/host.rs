//! [`TestHost`]: an app in a running `ssr-host`, with what it prints, until it is dropped.
//!
//! Tests run in as many threads as there are CPUs (libtest's default), each with at most one busy host: no other limit is
//! needed.

use std::fmt::Write as _;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use crate::client::{Connection, Response};

/// How long anything may take that is not itself under test: generous, because the machine may be busy.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

const BINARY: &str = env!("CARGO_BIN_EXE_ssr-host");

/// An app and how to start it.
pub(crate) struct App {
    entry: PathBuf,
    directory: Option<tempfile::TempDir>,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    port: Option<u16>,
    /// A listening socket that is passed as systemd does.
    inherited: Option<OwnedFd>,
}

impl App {
    /// An app of `tests/apps`.
    pub(crate) fn fixture(name: &str) -> App {
        App::at(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/apps").join(name))
    }

    /// Whatever lies at this path.
    pub(crate) fn at(entry: &Path) -> App {
        App {
            entry: entry.to_owned(),
            directory: None,
            arguments: Vec::new(),
            environment: Vec::new(),
            port: Some(0),
            inherited: None,
        }
    }

    /// An app in one ES module, `server.js`, beside a package.json.
    pub(crate) fn source(text: &str) -> App {
        App::files("server.js", &[("package.json", r#"{ "type": "module" }"#), ("server.js", text)])
    }

    /// An app of several files.
    pub(crate) fn files(entry: &str, files: &[(&str, &str)]) -> App {
        let directory = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = directory.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        App { directory: Some(directory), ..App::at(Path::new(entry)) }
    }

    /// Adds an option with its value.
    pub(crate) fn option(mut self, name: &str, value: &str) -> App {
        self.arguments.extend([name.to_owned(), value.to_owned()]);
        self
    }

    /// Adds an option that has none.
    pub(crate) fn flag(mut self, name: &str) -> App {
        self.arguments.push(name.to_owned());
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> App {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Passes a listening socket as systemd does (sd_listen_fds(3)): it is file descriptor 3.
    pub(crate) fn inheriting(mut self, socket: OwnedFd) -> App {
        self.inherited = Some(socket);
        self
    }

    pub(crate) fn isolates(self, count: usize) -> App {
        self.option("--isolates", &count.to_string())
    }

    /// Leaves `--port` out: the app and the environment decide.
    pub(crate) fn without_port(mut self) -> App {
        self.port = None;
        self
    }

    /// Names no entry: the configuration does.
    pub(crate) fn without_entry(mut self) -> App {
        self.entry = PathBuf::new();
        self
    }

    /// Where the files of the app are.
    pub(crate) fn directory(&self) -> &Path {
        self.directory.as_ref().map_or_else(|| self.entry.parent().unwrap(), tempfile::TempDir::path)
    }

    fn command(&self, subcommand: &str) -> Command {
        let mut command = match self.inherited {
            None => Command::new(BINARY),
            Some(_) => {
                let mut shell = Command::new("sh");
                let script = r#"exec 3<&0 </dev/null; export LISTEN_PID=$$ LISTEN_FDS=1; exec "$0" "$@""#;
                shell.args(["-c", script, BINARY]);
                shell
            }
        };
        command.current_dir(self.directory()).arg(subcommand).args(&self.arguments);
        if !self.entry.as_os_str().is_empty() {
            command.arg(&self.entry);
        }
        for name in ["PORT", "HOST", "NODE_ENV", "FLY_APP_NAME", "FLY_VM_MEMORY_MB"] {
            command.env_remove(name);
        }
        // What the developer has set is not part of a test, but for the log that helps to find out why one fails.
        let own = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with("SSR_HOST_") && name != "SSR_HOST_LOG";
        for (name, _) in std::env::vars_os().filter(|(name, _)| own(name)) {
            command.env_remove(name);
        }
        // What tests read is what is said, not how it is written; `logging` is about that, and about lines for requests.
        command.envs([("SSR_HOST_LOG_FORMAT", "text"), ("SSR_HOST_LOG_REQUESTS", "false")]);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let stdin = self.inherited.as_ref().map(|socket| Stdio::from(socket.try_clone().unwrap()));
        command.stdin(stdin.unwrap_or_else(Stdio::null)).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Starts serving and waits until it does.
    pub(crate) fn start(self) -> TestHost {
        let mut command = self.command("serve");
        if let Some(port) = self.port {
            command.arg("--port").arg(port.to_string());
        }
        let mut host = self.spawn(command);
        let line = host.stderr.wait_for("ready in");
        // None on a Unix socket.
        let url = line.split_whitespace().find(|word| word.starts_with("http://"));
        host.port = url.map_or(0, |url| url.rsplit(':').next().unwrap().parse().unwrap());
        host
    }

    /// Starts serving with a pipe for its log that nobody reads.
    pub(crate) fn start_unread(self) -> Unread {
        let port = free_port();
        let mut command = self.command("serve");
        command.arg("--port").arg(port.to_string()).stdout(Stdio::null());
        let child = command.spawn().unwrap();
        let since = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(since.elapsed() < PATIENCE, "the host does not listen");
            std::thread::sleep(Duration::from_millis(5));
        }
        Unread { child, port, _app: self }
    }

    /// Starts a subcommand that goes on until it is told to end.
    pub(crate) fn launch(self, subcommand: &str) -> TestHost {
        let command = self.command(subcommand);
        self.spawn(command)
    }

    fn spawn(self, mut command: Command) -> TestHost {
        let mut child = command.spawn().unwrap();
        let stdout = Output::of(child.stdout.take().unwrap());
        let stderr = Output::of(child.stderr.take().unwrap());
        TestHost { child, stdout, stderr, port: 0, _app: self }
    }

    /// Runs a command line of any form in the directory of the app.
    pub(crate) fn run_words(&self, words: &[&str]) -> Ended {
        let mut command = Command::new(BINARY);
        command.current_dir(self.directory()).args(words).env_clear();
        command.env("SSR_HOST_LOG", "info").envs(self.environment.iter().map(|(name, value)| (name, value)));
        Ended::of(command)
    }

    /// Runs a subcommand that ends by itself.
    pub(crate) fn run(self, subcommand: &str) -> Ended {
        let mut command = self.command(subcommand);
        if let (Some(port), "serve") = (self.port, subcommand) {
            command.arg("--port").arg(port.to_string());
        }
        Ended::of(command)
    }
}

/// A running host whose log fills a pipe.
pub(crate) struct Unread {
    child: Child,
    pub(crate) port: u16,
    _app: App,
}

impl Drop for Unread {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a program printed and how it ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// Runs a command, but not for ever.
    pub(crate) fn of(mut command: Command) -> Ended {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stdout = Output::of(child.stdout.take().unwrap());
        let stderr = Output::of(child.stderr.take().unwrap());
        let status = wait(&mut child, 3 * PATIENCE).unwrap_or_else(|| {
            let _ = child.kill();
            panic!("{command:?} does not end\n{}\n{}", stdout.text(), stderr.text())
        });
        Ended { code: status.code(), stdout: stdout.whole(), stderr: stderr.whole() }
    }
}

fn wait(child: &mut Child, patience: Duration) -> Option<ExitStatus> {
    let since = Instant::now();
    loop {
        match child.try_wait().unwrap() {
            Some(status) => return Some(status),
            None if since.elapsed() > patience => return None,
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    }
}

/// A running host.
pub(crate) struct TestHost {
    child: Child,
    pub(crate) stdout: Output,
    pub(crate) stderr: Output,
    pub(crate) port: u16,
    _app: App,
}

impl TestHost {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn connect(&self) -> Connection {
        Connection::open(self.port)
    }

    pub(crate) fn get(&self, path: &str) -> Response {
        self.connect().get(path)
    }

    /// Sends `GET path` on a thread of its own.
    pub(crate) fn get_later(&self, path: &str) -> Pending {
        let (port, path) = (self.port, path.to_owned());
        Pending(std::thread::spawn(move || Connection::open(port).get(&path)))
    }

    /// Several requests at once; the answers in the order of `paths`.
    pub(crate) fn get_all(&self, paths: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<Response> {
        let pending: Vec<_> = paths.into_iter().map(|path| self.get_later(path.as_ref())).collect();
        pending.into_iter().map(Pending::answer).collect()
    }

    /// The isolate that answers now, by the header that the apps of `tests/apps` set.
    pub(crate) fn isolate(&self) -> String {
        self.get("/ok").isolate().to_owned()
    }

    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_raw(i32::try_from(self.pid()).unwrap()).unwrap();
        rustix::process::kill_process(pid, signal).unwrap();
    }

    /// Waits for the end of the process; how it ended, and after how long.
    pub(crate) fn ended(&mut self) -> (ExitStatus, Duration) {
        let since = Instant::now();
        let status = wait(&mut self.child, PATIENCE).unwrap_or_else(|| panic!("the host does not end{}", self.printed()));
        (status, since.elapsed())
    }

    /// All output so far, for the message of a failing test.
    pub(crate) fn printed(&self) -> String {
        let mut text = String::new();
        for (name, output) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            let _ = write!(text, "\n--- {name} ---\n{}", output.text());
        }
        text
    }
}

impl Drop for TestHost {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("{}", self.printed());
        }
    }
}

/// An answer that is being waited for.
pub(crate) struct Pending(std::thread::JoinHandle<Response>);

impl Pending {
    pub(crate) fn answer(self) -> Response {
        self.0.join().expect("the request gets an answer")
    }

    pub(crate) fn is_answered(&self) -> bool {
        self.0.is_finished()
    }
}

/// What a process prints, as it comes.
#[derive(Clone)]
pub(crate) struct Output(Arc<(Mutex<Printed>, Condvar)>);

#[derive(Default)]
struct Printed {
    text: String,
    ended: bool,
}

impl Output {
    fn of(mut pipe: impl Read + Send + 'static) -> Output {
        let output = Output(Arc::default());
        let shared = output.clone();
        std::thread::spawn(move || {
            let mut buffer = [0; 64 << 10];
            loop {
                let length = pipe.read(&mut buffer).unwrap_or(0);
                let mut printed = shared.0.0.lock().unwrap();
                printed.text.push_str(&String::from_utf8_lossy(&buffer[..length]));
                printed.ended = length == 0;
                shared.0.1.notify_all();
                if length == 0 {
                    return;
                }
            }
        });
        output
    }

    /// Everything so far.
    pub(crate) fn text(&self) -> String {
        self.0.0.lock().unwrap().text.clone()
    }

    /// Everything, when the process has ended.
    fn whole(&self) -> String {
        self.wait(|printed| printed.ended.then(|| printed.text.clone())).unwrap_or_else(|text| text)
    }

    /// The line with `part`, when all of it has been printed.
    pub(crate) fn wait_for(&self, part: &str) -> String {
        let line = |printed: &Printed| {
            let mut lines = printed.text.split_inclusive('\n').filter(|line| printed.ended || line.ends_with('\n'));
            lines.find(|line| line.contains(part)).map(|line| line.trim_end().to_owned())
        };
        self.wait(line).unwrap_or_else(|text| panic!("`{part}` is not printed, but:\n{text}"))
    }

    /// How often `part` has been printed.
    pub(crate) fn count(&self, part: &str) -> usize {
        self.text().matches(part).count()
    }

    fn wait<T>(&self, found: impl Fn(&Printed) -> Option<T>) -> Result<T, String> {
        let deadline = Instant::now() + PATIENCE;
        let mut printed = self.0.0.lock().unwrap();
        loop {
            if let Some(value) = found(&printed) {
                return Ok(value);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if printed.ended || left.is_zero() {
                return Err(printed.text.clone());
            }
            printed = self.0.1.wait_timeout(printed, left).unwrap().0;
        }
    }
}

/// Where `text` stands in an app of `tests/apps`, as `name:line`.
pub(crate) fn line_of(app: &str, text: &str) -> String {
    let source = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/apps").join(app)).unwrap();
    let line = source.lines().position(|line| line.contains(text)).unwrap_or_else(|| panic!("{app} has no `{text}`"));
    format!("{app}:{}", line + 1)
}

/// A port that is free now.
pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
