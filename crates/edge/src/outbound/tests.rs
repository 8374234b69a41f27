//! Which upstream is chosen, and who is reached: with a name server and a server on real sockets.

use std::net::SocketAddr;

use hickory_resolver::proto::rr::RecordType;
use parking_lot::Mutex;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;
use crate::upstream::resolve;
use crate::upstream::resolve::tests::server::{Server, addresses};

fn policy(allow: &[&str]) -> Policy {
    Policy::new(Some(&allow.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())).unwrap()
}

fn target(text: &str) -> Target {
    text.parse().unwrap()
}

/// Answers hold for as long as an entry in the hosts file, which is: hardly.
fn resolver(servers: Vec<SocketAddr>) -> Resolver {
    let ttl = Duration::from_millis(20);
    Resolver::new(resolve::Config { servers, timeout: Duration::from_secs(3), min_ttl: ttl, max_ttl: ttl }).unwrap()
}

fn client(policy: Policy, upstreams: &[&str]) -> Client {
    let resolver = resolver(vec![([127, 0, 0, 1], 9).into()]);
    let upstream = |text: &&str| Upstream::new(upstream::Config::new(target(text)), resolver.clone(), None);
    let upstreams = upstreams.iter().map(upstream).collect();
    Client::new(policy, resolver, upstreams, upstream::Config::new(target("http://none")))
}

/// Its target, and whose it is: clones have their configuration in common.
fn chosen(client: &Client, text: &str) -> (String, *const upstream::Config) {
    let upstream = client.choose(&target(text)).unwrap();
    (upstream.config().target.to_string(), upstream.config())
}

#[test]
fn configured_upstreams_are_allowed_whoever_they_are() {
    let configured =
        ["http://10.0.0.1:8080", "h2c://a.internal:50051", "https://a.internal", "unix:/run/a.sock", "http://b.test:1"];
    let client = client(policy(&["b.test"]), &configured);
    for (text, expected) in [
        ("http://10.0.0.1:8080", "http://10.0.0.1:8080"),
        ("http://a.internal:50051", "h2c://a.internal:50051"),
        ("https://A.INTERNAL.:443", "https://a.internal"),
    ] {
        assert_eq!(chosen(&client, text).0, expected);
    }
    for other in
        ["https://10.0.0.1:8080", "http://10.0.0.1", "http://a.internal", "http://a.internal:443", "https://a.internal:50051"]
    {
        assert!(matches!(client.choose(&target(other)), Err(Error::Forbidden(_))), "{other}");
    }
    assert_eq!(chosen(&client, "http://b.test:2").0, "http://b.test:2");
}

#[test]
fn the_first_of_two_with_one_origin() {
    let client = client(Policy::default(), &["h2c://a.internal:80", "http://a.internal"]);
    assert_eq!(chosen(&client, "http://a.internal").0, "h2c://a.internal");
}

#[test]
fn others_are_made_once() {
    let client = client(Policy::default(), &[]);
    let first = chosen(&client, "http://a.test");
    for same in ["http://a.test:80", "http://A.test."] {
        assert_eq!(chosen(&client, same), first, "{same}");
    }
    for other in ["https://a.test", "http://a.test:81", "http://b.test"] {
        assert_ne!(chosen(&client, other), first, "{other}");
    }
}

#[test]
fn only_so_many_are_kept() {
    let client = client(Policy::default(), &[]);
    let keep: Vec<_> = (0..1000)
        .map(|i| {
            let first = client.choose(&target("http://often.test")).unwrap();
            (first, client.choose(&target(&format!("http://{i}.test"))).unwrap())
        })
        .collect();
    assert!(client.0.origins.iter().count() as u64 <= MAX_ORIGINS);
    assert!(keep.iter().all(|(often, _)| std::ptr::eq(often.config(), keep[0].0.config())), "it was used all the time");
    assert!(!std::ptr::eq(client.choose(&target("http://0.test")).unwrap().config(), keep[0].1.config()), "it is a new one");
}

#[test]
fn says_who_may_not_be_asked() {
    let client = client(Policy::default(), &[]);
    let refused = |text: &str| client.choose(&target(text)).unwrap_err().to_string();
    assert_eq!(
        refused("http://169.254.169.254"),
        "`169.254.169.254:80` may not be asked: it is the address of a cloud's metadata, and not in `fetch.allow`"
    );
    assert_eq!(refused("unix:/run/a.sock"), "`unix:/run/a.sock` may not be asked: only what is configured may be a socket");
}

/// A server on all IPv4 addresses of this machine, and at which of them it was reached.
async fn bystander() -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let (port, reached) = (listener.local_addr().unwrap().port(), Arc::<Mutex<Vec<String>>>::default());
    let list = Arc::clone(&reached);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            list.lock().push(stream.local_addr().unwrap().ip().to_string());
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 1024]).await;
                let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").await;
            });
        }
    });
    (port, reached)
}

async fn ask(client: &Client, host: &str, port: u16) -> Result<u16, Error> {
    let request = Request::new(upstream::body::empty());
    let target = target(&format!("http://{host}:{port}"));
    let answer = tokio::time::timeout(Duration::from_secs(20), client.send(&target, request)).await.expect("an answer in time");
    answer.map(|response| response.status().as_u16())
}

fn asking(policy: Policy, names: &Server) -> Client {
    Client::new(policy, resolver(vec![names.address]), Vec::new(), upstream::Config::new(target("http://none")))
}

#[tokio::test]
async fn this_machine_by_its_name_and_not_by_another() {
    let (names, (port, reached)) = (Server::start().await, bystander().await);
    names.set("public.test", RecordType::A, addresses(0, &["127.0.0.1"]));
    let client = asking(Policy::default(), &names);
    let error = ask(&client, "public.test", port).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("`public.test:{port}` may not be asked: it has private addresses, and is not in `fetch.allow`")
    );
    assert!(matches!(error, Error::Forbidden(_)) && reached.lock().is_empty());
    for host in ["localhost", "127.0.0.1"] {
        assert_eq!(ask(&client, host, port).await.unwrap(), 204, "{host}");
    }
    let listed = asking(policy(&["public.test"]), &names);
    assert_eq!(ask(&listed, "public.test", port).await.unwrap(), 204);
}

/// The addresses that are connected to are those that were checked: of two, only the one, and when the name moves, neither.
#[tokio::test]
async fn a_name_that_becomes_another_address_is_not_followed() {
    let (names, (port, reached)) = (Server::start().await, bystander().await);
    names.set("rebind.test", RecordType::A, addresses(0, &["127.0.0.1", "127.0.0.2"]));
    let client = asking(policy(&["127.0.0.1"]), &names);
    for _ in 0..20 {
        assert_eq!(ask(&client, "rebind.test", port).await.unwrap(), 204);
    }
    names.set("rebind.test", RecordType::A, addresses(0, &["127.0.0.2"]));
    let is_refused = async || matches!(ask(&client, "rebind.test", port).await, Err(Error::Forbidden(_)));
    until(is_refused).await;
    assert!(reached.lock().iter().all(|address| address == "127.0.0.1"), "{:?}", reached.lock());
    names.set("rebind.test", RecordType::A, addresses(0, &["127.0.0.1"]));
    until(async || ask(&client, "rebind.test", port).await.is_ok()).await;
}

async fn until(is_so: impl AsyncFn() -> bool) {
    for _ in 0..1000 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it does not happen");
}
