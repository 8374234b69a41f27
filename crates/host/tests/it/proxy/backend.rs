//! Backends: one that answers as it is told, byte for byte, and an axum program.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// A request as it came.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) line: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Seen {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

/// Answers every request with the bytes that `answer` makes of it.
pub(super) struct Backend {
    pub(super) port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
    down: Arc<AtomicBool>,
}

impl Backend {
    pub(super) fn start(answer: impl Fn(&Seen) -> Vec<u8> + Send + Sync + 'static) -> Backend {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let backend = Backend { port: listener.local_addr().unwrap().port(), seen: Arc::default(), down: Arc::default() };
        let (seen, down, answer) = (backend.seen.clone(), backend.down.clone(), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if down.load(Ordering::SeqCst) {
                    continue;
                }
                let (seen, down, answer) = (seen.clone(), down.clone(), answer.clone());
                std::thread::spawn(move || serve(stream, &seen, &down, &*answer));
            }
        });
        backend
    }

    /// The same answer to everything.
    pub(super) fn says(answer: &str) -> Backend {
        let answer = answer.replace('\n', "\r\n").into_bytes();
        Backend::start(move |_| answer.clone())
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// From now on connections are closed without a word.
    pub(super) fn stop(&self) {
        self.down.store(true, Ordering::SeqCst);
    }
}

fn serve(stream: TcpStream, seen: &Mutex<Vec<Seen>>, down: &AtomicBool, answer: &dyn Fn(&Seen) -> Vec<u8>) {
    let mut reader = BufReader::new(stream);
    while let Some(request) = read(&mut reader) {
        if down.load(Ordering::SeqCst) {
            return;
        }
        seen.lock().unwrap().push(request.clone());
        let bytes = answer(&request);
        let _ = reader.get_mut().write_all(&bytes);
        if !bytes.windows(16).any(|part| part == b"\r\ncontent-length") && !bytes.ends_with(b"\r\n\r\n") {
            return;
        }
    }
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Seen> {
    let mut line = || {
        let mut line = String::new();
        let length = reader.read_line(&mut line).ok()?;
        (length > 0).then(|| line.trim_end().to_owned())
    };
    let mut seen = Seen { line: line()?, headers: Vec::new(), body: Vec::new() };
    loop {
        let line = line()?;
        let Some((name, value)) = line.split_once(':') else { break };
        seen.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    if let Some(length) = seen.header("content-length") {
        seen.body = vec![0; length.parse().ok()?];
        reader.read_exact(&mut seen.body).ok()?;
    } else if seen.header("transfer-encoding").is_some() {
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let length = usize::from_str_radix(line.trim(), 16).ok()?;
            let mut chunk = vec![0; length + 2];
            reader.read_exact(&mut chunk).ok()?;
            if length == 0 {
                break;
            }
            seen.body.extend(&chunk[..length]);
        }
    }
    Some(seen)
}

/// An axum program on a thread of its own; its port.
pub(super) fn axum(app: axum::Router) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, app).await.unwrap();
        });
    });
    port
}
