/** The encodings that an answer can be asked in, and what a browser sends beside that. */
import { execFileSync } from "node:child_process";
import zlib from "node:zlib";
import { request } from "./servers.mjs";

/** How each is decoded; older versions of Node cannot decode zstd. */
export const FORMS = {
  identity: (body) => body,
  gzip: zlib.gunzipSync,
  br: zlib.brotliDecompressSync,
  zstd: zlib.zstdDecompressSync ?? ((body) => execFileSync("zstd", ["-dc"], { input: body })),
};

const BROWSER = {
  "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
  accept: "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
  "accept-language": "en-GB,en;q=0.9,de;q=0.8",
  "sec-fetch-site": "none",
  "sec-fetch-mode": "navigate",
  "sec-fetch-dest": "document",
  "upgrade-insecure-requests": "1",
};

/** The headers of a browser that takes this form and no other. */
export function headersFor(form) {
  return form === "identity" ? BROWSER : { ...BROWSER, "accept-encoding": form };
}

/** One GET of a page in this form: its body as it came, and decoded. Throws when it came in another form. */
export async function askFor(form, port, path) {
  const { status, headers, body } = await request(port, path, { headers: headersFor(form) });
  if (status !== 200) throw new Error(`${path} answered ${status}`);
  if ((headers["content-encoding"] ?? "identity") !== form) throw new Error(`${path} is not encoded in ${form}`);
  return { headers, body, decoded: FORMS[form](body) };
}
