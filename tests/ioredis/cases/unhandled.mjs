// Nobody listens to `error`: ioredis says so on stderr, and everything goes on.
import Redis from "ioredis";
import { port, settled, show, sleep, startServer, stopServer } from "../support/case.mjs";

await stopServer();
const redis = new Redis(port, "127.0.0.1", { retryStrategy: (times) => (times === 1 ? 200 : null) });
await sleep(50);
show("status", redis.status);
await startServer();
await settled("works", redis.set("a", 1));
show("status", redis.status);
await redis.quit();
await stopServer();
const gone = new Redis(port, "127.0.0.1", { maxRetriesPerRequest: 0, retryStrategy: (times) => (times > 1 ? null : 10) });
await settled("gone", gone.get("a"));
await sleep(50);
const unix = new Redis({ path: "/nonexistent.sock", retryStrategy: null });
await settled("unix", unix.get("a"));
await startServer("--requirepass", "x");
const refused = new Redis(port, { retryStrategy: null });
await settled("refused", refused.get("a"));
refused.disconnect();
