// Traces as a value change dump (IEEE 1364-2005, clause 18), which GTKWave and other viewers open.

import type { TraceChannel } from "./meter-bench.ts";

const FIRST_CODE = 33;
const TIMESCALE = "1 us";
const MICROS_PER_MS = 1000;

/** One module with a real variable a channel. `name` becomes the module's. */
export function vcdText(name: string, channels: readonly TraceChannel[]): string {
  const code = (index: number): string => String.fromCharCode(FIRST_CODE + index);
  const changes = channels
    .flatMap(({ atMs, values }, index) =>
      atMs.map((at, point) => ({
        micros: Math.round(at * MICROS_PER_MS),
        text: `r${spelled(values[point]!)} ${code(index)}`,
        index,
      })),
    )
    .sort((a, b) => a.micros - b.micros || a.index - b.index);
  const lines = [
    `$timescale ${TIMESCALE} $end`,
    `$scope module ${word(name)} $end`,
    ...channels.map((channel, index) => {
      const unit = channel.unit === "" ? "" : `_${channel.unit}`;
      return `$var real 64 ${code(index)} ${word(channel.name)}${unit} $end`;
    }),
    "$upscope $end",
    "$enddefinitions $end",
  ];
  let last = -1;
  for (const { micros, text } of changes) {
    if (micros !== last) lines.push(`#${micros}`);
    last = micros;
    lines.push(text);
  }
  return `${lines.join("\n")}\n`;
}

const word = (text: string): string => text.replaceAll(/[^A-Za-z0-9_]/g, "_");
/** Viewers read no "NaN": what was never said is −1. */
const spelled = (value: number): string => (Number.isFinite(value) ? `${value}` : "-1");
