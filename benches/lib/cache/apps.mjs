/** The blog with what this comparison needs put into its bundle. All sides run the same edits, but for the cache itself. */
import { join } from "node:path";
import { copyApp, needPackages, ROOT } from "../prepare.mjs";

/** How long the slow page waits for its data. */
export const SLOW_MS = 50;

/** The page that is measured; `numbered` are as many others as wanted, `slow` one that takes its time. All of the same size, but for the number. */
export const PAGE = "/?tag=craft";
export const numbered = (number) => `${PAGE}&n=${String(number).padStart(6, "0")}`;
export const slow = (number) => `${PAGE}&slow=${number}`;

/** What the app writes to its standard output for each render. */
export const renderLine = (path) => `render ${path}\n`;

const RENDER = "async function renderPage(url, acceptLanguage, assets) {\n";
const DOCUMENT = "html: completeDocument(html, locale) }";
const HANDLER = '    const { status, html } = await renderPage(request.url, request.headers["accept-language"] ?? "", assets);\n';
const IMPORT = 'import fastify from "fastify";\n';
const CREATED = "const app2 = fastify({ logger: logLevel ? { level: logLevel } : false });\n";

/** Says that it renders, waits where it is to be slow, and makes every numbered page another one. */
const COUNTED = [
  [
    RENDER,
    `${RENDER}  console.log(\`render \${url}\`);
  if (url.includes("slow=")) await new Promise((resolve) => setTimeout(resolve, ${SLOW_MS}));\n`,
  ],
  [DOCUMENT, 'html: completeDocument(html, locale) + (url.match(/n=\\d+/)?.[0].replace(/.*/, "<!-- $& -->") ?? "") }'],
];

/** The cache that deployment guides show. */
const MAP = [
  [
    HANDLER,
    `    const cached = pageCache.get(request.url);
    if (cached && Date.now() - cached.timestamp < 60_000) return reply.type("text/html").send(cached.html);
${HANDLER}    pageCache.set(request.url, { html, timestamp: Date.now() });\n`,
  ],
  [IMPORT, `${IMPORT}const pageCache = new Map();\n`],
];

const PLUGINS = join(ROOT, "tests/parity/plugins");
const ROUTES = "  addPages(app2);\n  addAPI(app2);\n";

/** The plug-in compresses routes that are declared after it is loaded. */
const COMPRESS = [
  [IMPORT, `${IMPORT}import compress from ${JSON.stringify(join(PLUGINS, "node_modules/@fastify/compress/index.js"))};\n`],
  [CREATED, `${CREATED}  app2.register(compress);\n`],
  [ROUTES, `  app2.after(() => {\n${ROUTES}  });\n`],
];

/** @returns {Record<string, string>} the bundles by name, made anew in the temporary folder */
export function cacheApps() {
  needPackages(PLUGINS);
  const blog = (name, ...edits) => copyApp(name, "examples/blog", edits.flat());
  return {
    "blog-counted": blog("blog-counted", COUNTED),
    "blog-map": blog("blog-map", COUNTED, MAP),
    "blog-map-compress": blog("blog-map-compress", COUNTED, MAP, COMPRESS),
  };
}

/** Where the version of the plug-in is written. */
export const COMPRESS_MANIFEST = join(PLUGINS, "node_modules/@fastify/compress/package.json");
