import Fastify from "fastify";
import { failing, show } from "./support/show.js";

const app = Fastify();
app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (request, body, done) => {
  done(null, Object.fromEntries(new URLSearchParams(body)));
});
app.addContentTypeParser(["text/one", "text/two"], { parseAs: "buffer" }, async (request, body) => ({ length: body.length, isBuffer: Buffer.isBuffer(body) }));
app.addContentTypeParser(/^image\/.*/, { parseAs: "buffer", bodyLimit: 4 }, (request, body, done) => done(null, "image"));
app.addContentTypeParser("application/stream", (request, payload, done) => {
  let text = "";
  payload.on("data", (chunk) => (text += chunk));
  payload.on("end", () => done(null, { streamed: text }));
});
app.addContentTypeParser("text/parameter; a=b", { parseAs: "string" }, async () => "with a parameter");
app.addContentTypeParser("text/fails", { parseAs: "string" }, (request, body, done) => {
  done(Object.assign(new Error("parser failed"), { statusCode: 422 }));
});
app.addContentTypeParser("text/rejects", { parseAs: "string" }, async () => {
  throw new Error("parser rejected");
});
app.post("/", async (request) => ({ body: request.body ?? null }));
app.register(async (child) => {
  child.addContentTypeParser("*", { parseAs: "string" }, (request, body, done) => done(null, `any: ${body}`));
  child.removeContentTypeParser("text/plain");
  child.post("/", async (request) => ({ body: request.body ?? null }));
}, { prefix: "/any" });
app.register(async (child) => {
  child.removeAllContentTypeParsers();
  child.post("/", async (request) => ({ body: request.body ?? null }));
}, { prefix: "/none" });
const post = (type, payload, url = "/") => app.inject({ method: "POST", url, payload, headers: { "content-type": type } });
show("form", await post("application/x-www-form-urlencoded", "a=1&b=2"));
show("form charset", await post("application/x-www-form-urlencoded; charset=utf-8", "a=1"));
show("list", await post("text/two", "abc"));
show("regexp", await post("image/png", "abc"));
show("regexp limit", await post("image/png", "abcde"));
show("stream", await post("application/stream", "streamed"));
show("parameter", await post("text/parameter; a=b", "x"));
show("other parameter", await post("text/parameter; a=c", "x"));
show("fails", await post("text/fails", "x"));
show("rejects", await post("text/rejects", "x"));
show("any", await post("odd/type", "x", "/any"));
show("any text", await post("text/plain", "x", "/any"));
show("any json", await post("application/json", "{}", "/any"));
show("none", await post("application/json", "{}", "/none"));
console.log(app.hasContentTypeParser("application/json"), app.hasContentTypeParser("text/two"), app.hasContentTypeParser("x/y"));
await failing("present", () => Fastify().addContentTypeParser(["a/b", "a/b"], () => {}));
await failing("invalid type", () => Fastify().addContentTypeParser(1, () => {}));
await failing("empty type", () => Fastify().addContentTypeParser("", () => {}));
await failing("no function", () => Fastify().addContentTypeParser("a/b", {}));
await failing("parseAs", () => Fastify().addContentTypeParser("a/b", { parseAs: "x" }, () => {}));
await failing("after start", () => app.addContentTypeParser("a/b", () => {}));
