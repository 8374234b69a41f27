import Redis from "ioredis";
import { port, restartServer, settled, show } from "../support/case.mjs";

// An isolate reads no files outside of its app: PEM comes as text.
const { REDIS_CERTIFICATES: files, CA_PEM: authority, CERT_PEM: cert, KEY_PEM: key } = process.env;
const tls = ["--port", "0", "--tls-port", `${port}`, "--tls-cert-file", `${files}/server.crt`, "--tls-key-file", `${files}/server.key`, "--tls-ca-cert-file", `${files}/ca.crt`];
await restartServer(...tls, "--tls-auth-clients", "no");

/** Whether a command gets through; why not is each library's own wording. */
async function attempt(label, ...form) {
  const redis = new Redis(...form);
  redis.on("error", (error) => show(`${label} error`, error instanceof Error, error.message.length > 0));
  await settled(label, redis.set("k", "v"));
  if (redis.status === "ready") {
    await settled(label, redis.get("k"));
    await redis.set("big", "b".repeat(3_000_000));
    await settled(label, redis.get("big").then((value) => value.length));
    await settled(label, redis.set("raw", Buffer.alloc(2_000_000, 7)));
    await settled(label, Promise.all(Array.from({ length: 300 }, (_, i) => redis.set(`n${i}`, "n".repeat(20_000)))).then((all) => all.length));
    await redis.quit();
  }
}
const ca = [authority];
const once = { retryStrategy: () => null };
await attempt("authority", { port, tls: { ca }, ...once });
await attempt("authority as text", { host: "127.0.0.1", port, tls: { ca: authority }, ...once });
await attempt("authority as bytes", `rediss://localhost:${port}`, { tls: { ca: Buffer.from(authority) }, ...once });
await attempt("other name", { host: "127.0.0.1", port, tls: { ca, servername: "localhost" }, ...once });
await attempt("wrong name", { host: "127.0.0.1", port, tls: { ca, servername: "example.org" }, ...once });
await attempt("unknown authority", `rediss://localhost:${port}`, once);
await attempt("unchecked", { port, tls: { rejectUnauthorized: false }, ...once });
await attempt("plain to TLS", { port, ...once, connectTimeout: 1000, maxRetriesPerRequest: 0, commandTimeout: 500 });
await restartServer(...tls, "--tls-auth-clients", "yes");
await attempt("client certificate", { port, tls: { ca, cert, key }, ...once });
await restartServer();
await attempt("TLS to plain", { port, tls: { ca }, ...once });
