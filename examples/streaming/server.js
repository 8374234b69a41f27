/**
 * A server bundle in the fetch-handler shape: `export default { fetch }`, a Web Request in, a Web Response out.
 *
 * It shows streaming both ways and what happens when the client leaves. No framework, no build, no dependencies;
 * it never listens, because that is the host's business.
 */

const html = { 'content-type': 'text/html; charset=utf-8' };
const text = { 'content-type': 'text/plain; charset=utf-8' };

const routes = {
  'GET /': page,
  'POST /echo': echo,
  'GET /slow': slow,
  'GET /ticks': ticks,
};

export default {
  /** @param {Request} request @returns {Response | Promise<Response>} */
  fetch(request) {
    const url = new URL(request.url);
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const route = routes[`${method} ${url.pathname}`];
    return route ? route(request, url) : new Response('Not found\n', { status: 404, headers: text });
  },
};

/** The shell at once, then five items as they become known, then the end of the document. */
function page(request) {
  return new Response(stream(document(), request.signal), { headers: html });
}

async function* document() {
  yield `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Departures</title></head>
<body>
<h1>Departures</h1>
<ol>
`;
  const departures = ['06:12 Harbour', '06:40 Old Mill', '07:05 Łódź', '07:30 Saint-Étienne', '07:58 東京'];
  for (const departure of departures) {
    await sleep(100);
    yield `<li>${departure}</li>\n`;
  }
  yield '</ol>\n</body>\n</html>\n';
}

/** Sends the request's body back while it is still arriving. */
function echo(request) {
  const type = request.headers.get('content-type') ?? 'application/octet-stream';
  return new Response(request.body, { headers: { 'content-type': type } });
}

/** Answers after `?ms=` milliseconds, or stops waiting as soon as the client is gone. */
async function slow(request, url) {
  const ms = Number(url.searchParams.get('ms') ?? 1000);
  if (!(ms >= 0 && ms <= 60_000)) return new Response('ms must be between 0 and 60000\n', { status: 400, headers: text });
  await sleep(ms, request.signal);
  return new Response(`waited ${ms} ms\n`, { headers: text });
}

/** A line every 50 ms for as long as somebody reads them. */
function ticks(request) {
  return new Response(stream(count(request.signal), request.signal), { headers: text });
}

async function* count(signal) {
  for (let tick = 1; ; tick += 1) {
    yield `tick ${tick}\n`;
    await sleep(50, signal);
  }
}

/** A byte stream of the texts a generator yields; asks for the next one only when there is room for it. */
function stream(texts, signal) {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      if (signal.aborted) return controller.close();
      try {
        const { value, done } = await texts.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      } catch (error) {
        controller.error(error);
      }
    },
    async cancel() {
      await texts.return();
    },
  });
}

/** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
function sleep(ms, signal) {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });
}
