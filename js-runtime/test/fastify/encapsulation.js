import Fastify from "fastify";
import { show } from "./support/show.js";

const skipOverride = (fn, meta) => Object.assign(fn, { [Symbol.for("skip-override")]: true, [Symbol.for("plugin-meta")]: meta });

const app = Fastify();
app.addHook("onRequest", async () => console.log("root hook"));
app.decorate("shared", "from root");
app.register(async (child) => {
  child.addHook("onRequest", async () => console.log("child hook"));
  child.decorate("own", "child only");
  child.decorateReply("shout", function (text) {
    return this.send(text.toUpperCase());
  });
  child.decorateRequest("user", null);
  child.get("/child", async (request) => ({ shared: child.shared, own: child.own, user: request.user, prefix: child.prefix }));
  child.get("/shout", (request, reply) => reply.shout("loud"));
  child.register(async (grandchild) => {
    grandchild.addHook("onRequest", async () => console.log("grandchild hook"));
    grandchild.get("/deep", async () => ({ own: grandchild.own, prefix: grandchild.prefix }));
    grandchild.get("/", async () => "root of the prefix");
  }, { prefix: "/deeper/" });
}, { prefix: "/v1" });
app.register((child, options, done) => {
  child.get("/sibling", async (request, reply) => ({ own: typeof child.own, shout: typeof reply.shout, option: options.option }));
  setTimeout(done, 5);
}, { prefix: "v2", option: 42 });
app.register(skipOverride(async (same) => {
  same.decorate("global", 1);
  same.addHook("onRequest", async () => console.log("global hook"));
}, { name: "global-plugin" }));
app.get("/root", async () => ({ own: typeof app.own, global: app.global }));
await app.ready();
for (const url of ["/v1/child", "/v1/shout", "/v1/deeper/deep", "/v1/deeper", "/v1/deeper/", "/v2/sibling", "/root", "/child"]) {
  show(url, await app.inject(url));
}
console.log(app.hasPlugin("global-plugin"), app.hasPlugin("nope"), app.hasDecorator("global"), app.hasDecorator("own"));
console.log(app.pluginName, app.version, app.prefix === "");
