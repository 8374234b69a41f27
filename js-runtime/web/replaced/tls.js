// Stands in for deno_net's 02_tls.js, which deno_fetch's HTTP client class asks for. Custom HTTP clients are not part of
// what an app sees, so nothing here can be reached through `fetch`.
(function () {
  function loadTlsKeyPair() {
    throw new Error("Client certificates for fetch are not supported by ssr-host");
  }
  return { loadTlsKeyPair };
})();
