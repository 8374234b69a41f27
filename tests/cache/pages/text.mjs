/** What `apps/pages.mjs` renders: every page says what it is, so that a wrong one is noticed. */

const PARAGRAPH = "<p>All work and no play makes Jack a dull boy.</p>\n".repeat(60);

/** @param {{url: string, language: string, build: string, version: number}} what */
export const textOf = ({ url, language, build, version }) =>
  `<h1>${url} in ${language} of ${build}, version ${version}</h1>\n${PARAGRAPH}`;

/** The version that a page says it is, when all else is as it should be; else undefined. */
export function versionOf(text, { url, language, build }) {
  const version = Number(/, version (\d+)<\/h1>/.exec(text)?.[1]);
  return text === textOf({ url, language, build, version }) ? version : undefined;
}
