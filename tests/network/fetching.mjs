/** An app that asks whomever it is told to, as one does that forgets to look at what a visitor sends: `/?url=…`. */
export default {
  async fetch(request) {
    const url = new URL(request.url).searchParams.get("url");
    if (url === null) return new Response("a page");
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(5000) });
      return Response.json({ status: answer.status, body: await answer.text() });
    } catch (error) {
      return Response.json({ error: `${error.name}: ${error.message}${error.cause === undefined ? "" : ` (${error.cause.message ?? error.cause})`}` });
    }
  },
};
