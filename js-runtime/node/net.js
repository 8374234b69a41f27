/** `node:net`: only the address checks. There are no sockets: network access is `fetch`. */
import { loudFunction } from "ext:ssr_host/node/internal/loud.js";

/** Source of the patterns: node/lib/internal/net.js. */
const V4_SEGMENT = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]\\d|\\d)";
const V4 = `(?:${V4_SEGMENT}\\.){3}${V4_SEGMENT}`;
const V6_SEGMENT = "(?:[0-9a-fA-F]{1,4})";
const IPV4 = new RegExp(`^${V4}$`);
const IPV6 = new RegExp(
  "^(?:" +
    `(?:${V6_SEGMENT}:){7}(?:${V6_SEGMENT}|:)|` +
    `(?:${V6_SEGMENT}:){6}(?:${V4}|:${V6_SEGMENT}|:)|` +
    `(?:${V6_SEGMENT}:){5}(?::${V4}|(?::${V6_SEGMENT}){1,2}|:)|` +
    `(?:${V6_SEGMENT}:){4}(?:(?::${V6_SEGMENT}){0,1}:${V4}|(?::${V6_SEGMENT}){1,3}|:)|` +
    `(?:${V6_SEGMENT}:){3}(?:(?::${V6_SEGMENT}){0,2}:${V4}|(?::${V6_SEGMENT}){1,4}|:)|` +
    `(?:${V6_SEGMENT}:){2}(?:(?::${V6_SEGMENT}){0,3}:${V4}|(?::${V6_SEGMENT}){1,5}|:)|` +
    `(?:${V6_SEGMENT}:){1}(?:(?::${V6_SEGMENT}){0,4}:${V4}|(?::${V6_SEGMENT}){1,6}|:)|` +
    `(?::(?:(?::${V6_SEGMENT}){0,5}:${V4}|(?::${V6_SEGMENT}){1,7}|:))` +
    ")(?:%[0-9a-zA-Z-.:]{1,})?$",
);

export function isIPv4(address) {
  return IPV4.test(`${address}`);
}

export function isIPv6(address) {
  return IPV6.test(`${address}`);
}

export function isIP(address) {
  if (isIPv4(address)) return 4;
  return isIPv6(address) ? 6 : 0;
}

const loud = (name) => loudFunction("net", name, "network access is fetch()");
export const BlockList = loud("BlockList");
export const connect = loud("connect");
export const createConnection = loud("createConnection");
export const createServer = loud("createServer");
export const getDefaultAutoSelectFamily = loud("getDefaultAutoSelectFamily");
export const getDefaultAutoSelectFamilyAttemptTimeout = loud("getDefaultAutoSelectFamilyAttemptTimeout");
export const Server = loud("Server");
export const setDefaultAutoSelectFamily = loud("setDefaultAutoSelectFamily");
export const setDefaultAutoSelectFamilyAttemptTimeout = loud("setDefaultAutoSelectFamilyAttemptTimeout");
export const Socket = loud("Socket");
export const SocketAddress = loud("SocketAddress");
export const Stream = Socket;

export default {
  BlockList, connect, createConnection, createServer, getDefaultAutoSelectFamily,
  getDefaultAutoSelectFamilyAttemptTimeout, isIP, isIPv4, isIPv6, Server, setDefaultAutoSelectFamily,
  setDefaultAutoSelectFamilyAttemptTimeout, Socket, SocketAddress, Stream,
};
