// The audit log: lines that are only added, and acts that wait while the disk takes none.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { AuditEntry } from "../../../sim/contract/audit.ts";
import {
  ACTS_WAITING_MAX,
  type AuditLog,
  openAuditFile,
  patientAudit,
} from "../../../sim/host/access/audit.ts";
import { StorageError } from "../../../sim/host/storage-error.ts";
import { temporaryFolder } from "../../support/cli.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());
const act = (nth: number, who = "anna", target = "supply-01"): AuditEntry => ({
  ...{ atWallMs: nth, atSimMs: 0, who, role: "official", act: "trip", target },
  ...{ outcome: "done", detail: "" },
});

test("a log that is opened again goes on where it was, and tells the newest first", () => {
  const path = join(folder.path, "audit.ndjson");
  const first = openAuditFile(path);
  first.append(act(1));
  first.append(act(2, "bert"));
  first.close();
  const again = openAuditFile(path);
  again.append(act(3, "anna", "supply-02"));
  const wallsOf = (filter: object) =>
    again.list({ limit: 10, ...filter }).map(({ atWallMs }) => atWallMs);
  expect(wallsOf({})).toEqual([3, 2, 1]);
  expect(wallsOf({ who: "anna" })).toEqual([3, 1]);
  expect(wallsOf({ target: "supply-01" })).toEqual([2, 1]);
  expect(wallsOf({ beforeId: 3 })).toEqual([2, 1]);
  expect(wallsOf({ limit: 1 })).toEqual([3]);
  again.close();
  expect(readFileSync(path, "utf8").trim().split("\n")).toHaveLength(3);
});

/** A log on a disk that is full when the test says so. */
function fullAtTimes() {
  const kept: number[] = [];
  const disk = { isFull: false };
  const log: AuditLog = {
    append({ atWallMs }) {
      if (disk.isFull) throw new StorageError("the disk is full");
      kept.push(atWallMs);
    },
    list: () => [],
    close: () => undefined,
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
