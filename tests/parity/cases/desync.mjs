/**
 * Messages on whose length, end or target two HTTP implementations have disagreed: the published request smuggling and desync vectors
 * (CL.TE, TE.CL, TE.TE and CL.0 of PortSwigger's "HTTP Desync Attacks" and "Browser-Powered Desync Attacks"; the chunk extension and
 * terminator vectors of "Funky Chunks"; CVE-2025-4366, CVE-2026-2833, CVE-2026-2835; the cases of RFC 9112 section 11).
 *
 * Each is followed by CANARY. What counts is whether the canary is answered: as a request of its own it must be, after a message that
 * ends where both sides think; behind a message that is refused it must not be.
 */

/** A request with an answer of its own. */
export const CANARY = "GET /routes/canary HTTP/1.1\r\nHost: parity.test\r\n\r\n";

const SMUGGLED = "GET /routes/smuggled HTTP/1.1\r\nHost: parity.test\r\n\r\n";

const head = (lines, target = "/bodies/echo", method = "POST", version = "1.1") =>
  [`${method} ${target} HTTP/${version}`, "Host: parity.test", "Content-Type: text/plain", ...lines, "", ""].join("\r\n");

/** A body of five bytes by Content-Length, written in another way. */
const length = (value, body = "hello") => head([`Content-Length:${value}`]) + body;

/** A chunked body, with the header written in another way. */
const encoded = (line, body = "5\r\nhello\r\n0\r\n\r\n") => head([line]) + body;

/** A chunked body, itself written in another way. */
const chunks = (body) => encoded("Transfer-Encoding: chunked", body);

const both = (body, ...lines) => head(lines) + body;

const CHUNKED = "Transfer-Encoding: chunked";

/** [name, bytes] in groups. */
export const DESYNC_CASES = {
  "as it should be": [
    ["a request without a body", head([], "/routes/a/1", "GET")],
    ["a body by Content-Length", length(" 5")],
    ["a chunked body", chunks("5\r\nhello\r\n0\r\n\r\n")],
    ["a chunk size in upper and lower case", chunks("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n")],
    ["a line break before the request", `\r\n${head([], "/routes/a/1", "GET")}`],
    ["a body that the app does not read", head(["Content-Length: 5"], "/routes/a/1", "GET") + "hello"],
  ],
  "Content-Length beside Transfer-Encoding": [
    ["CL.TE", both("0\r\n\r\nG", "Content-Length: 6", CHUNKED)],
    ["CL.TE with a whole request", both(`0\r\n\r\n${SMUGGLED}`, `Content-Length: ${5 + SMUGGLED.length}`, CHUNKED)],
    ["TE.CL", both("5\r\nhello\r\n0\r\n\r\n", CHUNKED, "Content-Length: 3")],
    ["TE.CL with a whole request", both(`${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`, "Content-Length: 4", CHUNKED)],
    ["a length of 0 and chunks", both("5\r\nhello\r\n0\r\n\r\n", "Content-Length: 0", CHUNKED)],
    ["on a GET", head(["Content-Length: 6", CHUNKED], "/routes/a/1", "GET") + "0\r\n\r\nG"],
  ],
  "Transfer-Encoding in disguise": [
    ["another coding", encoded("Transfer-Encoding: xchunked")],
    ["identity", encoded("Transfer-Encoding: identity")],
    ["chunked, identity", encoded("Transfer-Encoding: chunked, identity")],
    ["identity, chunked", encoded("Transfer-Encoding: identity, chunked")],
    ["gzip, chunked", encoded("Transfer-Encoding: gzip, chunked")],
    ["chunked twice", encoded("Transfer-Encoding: chunked, chunked")],
    ["two lines, the second another", encoded("Transfer-Encoding: chunked\r\nTransfer-Encoding: x")],
    ["two lines, the first another", encoded("Transfer-Encoding: x\r\nTransfer-Encoding: chunked")],
    ["two lines, both chunked", encoded("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked")],
    ["a space before the colon", encoded("Transfer-Encoding : chunked")],
    ["a tab before the value", encoded("Transfer-Encoding:\tchunked")],
    ["a tab after the value", encoded("Transfer-Encoding: chunked\t")],
    ["a vertical tab before the value", encoded("Transfer-Encoding:\x0bchunked")],
    ["a form feed after the value", encoded("Transfer-Encoding: chunked\x0c")],
    ["a NUL after the value", encoded("Transfer-Encoding: chunked\0")],
    ["a space before the name", encoded(" Transfer-Encoding: chunked")],
    ["folded behind another header", encoded("X-A: b\r\n Transfer-Encoding: chunked")],
    ["its value on the next line", encoded("Transfer-Encoding:\r\n chunked")],
    ["its colon on the next line", encoded("Transfer-Encoding\r\n: chunked")],
    ["behind a bare line feed", encoded("X-A: b\nTransfer-Encoding: chunked")],
    ["behind a bare carriage return", encoded("X-A: b\rTransfer-Encoding: chunked")],
    ["in quotes", encoded('Transfer-Encoding: "chunked"')],
    ["with a parameter", encoded("Transfer-Encoding: chunked;q=1")],
    ["in capitals", encoded("TRANSFER-ENCODING: CHUNKED")],
    ["empty", encoded("Transfer-Encoding: ")],
    ["a comma before it", encoded("Transfer-Encoding: ,chunked")],
    ["with an underscore, beside a length", both("hello", "Transfer_Encoding: chunked", "Content-Length: 5")],
    ["a byte above ASCII in its name", encoded("Transf\xe9r-Encoding: chunked")],
    ["HTTP/1.0", head([CHUNKED], "/bodies/echo", "POST", "1.0") + "5\r\nhello\r\n0\r\n\r\n"],
    ["HTTP/1.0 with keep-alive and a length", head([CHUNKED, "Content-Length: 5", "Connection: keep-alive"], "/bodies/echo", "POST", "1.0") + "hello"],
  ],
  "Content-Length in disguise": [
    ["two that differ", head(["Content-Length: 5", "Content-Length: 6"]) + "hello"],
    ["two that agree", head(["Content-Length: 5", "Content-Length: 5"]) + "hello"],
    ["a list that agrees", length(" 5, 5")],
    ["a list that differs", length(" 5, 6")],
    ["with a sign", length(" +5")],
    ["negative", length(" -5")],
    ["hexadecimal", length(" 0x5")],
    ["with an exponent", length(" 5e0")],
    ["with a fraction", length(" 5.0")],
    ["with leading zeros", length(" 005")],
    ["with a space inside", length(" 5 0")],
    ["with a space after it", length(" 5 ")],
    ["with a vertical tab", length(" 5\x0b")],
    ["empty", length("")],
    ["a word", length(" five")],
    ["above 64 bits", length(" 18446744073709551621")],
    ["a space before the colon", head(["Content-Length : 5"]) + "hello"],
    ["on the next line", head(["Content-Length:\r\n 5"]) + "hello"],
    ["CL.0: a GET whose body is a request", head([`Content-Length: ${SMUGGLED.length}`], "/routes/a/1", "GET") + SMUGGLED],
    ["CL.0: a body that no route reads", head([`Content-Length: ${SMUGGLED.length}`], "/no/such/route") + SMUGGLED],
    ["CL.0: a HEAD whose body is a request", head([`Content-Length: ${SMUGGLED.length}`], "/routes/head", "HEAD") + SMUGGLED],
  ],
  "chunks in disguise": [
    ["an extension", chunks("5;a=b\r\nhello\r\n0\r\n\r\n")],
    ["an extension in quotes", chunks('5;a="b;c"\r\nhello\r\n0\r\n\r\n')],
    ["a line feed within an extension", chunks("5;a\nb\r\nhello\r\n0\r\n\r\n")],
    ["a carriage return within an extension", chunks("5;a\rb\r\nhello\r\n0\r\n\r\n")],
    ["a size line that ends in a line feed", chunks("5\nhello\r\n0\r\n\r\n")],
    ["a size line that ends in a carriage return", chunks("5\rhello\r\n0\r\n\r\n")],
    ["data that ends in a line feed", chunks("5\r\nhello\n0\r\n\r\n")],
    ["data longer than its size", chunks("3\r\nhello\r\n0\r\n\r\n")],
    ["data without its end", chunks("5\r\nhello0\r\n\r\n")],
    ["two other bytes at the end of data", chunks("5\r\nhelloXX0\r\n\r\n")],
    ["a size with a prefix", chunks("0x5\r\nhello\r\n0\r\n\r\n")],
    ["a size with a sign", chunks("+5\r\nhello\r\n0\r\n\r\n")],
    ["a negative size", chunks("-5\r\nhello\r\n0\r\n\r\n")],
    ["a size with a space before it", chunks(" 5\r\nhello\r\n0\r\n\r\n")],
    ["a size with a space after it", chunks("5 \r\nhello\r\n0\r\n\r\n")],
    ["a size with an underscore", chunks("5_0\r\nhello\r\n0\r\n\r\n")],
    ["a size with leading zeros", chunks("0000000000000005\r\nhello\r\n0\r\n\r\n")],
    ["a size above 64 bits", chunks("10000000000000005\r\nhello\r\n0\r\n\r\n")],
    ["an empty size", chunks("\r\nhello\r\n0\r\n\r\n")],
    ["a last chunk that ends in a line feed", chunks("5\r\nhello\r\n0\n\n")],
    ["a trailer", chunks("5\r\nhello\r\n0\r\nX-Trailer: 1\r\n\r\n")],
    ["Content-Length in the trailer", chunks("5\r\nhello\r\n0\r\nContent-Length: 100\r\n\r\n")],
    ["Transfer-Encoding in the trailer", chunks("5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n")],
    ["a trailer without a colon", chunks("5\r\nhello\r\n0\r\nnonsense\r\n\r\n")],
  ],
  "lines and headers": [
    ["line feeds alone", "GET /routes/a/1 HTTP/1.1\nHost: parity.test\n\n"],
    ["one line feed alone", "GET /routes/a/1 HTTP/1.1\r\nHost: parity.test\nX-A: b\r\n\r\n"],
    ["carriage returns alone", "GET /routes/a/1 HTTP/1.1\rHost: parity.test\r\r"],
    ["a carriage return in a value", head(["X-A: b\rc"], "/routes/a/1", "GET")],
    ["a NUL in a value", head(["X-A: b\0c"], "/routes/a/1", "GET")],
    ["a folded value", head(["X-A: b\r\n c"], "/routes/a/1", "GET")],
    ["a header without a colon", head(["nonsense"], "/routes/a/1", "GET")],
    ["a header without a name", head([": x"], "/routes/a/1", "GET")],
    ["a space in a name", head(["X A: b"], "/routes/a/1", "GET")],
    ["a space before a colon", head(["X-A : b"], "/routes/a/1", "GET")],
    ["a space before the first header", "GET /routes/a/1 HTTP/1.1\r\n X-A: b\r\nHost: parity.test\r\n\r\n"],
    ["two spaces in the request line", "GET  /routes/a/1 HTTP/1.1\r\nHost: parity.test\r\n\r\n"],
    ["a tab in the request line", "GET\t/routes/a/1\tHTTP/1.1\r\nHost: parity.test\r\n\r\n"],
    ["a space in the target", "GET /routes/a/1 2 HTTP/1.1\r\nHost: parity.test\r\n\r\n"],
    ["a NUL in the target", "GET /routes/a/\x001 HTTP/1.1\r\nHost: parity.test\r\n\r\n"],
    ["a space before the method", " GET /routes/a/1 HTTP/1.1\r\nHost: parity.test\r\n\r\n"],
    ["HTTP/0.9", "GET /routes/a/1\r\n\r\n"],
    ["HTTP/1.2", "GET /routes/a/1 HTTP/1.2\r\nHost: parity.test\r\n\r\n"],
    ["http/1.1 in small letters", "GET /routes/a/1 http/1.1\r\nHost: parity.test\r\n\r\n"],
    ["HTTP/1.1 with spaces after it", "GET /routes/a/1 HTTP/1.1  \r\nHost: parity.test\r\n\r\n"],
    ["HTTP/01.1", "GET /routes/a/1 HTTP/01.1\r\nHost: parity.test\r\n\r\n"],
    ["HTTP/1.10", "GET /routes/a/1 HTTP/1.10\r\nHost: parity.test\r\n\r\n"],
  ],
  "host and target": [
    ["no Host", "GET /routes/a/1 HTTP/1.1\r\n\r\n"],
    ["two Hosts that differ", "GET /requests/facts HTTP/1.1\r\nHost: parity.test\r\nHost: evil.test\r\n\r\n"],
    ["two Hosts that agree", "GET /requests/facts HTTP/1.1\r\nHost: parity.test\r\nHost: parity.test\r\n\r\n"],
    ["a space before Host's colon", "GET /requests/facts HTTP/1.1\r\nHost : parity.test\r\n\r\n"],
    ["Host with a path", "GET /requests/facts HTTP/1.1\r\nHost: parity.test/x\r\n\r\n"],
    ["Host with a user", "GET /requests/facts HTTP/1.1\r\nHost: user@parity.test\r\n\r\n"],
    ["Host with a space", "GET /requests/facts HTTP/1.1\r\nHost: parity test\r\n\r\n"],
    ["Host folded", "GET /requests/facts HTTP/1.1\r\nHost: parity.test\r\n evil.test\r\n\r\n"],
    ["absolute form", "GET http://parity.test/routes/a/1 HTTP/1.1\r\nHost: parity.test\r\n\r\n"],
    ["absolute form with another host", "GET http://evil.test/requests/facts HTTP/1.1\r\nHost: parity.test\r\n\r\n"],
    ["an authority as target", "GET parity.test:80 HTTP/1.1\r\nHost: parity.test\r\n\r\n"],
    ["CONNECT", "CONNECT parity.test:80 HTTP/1.1\r\nHost: parity.test:80\r\n\r\n"],
    ["a target without its slash", "GET routes/a/1 HTTP/1.1\r\nHost: parity.test\r\n\r\n"],
    ["two slashes and a host", "GET //evil.test/routes/a/1 HTTP/1.1\r\nHost: parity.test\r\n\r\n"],
  ],
  "expectations and upgrades": [
    ["Expect: 100-continue and a body", head(["Expect: 100-continue", "Content-Length: 5"]) + "hello"],
    ["another expectation and a body that is a request", head(["Expect: y", `Content-Length: ${SMUGGLED.length}`]) + SMUGGLED],
    ["100-continue among others", head(["Expect: y 100-continue", "Content-Length: 5"]) + "hello"],
    ["100-continue on a GET whose body is a request", head(["Expect: 100-continue", `Content-Length: ${SMUGGLED.length}`], "/routes/a/1", "GET") + SMUGGLED],
    ["an upgrade to h2c", head(["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"], "/routes/a/1", "GET")],
    ["an upgrade to a WebSocket and more bytes", head(["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="], "/routes/a/1", "GET")],
    ["Connection names Host", head(["Connection: Host"], "/routes/a/1", "GET")],
    ["Connection names Content-Length", head(["Connection: Content-Length", "Content-Length: 5"]) + "hello"],
  ],
};
