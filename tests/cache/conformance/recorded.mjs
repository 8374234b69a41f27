/**
 * Every test of the suite that ssr-host does not answer with "pass" or "yes", with its verdict and why that is right. The suite is of 2021,
 * before RFC 9111; where the RFC says otherwise, the suite of today says so as well.
 */

/**
 * @typedef {object} Record
 * @property {string} what
 * @property {string} why
 * @property {import("./suite.mjs").Verdict} verdict
 * @property {string[]} tests ids
 */

/** `prefix` before each of the words of `rest`. */
const all = (prefix, rest) => rest.trim().split(/\s+/).map((one) => `${prefix}${one}`);

/** @type {Record[]} */
export const RECORDED = [
  {
    what: "For browsers",
    why: "the suite runs these in browsers only.",
    verdict: "untested",
    tests: ["freshness-max-age-s-maxage-private", "freshness-max-age-s-maxage-private-multiple", "cc-resp-private-private", "cc-resp-immutable-fresh", "cc-resp-immutable-stale"],
  },
  {
    what: "An `Age` that cannot be read",
    why: "RFC 9111 section 5.1: it is ignored, and of several the first counts. Before, it made a response stale; the suite of today tests what the RFC says.",
    verdict: "fail",
    tests: all("age-parse-", "nonnumeric negative float prefix-twoline dup-0 dup-0-twoline dup-old parameter numeric-parameter"),
  },
  {
    what: "Directives that cannot be read, or come twice",
    why: "whatever is unclear means the more restrictive: a number that is none is zero, of two the smaller one holds, a name with spaces around its `=` is understood.",
    verdict: "no",
    tests: all("freshness-max-age-", "decimal-zero decimal-five space-before-equals space-after-equals a100 100a two-stale-fresh-sameline two-fresh-stale-sameline two-stale-fresh-sepline two-fresh-stale-sepline"),
  },
  {
    what: "`Expires` that is no date",
    why: "one that is not in the form of RFC 9110 section 5.6.7, letter for letter and with its right day of the week, is in the past (RFC 9111 section 5.3).",
    verdict: "no",
    tests: all("freshness-expires-", "32bit far-future ansi-c wrong-case-weekday wrong-case-month wrong-case-tz invalid-utc invalid-aest invalid-2-digit-year invalid-no-comma invalid-multiple-spaces invalid-date-dashes invalid-time-periods invalid-1-digit-hour invalid-multiple-lines"),
  },
  {
    what: "`no-cache` is not stored",
    why: "every use of it would be a request to the app, which is in the same process.",
    verdict: "optional fail",
    tests: ["cc-resp-no-cache-revalidate", "cc-resp-no-cache-revalidate-fresh"],
  },
  {
    what: "An app that fails, where stale is forbidden",
    why: "nothing stale is served, as it should be. The suite's server closes the connection; the app behind ssr-host fails, and its 500 is what comes.",
    verdict: "setup",
    tests: all("stale-close-", "must-revalidate proxy-revalidate no-cache s-maxage=2"),
  },
  {
    what: "`Warning`",
    why: "RFC 9111 section 5.5 has done away with it; `Cache-Status` says what happened.",
    verdict: "no",
    tests: ["stale-warning-become"],
  },
  {
    what: "A response that came stale",
    why: "it is not stored unless it says for how long it may be served stale.",
    verdict: "setup",
    tests: ["stale-warning-stored"],
  },
  {
    what: "Heuristic freshness",
    why: "off: only what says for how long it is fresh is stored, or what a rule says it of. A page that was never meant to be shared does not become so.",
    verdict: "optional fail",
    tests: all("heuristic-", "200-cached 203-cached 204-cached 404-cached 405-cached 410-cached 414-cached 501-cached 599-cached"),
  },
  {
    what: "Heuristic freshness, by time since `Last-Modified`",
    why: "off, as above.",
    verdict: "no",
    tests: [...all("heuristic-delta-", "5 10 30 60 300 600 1200 1800 3600 43200 86400"), "pragma-response-no-cache-heuristic", "other-heuristic-content-disposition-attachment"],
  },
  {
    what: "Responses to POST",
    why: "only GET is stored.",
    verdict: "optional fail",
    tests: ["method-POST"],
  },
  {
    what: "Errors and unknown status codes",
    why: "they are not stored, whatever they say of their freshness: an error for one must not become everybody's (CPDoS).",
    verdict: "optional fail",
    tests: all("status-", "299-fresh 400-fresh 499-fresh 500-fresh 502-fresh 503-fresh 504-fresh 599-fresh"),
  },
  {
    what: "Errors and unknown status codes that are stale",
    why: "not stored, as above; they are asked for again, as they should be.",
    verdict: "depends",
    tests: all("status-", "299-stale 400-stale 499-stale 500-stale 502-stale 503-stale 504-stale 599-stale 599-must-understand"),
  },
  {
    what: "`Cache-Control` of a request",
    why: "without effect: a client cannot make the app render, or refuse what is stored. RFC 9111 section 5.2.1 calls these advice.",
    verdict: "no",
    tests: all("ccreq-", "ma0 ma1 magreaterage max-stale max-stale-age min-fresh min-fresh-age no-cache no-cache-lm no-cache-etag no-store oic"),
  },
  {
    what: "Values of `Vary` that mean the same",
    why: "values are compared byte by byte: that is always right. A rule's `headers` reduces a header to a few values for cache and app alike.",
    verdict: "optional fail",
    tests: all("vary-normalise-", "combine lang-order lang-case lang-space lang-select space"),
  },
  {
    what: "`If-Modified-Since` without a `Last-Modified`",
    why: "what has no date has no date to compare with; each page has an `ETag`.",
    verdict: "optional fail",
    tests: ["conditional-lm-fresh-no-lm"],
  },
  {
    what: "Entity tags that are not quoted",
    why: "they are no entity tags (RFC 9110 section 8.8.3) and are compared as they are.",
    verdict: "no",
    tests: ["conditional-etag-quoted-respond-unquoted", "conditional-etag-unquoted-respond-quoted", "conditional-etag-forward-unquoted", "conditional-etag-strong-generate-unquoted"],
  },
  {
    what: "A page for other values of `Vary`",
    why: "the app is asked whether a page still holds only on behalf of those who would get that page.",
    verdict: "no",
    tests: ["conditional-etag-vary-headers-mismatch"],
  },
  {
    what: "A length that is not that of the body",
    why: "the length is that of what is sent.",
    verdict: "fail",
    tests: ["headers-store-Content-Length", "304-etag-update-response-Content-Length"],
  },
  {
    what: "`Set-Cookie`, `Set-Cookie2` and `Content-Range`",
    why: "what sets a cookie is for one client, what says that it is a part is one: neither is stored.",
    verdict: "setup",
    tests: ["headers-store-Set-Cookie2", "304-etag-update-response-Set-Cookie2", "headers-store-Set-Cookie", "headers-store-Content-Range", "304-etag-update-response-Set-Cookie", "304-etag-update-response-Content-Range"],
  },
  {
    what: "`ETag` and `Content-MD5` of a 304",
    why: "RFC 9111 section 3.2: all but a few headers are updated, these too. The suite of today tests what the RFC says.",
    verdict: "fail",
    tests: ["304-etag-update-response-ETag", "304-etag-update-response-Content-MD5"],
  },
  {
    what: "`Content-Type` of a 304",
    why: "the body keeps the type that it came with: encoded forms were made by it, and a 304, which has no body, may have a type by default. RFC 9111 section 3.2 lets a cache do so where it keeps what it has made of a response.",
    verdict: "fail",
    tests: ["304-etag-update-response-Content-Type"],
  },
  {
    what: "HEAD",
    why: "it is answered from what GET has stored, and changes nothing of that.",
    verdict: "no",
    tests: ["head-200-retain", "head-200-freshness-update"],
  },
  {
    what: "HEAD, and what depends on that",
    why: "as above.",
    verdict: "depends",
    tests: ["head-200-update", "head-410-update"],
  },
  {
    what: "Parts of pages",
    why: "only whole pages are stored; parts are cut from them.",
    verdict: "optional fail",
    tests: all("partial-store-partial-", "reuse-partial reuse-partial-byterange reuse-partial-absent reuse-partial-suffix complete"),
  },
  {
    what: "What sets a cookie",
    why: "it is for one client, whatever it says of its freshness.",
    verdict: "optional fail",
    tests: ["other-set-cookie"],
  },
];
