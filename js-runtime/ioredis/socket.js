// A connection to a Redis server with that part of `net.Socket` that ioredis uses. Rust holds the socket, and sends and receives
// bytes (crates/isolate/src/ops/redis.rs); errors are those that Node would give.
//
// Deliberately absent: everything else of a stream (pipes, back pressure, encodings), and connections to anything at the wish of
// the app: `node:net` has no sockets.
import { Buffer } from "ext:ssr_host/node/internal/buffer.js";
import { core } from "ext:core/mod.js";
import {
  op_redis_close, op_redis_connect, op_redis_end, op_redis_keep_alive, op_redis_new, op_redis_read, op_redis_write,
  op_redis_write_bytes,
} from "ext:core/ops";
import { EventEmitter } from "node:events";
import { nextTick } from "node:process";
import { clearTimeout, setTimeout } from "node:timers";
import { connectError, ioError } from "ext:ssr_host/ioredis/socket-errors.js";
import { tlsTarget } from "ext:ssr_host/ioredis/tls-options.js";

/** What op_redis_read gives when what was written before has been sent. Other negative numbers are errors. */
const SENT = -(2 ** 31);

/** Bytes are read into slabs that several reads share, as replies are small; a slab with less room than `LEAST` is done with. */
const SLAB = 64 * 1024;
const LEAST = 4 * 1024;

/** Runs `fn` for no request in particular: what a connection does later is not the doing of the one that happened to open it. */
function detached(fn) {
  const context = core.getAsyncContext();
  core.setAsyncContext(undefined);
  try {
    fn();
  } finally {
    core.setAsyncContext(context);
  }
}

/** An error that nobody is there to catch. */
export function throwLater(error) {
  nextTick(() => {
    throw error;
  });
}

class Socket extends EventEmitter {
  connecting = true;
  destroyed = false;
  writable = true;
  remoteAddress = undefined;
  remotePort = undefined;
  #rid = op_redis_new();
  /** What has been written since the last `#send`: strings, and bytes. */
  #unsent = [];
  /** `#send` is due, or waits until the socket takes more. */
  #sending = false;
  #ended = false;
  #timer;

  constructor(target) {
    super();
    detached(() => this.#run(target).catch((error) => this.destroy(error)));
  }

  /** Sent when the code that runs now is done: commands that are issued together travel together. */
  write(chunk) {
    if (!this.writable) return false;
    const last = this.#unsent.length - 1;
    if (typeof chunk === "string" && typeof this.#unsent[last] === "string") this.#unsent[last] += chunk;
    else this.#unsent.push(chunk);
    if (!this.#sending && !this.connecting) {
      this.#sending = true;
      queueMicrotask(() => this.#send());
    }
    return true;
  }

  end() {
    this.writable = false;
    this.#ended = true;
    if (!this.connecting && !this.#sending) this.#send();
  }

  destroy(error) {
    if (this.destroyed) return this;
    this.destroyed = true;
    this.writable = false;
    this.#unsent = [];
    op_redis_close(this.#rid);
    detached(() => nextTick(() => {
      clearTimeout(this.#timer);
      if (error) this.emit("error", error);
      this.emit("close", Boolean(error));
    }));
    return this;
  }

  /** Of the time to connect: ioredis takes it off once it is connected. */
  setTimeout(ms, callback) {
    clearTimeout(this.#timer);
    if (ms > 0) this.#timer = setTimeout(callback, ms);
    return this;
  }

  /** Always on. */
  setNoDelay() {
    return this;
  }

  setKeepAlive(_on, delay) {
    if (!this.destroyed) op_redis_keep_alive(this.#rid, delay);
    return this;
  }

  /** It flows from the start. */
  resume() {
    return this;
  }

  async #run(target) {
    const { failures, remote } = await op_redis_connect(this.#rid, target).catch(this.#unlessDestroyed);
    if (this.destroyed) return;
    if (failures.length > 0) {
      this.destroy(connectError(failures, target));
      return;
    }
    [this.remoteAddress, this.remotePort] = remote ?? [];
    this.connecting = false;
    this.#tell("connect");
    if (target.tls) this.#tell("secureConnect");
    this.#send();
    await this.#read();
  }

  async #read() {
    let slab = Buffer.allocUnsafeSlow(SLAB);
    while (!this.destroyed) {
      const read = await op_redis_read(this.#rid, slab).catch(this.#unlessDestroyed);
      if (this.destroyed) return;
      if (read === 0) break;
      if (read === SENT) {
        this.#send();
        continue;
      }
      if (read < 0) throw ioError("read", read);
      this.#tell("data", slab.subarray(0, read));
      slab = slab.length - read < LEAST ? Buffer.allocUnsafeSlow(SLAB) : slab.subarray(read);
    }
    this.#tell("end");
    this.destroy();
  }

  #unlessDestroyed = (error) => {
    if (!this.destroyed) throw error;
    return {};
  };

  #send() {
    if (this.destroyed) return;
    this.#sending = false;
    try {
      while (this.#unsent.length > 0) {
        const chunk = this.#unsent.shift();
        const write = typeof chunk === "string" ? op_redis_write : op_redis_write_bytes;
        const sent = write(this.#rid, chunk);
        if (sent < 0) throw ioError("write", sent);
        if (sent === 0) {
          this.#sending = true;
          return;
        }
      }
      if (this.#ended) op_redis_end(this.#rid);
    } catch (error) {
      this.destroy(error);
    }
  }

  #tell(event, value) {
    try {
      this.emit(event, value);
    } catch (error) {
      throwLater(error);
    }
  }
}

const target = ({ path, host, port, family }, tls) => ({
  path: typeof path === "string" ? path : undefined,
  host: host === undefined ? "localhost" : String(host),
  port: Number(port ?? 0),
  family: family === 4 || family === 6 ? family : family === "IPv4" ? 4 : family === "IPv6" ? 6 : 0,
  tls,
});

/** `net.createConnection` */
export const connect = (options) => new Socket(target(options));

/** `tls.connect` */
export const connectTls = (options) => new Socket(target(options, tlsTarget(options)));
