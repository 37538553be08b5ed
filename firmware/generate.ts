// Writes the protocols of sim/contract as C++ (core/protocol.h and the rig's), golden vectors that both codecs must meet,
// and the tables and the drawing of the pages.
// `node firmware/generate.ts` writes the files; the test compares what `generatedFiles` returns with what is there.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeBoardMessage } from "../sim/contract/board-codec.ts";
import { BENCH_KEY, creditToken, signBoardMessage, sipHash } from "../sim/contract/board-mac.ts";
import {
  BOARD_EVENTS,
  BOARD_FAULTS,
  BOARD_FIRMWARE,
  BOARD_MESSAGES,
  BOARD_OPS,
  BOARD_PINS,
  BOARD_PROTOCOL_VERSION,
  BOARD_RESULTS,
  BOARD_SCALE,
  BOARD_STATE,
  type BoardMessage,
  type BoardMessageKind,
  EEPROM_LAYOUT,
  FIELD_GROUPS,
  fieldsOf,
  type MessageField,
  SYSEX_BYTES_MAX,
} from "../sim/contract/board-protocol.ts";
import { rigHeader, rigTables } from "./generate-rig.ts";
import { rigDrawing } from "./rig-drawing.ts";
import {
  bits,
  constants,
  markdownTable,
  messageRows,
  messageStruct,
  pascal,
  pinName,
  prefixed,
} from "./tables.ts";

const FOLDER = import.meta.dirname;

/** Path below firmware/ and text of every generated file. */
export function generatedFiles(): readonly { readonly path: string; readonly text: string }[] {
  const vectors = goldenVectors();
  return [
    { path: "core/protocol.h", text: protocolHeader() },
    { path: "golden/vectors.h", text: vectorsHeader(vectors) },
    { path: "README.md", text: withTables("README.md", meterTables()) },
    { path: "rig/core/rig-protocol.h", text: rigHeader() },
    { path: "rig/wiring.svg", text: rigDrawing() },
    { path: "rig/README.md", text: withTables("rig/README.md", rigTables()) },
  ];
}

function protocolHeader(): string {
  return [
    "// Written by firmware/generate.ts from sim/contract/board-protocol.ts; change it there.",
    "#pragma once",
    "#include <stdint.h>",
    '#include "groups.h"',
    '#include "platform.h"',
    "",
    "namespace protocol {",
    "",
    `constexpr uint8_t kVersion = ${BOARD_PROTOCOL_VERSION};`,
    `#define METER_FIRMWARE_NAME "${BOARD_FIRMWARE.name}"`,
    `constexpr uint8_t kFirmwareMajor = ${BOARD_FIRMWARE.major};`,
    `constexpr uint8_t kFirmwareMinor = ${BOARD_FIRMWARE.minor};`,
    `constexpr uint8_t kSysexBytesMax = ${SYSEX_BYTES_MAX};`,
    "",
    ...constants(
      "uint8_t",
      BOARD_MESSAGES.map(({ kind, id }) => [`${kind}-id`, id]),
    ),
    "",
    ...coded("op", BOARD_OPS),
    ...coded("result", BOARD_RESULTS),
    ...coded("event", BOARD_EVENTS),
    ...constants("uint16_t", prefixed("state", Object.entries(BOARD_STATE))),
    ...constants("uint8_t", prefixed("fault", Object.entries(BOARD_FAULTS))),
    ...constants(
      "uint8_t",
      BOARD_PINS.map(({ name, pin }) => [`pin-${name}`, pin]),
    ),
    "",
    ...constants("uint32_t", Object.entries(BOARD_SCALE)),
    "",
    ...constants("uint16_t", prefixed("eeprom", Object.entries(EEPROM_LAYOUT))),
    "",
    ...BOARD_MESSAGES.flatMap((message) => messageStruct(message)),
    "}  // namespace protocol",
    "",
  ].join("\n");
}

const coded = (
  prefix: string,
  rows: readonly { readonly name: string; readonly code: number }[],
): string[] =>
  constants(
    "uint8_t",
    rows.map(({ name, code }) => [`${prefix}-${name}`, code]),
  );

interface GoldenVector {
  readonly message: BoardMessage;
  readonly bytes: readonly number[];
}

/** Each message with each field at its lowest, at its highest, and all of them at a third, signed where that is asked. */
function goldenVectors(): readonly GoldenVector[] {
  const vectors: GoldenVector[] = [];
  for (const kind of BOARD_MESSAGES as readonly BoardMessageKind[]) {
    for (const share of [0, 1 / 3, 1]) {
      const values: Record<string, number | string> = { kind: kind.kind };
      for (const { name, width } of fieldsOf(kind)) values[name] = valueAt(width, share);
      let message = values as unknown as BoardMessage;
      if ("macLow" in message) message = signBoardMessage(message, { key: BENCH_KEY, serial: 7 });
      vectors.push({ message, bytes: encodeBoardMessage(message) });
    }
  }
  return vectors;
}

function valueAt(width: MessageField["width"], share: number): number | string {
  if (width === "text32")
    return share === 0 ? " ".repeat(32) : "PAY NOW  TRIP 2dRs 1244.65       ".slice(0, 32);
  const end = 2 ** (7 * FIELD_GROUPS[width]);
  if (!width.startsWith("z")) return Math.floor(share * (end - 1));
  return Math.floor(share * (end - 1)) - end / 2;
}

const HASHES = [4, 5, 7, 8, 11, 12, 15, 63].map((length) => ({
  length,
  hash: sipHash(
    BENCH_KEY,
    Array.from({ length }, (_, index) => index),
  ).toString(16),
}));
const TOKENS = [
  { number: 1, amountHundreds: 500 },
  { number: 4_095, amountHundreds: 1_048_575 },
].map((content) => ({
  ...content,
  serial: 7,
  token: creditToken(content, { key: BENCH_KEY, serial: 7 }),
}));

function vectorsHeader(vectors: readonly GoldenVector[]): string {
  const list = (bytes: readonly number[]): string => bytes.join(", ");
  const literal = (value: number | string): string =>
    typeof value === "string" ? JSON.stringify(value) : `${value}LL`;
  const checks = vectors.map(({ message, bytes }) => {
    const kind = pascal(message.kind);
    const fields = fieldsOf(BOARD_MESSAGES.find(({ kind: name }) => name === message.kind)!);
    const values = message as unknown as Readonly<Record<string, number | string>>;
    const set = fields.map(({ name, width }) =>
      width === "text32"
        ? `memcpy(m.${name}, ${literal(values[name]!)}, 32);`
        : `m.${name} = ${literal(values[name]!)};`,
    );
    const same = fields.map(({ name, width }) =>
      width === "text32"
        ? `memcmp(m.${name}, ${literal(values[name]!)}, 32) == 0`
        : `m.${name} == ${literal(values[name]!)}`,
    );
    return [
      "  {",
      `    static const uint8_t bytes[] = {${list(bytes)}};`,
      `    protocol::${kind} m;`,
      ...set.map((line) => `    ${line}`),
      `    check(encodes(m, bytes, sizeof bytes), "${message.kind} is encoded as in TypeScript");`,
      `    protocol::${kind} back;`,
      `    check(protocol::decode(bytes, sizeof bytes, back), "${message.kind} is accepted");`,
      "    m = back;",
      `    check(${same.join(" && ")}, "${message.kind} is decoded as in TypeScript");`,
      "  }",
    ].join("\n");
  });
  const hashes = HASHES.map(({ length, hash }) => `  {${length}, 0x${hash}ULL},`);
  const tokens = TOKENS.map(
    ({ number, amountHundreds, serial, token }) =>
      `  {${number}, ${amountHundreds}, ${serial}, ${token.replace(/^0+/, "")}ULL},`,
  );
  return [
    "// Written by firmware/generate.ts.",
    "#pragma once",
    "struct GoldenHash { int length; uint64_t hash; };",
    "static const GoldenHash kGoldenHashes[] = {",
    ...hashes,
    "};",
    "struct GoldenToken { uint16_t number; uint32_t amountHundreds; uint32_t serial; uint64_t token; };",
    "static const GoldenToken kGoldenTokens[] = {",
    ...tokens,
    "};",
    "static void checkGoldenMessages() {",
    ...checks,
    "}",
    "",
  ].join("\n");
}

const meterTables = (): Readonly<Record<string, string>> => ({
  pins: pinTable(),
  messages: messageTables(),
  eeprom: eepromTable(),
});

/** A page with what stands between its markers made anew. */
function withTables(path: string, tables: Readonly<Record<string, string>>): string {
  const page = readFileSync(join(FOLDER, path), "utf8");
  return Object.entries(tables).reduce((text, [name, table]) => {
    const between = new RegExp(`(<!-- ${name} -->\\n)[^]*?(<!-- end -->)`);
    return text.replace(
      between,
      (_, open: string, close: string) => `${open}\n${table}\n\n${close}`,
    );
  }, page);
}

function pinTable(): string {
  return markdownTable(
    ["pin", "name", "use", "level"],
    BOARD_PINS.map(({ name, pin, use, on }) => [pinName(pin), name, use, on]),
  );
}

interface Coded {
  readonly name: string;
  readonly code: number;
  readonly says: string;
}

function messageTables(): string {
  const byCode = (title: string, rows: readonly Coded[]): string =>
    markdownTable(
      [title, "name", "meaning"],
      [...rows].sort((a, b) => a.code - b.code).map(({ code, name, says }) => [code, name, says]),
    );
  return [
    markdownTable(["id", "message", "to", "fields", "meaning"], messageRows(BOARD_MESSAGES)),
    byCode("op", BOARD_OPS),
    byCode("result", BOARD_RESULTS),
    byCode("event", BOARD_EVENTS),
    bits("Bits of `state`", BOARD_STATE),
    bits("Bits of `faults`", BOARD_FAULTS),
  ].join("\n\n");
}

function eepromTable(): string {
  const { settingsAt, settingsBytes, accountAt, accountBytes, ringAt, slotBytes, slotCount } =
    EEPROM_LAYOUT;
  return markdownTable(
    ["at", "what", "bytes"],
    [
      [settingsAt, "settings, twice", `2 × ${settingsBytes}`],
      [accountAt, "account, twice", `2 × ${accountBytes}`],
      [ringAt, "ring of register slots", `${slotCount} × ${slotBytes}`],
    ],
  );
}

if (import.meta.main) {
  for (const { path, text } of generatedFiles()) writeFileSync(join(FOLDER, path), text);
}
