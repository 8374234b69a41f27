/**
 * `request.cookies` of `@fastify/cookie`: the cookies as its parser gives them, and, when reads are tracked, one by one.
 */
import { kExchange } from "ext:ssr_host/fastify/symbols.js";
import { COOKIE, COOKIES, recording, unrecorded } from "ext:ssr_host/reads.js";

/** Names, and headers, in which everybody sees the same cookies: the package's parser trims more than spaces beyond ASCII. */
const PLAIN_NAME = /^[\x21-\x3a\x3c\x3e-\x7e]+$/;
const PLAIN_HEADER = /^[\t\x20-\x7e]*$/;

/** What `request.raw.headers.cookie` is. */
function cookieHeader(exchange) {
  return exchange.incomingMessage === null ? exchange.header("cookie") : exchange.incoming.headers.cookie;
}

/**
 * The object for `request.cookies`.
 * @param {any} request
 * @param {(header: string) => Record<string, string>} parse
 */
export function requestCookies(request, parse) {
  const exchange = request[kExchange];
  const { reads } = exchange;
  if (reads === null) return cookiesOf(cookieHeader(exchange), parse);
  const header = unrecorded(() => cookieHeader(exchange));
  const all = () => reads.add(COOKIES);
  const isPlain = !header || PLAIN_HEADER.test(header);
  const one = (name) => (isPlain && PLAIN_NAME.test(name) ? reads.add(COOKIE, name) : all());
  return recording(cookiesOf(header, parse), one, all);
}

const cookiesOf = (header, parse) => (header ? parse(header) : {});
