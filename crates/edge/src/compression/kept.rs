//! A body that is sent again and again is encoded once for each encoding.
//!
//! Whoever holds such a body puts its [`Kept`] on every response as an extension; compression then takes the encoded form from
//! there, or makes it and leaves it there. What holds for a response (BREACH, `no-transform`, what the client accepts) is decided
//! anew each time: only the bytes are kept.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use parking_lot::Mutex;

use super::BLOCKING;
use super::encoding::{Encoding, Levels, encode};

/// A body in memory with its encoded forms. Clones share them.
#[derive(Debug, Clone)]
pub struct Kept(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    body: Bytes,
    /// At most one for each encoding.
    forms: Mutex<Vec<Form>>,
    /// Held while a form is made, so that none is made twice at the same time.
    making: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Form {
    encoding: Encoding,
    level: i32,
    bytes: Bytes,
}

impl Kept {
    /// `body` and no form of it.
    pub fn new(body: Bytes) -> Self {
        Kept(Arc::new(Shared { body, forms: Mutex::default(), making: tokio::sync::Mutex::default() }))
    }

    /// The body as it is.
    pub fn body(&self) -> &Bytes {
        &self.0.body
    }

    /// Bytes of all encoded forms that are kept; the body itself does not count.
    pub fn bytes(&self) -> usize {
        self.0.forms.lock().iter().map(|form| form.bytes.len()).sum()
    }

    /// Whether `body` is this one: the very same bytes in memory. A layer may have put another in its place.
    pub(super) fn is_of(&self, body: &Bytes) -> bool {
        self.0.body.as_ptr() == body.as_ptr() && self.0.body.len() == body.len()
    }

    /// The kept form in this encoding, made at the level asked for or a better one.
    pub fn get(&self, encoding: Encoding, levels: Levels) -> Option<Bytes> {
        let forms = self.0.forms.lock();
        let form = forms.iter().find(|form| form.encoding == encoding && form.level >= levels.of(encoding))?;
        Some(form.bytes.clone())
    }

    /// Adds a form that was made elsewhere (read from a file, say). Of two in the same encoding the one of the better level stays.
    ///
    /// The bytes must be this body in that encoding, which is not looked at.
    pub fn insert(&self, encoding: Encoding, levels: Levels, bytes: Bytes) {
        let form = Form { encoding, level: levels.of(encoding), bytes };
        let mut forms = self.0.forms.lock();
        match forms.iter_mut().find(|known| known.encoding == encoding) {
            Some(known) if known.level >= form.level => {}
            Some(known) => *known = form,
            None => forms.push(form),
        }
    }

    /// The form in this encoding, made unless it is there: on a blocking thread, ahead of demand or at a better level
    /// ([`Levels::BEST`]) than responses ask for. Whoever else wants a form meanwhile waits, and a caller that gives up does not
    /// end the work.
    ///
    /// # Errors
    /// The encoder cannot be made or breaks: no memory, or a bug.
    pub async fn prepare(&self, encoding: Encoding, levels: Levels) -> io::Result<Bytes> {
        if let Some(form) = self.get(encoding, levels) {
            return Ok(form);
        }
        let making = tokio::spawn(self.clone().make(encoding, levels));
        making.await.unwrap_or_else(|panic| Err(io::Error::other(panic)))
    }

    async fn make(self, encoding: Encoding, levels: Levels) -> io::Result<Bytes> {
        let _making = self.0.making.lock().await;
        if let Some(form) = self.get(encoding, levels) {
            return Ok(form);
        }
        let body = self.0.body.clone();
        // The semaphore is never closed; without a permit the work would be done all the same.
        let _permit = BLOCKING.acquire().await;
        let encoded = tokio::task::spawn_blocking(move || encode(encoding, levels, &body)).await.map_err(io::Error::other)??;
        self.insert(encoding, levels, encoded.clone());
        Ok(encoded)
    }
}
