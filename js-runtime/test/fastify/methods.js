import Fastify from "fastify";
import { show } from "./support/show.js";

const app = Fastify();
const handler = async (request) => `${request.method} ${request.url} ${request.routeOptions.method}`;
for (const method of ["get", "head", "post", "put", "patch", "delete", "options"]) app[method](`/${method}`, handler);
app.all("/all", handler);
app.route({ method: ["GET", "POST"], url: "/both", handler });
app.route({ method: "put", path: "/path", handler });
app.route({ method: "REPORT", url: "/report", handler });
for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
  show(method, await app.inject({ method, url: `/${method.toLowerCase()}` }));
  show(`${method} all`, await app.inject({ method, url: "/all" }));
  show(`${method} both`, await app.inject({ method, url: "/both" }));
}
show("path", await app.inject({ method: "PUT", url: "/path" }));
show("report", await app.inject({ method: "REPORT", url: "/report" }));
console.log(app.hasRoute({ method: "GET", url: "/get" }), app.hasRoute({ method: "POST", url: "/get" }), app.hasRoute({ method: "head", url: "/get" }));
console.log(app.findRoute({ method: "GET", url: "/none" }));
console.log(app.printRoutes());
console.log(app.printRoutes({ commonPrefix: false }));
