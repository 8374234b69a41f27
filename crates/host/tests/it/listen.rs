//! Which address holds: the options, the app's own `listen`, the environment, all addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs as _};

use crate::client::Connection;
use crate::host::{App, TestHost, free_port};

const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);
/// Another address of this machine, which only a wildcard takes.
const OTHER: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

const FETCH: &str = "export default { fetch: () => new Response('ok') };";

/// An app of Fastify's that listens with these options and prints what it gets.
fn fastify(options: &str) -> App {
    let app = format!(
        "import Fastify from 'fastify';
        const app = Fastify();
        app.get('/', async (request) => request.ip);
        console.log('at', await app.listen({options}), JSON.stringify(app.server.address()));"
    );
    App::source(&app).without_port().isolates(2)
}

/// Which of the three addresses answer.
fn reachable(host: &TestHost) -> Vec<IpAddr> {
    let answers = |ip: &IpAddr| TcpStream::connect(SocketAddr::new(*ip, host.port)).is_ok();
    [V4, V6, OTHER].into_iter().filter(answers).collect()
}

#[test]
fn the_apps_own_arguments_hold() {
    let port = free_port();
    let host = fastify(&format!("{{ port: {port}, host: '127.0.0.1' }}")).env("PORT", "1").env("HOST", "::").start();
    assert_eq!((host.port, reachable(&host)), (port, vec![V4]));
    let line = host.stdout.wait_for("at ");
    assert_eq!(line, format!(r#"at http://127.0.0.1:{port} {{"address":"127.0.0.1","family":"IPv4","port":{port}}}"#));
}

#[test]
fn options_win_over_the_app() {
    let port = free_port();
    let arguments = format!("{{ port: {port}, host: '127.0.0.1' }}");
    let other = free_port();
    let host = fastify(&arguments).option("--port", &other.to_string()).start();
    assert_eq!((host.port, reachable(&host)), (other, vec![V4]));
    host.stdout.wait_for(&format!("at http://127.0.0.1:{other}"));
    let host = fastify(&arguments).option("--host", "::1").start();
    assert_eq!((host.port, reachable(&host)), (port, vec![V6]));
}

#[test]
fn port_zero_is_any_free_port() {
    let host = fastify("{ port: 0, host: '0.0.0.0' }").start();
    assert_ne!(host.port, 0);
    assert_eq!(reachable(&host), [V4, OTHER]);
    host.stdout.wait_for(&format!("at http://0.0.0.0:{}", host.port));
}

/// Fastify's default host: one address or two, as the machine has it.
#[test]
fn localhost_is_all_its_addresses() {
    let host = fastify("{ port: 0 }").start();
    let addresses: Vec<_> = ("localhost", host.port).to_socket_addrs().unwrap().map(|address| address.ip()).collect();
    let expected: Vec<_> = [V4, V6].into_iter().filter(|ip| addresses.contains(ip)).collect();
    assert_eq!(reachable(&host), expected);
    host.stdout.wait_for(&format!(":{}", host.port));
}

#[test]
fn the_environment_holds_for_an_app_that_does_not_listen() {
    let port = free_port();
    let host = App::source(FETCH).without_port().env("PORT", &port.to_string()).env("HOST", "127.0.0.1").start();
    assert_eq!((host.port, reachable(&host)), (port, vec![V4]));
    let host = App::source(FETCH).env("PORT", "1").start();
    assert_ne!(host.port, 1, "--port wins");
}

#[test]
fn an_app_reads_the_environment_itself() {
    let port = free_port();
    let host = fastify("{ port: Number(process.env.PORT ?? 1), host: process.env.HOST ?? '127.0.0.1' }")
        .env("PORT", &port.to_string())
        .start();
    assert_eq!((host.port, reachable(&host)), (port, vec![V4]));
}

#[test]
fn a_fetch_handler_listens_everywhere() {
    let host = App::source(FETCH).start();
    assert_eq!(reachable(&host), [V4, V6, OTHER]);
    for ip in [V4, V6] {
        Connection::to(SocketAddr::new(ip, host.port), None).get("/").assert_ok("ok");
    }
}

/// On Fly's private network, which is IPv6 only, an app that listens on all IPv4 addresses is to be reached too.
#[test]
fn a_wildcard_is_widened_on_fly() {
    let host = fastify("{ port: 0, host: '0.0.0.0' }").env("FLY_APP_NAME", "x").start();
    assert_eq!(reachable(&host), [V4, V6, OTHER]);
    host.get("/").assert_ok("127.0.0.1");
    host.stdout.wait_for("at http://0.0.0.0:");
}

/// The forms of `listen`, each of which an app in the wild uses.
#[test]
fn forms_of_listen() {
    for call in [
        "app.listen({ port: 0, host: '127.0.0.1' }, (error, address) => { if (error) throw error; console.log('at', address); });",
        "app.listen(0, '127.0.0.1', (error, address) => console.log('at', address));",
        "app.listen({ port: '0', host: '127.0.0.1' }).then((address) => console.log('at', address));",
        "const start = async () => console.log('at', await app.listen({ port: 0, host: '127.0.0.1' })); start();",
    ] {
        let app = format!("import Fastify from 'fastify'; const app = Fastify(); app.get('/', async () => 'ok'); {call}");
        let host = App::source(&app).without_port().start();
        host.get("/").assert_ok("ok");
        host.stdout.wait_for(&format!("at http://127.0.0.1:{}", host.port));
    }
}

/// A socket that systemd has opened: it is listened on, whatever the app says.
#[test]
fn sockets_of_systemd() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let app = App::source("export default { fetch: () => new Response('ok') };").isolates(1).inheriting(listener.into());
    let host = app.start();
    assert_eq!(host.port, address.port());
    host.get("/").assert_ok("ok");
}

#[test]
fn a_unix_socket_of_systemd() {
    use std::io::{Read as _, Write as _};
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.sock");
    let listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let app = "import Fastify from 'fastify';
        const app = Fastify({ logger: true });
        app.get('/', async (request) => `${request.ip} ${request.socket.remoteAddress} ${request.raw.socket.remoteFamily}`);
        console.log('at', await app.listen({ port: 1 }), JSON.stringify(app.server.address()));";
    let host = App::source(app).isolates(1).inheriting(listener.into()).start();
    assert!(host.stderr.text().contains(&format!("unix:{} serves", path.display())), "{}", host.printed());
    host.stdout.wait_for(&format!("at {} {path:?}", path.display()));
    let mut client = std::os::unix::net::UnixStream::connect(&path).unwrap();
    client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    client.read_to_string(&mut text).unwrap();
    // As Node 20: there is no address.
    assert!(text.starts_with("HTTP/1.1 200") && text.ends_with("undefined undefined undefined"), "{text}");
    let line = host.stdout.wait_for("incoming request");
    assert!(serde_json::from_str::<serde_json::Value>(&line).is_ok() && !line.contains("remote"), "{line}");
    drop(host);
    assert!(path.exists(), "it is systemd's");
}
