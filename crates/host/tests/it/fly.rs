//! On a machine of Fly.io, as far as a process can tell: the variables that Fly sets, and a proxy that sends what Fly's sends.

use std::net::SocketAddr;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::json;

use crate::client::{Connection, Response};
use crate::host::{App, PATIENCE, TestHost};

const FETCH: &str = r#"
  import { fly } from "ssr-host/fly";
  const targets = {
    "/here": { region: "fra" },
    "/primary": { region: fly.primaryRegion },
    "/machine": { machine: "00bb33ff", state: "a%3Db", timeout: "800ms", fallback: "prefer_self" },
    "/many": { region: ["iad", "any"], app: "other" },
    "/elsewhere": { elsewhere: true },
  };
  export default { fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/from") return Response.json({ from: fly.replayedFrom(request), failed: fly.replayFailed(request) });
    if (pathname === "/fly") return Response.json({ app: fly.app, region: fly.region, machine: fly.machine, primary: fly.primaryRegion });
    return fly.replay(targets[pathname] ?? {}) ?? new Response("here");
  } };
"#;

const FASTIFY: &str = r#"
  import fastify from "fastify";
  import { fly } from "ssr-host/fly";
  const app = fastify();
  app.get("/sent", (request, reply) => { reply.send(fly.replay({ region: "iad" }) ?? "here"); });
  app.post("/returned", async (request) => fly.replay({ region: "iad" }) ?? "here");
  app.get("/from", async (request) => ({ from: fly.replayedFrom(request), failed: fly.replayFailed(request), ip: request.ip }));
  await app.listen({ host: process.env.HOST || "0.0.0.0", port: 0 });
"#;

fn on_fly(app: App) -> App {
    app.isolates(1)
        .env("FLY_APP_NAME", "shop")
        .env("FLY_REGION", "fra")
        .env("FLY_MACHINE_ID", "148e452b7d9489")
        .env("PRIMARY_REGION", "iad")
}

/// As Fly's proxy, for whom this machine stands in.
fn behind_a_proxy(app: App) -> App {
    app.env("SSR_HOST_TRUST_PEERS", "loopback")
}

fn ask(host: &TestHost, method: &str, path: &str, headers: &str) -> Response {
    let mut client = host.connect();
    client.request(method, path, headers);
    client.response()
}

fn replay(host: &TestHost, method: &str, path: &str) -> (u16, Option<String>, String) {
    let answer = ask(host, method, path, "accept-encoding: gzip\r\n");
    assert_eq!(answer.header("content-encoding"), None);
    (answer.status, answer.header("fly-replay").map(str::to_owned), answer.text().to_owned())
}

#[test]
fn a_fetch_handler_sends_requests_elsewhere() {
    let host = on_fly(App::source(FETCH)).start();
    let sent = |path| replay(&host, "GET", path);
    let to = |header: &str| (409, Some(header.to_owned()), String::new());
    assert_eq!(sent("/here"), (200, None, "here".to_owned()), "it is where it should be");
    assert_eq!(sent("/primary"), to("region=iad"));
    assert_eq!(sent("/machine"), to("instance=00bb33ff;state=a%3Db;timeout=800ms;fallback=prefer_self"));
    assert_eq!(sent("/many"), to("region=\"iad,any\";app=other"));
    assert_eq!(sent("/elsewhere"), to("elsewhere=true"));
    assert_eq!(sent("/nowhere").0, 500);
    host.stderr.wait_for("nothing says where to");
    let told = json!({ "app": "shop", "region": "fra", "machine": "148e452b7d9489", "primary": "iad" });
    assert_eq!(host.get("/fly").json(), told);
}

#[test]
fn a_fastify_app_sends_requests_elsewhere() {
    let host = on_fly(App::source(FASTIFY)).start();
    let to = (409, Some("region=iad".to_owned()), String::new());
    assert_eq!(replay(&host, "GET", "/sent"), to);
    assert_eq!(replay(&host, "POST", "/returned"), to);
}

#[test]
fn elsewhere_than_on_fly_the_app_answers_itself() {
    for host in [App::source(FETCH).isolates(1).start(), on_fly(App::source(FETCH)).env("SSR_HOST_FLY", "false").start()] {
        for path in ["/here", "/primary", "/machine", "/many", "/elsewhere", "/nowhere"] {
            assert_eq!(replay(&host, "GET", path), (200, None, "here".to_owned()), "{path}");
        }
        assert_eq!(host.get("/fly").json(), json!({}));
        assert!(!host.stderr.text().contains("Fly"), "{}", host.printed());
    }
}

#[test]
fn a_request_tells_where_it_was_before() {
    let sent = "fly-replay-src: instance=00bb33ff;region=iad;t=1704067199750000;state=a%3Db\r\n\
                fly-replay-failed: instance=00bb33ff;app=other;region=iad;replay_source=148e;reason=timeout;elapsed_ms=10000\r\n";
    let expected = json!({
        "from": { "machine": "00bb33ff", "region": "iad", "state": "a%3Db", "at": "2023-12-31T23:59:59.750Z" },
        "failed": { "reason": "timeout", "machine": "00bb33ff", "region": "iad", "app": "other" },
    });
    for app in [FETCH, FASTIFY] {
        let host = on_fly(App::source(app)).start();
        let mut answer = ask(&host, "GET", "/from", sent).json();
        answer.as_object_mut().unwrap().remove("ip");
        assert_eq!(answer, expected);
        assert_eq!(ask(&host, "GET", "/from", "").json().get("from"), None);
        assert_eq!(ask(&host, "GET", "/from", "fly-replay-src: \r\n").json()["from"], json!({}));
    }
}

/// Each is refused with what is wrong; nothing of it gets into a header.
#[test]
fn targets_are_checked() {
    let app = r#"
      import { fly } from "ssr-host/fly";
      export default { async fetch(request) {
        try { return fly.replay(new Function(`return (${await request.text()})`)()) ?? new Response("here"); }
        catch (error) { return new Response(`${error.name}: ${error.message}`, { status: 500 }); }
      } };
    "#;
    let wrong = [
        ("undefined", "expected an object such as { region: \"fra\" }, not undefined"),
        ("'fra'", "not string"),
        ("{}", "nothing says where to"),
        ("{ state: 'x' }", "nothing says where to"),
        ("{ elsewhere: false }", "nothing says where to"),
        ("{ regions: 'fra' }", "there is no option `regions`: expected one of region,"),
        ("{ instance: 'abcd' }", "there is no option `instance`: it is called `machine`"),
        ("{ transform: {} }", "application/vnd.fly.replay+json"),
        ("{ region: 'Frankfurt' }", "`region` is `Frankfurt`: expected a region such as \"fra\""),
        ("{ region: 'iad,ord' }", "in order of preference"),
        ("{ region: [] }", "`region` is ``"),
        ("{ region: ['fra', 1] }", "expected a region"),
        ("{ region: 'fra\\r\\nset-cookie: a=b' }", "`region` is `fra\\r\\nset-cookie: a=b`"),
        ("{ region: 'fra;app=x' }", "expected a region"),
        ("{ machine: '../x' }", "expected the id of a machine"),
        ("{ app: 'a b' }", "expected the name of an app"),
        ("{ app: '-a' }", "expected the name of an app"),
        ("{ elsewhere: 'true' }", "`elsewhere` is `true`: expected `true` or `false`"),
        ("{ app: 'a', state: 'a;region=x' }", "`encodeURIComponent`"),
        ("{ app: 'a', state: '' }", "`encodeURIComponent`"),
        ("{ app: 'a', timeout: 10 }", "expected a duration such as \"10s\""),
        ("{ app: 'a', fallback: 'self' }", "expected \"force_self\" or \"prefer_self\""),
        ("{ machine: 'abcd', preferMachine: 'abcd' }", "exclude each other"),
        ("{ machine: 'abcd', elsewhere: true }", "exclude each other"),
    ];
    let right = [
        ("{ region: 'eu' }", Some("region=eu")),
        ("{ region: ['iad'] }", Some("region=iad")),
        ("{ region: ['fra', 'any'] }", None),
        ("{ region: ['any', 'fra'] }", Some("region=\"any,fra\"")),
        ("{ app: 'shop' }", None),
        ("{ app: 'shop', elsewhere: true }", Some("app=shop;elsewhere=true")),
        ("{ app: 'other', region: 'fra' }", Some("app=other;region=fra")),
        ("{ machine: '148e452b7d9489' }", None),
        ("{ preferMachine: '00bb33ff', region: undefined }", Some("prefer_instance=00bb33ff")),
        ("{ region: 'fra', machine: '00bb33ff' }", Some("region=fra;instance=00bb33ff")),
    ];
    let host = on_fly(App::source(app)).start();
    let mut client = host.connect();
    for (target, expected) in wrong {
        let answer = client.post("/", "text/plain", target.as_bytes());
        let text = answer.text();
        assert!(text.starts_with("TypeError: ssr-host: fly.replay(): ") && text.contains(expected), "{target}: {text}");
        assert_eq!((answer.status, answer.header("fly-replay"), answer.header("set-cookie")), (500, None, None), "{target}");
    }
    for (target, expected) in right {
        let answer = client.post("/", "text/plain", target.as_bytes());
        assert_eq!(
            (answer.header("fly-replay"), answer.status),
            (expected, if expected.is_some() { 409 } else { 200 }),
            "{target}"
        );
    }
}

/// With `Cache-Control` and a rule, and without any of the app's own code in between.
#[test]
fn what_sends_a_request_elsewhere_is_not_kept() {
    let app = r#"
      let count = 0;
      export default { fetch: () => new Response(String(++count), {
        headers: { "fly-replay": "region=iad", "cache-control": "public, max-age=60", "content-type": "text/html" } }) };
    "#;
    let host = on_fly(App::source(app)).env("SSR_HOST_CACHE_ENABLED", "true").start();
    for count in ["1", "2"] {
        host.get("/").assert_ok(count);
    }
}

#[test]
fn region_and_machine_are_told() {
    let host = on_fly(behind_a_proxy(App::source(FETCH)))
        .env("SSR_HOST_FLY_RESPONSE_HEADER", "x-served-by")
        .env("SSR_HOST_ADMIN_LISTEN", "127.0.0.1:0")
        .start();
    assert_eq!(host.get("/here").header("x-served-by"), Some("fra 148e452b7d9489"));
    let ready = host.stderr.wait_for("ready in");
    assert!(ready.contains("on Fly.io (fra 148e452b7d9489)"), "{ready}");
    let line = host.stderr.wait_for("this is a machine of Fly.io");
    for field in ["app=\"shop\"", "region=\"fra\"", "machine=\"148e452b7d9489\""] {
        assert!(line.contains(field), "{line}");
    }
    let admin = host.stderr.wait_for("the admin port is");
    let port = admin.rsplit(':').next().unwrap().trim().parse().unwrap();
    let metrics = |host: &str| {
        let mut client = Connection::open(port);
        client.request("GET", "/metrics", host);
        client.response().text().to_owned()
    };
    let before = metrics("");
    assert!(before.contains(",app=\"shop\",region=\"fra\",machine=\"148e452b7d9489\"} 1\n"), "{before}");
    assert!(!before.contains("queue_seconds"), "{before}");

    // As the proxy says it, whose clock is a little ahead, and one that does not believe what it reads.
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let start = now - Duration::from_secs(2);
    for start in [start.as_micros(), (now + Duration::from_secs(60)).as_micros(), 1] {
        ask(&host, "GET", "/here", &format!("x-request-start: t={start}\r\n"));
    }
    let after = metrics("");
    let number = |name: &str| {
        let line = after.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("no {name} in {after}"));
        line.trim().parse::<f64>().unwrap()
    };
    assert_eq!(number("ssr_host_request_queue_seconds_count"), 2.0);
    assert!(number("ssr_host_request_queue_seconds_sum") >= 2.0, "{after}");
    assert_eq!(number("ssr_host_request_queue_seconds_bucket{le=\"1\"}"), 1.0, "the one from the future: no wait");
}

/// A machine of the private network may write what it likes.
#[test]
fn whoever_is_not_the_proxy_is_not_believed() {
    let host = on_fly(App::source(FASTIFY)).env("SSR_HOST_ADMIN_LISTEN", "127.0.0.1:0").start();
    let admin = host.stderr.wait_for("the admin port is");
    let port = admin.rsplit(':').next().unwrap().trim().parse().unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_micros();
    let forged = format!("fly-client-ip: 6.6.6.6\r\nx-request-start: t={now}\r\n");
    assert_eq!(ask(&host, "GET", "/from", &forged).json()["ip"], "127.0.0.1");
    let mut client = Connection::open(port);
    client.request("GET", "/metrics", "");
    assert!(!client.response().text().contains("queue_seconds"));
}

/// The default of most apps, which the private network would not reach.
#[test]
fn an_app_for_ipv4_is_reached_by_ipv6() {
    let listens = |app: App| {
        let host = app.start();
        let address = SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, host.port));
        let by_ipv6 = std::net::TcpStream::connect_timeout(&address, PATIENCE).is_ok();
        if by_ipv6 {
            host.stderr.wait_for("in place of 0.0.0.0");
        }
        // Whatever is said at the start has been said when a request is answered.
        assert_eq!(host.get("/sent").header("fly-replay").is_some(), host.stderr.text().contains("Fly.io"));
        (by_ipv6, host.stderr.text().contains("in place of 0.0.0.0"))
    };
    assert_eq!(listens(on_fly(App::source(FASTIFY))), (true, true));
    assert_eq!(listens(on_fly(App::source(FASTIFY)).env("HOST", "0.0.0.0")), (true, true), "as guides have it");
    assert_eq!(listens(on_fly(App::source(FASTIFY)).option("--host", "0.0.0.0")), (false, false), "to the letter");
    assert_eq!(listens(App::source(FASTIFY).isolates(1)), (false, false));
}

/// For the process it looks as if the machine had been suspended.
#[test]
fn a_process_that_was_stopped_says_so_and_goes_on() {
    let host = on_fly(App::source(FETCH)).start();
    let mut client = host.connect();
    client.request("GET", "/here", "");
    client.response().assert_ok("here");
    host.signal(Signal::STOP);
    std::thread::sleep(Duration::from_secs(7));
    host.signal(Signal::CONT);
    host.stderr.wait_for("the machine was asleep for");
    client.request("GET", "/here", "");
    client.response().assert_ok("here");
    host.get("/here").assert_ok("here");
}
