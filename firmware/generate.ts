// Writes the board protocol of sim/contract as C++: core/protocol.h, and golden vectors that both codecs must meet.
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

const FOLDER = import.meta.dirname;

/** Path below firmware/ and text of every generated file. */
export function generatedFiles(): readonly { readonly path: string; readonly text: string }[] {
  const vectors = goldenVectors();
  return [
    { path: "core/protocol.h", text: protocolHeader() },
    { path: "golden/vectors.h", text: vectorsHeader(vectors) },
    { path: "README.md", text: readmeWithTables(readFileSync(join(FOLDER, "README.md"), "utf8")) },
  ];
}

const words = (name: string): readonly string[] =>
  name.split(/[-_ ]|(?<=[a-z0-9])(?=[A-Z])/).filter((word) => word !== "");
const pascal = (name: string): string =>
  words(name)
    .map((word) => word[0]!.toUpperCase() + word.slice(1))
    .join("");

const NUMBER_TYPE = {
  u7: "uint8_t",
  u14: "uint16_t",
  u28: "uint32_t",
  u35: "uint64_t",
  z14: "int16_t",
  z28: "int32_t",
  z35: "int64_t",
  text32: "char",
} as const;

const constants = (type: string, values: readonly (readonly [string, number])[]): string[] =>
  values.map(([name, value]) => `constexpr ${type} k${pascal(name)} = ${value};`);

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

const prefixed = (
  prefix: string,
  values: readonly (readonly [string, number])[],
): readonly (readonly [string, number])[] =>
  values.map(([name, value]) => [`${prefix}-${name}`, value] as const);

const coded = (
  prefix: string,
  rows: readonly { readonly name: string; readonly code: number }[],
): string[] =>
  constants(
    "uint8_t",
    rows.map(({ name, code }) => [`${prefix}-${name}`, code]),
  );

/** How groups.cpp reads a form: one byte a field; the highest bit is for signed, then groups (4 bits) and bytes (3). */
const FORM_BYTES = { u7: 1, u14: 2, u28: 4, u35: 8, z14: 2, z28: 4, z35: 8, text32: 0 } as const;

function formOf({ width }: MessageField): number {
  const groups = width === "text32" ? 0 : FIELD_GROUPS[width];
  const bytes = FORM_BYTES[width] === 8 ? 7 : FORM_BYTES[width];
  return (width.startsWith("z") ? 0x80 : 0) + groups * 8 + bytes;
}

function messageStruct(message: BoardMessageKind): string[] {
  const name = pascal(message.kind);
  const fields = fieldsOf(message);
  const bytes = 3 + fields.reduce((sum, { width }) => sum + FIELD_GROUPS[width], 0);
  const member = (field: MessageField): string =>
    field.width === "text32"
      ? `  char ${field.name}[32];`
      : `  ${NUMBER_TYPE[field.width]} ${field.name};`;
  const form = fields.map((field) => `0x${formOf(field).toString(16).toUpperCase()}`).join(", ");
  return [
    `// ${message.says[0]!.toUpperCase()}${message.says.slice(1)}.`,
    `struct __attribute__((packed)) ${name} {`,
    ...fields.map(member),
    "};",
    `constexpr uint8_t k${name}Bytes = ${bytes};`,
    `const uint8_t k${name}Form[] FLASH = {${bytes}, k${name}Id, ${form}};`,
    `inline const uint8_t* formOf(const ${name}&) { return k${name}Form; }`,
    "",
  ];
}

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

/** The README with what stands between its markers made anew. */
function readmeWithTables(readme: string): string {
  const tables = { pins: pinTable(), messages: messageTables(), eeprom: eepromTable() };
  return Object.entries(tables).reduce((text, [name, table]) => {
    const between = new RegExp(`(<!-- ${name} -->\\n)[^]*?(<!-- end -->)`);
    return text.replace(
      between,
      (_, open: string, close: string) => `${open}\n${table}\n\n${close}`,
    );
  }, readme);
}

type Cells = readonly (string | number)[];

/** Columns as wide as their widest cell, as the formatter leaves them. */
function table(head: Cells, rows: readonly Cells[]): string {
  const all = [head, head.map(() => ""), ...rows].map((cells) => cells.map(String));
  const widths = head.map((_, column) => Math.max(3, ...all.map((cells) => cells[column]!.length)));
  return all
    .map((cells, line) => {
      const padded = cells.map((cell, column) =>
        cell.padEnd(widths[column]!, line === 1 ? "-" : " "),
      );
      return `| ${padded.join(" | ")} |`;
    })
    .join("\n");
}

const hex = (value: number): string => value.toString(16).toUpperCase().padStart(2, "0");

function pinTable(): string {
  const pinName = (pin: number): string => (pin < 14 ? `D${pin}` : `A${pin - 14}`);
  return table(
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
  const messages = BOARD_MESSAGES as readonly BoardMessageKind[];
  const byCode = (title: string, rows: readonly Coded[]): string =>
    table(
      [title, "name", "meaning"],
      [...rows].sort((a, b) => a.code - b.code).map(({ code, name, says }) => [code, name, says]),
    );
  const bits = (title: string, values: Readonly<Record<string, number>>): string => {
    const named = Object.entries(values).map(([name, bit]) => `${bit} ${name}`);
    return `${title}: ${named.join(", ")}.`;
  };
  const rows = messages.map(({ id, kind, to, isSigned, says, fields }) => [
    hex(id),
    isSigned ? `${kind} (signed)` : kind,
    to,
    fields.map(({ name, width }) => `${name} ${width}`).join(", "),
    says,
  ]);
  return [
    table(["id", "message", "to", "fields", "meaning"], rows),
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
  return table(
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
