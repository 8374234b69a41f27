import Fastify from "fastify";
import { show } from "./support/show.js";

const app = Fastify();
const NAMES = ["onRequest", "preParsing", "preValidation", "preHandler", "preSerialization", "onSend", "onResponse"];
const log = (...args) => console.log(...args);

for (const name of NAMES) {
  const hasPayload = name === "preParsing" || name === "preSerialization" || name === "onSend";
  if (hasPayload) {
    app.addHook(name, (request, reply, payload, done) => {
      log("callback", name);
      done(null, payload);
    });
    app.addHook(name, async (request, reply, payload) => {
      log("async", name);
      return payload;
    });
  } else {
    app.addHook(name, (request, reply, done) => {
      log("callback", name);
      done();
    });
    app.addHook(name, async () => {
      log("async", name);
    });
  }
}
const routeHooks = Object.fromEntries(
  NAMES.map((name) => [
    name,
    name === "preParsing" || name === "preSerialization" || name === "onSend"
      ? (request, reply, payload, done) => {
          log("route", name);
          done(null, payload);
        }
      : [
          (request, reply, done) => {
            log("route 1", name);
            done();
          },
          async () => {
            log("route 2", name);
          },
        ],
  ]),
);
app.get("/plain", async () => {
  log("handler");
  return { ok: true };
});
app.get("/hooked", routeHooks, (request, reply) => {
  log("handler");
  reply.send({ ok: true });
});
app.post("/post", routeHooks, async (request) => {
  log("handler", request.body);
  return "text";
});
app.get("/this", {
  onRequest(request, reply, done) {
    log("this is the instance:", this === app);
    done();
  },
  handler() {
    log("this is the instance:", this === app);
    return "ok";
  },
});

show("plain", await app.inject("/plain"));
show("hooked", await app.inject("/hooked"));
show("post", await app.inject({ method: "POST", url: "/post", payload: { a: 1 } }));
show("not found", await app.inject("/nope"));
show("this", await app.inject("/this"));
