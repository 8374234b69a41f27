/** What the tests of the image ask for and the example has not: a slow answer, a write, dates, a fetch. */
import { writeFileSync } from "node:fs";

/** Dates and zones as this process sees them: the tests ask Node for the same. */
export function dates() {
  const zones = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Chatham", "UTC"];
  const languages = ["en", "de", "fr", "es", "ar", "hi", "ja", "ru", "th", "zh"];
  return [0, 1_735_689_600_000, 1_751_328_000_123, 4_102_444_800_000].map((time) => {
    const date = new Date(time);
    return {
      string: date.toString(),
      locale: date.toLocaleString("de"),
      offset: date.getTimezoneOffset(),
      zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      formatted: languages.flatMap((language) =>
        zones.map((timeZone) => new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long", timeZone }).format(date))),
    };
  });
}

const routes = {
  "/": () => new Response("ok"),
  "/slow": async (url) => {
    await new Promise((wake) => setTimeout(wake, Number(url.searchParams.get("ms"))));
    return new Response("waited");
  },
  "/dates": () => Response.json(dates()),
  "/fetch": async (url) => {
    try {
      return new Response(await (await fetch(url.searchParams.get("url"))).text());
    } catch (error) {
      return new Response(String(error.cause ?? error), { status: 502 });
    }
  },
  "/write": () => {
    try {
      writeFileSync("dist/written", "x");
      return new Response("written");
    } catch (error) {
      return new Response(String(error), { status: 500 });
    }
  },
};

export default {
  fetch(request) {
    const url = new URL(request.url);
    return routes[url.pathname]?.(url) ?? new Response("not found", { status: 404 });
  },
};
