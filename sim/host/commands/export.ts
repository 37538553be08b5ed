// `meterville export`: a recording's columns and events as CSV (RFC 4180), one file a topic.

import { join } from "node:path";
import { TOPIC } from "../../recording/topics.ts";
import { EXIT } from "../exit-codes.ts";
import { CallerError, fileReason } from "../failure.ts";
import { withRecording } from "../resimulate.ts";
import { makeFolder, writeTarget } from "../targets.ts";

const SKIPPED: readonly string[] = [TOPIC.digests, TOPIC.keyframe];

/** Writes the files and says how many. */
export async function exportCommand(
  file: string,
  options: { readonly csv: string },
): Promise<number> {
  const written = await withRecording(file, async (reader) => {
    const tables = new Map<string, Record<string, unknown>[]>();
    const topics = reader.topics.filter((topic) => !SKIPPED.includes(topic));
    for await (const { topic, simMs, value } of reader.messages(topics)) {
      const row = { simMs, ...flatten(value) };
      const rows = tables.get(topic);
      if (rows === undefined) tables.set(topic, [row]);
      else rows.push(row);
    }
    try {
      makeFolder(options.csv);
    } catch (cause) {
      throw new CallerError(
        `--csv ${options.csv}: the folder cannot be made: ${fileReason(cause)}`,
        {
          cause,
        },
      );
    }
    for (const [topic, rows] of tables) {
      const name = `${topic.slice(1).replaceAll("/", "-")}.csv`;
      writeTarget({ option: "--csv", path: join(options.csv, name) }, csv(rows));
    }
    return tables.size;
  });
  process.stdout.write(`${written} files in ${options.csv}\n`);
  return EXIT.done;
}

function flatten(value: unknown, prefix = ""): Record<string, unknown> {
  if (typeof value !== "object" || value === null) return { [prefix || "value"]: value };
  if (Array.isArray(value)) return { [prefix || "value"]: JSON.stringify(value) };
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, inner]) =>
      flatten(inner, prefix === "" ? key : `${prefix}.${key}`),
    ),
  );
}

function csv(rows: readonly Record<string, unknown>[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = rows.map((row) => columns.map((column) => cell(row[column])).join(","));
  return `${[columns.map(cell).join(","), ...lines].join("\r\n")}\r\n`;
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
