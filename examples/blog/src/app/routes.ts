/**
 * The one table of routes, used by the server (URL → page), by links (destination → URL) and by the browser's
 * back and forward buttons. It knows nothing of components or data.
 */
import {
  getQueryParam,
  matchPath,
  parseDestination,
  parseQueryParams,
  serializeDestination,
  serializeQueryParams,
} from '@composable-svelte/core/routing';
import type { Order } from './content';
import { toLocale } from './i18n';

export type Destination =
  | { type: 'list'; state: { tag: string | null } }
  | { type: 'post'; state: { id: string } }
  | { type: 'comments'; state: { id: string; order: Order } }
  | { type: 'notFound'; state: { path: string } };

/** What the address bar says: where the reader is, and the language they asked for in it, if they did. */
export interface Location {
  destination: Destination;
  lang: string | null;
}

type Params = Record<string, string>;
type Query = ReturnType<typeof parseQueryParams>;

/**
 * What the URL says ends up in the state, and the state is printed into the page: names are checked here, at the edge.
 * `matchPath` hands out the raw text between the slashes, so an escape such as `%3C` is not a name either.
 */
const name = /^[\w-]{1,64}$/;

const patterns: [pattern: string, toDestination: (params: Params) => Destination | null][] = [
  ['/', () => ({ type: 'list', state: { tag: null } })],
  ['/posts/:id', ({ id = '' }) => (name.test(id) ? { type: 'post', state: { id } } : null)],
  ['/posts/:id/comments', ({ id = '' }) => (name.test(id) ? { type: 'comments', state: { id, order: 'oldest' } } : null)],
];

const parserConfig = {
  // An empty base path keeps the leading slash on what the parsers see.
  basePath: '',
  parsers: patterns.map(([pattern, toDestination]) => (path: string) => {
    const params = matchPath(pattern, path);
    return params && toDestination(params);
  }),
};

const serializerConfig = {
  serializers: {
    list: () => '/',
    post: ({ id }: { id: string }) => `/posts/${id}`,
    comments: ({ id }: { id: string }) => `/posts/${id}/comments`,
    notFound: ({ path }: { path: string }) => path,
  },
};

/** Parses a path and a query string (`?a=b`, or empty). An unknown path is a destination too: `notFound`. */
export function parseURL(pathname: string, search: string): Location {
  const query = parseQueryParams(search);
  const destination = parseDestination<Destination>(pathname, parserConfig);
  return {
    destination: destination ? withQuery(destination, query) : notFound(pathname),
    lang: toLocale(getQueryParam(query, 'lang')),
  };
}

/** Path of a destination, without the query string. */
export function pathOf(destination: Destination): string {
  return serializeDestination(destination, serializerConfig);
}

/** Query string of a location, without the question mark; empty when there is nothing to say. */
export function queryOf({ destination, lang }: Location): string {
  const query: Record<string, string> = {};
  if (destination.type === 'list' && destination.state.tag) query.tag = destination.state.tag;
  if (destination.type === 'comments' && destination.state.order !== 'oldest') query.order = destination.state.order;
  if (lang) query.lang = lang;
  return serializeQueryParams(query).replace(/^\?/, '');
}

/** The complete `href` of a location. */
export function hrefOf(location: Location): string {
  const query = queryOf(location);
  return query ? `${pathOf(location.destination)}?${query}` : pathOf(location.destination);
}

function withQuery(destination: Destination, query: Query): Destination {
  switch (destination.type) {
    case 'list':
      return { type: 'list', state: { tag: toTag(getQueryParam(query, 'tag')) } };
    case 'comments': {
      const order = getQueryParam(query, 'order') === 'newest' ? 'newest' : 'oldest';
      return { type: 'comments', state: { ...destination.state, order } };
    }
    default:
      return destination;
  }
}

/** The tag in `?tag=`; null when there is none, or when it cannot be one. */
export function toTag(value: string | undefined): string | null {
  return value && name.test(value) ? value : null;
}

/** Browsers never send a bare `<` in a path; other clients may. */
function notFound(pathname: string): Destination {
  return { type: 'notFound', state: { path: pathname.replaceAll('<', '%3C') } };
}
