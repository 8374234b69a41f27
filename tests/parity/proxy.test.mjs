/**
 * `@fastify/http-proxy` and `@fastify/reply-from`, which ssr-host executes, answer as the packages do under Node + Fastify, and ask the
 * backend the same: every case of `cases/proxy.mjs`.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createRequire } from "node:module";
import { after, before, describe, it } from "node:test";
import { PROXY_CASES, TRAVERSALS } from "./cases/proxy.mjs";
import { startBackends } from "./proxy/backend.mjs";
import { converse } from "./support/client.mjs";
import { PROXIED_HEADERS } from "./support/allowed.mjs";
import { Pair } from "./support/compare.mjs";
import { ask, get, message } from "./support/request.mjs";
import { needProxy, startBoth } from "./support/servers.mjs";

describe("proxies", () => {
  let backends;
  let servers;
  let pair;
  before(async () => {
    backends = await startBackends();
    servers = await startBoth(needProxy(), backends.env);
    pair = new Pair(servers, PROXIED_HEADERS);
  });
  after(async () => {
    await servers?.stop();
    backends?.stop();
  });

  for (const [group, cases] of Object.entries(PROXY_CASES)) {
    describe(group, () => {
      for (const one of cases) it(one.name, () => pair.assertSame(one));
    });
  }

  describe("what climbs out of a prefix is refused", () => {
    for (const target of TRAVERSALS) {
      it(target, async () => {
        const { responses } = await converse(servers.host.port, get(target));
        assert.match(responses[0].statusLine, / 400 /);
        assert.doesNotMatch(responses[0].body.toString(), /"url"/, "the backend was asked");
      });
    }
  });

  describe("what is about a connection stays there", () => {
    const HOP = { Connection: "x-own, keep-alive", "X-Own": "1", "Keep-Alive": "timeout=5", TE: "trailers", "Proxy-Connection": "keep-alive", Upgrade: "h2c", Expect: "100-continue", "X-Other": "1" };
    for (const prefix of ["plain", "http", "request-headers"]) {
      it(`in requests to /${prefix}`, async () => {
        const { responses } = await converse(servers.host.port, { parts: [message("POST", `/${prefix}/echo`, { ...HOP, "Content-Type": "text/plain" }, "x")], methods: ["POST"] });
        const answer = JSON.parse(responses.at(-1).body);
        const names = answer.headers.map(([name]) => name);
        assert.deepEqual(names.filter((name) => ["x-own", "te", "proxy-connection", "upgrade", "expect", "http2-settings"].includes(name)), []);
        assert.ok(names.includes("x-other"));
        assert.equal(answer.body, "x");
      });
    }
    it("in responses", async () => {
      const { responses } = await converse(servers.host.port, get("/plain/headers"));
      const names = responses[0].headers.map(([name]) => name.toLowerCase());
      assert.deepEqual(names.filter((name) => ["x-private", "proxy-connection", "keep-alive"].includes(name)), []);
    });
  });

  it("HEAD has the length that GET would have", async () => {
    for (const side of ["node", "host"]) {
      const { responses } = await converse(servers[side].port, ask("HEAD", "/plain/big?size=300000&length=1"));
      assert.deepEqual(responses[0].headers.filter(([name]) => name.toLowerCase() === "content-length").map(([, value]) => value), ["300000"], side);
    }
  });

  describe("retries", () => {
    for (const [target, expected] of [["/from/counted", "3"], ["/from/retried", "ok"]]) {
      it(target, async () => {
        for (const side of ["node", "host"]) {
          const { responses } = await converse(servers[side].port, get(target, { "X-Count": `${side}-${process.pid}` }));
          assert.match(responses[0].statusLine, / 200 /, side);
          assert.equal(responses[0].body.toString(), expected, side);
        }
      });
    }
  });

  describe("WebSockets", () => {
    const { WebSocket } = createRequire(new URL("./proxy/package.json", import.meta.url))("ws");

    /** Everything a client sees of one WebSocket: it says `messages`, and closes when it has heard as many, or is closed. */
    const talk = ({ port }, path, messages, { protocols = [], headers = {} } = {}) => new Promise((resolve, reject) => {
      const heard = [];
      const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, { headers });
      socket.on("open", () => messages.forEach((one) => socket.send(one)));
      socket.on("message", (data, isBinary) => {
        heard.push(isBinary ? data.toString("hex") : data.toString());
        if (heard.length === messages.length + 1) socket.close(4000, "enough");
      });
      socket.on("close", (code, reason) => resolve({ heard, protocol: socket.protocol, code, reason: reason.toString() }));
      socket.on("error", reject);
    });

    const TALKS = [
      ["/ws/a?b=c", ["one", Buffer.from([0, 255]), "x".repeat(100_000)], { headers: { Cookie: "a=1", Origin: "http://o.test", Authorization: "Basic eA==" } }],
      ["/ws", ["one"], { protocols: ["first", "second"] }], ["/ws/x", ["close 4001 because", "never"]], ["/ws-elsewhere/p?q", ["one"]], ["/ws-path/p?q=1", ["one"]],
      ["/ws-headers/a", ["one"], { headers: { Cookie: "a=1", Authorization: "Basic eA==" } }], ["/ws-chosen/a/b", ["one"]],
    ];
    for (const [path, ...how] of TALKS) {
      it(`${path}: ${String(how[0]).slice(0, 40)}`, async () => {
        const [node, host] = await Promise.all([servers.node, servers.host].map((server) => talk(server, path, ...how)));
        assert.deepEqual(host, node);
        assert.ok(node.heard.length > 0);
      });
    }

    it("what the upstream says instead is what the client hears", async () => {
      await assert.rejects(talk(servers.host, "/ws/refuse", []), /Unexpected server response: 403/);
    });
    it("a path that climbs is refused", async () => {
      const upgrade = { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13" };
      const { responses } = await converse(servers.host.port, get("/ws/%2e%2e/x", upgrade));
      assert.match(responses[0].statusLine, / 400 /);
    });
    it("a route that knows nothing of WebSockets answers", async () => {
      await assert.rejects(talk(servers.host, "/plain/text", []), /Unexpected server response: 200/);
    });
  });

  it("a client that leaves takes its request to the backend with it", async () => {
    const { connect } = await import("node:net");
    const seen = once(backends.backend, "request");
    const socket = connect(servers.host.port, "127.0.0.1");
    socket.write(message("GET", "/plain/slow"));
    const [request] = await seen;
    const gone = once(request.socket, "close");
    socket.destroy();
    await gone;
  });
});
