import Fastify from "fastify";
import { show } from "./support/show.js";

const app = Fastify();
app.get("/default", (request, reply) => reply.redirect("/to"));
app.get("/code", (request, reply) => reply.redirect("/to", 308));
app.get("/old", (request, reply) => reply.redirect(301, "/to"));
app.get("/earlier", (request, reply) => reply.code(307).redirect("/to"));
app.get("/async", async (request, reply) => reply.redirect("https://example.com/?a=b c"));
app.get("/typed", (request, reply) => reply.type("text/html").redirect("/to"));
for (const url of ["/default", "/code", "/old", "/earlier", "/async", "/typed"]) show(url, await app.inject(url));
show("HEAD", await app.inject({ method: "HEAD", url: "/default" }));
