// Messages of a recording as they lie in the file, and the byte form in which a checkpoint keeps those that are in no
// whole chunk yet.

import { textOfUtf8, utf8Bytes } from "../core/digest.ts";

/** One message with all that another file needs to take it over. */
export interface RawMessage {
  readonly topic: string;
  readonly messageEncoding: string;
  /** Null where the messages have no schema. */
  readonly schema: { readonly name: string; readonly data: Uint8Array } | null;
  /** Place in the run: the first message is 0, none is left out. */
  readonly sequence: number;
  readonly logTime: bigint;
  readonly data: Uint8Array;
}

interface TailHeader {
  readonly topics: readonly {
    readonly topic: string;
    readonly messageEncoding: string;
    readonly schema: { readonly name: string; readonly text: string } | null;
  }[];
  /** Row: message. Index into the topics, place in the run, time in ns, bytes. */
  readonly messages: readonly (readonly [
    topic: number,
    sequence: number,
    logTime: string,
    bytes: number,
  ])[];
}

/** Messages as bytes: length of the header, header as JSON, then every message's data. */
export function encodeRaw(messages: readonly RawMessage[]): Uint8Array {
  const topics: TailHeader["topics"][number][] = [];
  const indexOf = new Map<string, number>();
  const rows = messages.map(({ topic, messageEncoding, schema, sequence, logTime, data }) => {
    let index = indexOf.get(topic);
    if (index === undefined) {
      const kept = schema === null ? null : { name: schema.name, text: textOfUtf8(schema.data) };
      index = topics.push({ topic, messageEncoding, schema: kept }) - 1;
      indexOf.set(topic, index);
    }
    return [index, sequence, String(logTime), data.length] as const;
  });
  const header = utf8Bytes(JSON.stringify({ topics, messages: rows } satisfies TailHeader));
  const size = messages.reduce((sum, { data }) => sum + data.length, 4 + header.length);
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(0, header.length, true);
  bytes.set(header, 4);
  let at = 4 + header.length;
  for (const { data } of messages) {
    bytes.set(data, at);
    at += data.length;
  }
  return bytes;
}

/** Reads what `encodeRaw` wrote; the caller has checked that the bytes are whole. */
export function decodeRaw(bytes: Uint8Array): readonly RawMessage[] {
  const headerBytes = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(0, true);
  const header = JSON.parse(textOfUtf8(bytes.subarray(4, 4 + headerBytes))) as TailHeader;
  const topics = header.topics.map(({ topic, messageEncoding, schema }) => ({
    topic,
    messageEncoding,
    schema: schema === null ? null : { name: schema.name, data: utf8Bytes(schema.text) },
  }));
  let at = 4 + headerBytes;
  return header.messages.map(([index, sequence, logTime, length]) => {
    const data = Uint8Array.from(bytes.subarray(at, at + length));
    at += length;
    return { ...topics[index]!, sequence, logTime: BigInt(logTime), data };
  });
}
