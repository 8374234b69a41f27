//! With a name server on a real socket.

pub(crate) mod server;

use std::path::PathBuf;
use std::time::Instant;

use hickory_resolver::config::{NameServerConfig, ResolverConfig, ResolverOpts};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RecordType};
use hickory_resolver::proto::xfer::Protocol;

use super::*;
use server::{Reply, Server, addresses, text};

const SECOND: Duration = Duration::from_secs(1);

/// Answers hold for a short time, whatever they say.
fn brief(server: &Server) -> Config {
    let brief = Duration::from_millis(50);
    Config { servers: vec![server.address], timeout: 3 * SECOND, min_ttl: brief, max_ttl: brief }
}

/// Answers hold as long as they say.
fn honest(server: &Server) -> Config {
    Config { min_ttl: Duration::ZERO, max_ttl: 3600 * SECOND, ..brief(server) }
}

/// Does not look at this machine's own hosts file.
fn resolver(config: Config) -> Resolver {
    with(config, &[], PathBuf::from("/nonexistent"))
}

fn with(config: Config, search: &[&str], hosts: PathBuf) -> Resolver {
    let search = search.iter().map(|domain| Name::from_ascii(domain).unwrap()).collect();
    let servers =
        config.servers.iter().flat_map(|server| [Protocol::Udp, Protocol::Tcp].map(|by| NameServerConfig::new(*server, by)));
    let servers = ResolverConfig::from_parts(None, search, servers.collect::<Vec<_>>());
    Resolver::with(Lookup::with((servers, ResolverOpts::default()), config, hosts::Hosts::new(hosts)))
}

/// Waits for a state.
async fn reaches(states: &mut Receiver<State>, expected: &[&str]) {
    let mut expected: Vec<IpAddr> = expected.iter().map(|ip| ip.parse().unwrap()).collect();
    expected.sort_unstable();
    let is_there = |state: &State| matches!(state, State::Known(found) if **found == *expected);
    let waited = tokio::time::timeout(15 * SECOND, states.wait_for(is_there)).await.map(drop);
    assert!(waited.is_ok(), "{expected:?} expected, {:?} found", states.borrow());
}

async fn failure(states: &mut Receiver<State>) -> String {
    let is_failure = |state: &State| matches!(state, State::Failed(_));
    let state = tokio::time::timeout(15 * SECOND, states.wait_for(is_failure)).await.expect("no failure").unwrap().clone();
    match state {
        State::Failed(why) => why.to_string(),
        _ => unreachable!(),
    }
}

#[tokio::test]
async fn what_changes_is_noticed_when_the_answer_no_longer_holds() {
    let server = Server::start().await;
    server.set("a.internal", RecordType::AAAA, addresses(0, &["fdaa::1", "fdaa::2"]));
    let mut states = resolver(brief(&server)).watch("a.internal");
    assert_eq!(*states.borrow(), State::Unknown);
    reaches(&mut states, &["fdaa::1", "fdaa::2"]).await;
    server.set("a.internal", RecordType::AAAA, addresses(3600, &["fdaa::3", "fdaa::2"]));
    reaches(&mut states, &["fdaa::3", "fdaa::2"]).await;
    // It says that it holds for an hour; that is more than the most.
    server.set("a.internal", RecordType::AAAA, addresses(3600, &["fdaa::4"]));
    reaches(&mut states, &["fdaa::4"]).await;
}

#[tokio::test]
async fn an_answer_holds_as_long_as_it_says() {
    let server = Server::start().await;
    server.set("a.internal", RecordType::AAAA, addresses(1, &["fdaa::1"]));
    let began = Instant::now();
    let _states = resolver(honest(&server)).watch("a.internal");
    server.asked("a.internal", RecordType::AAAA, 3).await;
    assert!(began.elapsed() >= 2 * SECOND, "{:?}", began.elapsed());
}

#[tokio::test]
async fn the_least_is_more_than_what_an_answer_says() {
    let server = Server::start().await;
    server.set("a.internal", RecordType::AAAA, addresses(0, &["fdaa::1"]));
    let began = Instant::now();
    let _states = resolver(Config { min_ttl: SECOND / 2, max_ttl: SECOND, ..brief(&server) }).watch("a.internal");
    server.asked("a.internal", RecordType::AAAA, 3).await;
    assert!(began.elapsed() >= SECOND, "{:?}", began.elapsed());
}

#[tokio::test]
async fn addresses_stay_while_nobody_answers() {
    let server = Server::start().await;
    server.set("a.internal", RecordType::A, addresses(0, &["10.0.0.1"]));
    server.set("a.internal", RecordType::AAAA, addresses(0, &["fdaa::1"]));
    let mut states = resolver(brief(&server)).watch("a.internal");
    reaches(&mut states, &["10.0.0.1", "fdaa::1"]).await;
    for reply in [Reply::Code(ResponseCode::ServFail), Reply::Code(ResponseCode::Refused)] {
        server.set("a.internal", RecordType::A, reply.clone());
        server.set("a.internal", RecordType::AAAA, reply);
        server.asked("a.internal", RecordType::A, 3).await;
        reaches(&mut states, &["10.0.0.1", "fdaa::1"]).await;
    }
    server.set("a.internal", RecordType::A, addresses(0, &["10.0.0.2"]));
    server.set("a.internal", RecordType::AAAA, addresses(0, &["fdaa::2"]));
    reaches(&mut states, &["10.0.0.2", "fdaa::2"]).await;
}

#[tokio::test]
async fn addresses_stay_while_nothing_comes_back() {
    let server = Server::start().await;
    server.set("a.internal", RecordType::A, addresses(0, &["10.0.0.1"]));
    let config = Config { timeout: SECOND / 2, ..brief(&server) };
    let mut states = resolver(config).watch("a.internal");
    reaches(&mut states, &["10.0.0.1"]).await;
    server.set("a.internal", RecordType::A, Reply::Silence);
    server.set("a.internal", RecordType::AAAA, Reply::Silence);
    // Three of these are one question of ours.
    server.asked("a.internal", RecordType::A, 7).await;
    reaches(&mut states, &["10.0.0.1"]).await;
    server.set("a.internal", RecordType::A, addresses(0, &["10.0.0.2"]));
    server.set("a.internal", RecordType::AAAA, Reply::Code(ResponseCode::NoError));
    reaches(&mut states, &["10.0.0.2"]).await;
}

#[tokio::test]
async fn half_an_answer_is_one_and_the_other_half_stays() {
    let server = Server::start().await;
    server.set("a.internal", RecordType::A, addresses(0, &["10.0.0.1"]));
    server.set("a.internal", RecordType::AAAA, Reply::Code(ResponseCode::ServFail));
    let mut states = resolver(brief(&server)).watch("a.internal");
    reaches(&mut states, &["10.0.0.1"]).await;
    server.set("a.internal", RecordType::AAAA, addresses(0, &["fdaa::1"]));
    reaches(&mut states, &["10.0.0.1", "fdaa::1"]).await;
    server.set("a.internal", RecordType::A, Reply::Code(ResponseCode::ServFail));
    server.set("a.internal", RecordType::AAAA, addresses(0, &["fdaa::2"]));
    reaches(&mut states, &["10.0.0.1", "fdaa::2"]).await;
    // Whereas an answer that there are none is an answer.
    server.set("a.internal", RecordType::A, Reply::Code(ResponseCode::NXDomain));
    reaches(&mut states, &["fdaa::2"]).await;
}

#[tokio::test]
async fn a_name_that_is_not_there_yet() {
    let server = Server::start().await;
    let mut states = resolver(honest(&server)).watch("a.internal");
    assert_eq!(failure(&mut states).await, "`a.internal` has no address, says the name server");
    server.asked("a.internal", RecordType::AAAA, 3).await;
    server.set("a.internal", RecordType::AAAA, addresses(0, &["fdaa::1"]));
    reaches(&mut states, &["fdaa::1"]).await;
    // All of its machines are stopped: the name is there, without an address.
    server.set("a.internal", RecordType::AAAA, Reply::Code(ResponseCode::NoError));
    server.set("a.internal", RecordType::A, Reply::Code(ResponseCode::NoError));
    assert_eq!(failure(&mut states).await, "`a.internal` has no address, says the name server");
}

#[tokio::test]
async fn a_name_about_which_nobody_has_ever_answered() {
    let server = Server::start().await;
    for kind in [RecordType::A, RecordType::AAAA] {
        server.set("a.internal", kind, Reply::Code(ResponseCode::ServFail));
        server.set("b.internal", kind, Reply::Silence);
    }
    let resolver = resolver(Config { timeout: SECOND / 2, ..brief(&server) });
    let why = failure(&mut resolver.watch("a.internal")).await;
    assert_eq!(why, "no name server knows whether `a.internal` has an address: Server Failure");
    let why = failure(&mut resolver.watch("b.internal")).await;
    assert_eq!(why, "no name server knows whether `b.internal` has an address: no answer in time");
}

#[tokio::test]
async fn a_lost_datagram_is_no_failure() {
    let server = Server::start().await;
    server.set("a.internal", RecordType::AAAA, Reply::OnSecondAsking(Box::new(addresses(9, &["fdaa::1"]))));
    let mut states = resolver(honest(&server)).watch("a.internal");
    states.changed().await.unwrap();
    reaches(&mut states, &["fdaa::1"]).await;
}

#[tokio::test]
async fn an_answer_that_is_too_long_for_a_datagram() {
    let server = Server::start().await;
    let all: Vec<_> = (1..=100).map(|i| format!("fdaa::{i:x}")).collect();
    let all: Vec<_> = all.iter().map(String::as_str).collect();
    server.set("a.internal", RecordType::AAAA, addresses(9, &all));
    reaches(&mut resolver(honest(&server)).watch("a.internal"), &all).await;
}

#[tokio::test]
async fn a_name_that_stands_for_another() {
    let server = Server::start().await;
    server.set("a.internal", RecordType::AAAA, Reply::Alias("b.internal", Box::new(addresses(9, &["fdaa::1"]))));
    reaches(&mut resolver(honest(&server)).watch("a.internal"), &["fdaa::1"]).await;
}

#[tokio::test]
async fn addresses_need_no_name_server() {
    let server = Server::start().await;
    let resolver = resolver(brief(&server));
    for address in ["192.0.2.1", "fdaa::3", "::ffff:10.0.0.1"] {
        reaches(&mut resolver.watch(address), &[address]).await;
    }
    reaches(&mut resolver.watch("localhost"), &["127.0.0.1", "::1"]).await;
    reaches(&mut resolver.watch("app.LOCALHOST."), &["127.0.0.1", "::1"]).await;
    for host in ["", "a b", "fe80::1%eth0", &"a".repeat(64)] {
        assert_eq!(failure(&mut resolver.watch(host)).await, format!("`{host}` is no name that could have an address"));
    }
    assert_eq!(server.questions(), Vec::<(String, RecordType)>::new());
}

#[tokio::test]
async fn the_hosts_file_comes_first_and_may_change() {
    let server = Server::start().await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "fdaa::7 fly-local-6pn\n127.0.0.9 localhost Backend.Test # mine\n::9 backend.test\n").unwrap();
    let resolver = with(brief(&server), &["search.test"], file.path().to_owned());
    reaches(&mut resolver.watch("fly-local-6pn"), &["fdaa::7"]).await;
    reaches(&mut resolver.watch("localhost"), &["127.0.0.9"]).await;
    let mut states = resolver.watch("backend.test");
    reaches(&mut states, &["127.0.0.9", "::9"]).await;
    std::fs::write(file.path(), "10.0.0.1 backend.test").unwrap();
    reaches(&mut states, &["10.0.0.1"]).await;
    assert_eq!(server.questions(), Vec::<(String, RecordType)>::new());
}

#[tokio::test]
async fn search_domains_are_for_names_without_a_dot() {
    let server = Server::start().await;
    server.set("backend.second.test", RecordType::AAAA, addresses(9, &["fdaa::1"]));
    server.set("alone", RecordType::AAAA, addresses(9, &["fdaa::2"]));
    server.set("a.internal", RecordType::AAAA, addresses(9, &["fdaa::3"]));
    server.set("a.internal.first.test", RecordType::AAAA, addresses(9, &["fdaa::4"]));
    let resolver = with(honest(&server), &["first.test", "second.test"], PathBuf::from("/nonexistent"));
    for (host, address, names) in [
        ("backend", "fdaa::1", &["backend.first.test", "backend.second.test"][..]),
        ("alone", "fdaa::2", &["alone.first.test", "alone.second.test", "alone"]),
        ("a.internal", "fdaa::3", &["a.internal"]),
    ] {
        reaches(&mut resolver.watch(host), &[address]).await;
        let asked: Vec<_> = server.questions().into_iter().filter(|(_, kind)| *kind == RecordType::AAAA).collect();
        assert_eq!(asked.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), names);
        server.forget();
    }
}

#[tokio::test]
async fn machines_of_an_app_by_the_list_of_all() {
    let server = Server::start().await;
    let machine = |i: u32, app: &str| format!("instance=d891{i:04},app={app},ip=fdaa:0:18:a7b::{i:x},region=ams");
    let list: Vec<_> = (1..=9).map(|i| machine(i, if i % 4 == 0 { "ours" } else { "theirs" })).collect();
    server.set("_instances.internal", RecordType::TXT, text(0, &list.join(";")));
    let resolver = resolver(brief(&server));
    let mut states = resolver.watch("ours._instances.internal");
    reaches(&mut states, &["fdaa:0:18:a7b::4", "fdaa:0:18:a7b::8"]).await;
    server.set("_instances.internal", RecordType::TXT, text(0, &machine(5, "ours")));
    reaches(&mut states, &["fdaa:0:18:a7b::5"]).await;
    let why = failure(&mut resolver.watch("other._instances.internal")).await;
    assert_eq!(why, "`other._instances.internal` has no address: no machine of `other` is in `_instances.internal`");
    server.set("_instances.internal", RecordType::TXT, Reply::Code(ResponseCode::NXDomain));
    let why = failure(&mut resolver.watch("fourth._instances.internal")).await;
    assert_eq!(why, "`fourth._instances.internal` has no address: there is no `_instances.internal`");
}

#[tokio::test]
async fn all_are_asked_again_when_told_so() {
    let server = Server::start().await;
    let resolver = resolver(Config { timeout: 90 * SECOND, ..honest(&server) });
    for name in ["a.internal", "b.internal"] {
        server.set(name, RecordType::AAAA, addresses(3600, &["fdaa::1"]));
    }
    let (mut a, mut b) = (resolver.watch("a.internal"), resolver.watch("b.internal"));
    reaches(&mut a, &["fdaa::1"]).await;
    reaches(&mut b, &["fdaa::1"]).await;
    // One that is being asked about, to no avail.
    server.set("c.internal", RecordType::AAAA, Reply::Silence);
    let mut c = resolver.watch("c.internal");
    server.asked("c.internal", RecordType::AAAA, 1).await;
    for name in ["a.internal", "b.internal", "c.internal"] {
        server.set(name, RecordType::AAAA, addresses(3600, &["fdaa::2"]));
    }
    resolver.ask_again();
    for states in [&mut a, &mut b, &mut c] {
        reaches(states, &["fdaa::2"]).await;
    }
}

#[tokio::test]
async fn however_many_watch_a_name_it_is_asked_about_once() {
    let server = Server::start().await;
    server.set("a.internal", RecordType::AAAA, addresses(3600, &["fdaa::1"]));
    let resolver = resolver(honest(&server));
    let watchers: Vec<_> = (0..1000).map(|i| resolver.watch(["a.internal", "A.Internal", "a.internal."][i % 3])).collect();
    for mut states in watchers {
        reaches(&mut states, &["fdaa::1"]).await;
    }
    let mut asked = server.questions();
    asked.sort();
    let a = || "a.internal".to_owned();
    assert_eq!(asked, [(a(), RecordType::A), (a(), RecordType::AAAA)]);
}

#[tokio::test]
async fn nobody_asks_for_nobody() {
    let server = Server::start().await;
    server.set("a.internal", RecordType::AAAA, addresses(0, &["fdaa::1"]));
    let resolver = resolver(brief(&server));
    let mut states = vec![resolver.watch("a.internal"), resolver.watch("b.internal"), resolver.watch("192.0.2.1")];
    states.push(resolver.watch("a.internal"));
    reaches(&mut states[0], &["fdaa::1"]).await;
    failure(&mut states[1]).await;
    // One of two goes; the other is told as before.
    drop(states.drain(..3));
    server.set("a.internal", RecordType::AAAA, addresses(0, &["fdaa::2"]));
    reaches(&mut states[0], &["fdaa::2"]).await;
    drop(states);
    for _ in 0..1000 {
        if resolver.0.watched.lock().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(resolver.0.watched.lock().is_empty());
    // What the tasks had of it is gone with them.
    assert_eq!(Arc::strong_count(&resolver.0), 1);
    reaches(&mut resolver.watch("a.internal"), &["fdaa::2"]).await;
}
