// The office's queue is the desk's: what waits for a second official says so, and for whom.

import { expect, test } from "vitest";
import type { TwinInput } from "../../../sim/contract/input.ts";
import { HOUR_MS } from "../../../sim/core/time.ts";
import { createTwin } from "../../../sim/engine/world.ts";
import { disconnections } from "../../../sim/host/portal/office-lists.ts";
import { NO_DUNNING_POLICY } from "../../../sim/utility/billing/policy.ts";
import { journal, runUntil, street } from "../../support/street.ts";

const plain = street();
const billing = plain.records.billing!;
const dunning = { ...NO_DUNNING_POLICY, twoPersons: { above: 1, approvals: 1 } };
const resolved = {
  ...plain,
  records: {
    ...plain.records,
    billing: { ...billing, policy: { ...billing.policy, dunning } },
  },
};
const trip = (target: string): TwinInput => ({ kind: "trip", target, by: "Rao" });

test("trips beyond what one may order alone are listed with their batch, and the one that went as cut off", () => {
  const ordered = journal([
    [0, trip("supply-02")],
    [0, trip("supply-03")],
  ]);
  const twin = runUntil(createTwin(resolved), 2 * HOUR_MS, ordered);
  const rows = new Map(disconnections(twin).map((row) => [row.supply, row]));
  expect(rows.get("supply-03")).toMatchObject({
    state: "waiting-approval",
    reason: "ordered by Rao",
    waitsFor: "One official who did not order it must approve.",
    batch: "trips-1",
    approvals: [],
    approvalsWanted: 1,
  });
  expect(rows.get("supply-02")).toMatchObject({
    state: "tripped",
    reason: "by a person's order",
    batch: "",
  });
  expect(rows.has("supply-04")).toBe(false);
});
