// The core through days on a PC. Thirty of them: `node firmware/endurance.ts --days 30`, see docs/hil-endurance.md.

import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { runEndurance } from "../../firmware/endurance.ts";

const DAYS = 7;

test("the core counts a week of load, sun, outages, orders and tampering as it flowed", {
  timeout: 240_000,
}, (ctx) => {
  ctx.skip(spawnSync("g++", ["--version"]).status !== 0, "missing g++: apt-get install g++");
  const { text, isGood } = runEndurance(DAYS);
  expect(text).toContain(`note\t${DAYS} days: `);
  expect(text.split("\n").filter((line) => line.startsWith("FAILED"))).toEqual([]);
  expect(isGood).toBe(true);
});
