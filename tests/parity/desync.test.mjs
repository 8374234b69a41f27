/**
 * Request smuggling and desync: where Node refuses a message, ssr-host does; where Node takes it, ssr-host takes it for the same or
 * refuses it. Never is a byte of one message taken for the start of another when Node does not. Node's parser is the strict one.
 */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, describe, it } from "node:test";
import { CANARY, DESYNC_CASES } from "./cases/desync.mjs";
import { needApp, startBoth } from "./support/servers.mjs";

/** How long a connection may be silent before what it has said is all. */
const SILENCE_MS = 300;

/** Where the two disagree and both are right: what ssr-host does instead. */
const ALLOWED = {
  "Transfer-Encoding in disguise: a tab after the value": {
    why: "RFC 9110 section 5.5: white space around a value is no part of it. Node refuses a tab behind `chunked`",
    host: { statuses: ["200", "404"], canary: true, smuggled: false, closed: false },
  },
  "expectations and upgrades: 100-continue among others": {
    why: "whoever has sent its body already need not be told to continue (RFC 9110 section 10.1.1)",
    host: { statuses: ["200", "404"], canary: true, smuggled: false, closed: false },
  },
  "expectations and upgrades: 100-continue on a GET whose body is a request": {
    why: "nobody reads the body, so nobody asks for it; it is passed over all the same",
    host: { statuses: ["200", "404"], canary: true, smuggled: false, closed: false },
  },
  "expectations and upgrades: an upgrade to h2c": {
    why: "what was sent behind a request for an upgrade that nobody takes is not read as HTTP. Node hands the connection to nobody and leaves it open; here it ends",
    host: { statuses: ["200"], canary: false, smuggled: false, closed: true },
  },
  "expectations and upgrades: an upgrade to a WebSocket and more bytes": {
    why: "the same",
    host: { statuses: ["200"], canary: false, smuggled: false, closed: true },
  },
};

describe("desync", () => {
  let servers;
  before(async () => (servers = await startBoth(needApp())));
  after(() => servers?.stop());

  for (const [group, cases] of Object.entries(DESYNC_CASES)) {
    describe(group, () => {
      for (const [name, bytes] of cases) {
        it(name, async () => {
          const [node, host] = await Promise.all([servers.node, servers.host].map(({ port }) => tell(port, bytes + CANARY)));
          const allowed = ALLOWED[`${group}: ${name}`];
          if (allowed) return assert.deepEqual(host, allowed.host, allowed.why);
          const refuses = host.statuses.length === 1 && /^(400|408|413|414|417|431|501|505)$/.test(host.statuses[0]) && host.closed;
          if (group === "as it should be" || !refuses) assert.deepEqual(host, node);
          assert.equal(host.canary, refuses ? false : node.canary);
        });
      }
    });
  }
});

/** Sends bytes and reads until the server closes or says no more: the status of each response, and whether the canary was answered. */
function tell(port, bytes) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1" });
    let received = "";
    let silence;
    const done = (closed) => {
      clearTimeout(silence);
      socket.destroy();
      const statuses = [...received.matchAll(/HTTP\/1\.[01] (\d{3})/g)].map(([, status]) => status);
      resolve({ statuses, canary: received.includes("canary"), smuggled: received.includes("smuggled"), closed });
    };
    const wait = () => {
      clearTimeout(silence);
      silence = setTimeout(() => done(false), SILENCE_MS);
    };
    socket.setNoDelay(true);
    socket.on("connect", () => {
      socket.write(Buffer.from(bytes, "latin1"));
      wait();
    });
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      wait();
    });
    socket.on("end", () => done(true));
    socket.on("error", (error) => (error.code === "ECONNRESET" || error.code === "EPIPE" ? done(true) : reject(error)));
  });
}
