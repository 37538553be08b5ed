// What a rig and the twin say to each other, and how a rig is wired to the meter under test, as data: the codec is that
// of board-codec.ts; firmware/generate.ts makes C++, tables and the drawing of it. A rig is known by its firmware's name.

import { type BoardMessageKind, field, type MessageOf } from "./board-protocol.ts";

/** A rig with another number is refused. */
export const RIG_PROTOCOL_VERSION = 1;

/** The name in Firmata's firmware report, by which a rig is never taken for a meter. */
export const RIG_FIRMWARE = { name: "MetervilleRig", major: 1, minor: 0 } as const;

const calibrationFields = [
  field("voltageGain", "u14", "by which the amplitude is multiplied, 1/8192; 4,096 to 16,383"),
  field("phaseGain", "u14", "as voltageGain"),
  field("neutralGain", "u14", "as voltageGain"),
  field("phaseTrim", "z14", "added to the lag of I phase, 1/65,536 turn"),
  field("neutralTrim", "z14", "added to the lag of I neutral, 1/65,536 turn"),
] as const;

/** Ids lie in Firmata's user range; `sequence` comes back with the status that answers. */
export const RIG_MESSAGES = [
  {
    kind: "query",
    id: 0x01,
    to: "board",
    says: "asks for one message",
    isSigned: false,
    fields: [field("what", "u7", "id of the wanted message: hello or status")],
  },
  {
    kind: "status",
    id: 0x02,
    to: "host",
    says: "what the rig does and sees; answers wave, lines and calibration, and comes when the relay has moved",
    isSigned: false,
    fields: [
      field("sequence", "u7", "of the last order that was obeyed"),
      field("state", "u14", "bits of RIG_STATE"),
      field("lines", "u14", "bits of RIG_LINES as they are driven"),
      field("relayMoves", "u14", "times that the relay's contact came to rest, wraps at 16,384"),
      field("lateSamples", "u14", "samples that began late because the bus was busy, wraps"),
      field("unheardSamples", "u28", "samples that the converter did not acknowledge"),
      field("upMs", "u35", "ms since reset"),
    ],
  },
  {
    kind: "wave",
    id: 0x03,
    to: "board",
    says: "the three waves from the next sample on; they go on in phase",
    isSigned: false,
    fields: [
      field("sequence", "u7", "comes back in status"),
      field("frequencyMilliHz", "u28", "mHz, up to 400,000"),
      field("voltageAmplitude", "u14", "peak, 1/8 step of the converter"),
      field("phaseAmplitude", "u14", "peak, 1/8 step"),
      field("neutralAmplitude", "u14", "peak, 1/8 step"),
      field("phaseLag", "u14", "by which I phase lags V, 1/16,384 turn"),
      field("neutralLag", "u14", "by which I neutral lags V, 1/16,384 turn"),
    ],
  },
  {
    kind: "lines",
    id: 0x04,
    to: "board",
    says: "contacts, buttons and supply of the meter",
    isSigned: false,
    fields: [
      field("sequence", "u7", "comes back in status"),
      field("lines", "u14", "bits of RIG_LINES"),
    ],
  },
  {
    kind: "calibration",
    id: 0x05,
    to: "board",
    says: "by what the rig's own parts are off, kept in its EEPROM; takes 50 ms",
    isSigned: false,
    fields: [field("sequence", "u7", "comes back in status"), ...calibrationFields],
  },
  {
    kind: "hello",
    id: 0x07,
    to: "host",
    says: "who the rig is; sent after reset and when asked",
    isSigned: false,
    fields: [
      field("protocol", "u7", "RIG_PROTOCOL_VERSION"),
      field("firmwareId", "u35", "first 32 bits of the sources' SHA-256"),
      field("resetCause", "u7", "MCUSR: 1 power-on, 2 external, 4 brown-out, 8 watchdog"),
      field("stackLowBytes", "u14", "RAM never touched between heap and stack"),
      ...calibrationFields,
    ],
  },
] as const satisfies readonly BoardMessageKind[];

export type RigMessage = MessageOf<(typeof RIG_MESSAGES)[number]>;

/** Bits of `lines`. After reset all are 0: cover closed, nothing pressed, supply on. */
export const RIG_LINES = {
  coverOpen: 1,
  magnetNear: 2,
  upButton: 4,
  enterButton: 8,
  /** There is voltage before the relay: behind it there is while its contact is closed. */
  live: 16,
  /** The current passes beside the relay. */
  bypass: 32,
  supplyCut: 64,
  reset: 128,
} as const;

/** Bits of `state`. */
export const RIG_STATE = { relayClosed: 1, loadSideLive: 2, converterHeard: 4 } as const;

/** `on` is the level that means what the name says. */
export const RIG_PINS = [
  { name: "serialIn", pin: 0, use: "UART from host", on: "" },
  { name: "serialOut", pin: 1, use: "UART to host", on: "" },
  {
    name: "relayClosed",
    pin: 2,
    use: "opto-coupler behind the meter's relay, pull-up inside",
    on: "low",
  },
  { name: "load", pin: 3, use: "the converter's LDAC: all outputs move together", on: "low" },
  {
    name: "coverClosed",
    pin: 4,
    use: "LED of the opto-coupler across the cover switch",
    on: "high",
  },
  { name: "magnet", pin: 5, use: "LED of the opto-coupler across the reed contact", on: "high" },
  { name: "upButton", pin: 6, use: "LED of the opto-coupler across Up", on: "high" },
  { name: "enterButton", pin: 7, use: "LED of the opto-coupler across Enter", on: "high" },
  { name: "loadSide", pin: 8, use: "LED of the opto-coupler that says live to A3", on: "high" },
  { name: "supplyCut", pin: 9, use: "gate driver of the meter's 5 V: off", on: "high" },
  { name: "reset", pin: 10, use: "LED of the opto-coupler across RESET", on: "high" },
  { name: "heartbeat", pin: 13, use: "LED, turns four times a second", on: "high" },
  { name: "dataLine", pin: 18, use: "TWI data, MCP4728 at 60h", on: "" },
  { name: "clockLine", pin: 19, use: "TWI clock, 400 kHz", on: "" },
] as const;

/** The converter and the filter behind each of its outputs. */
export const RIG_SCALE = {
  samplesPerSecond: 4_000,
  converterAddress: 0x60,
  converterSteps: 4_096,
  /** Fractions of a step in an amplitude. */
  amplitudeParts: 8,
  /** Parts of a turn in an angle. */
  angleParts: 16_384,
  /** A gain of 1, and parts of a turn in a trim. */
  gainParts: 8_192,
  trimParts: 65_536,
  filterOhms: 1_000,
  filterNanoFarads: 100,
  frequencyMilliHzMax: 400_000,
} as const;
