// The audit log: acts wait while the store takes none.

import { expect, test } from "vitest";
import type { AuditEntry } from "../../../sim/contract/audit.ts";
import {
  ACTS_WAITING_MAX,
  type AuditKeeper,
  patientAudit,
} from "../../../sim/host/access/audit.ts";
import { StorageError } from "../../../sim/host/storage-error.ts";

const act = (nth: number, who = "anna", target = "supply-01"): AuditEntry => ({
  ...{ atWallMs: nth, atSimMs: 0, who, role: "official", act: "trip", target },
  ...{ outcome: "done", detail: "" },
});

/** A log on a disk that is full when the test says so. */
function fullAtTimes() {
  const kept: number[] = [];
  const disk = { isFull: false };
  const log: AuditKeeper = {
    append({ atWallMs }) {
      if (disk.isFull) throw new StorageError("the disk is full");
      kept.push(atWallMs);
    },
    list: () => [],
  };
  return { kept, disk, log };
}

test("what is done while the disk is full is written in its order when it is mended, and said once", () => {
  const { kept, disk, log } = fullAtTimes();
  const told: string[] = [];
  const patient = patientAudit(log, (text) => told.push(text));
  patient.append(act(1));
  disk.isFull = true;
  patient.append(act(2));
  patient.append(act(3));
  expect(kept).toEqual([1]);
  expect(told).toHaveLength(1);
  disk.isFull = false;
  patient.append(act(4));
  expect(kept).toEqual([1, 2, 3, 4]);
});

test("when too many wait the next one is refused; at the end it is said what was lost", () => {
  const { disk, log } = fullAtTimes();
  const told: string[] = [];
  const patient = patientAudit(log, (text) => told.push(text));
  disk.isFull = true;
  for (let nth = 0; nth < ACTS_WAITING_MAX; nth++) patient.append(act(nth));
  expect(() => patient.append(act(-1))).toThrow(StorageError);
  patient.close();
  expect(told.at(-1)).toBe(`the disk is full; ${ACTS_WAITING_MAX + 1} acts are not in it`);
});
