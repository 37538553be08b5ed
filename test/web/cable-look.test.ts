import { expect, test } from "vitest";
import { cableLook, NOTHING_KNOWN } from "../../web/scene/cable-look.ts";
import {
  DEAD_CABLE,
  LOADING_STEPS,
  PHASE_COLOURS,
  UNKNOWN_CABLE,
  VOLTAGE_STEPS,
  voltageStep,
} from "../../web/scene/palette.ts";

const NOMINAL_V = 230;
const three = { phases: 7 };

test("a cable is as the legend has its loading, and its dashes move over full load only", () => {
  const at = (loadingShare: number) =>
    cableLook("loading", three, { loadingShare, voltageV: 230 }, NOMINAL_V);
  expect(at(0.1)).toMatchObject({ hex: LOADING_STEPS[0]!.hex, pattern: "plain" });
  expect(at(1)).toMatchObject({ hex: LOADING_STEPS[4]!.hex, pattern: "plain" });
  expect(at(1.01)).toMatchObject({ hex: LOADING_STEPS[4]!.hex, pattern: "moving" });
  expect(at(0.8).width).toBeGreaterThan(at(0.2).width);
});

test("a cable whose loading nobody knows is grey", () => {
  expect(cableLook("loading", three, NOTHING_KNOWN, NOMINAL_V).hex).toBe(UNKNOWN_CABLE);
  expect(cableLook("voltage", three, NOTHING_KNOWN, NOMINAL_V).hex).toBe(UNKNOWN_CABLE);
});

test.each(["loading", "voltage", "phase"] as const)(
  "without voltage a cable is dead in the layer %s",
  (layer) => {
    const look = cableLook(layer, three, { loadingShare: 0, voltageV: 0 }, NOMINAL_V);
    expect(look).toMatchObject({ hex: DEAD_CABLE, pattern: "dead" });
  },
);

test("voltage bands of 0.90, 0.94, 1.06 and 1.10 pu begin at their lower ends", () => {
  const band = (pu: number): number => VOLTAGE_STEPS.indexOf(voltageStep(pu));
  expect([0.5, 0.899, 0.9, 0.939, 0.94, 1, 1.059, 1.06, 1.099, 1.1, 1.3].map(band)).toEqual([
    0, 0, 1, 1, 2, 2, 2, 3, 3, 4, 4,
  ]);
  const known = { loadingShare: null, voltageV: 0.92 * NOMINAL_V };
  expect(cableLook("voltage", three, known, NOMINAL_V).hex).toBe(VOLTAGE_STEPS[1]!.hex);
});

test("a cable of one phase has its colour, one of several has them in turn", () => {
  for (const { bit, hex } of PHASE_COLOURS) {
    const look = cableLook("phase", { phases: bit }, NOTHING_KNOWN, NOMINAL_V);
    expect(look).toMatchObject({ hex, pattern: "plain" });
  }
  expect(cableLook("phase", { phases: 5 }, NOTHING_KNOWN, NOMINAL_V).pattern).toBe("phases");
});
