// How a timeline draws what happened: each kind has a shape and a colour of its own, and a lane.

import type { MarkKind } from "../../sim/contract/moments.ts";

export const LANES = ["Theft", "Cases", "Supply", "Network", "Money"] as const;

interface Look {
  readonly lane: (typeof LANES)[number];
  readonly name: string;
  readonly colour: string;
  /** In a box of 12 × 12. */
  readonly path: string;
}

export const MARK_LOOK: Readonly<Record<MarkKind, Look>> = {
  theft: { lane: "Theft", name: "Theft", colour: "#ff6b7b", path: "M6 0.5 12 11.5H0z" },
  case: { lane: "Cases", name: "Case", colour: "#c3a2ff", path: "M6 0 12 4.6 9.7 12H2.3L0 4.6z" },
  outage: {
    lane: "Supply",
    name: "Power cut",
    colour: "#ffd92f",
    path: "M6 0a6 6 0 1 0 0 12A6 6 0 0 0 6 0zM5 2h2v5H5z",
  },
  fuse: { lane: "Supply", name: "Protection", colour: "#ff9f4a", path: "M6 0 12 6 6 12 0 6z" },
  trip: { lane: "Supply", name: "Trip", colour: "#f4f7fa", path: "M0 0.5H12L6 11.5z" },
  network: { lane: "Network", name: "Mobile network", colour: "#55cdf0", path: "M0 0h12v12H0z" },
  late: {
    lane: "Network",
    name: "Late readings",
    colour: "#e2d9b4",
    path: "M0 0h3v12H0zM4.5 0h3v12h-3zM9 0h3v12H9z",
  },
  board: {
    lane: "Network",
    name: "Board",
    colour: "#9fe0c0",
    path: "M0 0h12v12H0zM3 3v6h6V3z",
  },
  payment: {
    lane: "Money",
    name: "Payment",
    colour: "#6fe08f",
    path: "M4 0h4v4h4v4H8v4H4V8H0V4h4z",
  },
  bill: { lane: "Money", name: "Bills", colour: "#aebbc6", path: "M1.5 0h9v12h-9z" },
};

export function MarkIcon({
  kind,
  sizePx = 14,
}: {
  readonly kind: MarkKind;
  readonly sizePx?: number;
}) {
  const { colour, path } = MARK_LOOK[kind];
  return (
    <svg width={sizePx} height={sizePx} viewBox="0 0 12 12" aria-hidden="true">
      <path d={path} fill={colour} fillRule="evenodd" />
    </svg>
  );
}
