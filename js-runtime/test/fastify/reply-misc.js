import Fastify from "fastify";
import { failing, show } from "./support/show.js";

const app = Fastify({ genReqId: () => "fixed" });
app.setGenReqId((request) => `generated ${request.url}`);
app.setChildLoggerFactory(function (logger, bindings, options, raw) {
  console.log("child logger", this === app, JSON.stringify(bindings), Object.keys(options).join(), raw.url);
  return logger.child(bindings, options);
});
app.addHook("preHandler", (request, reply, done) => {
  console.log(reply.sent, reply.statusCode, typeof reply.elapsedTime, reply.server === app, reply.request === request, request.log === reply.log);
  done();
});
app.get("/chain", (request, reply) => {
  const chained = reply.code(200).type("text/plain").header("a", "b").headers({ c: "d" }).removeHeader("a").status(201).serializer(String);
  console.log(chained === reply);
  return chained.send("chained");
});
app.get("/id", async (request) => request.id);
app.get("/error-in-send", (request, reply) => {
  try {
    reply.code(1000);
  } catch (error) {
    reply.send({ caught: error.code });
  }
});
app.get("/send-after-async", async (request, reply) => {
  reply.send({ first: true });
  await new Promise((resolve) => setTimeout(resolve, 1));
  return { second: true };
});
app.get("/no-return", async (request, reply) => {
  reply.send("sent without return");
});
app.get("/custom-thenable", (request, reply) => ({
  then(resolve) {
    setTimeout(() => resolve({ thenable: true }), 1);
  },
}));
app.get("/throw-after-send", async (request, reply) => {
  reply.send("already");
  throw new Error("too late");
});
for (const url of ["/chain", "/id", "/error-in-send", "/send-after-async", "/no-return", "/custom-thenable", "/throw-after-send"]) show(url, await app.inject(url));
await failing("setGenReqId after start", () => app.setGenReqId(() => ""));
