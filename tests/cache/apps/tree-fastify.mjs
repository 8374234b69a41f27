/** Random pages (`model/tree.mjs`) as a Fastify app. What a page shows has a version, which is asked of DATABASE. */
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import fastify from "fastify";
import { hash, render } from "../model/tree.mjs";

const { PORT, HOST, DATABASE } = process.env;

const app = fastify();

const inputsOf = (request) => ({
  header: (name) => request.headers[name],
  cookie: (name) => cookie(request.headers.cookie, name),
  query: (name) => [request.query[name]].flat()[0],
  host: () => request.hostname,
  client: () => request.ip,
});

function cookie(header, name) {
  const pair = (header ?? "").split("; ").find((one) => one.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}

for (const prefix of ["/app", "/ruled"]) {
  app.get(`${prefix}/:seed`, async (request, reply) => {
    const { seed } = request.params;
    const version = await (await fetch(`${DATABASE}/${seed}`)).text();
    // A render takes its time, so that others come while it is under way.
    if (hash(`slow ${seed}`) % 3 === 0) await sleep(3);
    const { body, headers } = render(seed, inputsOf(request), version);
    reply.headers(headers);
    if (hash(`stream ${seed}`) % 4 !== 0) return reply.send(body);
    return reply.send(Readable.from(body.split(/(?<=\n)/)));
  });
  app.post(`${prefix}/:seed`, async () => "changed");
}

console.log(`listening at ${await app.listen({ port: Number(PORT ?? 3000), host: HOST ?? "127.0.0.1" })}`);
