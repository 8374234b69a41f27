import helmet from "@fastify/helmet";

/** A context of its own for each of these options. */
const OPTIONS = {
  plain: {},
  "no-policy": { contentSecurityPolicy: false },
  directives: { contentSecurityPolicy: { directives: { defaultSrc: ["'self'"], scriptSrc: ["'self'", "https://a.example"], upgradeInsecureRequests: null } } },
  "no-defaults": { contentSecurityPolicy: { useDefaults: false, directives: { "default-src": ["'none'"] } } },
  report: { contentSecurityPolicy: { reportOnly: true } },
  function: { contentSecurityPolicy: { directives: { scriptSrc: ["'self'", (request) => `'host-${request.headers.host}'`] } } },
  embedder: { crossOriginEmbedderPolicy: { policy: "credentialless" } },
  opener: { crossOriginOpenerPolicy: { policy: "same-origin-allow-popups" }, crossOriginResourcePolicy: { policy: "cross-origin" } },
  dns: { dnsPrefetchControl: { allow: true }, frameguard: { action: "deny" } },
  hsts: { hsts: { maxAge: 60, includeSubDomains: false, preload: true } },
  referrer: { referrerPolicy: { policy: ["origin", "unsafe-url"] }, permittedCrossDomainPolicies: { permittedPolicies: "by-content-type" } },
  off: { hidePoweredBy: false, hsts: false, ieNoOpen: false, noSniff: false, xssFilter: false, frameguard: false, originAgentCluster: false },
  manual: { global: false },
};

export default async function helmetPart(app) {
  for (const [name, options] of Object.entries(OPTIONS)) {
    app.register(async (scope) => {
      await scope.register(helmet, options);
      scope.get("/", () => "safe");
      scope.get("/own", { helmet: { frameguard: { action: "deny" }, contentSecurityPolicy: false } }, () => "own");
      scope.get("/without", { helmet: false }, () => "without");
      scope.get("/reply", async (_, reply) => { await reply.helmet({ frameguard: false }); return "by hand"; });
      scope.get("/header", (_, reply) => reply.header("x-frame-options", "ALLOWALL").send("the handler wins"));
      scope.get("/error", () => { throw new Error("safe too"); });
    }, { prefix: `/${name}` });
  }
  app.register(async (scope) => {
    await scope.register(helmet, { enableCSPNonces: true });
    scope.get("/", (_, reply) => {
      const { script, style } = reply.cspNonce;
      const policy = reply.raw.getHeader("content-security-policy");
      return { lengths: [script.length, style.length], inPolicy: policy.includes(script) && policy.includes(style) };
    });
    scope.addHook("onSend", async (_, reply) => reply.raw.removeHeader("content-security-policy"));
  }, { prefix: "/nonces" });
}
