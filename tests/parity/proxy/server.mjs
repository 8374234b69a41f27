/** An app whose parts proxy to the backends that the test has started: `BACKEND` (backend.mjs), `FAULTY` (faulty.mjs), `DEAD`, where nobody listens. */
import fastify from "fastify";
import from from "./parts/from.mjs";
import proxy from "./parts/proxy.mjs";

const { PORT, HOST } = process.env;

const app = fastify();
app.register(proxy);
app.register(from, { prefix: "/from" });
app.get("/", () => "proxy");

console.log(`listening at ${await app.listen({ port: Number(PORT ?? 3000), host: HOST ?? "0.0.0.0" })}`);
