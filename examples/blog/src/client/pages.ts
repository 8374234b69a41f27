/** Loads page data over the JSON API. A page seen before is shown at once when the reader goes back to it. */
import type { Page } from '../app/content';
import { pathOf, queryOf, type Destination } from '../app/routes';
import type { PageLoader } from '../app/state';

export function createAPIPageLoader(): PageLoader {
  const seen = new Map<string, Page>();
  return {
    async load(destination) {
      const url = endpointOf(destination);
      const known = seen.get(url);
      if (known) return known;
      const response = await fetch(url, { headers: { accept: 'application/json' } });
      if (response.status === 404) return { type: 'notFound', path: pathOf(destination) };
      if (!response.ok) throw new Error(`${url} answered ${response.status}`);
      const page: Page = await response.json();
      seen.set(url, page);
      return page;
    },
  };
}

function endpointOf(destination: Destination): string {
  const path = destination.type === 'list' ? '/posts' : pathOf(destination);
  const query = queryOf({ destination, lang: null });
  return query ? `/api${path}?${query}` : `/api${path}`;
}
