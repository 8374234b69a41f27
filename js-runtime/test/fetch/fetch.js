// Against a backend of the test (crates/host/tests/it/fetch/backend.rs), whose URL is in TEST_BACKEND.
import { showAsync } from "../node/support/show.js";

const backend = process.env.TEST_BACKEND;
const at = (path) => new URL(path, backend);
/** Ports differ between runs. */
const plain = (text) => String(text).replaceAll(new URL(backend).port, "PORT").replace(/127\.0\.0\.1:\d+/, "127.0.0.1:PORT");

/** What a fetch rejects with, and why. */
async function failure(promise) {
  try {
    await promise;
    return "no failure";
  } catch (error) {
    const { cause } = error;
    return [error.name, error.message, cause?.name, cause?.code, cause && plain(cause.message)];
  }
}

const bytes = (...texts) => new ReadableStream({
  start(controller) {
    for (const text of texts) controller.enqueue(new TextEncoder().encode(text));
    controller.close();
  },
});

// What the backend sees.
for (const [label, init] of Object.entries({
  plain: {},
  headers: { headers: { "X-Own": "1", Accept: "application/json", "User-Agent": "mine", host: "other.example" } },
  cookies: { headers: { cookie: "a=1; b=2" }, credentials: "omit" },
  "no-store": { cache: "no-store" },
  reload: { cache: "reload" },
  "no-cache": { cache: "no-cache" },
  "force-cache": { cache: "force-cache" },
  condition: { headers: { "if-none-match": '"a"' } },
  range: { headers: { range: "bytes=0-1" } },
  head: { method: "HEAD" },
  "empty post": { method: "POST" },
  "empty delete": { method: "DELETE" },
  text: { method: "POST", body: "text" },
  bytes: { method: "PUT", body: new Uint8Array([1, 2, 3]) },
  form: { method: "POST", body: new URLSearchParams({ a: "1", b: "ä" }) },
  blob: { method: "POST", body: new Blob(["blob"], { type: "text/x" }) },
  stream: { method: "POST", body: bytes("one", "two"), duplex: "half" },
})) {
  await showAsync(label, async () => plain(await (await fetch(at("/echo?q=%20#fragment"), init)).text()));
}

// What comes of the response.
for (const path of ["/json", "/created", "/empty", "/reason", "/cookies", "/redirect", "/redirects", "/relative"]) {
  await showAsync(path, async () => {
    const response = await fetch(at(path));
    const headers = [...response.headers].filter(([name]) => name.startsWith("x-") || name.startsWith("set-") || name === "location");
    return [response.status, response.statusText, response.ok, response.redirected, plain(response.url), headers, await response.text()];
  });
}
await showAsync("manual", async () => {
  const response = await fetch(at("/redirect"), { redirect: "manual" });
  return [response.status, plain(response.headers.get("location"))];
});
for (const status of [301, 302, 303, 307, 308]) {
  await showAsync(`POST ${status}`, async () => {
    const response = await fetch(at(`/to-echo/${status}`), { method: "POST", body: "body", headers: { "x-own": "1" } });
    return plain(await response.text());
  });
}
for (const coding of ["gzip", "deflate", "raw-deflate", "br", "gzip, br", "none", "weird"]) {
  await showAsync(`coding ${coding}`, async () => {
    const response = await fetch(at(`/coded/${encodeURIComponent(coding)}`));
    return [response.headers.get("content-encoding"), await response.text()];
  });
}

// What goes wrong.
const listener = await fetch(at("/closed-port"));
const closed = await listener.text();
for (const [label, attempt] of Object.entries({
  refused: () => fetch(`http://127.0.0.1:${closed}/`),
  unknown: () => fetch("http://nowhere.invalid/"),
  "bad port": () => fetch("http://127.0.0.1:6000/"),
  "redirect forbidden": () => fetch(at("/redirect"), { redirect: "error" }),
  "redirect loop": () => fetch(at("/loop")),
  "redirect to ftp": () => fetch(at("/to-ftp")),
  "closed at once": () => fetch(at("/close")),
  "cut, with length": async () => (await fetch(at("/cut"))).text(),
  "cut, chunked": async () => (await fetch(at("/cut-chunked"))).arrayBuffer(),
  "cut, read in pieces": async () => {
    for await (const _ of (await fetch(at("/cut"))).body);
  },
  "no gzip": async () => (await fetch(at("/coded/broken"))).text(),
  upgrade: () => fetch(at("/echo"), { headers: { upgrade: "x" } }),
  "transfer-encoding": () => fetch(at("/echo"), { headers: { "transfer-encoding": "chunked" } }),
  expect: () => fetch(at("/echo"), { headers: { expect: "100-continue" } }),
  "body fails": () => fetch(at("/echo"), {
    method: "POST", duplex: "half", body: new ReadableStream({ pull(controller) { controller.error(new RangeError("mine")); } }),
  }),
})) {
  await showAsync(label, async () => {
    const [name, message, causeName, code, text] = await failure(attempt());
    // These say more in Node (`Error` has no name of its own), or less.
    return [name, message, causeName, code, label === "no gzip" ? "" : text];
  });
}

// Giving up.
await showAsync("aborted before", () => failure(fetch(at("/json"), { signal: AbortSignal.abort(new RangeError("mine")) })));
await showAsync("aborted while waiting", () => failure(fetch(at("/never"), { signal: AbortSignal.timeout(50) })).then(([name]) => name));
await showAsync("aborted while reading", async () => {
  const controller = new AbortController();
  const reader = (await fetch(at("/endless"), { signal: controller.signal })).body.getReader();
  await reader.read();
  controller.abort(new RangeError("mine"));
  return (await failure((async () => { for (;;) await reader.read(); })())).slice(0, 2);
});

// Big ones, both ways.
await showAsync("big", async () => {
  const sent = new Uint8Array(3 << 20).map((_, i) => i * 7);
  const back = new Uint8Array(await (await fetch(at("/mirror"), { method: "POST", body: sent })).arrayBuffer());
  return [back.length, back.every((byte, i) => byte === sent[i])];
});
await showAsync("answered in pieces while the request goes on", async () => {
  const { readable, writable } = new TransformStream();
  const writer = writable.getWriter();
  const response = fetch(at("/mirror"), { method: "POST", body: readable, duplex: "half" });
  await writer.write(new TextEncoder().encode("one"));
  const reader = (await response).body.getReader();
  const first = new TextDecoder().decode((await reader.read()).value);
  await writer.write(new TextEncoder().encode("two"));
  const second = new TextDecoder().decode((await reader.read()).value);
  await writer.close();
  return [first, second, (await reader.read()).done];
});
