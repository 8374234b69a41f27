import { hydrateStore } from '@composable-svelte/core/ssr';
import { hydrate } from 'svelte';
import App from '../App.svelte';
import { reducer, type Action, type State } from '../counter';

const state = document.getElementById('__COMPOSABLE_SVELTE_STATE__')?.textContent ?? '';
const store = hydrateStore<State, Action, object>(state, { reducer, dependencies: {} });
hydrate(App, { target: document.body, props: { store } });
