// The audit log: every act of a person, with who it was, what came of it, and both clocks. Lines are only added.

import { existsSync, readFileSync } from "node:fs";
import type { AuditEntry } from "../../contract/portal.ts";
import { openLines } from "../line-file.ts";

/** Newest entries that are told at once. */
export const AUDIT_SHOWN_MAX = 500;

export interface AuditFilter {
  readonly who?: string;
  readonly act?: string;
  readonly target?: string;
  readonly limit?: number;
}

/** Where acts are kept. */
export interface AuditLog {
  /** On disk when it returns. Throws StorageError. */
  append(entry: AuditEntry): void;
  /** The newest first, at most AUDIT_SHOWN_MAX. */
  list(filter: AuditFilter): readonly AuditEntry[];
  close(): void;
}

/** The log of a run's folder, made where it is missing. */
export function openAuditFile(path: string): AuditLog {
  const lines = openLines(path, existsSync(path) ? "r+" : "wx", { name: "the audit log" });
  return {
    append(entry) {
      lines.append(JSON.stringify(entry));
    },
    list(filter) {
      const entries = readFileSync(path, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as AuditEntry);
      return matching(entries, filter);
    },
    close: lines.close,
  };
}

function matching(
  entries: readonly AuditEntry[],
  { who, act, target, limit }: AuditFilter,
): readonly AuditEntry[] {
  const isWanted = (entry: AuditEntry): boolean =>
    (who === undefined || entry.who.toLowerCase() === who.toLowerCase()) &&
    (act === undefined || entry.act === act || entry.act.startsWith(`${act}/`)) &&
    (target === undefined || entry.target === target);
  return entries
    .filter(isWanted)
    .slice(-Math.min(limit ?? AUDIT_SHOWN_MAX, AUDIT_SHOWN_MAX))
    .reverse();
}
