//! More than the isolates can answer: who is taken on is answered soon, the others are told at once, and probes get through.
//!
//! Only orders of magnitude are asserted; how the limit moves is tested in simulated time beside its code.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::client::{Connection, Response};
use crate::host::App;

/// Computes for 20 ms a page: one isolate answers 50 a second.
const APP: &str = "import Fastify from 'fastify';
    const app = Fastify();
    app.get('/', async () => { for (const end = Date.now() + 20; Date.now() < end; ); return 'page'; });
    app.post('/', async () => 'posted');
    app.get('/health', async () => 'mine');
    await app.listen({ port: 0 });";

/// Keeps `clients` connections busy until `done`; what each got after `warm_up`.
fn flood(port: u16, clients: usize, warm_up: Duration, done: &Arc<AtomicBool>) -> Vec<std::thread::JoinHandle<Vec<Response>>> {
    let since = Instant::now();
    let client = |done: Arc<AtomicBool>| {
        move || {
            let mut connection = Connection::open(port);
            let mut answers = Vec::new();
            while !done.load(Ordering::Relaxed) {
                let answer = connection.get("/");
                // A client that is refused tries again, but not at once.
                std::thread::sleep(Duration::from_millis(if answer.status == 200 { 0 } else { 200 }));
                if since.elapsed() > warm_up {
                    answers.push(answer);
                }
            }
            answers
        }
    };
    (0..clients).map(|_| std::thread::spawn(client(Arc::clone(done)))).collect()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

#[test]
fn those_taken_on_are_answered_soon_and_the_others_told_at_once() {
    let host = App::source(APP).isolates(1).start();
    let done = Arc::new(AtomicBool::new(false));
    // Without a limit each of 250 clients would wait for the 249 others: five seconds.
    let clients = flood(host.port, 250, Duration::from_secs(3), &done);
    std::thread::sleep(Duration::from_secs(4));
    let probes: Vec<_> = (0..10)
        .map(|_| {
            std::thread::sleep(Duration::from_millis(100));
            host.get("/health")
        })
        .collect();
    // The refusal does not wait for the body.
    let mut refused_early = 0;
    for _ in 0..20 {
        let mut client = host.connect();
        client.request("POST", "/", "content-type: text/plain\r\ncontent-length: 100000\r\n");
        refused_early += usize::from(client.is_answered_within(Duration::from_secs(2)) && client.head().status == 503);
    }
    done.store(true, Ordering::Relaxed);
    let answers: Vec<_> = clients.into_iter().flat_map(|client| client.join().unwrap()).collect();
    let (taken, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert!(taken.len() > 20 && refused.len() > 100, "{} and {}", taken.len(), refused.len());
    let took = median(taken.iter().map(|answer| answer.took).collect());
    assert!(took < Duration::from_millis(2000), "{took:?}");
    let told = median(refused.iter().map(|answer| answer.took).collect());
    assert!(told < took / 2, "{told:?} and {took:?}");
    for answer in refused {
        assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")));
        assert_eq!(answer.json()["code"], "SSR_HOST_OVERLOADED");
    }
    assert!(refused_early > 0);
    for probe in probes {
        probe.assert_ok("mine");
        assert!(probe.took < Duration::from_millis(1000), "{:?}", probe.took);
    }
    assert_eq!(host.stderr.count("all isolates are busy"), 0, "no line for each refusal{}", host.printed());
    assert!(host.stderr.count("overload: ") == 1, "{}", host.printed());
    host.get("/").assert_ok("page");
}

/// A host that answers all it is asked refuses nothing.
#[test]
fn a_busy_host_refuses_nothing() {
    let host = App::fixture("pool.js").isolates(2).start();
    for _ in 0..5 {
        for answer in host.get_all(["/ok", "/wait?ms=20", "/busy?ms=1"].repeat(20)) {
            assert_eq!(answer.status, 200);
        }
    }
    assert_eq!(host.stderr.count("overload"), 0, "{}", host.printed());
}
