// The steps that break something: program, clock, line, modem, memory. What each may say stands in `fault-step-schemas.ts`.

import { encodeBoardMessage } from "../../sim/contract/board-codec.ts";
import { BOARD_OPS } from "../../sim/contract/board-protocol.ts";
import { drawUniform } from "../../sim/core/random.ts";
import { FLAG_I } from "../emulator/cpu.ts";
import { OPS } from "../emulator/instructions.ts";
import type { FaultStepValues } from "./fault-step-schemas.ts";
import { flipInSram } from "./flips.ts";
import { ms, NotMet, type Scene, WITHIN } from "./scene.ts";

/** Keys the draws of what comes to the modem's line. */
const MODEM_NOISE_PURPOSE = 7_006;

export const FAULT_STEPS: {
  readonly [Kind in keyof FaultStepValues]: (
    scene: Scene,
    value: FaultStepValues[Kind],
  ) => Promise<void>;
} = {
  async hang({ bench }, { interrupts }) {
    const { cpu } = bench.meter.board.chip;
    const { op, b } = cpu.image;
    const jump = OPS.indexOf("rjmp");
    const loop = op.findIndex((code, pc) => code === jump && b[pc] === pc);
    if (loop < 0) throw new NotMet("a loop in the firmware to hang in", "it has none");
    cpu.pc = loop;
    cpu.isAsleep = false;
    cpu.sreg = interrupts === "on" ? cpu.sreg | FLAG_I : cpu.sreg & ~FLAG_I;
    bench.forget();
  },
  async clock({ bench }, { ppm }) {
    bench.setClock(ppm);
  },
  async bounce({ bench }, value) {
    bench.meter.bounceRelay(ms(value.for), ms(value.every));
  },
  async line({ bench }, { to, lostShare, flippedShare, seed }) {
    const noise =
      lostShare === 0 && flippedShare === 0 ? undefined : { lostShare, flippedShare, seed };
    bench.line.disturb(to, noise);
  },
  async message({ bench }, { to, is, count }) {
    bench.line.expect(to, is, count);
  },
  flips: flipInSram,
  async modem({ bench }, { answers, delay, does }) {
    const { modem, nowMs } = bench.modem;
    if (answers !== undefined) modem.conduct = answers;
    if (delay !== undefined) modem.delayMs = ms(delay);
    if (does === "restart") modem.restart(nowMs);
    if (does === "turnOff") modem.turnOff();
  },
  async modemNoise({ bench, options }, { bytes, seed }) {
    bench.modem.send(
      Array.from({ length: bytes }, (_, at) =>
        Math.floor(drawUniform(options.seed, seed, at, MODEM_NOISE_PURPOSE) * 256),
      ),
    );
  },
  async sms({ bench }, { from, text, op, argument, second, forged, times }) {
    const { modem, nowMs } = bench.modem;
    for (let time = 0; time < times; time++) {
      modem.deliver(from, text ?? orderText(op ?? "save"), nowMs);
    }
    function orderText(name: string): string {
      const { code } = BOARD_OPS.find((row) => row.name === name)!;
      const message = { kind: "command", op: code, argument, second };
      const bytes = encodeBoardMessage(bench.sign(message, forged));
      return `MV1 ${bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
    }
  },
  async reply({ bench }, { matches, to, within = WITHIN }) {
    const { texts } = bench.modem.modem;
    const pattern = new RegExp(matches, "u");
    const isIt = (): boolean =>
      texts.some((sent) => pattern.test(sent.text) && (to === undefined || sent.to === to));
    if (await bench.until(isIt, ms(within))) return;
    const said = texts.map((sent) => `${sent.to}: ${sent.text}`).join("; ");
    throw new NotMet(
      `the meter to send a text that matches /${matches}/ within ${within}`,
      said === "" ? "it sent none" : said,
    );
  },
};
