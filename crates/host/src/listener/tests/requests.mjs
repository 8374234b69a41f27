/**
 * Requests that two servers might read differently, and what Fastify 4 on Node 20 makes of them.
 *
 *     node requests.mjs > requests.json      (with the packages of js-runtime installed)
 *
 * Each is followed by a second request on the same connection. `statuses` are those of the answers, `seen` what the app got.
 */
import { createRequire } from "node:module";
import net from "node:net";

const Fastify = createRequire(new URL("../../../../../js-runtime/package.json", import.meta.url))("fastify");

const H = 'Host: x\r\n';
const next = 'GET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
const P = (h, b = '') => `POST /a HTTP/1.1\r\n${H}${h}\r\n${b}`;
const REQUESTS = [
 ['plain', `GET /a HTTP/1.1\r\n${H}\r\n${next}`],
 ['CL and TE', P('Content-Length: 6\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\nG') + next],
 ['TE and CL', P('Transfer-Encoding: chunked\r\nContent-Length: 3\r\n', '8\r\nSMUGGLED\r\n0\r\n\r\n') + next],
 ['two CL differ', P('Content-Length: 5\r\nContent-Length: 6\r\n', 'hello') + next],
 ['two CL same', P('Content-Length: 5\r\nContent-Length: 5\r\n', 'hello') + next],
 ['CL list', P('Content-Length: 5, 5\r\n', 'hello') + next],
 ['CL plus', P('Content-Length: +5\r\n', 'hello') + next],
 ['CL neg', P('Content-Length: -5\r\n', 'hello') + next],
 ['CL hex', P('Content-Length: 0x5\r\n', 'hello') + next],
 ['CL empty', P('Content-Length: \r\n', '') + next],
 ['CL inner space', P('Content-Length: 5 5\r\n', 'hello') + next],
 ['CL trailing space', P('Content-Length: 5 \r\n', 'hello') + next],
 ['CL zeros', P('Content-Length: 0005\r\n', 'hello') + next],
 ['CL overflow', P('Content-Length: 99999999999999999999999\r\n', 'hello') + next],
 ['TE identity', P('Transfer-Encoding: identity\r\n', '') + next],
 ['TE gzip, chunked', P('Transfer-Encoding: gzip, chunked\r\n', '5\r\nhello\r\n0\r\n\r\n') + next],
 ['TE chunked, gzip', P('Transfer-Encoding: chunked, gzip\r\n', '5\r\nhello\r\n0\r\n\r\n') + next],
 ['TE chunked twice', P('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', '5\r\nhello\r\n0\r\n\r\n') + next],
 ['TE chunked+identity', P('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', '5\r\nhello\r\n0\r\n\r\n') + next],
 ['TE identity+chunked', P('Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n', '5\r\nhello\r\n0\r\n\r\n') + next],
 ['TE xchunked', P('Transfer-Encoding: xchunked\r\n', '5\r\nhello\r\n0\r\n\r\n') + next],
 ['TE "chunked"', P('Transfer-Encoding: "chunked"\r\n', '5\r\nhello\r\n0\r\n\r\n') + next],
 ['TE tab', P('Transfer-Encoding:\tchunked\r\n', '5\r\nhello\r\n0\r\n\r\n') + next],
 ['TE vt', P('Transfer-Encoding: \x0bchunked\r\n', '5\r\nhello\r\n0\r\n\r\n') + next],
 ['TE CHUNKED', P('Transfer-Encoding: CHUNKED\r\n', '5\r\nhello\r\n0\r\n\r\n') + next],
 ['TE empty', P('Transfer-Encoding: \r\n', '') + next],
 ['TE HTTP/1.0', `POST /a HTTP/1.0\r\n${H}Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n` + next],
 ['space before colon', P('Transfer-Encoding : chunked\r\n', '5\r\nhello\r\n0\r\n\r\n') + next],
 ['space before colon plain', `GET /a HTTP/1.1\r\n${H}X : y\r\n\r\n` + next],
 ['obs-fold', `GET /a HTTP/1.1\r\n${H}X: y\r\n z\r\n\r\n` + next],
 ['fold first header', `GET /a HTTP/1.1\r\n ${H}\r\n` + next],
 ['bare LF line ends', `GET /a HTTP/1.1\nHost: x\n\n` + next],
 ['bare LF after request line', `GET /a HTTP/1.1\nHost: x\r\n\r\n` + next],
 ['bare LF after header', `GET /a HTTP/1.1\r\nHost: x\nX: y\r\n\r\n` + next],
 ['bare LF at end', `GET /a HTTP/1.1\r\nHost: x\r\n\n` + next],
 ['bare CR in value', `GET /a HTTP/1.1\r\n${H}X: a\rb\r\n\r\n` + next],
 ['bare CR as end', `GET /a HTTP/1.1\r\n${H}X: a\r\r\n\r\n` + next],
 ['NUL in value', `GET /a HTTP/1.1\r\n${H}X: a\0b\r\n\r\n` + next],
 ['ctl in value', `GET /a HTTP/1.1\r\n${H}X: a\x01b\r\n\r\n` + next],
 ['DEL in value', `GET /a HTTP/1.1\r\n${H}X: a\x7fb\r\n\r\n` + next],
 ['high in value', `GET /a HTTP/1.1\r\n${H}X: a\xe9b\r\n\r\n` + next],
 ['ctl in name', `GET /a HTTP/1.1\r\n${H}X\x01: ab\r\n\r\n` + next],
 ['empty name', `GET /a HTTP/1.1\r\n${H}: ab\r\n\r\n` + next],
 ['no colon', `GET /a HTTP/1.1\r\n${H}Xab\r\n\r\n` + next],
 ['ctl in target', `GET /a\x01 HTTP/1.1\r\n${H}\r\n` + next],
 ['high in target', `GET /a\xe9 HTTP/1.1\r\n${H}\r\n` + next],
 ['two spaces', `GET  /a HTTP/1.1\r\n${H}\r\n` + next],
 ['space at end of line', `GET /a HTTP/1.1 \r\n${H}\r\n` + next],
 ['tab sep', `GET\t/a\tHTTP/1.1\r\n${H}\r\n` + next],
 ['no version', `GET /a\r\n${H}\r\n` + next],
 ['leading CRLF', `\r\nGET /a HTTP/1.1\r\n${H}\r\n` + next],
 ['leading LF', `\nGET /a HTTP/1.1\r\n${H}\r\n` + next],
 ['leading space', ` GET /a HTTP/1.1\r\n${H}\r\n` + next],
 ['HTTP/1.2', `GET /a HTTP/1.2\r\n${H}\r\n` + next],
 ['HTTP/2.0', `GET /a HTTP/2.0\r\n${H}\r\n` + next],
 ['HTTP/0.9', `GET /a HTTP/0.9\r\n${H}\r\n` + next],
 ['HTTP/3.0', `GET /a HTTP/3.0\r\n${H}\r\n` + next],
 ['HTTP/1.10', `GET /a HTTP/1.10\r\n${H}\r\n` + next],
 ['http/1.1', `GET /a http/1.1\r\n${H}\r\n` + next],
 ['HTTP/1.0', `GET /a HTTP/1.0\r\n${H}\r\n` + next],
 ['no Host', `GET /a HTTP/1.1\r\n\r\n` + next],
 ['two Hosts differ', `GET /a HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n` + next],
 ['two Hosts same', `GET /a HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n` + next],
 ['Host empty', `GET /a HTTP/1.1\r\nHost:\r\n\r\n` + next],
 ['Host list', `GET /a HTTP/1.1\r\nHost: x, y\r\n\r\n` + next],
 ['Host path', `GET /a HTTP/1.1\r\nHost: x/y\r\n\r\n` + next],
 ['Host at', `GET /a HTTP/1.1\r\nHost: x@y\r\n\r\n` + next],
 ['absolute same', `GET http://x/a HTTP/1.1\r\nHost: x\r\n\r\n` + next],
 ['absolute differs', `GET http://y/a HTTP/1.1\r\nHost: x\r\n\r\n` + next],
 ['absolute at', `GET http://x@y/a HTTP/1.1\r\nHost: y\r\n\r\n` + next],
 ['CONNECT', `CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n` + next],
 ['OPTIONS *', `OPTIONS * HTTP/1.1\r\n${H}\r\n` + next],
 ['Upgrade h2c', `GET /a HTTP/1.1\r\n${H}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n` + next],
 ['Upgrade websocket', `GET /a HTTP/1.1\r\n${H}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n` + next],
 ['chunk ext', P('Transfer-Encoding: chunked\r\n', '5;a=b\r\nhello\r\n0\r\n\r\n') + next],
 ['chunk ext quoted', P('Transfer-Encoding: chunked\r\n', '5;a="b c"\r\nhello\r\n0\r\n\r\n') + next],
 ['chunk ext bare', P('Transfer-Encoding: chunked\r\n', '5;\r\nhello\r\n0\r\n\r\n') + next],
 ['chunk ext LF', P('Transfer-Encoding: chunked\r\n', '5;a\nhello\r\n0\r\n\r\n') + next],
 ['chunk ext CR', P('Transfer-Encoding: chunked\r\n', '5;a\rb\r\nhello\r\n0\r\n\r\n') + next],
 ['chunk space', P('Transfer-Encoding: chunked\r\n', '5 \r\nhello\r\n0\r\n\r\n') + next],
 ['chunk space ext', P('Transfer-Encoding: chunked\r\n', '5 ;a\r\nhello\r\n0\r\n\r\n') + next],
 ['chunk size LF', P('Transfer-Encoding: chunked\r\n', '5\nhello\r\n0\r\n\r\n') + next],
 ['chunk size 0x', P('Transfer-Encoding: chunked\r\n', '0x5\r\nhello\r\n0\r\n\r\n') + next],
 ['chunk size neg', P('Transfer-Encoding: chunked\r\n', '-5\r\nhello\r\n0\r\n\r\n') + next],
 ['chunk size plus', P('Transfer-Encoding: chunked\r\n', '+5\r\nhello\r\n0\r\n\r\n') + next],
 ['chunk size empty', P('Transfer-Encoding: chunked\r\n', '\r\nhello\r\n0\r\n\r\n') + next],
 ['chunk size zeros', P('Transfer-Encoding: chunked\r\n', '0000000000000005\r\nhello\r\n0\r\n\r\n') + next],
 ['chunk size many zeros', P('Transfer-Encoding: chunked\r\n', '0'.repeat(40) + '5\r\nhello\r\n0\r\n\r\n') + next],
 ['chunk size overflow', P('Transfer-Encoding: chunked\r\n', '10000000000000005\r\nhello\r\n0\r\n\r\n') + next],
 ['chunk size huge', P('Transfer-Encoding: chunked\r\n', 'fffffffffffffff\r\nhello\r\n0\r\n\r\n') + next],
 ['chunk long', P('Transfer-Encoding: chunked\r\n', '5\r\nhelloX\r\n0\r\n\r\n') + next],
 ['chunk short', P('Transfer-Encoding: chunked\r\n', '5\r\nhell\r\n0\r\n\r\n') + next],
 ['chunk data LF', P('Transfer-Encoding: chunked\r\n', '5\r\nhello\n0\r\n\r\n') + next],
 ['chunk end LF', P('Transfer-Encoding: chunked\r\n', '5\r\nhello\r\n0\r\n\n') + next],
 ['chunk end LF2', P('Transfer-Encoding: chunked\r\n', '5\r\nhello\r\n0\n\r\n') + next],
 ['trailer', P('Transfer-Encoding: chunked\r\n', '5\r\nhello\r\n0\r\nX: y\r\n\r\n') + next],
 ['trailer CL', P('Transfer-Encoding: chunked\r\n', '5\r\nhello\r\n0\r\nContent-Length: 5\r\n\r\n') + next],
 ['trailer TE', P('Transfer-Encoding: chunked\r\n', '5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n') + next],
 ['trailer LF', P('Transfer-Encoding: chunked\r\n', '5\r\nhello\r\n0\r\nX: y\n\r\n') + next],
 ['trailer bad', P('Transfer-Encoding: chunked\r\n', '5\r\nhello\r\n0\r\nX y\r\n\r\n') + next],
 ['GET with body', `GET /a HTTP/1.1\r\n${H}Content-Length: 5\r\n\r\nhello` + next],
 ['body surplus', P('Content-Length: 5\r\n', 'helloGARBAGE') + next],
 ['150 headers', `GET /a HTTP/1.1\r\n${H}${'X: y\r\n'.repeat(150)}\r\n` + next],
 ['h2 preface second', next + 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
 ['half a head, then the end', `GET /a HTTP/1.1\r\n${H}`],
];

const app = Fastify();
let seen = [];
app.removeAllContentTypeParsers();
app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
app.all("/*", async (request) => {
  seen.push(`${request.method} ${request.raw.url} ${request.body ?? ""}`.trim());
  return "ok";
});
await app.listen({ port: 0, host: "127.0.0.1" });

function answer(name, raw) {
  return new Promise((resolve) => {
    const socket = net.connect(app.server.address().port, "127.0.0.1");
    let text = "";
    socket.on("data", (data) => (text += data.toString("latin1")));
    socket.on("error", () => {});
    socket.on("close", () => resolve(text));
    socket.write(Buffer.from(raw, "latin1"));
    if (name.endsWith("then the end")) socket.end();
    setTimeout(() => socket.destroy(), 300);
  });
}

const lines = [];
for (const [name, raw] of REQUESTS) {
  seen = [];
  const text = await answer(name, raw);
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => Number(match[1]));
  lines.push(JSON.stringify({ name, raw, statuses, seen }));
}
console.log(`[\n${lines.join(",\n")}\n]`);
process.exit(0);
