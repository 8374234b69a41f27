/**
 * The name server of the private network (RFC 1035 section 4, over UDP): what it knows can be changed at any moment, it can stop answering,
 * and it can lie.
 */
import { createSocket } from "node:dgram";

const TYPES = { A: 1, SOA: 6, TXT: 16, AAAA: 28 };
const NAMES_OF_TYPES = Object.fromEntries(Object.entries(TYPES).map(([name, number]) => [number, name]));
const [NO_ERROR, SERVER_FAILURE, NO_SUCH_NAME] = [0, 2, 3];

/** As on Fly. */
const TTL_SECONDS = 5;

export class NameServer {
  /** `answers`, `fails` (SERVFAIL) or `silent`. */
  mode = "answers";
  ttl = TTL_SECONDS;
  /** How often each name was asked for, as `AAAA name`. */
  asked = new Map();
  #records = new Map();
  #socket;

  /** @param {string} address */
  static async start(address) {
    const server = new NameServer();
    server.#socket = createSocket("udp6").on("message", (question, { port, address: from }) => {
      const answer = server.#answer(question);
      if (answer !== undefined) server.#socket.send(answer, port, from);
    });
    await new Promise((done, fail) => server.#socket.once("error", fail).bind(53, address, done));
    return server;
  }

  /**
   * What a name has from now on.
   * @param {string} name
   * @param {{AAAA?: string[], A?: string[], TXT?: string[]} | Array<object> | undefined} records a list: one after the other with each
   *   question, the last one for ever. Without any there is no such name.
   */
  set(name, records) {
    if (records === undefined) this.#records.delete(name);
    else this.#records.set(name, Array.isArray(records) ? [...records] : [records]);
  }

  stop() {
    return new Promise((done) => this.#socket.close(done));
  }

  #answer(question) {
    if (this.mode === "silent" || question.length < 17) return undefined;
    const { name, type, end } = readQuestion(question);
    const key = `${type} ${name}`;
    this.asked.set(key, (this.asked.get(key) ?? 0) + 1);
    if (this.mode === "fails") return response(question.subarray(0, end), SERVER_FAILURE, []);
    const known = this.#records.get(name);
    if (known === undefined) return response(question.subarray(0, end), NO_SUCH_NAME, []);
    const data = (known[0][type] ?? []).map((text) => encode(type, text));
    // A question for addresses of both kinds sees one state.
    if (known.length > 1 && type === "A") known.shift();
    return response(question.subarray(0, end), NO_ERROR, data.map((data) => record(TYPES[type], this.ttl, data)));
  }
}

function readQuestion(message) {
  const labels = [];
  let position = 12;
  for (let length; (length = message[position]) > 0; position += length + 1) {
    labels.push(message.toString("latin1", position + 1, position + 1 + length).toLowerCase());
  }
  return { name: labels.join("."), type: NAMES_OF_TYPES[message.readUInt16BE(position + 1)], end: position + 5 };
}

/** @param {Buffer} question the head and the question, as they were asked */
function response(question, code, records) {
  const head = Buffer.from(question);
  // A response, authoritative, recursion as desired and available.
  head.writeUInt16BE(0x8480 | (head.readUInt16BE(2) & 0x0100) | code, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(records.length, 6);
  head.fill(0, 8, 12);
  return Buffer.concat([head, ...records]);
}

function record(type, ttl, data) {
  const head = Buffer.alloc(12);
  // The name is the one in the question.
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(ttl, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function encode(type, text) {
  if (type === "A") return Buffer.from(text.split(".").map(Number));
  if (type === "AAAA") return ipv6(text);
  // Strings of 255 bytes at most, which belong together.
  return Buffer.concat((text.match(/.{1,255}/g) ?? [""]).flatMap((piece) => [Buffer.from([piece.length]), Buffer.from(piece, "latin1")]));
}

function ipv6(text) {
  const [front, back] = text.split("::").map((half) => (half === "" ? [] : half.split(":")));
  const groups = back === undefined ? front : [...front, ...Array(8 - front.length - back.length).fill("0"), ...back];
  return Buffer.from(groups.map((group) => group.padStart(4, "0")).join(""), "hex");
}
