import Fastify from "fastify";
import { failing } from "./support/show.js";

const log = (text) => console.log(text);
const app = Fastify();
log("start");
app.register(async (a) => {
  log("a");
  a.register(async (b) => {
    log("a.b");
    b.register(async () => log("a.b.c"));
    b.after(() => log("after a.b.c"));
  });
  a.after((error) => log(`after a.b: ${error}`));
  log("a ends");
});
app.after(() => log("after a"));
app.register((d, options, done) => {
  log(`d ${options.x}`);
  setTimeout(() => {
    log("d done");
    done();
  }, 5);
}, { x: 1 });
app.register((e, options, done) => {
  log("e");
  done();
});
app.addHook("onReady", async () => log("onReady 1"));
app.addHook("onReady", (done) => {
  log("onReady 2");
  done();
});
app.addHook("onRoute", (route) => log(`onRoute ${route.method} ${route.url} ${route.routePath} ${route.prefix}`));
app.addHook("onRegister", (instance, options) => log(`onRegister ${options.prefix}`));
app.get("/r", async () => "r");
app.register(async (f) => {
  f.get("/in-f", async () => "f");
  f.post("/in-f", async () => "f");
  f.addHook("onReady", async () => log("onReady of f"));
}, { prefix: "/f" });
app.addHook("onClose", async () => log("onClose 1"));
app.addHook("onClose", (instance, done) => {
  log(`onClose 2 ${instance === app}`);
  done();
});
app.addHook("preClose", async () => log("preClose"));
log("declared");
await app.ready();
log("ready");
await failing("get after ready", () => app.get("/late", async () => "late"));
await failing("addHook after ready", () => app.addHook("onRequest", async () => {}));
await failing("decorate after ready", () => app.decorate("late", 1));
await failing("register after ready", () => app.register(async () => {}));
await app.close();
log("closed");
await failing("inject after close", () => app.inject("/r"));

const awaited = Fastify();
await awaited.register(async (x) => {
  x.decorate("inner", 1);
  log("awaited register");
});
log("after awaited register");
await awaited.after();
await awaited.ready();

const broken = Fastify();
broken.register(async () => {
  throw new Error("plugin failed");
});
broken.register(async () => log("the next plugin is not loaded"));
broken.after((error) => log(`after: ${error?.message}`));
await failing("ready", () => broken.ready());
const broken2 = Fastify();
broken2.register((instance, options, done) => done(new Error("plugin failed 2")));
await failing("ready 2", () => broken2.ready());
await failing("not a plugin", () => Fastify().register("x"));
await failing("timeout", () => {
  const slow = Fastify({ pluginTimeout: 20 });
  slow.register(function slowPlugin(instance, options, done) {});
  return slow.ready();
});
