import http, { METHODS, STATUS_CODES } from "node:http";
import { isIP, isIPv4, isIPv6 } from "node:net";
import tty from "node:tty";
import punycode from "node:punycode";
import worker, { isMainThread, threadId } from "node:worker_threads";
import { show } from "./support/show.js";

show("METHODS", () => METHODS);
show("STATUS_CODES", () => STATUS_CODES);
show("same", () => [http.METHODS === METHODS, http.STATUS_CODES === STATUS_CODES]);
for (const address of ["127.0.0.1", "256.1.1.1", "1.2.3", "::1", "::", "fe80::1%eth0", "1::2::3", "::ffff:1.2.3.4", "2001:db8::8a2e:370:7334", "", "localhost", undefined]) {
  show(`isIP ${address}`, () => [isIP(address), isIPv4(address), isIPv6(address)]);
}
show("isatty", () => [tty.isatty(0) === Boolean(process.stdin0), tty.isatty(99)]);
show("worker_threads", () => [isMainThread, threadId, worker.parentPort, typeof worker.MessageChannel]);
show("punycode", () => [punycode.encode("mañana"), punycode.decode("maana-pta"), punycode.toASCII("mañana.com"), punycode.toUnicode("xn--maana-pta.com"), punycode.ucs2.decode("😀")]);
