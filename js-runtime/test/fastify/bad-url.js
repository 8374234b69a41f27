import Fastify from "fastify";
import { show } from "./support/show.js";

const app = Fastify();
app.addHook("onRequest", async (request, reply) => {
  console.log("hook");
  reply.header("x-hook", "ran");
});
app.get("/p/:id", async (request) => request.params);
app.get("/", async () => "root");
for (const url of ["/%", "/p/%zz", "/p/%E0%A4%A", "/p/%2F", "/p/%25", "/p/a%20b", "/p/%F0%9F%8E%89", "/p/a%2525b", "/?q=%", "/%7", "/p/%00"]) {
  show(url, await app.inject(url));
}
show("POST bad url without POST routes", await app.inject({ method: "POST", url: "/%" }));
const custom = Fastify({
  frameworkErrors: (error, request, reply) => {
    console.log(error.code, error.message, request.url, request.id);
    reply.code(error.statusCode).send({ custom: error.message });
  },
});
custom.get("/", async () => "root");
show("frameworkErrors", await custom.inject("/%"));
