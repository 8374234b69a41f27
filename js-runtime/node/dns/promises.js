/** `node:dns/promises`: can be imported, and throws when used. See internal/loud.js. */
import { loudModule } from "ext:ssr_host/node/internal/loud.js";

const dnsPromises = loudModule("dns/promises", {}, "network access is fetch()");
export const {
  ADDRGETNETWORKPARAMS, BADFAMILY, BADFLAGS, BADHINTS, BADNAME, BADQUERY, BADRESP, BADSTR, CANCELLED, CONNREFUSED,
  DESTRUCTION, EOF, FILE, FORMERR, getDefaultResultOrder, getServers, LOADIPHLPAPI, lookup, lookupService, NODATA,
  NOMEM, NONAME, NOTFOUND, NOTIMP, NOTINITIALIZED, REFUSED, resolve, resolve4, resolve6, resolveAny, resolveCaa,
  resolveCname, resolveMx, resolveNaptr, resolveNs, resolvePtr, Resolver, resolveSoa, resolveSrv, resolveTxt, reverse,
  SERVFAIL, setDefaultResultOrder, setServers, TIMEOUT,
} = dnsPromises;
export default dnsPromises;
