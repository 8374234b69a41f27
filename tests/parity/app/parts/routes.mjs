/** Routing: parameters, wildcards, expressions, precedence and methods. Every handler says which route it is. */
export default async function routes(app) {
  const answer = (name) => async (request) => ({ route: name, params: request.params, url: request.url, pattern: request.routeOptions.url, id: request.id });
  for (const url of [
    "/static", "/a/:x", "/a/fixed", "/a/:x/b", "/a/:x/:y", "/wild/*", "/wild/fixed", "/wild/:p/more", "/optional/:p?", "/near/:lat-:lng", "/file/:name.png", "/num/:n(^\\d+$)", "/num/:n(^\\d+)x", "/at/:hour(^\\d{2})h:minute(^\\d{2})m",
    "/colon/::x", "/slash/", "/Case", "/un%20escaped", "/caf\u00e9/:x", "/double//slash", "/any.:ext",
  ]) {
    app.get(url, answer(url));
  }
  app.all("/all", answer("all"));
  app.route({ method: ["GET", "POST", "PUT"], url: "/several", handler: answer("several") });
  app.put("/put", answer("put"));
  app.patch("/patch", answer("patch"));
  app.delete("/delete", answer("delete"));
  app.options("/options", answer("options"));
  app.head("/head", (request, reply) => reply.header("x-head", "own").send());
  app.get("/head", answer("head"));
  app.get("/headless", { exposeHeadRoute: false }, answer("headless"));
  app.register(async (nested) => {
    nested.get("/", answer("nested root"));
    nested.get("/leaf", answer("nested leaf"));
    nested.register(async (deeper) => deeper.get("/", { prefixTrailingSlash: "no-slash" }, answer("deeper")), { prefix: "/:id/deeper" });
  }, { prefix: "/nested" });
}
