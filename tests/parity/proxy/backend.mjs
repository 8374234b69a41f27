/** The backends behind the proxies: one that says what it was asked, and one that breaks off. Both end with the test. */
import { createServer } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { WebSocketServer } from "ws";

/** What a proxy says for itself, and how it keeps its own connection. */
const OWN = ["connection", "keep-alive", "x-request-id", "traceparent"];

const counts = new Map();
const count = (key) => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts.get(key);
};

/** Bytes that no mistake in their order leaves as they are. */
const bytes = (size) => Buffer.from(Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8) * 7) & 0xff));

async function echo(request, response, url) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const headers = request.rawHeaders.flatMap((value, i) => (i % 2 === 0 ? [[value.toLowerCase(), request.rawHeaders[i + 1]]] : [])).filter(([name]) => !OWN.includes(name)).sort();
  const shown = body.length > 2000 ? `${body.length} bytes, ${body.equals(bytes(body.length))}` : body.toString("latin1");
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ method: request.method, url: url.href.slice(url.origin.length), headers, body: shown }));
}

const ROUTES = {
  async text(_, response) {
    response.setHeader("Content-Type", "text/plain");
    response.end("some text");
  },
  async headers(_, response) {
    response.writeHead(201, [
      ["Set-Cookie", "a=1; Path=/"], ["Set-Cookie", "b=2"], ["X-Multi", "1"], ["X-Multi", "2"], ["Connection", "x-private, keep-alive"], ["X-Private", "1"], ["Keep-Alive", "timeout=9"], ["Proxy-Connection", "keep-alive"],
      ["Content-Type", "text/plain; charset=latin1"], ["Content-Length", "2"], ["ETag", '"x"'], ["Server", "backend"], ["Date", "Thu, 01 Jan 1970 00:00:00 GMT"],
    ].flat());
    response.end("ok");
  },
  async location(_, response, url) {
    response.writeHead(302, { location: url.searchParams.get("to") });
    response.end();
  },
  async status(request, response, url) {
    request.resume();
    response.statusCode = Number(url.pathname.split("/")[2]);
    response.setHeader("etag", '"1"');
    response.setHeader("x-count", String(count(`${url.pathname}${url.search}`) % 1000 > 0));
    response.end(response.statusCode === 204 || response.statusCode === 304 ? undefined : `status ${response.statusCode}`);
  },
  async big(_, response, url) {
    const size = Number(url.searchParams.get("size"));
    if (url.searchParams.has("length")) response.setHeader("content-length", size);
    const all = bytes(size);
    for (let at = 0; at < size; at += 50_000) if (!response.write(all.subarray(at, at + 50_000))) await new Promise((drained) => response.once("drain", drained));
    response.end();
  },
  async pieces(_, response) {
    response.setHeader("content-type", "text/event-stream");
    for (let i = 0; i < 5; i++) {
      response.write(`data: ${i}\n\n`);
      await new Promise((wake) => setTimeout(wake, 5));
    }
    response.end();
  },
  async early(_, response) {
    response.statusCode = 413;
    response.setHeader("connection", "close");
    response.end("too much");
  },
  async unavailable(_, response) {
    response.writeHead(503, { "retry-after": "1" });
    response.end("not now");
  },
  /** 503 for the first time, then how often. */
  async count(_, response, url) {
    const asked = count(url.href);
    response.writeHead(asked < 3 ? 503 : 200, { "content-type": "text/plain" });
    response.end(String(asked));
  },
  async slow(request) {
    request.resume();
  },
  async encoded(_, response) {
    response.writeHead(200, { "content-encoding": "br", "content-type": "text/plain" });
    response.end(Buffer.from("CwKAaGVsbG8D", "base64"));
  },
  async empty(_, response) {
    response.end();
  },
};

function serve(request, response) {
  const url = new URL(request.url, "http://backend");
  const name = url.pathname.split("/")[1];
  response.sendDate = false;
  const route = Object.hasOwn(ROUTES, name) ? ROUTES[name] : echo;
  route(request, response, url).catch(() => response.destroy());
}

const HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n";
const FAULTS = {
  garbage: (socket) => socket.end("SSH-2.0-OpenSSH_9.0\r\n\r\n"),
  reset: (socket) => socket.resetAndDestroy(),
  closed: (socket) => socket.end(),
  half: (socket) => {
    socket.write(`${HEAD}Content-Length: 100\r\n\r\n${"x".repeat(50)}`);
    setTimeout(() => socket.destroy(), 100);
  },
  "half-chunk": (socket) => {
    socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n5\r\nhe`);
    setTimeout(() => socket.destroy(), 100);
  },
  "until-close": (socket) => socket.end(`${HEAD}\r\nall of it`),
  "two-heads": (socket) => socket.end(`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${HEAD}Content-Length: 2\r\n\r\nok`),
  "closed-once": (socket, path) => (count(path) === 1 ? socket.end() : socket.end(`${HEAD}Content-Length: 2\r\n\r\nok`)),
};

function misbehave(socket) {
  socket.on("error", () => {});
  socket.once("data", (data) => {
    const path = data.toString("latin1").split(" ")[1];
    const fault = FAULTS[path.split("/").slice(1).find((segment) => Object.hasOwn(FAULTS, segment))];
    if (fault) fault(socket, path);
    else socket.end(`${HEAD}Content-Length: 6\r\n\r\nfaulty`);
  });
}

/** Says first what it was asked, then the same as it is told; `close 4001 why` closes. */
function greet(socket, { url, headers }) {
  const { cookie, origin, authorization, "x-added": added } = headers;
  socket.send(JSON.stringify({ url, cookie, origin, authorization, added, protocol: socket.protocol }));
  socket.on("message", (data, isBinary) => {
    const [word, code, reason] = data.toString().split(" ");
    if (word === "close") socket.close(Number(code), reason);
    else socket.send(data, { binary: isBinary });
  });
}

const listening = (server) => new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server.address().port)));

/** Starts the backends: their addresses for the app's environment, and the servers themselves. */
export async function startBackends() {
  const backend = createServer(serve);
  const sockets = new WebSocketServer({ noServer: true });
  backend.on("upgrade", (request, socket, head) => {
    if (request.url.includes("refuse")) return socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
    sockets.handleUpgrade(request, socket, head, (client) => greet(client, request));
  });
  const faulty = createTcpServer(misbehave);
  const dead = createTcpServer();
  const [one, two, three] = await Promise.all([backend, faulty, dead].map(listening));
  await new Promise((closed) => dead.close(closed));
  const env = { BACKEND: `http://127.0.0.1:${one}`, FAULTY: `http://127.0.0.1:${two}`, DEAD: `http://127.0.0.1:${three}` };
  const stop = () => {
    backend.closeAllConnections();
    backend.close();
    faulty.close();
  };
  return { backend, sockets, env, stop, bytes };
}
