import Fastify from "fastify";
import { failing, show } from "./support/show.js";

const headers = {
  "x-forwarded-for": "1.1.1.1, 2.2.2.2, 10.0.0.5",
  "x-forwarded-host": "outer.example, inner.example",
  "x-forwarded-proto": "http, https",
  host: "local:3000",
};
const options = [false, true, 1, 2, "127.0.0.1", "127.0.0.1, 10.0.0.0/8", ["loopback", "uniquelocal"], (address, hop) => hop < 1, "8.8.8.8"];
for (const trustProxy of options) {
  const app = Fastify({ trustProxy });
  app.get("/", async ({ ip, ips, hostname, protocol }) => ({ ip, ips, hostname, protocol }));
  show(String(trustProxy), await app.inject({ url: "/", headers }));
  show(`${trustProxy} without headers`, await app.inject({ url: "/" }));
}
await failing("bad address", () => Fastify({ trustProxy: "not an address" }));
