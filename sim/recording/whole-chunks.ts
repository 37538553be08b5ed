// Reads a recording from its beginning, as far as it is whole: a killed process leaves no index behind, and the
// indexed reader opens nothing then.

import { McapStreamReader, type McapTypes } from "@mcap/core";
import type { RawMessage } from "./raw.ts";
import { type Decompress, RecordingError, type RecordingSource } from "./reader.ts";
import { RECORDING_PROFILE } from "./topics.ts";

/** Bytes read at a time. */
const BLOCK_BYTES = 1n << 20n;

/** What lies in a recording, in the order of the file. */
export type WholeRecord =
  | { readonly kind: "message"; readonly message: RawMessage }
  | { readonly kind: "attachment"; readonly attachment: McapTypes.Attachment }
  | { readonly kind: "metadata"; readonly metadata: McapTypes.Metadata };

/**
 * Every record of the whole chunks, each checked against its checksum; ends where the file does or where it is not
 * readable any more. Returns whether the file is whole. Throws RecordingError where it is no recording at all.
 */
export async function* wholeRecords(
  source: RecordingSource,
  decompress: Decompress,
): AsyncGenerator<WholeRecord, boolean, void> {
  const reader = new McapStreamReader({ decompressHandlers: { ...decompress } });
  const schemas = new Map<number, McapTypes.Schema>();
  const channels = new Map<number, McapTypes.Channel>();
  const size = await source.size();
  let messages = 0;
  let isOurs = false;
  let isDataOver = false;
  for (let at = 0n; at < size; at += BLOCK_BYTES) {
    const rest = size - at;
    reader.append(await source.read(at, rest < BLOCK_BYTES ? rest : BLOCK_BYTES));
    for (;;) {
      const record = nextOrEnd(reader);
      if (record === "unreadable") {
        if (!isOurs) throw foreign();
        return false;
      }
      if (record === undefined) break;
      if (record.type === "Header") {
        if (record.profile !== RECORDING_PROFILE) throw foreign();
        isOurs = true;
      }
      if (record.type === "DataEnd") isDataOver = true;
      if (record.type === "Schema") schemas.set(record.id, record);
      if (record.type === "Channel") channels.set(record.id, record);
      const found = isDataOver ? undefined : kept(record, schemas, channels);
      if (found?.kind === "message") {
        // A record whose kind is not readable any more is skipped by the reader: what follows has a gap before it.
        if (found.message.sequence !== messages) return false;
        messages++;
      }
      if (found !== undefined) yield found;
    }
  }
  if (!isOurs) throw foreign();
  return reader.done();
}

const foreign = (): RecordingError =>
  new RecordingError(
    "no recording of Meterville, or cut off before its first byte of use; give a file that run --out wrote",
  );

function nextOrEnd(reader: McapStreamReader): McapTypes.TypedMcapRecord | undefined | "unreadable" {
  try {
    return reader.nextRecord();
  } catch {
    // A chunk whose bytes are not those that were written, or a record that cannot be: nothing after it is believed.
    return "unreadable";
  }
}

function kept(
  record: McapTypes.TypedMcapRecord,
  schemas: ReadonlyMap<number, McapTypes.Schema>,
  channels: ReadonlyMap<number, McapTypes.Channel>,
): WholeRecord | undefined {
  switch (record.type) {
    case "Message": {
      const channel = channels.get(record.channelId)!;
      const schema = channel.schemaId === 0 ? undefined : schemas.get(channel.schemaId);
      const message: RawMessage = {
        topic: channel.topic,
        messageEncoding: channel.messageEncoding,
        schema: schema === undefined ? null : { name: schema.name, data: schema.data.slice() },
        sequence: record.sequence,
        logTime: record.logTime,
        // The reader uses its buffer again.
        data: record.data.slice(),
      };
      return { kind: "message", message };
    }
    case "Attachment":
      return { kind: "attachment", attachment: { ...record, data: record.data.slice() } };
    case "Metadata":
      return { kind: "metadata", metadata: record };
    default:
      return undefined;
  }
}
