// What the suites cover, without running them: for each fault that the bench knows the step that makes it and the cases
// that use it, for each requirement its cases. The document of it is written by `meterville hil coverage`.

import type { BenchCase, BenchStep } from "./suite.ts";

/** A kind of fault, and how it is told among steps. */
interface FaultRow {
  readonly fault: string;
  /** As a suite writes it. */
  readonly step: string;
  readonly isIt: (step: BenchStep) => boolean;
}

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = ({ value }: BenchStep): Fields =>
  typeof value === "object" ? (value as Fields) : {};
const sensor = (fault: string, name: string): FaultRow => ({
  fault: `sensor ${name}`,
  step: `sensor: { fault: ${fault} }`,
  isIt: (step) => step.kind === "sensor" && fieldsOf(step)["fault"] === fault,
});
const having = (
  fault: string,
  kind: BenchStep["kind"],
  step: string,
  wish: (fields: Fields, value: BenchStep["value"]) => boolean = () => true,
): FaultRow => ({
  fault,
  step,
  isIt: (row) => row.kind === kind && wish(fieldsOf(row), row.value),
});

const above = (value: unknown): boolean => typeof value === "number" && value > 0;

/** The list, in its order. */
const FAULTS: readonly FaultRow[] = [
  sensor("open", "open"),
  sensor("short", "short"),
  sensor("stuck", "stuck"),
  sensor("drift", "drift"),
  sensor("offset", "offset"),
  sensor("noise", "noise"),
  sensor("saturated", "saturation"),
  sensor("gain", "gain"),
  sensor("hum", "hum"),
  having("relay welded", "relay", "relay: welded", (_, value) => value === "welded"),
  having("relay stuck open", "relay", "relay: stuckOpen", (_, value) => value === "stuckOpen"),
  having("relay bouncing", "bounce", "bounce: { for }"),
  having("brown-out ramp", "supply", "supply: { volts, ramp }", ({ ramp }) => ramp !== undefined),
  having(
    "power cut at a microsecond",
    "supply",
    "supply: { volts, afterMicros }",
    ({ afterMicros }) => afterMicros !== undefined,
  ),
  having("power cut in every EEPROM write", "cutInEverySave", "cutInEverySave: { of }"),
  having(
    "bit flip in EEPROM",
    "flip",
    "flip: { memory: eeprom }",
    ({ memory }) => memory !== "sram",
  ),
  having("bit flips in SRAM", "flips", "flips: { from, until, count }"),
  having("EEPROM never initialised", "erase", "erase: eeprom"),
  having("watchdog: program hangs", "hang", "hang: { interrupts }"),
  having("clock drift", "clock", "clock: { ppm }"),
  having("serial noise", "noise", "noise: { bytes }"),
  having("serial bit errors", "line", "line: { flippedShare }", ({ flippedShare }) =>
    above(flippedShare),
  ),
  having("serial loss", "line", "line: { lostShare }", ({ lostShare }) => above(lostShare)),
  having("message dropped", "message", "message: { is: dropped }", ({ is }) => is === "dropped"),
  having("message cut in half", "message", "message: { is: halved }", ({ is }) => is === "halved"),
  having("message late", "message", "message: { is: late }", ({ is }) => is === "late"),
  having("message twice", "message", "message: { is: twice }", ({ is }) => is === "twice"),
  having("order replayed", "replay", "replay: { answer }"),
  having("modem reboot", "modem", "modem: { does: restart }", ({ does }) => does === "restart"),
  having("modem off", "modem", "modem: { does: turnOff }", ({ does }) => does === "turnOff"),
  having(
    "modem silent",
    "modem",
    "modem: { answers: silent }",
    ({ answers }) => answers === "silent",
  ),
  having("modem error", "modem", "modem: { answers: error }", ({ answers }) => answers === "error"),
  having(
    "modem garbage",
    "modem",
    "modem: { answers: garbage }",
    ({ answers }) => answers === "garbage",
  ),
  having("modem late", "modem", "modem: { delay }", ({ delay }) => delay !== undefined),
  having(
    "modem prompt lost",
    "modem",
    "modem: { answers: promptless }",
    ({ answers }) => answers === "promptless",
  ),
  having("noise on the modem's line", "modemNoise", "modemNoise: { bytes }"),
  having("message storm to the meter", "sms", "sms: { times }", ({ times }) => Number(times) > 1),
  having("wrong key: order", "order", "order: { forged: true }", ({ forged }) => forged === true),
  having("wrong key: token", "token", "token: { forged: true }", ({ forged }) => forged === true),
  having(
    "wrong key: text message",
    "sms",
    "sms: { forged: true }",
    ({ forged }) => forged === true,
  ),
  having("magnet", "contact", "contact: { magnet: near }", ({ magnet }) => magnet === "near"),
  having("cover", "contact", "contact: { cover: open }", ({ cover }) => cover === "open"),
  having("contact chatters, message storm from the meter", "chatter", "chatter: { of, every }"),
];

/** `MET-001/1` to `/26` are one entry: `MET-001 (26)`. */
function shortIds(cases: readonly BenchCase[]): string {
  const counts = new Map<string, number>();
  for (const { id, isLong } of cases) {
    const base = `${id.replace(/\/\d+$/, "")}${isLong ? " (long)" : ""}`;
    counts.set(base, (counts.get(base) ?? 0) + 1);
  }
  return [...counts].map(([id, count]) => (count === 1 ? id : `${id} (${count})`)).join(", ");
}

/** Faults that no case uses. */
export const uncoveredFaults = (cases: readonly BenchCase[]): readonly string[] =>
  FAULTS.filter(({ isIt }) => !cases.some(({ steps }) => steps.some(isIt))).map(
    ({ fault }) => fault,
  );

export function coverageMarkdown(
  cases: readonly BenchCase[],
  requirements: Readonly<Record<string, string>>,
): string {
  const faults = FAULTS.map(({ fault, step, isIt }) => {
    const using = cases.filter(({ steps }) => steps.some(isIt));
    return `| ${fault} | \`${step}\` | ${shortIds(using)} |`;
  });
  const rows = Object.entries(requirements).map(([id, text]) => {
    const own = cases.filter(({ requirement }) => requirement === id);
    return `| ${id} | ${text} | ${shortIds(own)} |`;
  });
  return [
    "# What the suites cover",
    "",
    `${cases.length} cases under ${rows.length} requirements. Written by`,
    "`npx meterville hil coverage hil/suites --out docs/hil-coverage.md`; a test holds it against the suites. A number in",
    "brackets is that of a table's rows. What came of each requirement in a run: `hil run --html` or `--json`",
    "(`requirements`).",
    "",
    "## Faults",
    "",
    "| fault | step | cases |",
    "| --- | --- | --- |",
    ...faults,
    "",
    "## Requirements",
    "",
    "| requirement | what the meter must do | cases |",
    "| --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}
