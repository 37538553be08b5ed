// What a board and the twin say to each other inside Firmata's user sysex range, as data: board-codec.ts reads it, and
// firmware/generate.ts turns it into C++. Fields are groups of 7 bits, the lowest group first.

/** A board with another number is refused: there is no second dialect. */
export const BOARD_PROTOCOL_VERSION = 1;

/** The name in Firmata's firmware report, by which a board is known before it says hello. */
export const BOARD_FIRMWARE = { name: "Meterville", major: 1, minor: 0 } as const;

/** Bytes between F0 and F7 that a board takes; a longer sysex is dropped whole. */
export const SYSEX_BYTES_MAX = 64;

/**
 * Widths of fields in groups of 7 bits. `z…` is signed: zigzag, 2n for n ≥ 0 and −2n − 1 below. u35 ends at 2^35 − 1.
 * `text32` is one character of ASCII a group.
 */
export const FIELD_GROUPS = {
  u7: 1,
  u14: 2,
  u28: 4,
  u35: 5,
  z14: 2,
  z28: 4,
  z35: 5,
  text32: 32,
} as const;
export type FieldWidth = keyof typeof FIELD_GROUPS;

export interface MessageField {
  readonly name: string;
  readonly width: FieldWidth;
  readonly says: string;
}

export interface BoardMessageKind {
  readonly kind: string;
  readonly id: number;
  readonly to: "board" | "host";
  readonly says: string;
  /** Whether it ends with a counter and a MAC, below the fields listed. */
  readonly isSigned: boolean;
  readonly fields: readonly MessageField[];
}

export const field = <Name extends string, Width extends FieldWidth>(
  name: Name,
  width: Width,
  says: string,
) => ({ name, width, says });

const energyFields = [
  field("importWh", "u35", "import register, whole Wh"),
  field("importBelowMilliWh", "u14", "mWh below it, 0 to 999"),
  field("exportWh", "u35", "export register, whole Wh"),
  field("exportBelowMilliWh", "u14", "mWh below it, 0 to 999"),
] as const;

const holdingFields = [
  ...energyFields,
  field("importCarryMilliWMs", "u28", "rest below a mWh, mW·ms, below 3,600,000"),
  field("exportCarryMilliWMs", "u28", "rest below a mWh, mW·ms, below 3,600,000"),
  field("creditMilliMinor", "z35", "credit in thousandths of the smallest coin"),
  field("priceMilliMinorPerKWh", "u28", "0: postpaid, the credit stands still"),
  field("emergencyMinor", "u28", "how far below nothing the credit may go, smallest coins"),
  field("relayReasons", "u7", "bits of RELAY_REASON: who keeps the relay open"),
  field("tamperFlags", "u7", "bits of TAMPER"),
  field("nextEvent", "u28", "number of the next event, from 1"),
] as const;

/** All messages. Signed ones carry `counter` u28 (above the last one obeyed) and `macLow`, `macHigh` u28 at their end. */
export const BOARD_MESSAGES = [
  {
    kind: "query",
    id: 0x01,
    to: "board",
    says: "asks for one message",
    isSigned: false,
    fields: [field("what", "u7", "id of the wanted message: hello, registers or held")],
  },
  {
    kind: "registers",
    id: 0x02,
    to: "host",
    says: "registers and what the last window measured",
    isSigned: false,
    fields: [
      field("sequence", "u14", "counts register messages, wraps at 16,384"),
      ...energyFields,
      field("activeMilliW", "z28", "P, mW; above zero flows to the customer"),
      field("reactiveMilliVar", "z28", "Q, mvar; above zero where the current lags"),
      field("voltageMilliV", "u28", "V rms, mV"),
      field("phaseMilliA", "u28", "I rms of the phase, mA"),
      field("neutralMilliA", "u28", "I rms of the neutral, mA"),
      field(
        "powerFactorPermille",
        "z14",
        "P ÷ S in thousandths, sign turned where the current leads",
      ),
      field("frequencyMilliHz", "u28", "mHz; 0: no mains"),
      field("state", "u14", "bits of BOARD_STATE"),
      field("tamperFlags", "u7", "bits of TAMPER, latched"),
      field("creditMilliMinor", "z35", "credit in thousandths of the smallest coin"),
      field("windowCount", "u28", "measuring windows since reset"),
      field("upMs", "u35", "ms since reset by the ADC's clock"),
    ],
  },
  {
    kind: "command",
    id: 0x03,
    to: "board",
    says: "one order with up to two numbers",
    isSigned: true,
    fields: [
      field("op", "u7", "one of BOARD_OPS"),
      field("argument", "z35", "see BOARD_OPS"),
      field("second", "z35", "see BOARD_OPS"),
    ],
  },
  {
    kind: "result",
    id: 0x04,
    to: "host",
    says: "answer to a signed message",
    isSigned: false,
    fields: [
      field("about", "u7", "id of the message answered"),
      field("counter", "u28", "its counter"),
      field("code", "u7", "one of BOARD_RESULTS"),
      field("lastCounter", "u28", "the last counter obeyed; the next must be above"),
    ],
  },
  {
    kind: "event",
    id: 0x05,
    to: "host",
    says: "something the board noticed; sent at once and again when asked",
    isSigned: false,
    fields: [
      field("number", "u28", "counts up, with gaps after a reset"),
      field("code", "u7", "one of BOARD_EVENTS"),
      field("upMs", "u35", "when, ms since reset"),
      field("value", "z35", "see BOARD_EVENTS"),
    ],
  },
  {
    kind: "report",
    id: 0x06,
    to: "board",
    says: "asks for registers every so many windows",
    isSigned: false,
    fields: [field("everyWindows", "u7", "0: none")],
  },
  {
    kind: "hello",
    id: 0x07,
    to: "host",
    says: "who the board is; sent after reset and when asked",
    isSigned: false,
    fields: [
      field("protocol", "u7", "BOARD_PROTOCOL_VERSION"),
      field(
        "firmwareId",
        "u35",
        "first 32 bits of the sources' SHA-256; 0: not built by npm run firmware",
      ),
      field("serial", "u35", "the board's number, 32 bits; 0: never set"),
      field("resetCause", "u7", "MCUSR: 1 power-on, 2 external, 4 brown-out, 8 watchdog"),
      field("stackLowBytes", "u14", "RAM never touched between heap and stack"),
      field("lastCounter", "u28", "the last counter obeyed"),
      field("faults", "u7", "bits of BOARD_FAULTS"),
      field("nextEvent", "u28", "number of the next event"),
    ],
  },
  {
    kind: "ping",
    id: 0x08,
    to: "board",
    says: "asks for a pong",
    isSigned: false,
    fields: [field("hostMs", "u35", "comes back as it is")],
  },
  {
    kind: "pong",
    id: 0x09,
    to: "host",
    says: "answer to a ping",
    isSigned: false,
    fields: [
      field("hostMs", "u35", "as sent"),
      field("upMs", "u35", "ms since reset"),
      field("serial", "u35", "so that two boards are never mixed up"),
    ],
  },
  {
    kind: "take",
    id: 0x0a,
    to: "board",
    says: "hands registers over to the board, exactly",
    isSigned: true,
    fields: holdingFields,
  },
  {
    kind: "held",
    id: 0x0b,
    to: "host",
    says: "what the board would hand back now",
    isSigned: false,
    fields: holdingFields,
  },
  {
    kind: "display",
    id: 0x0c,
    to: "board",
    says: "text on the display until the next; all blanks: the meter's own pages",
    isSigned: true,
    fields: [field("text", "text32", "two lines of 16")],
  },
  {
    kind: "events",
    id: 0x0d,
    to: "board",
    says: "asks for the events still in the ring, from this number on",
    isSigned: false,
    fields: [field("fromNumber", "u28", "0: all")],
  },
  {
    kind: "terminals",
    id: 0x0e,
    to: "board",
    says: "what to measure where no sensors are wired, once op inject allowed it; the ADC counts again after 2 s without",
    isSigned: false,
    fields: [
      field("voltageMilliV", "u28", "V rms, mV"),
      field("phaseMilliA", "u28", "I rms of the phase, mA"),
      field("neutralMilliA", "u28", "I rms of the neutral, mA"),
      field("activeMilliW", "z28", "P, mW"),
      field("reactiveMilliVar", "z28", "Q, mvar"),
      field("frequencyMilliHz", "u28", "mHz"),
    ],
  },
  {
    kind: "key",
    id: 0x0f,
    to: "board",
    says: "a new board key, signed with the old one; the counter goes on",
    isSigned: true,
    fields: [
      field("key0", "u35", "bytes 0 to 3 of the key, lowest first"),
      field("key1", "u35", "bytes 4 to 7"),
      field("key2", "u35", "bytes 8 to 11"),
      field("key3", "u35", "bytes 12 to 15"),
    ],
  },
] as const satisfies readonly BoardMessageKind[];

export const SIGNATURE_FIELDS = [
  field("counter", "u28", "above the last counter obeyed"),
  field("macLow", "u28", "bits 0 to 27 of the MAC"),
  field("macHigh", "u28", "bits 28 to 55 of the MAC"),
] as const;

/** Numbers of `op`, with what `argument` and `second` mean. */
export const BOARD_OPS = [
  { name: "relay", code: 1, says: "argument 1 closes, 0 opens; by the company (RELAY_REASON)" },
  { name: "add-credit", code: 2, says: "argument thousandths of the smallest coin" },
  {
    name: "set-price",
    code: 3,
    says: "argument thousandths of the smallest coin a kWh, 0: postpaid; second emergency credit in smallest coins",
  },
  {
    name: "calibrate",
    code: 4,
    says: "argument 0 V, 1 I phase, 2 I neutral: second gain in 1/32768, 16,384 to 49,151; 3: second is the front end's noise variance, 1/256 LSB²",
  },
  { name: "clear-tamper", code: 5, says: "argument bits of TAMPER to clear" },
  {
    name: "set-serial",
    code: 6,
    says: "argument the new number; the MACs that follow are over it",
  },
  {
    name: "token",
    code: 7,
    says: "argument low 32 bits, second high 32 bits of a token, as typed",
  },
  {
    name: "wiring",
    code: 8,
    says: "argument bits: 1 a modem is wired, 2 no opto-coupler senses the load side",
  },
  {
    name: "inject",
    code: 10,
    says: "argument 1 lets terminals replace the ADC until the next reset, 0 no longer",
  },
  { name: "save", code: 9, says: "writes the registers into EEPROM now" },
] as const;

export const BOARD_RESULTS = [
  { name: "done", code: 0, says: "obeyed" },
  { name: "wrong-mac", code: 1, says: "not signed with this board's key for this serial" },
  { name: "replayed", code: 2, says: "the counter is not above the last" },
  { name: "unknown", code: 3, says: "no such op" },
  { name: "bad-argument", code: 4, says: "out of range" },
  { name: "used-token", code: 5, says: "the credit has it already" },
  { name: "wrong-token", code: 6, says: "not made for this board" },
  { name: "locked", code: 7, says: "too many wrong tokens: wait 10 minutes" },
] as const;

export const BOARD_EVENTS = [
  { name: "started", code: 1, says: "reset cause" },
  { name: "power-failed", code: 2, says: "import below Wh, mWh" },
  { name: "power-back", code: 3, says: "dark for ms" },
  { name: "cover-open", code: 4, says: "0" },
  { name: "cover-closed", code: 5, says: "0" },
  { name: "magnet", code: 6, says: "0" },
  { name: "magnet-gone", code: 7, says: "0" },
  { name: "neutral-differs", code: 8, says: "neutral less phase current, mA" },
  { name: "neutral-agrees", code: 9, says: "0" },
  { name: "relay-open", code: 10, says: "reasons" },
  { name: "relay-closed", code: 11, says: "0" },
  {
    name: "relay-welded",
    code: 12,
    says: "open was ordered, I in mA still flows or the load side lives",
  },
  { name: "relay-stuck", code: 13, says: "closed was ordered, the load side is dead" },
  { name: "credit-low", code: 14, says: "credit, thousandths of the smallest coin" },
  { name: "credit-emergency", code: 15, says: "credit" },
  { name: "credit-out", code: 16, says: "credit" },
  { name: "topped-up", code: 17, says: "credit after it" },
  { name: "token-refused", code: 18, says: "result code" },
  { name: "store-fallback", code: 19, says: "torn slots found at reset" },
  { name: "calibration-lost", code: 20, says: "0: no energy is counted until it is set again" },
  { name: "mac-refused", code: 21, says: "id of the message" },
  { name: "registers-taken", code: 22, says: "import Wh before" },
  { name: "tamper-cleared", code: 23, says: "bits" },
  {
    name: "typed",
    code: 24,
    says: "twenty digits while the host keeps the credit, in three events: 10^8 × (0, 1, 2) + digits 1 to 7, 8 to 14, 15 to 20",
  },
] as const;

/** Bits of `state`. `sensedLive`: the load side has voltage. */
export const BOARD_STATE = {
  relayClosed: 1,
  sensedLive: 2,
  openByCompany: 4,
  openByCredit: 8,
  mainsPresent: 16,
  relayFault: 32,
  prepaid: 64,
  coverOpen: 128,
  magnetNear: 256,
  injected: 512,
  upButton: 1024,
  enterButton: 2048,
} as const;

export const BOARD_FAULTS = {
  calibrationLost: 1,
  storeEmpty: 2,
  storeFallback: 4,
  noDisplay: 8,
} as const;

/** Arduino's pin numbers; A0 is 14. `on` is the level that means what the name says. */
export const BOARD_PINS = [
  { name: "serialIn", pin: 0, use: "UART from host", on: "" },
  { name: "serialOut", pin: 1, use: "UART to host", on: "" },
  {
    name: "coverOpen",
    pin: 2,
    use: "cover switch to GND, closed while the cover is, pull-up inside",
    on: "high",
  },
  { name: "pulseLed", pin: 3, use: "1,600 pulses a kWh, 20 ms", on: "high" },
  { name: "relay", pin: 4, use: "relay driver: closed", on: "high" },
  { name: "alarmLed", pin: 5, use: "tamper, relay fault or no credit", on: "high" },
  { name: "buzzer", pin: 6, use: "active buzzer", on: "high" },
  { name: "upButton", pin: 7, use: "button to GND, pull-up inside", on: "low" },
  { name: "enterButton", pin: 8, use: "button to GND, pull-up inside", on: "low" },
  { name: "magnet", pin: 9, use: "reed contact to GND, pull-up inside", on: "low" },
  { name: "modemIn", pin: 10, use: "modem's TXD, 2,400 baud", on: "" },
  { name: "modemOut", pin: 11, use: "modem's RXD, 2,400 baud", on: "" },
  { name: "modemKey", pin: 12, use: "modem's PWRKEY driver", on: "high" },
  { name: "heartbeat", pin: 13, use: "LED, turns each window", on: "high" },
  { name: "phaseCurrent", pin: 14, use: "ADC0, 170 A from 0 V to 5 V, 0 A at 2.5 V", on: "" },
  { name: "voltage", pin: 15, use: "ADC1, 800 V from 0 V to 5 V, 0 V at 2.5 V", on: "" },
  { name: "neutralCurrent", pin: 16, use: "ADC2, as ADC0", on: "" },
  {
    name: "loadSide",
    pin: 17,
    use: "opto-coupler behind the relay, pull-up inside: live",
    on: "low",
  },
  { name: "dataLine", pin: 18, use: "TWI data, PCF8574 display at 27h", on: "" },
  { name: "clockLine", pin: 19, use: "TWI clock, 100 kHz", on: "" },
] as const;

/** Uncalibrated front end: input per ADC step, ADC at 10 bits, mid-scale 512. */
export const BOARD_SCALE = {
  microVoltsPerLsb: 781_250,
  nanoAmpsPerLsb: 166_015_625,
  /** 13 ADC clocks of 128 cycles at 16 MHz. */
  conversionMicros: 104,
  /** V, I phase, V, I neutral: conversions in one round. */
  roundConversions: 4,
  windowCycles: 10,
  windowMaxMs: 250,
  creepMilliW: 5_000,
  pulsesPerKWh: 1_600,
} as const;

/** Where things lie in the 1,024 bytes of EEPROM. Records lie twice; the older copy is overwritten. */
export const EEPROM_LAYOUT = {
  settingsAt: 0,
  settingsBytes: 40,
  accountAt: 80,
  accountBytes: 56,
  ringAt: 192,
  slotBytes: 18,
  slotCount: 46,
} as const;

type KindOf = (typeof BOARD_MESSAGES)[number];
type FieldOf<M extends BoardMessageKind> =
  | M["fields"][number]
  | (M["isSigned"] extends true ? (typeof SIGNATURE_FIELDS)[number] : never);
type ValueOf<W> = W extends "text32" ? string : number;
/** The message of a kind, or any of the kinds of a union. */
export type MessageOf<M extends BoardMessageKind> = M extends BoardMessageKind
  ? { readonly kind: M["kind"] } & {
      readonly [F in FieldOf<M> as F["name"]]: ValueOf<F["width"]>;
    }
  : never;

export type BoardMessage = MessageOf<KindOf>;
export type BoardMessageName = KindOf["kind"];
export interface UnknownBoardMessage {
  readonly kind: "unknown";
  readonly raw: readonly number[];
  readonly reason: string;
}

/** The fields of a message in their order on the wire, a signed one's signature included. */
export function fieldsOf(message: BoardMessageKind): readonly MessageField[] {
  return message.isSigned ? [...message.fields, ...SIGNATURE_FIELDS] : message.fields;
}

export function boardMessageKind(kind: BoardMessageName): BoardMessageKind {
  return BOARD_MESSAGES.find((message) => message.kind === kind)!;
}
