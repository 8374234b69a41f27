use futures_util::FutureExt as _;
use http_body_util::BodyExt as _;
use tokio::sync::mpsc;
use tokio::time::{advance, sleep};

use super::*;

/// What a test sends: data, or an error of the connection.
type Piece = Result<&'static [u8], io::ErrorKind>;

struct Pieces(mpsc::UnboundedReceiver<Piece>);

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let frame = |piece: Piece| piece.map(|data| Frame::data(Bytes::from_static(data))).map_err(io::Error::from);
        self.0.poll_recv(cx).map(|piece| piece.map(frame))
    }
}

fn body(limits: Limits) -> (mpsc::UnboundedSender<Piece>, Body<Pieces>, Outcome) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let (body, outcome) = Body::new(Pieces(receiver), limits);
    (sender, body, outcome)
}

async fn next(body: &mut Body<Pieces>) -> Option<Result<Bytes, String>> {
    body.frame().await.map(|frame| frame.map(|frame| frame.into_data().unwrap()).map_err(|error| error.to_string()))
}

/// Sends one piece whenever `pause` has passed and reads to the end.
async fn send(limits: Limits, pieces: &[(u64, &'static [u8])]) -> (usize, Option<Error>) {
    let (sender, mut body, outcome) = body(limits);
    let pieces = pieces.to_vec();
    tokio::spawn(async move {
        for (pause, data) in pieces {
            sleep(Duration::from_secs(pause)).await;
            if sender.send(Ok(data)).is_err() {
                return;
            }
        }
    });
    let mut received = 0;
    while let Some(Ok(data)) = next(&mut body).await {
        received += data.len();
    }
    (received, outcome.now_or_never())
}

#[test]
fn what_announces_itself_as_too_large() {
    let limits = Limits { max: Some(10), ..Limits::default() };
    for (length, refused) in [("10", false), ("11", true), ("99999999999", true), ("x", false)] {
        let headers = HeaderMap::from_iter([(CONTENT_LENGTH, length.parse().unwrap())]);
        assert_eq!(limits.refuse(&headers).is_some(), refused, "{length}");
        assert_eq!(Limits { max: None, ..Limits::default() }.refuse(&headers), None);
    }
    assert_eq!(limits.refuse(&HeaderMap::new()), None);
}

#[tokio::test(start_paused = true)]
async fn size_pauses_and_rate() {
    let limits = |max, timeout, min_rate| Limits {
        max: Some(max),
        timeout: Duration::from_secs(timeout),
        min_rate,
        grace: Duration::from_millis(10_500),
    };
    let hundred: &[u8] = &[b'x'; 100];
    let thousand: &[u8] = &[b'x'; 1000];
    let slow = vec![(1, &hundred[..1]); 60];
    let steady = vec![(1, hundred); 60];
    let cases = [
        ("exactly the limit", limits(200, 30, 0), vec![(0, hundred), (0, hundred)], 200, None),
        ("one byte more", limits(199, 30, 0), vec![(0, hundred), (0, hundred)], 100, Some(Error::TooLarge)),
        ("a pause within the limit", limits(999, 30, 0), vec![(0, hundred), (29, hundred)], 200, None),
        ("a pause beyond it", limits(999, 30, 0), vec![(0, hundred), (31, hundred)], 100, Some(Error::Stalled)),
        ("nothing at all", limits(999, 30, 0), vec![(31, hundred)], 0, Some(Error::Stalled)),
        ("a byte a second", limits(999, 30, 10), slow.clone(), 10, Some(Error::TooSlow)),
        ("a byte a second where any rate goes", limits(999, 30, 0), slow, 60, None),
        ("fast enough", limits(9999, 30, 90), steady.clone(), 6000, None),
        ("not fast enough", limits(9999, 30, 110), steady, 1000, Some(Error::TooSlow)),
        ("a good start earns time", limits(9999, 60, 50), vec![(0, thousand), (15, hundred)], 1100, None),
        ("and no more", limits(9999, 60, 50), vec![(0, thousand), (15, hundred), (10, hundred)], 1100, Some(Error::TooSlow)),
    ];
    for (name, limits, pieces, received, error) in cases {
        assert_eq!(send(limits, &pieces).await, (received, error), "{name}");
    }
}

/// Backpressure of the app's is not the client's slowness.
#[tokio::test(start_paused = true)]
async fn an_app_may_take_its_time() {
    let (sender, mut body, outcome) = body(Limits { timeout: Duration::from_secs(5), ..Limits::default() });
    for _ in 0..3 {
        sender.send(Ok(b"x")).unwrap();
        advance(Duration::from_secs(60)).await;
        assert_eq!(next(&mut body).await, Some(Ok(Bytes::from_static(b"x"))));
    }
    assert_eq!(outcome.now_or_never(), None);
}

#[tokio::test]
async fn broken_framing_is_not_a_hang_up() {
    for (kind, expected) in [
        (io::ErrorKind::InvalidData, Some(Error::Malformed)),
        (io::ErrorKind::InvalidInput, Some(Error::Malformed)),
        (io::ErrorKind::UnexpectedEof, None),
        (io::ErrorKind::ConnectionReset, None),
    ] {
        let (sender, mut body, outcome) = body(Limits::default());
        sender.send(Err(kind)).unwrap();
        assert!(next(&mut body).await.unwrap().is_err());
        assert_eq!(outcome.now_or_never(), expected, "{kind}");
    }
}

/// Fastify 4.29: `FST_ERR_CTP_BODY_TOO_LARGE` and `defaultClientErrorHandler`.
#[test]
fn answers_in_the_words_of_fastify() {
    let cases = [
        (
            Error::TooLarge,
            r#"{"statusCode":413,"code":"FST_ERR_CTP_BODY_TOO_LARGE","error":"Payload Too Large","message":"Request body is too large"}"#,
        ),
        (Error::Stalled, r#"{"statusCode":408,"error":"Request Timeout","message":"Client Timeout"}"#),
        (Error::Malformed, r#"{"statusCode":400,"error":"Bad Request","message":"Client Error"}"#),
    ];
    for (error, expected) in cases {
        let crate::Body::Full(body) = error.problem().into_response().into_body() else { panic!() };
        assert_eq!(body, expected);
    }
}
