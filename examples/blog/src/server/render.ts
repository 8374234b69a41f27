/** Request → HTML document. A fresh store for every request: nothing of one reader can reach another. */
import { createNoopStorage, createStore, Effect } from '@composable-svelte/core';
import { BundledTranslationLoader, createSSRLocaleDetector, createStaticLocaleDetector, serverDOM } from '@composable-svelte/core/i18n';
import { renderToHTML } from '@composable-svelte/core/ssr';
import en from '../../content/locales/en.json';
import es from '../../content/locales/es.json';
import fr from '../../content/locales/fr.json';
import App from '../app/App.svelte';
import { defaultLocale, locales, namespace } from '../app/i18n';
import { appReducer } from '../app/reducer';
import { parseURL } from '../app/routes';
import { createInitialState, type AppAction, type AppDependencies, type AppState } from '../app/state';
import type { ClientAssets } from './assets';
import { contentPageLoader } from './pages';

const translationLoader = new BundledTranslationLoader({
  bundles: { en: { [namespace]: en }, fr: { [namespace]: fr }, es: { [namespace]: es } },
});

const dependencies: AppDependencies = {
  pages: contentPageLoader,
  syncURL: () => Effect.none(),
  onArrival: () => undefined,
  translationLoader,
  localeDetector: createStaticLocaleDetector(defaultLocale, locales),
  storage: createNoopStorage() as unknown as Storage,
  dom: serverDOM,
};

export interface RenderedPage {
  status: 200 | 404;
  html: string;
}

/**
 * Renders the page at `url` (path and query, as it stands in the request line) in the language of its `?lang=`,
 * or of the `Accept-Language` header.
 */
export async function renderPage(url: string, acceptLanguage: string, assets: ClientAssets): Promise<RenderedPage> {
  const queryStart = url.indexOf('?');
  const pathname = queryStart < 0 ? url : url.slice(0, queryStart);
  const location = parseURL(pathname, queryStart < 0 ? '' : url.slice(queryStart));

  const locale = detectLocale(url, acceptLanguage);
  const [page, translations] = await Promise.all([
    contentPageLoader.load(location.destination),
    translationLoader.load(namespace, locale),
  ]);

  const store = createStore<AppState, AppAction, AppDependencies>({
    initialState: createInitialState(location, locale),
    reducer: appReducer,
    dependencies,
  });
  store.dispatch({ type: 'i18n/namespaceLoaded', namespace, locale, translations: translations ?? {} });
  store.dispatch({ type: 'pageLoaded', destination: location.destination, page, by: 'server' });

  const html = renderToHTML(App, { store }, { title: '', head: assets.head, clientScript: assets.script });
  return { status: page.type === 'notFound' ? 404 : 200, html: completeDocument(html, locale) };
}

function detectLocale(url: string, acceptLanguage: string): string {
  return createSSRLocaleDetector({
    supportedLocales: locales,
    defaultLocale,
    // Only the query matters; the detector wants an absolute URL.
    url: `http://localhost${url}`,
    cookies: '',
    acceptLanguage,
  }).detect();
}

/** `renderToHTML` always writes `lang="en"` and a title of its own; both are for the page's state to say. */
function completeDocument(html: string, locale: string): string {
  return html.replace('<html lang="en">', `<html lang="${locale}">`).replace('  <title></title>\n', '');
}
