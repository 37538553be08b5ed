// The rig's part of what firmware/generate.ts writes: its header, and the tables of its README.

import type { BoardMessageKind } from "../sim/contract/board-protocol.ts";
import {
  RIG_FIRMWARE,
  RIG_LINES,
  RIG_MESSAGES,
  RIG_PINS,
  RIG_PROTOCOL_VERSION,
  RIG_SCALE,
  RIG_STATE,
} from "../sim/contract/rig-protocol.ts";
import { RIG_WIRES, spotText, THROUGH } from "../sim/contract/rig-wiring.ts";
import {
  bits,
  constants,
  markdownTable,
  messageRows,
  messageStruct,
  pinName,
  prefixed,
} from "./tables.ts";

const SYSEX_BYTES_MAX = 32;
const QUARTER_STEPS = 64;
const SINE_MAX = 32_767;

/** A quarter of a sine, with a point to spare beyond its top. */
function quarterSine(): string {
  const values = Array.from({ length: QUARTER_STEPS + 2 }, (_, at) =>
    Math.round(SINE_MAX * Math.sin((Math.min(at, QUARTER_STEPS) / QUARTER_STEPS) * (Math.PI / 2))),
  );
  return `constexpr uint16_t kQuarterSine[] = {${values.join(", ")}};`;
}

export function rigHeader(): string {
  return [
    "// Written by firmware/generate.ts from sim/contract/rig-protocol.ts; change it there.",
    "#pragma once",
    "#include <stdint.h>",
    '#include "groups.h"',
    '#include "platform.h"',
    "",
    "namespace protocol {",
    "",
    `constexpr uint8_t kVersion = ${RIG_PROTOCOL_VERSION};`,
    `#define RIG_FIRMWARE_NAME "${RIG_FIRMWARE.name}"`,
    `constexpr uint8_t kFirmwareMajor = ${RIG_FIRMWARE.major};`,
    `constexpr uint8_t kFirmwareMinor = ${RIG_FIRMWARE.minor};`,
    `constexpr uint8_t kSysexBytesMax = ${SYSEX_BYTES_MAX};`,
    "",
    ...constants(
      "uint8_t",
      RIG_MESSAGES.map(({ kind, id }) => [`${kind}-id`, id]),
    ),
    "",
    ...constants("uint16_t", prefixed("line", Object.entries(RIG_LINES))),
    ...constants("uint16_t", prefixed("state", Object.entries(RIG_STATE))),
    ...constants(
      "uint8_t",
      RIG_PINS.map(({ name, pin }) => [`pin-${name}`, pin]),
    ),
    "",
    ...constants("uint32_t", Object.entries(RIG_SCALE)),
    quarterSine(),
    "",
    ...(RIG_MESSAGES as readonly BoardMessageKind[]).flatMap((message) => messageStruct(message)),
    "}  // namespace protocol",
    "",
  ].join("\n");
}

/** What stands between the markers of firmware/rig/README.md. */
export function rigTables(): Readonly<Record<string, string>> {
  return {
    wires: markdownTable(
      ["from", "through", "to", "what it is"],
      RIG_WIRES.map(({ from, through, to, says }) => [
        `${from[0]} ${spotText(from)}`,
        THROUGH[through].name,
        `${to[0]} ${spotText(to)}`,
        says,
      ]),
    ),
    parts: markdownTable(
      ["what", "how many", "made of"],
      Object.entries(THROUGH)
        .filter(([, { madeOf }]) => madeOf !== "")
        .map(([through, { name, madeOf }]) => [
          name,
          RIG_WIRES.filter((wire) => wire.through === through).length,
          madeOf,
        ]),
    ),
    pins: markdownTable(
      ["pin", "name", "use", "level"],
      RIG_PINS.map(({ name, pin, use, on }) => [pinName(pin), name, use, on]),
    ),
    messages: [
      markdownTable(["id", "message", "to", "fields", "meaning"], messageRows(RIG_MESSAGES)),
      bits("Bits of `lines`", RIG_LINES),
      bits("Bits of `state`", RIG_STATE),
    ].join("\n\n"),
  };
}
