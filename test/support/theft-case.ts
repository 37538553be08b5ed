// A theft case as if it had just been opened, for tests of what follows from it.

import type { TheftCase } from "../../sim/contract/frame.ts";

/** Nothing was done about it yet. */
export const theftCase = (
  what: Pick<TheftCase, "supply" | "probability" | "signals"> & Partial<TheftCase>,
): TheftCase => ({
  kind: "theft",
  id: "case-1",
  openedAt: 0,
  evidence: "",
  state: "open",
  technique: null,
  hiddenShare: null,
  unexplainedWh: null,
  toldAt: null,
  switchedOffAt: null,
  inspectionAt: null,
  closedAt: null,
  finding: "",
  keptOnBecause: "",
  ...what,
});
