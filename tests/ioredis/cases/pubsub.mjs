import Redis from "ioredis";
import { event, port, restartServer, run, settled, show, sleep } from "../support/case.mjs";

const publisher = new Redis(port, { retryStrategy: () => 30 });
const subscriber = new Redis(port, { retryStrategy: () => 30 });
let heard = [];
for (const name of ["message", "pmessage", "messageBuffer", "pmessageBuffer"]) subscriber.on(name, (...args) => heard.push([name, ...args]));
/** Prints what has been heard: two connections have no order between them. */
async function showHeard() {
  await sleep(60);
  for (const message of heard) show("heard", ...message);
  heard = [];
}
const errors = [];
for (const one of [publisher, subscriber]) one.on("error", (error) => errors.push(error.code));

await settled("subscribe", subscriber.subscribe("news", "weather"));
await settled("psubscribe", subscriber.psubscribe("n*s"));
show("mode", subscriber.mode, publisher.mode);
await settled("publish", publisher.publish("news", "hello \u2603"));
await settled("publish", publisher.publish("weather", Buffer.from([1, 0xff])));
await settled("publish", publisher.publish("nobody", "x"));
await showHeard();
await run(subscriber, [["get", "x"], ["set", "x", 1], ["ping"], ["publish", "news", "x"], ["subscribe", "third"], ["unsubscribe", "third"]]);
await settled("channels", publisher.pubsub("CHANNELS").then((names) => names.sort()));
await settled("numsub", publisher.pubsub("NUMSUB", "news", "third"));

await Promise.all([event(subscriber, "ready"), event(publisher, "ready"), restartServer()]);
await sleep(100);
show("errors", errors.every((code) => ["ECONNREFUSED", "ECONNRESET", "EPIPE"].includes(code)));
await settled("publish", publisher.publish("news", "after the restart"));
await showHeard();

await settled("unsubscribe", subscriber.unsubscribe("news"));
await settled("punsubscribe", subscriber.punsubscribe("n*s"));
await settled("unsubscribe", subscriber.unsubscribe());
show("mode", subscriber.mode);
await run(subscriber, [["set", "x", 1], ["get", "x"]]);
const many = [];
subscriber.on("message", (channel, message) => many.push(message));
subscriber.removeAllListeners("message");
subscriber.on("message", (_channel, message) => many.push(message));
subscriber.removeAllListeners("messageBuffer");
await subscriber.subscribe("burst");
const burst = publisher.pipeline();
for (let i = 0; i < 5000; i++) burst.publish("burst", `${i}`);
await burst.exec();
await sleep(100);
show("burst", many.length, many.every((message, i) => message === `${i}`));
await subscriber.quit();
await publisher.quit();
