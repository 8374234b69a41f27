/**
 * What an attacker can do to a cached page by way of connections: bodies and requests behind a hit, HTTP/2 names of the host, clients that
 * leave, encodings, and forwarded headers that are believed.
 */
import assert from "node:assert/strict";
import http2 from "node:http2";
import { connect } from "node:net";
import { after, before, describe, it } from "node:test";
import { converse } from "../parity/support/client.mjs";
import { message } from "../parity/support/request.mjs";
import { comparable, headerOf, isHit } from "./attacks/answer.mjs";
import { serve, serveAll } from "./support.mjs";

/** Who looks at all headers looks at cookies, unless a rule leaves only those that pages may depend on. */
const CACHED = '[cache]\nenabled = true\n\n[[cache.rules]]\npath = "/:run/read/json"\ncookies = ["theme"]\n';
const PROXIED = '\n[trust]\npeers = ["loopback"]\nheader = "x-forwarded-for"\nhost_header = "x-forwarded-host"\n';

const get = (server, target, headers) => converse(server.port, { parts: [message("GET", target, headers)], methods: ["GET"] });
const bodyOf = (conversation) => comparable(conversation).responses.at(-1).body;

describe("a cached page and its connections", () => {
  let cached;
  before(async () => (cached = await serve("apps/shop.mjs", { settings: CACHED, isolates: 1 })));
  after(() => cached?.stop());

  /** A page that is a hit from now on. */
  async function primed(target, headers) {
    await get(cached, target, headers);
    const again = await get(cached, target, headers);
    assert.ok(isHit(again), `${target} is stored: ${headerOf(again, "cache-status")}`);
    return again;
  }

  const SMUGGLED = message("GET", "/smuggled/plain?smuggled", { Host: "evil.test" });
  /** Each is followed by a request for another page, whose answer must be its own. */
  const BEHIND_A_HIT = {
    "a body with Content-Length that is a request": message("GET", "/c1/plain", {}, SMUGGLED),
    "a chunked body that is a request": `${message("GET", "/c1/plain", { "Transfer-Encoding": "chunked" })}${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`,
    "a HEAD with a body": message("HEAD", "/c1/plain", {}, SMUGGLED),
    "a length in disguise": `GET /c1/plain HTTP/1.1\r\nHost: parity.test\r\nContent-Length : ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`,
    "both lengths": `GET /c1/plain HTTP/1.1\r\nHost: parity.test\r\nContent-Length: ${SMUGGLED.length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    "Expect: 100-continue, and the body at once": message("GET", "/c1/plain", { Expect: "100-continue" }, SMUGGLED),
  };
  for (const [name, bytes] of Object.entries(BEHIND_A_HIT)) {
    it(`${name}: nothing in it is answered`, async () => {
      await primed("/c1/plain");
      const told = await tell(cached.port, bytes + message("GET", "/c1/hostname", { Connection: "close" }));
      assert.doesNotMatch(told, /smuggled|evil/);
      // What is not refused is read to its end: the next request is the next.
      if (!/^HTTP\/1\.1 (400|411|413|417|501)/.test(told)) assert.match(told, /parity\.test/);
      assert.equal(bodyOf(await get(cached, "/c1/plain")), "<h1>the same for everybody</h1>");
    });
  }

  it("requests in a row, hits and misses, are answered in their order", async () => {
    await primed("/c2/plain");
    const targets = ["/c2/plain", "/c2/read/late", "/c2/plain", "/c2/hostname", "/c2/plain", "/c2/read/stream-x-any"];
    const { responses } = await converse(cached.port, { parts: [targets.map((target) => message("GET", target)).join("")], methods: targets.map(() => "GET") });
    const alone = [];
    for (const target of targets) alone.push(bodyOf(await get(cached, target)));
    assert.deepEqual(responses.map(({ body }) => body.toString()), alone);
  });

  it("an HTTP/1.0 client gets a stored page without chunks, and its connection closed", async () => {
    await primed("/c3/read/stream-x-any");
    const told = await tell(cached.port, message("GET", "/c3/read/stream-x-any", {}, "", "1.0"));
    assert.doesNotMatch(told, /transfer-encoding/i);
    assert.match(told, /says undefined$/);
  });

  it("a client that leaves in the middle does not leave half a page to others", async () => {
    for (let i = 0; i < 5; i += 1) {
      await leaveAfter(cached.port, message("GET", `/c4-${i}/slow`), 2000);
      const page = await get(cached, `/c4-${i}/slow`);
      assert.ok(page.responses[0].complete);
      assert.match(bodyOf(page), /^<p>0: .*<p>19: x{1000}<\/p>$/s);
    }
  });

  it("clients that wait for the same page when it breaks off are not told that it is whole", async () => {
    const asked = Array.from({ length: 5 }, () => converse(cached.port, { parts: [message("GET", "/c5/breaks", { "X-Fail": "1" })], methods: ["GET"] }));
    for (const { responses } of await Promise.all(asked)) {
      const whole = responses[0]?.complete && / 200 /.test(responses[0].statusLine);
      assert.ok(!whole, "half a page looks complete");
    }
    assert.match(bodyOf(await get(cached, "/c5/breaks")), /second half/);
  });

  it("clients that wait for the same page get it only if it is theirs", async () => {
    const names = ["alice", "bob", "carol", undefined, "dave"];
    for (const route of ["session", "read/late", "read/stream-cookie", "read/stream-x-any", "read/timer"]) {
      const ask = (name) => get(cached, `/c6/${route}`, name === undefined ? {} : { Cookie: `session=${name}`, "X-Any": name });
      const answers = await Promise.all(names.map(ask));
      for (const [i, name] of names.entries()) {
        const body = bodyOf(answers[i]);
        const others = names.filter((other) => other !== name && other !== undefined);
        if (name !== undefined) assert.match(body, new RegExp(name));
        for (const other of others) assert.doesNotMatch(body, new RegExp(other), `${name} at ${route}`);
      }
    }
  });

  it("a page that is read about while it is sent is not given to others on the strength of its first half", async () => {
    const [first, second] = await Promise.all([get(cached, "/c7/read/stream-x-any", { "X-Any": "one" }), get(cached, "/c7/read/stream-x-any", { "X-Any": "two" })]);
    assert.match(bodyOf(first), /says one/);
    assert.match(bodyOf(second), /says two/);
  });

  it("a page with the number of its request is for one", async () => {
    const bodies = [];
    for (let i = 0; i < 4; i += 1) bodies.push(bodyOf(await get(cached, "/c9/number")));
    assert.equal(new Set(bodies).size, 4);
  });

  it("a change is not undone by a render that began before it, also the first of all", async () => {
    for (const first of [true, false]) {
      const target = `/c10-${first}/versioned`;
      if (!first) await get(cached, target);
      const before = get(cached, `${target}?refresh`, {});
      await new Promise((wake) => setTimeout(wake, 30));
      const { responses } = await converse(cached.port, { parts: [message("POST", target)], methods: ["POST"] });
      assert.match(responses[0].statusLine, / 200 /);
      const version = bodyOf(await before);
      assert.notEqual(bodyOf(await get(cached, `${target}?refresh`)), version);
    }
  });

  it("what a cache adds is not the app's to say, nor a client's", async () => {
    const page = await get(cached, "/c8/plain", { "Cache-Status": "evil; hit", Age: "5000", "CDN-Loop": "x" });
    assert.doesNotMatch(headerOf(page, "cache-status"), /evil/);
    assert.ok(Number(headerOf(await primed("/c8/plain"), "age")) < 60);
  });
});

describe("HTTP/2 and the cache", () => {
  let cached;
  let plain;
  let session;
  let bare;
  before(async () => {
    [cached, plain] = await serveAll([["apps/shop.mjs", { settings: CACHED }], ["apps/shop.mjs"]]);
    [session, bare] = [cached, plain].map(({ port }) => http2.connect(`http://127.0.0.1:${port}`));
  });
  after(() => {
    session?.close();
    bare?.close();
    return Promise.all([cached?.stop(), plain?.stop()]);
  });

  /** Attacks by pseudo-headers on `/<run>/<route>`; the victim asks in HTTP/1.1. */
  const ATTACKS = {
    "another :authority": { ":authority": "evil.test" },
    ":authority and another Host": { ":authority": "evil.test", host: "parity.test" },
    "Host and another :authority": { ":authority": "parity.test", host: "evil.test" },
    "Host without :authority": { ":authority": "", host: "evil.test" },
    ":scheme https on a plain connection": { ":scheme": "https", ":authority": "parity.test" },
    "another port": { ":authority": "parity.test:1337" },
  };
  for (const route of ["hostname", "forwarded-host", "read/json"]) {
    for (const [name, headers] of Object.entries(ATTACKS)) {
      it(`${name}: /${route}`, async () => {
        const path = `/h-${name.replaceAll(/\W/g, "")}/${route}`;
        const victim = { ":authority": "parity.test" };
        const expected = [bodyOf(await get(plain, path)), await overHttp2(bare, path, victim)];
        const attack = await overHttp2(bare, path, headers);
        for (let i = 0; i < 2; i += 1) assert.deepEqual(await overHttp2(session, path, headers), attack);
        for (let i = 0; i < 2; i += 1) assert.deepEqual([bodyOf(await get(cached, path)), await overHttp2(session, path, victim)], expected);
        assert.deepEqual(await overHttp2(session, path, headers), attack);
      });
    }
  }

  it("both versions share a page", async () => {
    await overHttp2(session, "/h9/hostname", { ":authority": "parity.test" });
    assert.ok(isHit(await get(cached, "/h9/hostname")));
  });

  it("cookies in lines of their own are the same cookies", async () => {
    const alice = await overHttp2(session, "/h10/session", { ":authority": "parity.test", cookie: ["a=1", "session=alice"] });
    assert.match(alice.body, /alice/);
    assert.match(bodyOf(await get(cached, "/h10/session")), /stranger/);
    assert.match(bodyOf(await get(cached, "/h10/session", { Cookie: "a=1; session=bob" })), /bob/);
  });
});

describe("encodings and the cache", () => {
  let cached;
  before(async () => (cached = await serve("apps/shop.mjs", { settings: `${CACHED}\n[compression]\nenabled = true\nmin_size = "1B"\n`, env: { SSR_HOST_COMPRESSION_ENABLED: "" } })));
  after(() => cached?.stop());

  const ACCEPTED = ["br", "gzip", undefined, "identity", "gzip;q=0, *;q=0", "br;q=0", "BR", "evil", "gzip, br, zstd;q=0"];
  for (const first of ACCEPTED) {
    it(`Accept-Encoding: ${first} first`, async () => {
      const target = `/e-${ACCEPTED.indexOf(first)}/slow`;
      const plain = bodyOf(await get(cached, target, { "Accept-Encoding": "identity" }));
      for (const accepted of [first, ...ACCEPTED, first]) {
        const answer = await get(cached, target, accepted === undefined ? {} : { "Accept-Encoding": accepted });
        const coding = headerOf(answer, "content-encoding");
        if (coding !== undefined) {
          assert.match(accepted ?? "", new RegExp(`(^|[ ,])${coding}`, "i"), "a coding that was asked for");
          assert.match(headerOf(answer, "vary") ?? "", /accept-encoding/i);
        }
        if (/ 200 /.test(answer.responses[0].statusLine)) assert.equal(bodyOf(answer), plain);
      }
    });
  }
});

describe("forwarded headers that are believed, and the cache", () => {
  let cached;
  let plain;
  before(async () => ([cached, plain] = await serveAll([["apps/shop.mjs", { settings: CACHED + PROXIED }], ["apps/shop.mjs", { settings: PROXIED }]])));
  after(() => Promise.all([cached?.stop(), plain?.stop()]));

  const VISITORS = [
    {},
    { "X-Forwarded-Host": "a.test", "X-Forwarded-For": "1.2.3.4" },
    { "X-Forwarded-Host": "b.test", "X-Forwarded-For": "1.2.3.4" },
    { "X-Forwarded-Proto": "https", "X-Forwarded-For": "5.6.7.8" },
    { "X-Forwarded-Proto": "https", "X-Forwarded-Host": "a.test", "X-Forwarded-For": "5.6.7.8" },
    { "X-Forwarded-Host": "a.test, b.test", "X-Forwarded-For": "5.6.7.8, 9.9.9.9" },
  ];
  for (const route of ["hostname", "address", "forwarded-host", "forwarded-for", "scheme"]) {
    it(`each visitor has a page of their own at /${route}`, async () => {
      for (const headers of [...VISITORS, ...VISITORS, ...VISITORS.toReversed()]) {
        const [actual, expected] = await Promise.all([cached, plain].map((server) => get(server, `/t/${route}`, headers)));
        assert.equal(bodyOf(actual), bodyOf(expected));
      }
    });
  }
});

/** One request over HTTP/2: status and body, or the name of the error. */
function overHttp2(session, path, headers) {
  return new Promise((resolve) => {
    const stream = session.request({ ":path": path, ...headers });
    let status;
    let body = "";
    stream.on("response", (head) => (status = head[":status"]));
    stream.setEncoding("utf8").on("data", (text) => (body += text));
    stream.on("end", () => resolve({ status, body }));
    stream.on("error", (error) => resolve({ status, error: error.code }));
  });
}

/** Sends bytes and reads until the server closes, or says nothing for a while. */
function tell(port, bytes) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1" });
    let received = "";
    let silence;
    const done = () => {
      clearTimeout(silence);
      socket.destroy();
      resolve(received);
    };
    const wait = () => {
      clearTimeout(silence);
      silence = setTimeout(done, 500);
    };
    socket.on("connect", () => {
      socket.write(Buffer.from(bytes, "latin1"));
      wait();
    });
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      wait();
    });
    socket.on("end", done);
    socket.on("error", (error) => (error.code === "ECONNRESET" || error.code === "EPIPE" ? done() : reject(error)));
  });
}

/** Asks and leaves when that many bytes have come. */
function leaveAfter(port, bytes, count) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" }, () => socket.write(bytes));
    let received = 0;
    socket.on("data", (chunk) => {
      received += chunk.length;
      if (received >= count) socket.destroy();
    });
    socket.on("error", () => {});
    socket.on("close", resolve);
  });
}
