import url, { fileURLToPath, pathToFileURL } from "node:url";
import { show } from "./support/show.js";

show("URL", () => [url.URL === URL, url.URLSearchParams === URLSearchParams]);
for (const input of ["file:///a/b%20c.js", "file:///a%2fb", "http://x/y", "file://host/x", "file:///%E4%BD%A0#h", 5, {}]) {
  show(`fileURLToPath(${JSON.stringify(input)})`, () => fileURLToPath(input));
}
show("fileURLToPath(URL)", () => fileURLToPath(new URL("file:///x/y?q#h")));
for (const input of ["/a b/c#d?e%f", "/x/", "/a\\b", "/tab\tnl\n", "/ünï", "/a:b|c"]) {
  show(`pathToFileURL(${JSON.stringify(input)})`, () => pathToFileURL(input).href);
}
show("pathToFileURL relative", () => pathToFileURL("x/y").href === `${pathToFileURL(process.cwd()).href}/x/y`);
show("pathToFileURL error", () => pathToFileURL(1));
const PARSED = [
  "http://user:pass@sub.host.com:8080/p/a/t/h?query=string#hash", "/a/b?c=d", "//host/path", "mailto:a@b.c", "x", "",
  "http://a.com/b c", "HTTP://EXAMPLE.com/Path", "javascript:alert(1)", "http://a.com?x=1&x=2&y",
];
const FIELDS = ["protocol", "slashes", "auth", "host", "port", "hostname", "hash", "search", "query", "pathname", "path", "href"];
for (const input of PARSED) {
  show(`parse(${input})`, () => FIELDS.map((key) => url.parse(input)[key]));
}
show("parse query", () => ({ ...url.parse("/p?a=1&b=2&a=3", true).query }));
show("parse slashes", () => url.parse("//h/p", false, true).host);
show("instanceof Url", () => url.parse("/x") instanceof url.Url);
show("parse error", () => url.parse(1));
for (const [from, to] of [["/one/two/three", "four"], ["http://example.com/", "/one"], ["http://example.com/one", "../two"],
  ["http://a.com/b/c/d?q", "?x"], ["http://a.com/b", "#f"], ["http://a.com/", "//b.com/x"]]) {
  show(`resolve(${from}, ${to})`, () => url.resolve(from, to));
}
show("format object", () => url.format({ protocol: "https", hostname: "x.y", pathname: "/p", query: { a: 1, b: ["c", "d"] } }));
show("format string", () => url.format("http://A.com/x y"));
show("format URL", () => url.format(new URL("http://u:p@测试.com/a?b#c"), { fragment: false, unicode: true, auth: false }));
show("format error", () => url.format(1));
show("domainToASCII", () => [url.domainToASCII("español.com"), url.domainToASCII("中文.com"), url.domainToASCII("xn--iñvalid.com")]);
show("domainToUnicode", () => [url.domainToUnicode("xn--espaol-zwa.com"), url.domainToUnicode("xn--fiq228c.com")]);
show("urlToHttpOptions", () => {
  const { protocol, hostname, hash, search, pathname, path, href, port, auth } =
    url.urlToHttpOptions(new URL("https://a:b%20@[::1]:81/p?q#h"));
  return { protocol, hostname, hash, search, pathname, path, href, port, auth };
});
