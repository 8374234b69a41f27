// Stands in for deno_telemetry's telemetry.ts, which deno_fetch loads on first use: tracing is the host's, not the guest's.
(function () {
  const { internals } = __bootstrap;
  internals.__telemetry = {
    TRACING_ENABLED: false,
    PROPAGATORS: [],
    builtinTracer: () => undefined,
    ContextManager: { active: () => undefined },
    DID_NOT_ENTER: Symbol("did not enter"),
    enterSpan: () => undefined,
    exitSpan: () => undefined,
  };
  return internals.__telemetry;
})();
