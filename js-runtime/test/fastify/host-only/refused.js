// What the facade refuses, by name. Only on the host: the real Fastify has all of it. Expected output: refused.out.
import fastifyStatic from "@fastify/static";
import Fastify from "fastify";

const root = new URL(".", import.meta.url);
const handler = async () => "x";
const refused = {
  https: () => Fastify({ https: {} }),
  http2: () => Fastify({ http2: true }),
  serverFactory: () => Fastify({ serverFactory() {} }),
  constraints: () => Fastify({ constraints: { x: {} } }),
  "logger transport": () => Fastify({ logger: { transport: { target: "pino-pretty" } } }),
  "logger redact": () => Fastify({ logger: { redact: ["x"] } }),
  "logger file": () => Fastify({ logger: { file: "/x" } }),
  "schema.body": () => Fastify().post("/s", { schema: { body: {} } }, handler),
  "schema.querystring": () => Fastify().get("/s", { schema: { querystring: {} } }, handler),
  "schema.response": () => Fastify().get("/s", { schema: { response: {} } }, handler),
  "route constraints": () => Fastify().get("/s", { constraints: { host: "x" } }, handler),
  setValidatorCompiler: () => Fastify().setValidatorCompiler(() => {}),
  addConstraintStrategy: () => Fastify().addConstraintStrategy({}),
  "server property": () => Fastify().server.closeAllConnections,
  "server event": () => Fastify().server.on("upgrade", () => {}),
  "listen on a path": () => Fastify().listen({ path: "/tmp/x.sock" }),
  "static list": () => Fastify().register(fastifyStatic, { root, list: true }).ready(),
  "static unknown option": () => Fastify().register(fastifyStatic, { root, bogus: 1 }).ready(),
};
for (const name of Object.keys(refused)) {
  try {
    await refused[name]();
    console.log(`${name}: accepted`);
  } catch (error) {
    console.log(`${name}: ${error.code} ${error.message}`);
  }
}
const app = Fastify();
app.get("/hijack", (request, reply) => reply.hijack());
app.get("/trailer", (request, reply) => reply.trailer("x", () => {}).send("x"));
app.get("/validate", (request) => request.validateInput({}, {}));
app.get("/serialize", (request, reply) => reply.serializeInput({}, 200));
app.get("/reason", (request, reply) => {
  reply.raw.statusMessage = "Custom";
});
app.get("/socket", (request) => request.socket.destroy());
for (const url of ["/hijack", "/trailer", "/validate", "/serialize", "/reason", "/socket"]) {
  const response = await app.inject(url);
  console.log(url, response.statusCode, response.json().message);
}
// A schema that nothing would enforce is no obstacle.
Fastify().get("/documented", { schema: { hide: true, tags: ["x"], summary: "y" } }, handler);
console.log("documentation keys: accepted");
