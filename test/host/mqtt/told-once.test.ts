import { expect, test } from "vitest";
import { createTellOnce, quoted } from "../../../sim/host/mqtt/told-once.ts";

function teller() {
  const lines: string[] = [];
  const clock = { wallMs: 0 };
  const tell = createTellOnce(
    (line) => lines.push(line),
    () => clock.wallMs,
  );
  return { tell, lines, clock };
}

test("the same kind and client is told once a minute, with how often it came meanwhile", () => {
  const { tell, lines, clock } = teller();
  for (let time = 0; time < 5; time++) tell("garbage", "a", "a sends garbage");
  tell("garbage", "b", "b sends garbage");
  clock.wallMs = 60_000;
  tell("garbage", "a", "a sends garbage");
  expect(lines).toEqual(["a sends garbage", "b sends garbage", "a sends garbage (4 more)"]);
});

test("a flood of clients ends after twenty lines, until a minute has passed", () => {
  const { tell, lines, clock } = teller();
  for (let client = 0; client < 1_000; client++) tell("garbage", String(client), "garbage");
  expect(lines).toHaveLength(20);
  expect(lines.at(-1)).toBe("garbage; more of this kind is not told for a minute");
  clock.wallMs = 60_000;
  tell("garbage", "late", "garbage");
  expect(lines).toHaveLength(21);
});

test("a name that a stranger chose cannot move the cursor or fill the screen", () => {
  expect(quoted("\u001b[2Jpwned")).toBe('"?[2Jpwned"');
  expect(quoted("x".repeat(1_000))).toHaveLength(43);
});
