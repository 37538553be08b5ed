// Transformers, cables and masts as rows, for tree and table; of one view's own frames, in the diagram's words.

import type { StreetLayout } from "../../sim/contract/frame.ts";
import { formatPercent } from "../player/format.ts";
import type { StreetStore } from "../player/store.ts";
import { transformerLoading } from "../scene/mark-places.ts";
import { looksOf } from "./looks.ts";
import { type LineNode, oneLineOf } from "./one-line.ts";

export interface PartRow {
  readonly key: string;
  readonly name: string;
  /** How full it is; empty where the view does not know. */
  readonly loading: string;
  /** Of a transformer's hot spot; empty for others, and where the view does not know. */
  readonly temperature: string;
  /** Its name, state and numbers in one sentence. */
  readonly spoken: string;
}

let last: { readonly layout: StreetLayout; readonly nodes: readonly LineNode[] } | undefined;

/** Transformers, then cables, then masts; the same array for the same layout. */
export function partsOf(layout: StreetLayout): readonly LineNode[] {
  if (last?.layout === layout) return last.nodes;
  const all = oneLineOf(layout);
  const nodes = (["transformer", "cable", "mast"] as const).flatMap((kind) =>
    all.filter((node) => node.kind === kind),
  );
  last = { layout, nodes };
  return nodes;
}

export function partName({ kind, row, rows }: LineNode, layout: StreetLayout): string {
  if (kind === "mast") return `Mast ${layout.masts[row]!.id}`;
  if (kind === "transformer") return `Transformer ${layout.transformers[row]!.feeder}`;
  return `Cable ${layout.branches[rows[0]!]!.id}${rows.length > 1 ? ` and ${rows.length - 1} more` : ""}`;
}

/** Rows of these parts, in their order. */
export function partRows(parts: readonly LineNode[], store: StreetStore): readonly PartRow[] {
  const { layout } = store;
  if (layout === null) return [];
  const shown = parts.map((_, at) => ({ at, isFolded: false }));
  return looksOf(parts, shown, store, "loading").map(({ spoken, share }, at) => {
    const part = parts[at]!;
    const street = store.view === "truth" ? store.truthStreet : null;
    const isTransformer = part.kind === "transformer";
    const load = isTransformer
      ? transformerLoading(store, layout, part.row)
      : part.kind === "mast"
        ? (street?.mastLoadShare[part.row] ?? null)
        : null;
    const hotC = isTransformer ? (street?.transformers[part.row]?.hotSpotC ?? null) : null;
    return {
      ...{ key: part.key, name: partName(part, layout), spoken },
      loading: load === null ? share : formatPercent(load),
      temperature: hotC === null ? "" : `${Math.round(hotC)} °C`,
    };
  });
}
