import Fastify from "fastify";
import { failing, show } from "./support/show.js";

const app = Fastify();
app.setErrorHandler(async (error, request, reply) => {
  console.log("root handler", error.message, reply.statusCode);
  reply.code(error.statusCode ?? 500);
  return { handled: "root", message: error.message };
});
app.addHook("onError", async (request, reply, error) => {
  console.log("onError", error.message, reply.sent);
});
app.get("/root", async () => {
  throw Object.assign(new Error("root"), { statusCode: 400 });
});
app.get("/route", {
  errorHandler(error, request, reply) {
    reply.code(460).send({ handled: "route", message: error.message });
  },
}, async () => {
  throw new Error("route");
});
app.register(async (child) => {
  child.setErrorHandler((error, request, reply) => {
    console.log("child handler", error.message);
    if (error.message === "pass on") throw error;
    if (error.message === "send error") return reply.send(error);
    if (error.message === "new error") throw new Error("from the child handler");
    reply.type("text/plain").send("child text");
  });
  for (const message of ["text", "pass on", "send error", "new error"]) {
    child.get(`/${message.replace(" ", "-")}`, async () => {
      throw new Error(message);
    });
  }
  child.register(async (grandchild) => {
    grandchild.setErrorHandler(async (error) => {
      throw error;
    });
    grandchild.get("/grandchild", async () => {
      throw new Error("pass on");
    });
  });
}, { prefix: "/child" });
for (const url of ["/root", "/route", "/child/text", "/child/pass-on", "/child/send-error", "/child/new-error", "/child/grandchild"]) {
  show(url, await app.inject(url));
}
const last = Fastify();
last.setErrorHandler(() => {
  throw new Error("the handler fails");
});
last.get("/", async () => {
  throw new Error("first");
});
show("handler fails", await last.inject("/"));
await failing("not a function", () => Fastify().setErrorHandler("x"));
const inOnError = Fastify();
inOnError.addHook("onError", (request, reply, error, done) => {
  try {
    reply.send("x");
  } catch (thrown) {
    console.log(thrown.code, thrown.message);
  }
  done();
});
inOnError.get("/", async () => {
  throw new Error("first");
});
show("send inside onError", await inOnError.inject("/"));
