/** State, actions and dependencies of the whole app. Server and browser build their store from these. */
import type { EffectType } from '@composable-svelte/core';
import { createInitialI18nState, type I18nAction, type I18nDependencies, type I18nState } from '@composable-svelte/core/i18n';
import type { Page } from './content';
import { defaultLocale, locales } from './i18n';
import type { Destination, Location } from './routes';

export interface AppState extends Location {
  /** What is on the screen. While a navigation loads it stays, so `destination` can be ahead of it. */
  page: Page;
  status: 'ready' | 'loading' | 'failed';
  /** Language to switch to as soon as its texts have arrived. */
  wantedLocale: string;
  /** Posts liked in this visit; the server does not keep them. */
  liked: LikedState;
  i18n: I18nState;
}

export type LikedState = Record<string, boolean>;
export type LikeAction = { type: 'toggled'; postId: string };

export type AppAction =
  | { type: 'navigated'; location: Location; by: 'link' | 'history' }
  | { type: 'pageLoaded'; destination: Destination; page: Page; by: 'link' | 'history' | 'server' }
  | { type: 'pageFailed'; destination: Destination }
  | { type: 'retried' }
  | { type: 'like'; action: LikeAction }
  | I18nAction;

/** Gets the data of a page: from the content itself on the server, over the JSON API in the browser. */
export interface PageLoader {
  load(destination: Destination): Promise<Page>;
}

export interface AppDependencies extends I18nDependencies {
  pages: PageLoader;
  /** Makes the address bar say what the state says; does nothing on the server. */
  syncURL(state: AppState): EffectType<AppAction>;
  /** Called once a page reached through a link is in the state. */
  onArrival(): void;
}

export function createInitialState(location: Location, locale: string): AppState {
  return {
    ...location,
    page: { type: 'list', tag: null, posts: [] },
    status: 'loading',
    wantedLocale: locale,
    liked: {},
    i18n: createInitialI18nState(locale, locales, defaultLocale),
  };
}
