/** What the backend has to offer, asked through a host on the private network: every kind of answer, by every kind of name. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { createServer, request } from "node:http";
import { once } from "node:events";
import { after, before, describe, it } from "node:test";
import WebSocket from "ws";
import { ask } from "./ask.mjs";
import { startHost } from "./hosts.mjs";
import { enter } from "./inside.mjs";
import { App } from "./machines.mjs";
import { NameServer } from "./dns.mjs";
import { NAME_SERVER, Network, sleep, until } from "./network.mjs";

const skip = enter() ?? false;

/** Fly's own proxy, which `.flycast` names lead to: here it is the machine of the visitor. */
const FLYCAST = "fdaa:0:1::f:1";

const route = (path, upstream) => `[[proxy]]\npath = "${path}"\nupstream = "${upstream}"\n`;
const SETTINGS = [
  route("/api", "http://my-rust-backend.internal:8080"),
  `${route("/h2c", "h2c://my-rust-backend.internal:8080")}rewrite = "/api"\n`,
  `${route("/nearest", "http://top1.nearest.of.my-rust-backend.internal:8080")}strip = true\n`,
  `${route("/instances", "http://my-rust-backend._instances.internal:8080")}strip = true
`,
  `${route("/flycast", "http://my-rust-backend.flycast")}strip = true\n`,
  `${route("/later", "http://later.internal:8080")}strip = true\n`,
].join("\n");

describe("through the private network", { skip }, () => {
  let network;
  let names;
  let app;
  let host;
  before(async () => {
    network = new Network();
    names = await NameServer.start(NAME_SERVER);
    app = new App(network, names);
    for (let count = 0; count < 2; count += 1) await app.start();
    host = await startHost(network, "fdaa:0:1::a:1", { settings: SETTINGS });
  });
  after(async () => {
    await host?.stop();
    await app?.stop();
    await names?.stop();
  });

  const json = async (path, options) => {
    const { status, headers, body } = await ask(`${host.url}${path}`, options);
    return { status, headers, value: JSON.parse(body) };
  };

  for (const [name, prefix] of [["HTTP/1.1", "/api"], ["h2c", "/h2c"]]) {
    describe(`over ${name}`, () => {
      it("JSON", async () => {
        assert.equal((await json(`${prefix}/posts/3`)).value.title, "Post 3");
        const made = await json(`${prefix}/posts`, { method: "POST", body: '{"title":"new"}', headers: { "content-type": "application/json" } });
        assert.deepEqual([made.status, made.value.title, made.headers.location], [201, "new", `${prefix}/posts/${made.value.id}`]);
        assert.equal((await ask(`${host.url}${prefix}/posts/99999`)).status, 404);
        const head = await ask(`${host.url}${prefix}/posts/3`, { method: "HEAD" });
        assert.deepEqual([head.status, head.body.length], [200, 0]);
      });

      it("an upload, with a length and in chunks", async () => {
        const body = randomBytes(3 << 20);
        const sha256 = createHash("sha256").update(body).digest("hex");
        for (const headers of [{ "content-length": body.length }, { "transfer-encoding": "chunked" }]) {
          const { value } = await json(`${prefix}/upload`, { method: "POST", body, headers });
          assert.deepEqual([value.size, value.sha256], [body.length, sha256]);
        }
      });

      it("large answers", async () => {
        const bytes = 5_000_000;
        for (const length of [true, false]) {
          const { headers, body } = await ask(`${host.url}${prefix}/big?bytes=${bytes}&length=${length}`);
          assert.equal(headers["content-length"], length ? String(bytes) : undefined);
          assert.equal(body.length, bytes);
          assert.ok(body.every((byte, position) => byte === position % 251));
        }
      });

      it("an answer that is cut short never looks complete", async () => {
        for (const length of [true, false]) {
          await assert.rejects(ask(`${host.url}${prefix}/cut?bytes=200000&length=${length}`), { code: "ECONNRESET" });
        }
      });

      it("trailers", async () => {
        const { body, trailers } = await ask(`${host.url}${prefix}/trailers`, { headers: { te: "trailers" } });
        assert.deepEqual([body.toString(), { ...trailers }], ["body", { "x-checksum": "4" }]);
      });

      it("an event when it happens, not when all have", async () => {
        const asking = request(`${host.url}${prefix}/events?every=100`, { agent: false }).end();
        const [response] = await once(asking, "response");
        assert.match(response.headers["content-type"], /^text\/event-stream/);
        let text = "";
        response.setEncoding("utf8").on("data", (piece) => (text += piece));
        await until("three events", () => text.includes('"tick":3'), 5000);
        asking.destroy();
      });

      it("statuses and waiting", async () => {
        for (const status of [204, 304, 404, 418, 500, 503]) assert.equal((await ask(`${host.url}${prefix}/status/${status}`)).status, status);
        assert.deepEqual((await json(`${prefix}/slow?ms=300`)).value, { waited: 300 });
      });
    });
  }

  it("a WebSocket, with its protocol", async () => {
    const socket = new WebSocket(`${host.url.replace("http", "ws")}/api/ws`, ["other", "echo.v1", "echo.v2"]);
    await once(socket, "open");
    // The one that the backend likes best of those.
    assert.equal(socket.protocol, "echo.v2");
    const payloads = ["text", randomBytes(100_000), "", "ä".repeat(1000)];
    for (const payload of payloads) {
      socket.send(payload);
      const [echo] = await once(socket, "message");
      assert.deepEqual(echo, Buffer.from(payload));
    }
    const closed = once(socket, "close");
    socket.close(4321, "enough");
    const [code] = await closed;
    assert.equal(code, 4321);
  });

  it("what the backend is told of the client", async () => {
    const { value: { headers } } = await json("/api/headers?x=%2F", { headers: { "x-forwarded-for": "1.2.3.4", "x-mine": "yes", connection: "x-drop", "x-drop": "1" } });
    assert.deepEqual([headers["x-mine"], headers["x-drop"]], [["yes"], undefined]);
    assert.deepEqual(headers["x-forwarded-for"].at(-1).split(", ").at(-1), "fdaa:0:1::1");
    assert.deepEqual(headers["x-forwarded-host"], [new URL(host.url).host]);
    assert.deepEqual(headers["x-forwarded-proto"], ["http"]);
    assert.deepEqual(headers.host, ["my-rust-backend.internal:8080"]);
  });

  it("all addresses of a name are used", async () => {
    const seen = new Set();
    await until("both have answered", async () => {
      seen.add((await ask(`${host.url}/api/posts/1`)).headers["x-backend"]);
      return seen.size === 2;
    }, 5000);
  });

  it("top1.nearest.of", async () => {
    for (let count = 0; count < 5; count += 1) {
      const { status, headers } = await ask(`${host.url}/nearest/api/posts/1`);
      assert.deepEqual([status, headers["x-backend"]], [200, app.machines[0].name]);
    }
  });

  it("_instances.internal, the list of all machines", async () => {
    assert.equal((await ask(`${host.url}/instances/api/posts/1`)).status, 200);
    assert.ok(names.asked.has("TXT _instances.internal"));
  });

  it(".flycast, whose one address is Fly's proxy", async () => {
    network.alias(FLYCAST);
    names.set("my-rust-backend.flycast", { AAAA: [FLYCAST] });
    const fly = createServer(({ headers, url }, response) => response.end(`${headers.host} ${url}`));
    await new Promise((done) => fly.listen(80, FLYCAST, done));
    try {
      assert.equal(String((await ask(`${host.url}/flycast/api/posts/1`)).body), "my-rust-backend.flycast /api/posts/1");
    } finally {
      fly.closeAllConnections();
      fly.close();
    }
  });

  it("a name that does not exist yet", async () => {
    const { status } = await ask(`${host.url}/later/api/posts/1`);
    assert.equal(status, 503);
    names.set("later.internal", { AAAA: [app.machines[1].place.address] });
    await until("it is found", async () => (await ask(`${host.url}/later/api/posts/1`)).status === 200, 30_000);
  });

  it("with nothing but COMPOSABLE_RUST_BACKEND_URL", async () => {
    const env = { COMPOSABLE_RUST_BACKEND_URL: "http://my-rust-backend.internal:8080" };
    const second = await startHost(network, "fdaa:0:1::a:2", { settings: "", env });
    try {
      assert.equal((await ask(`${second.url}/api/posts/1`)).status, 200);
    } finally {
      await second.stop();
    }
  });

  it("a host that stops says goodbye", async () => {
    const second = await startHost(network, "fdaa:0:1::a:3", { settings: SETTINGS });
    const socket = new WebSocket(`${second.url.replace("http", "ws")}/api/ws`);
    await once(socket, "open");
    const slow = ask(`${second.url}/api/slow?ms=1000`);
    await sleep(200);
    const [[code], { status }] = await Promise.all([once(socket, "close"), slow, second.stop()]);
    assert.deepEqual([code, status], [1001, 200]);
  });
});
