//! Who the client is: from the socket, or from a header of a peer that is trusted, and the same for everyone who asks.

use serde_json::json;

use crate::host::{App, TestHost};

const FASTIFY: &str = r#"
  import fastify from "fastify";
  const app = fastify({ trustProxy: JSON.parse(process.env.TRUST_PROXY ?? "false") });
  app.get("/", ({ ip, ips, hostname, protocol, socket }) => ({ ip, ips, hostname, protocol, peer: socket.remoteAddress }));
  await app.listen({ port: 0 });
"#;

/// Every header that could say who the client is.
const FORGED: &str = "x-forwarded-for: 6.6.6.6\r\nforwarded: for=6.6.6.6;host=evil;proto=https\r\nfly-client-ip: 6.6.6.6\r\n\
                      cf-connecting-ip: 6.6.6.6\r\nx-real-ip: 6.6.6.6\r\nx-forwarded-host: evil\r\nx-forwarded-proto: https\r\n";

fn fastify() -> App {
    App::source(FASTIFY).isolates(1)
}

fn seen(host: &TestHost, headers: &str) -> serde_json::Value {
    let mut client = host.connect();
    client.request("GET", "/", headers);
    client.response().json()
}

#[test]
fn nobody_is_trusted_unasked() {
    let host = fastify().start();
    let expected = json!({ "ip": "127.0.0.1", "hostname": "localhost", "protocol": "http", "peer": "127.0.0.1" });
    assert_eq!(seen(&host, FORGED), expected);
}

#[test]
fn a_trusted_peer_says_who_the_client_is() {
    let host = fastify()
        .env("SSR_HOST_TRUST_PEERS", "loopback, 10.0.0.0/8")
        .env("SSR_HOST_TRUST_HEADER", "x-forwarded-for")
        .env("SSR_HOST_TRUST_PROTO_HEADER", "x-forwarded-proto")
        .env("SSR_HOST_TRUST_HOST_HEADER", "x-forwarded-host")
        .start();
    // From the right: 10.1.1.1 is a proxy of ours, 9.9.9.9 is who talked to it, 6.6.6.6 is what that one claims.
    let headers = "x-forwarded-for: 6.6.6.6, 9.9.9.9\r\nx-forwarded-for: 10.1.1.1\r\nx-forwarded-host: shop.example\r\nx-forwarded-proto: https\r\n";
    let expected = json!({
        "ip": "9.9.9.9", "ips": ["127.0.0.1", "10.1.1.1", "9.9.9.9"], "hostname": "shop.example", "protocol": "https", "peer": "127.0.0.1",
    });
    assert_eq!(seen(&host, headers), expected);
    // Without the header the peer itself is the client.
    assert_eq!(seen(&host, "fly-client-ip: 6.6.6.6\r\n")["ip"], "127.0.0.1");
}

#[test]
fn a_stranger_is_not_believed() {
    let host = fastify()
        .env("SSR_HOST_TRUST_PEERS", "10.0.0.0/8")
        .env("SSR_HOST_TRUST_HEADER", "x-forwarded-for")
        .env("SSR_HOST_TRUST_PROTO_HEADER", "x-forwarded-proto")
        .start();
    let client = seen(&host, FORGED);
    assert_eq!((&client["ip"], &client["protocol"]), (&json!("127.0.0.1"), &json!("http")));
}

#[test]
fn on_fly_only_the_proxys_network_is_believed() {
    let host = fastify().env("FLY_APP_NAME", "shop").start();
    assert_eq!(seen(&host, FORGED)["ip"], "127.0.0.1", "loopback is not Fly's proxy");
}

#[test]
fn the_host_wins_over_the_apps_own_trust_and_says_so() {
    let app = || fastify().env("TRUST_PROXY", "true");
    let alone = app().start();
    assert_eq!(seen(&alone, FORGED)["ip"], "6.6.6.6", "as Fastify: the app trusts everybody");
    let host = app().env("SSR_HOST_TRUST_PEERS", "loopback").env("SSR_HOST_TRUST_HEADER", "cf-connecting-ip").start();
    assert_eq!(seen(&host, "cf-connecting-ip: 9.9.9.9\r\nx-forwarded-for: 6.6.6.6\r\n")["ip"], "9.9.9.9");
    host.stderr.wait_for("trustProxy");
}

#[test]
fn the_url_of_a_fetch_handler_has_the_clients_scheme_and_host() {
    let app = "export default { fetch: ({ url }) => new Response(url) };";
    let host = App::source(app)
        .isolates(1)
        .env("SSR_HOST_TRUST_PEERS", "loopback")
        .env("SSR_HOST_TRUST_HEADER", "x-forwarded-for")
        .env("SSR_HOST_TRUST_PROTO_HEADER", "x-forwarded-proto")
        .start();
    let mut client = host.connect();
    client.request("GET", "/a?b", "x-forwarded-proto: https\r\n");
    client.response().assert_ok("https://localhost/a?b");
}

#[test]
fn the_proxy_protocol_names_the_client() {
    let host = fastify().env("SSR_HOST_TRUST_PEERS", "loopback").env("SSR_HOST_TRUST_PROXY_PROTOCOL", "required").start();
    let mut client = host.connect();
    client.send("PROXY TCP4 9.9.9.9 10.0.0.1 5000 80\r\nGET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
    assert_eq!(client.response().json()["ip"], "9.9.9.9");

    let mut version2 = host.connect();
    let header = [
        &b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c"[..],
        &[9, 9, 9, 8, 10, 0, 0, 1],
        &5000_u16.to_be_bytes(),
        &80_u16.to_be_bytes(),
        b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n",
    ];
    version2.send(header.concat());
    assert_eq!(version2.response().json()["ip"], "9.9.9.8");

    let mut without = host.connect();
    without.request("GET", "/", "");
    assert!(without.is_closed_within(crate::host::PATIENCE), "required means required");
}
