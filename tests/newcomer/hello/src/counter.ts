import { Effect, type Reducer } from '@composable-svelte/core';

export type State = { count: number };
export type Action = { type: 'clicked' };

export const reducer: Reducer<State, Action, object> = (state, action) => {
  switch (action.type) {
    case 'clicked':
      return [{ count: state.count + 1 }, Effect.none()];
  }
};
