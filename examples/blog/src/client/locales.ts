/** Texts of the languages the reader may switch to; each is its own chunk, loaded when first asked for. */

const modules = import.meta.glob<{ default: Record<string, string> }>('../../content/locales/*.json');

/** Keyed the way `createGlobLoader` looks modules up: `../locales/<locale>/<namespace>.json`. */
export const localeModules = Object.fromEntries(
  Object.entries(modules).map(([path, load]) => [path.replace(/^.*\/(\w+)\.json$/, '../locales/$1/common.json'), load]),
);
