// One transformer, cable or mast in the tree, with its state.

import type { KeyboardEvent } from "react";
import { type PartRow, partRows, partsOf } from "../diagram/part-rows.ts";
import { useStreet } from "../player/store.ts";

interface PartItemProps {
  /** Its place among the layout's parts, from 0, and how many there are. */
  readonly part: number;
  readonly beside: number;
  readonly isStop: boolean;
  readonly onKey: (event: KeyboardEvent) => void;
  readonly onOpen: () => void;
}

export function PartItem({ part, beside, isStop, onKey, onOpen }: PartItemProps) {
  const told = useStreet((store) => {
    const node = store.layout === null ? undefined : partsOf(store.layout)[part];
    return JSON.stringify(node === undefined ? null : partRows([node], store)[0]);
  });
  const row = JSON.parse(told) as PartRow | null;
  if (row === null) return null;
  const { key, name, loading, temperature, spoken } = row;
  return (
    <div
      data-key={key}
      role="treeitem"
      aria-level={3}
      aria-setsize={beside}
      aria-posinset={part + 1}
      aria-selected={false}
      aria-label={spoken}
      tabIndex={isStop ? 0 : -1}
      className="part-row"
      title={spoken}
      onClick={onOpen}
      onKeyDown={onKey}
    >
      <span className="home-address">{name}</span>
      <span className="home-power">
        {[loading, temperature].filter((text) => text !== "").join(" · ") || "–"}
      </span>
    </div>
  );
}
