/** Browser entry: takes over the page that the server rendered, with the state that came along with it. */
import { createNoopStorage } from '@composable-svelte/core';
import { browserDOM, createBrowserLocaleDetector, createGlobLoader } from '@composable-svelte/core/i18n';
import { createURLSyncEffect, syncBrowserHistory } from '@composable-svelte/core/routing';
import { hydrateStore } from '@composable-svelte/core/ssr';
import { hydrate } from 'svelte';
import '../app/app.css';
import App from '../app/App.svelte';
import { defaultLocale, locales } from '../app/i18n';
import { appReducer } from '../app/reducer';
import { parseURL, pathOf, queryOf } from '../app/routes';
import type { AppAction, AppDependencies, AppState } from '../app/state';
import { followLinks } from './links';
import { createAPIPageLoader } from './pages';
import { localeModules } from './locales';

const dependencies: AppDependencies = {
  pages: createAPIPageLoader(),
  syncURL: createURLSyncEffect<AppState, AppAction>((state) => pathOf(state.destination), {
    // The library types this callback for any state; it is only ever given ours.
    serializeQuery: (state) => queryOf(state as AppState),
  }),
  onArrival() {
    window.scrollTo(0, 0);
    document.getElementById('main')?.focus({ preventScroll: true });
  },
  translationLoader: createGlobLoader(localeModules, locales),
  localeDetector: createBrowserLocaleDetector({ supportedLocales: locales, defaultLocale }),
  // The language lives in the URL, so there is nothing to remember elsewhere.
  storage: createNoopStorage() as unknown as Storage,
  dom: browserDOM,
};

const serialized = document.getElementById('__COMPOSABLE_SVELTE_STATE__')?.textContent ?? '';
const store = hydrateStore<AppState, AppAction, AppDependencies>(serialized, { reducer: appReducer, dependencies });

hydrate(App, { target: document.body, props: { store } });

syncBrowserHistory(store, {
  parse: (path) => path,
  serialize: (state) => pathOf(state.destination),
  parseQuery: (search) => search,
  destinationToAction: (path, search: string): AppAction => ({
    type: 'navigated',
    location: parseURL(path ?? '/', search),
    by: 'history',
  }),
});
followLinks(store);
