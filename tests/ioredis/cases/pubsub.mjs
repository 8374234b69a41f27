import Redis from "ioredis";
import { event, port, restartServer, run, settled, show, sleep } from "../support/case.mjs";

const publisher = new Redis(port, { retryStrategy: () => 30 });
const subscriber = new Redis(port, { retryStrategy: () => 30 });
for (const name of ["message", "pmessage", "messageBuffer", "pmessageBuffer"]) subscriber.on(name, (...args) => show(name, ...args));
const errors = [];
for (const one of [publisher, subscriber]) one.on("error", (error) => errors.push(error.code));

await settled("subscribe", subscriber.subscribe("news", "weather"));
await settled("psubscribe", subscriber.psubscribe("n*s"));
show("mode", subscriber.mode, publisher.mode);
await settled("publish", publisher.publish("news", "hello \u2603"));
await settled("publish", publisher.publish("weather", Buffer.from([1, 0xff])));
await settled("publish", publisher.publish("nobody", "x"));
await sleep(50);
await run(subscriber, [["get", "x"], ["set", "x", 1], ["ping"], ["publish", "news", "x"], ["subscribe", "third"], ["unsubscribe", "third"]]);
await settled("channels", publisher.pubsub("CHANNELS"));
await settled("numsub", publisher.pubsub("NUMSUB", "news", "third"));

// A listener that throws is not the other commands' business.
process.once("uncaughtException", (error) => show("uncaught", error));
subscriber.once("message", () => {
  throw new Error("thrown by a listener");
});
await publisher.pipeline().publish("news", "one").publish("news", "two").exec();
await sleep(50);

await Promise.all([event(subscriber, "ready"), event(publisher, "ready"), restartServer()]);
await sleep(100);
show("errors", errors.every((code) => ["ECONNREFUSED", "ECONNRESET", "EPIPE"].includes(code)));
await settled("publish", publisher.publish("news", "after the restart"));
await sleep(50);

await settled("unsubscribe", subscriber.unsubscribe("news"));
await settled("unsubscribe", subscriber.unsubscribe());
await settled("punsubscribe", subscriber.punsubscribe());
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
