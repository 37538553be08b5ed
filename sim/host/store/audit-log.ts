// The audit log of a run in its store.

import type { AuditEntry, AuditOutcome, AuditRecord } from "../../contract/audit.ts";
import type { Row, SqlDatabase } from "./database.ts";
import { type Queries, statementOf } from "./tables.ts";

/** Which lines of the audit log are asked for; those that are named must all fit. */
export interface AuditQuery {
  readonly target?: string;
  readonly who?: string;
  /** Only lines before this one, for the next page. */
  readonly beforeId?: number;
  /** At most so many. */
  readonly limit: number;
}

export interface AuditTable {
  /** Returns the line's number. */
  write(entry: AuditEntry): number;
  /** The newest first. */
  read(query: AuditQuery): readonly AuditRecord[];
}

export function auditTable(database: SqlDatabase, queries: Queries, runId: string): AuditTable {
  return {
    write({ atWallMs, atSimMs, ...texts }) {
      const query = queries
        .insertInto("audit")
        .values({
          ...{ run_id: runId, at_wall_ms: atWallMs, at_sim_ms: atSimMs },
          ...{ who: keepable(texts.who), role: keepable(texts.role), act: keepable(texts.act) },
          ...{ target: keepable(texts.target), outcome: texts.outcome },
          detail: keepable(texts.detail),
        })
        .returning("id");
      return Number(database.all(statementOf(query))[0]!["id"]);
    },
    read({ target, who, beforeId, limit }) {
      let query = queries.selectFrom("audit").selectAll().where("run_id", "=", runId);
      if (target !== undefined) query = query.where("target", "=", keepable(target));
      if (who !== undefined) query = query.where("who", "=", keepable(who));
      if (beforeId !== undefined) query = query.where("id", "<", beforeId);
      return database.all(statementOf(query.orderBy("id", "desc").limit(limit))).map(recordOf);
    },
  };
}

/** Anybody may send anything as a name; PostgreSQL keeps no zero character and no half of a pair. */
const keepable = (text: string): string => text.toWellFormed().replaceAll("\u0000", "\ufffd");

function recordOf(row: Row): AuditRecord {
  return {
    id: Number(row["id"]),
    atWallMs: Number(row["at_wall_ms"]),
    atSimMs: Number(row["at_sim_ms"]),
    who: String(row["who"]),
    role: String(row["role"]),
    act: String(row["act"]),
    target: String(row["target"]),
    outcome: String(row["outcome"]) as AuditOutcome,
    detail: String(row["detail"]),
  };
}
