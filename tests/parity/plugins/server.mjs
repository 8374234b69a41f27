/** An app of which every part registers one of the plug-ins that ssr-host executes, with its own options. */
import fastify from "fastify";
import compress from "./parts/compress.mjs";
import cookie from "./parts/cookie.mjs";
import cors from "./parts/cors.mjs";
import helmet from "./parts/helmet.mjs";
import precedence from "./parts/precedence.mjs";
import rateLimit from "./parts/rate-limit.mjs";

const { PORT, HOST } = process.env;

const app = fastify();
app.register(compress, { prefix: "/compress" });
app.register(cookie, { prefix: "/cookie" });
app.register(cors, { prefix: "/cors" });
app.register(helmet, { prefix: "/helmet" });
app.register(precedence, { prefix: "/precedence" });
app.register(rateLimit, { prefix: "/rate-limit" });
app.get("/", () => "plug-ins");

console.log(`listening at ${await app.listen({ port: Number(PORT ?? 3000), host: HOST ?? "0.0.0.0" })}`);
