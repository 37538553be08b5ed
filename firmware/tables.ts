// What the generated files of both firmwares are made with: C++ for constants and messages, Markdown for tables.

import {
  type BoardMessageKind,
  FIELD_GROUPS,
  fieldsOf,
  type MessageField,
} from "../sim/contract/board-protocol.ts";

const words = (name: string): readonly string[] =>
  name.split(/[-_ ]|(?<=[a-z0-9])(?=[A-Z])/).filter((word) => word !== "");
export const pascal = (name: string): string =>
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

export const constants = (type: string, values: readonly (readonly [string, number])[]): string[] =>
  values.map(([name, value]) => `constexpr ${type} k${pascal(name)} = ${value};`);

export const prefixed = (
  prefix: string,
  values: readonly (readonly [string, number])[],
): readonly (readonly [string, number])[] =>
  values.map(([name, value]) => [`${prefix}-${name}`, value] as const);

/** How groups.cpp reads a form: one byte a field; the highest bit is for signed, then groups (4 bits) and bytes (3). */
const FORM_BYTES = { u7: 1, u14: 2, u28: 4, u35: 8, z14: 2, z28: 4, z35: 8, text32: 0 } as const;

function formOf({ width }: MessageField): number {
  const groups = width === "text32" ? 0 : FIELD_GROUPS[width];
  const bytes = FORM_BYTES[width] === 8 ? 7 : FORM_BYTES[width];
  return (width.startsWith("z") ? 0x80 : 0) + groups * 8 + bytes;
}

export function messageStruct(message: BoardMessageKind): string[] {
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

type Cells = readonly (string | number)[];

/** Columns as wide as their widest cell, as the formatter leaves them. */
export function markdownTable(head: Cells, rows: readonly Cells[]): string {
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

/** The bits of a field in one line. */
export function bits(title: string, values: Readonly<Record<string, number>>): string {
  const named = Object.entries(values).map(([name, bit]) => `${bit} ${name}`);
  return `${title}: ${named.join(", ")}.`;
}

export const pinName = (pin: number): string => (pin < 14 ? `D${pin}` : `A${pin - 14}`);

/** The rows of a table of messages: id, name, to, fields, meaning. */
export function messageRows(messages: readonly BoardMessageKind[]): readonly Cells[] {
  return messages.map(({ id, kind, to, isSigned, says, fields }) => [
    hex(id),
    isSigned ? `${kind} (signed)` : kind,
    to,
    fields.map(({ name, width }) => `${name} ${width}`).join(", "),
    says,
  ]);
}
