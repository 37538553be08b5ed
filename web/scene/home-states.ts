// The states of all homes in the current view, packed once for each frame that arrives, and counted once.

import { type StreetStore, useStreet } from "../player/store.ts";
import { DIFFERS_IN, type DiffersIn, FLAG, type HomeState } from "./home-state.ts";
import { homeAt, packHomes, TEXEL_BYTES } from "./state-texels.ts";

export interface HomeCounts {
  readonly homes: number;
  readonly flags: Readonly<Record<keyof typeof FLAG, number>>;
  /** By `OffReason`: homes without supply, by what the view takes for the reason. */
  readonly off: Readonly<Record<"relay" | "cut" | "fuse", number>>;
  /** Homes by the bit of each kind of theft, in the order of bits. */
  readonly thefts: readonly number[];
  /** Homes where each differs; a home may differ in several. */
  readonly differs: Readonly<Record<DiffersIn, number>>;
  /** Homes by step of suspicion; 0 has no case. */
  readonly suspicion: readonly number[];
}

interface Memo {
  readonly view: StreetStore["view"];
  readonly truth: StreetStore["truthSupply"];
  readonly belief: StreetStore["beliefSupply"];
  readonly score: StreetStore["score"];
  readonly texels: Uint8Array<ArrayBuffer>;
  counts: HomeCounts | null;
  states: readonly HomeState[] | null;
}

let memo: Memo | undefined;

function memoOf(store: StreetStore): Memo {
  const { view, truthSupply: truth, beliefSupply: belief, score, layout } = store;
  const homes = layout?.supplies.length ?? 0;
  const isSame =
    memo !== undefined &&
    memo.view === view &&
    memo.truth === truth &&
    memo.belief === belief &&
    memo.score === score &&
    memo.texels.length === homes * TEXEL_BYTES;
  if (!isSame) {
    const texels = packHomes(view, store, homes);
    memo = { view, truth, belief, score, texels, counts: null, states: null };
  }
  return memo!;
}

/** Four bytes a home, in the layout's order (see `state-texels.ts`). The same array until another frame or view comes. */
export const homeTexels = (store: StreetStore = useStreet.getState()): Uint8Array<ArrayBuffer> =>
  memoOf(store).texels;

/** One home of them. */
export const homeOf = (row: number, store: StreetStore = useStreet.getState()): HomeState =>
  homeAt(homeTexels(store), row * TEXEL_BYTES);

/** Row: supply point. For tables and diagrams, which want all of them; made when first asked for. */
export function homeStates(store: StreetStore = useStreet.getState()): readonly HomeState[] {
  const now = memoOf(store);
  now.states ??= Array.from({ length: now.texels.length / TEXEL_BYTES }, (_, row) =>
    homeAt(now.texels, row * TEXEL_BYTES),
  );
  return now.states;
}

export function homeCounts(store: StreetStore = useStreet.getState()): HomeCounts {
  const now = memoOf(store);
  now.counts ??= countHomes(now.texels);
  return now.counts;
}

const THEFT_BITS = 8;

/** One pass over the bytes of all homes. */
export function countHomes(texels: Uint8Array): HomeCounts {
  const flags = { dark: 0, theft: 0, late: 0, suspected: 0, differs: 0 };
  const names = Object.keys(FLAG) as (keyof typeof FLAG)[];
  const byFlags = new Uint32Array(256);
  const byCode = new Uint32Array(256);
  const byKinds = new Uint32Array(256);
  for (let at = 0; at < texels.length; at += TEXEL_BYTES) {
    byFlags[texels[at + 1]!]!++;
    byCode[texels[at + 2]!]!++;
    byKinds[texels[at + 3]!]!++;
  }
  const off = [0, 0, 0, 0];
  const suspicion = [0, 0, 0, 0, 0];
  const thefts = Array<number>(THEFT_BITS).fill(0);
  const differs = { theft: 0, supply: 0, relay: 0, register: 0 };
  const kinds = Object.keys(DIFFERS_IN) as DiffersIn[];
  for (let value = 0; value < 256; value++) {
    for (const name of names) if ((value & FLAG[name]) !== 0) flags[name] += byFlags[value]!;
    off[value & 3]! += byCode[value]!;
    if (value >> 2 < suspicion.length) suspicion[value >> 2]! += byCode[value]!;
    for (const kind of kinds)
      if ((value & DIFFERS_IN[kind]) !== 0) differs[kind] += byKinds[value]!;
    for (let bit = 0; bit < THEFT_BITS; bit++)
      if ((value & (1 << bit)) !== 0) thefts[bit]! += byKinds[value]!;
  }
  // The last byte is of one view: kinds of theft, or what differs.
  if (flags.differs > 0) thefts.fill(0);
  else for (const kind of kinds) differs[kind] = 0;
  const homes = texels.length / TEXEL_BYTES;
  const reasons = { relay: off[1]!, cut: off[2]!, fuse: off[3]! };
  return { homes, flags, off: reasons, thefts, differs, suspicion };
}
