/** Turns clicks on links to our own pages into actions. Every link stays an ordinary link for everything else. */
import type { Store } from '@composable-svelte/core';
import { parseURL } from '../app/routes';
import type { AppAction, AppState } from '../app/state';

/** Starts listening on the document. */
export function followLinks(store: Store<AppState, AppAction>): void {
  document.addEventListener('click', (event) => {
    const url = targetOf(event);
    if (!url) return;
    const location = parseURL(url.pathname, url.search);
    if (location.destination.type === 'notFound') return;
    event.preventDefault();
    store.dispatch({ type: 'navigated', location, by: 'link' });
  });
}

/** The URL a plain click goes to; null when the browser should do what it always does. */
function targetOf(event: MouseEvent): URL | null {
  if (event.defaultPrevented || event.button !== 0) return null;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const anchor = event.target instanceof Element ? event.target.closest('a') : null;
  if (!anchor?.href || anchor.target || anchor.hasAttribute('download')) return null;
  const url = new URL(anchor.href);
  return url.origin === window.location.origin && !url.hash ? url : null;
}
