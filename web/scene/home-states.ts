// The states of all homes in the current view, computed once for each frame that arrives.

import { type StreetStore, useStreet } from "../player/store.ts";
import { type HomeState, homeState } from "./home-state.ts";

interface Memo {
  readonly view: StreetStore["view"];
  readonly truth: StreetStore["truthSupply"];
  readonly belief: StreetStore["beliefSupply"];
  readonly score: StreetStore["score"];
  readonly states: readonly HomeState[];
}

let memo: Memo | undefined;

/** Row: supply point, in the layout's order. The same array until another frame or view comes. */
export function homeStates(store: StreetStore = useStreet.getState()): readonly HomeState[] {
  const { view, truthSupply: truth, beliefSupply: belief, score, layout } = store;
  const isSame =
    memo !== undefined &&
    memo.view === view &&
    memo.truth === truth &&
    memo.belief === belief &&
    memo.score === score &&
    memo.states.length === (layout?.supplies.length ?? 0);
  if (!isSame) {
    const states = (layout?.supplies ?? []).map((_, row) => homeState(view, store, row));
    memo = { view, truth, belief, score, states };
  }
  return memo!.states;
}
