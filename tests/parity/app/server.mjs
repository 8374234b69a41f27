/**
 * A plain Fastify app that exercises what ordinary apps use, so that Node and ssr-host can be compared on it. Each area is a
 * plugin in `parts/`; nothing in here knows about ssr-host.
 */
import fastify from "fastify";
import bodies from "./parts/bodies.mjs";
import contexts from "./parts/contexts.mjs";
import handlers from "./parts/handlers.mjs";
import hooks from "./parts/hooks.mjs";
import logs from "./parts/logs.mjs";
import replies from "./parts/replies.mjs";
import requests from "./parts/requests.mjs";
import routes from "./parts/routes.mjs";

const { LOG_LEVEL, PORT, HOST } = process.env;

const app = fastify({ logger: LOG_LEVEL ? { level: LOG_LEVEL } : false });
app.register(bodies, { prefix: "/bodies" });
app.register(contexts, { prefix: "/contexts" });
app.register(handlers, { prefix: "/handlers" });
app.register(hooks, { prefix: "/hooks" });
app.register(logs, { prefix: "/logs" });
app.register(replies, { prefix: "/replies" });
app.register(requests, { prefix: "/requests" });
app.register(routes, { prefix: "/routes" });
app.get("/", () => "plain");

console.log(`listening at ${await app.listen({ port: Number(PORT ?? 3000), host: HOST ?? "0.0.0.0" })}`);
