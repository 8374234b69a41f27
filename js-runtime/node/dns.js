/** `node:dns`: can be imported, and throws when used. See internal/loud.js. */
import { loudModule } from "ext:ssr_host/node/internal/loud.js";

const dns = loudModule("dns", {}, "network access is fetch()");
export const {
  ADDRCONFIG, ADDRGETNETWORKPARAMS, ALL, BADFAMILY, BADFLAGS, BADHINTS, BADNAME, BADQUERY, BADRESP, BADSTR, CANCELLED,
  CONNREFUSED, DESTRUCTION, EOF, FILE, FORMERR, getDefaultResultOrder, getServers, LOADIPHLPAPI, lookup,
  lookupService, NODATA, NOMEM, NONAME, NOTFOUND, NOTIMP, NOTINITIALIZED, promises, REFUSED, resolve, resolve4,
  resolve6, resolveAny, resolveCaa, resolveCname, resolveMx, resolveNaptr, resolveNs, resolvePtr, Resolver,
  resolveSoa, resolveSrv, resolveTxt, reverse, SERVFAIL, setDefaultResultOrder, setServers, TIMEOUT, V4MAPPED,
} = dns;
export default dns;
