import Redis from "ioredis";
import { event, port, settled, show, sleep, stopServer, startServer, watch } from "../support/case.mjs";

const quitting = watch(new Redis(port), "quit:");
const pending = [quitting.set("a", 1), quitting.get("a"), quitting.quit(), quitting.get("a").catch((error) => error)];
show("pending", await Promise.all(pending));
await sleep(30);
await settled("after quit", quitting.get("a"));
show("status", quitting.status);
await settled("connect again", quitting.connect());
await settled("works", quitting.get("a"));
quitting.disconnect();
show("status", quitting.status);
await settled("disconnected", quitting.get("a"));
await sleep(30);
await settled("ended", quitting.get("a"));

const lazy = watch(new Redis(port, { lazyConnect: true }), "lazy:");
show("status", lazy.status);
await settled("first command connects", lazy.ping());
show("status", lazy.status);
lazy.disconnect();
await event(lazy, "end");

const waiting = watch(new Redis(port, { lazyConnect: true }), "waiting:");
waiting.disconnect();
await sleep(20);
await settled("never connected", waiting.ping());

const early = watch(new Redis(port), "early:");
early.disconnect();
await settled("early", early.ping());
await sleep(50);

const offline = new Redis(port, { enableOfflineQueue: false });
await settled("no queue", offline.get("a"));
await event(offline, "ready");
await settled("then", offline.get("a"));
offline.disconnect();

const unready = watch(new Redis(port, { enableReadyCheck: false }), "unready:");
await settled("no ready check", unready.get("a"));
unready.disconnect();
await event(unready, "end");

const timed = new Redis(port, { commandTimeout: 60 });
await settled("in time", timed.get("a"));
await settled("timeout", timed.blpop("nothing", 1));
await settled("still works", timed.get("a"));
timed.disconnect();

const socketTimed = new Redis(port, { socketTimeout: 80, retryStrategy: () => null });
socketTimed.on("error", (error) => show("socketTimeout", error));
await settled("ping", socketTimed.ping());
await settled("socket timeout", socketTimed.blpop("nothing", 5));

const blocking = new Redis(port, { blockingTimeout: 60, blockingTimeoutGrace: 10 });
await settled("blocking", blocking.blpop("nothing", 0));
blocking.disconnect();

await stopServer();
const once = watch(new Redis(port, "127.0.0.1", { retryStrategy: () => null }), "refused:");
await settled("refused", once.get("a"));
await settled("refused", once.get("a"));
const tries = [];
const few = watch(new Redis(port, "127.0.0.1", { maxRetriesPerRequest: 2, retryStrategy: (times) => (tries.push(times), 10) }), "few:");
await settled("few", few.get("a"));
show("tries", tries);
few.disconnect();
await sleep(30);
const rejected = new Redis(port, "127.0.0.1", { lazyConnect: true, retryStrategy: null });
rejected.on("error", (error) => show("rejected", error));
await settled("connect", rejected.connect());
const nowhere = new Redis("/nonexistent/redis.sock", { retryStrategy: () => null });
nowhere.on("error", (error) => show("nowhere", error));
await settled("nowhere", nowhere.get("a"));
const never = new Redis({ host: "host.invalid", port, retryStrategy: () => null });
never.on("error", (error) => show("never", error.code === "ENOTFOUND" || error.code === "EAI_AGAIN", error.syscall, error.hostname));
await settled("never", never.get("a"));

const queued = new Redis(port, "127.0.0.1", { retryStrategy: () => 20, maxRetriesPerRequest: null });
queued.on("error", () => {});
const answers = Promise.all([queued.set("q", 1), queued.incr("q"), queued.get("q"), queued.multi().get("q").exec()]);
await sleep(50);
show("status", ["reconnecting", "connecting"].includes(queued.status));
await startServer();
show("queued", await answers);
await queued.quit();
