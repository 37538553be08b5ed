// The audit log: every act of a person, with who it was, what came of it, and both clocks. Lines are only added.

import { existsSync, readFileSync } from "node:fs";
import type { AuditEntry, AuditRecord } from "../../contract/audit.ts";
import { openLines } from "../line-file.ts";
import { StorageError } from "../storage-error.ts";

/** Those that are named must all fit. */
export interface AuditFilter {
  readonly target?: string;
  readonly who?: string;
  /** Only entries before this one, for the next page. */
  readonly beforeId?: number;
  /** At most so many. */
  readonly limit: number;
}

/** Where acts are kept. */
export interface AuditLog {
  /** On disk when it returns. Throws StorageError. */
  append(entry: AuditEntry): void;
  /** The newest first. */
  list(filter: AuditFilter): readonly AuditRecord[];
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
        .map((line, at) => ({ ...(JSON.parse(line) as AuditEntry), id: at + 1 }));
      return matching(entries, filter);
    },
    close: lines.close,
  };
}

/** Acts that may wait for a disk that takes nothing; more must not happen. */
export const ACTS_WAITING_MAX = 200;

/**
 * A log that keeps acts in mind while they cannot be written, and writes them in their order as soon as they can be:
 * a full disk is no reason to stop somebody who mends it. Throws StorageError once too many wait.
 */
export function patientAudit(log: AuditLog, tell: (sentence: string) => void): AuditLog {
  const waiting: AuditEntry[] = [];
  const write = (): void => {
    while (waiting.length > 0) {
      log.append(waiting[0]!);
      waiting.shift();
    }
  };
  return {
    append(entry) {
      const isFirst = waiting.length === 0;
      waiting.push(entry);
      try {
        write();
      } catch (error) {
        if (!(error instanceof StorageError)) throw error;
        if (waiting.length > ACTS_WAITING_MAX) throw error;
        if (isFirst) tell(`${error.message}; what people do is written down when that is mended`);
      }
    },
    list: (filter) => log.list(filter),
    close() {
      try {
        write();
      } catch (error) {
        if (!(error instanceof StorageError)) throw error;
        tell(`${error.message}; ${waiting.length} acts are not in it`);
      }
      log.close();
    },
  };
}

function matching(
  entries: readonly AuditRecord[],
  { who, target, beforeId, limit }: AuditFilter,
): readonly AuditRecord[] {
  return entries
    .filter(
      (entry) =>
        (who === undefined || entry.who === who) &&
        (target === undefined || entry.target === target) &&
        (beforeId === undefined || entry.id < beforeId),
    )
    .slice(-limit)
    .reverse();
}
