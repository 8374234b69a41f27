//! A small HTTP/1.1 client that does exactly what it is told: tests need half requests, slow readers and cut connections.

use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};

use crate::host::PATIENCE;

/// One connection.
pub(crate) struct Connection {
    reader: BufReader<TcpStream>,
    since: Instant,
}

impl Connection {
    pub(crate) fn open(port: u16) -> Connection {
        Connection::to(SocketAddr::from(([127, 0, 0, 1], port)), None)
    }

    /// A connection whose buffers hold little, so that the other side feels back-pressure soon.
    pub(crate) fn open_narrow(port: u16) -> Connection {
        Connection::to(SocketAddr::from(([127, 0, 0, 1], port)), Some(64 << 10))
    }

    pub(crate) fn to(address: SocketAddr, buffer: Option<usize>) -> Connection {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None).unwrap();
        if let Some(buffer) = buffer {
            socket.set_recv_buffer_size(buffer).unwrap();
            socket.set_send_buffer_size(buffer).unwrap();
        }
        socket.connect(&address.into()).unwrap_or_else(|error| panic!("{address}: {error}"));
        let stream = TcpStream::from(socket);
        Connection::of(stream)
    }

    /// A connection that somebody else has opened: the other side of a proxy.
    pub(crate) fn of(stream: TcpStream) -> Connection {
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Connection { reader: BufReader::new(stream), since: Instant::now() }
    }

    /// Sends bytes as they are.
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.since = Instant::now();
        self.reader.get_mut().write_all(bytes.as_ref()).unwrap();
    }

    /// Sends a request without a body.
    pub(crate) fn request(&mut self, method: &str, path: &str, headers: &str) {
        self.send(format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n"));
    }

    pub(crate) fn get(&mut self, path: &str) -> Response {
        self.request("GET", path, "");
        self.response()
    }

    /// Sends a body with its length.
    pub(crate) fn post(&mut self, path: &str, content_type: &str, body: &[u8]) -> Response {
        self.request("POST", path, &format!("content-type: {content_type}\r\ncontent-length: {}\r\n", body.len()));
        self.send(body);
        self.response()
    }

    /// Writes as much as the other side takes in this time: how many bytes that is.
    pub(crate) fn send_for(&mut self, time: Duration, chunk: &[u8]) -> usize {
        let (stream, since) = (self.reader.get_mut(), Instant::now());
        stream.set_write_timeout(Some(Duration::from_millis(50))).unwrap();
        let mut sent = 0;
        while since.elapsed() < time {
            match stream.write(chunk) {
                Ok(length) => sent += length,
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(error) => panic!("after {sent} bytes: {error}"),
            }
        }
        sent
    }

    /// Reads status line and headers.
    pub(crate) fn head(&mut self) -> Response {
        let status = self.line();
        let code = status.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = code.unwrap_or_else(|| panic!("no status line, but `{status}`"));
        let mut headers = Vec::new();
        loop {
            let line = self.line();
            let Some((name, value)) = line.split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        Response { status, headers, body: Vec::new(), took: self.since.elapsed() }
    }

    /// Reads a whole response.
    pub(crate) fn response(&mut self) -> Response {
        let mut response = self.head();
        if response.header("transfer-encoding") == Some("chunked") {
            while let Some(chunk) = self.chunk() {
                response.body.extend(chunk);
            }
        } else if let Some(length) = response.header("content-length") {
            response.body = vec![0; length.parse().unwrap()];
            self.reader.read_exact(&mut response.body).unwrap();
        } else if !matches!(response.status, 204 | 304) {
            self.reader.read_to_end(&mut response.body).unwrap();
        }
        response.took = self.since.elapsed();
        response
    }

    /// The next chunk of a chunked body; `None` at its proper end.
    pub(crate) fn chunk(&mut self) -> Option<Vec<u8>> {
        self.try_chunk().expect("the body is complete")
    }

    /// The next chunk; an error when the body breaks off.
    pub(crate) fn try_chunk(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let mut line = String::new();
        if self.reader.read_line(&mut line)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let length = usize::from_str_radix(line.trim(), 16).unwrap_or_else(|_| panic!("no chunk size, but `{line}`"));
        let mut chunk = vec![0; length + 2];
        self.reader.read_exact(&mut chunk)?;
        chunk.truncate(length);
        Ok((length > 0).then_some(chunk))
    }

    /// The next bytes, whatever they are.
    pub(crate) fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.reader.read_exact(&mut bytes).expect("so many bytes come");
        bytes
    }

    /// Everything until the other side ends.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let ended = self.reader.read_to_end(&mut bytes);
        assert!(ended.is_ok(), "{ended:?} after {}", String::from_utf8_lossy(&bytes));
        bytes
    }

    /// Whether nothing comes for so long.
    pub(crate) fn is_quiet_for(&mut self, time: Duration) -> bool {
        !self.is_answered_within(time)
    }

    /// Whether the other side has closed, waiting for it at most `patience`.
    pub(crate) fn is_closed_within(&mut self, patience: Duration) -> bool {
        self.reader.get_mut().set_read_timeout(Some(patience)).unwrap();
        let mut rest = [0; 4096];
        loop {
            match self.reader.read(&mut rest) {
                Ok(0) => return true,
                Ok(_) => {}
                Err(error) => return !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
            }
        }
    }

    /// Whether an answer begins within `patience`.
    pub(crate) fn is_answered_within(&mut self, patience: Duration) -> bool {
        self.reader.get_mut().set_read_timeout(Some(patience)).unwrap();
        let begins = self.reader.fill_buf().is_ok_and(|bytes| !bytes.is_empty());
        self.reader.get_mut().set_read_timeout(Some(PATIENCE)).unwrap();
        begins
    }

    /// Closes without a word.
    pub(crate) fn hang_up(self) {
        let _ = self.reader.get_ref().shutdown(Shutdown::Both);
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.reader.read_line(&mut line).expect("the response has a head");
        line.trim_end().to_owned()
    }
}

/// A response.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Since the last bytes of the request were sent.
    pub(crate) took: Duration,
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// Which isolate answered: the apps of `tests/apps` say so.
    pub(crate) fn isolate(&self) -> &str {
        self.header("x-isolate").unwrap_or_else(|| panic!("no isolate answered: {self:?}"))
    }

    /// Fails unless this is `200` with `body`.
    #[track_caller]
    pub(crate) fn assert_ok(&self, body: &str) {
        assert_eq!((self.status, self.text()), (200, body), "{:?}", self.headers);
    }
}
