import Fastify from "fastify";
import { show } from "./support/show.js";

const app = Fastify();
for (const code of [200, 201, 202, 204, 205, 301, 304, 400, 404, 418, 500, 503]) {
  app.get(`/code/${code}`, (request, reply) => reply.code(code).send("body"));
  app.get(`/empty/${code}`, (request, reply) => {
    reply.status(code).send();
  });
}
app.get("/property", (request, reply) => {
  reply.statusCode = 203;
  reply.send({ statusCode: reply.statusCode });
});
app.get("/text", (request, reply) => reply.code("202").send("x"));
for (const [i, bad] of [99, 600, "abc", undefined, null].entries()) {
  app.get(`/bad/${i}`, (request, reply) => reply.code(bad).send("x"));
}
for (const code of [200, 201, 202, 204, 205, 301, 304, 400, 404, 418, 500, 503]) {
  show(`code ${code}`, await app.inject(`/code/${code}`));
  show(`empty ${code}`, await app.inject(`/empty/${code}`));
}
show("property", await app.inject("/property"));
show("text", await app.inject("/text"));
for (let i = 0; i < 5; i++) show(`bad ${i}`, await app.inject(`/bad/${i}`));
