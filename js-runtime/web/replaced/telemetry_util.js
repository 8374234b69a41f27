// Stands in for deno_telemetry's util.ts; see telemetry.js. Only called when tracing is enabled, which it never is.
(function () {
  const { internals } = __bootstrap;
  const nothing = () => {};
  internals.__telemetryUtil = {
    updateSpanFromClientResponse: nothing,
    updateSpanFromError: nothing,
    updateSpanFromRequest: nothing,
  };
  return internals.__telemetryUtil;
})();
