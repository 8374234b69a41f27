//! A response as JavaScript sees it: its head at once, its body as a resource that is read as fast as it is wanted.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use bytes::Bytes;
use deno_core::convert::ByteString;
use deno_core::{
    AsyncRefCell, AsyncResult, BufView, CancelHandle, CancelTryFuture as _, RcRef, Resource, ResourceId, ResourceTable, ToV8,
};
use deno_error::JsErrorBox;

use super::flight::{Flight, Head};
use super::shared::Slot;
use super::terminated;

/// The head of a response, as deno_fetch's script takes it.
#[derive(ToV8)]
pub(crate) struct Answered {
    status: u16,
    status_text: String,
    headers: Vec<(ByteString, ByteString)>,
    response_rid: ResourceId,
    /// The headers describe the body before it was decoded.
    body_decoded: bool,
    /// Failures are thrown.
    error: Option<(String, String)>,
}

impl Answered {
    pub(super) fn new(head: &Head, body: Body, resources: &mut ResourceTable) -> Answered {
        let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| (name.as_str().into(), value.as_bytes().into());
        Answered {
            status: head.status.as_u16(),
            status_text: head.reason.clone(),
            headers: head.headers.iter().map(header).collect(),
            response_rid: resources.add(Reading { body, length: head.length, closed: CancelHandle::default() }),
            body_decoded: head.is_decoded,
            error: None,
        }
    }
}

/// Where a body comes from.
enum Source {
    Coming(Rc<Flight>),
    /// And how many of its pieces have been read.
    Kept(Rc<Slot>, Cell<usize>),
}

/// The body of a response.
pub(super) struct Body {
    source: Source,
    /// What is left of the piece that is being read.
    rest: RefCell<Bytes>,
    /// Held by the one who reads.
    turn: AsyncRefCell<()>,
}

impl Body {
    pub(super) fn coming(flight: Rc<Flight>) -> Body {
        Body::new(Source::Coming(flight))
    }

    pub(super) fn kept(slot: Rc<Slot>) -> Body {
        Body::new(Source::Kept(slot, Cell::new(0)))
    }

    fn new(source: Source) -> Body {
        Body { source, rest: RefCell::default(), turn: AsyncRefCell::new(()) }
    }

    async fn next(&self) -> Result<Bytes, JsErrorBox> {
        let rest = std::mem::take(&mut *self.rest.borrow_mut());
        if !rest.is_empty() {
            return Ok(rest);
        }
        let chunk = match &self.source {
            Source::Coming(flight) => flight.chunk().await.map_err(|error| terminated(&error))?,
            Source::Kept(slot, nth) => slot.chunk(nth.replace(nth.get() + 1)),
        };
        Ok(chunk.unwrap_or_default())
    }
}

/// A body as a resource.
struct Reading {
    body: Body,
    length: Option<u64>,
    closed: CancelHandle,
}

impl Resource for Reading {
    fn name(&self) -> Cow<'_, str> {
        "fetchResponse".into()
    }

    fn read(self: Rc<Self>, limit: usize) -> AsyncResult<BufView> {
        Box::pin(async move {
            let closed = RcRef::map(&self, |reading| &reading.closed);
            let read = async {
                let _turn = RcRef::map(&self, |reading| &reading.body.turn).borrow_mut().await;
                let mut chunk = self.body.next().await?;
                let rest = chunk.split_off(limit.min(chunk.len()));
                *self.body.rest.borrow_mut() = rest;
                Ok(BufView::from(chunk))
            };
            read.try_or_cancel(closed).await
        })
    }

    fn size_hint(&self) -> (u64, Option<u64>) {
        (self.length.unwrap_or(0), self.length)
    }

    fn close(self: Rc<Self>) {
        self.closed.cancel();
    }
}
