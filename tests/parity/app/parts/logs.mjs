/** Lines the app writes itself, through the loggers of the app and of a request. */
export default async function logs(app) {
  app.log.info({ prefix: app.prefix }, "starting");
  app.get("/lines", async (request) => {
    request.log.trace("below the level");
    request.log.debug("debug");
    request.log.info("text with %s, %d, %j, %o and %%", "string", 5, { a: 1 }, { b: [1] });
    request.log.info({ object: { nested: [1, null, undefined], date: new Date(0) }, undefined: undefined, nothing: null, number: NaN, text: "caf\u00e9 \u2603 \"quoted\" \n" });
    request.log.warn({ a: 1 }, "object and text");
    request.log.warn({ a: 1 }, "object and %s", "format", "left over");
    request.log.error(new Error("an error"));
    request.log.error({ err: Object.assign(new TypeError("wrong"), { code: "CODE", statusCode: 400, more: { a: 1 } }) }, "with err");
    request.log.error(new Error("an error"), "and text");
    request.log.error({ err: new Error("outer", { cause: new Error("inner") }) });
    request.log.warn({ req: request }, "with request");
    request.log.child({ child: true, n: 1 }).info("from a child");
    request.log.info(undefined);
    request.log.info(null, "null");
    request.log.info(5);
    request.log.info([1, 2]);
    request.log.info({ toJSON: () => ({ json: true }) }, "toJSON");
    app.log.info("from the app");
    return { level: request.log.level, app: app.log.level };
  });
  app.get("/fatal", async (request) => {
    // Under Node pino writes this one at once, before lines that are still on their way.
    await new Promise((done) => setTimeout(done, 20));
    request.log.fatal("fatal");
    return "still here";
  });
  app.get("/quiet", { logLevel: "warn" }, async (request) => {
    request.log.info("not shown");
    request.log.warn("shown");
    return "quiet";
  });
}
