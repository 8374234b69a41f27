//! Bodies of requests on their way out of the isolate. What is a stream in JavaScript can only be read on the isolate's thread: a task
//! there reads one piece ahead of whoever sends it.

use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use deno_core::Resource;
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt as _, Full};
use tokio::sync::mpsc;

use crate::message::RequestBody;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Most bytes of a stream that are read at once.
const PIECE: usize = 64 << 10;

/// A body that is there.
pub(super) fn whole(bytes: Bytes) -> RequestBody {
    Box::pin(Full::new(bytes).map_err(|never| match never {}))
}

/// A body that `resource` produces; closed when it is read, or nobody wants the rest.
pub(super) fn stream(resource: Rc<dyn Resource>) -> RequestBody {
    let length = match resource.size_hint() {
        (least, Some(most)) if least == most && most > 0 => Some(most),
        _ => None,
    };
    let (sender, pieces) = mpsc::channel(1);
    deno_core::unsync::spawn(async move {
        tokio::select! {
            () = sender.closed() => {}
            () = read_all(&resource, &sender) => {}
        }
        resource.close();
    });
    Box::pin(Upload { pieces, length, is_whole: false })
}

async fn read_all(resource: &Rc<dyn Resource>, sender: &mpsc::Sender<Result<Bytes, String>>) {
    loop {
        let piece = Rc::clone(resource).read(PIECE).await.map(|piece| Bytes::from(piece.to_vec()));
        // An empty one is the end, and has to arrive: when the isolate goes away, nothing comes.
        let is_last = piece.as_ref().map_or(true, Bytes::is_empty);
        let sent = sender.send(piece.map_err(|error| error.to_string())).await;
        if is_last || sent.is_err() {
            return;
        }
    }
}

struct Upload {
    pieces: mpsc::Receiver<Result<Bytes, String>>,
    length: Option<u64>,
    is_whole: bool,
}

impl Body for Upload {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.is_whole {
            return Poll::Ready(None);
        }
        let piece = match ready!(self.pieces.poll_recv(cx)) {
            Some(Ok(piece)) => piece,
            Some(Err(message)) => return Poll::Ready(Some(Err(message.into()))),
            None => return Poll::Ready(Some(Err("the isolate went away".into()))),
        };
        self.is_whole = piece.is_empty();
        Poll::Ready(if self.is_whole { None } else { Some(Ok(Frame::data(piece))) })
    }

    fn is_end_stream(&self) -> bool {
        self.is_whole
    }

    fn size_hint(&self) -> SizeHint {
        self.length.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
