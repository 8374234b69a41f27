import Fastify from "fastify";
import { show } from "./support/show.js";

const app = Fastify();
const throwing = {
  plain: () => new Error("plain"),
  statusCode: () => Object.assign(new Error("teapot"), { statusCode: 418 }),
  status: () => Object.assign(new Error("gone"), { status: 410 }),
  low: () => Object.assign(new Error("low"), { statusCode: 200 }),
  code: () => Object.assign(new Error("coded"), { code: "E_CODE" }),
  numericCode: () => Object.assign(new Error("coded"), { code: 12 }),
  headers: () => Object.assign(new Error("headers"), { statusCode: 429, headers: { "retry-after": "5" } }),
  type: () => new TypeError("type \"quoted\" \u2028 \n"),
  emptyMessage: () => new Error(""),
  unknownStatus: () => Object.assign(new Error("x"), { statusCode: 499 }),
};
for (const name of Object.keys(throwing)) {
  app.get(`/throw/${name}`, () => {
    throw throwing[name]();
  });
  app.get(`/reject/${name}`, async () => {
    throw throwing[name]();
  });
  app.get(`/send/${name}`, (request, reply) => reply.send(throwing[name]()));
}
app.get("/send-with-code", (request, reply) => reply.code(409).type("text/html").send(new Error("conflict")));
app.get("/return-error", async () => new Error("returned"));
app.get("/throw-string", async () => {
  throw "a string";
});
app.get("/throw-object", async () => {
  throw { statusCode: 455, message: "an object", extra: 1 };
});
app.get("/throw-null", async () => {
  throw null;
});
app.get("/throw-undefined", async () => {
  throw undefined;
});
app.get("/circular", async () => {
  const circular = {};
  circular.self = circular;
  return circular;
});
for (const name of Object.keys(throwing)) {
  for (const how of ["throw", "reject", "send"]) show(`${how} ${name}`, await app.inject(`/${how}/${name}`));
}
for (const url of ["/send-with-code", "/return-error", "/throw-string", "/throw-object", "/throw-null", "/throw-undefined"]) show(url, await app.inject(url));
const circular = await app.inject("/circular");
console.log(circular.statusCode, circular.json().error, circular.json().message.slice(0, 40));
