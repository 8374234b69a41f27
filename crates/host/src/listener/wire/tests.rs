use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Wake, Waker};

use tokio::io::AsyncWriteExt as _;

use super::super::capacity::Capacity;
use super::super::limits::Limits;
use super::super::proxy::{Mode, Trusted};
use super::*;

/// Counts how often the task is told to go on.
#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// An app may answer and hold on to a body that the client does not finish: nothing is to be done until more of it comes.
#[tokio::test]
async fn a_body_that_is_read_on_after_its_response_takes_no_time() {
    let (mut client, server) = tokio::io::duplex(1024);
    let limits = Limits { idle_timeout: Duration::from_millis(1), ..Limits::default() };
    let capacity = Capacity::new(&limits);
    let shared = Arc::new(Shared::new(limits, &capacity, None, (Mode::default(), Trusted::default())));
    let mut wire = Wire::new(server, &shared, Activity::new(), (Instant::now(), (None, None)));
    client.write_all(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhel").await.unwrap();
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    let mut read = |buffer: &mut [u8]| {
        let mut buf = ReadBuf::new(buffer);
        let outcome = Pin::new(&mut wire).poll_read(&mut Context::from_waker(&waker), &mut buf);
        outcome.map(|outcome| outcome.map(|()| buf.filled().len()).unwrap())
    };
    let mut buffer = [0; 256];
    assert!(read(&mut buffer).is_ready());
    for _ in 0..3 {
        assert!(read(&mut buffer).is_pending());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(woken.0.load(Ordering::SeqCst), 0);
    client.write_all(b"lo").await.unwrap();
    assert_eq!(woken.0.load(Ordering::SeqCst), 1);
    assert_eq!(read(&mut buffer), Poll::Ready(2));
}
