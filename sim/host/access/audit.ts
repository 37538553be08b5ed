// The audit log: every act of a person, with who it was, what came of it, and both clocks. Lines are only added.

import type { AuditEntry, AuditRecord } from "../../contract/audit.ts";
import { StorageError } from "../storage-error.ts";
import type { AuditQuery } from "../store/audit-log.ts";

/** Where acts are kept: the run's store. */
export interface AuditKeeper {
  /** Kept when it returns. Throws StorageError. */
  append(entry: AuditEntry): void;
  /** The newest first. */
  list(query: AuditQuery): readonly AuditRecord[];
}

export interface AuditLog extends AuditKeeper {
  /** Writes what waits, or says how much is lost. */
  close(): void;
}

/** Acts that may wait for a disk that takes nothing; more must not happen. */
export const ACTS_WAITING_MAX = 200;

/**
 * A log that keeps acts in mind while they cannot be written, and writes them in their order as soon as they can be:
 * a full disk is no reason to stop somebody who mends it. Throws StorageError once too many wait.
 */
export function patientAudit(log: AuditKeeper, tell: (sentence: string) => void): AuditLog {
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
      if (waiting.length > ACTS_WAITING_MAX) write();
      waiting.push(entry);
      try {
        write();
      } catch (error) {
        if (!(error instanceof StorageError)) throw error;
        if (waiting.length > ACTS_WAITING_MAX) throw error;
        if (isFirst) tell(`${error.message}; what people do is written down when that is mended`);
      }
    },
    list: log.list,
    close() {
      try {
        write();
      } catch (error) {
        if (!(error instanceof StorageError)) throw error;
        tell(`${error.message}; ${waiting.length} acts are not in it`);
      }
    },
  };
}
