/** What happens on each action. Pure: everything that touches the world is an effect or a dependency. */
import { Effect, scope, scopeAction, type EffectType, type Reducer } from '@composable-svelte/core';
import { i18nReducer, type I18nAction, type I18nState } from '@composable-svelte/core/i18n';
import { namespace } from './i18n';
import type { Destination, Location } from './routes';
import type { AppAction, AppDependencies, AppState, LikeAction, LikedState } from './state';

type Result = readonly [AppState, EffectType<AppAction>];

export const likeReducer: Reducer<LikedState, LikeAction, AppDependencies> = (state, action) => [
  { ...state, [action.postId]: !state[action.postId] },
  Effect.none(),
];

const liked = scopeAction<AppState, AppAction, LikedState, LikeAction, AppDependencies>(
  (state) => state.liked,
  (state, child) => ({ ...state, liked: child }),
  'like',
  likeReducer,
);

const i18n = scope<AppState, AppAction, I18nState, I18nAction, AppDependencies>(
  (state) => state.i18n,
  (state, child) => ({ ...state, i18n: child }),
  (action) => (isI18nAction(action) ? action : null),
  (action) => action,
  i18nReducer,
);

export const appReducer: Reducer<AppState, AppAction, AppDependencies> = (state, action, deps) => {
  switch (action.type) {
    case 'navigated':
      return navigate(state, action.location, action.by, deps);

    case 'pageLoaded':
      // The reader may have gone elsewhere while this page was on its way.
      if (action.destination !== state.destination) return [state, Effect.none()];
      return [
        { ...state, page: action.page, status: 'ready' },
        action.by === 'link' ? Effect.fireAndForget(() => deps.onArrival()) : Effect.none(),
      ];

    case 'pageFailed':
      if (action.destination !== state.destination) return [state, Effect.none()];
      return [{ ...state, status: 'failed' }, Effect.none()];

    case 'retried':
      return [{ ...state, status: 'loading' }, loadPage(state.destination, 'link', deps)];

    case 'like':
      return liked(state, action, deps);

    case 'i18n/namespaceLoaded': {
      const [next, effect] = i18n(state, action, deps);
      if (action.locale !== state.wantedLocale) return [next, effect];
      return then([next, effect], (loaded) => i18n(loaded, { type: 'i18n/setLocale', locale: action.locale }, deps));
    }

    default:
      return i18n(state, action, deps);
  }
};

function navigate(state: AppState, location: Location, by: 'link' | 'history', deps: AppDependencies): Result {
  const next: AppState = { ...state, ...location, status: 'loading' };
  const effects = Effect.batch(deps.syncURL(next), loadPage(location.destination, by, deps));
  if (location.lang === state.lang) return [next, effects];
  return then([next, effects], (moved) => switchLocale(moved, deps));
}

/** Follows the language in the URL; without one there, the reader's own. */
function switchLocale(state: AppState, deps: AppDependencies): Result {
  const locale = state.lang ?? deps.localeDetector.detect();
  const next = { ...state, wantedLocale: locale };
  const isLoaded = `${locale}:${namespace}` in state.i18n.translations;
  return i18n(next, isLoaded ? { type: 'i18n/setLocale', locale } : { type: 'i18n/loadNamespace', namespace, locale }, deps);
}

function loadPage(destination: Destination, by: 'link' | 'history', deps: AppDependencies): EffectType<AppAction> {
  return Effect.run(async (dispatch) => {
    try {
      dispatch({ type: 'pageLoaded', destination, page: await deps.pages.load(destination), by });
    } catch (error) {
      console.error(error);
      dispatch({ type: 'pageFailed', destination });
    }
  });
}

/** Applies a second step to the state of the first and keeps the effects of both. */
function then([state, effect]: Result, step: (state: AppState) => Result): Result {
  const [next, nextEffect] = step(state);
  return [next, Effect.batch(effect, nextEffect)];
}

function isI18nAction(action: AppAction): action is I18nAction {
  return action.type.startsWith('i18n/');
}
