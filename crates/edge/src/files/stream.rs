//! Bytes of a file: at once when it is small, else in chunks as the client takes them.
//!
//! Reads run on tokio's blocking pool, straight into the buffer that is sent.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::task::JoinHandle;

use super::locate::Found;
use crate::compression::Encoding;
use crate::{Body, BoxError};

/// One read. Files up to this size are read at once.
const CHUNK: u64 = 64 * 1024;

/// A file that has been opened, with what its headers say.
pub(super) struct Opened {
    pub(super) name: String,
    pub(super) encoding: Option<Encoding>,
    pub(super) size: u64,
    pub(super) modified: SystemTime,
    pub(super) content: Content,
}

/// Where the bytes come from.
#[derive(Default)]
pub(super) enum Content {
    #[default]
    Taken,
    Memory(Bytes),
    Disk(File),
}

impl Opened {
    /// Opens the file. Size and time are those of the open file, so they fit its bytes. `read`: a small one is read too.
    pub(super) fn new(found: Found, read: bool) -> io::Result<Self> {
        let mut file = File::open(&found.path)?;
        let meta = file.metadata()?;
        let content = match read && meta.len() <= CHUNK {
            true => Content::Memory(read_exactly(&mut file, meta.len())?),
            false => Content::Disk(file),
        };
        let modified = meta.modified()?;
        Ok(Opened { name: found.name, encoding: found.encoding, size: meta.len(), modified, content })
    }

    /// Modification time in milliseconds as Node's `stats.mtime.getTime()`: rounded, not cut (lib/internal/fs/utils.js,
    /// `dateFromMs`).
    pub(super) fn modified_millis(&self) -> u128 {
        (self.modified.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos() + 500_000) / 1_000_000
    }
}

impl Content {
    /// `length` bytes from `start`.
    pub(super) fn body(self, start: u64, length: u64) -> Body {
        match self {
            Content::Disk(file) if length > 0 => Body::File(FileBody { state: State::Start(file, start), left: length }),
            Content::Memory(bytes) => {
                let range = start as usize..(start + length) as usize;
                bytes.slice(range).into()
            }
            _ => Body::Empty,
        }
    }
}

/// A part of a file, read chunk by chunk.
pub struct FileBody {
    state: State,
    left: u64,
}

enum State {
    Start(File, u64),
    Idle(File),
    Reading(JoinHandle<io::Result<(File, Bytes)>>),
    Done,
}

impl http_body::Body for FileBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        loop {
            match std::mem::replace(&mut self.state, State::Done) {
                State::Start(file, offset) => self.state = State::Reading(read(file, Some(offset), self.left)),
                State::Idle(file) if self.left > 0 => self.state = State::Reading(read(file, None, self.left)),
                State::Idle(_) | State::Done => return Poll::Ready(None),
                State::Reading(mut task) => {
                    let Poll::Ready(outcome) = Pin::new(&mut task).poll(cx) else {
                        self.state = State::Reading(task);
                        return Poll::Pending;
                    };
                    return Poll::Ready(Some(outcome.map_err(BoxError::from).and_then(|read| {
                        let (file, bytes) = read?;
                        self.left -= bytes.len() as u64;
                        self.state = State::Idle(file);
                        Ok(Frame::data(bytes))
                    })));
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

fn read(mut file: File, seek: Option<u64>, left: u64) -> JoinHandle<io::Result<(File, Bytes)>> {
    tokio::task::spawn_blocking(move || {
        if let Some(offset) = seek {
            file.seek(SeekFrom::Start(offset))?;
        }
        let bytes = read_exactly(&mut file, left.min(CHUNK))?;
        Ok((file, bytes))
    })
}

/// A file that got shorter meanwhile is an error: the length has been promised.
fn read_exactly(file: &mut File, length: u64) -> io::Result<Bytes> {
    let mut buffer = Vec::with_capacity(length as usize);
    file.take(length).read_to_end(&mut buffer)?;
    match buffer.len() as u64 == length {
        true => Ok(buffer.into()),
        false => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}
