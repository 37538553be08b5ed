// What every meter in the slot must do, whatever it is made of: the suite for simulated, emulated and real ones.

import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type {
  MeterDevice,
  MeterOutputs,
  TerminalConditions,
} from "../../sim/contract/meter-device.ts";
import type { CommandOrder, DownlinkMessage } from "../../sim/contract/reading.ts";
import { INTERVAL } from "../../sim/contract/reading.ts";
import { BREATH_WAIT_MAX_MS } from "../../sim/plant/meters/supply.ts";
import { deviceContext, handover, prepaidTerms } from "../support/meter.ts";

const HANDOVER = handover({
  serial: "MV-0001",
  importWh: 4_567,
  importBelowMilliWh: 890,
  carryMilliWMs: 1_234_567,
  nextSequence: 41,
  nextEvent: 9,
  obeyedCommands: [{ id: "c-0", result: "done", reason: null }],
  logs: {
    profile: [],
    events: [{ number: 8, code: "relay-closed", at: 0, value: null }],
  },
});
const INTERVAL_MS = 1_800_000;
const CONTEXT = deviceContext({ supply: "supply-12" });
const STEP_MS = 1000;
const expiresAt = 86_400_000;

/** Terminals at the end of a one-second step: 230 V and a load in phase. */
function terminals(
  at: number,
  watts: number,
  delivered: DownlinkMessage[] = [],
): TerminalConditions {
  return {
    at,
    stepMs: STEP_MS,
    voltageV: 230,
    phaseCurrentA: watts / 230,
    neutralCurrentA: watts / 230,
    angleRad: 0,
    activePowerW: watts,
    reactivePowerVar: 0,
    frequencyHz: 50,
    supplyPresent: true,
    tamperContacts: { coverOpen: false, magnetPresent: false },
    delivered,
  };
}

const command = (action: "trip" | "reconnect", id: string): DownlinkMessage => ({
  kind: "command",
  supply: CONTEXT.supply,
  id,
  action,
  issuedAt: 0,
  text: action === "trip" ? "SUPPLY OFF" : "",
  expiresAt,
});

/** Any other order. */
const order = (id: string, what: CommandOrder): DownlinkMessage => ({
  kind: "command",
  supply: CONTEXT.supply,
  id,
  issuedAt: 0,
  text: "",
  expiresAt,
  ...what,
});

/** Terminals without supply. */
const dark = (at: number): TerminalConditions => ({
  ...terminals(at, 0),
  voltageV: 0,
  frequencyHz: 0,
  supplyPresent: false,
});

const codesOf = ({ sent }: MeterOutputs): readonly string[] =>
  sent.filter((message) => message.kind === "meter-event").map(({ code }) => code);

/** How well a device does what a simulated one does exactly. */
export interface DeviceTraits {
  /** Of energy and of quantities. */
  readonly errorShare: number;
  /** Seconds until its measurements have followed a change. */
  readonly settleS: number;
  /** Whether it has no supply but the mains. */
  readonly isDarkWithoutMains: boolean;
  /** Opens or closes its cover where the terminals cannot. */
  readonly moveCover?: (position: "open" | "closed") => Promise<void>;
  /** Where its time passes by itself. */
  readonly wall?: WallTraits;
}

/**
 * A board on the wall's clock counts while the wall goes, whatever a step is called: what it counts is held against the
 * time that truly passed. It counts in whole windows, so that one more or less may fall between two answers.
 */
export interface WallTraits {
  /** How long a step takes whose measurements matter, ms; the others end at once. */
  readonly stepMs: number;
  readonly windowMs: number;
}

const EXACT: DeviceTraits = {
  errorShare: 0,
  settleS: 0,
  isDarkWithoutMains: true,
};

/** Declares the suite for a device that is made anew for each test. */
export function describeMeterDevice(
  name: string,
  create: () => MeterDevice,
  traits: DeviceTraits = EXACT,
): void {
  const { errorShare, settleS, isDarkWithoutMains, moveCover, wall } = traits;
  const about = (value: number): unknown =>
    errorShare === 0 ? value : expect.toSatisfy((got: number) => isAbout(got, value));
  const isAbout = (got: number, value: number): boolean =>
    Math.abs(got - value) <= Math.max(0.02, errorShare * Math.abs(value));
  const milliWh = ({ registers }: MeterOutputs): number =>
    registers.importWh * 1000 + registers.importBelowMilliWh;
  describe(`${name} in the slot`, () => {
    let device: MeterDevice;
    /** When the last step on the wall was asked for its answer, and when that came. */
    let [askedWallMs, answeredWallMs] = [0, 0];
    /** A step in which something is measured; `wallMs` where it passes on the wall. */
    const measure = async (
      what: TerminalConditions,
      wallMs = wall?.stepMs,
    ): Promise<MeterOutputs> => {
      if (wallMs === undefined) return device.step(what);
      const ended = pause(wallMs).then(() => {
        askedWallMs = performance.now();
      });
      const outputs = await device.step(what, ended);
      answeredWallMs = performance.now();
      return outputs;
    };
    /** Lets the measurements follow, up to just before `at`. */
    const settle = async (at: number, watts: number): Promise<void> => {
      for (let left = settleS; left > 0; left--) {
        await measure(terminals(at - left * STEP_MS, watts));
      }
    };
    beforeEach(async () => {
      device = create();
      await device.handOver(HANDOVER, CONTEXT);
    });
    afterEach(async () => {
      await device[Symbol.asyncDispose]();
    });

    test("gives back at once what it was handed, to the last milliwatt-hour", async () => {
      expect(await device.takeBack()).toEqual(HANDOVER);
    });

    test("counts 3600 W for ten seconds as ten watt-hours", async () => {
      await settle(10_000, 3600);
      const from = settleS === 0 ? 4_567_890 : milliWh(await measure(terminals(10_000, 3600)));
      const [earliestMs, latestMs] = [askedWallMs, answeredWallMs];
      let last: MeterOutputs | undefined;
      for (let second = 1; second <= 10; second++) {
        last = await measure(terminals(10_000 + second * STEP_MS, 3600));
      }
      const counted = milliWh(last!) - from;
      expect(last!.registers.carryMilliWMs).toBe(HANDOVER.carryMilliWMs);
      if (wall === undefined) {
        expect(counted).toEqual(about(10_000));
        return;
      }
      // 3600 W are a milliwatt-hour a millisecond. Both ends lie somewhere between a question and its answer.
      expect(counted).toBeGreaterThanOrEqual(askedWallMs - latestMs - wall.windowMs);
      expect(counted).toBeLessThanOrEqual(answeredWallMs - earliestMs + wall.windowMs);
    });

    test("counts nothing while nothing flows, and never backwards", async () => {
      for (const watts of [0, -500]) {
        const { registers } = await device.step(terminals(1000, watts));
        expect(registers.importWh * 1000 + registers.importBelowMilliWh).toBe(4_567_890);
      }
    });

    test("shows two lines of sixteen characters", async () => {
      const { displayText } = await device.step(terminals(1000, 100));
      expect(displayText.split("\n").map((line) => line.length)).toEqual([16, 16]);
      expect(displayText).toContain("4.56 kWh");
    });

    test("opens its relay on a trip, says so, and closes it on a reconnect", async () => {
      const tripped = await device.step(terminals(1000, 100, [command("trip", "c-1")]));
      expect(tripped.relay).toBe("open");
      expect(tripped.displayText).toContain("SUPPLY OFF");
      expect(tripped.sent).toMatchObject([
        { kind: "meter-event", code: "relay-open", number: 9, at: 1000 },
        { kind: "command-ack", supply: CONTEXT.supply, commandId: "c-1", relay: "open" },
      ]);
      const back = await device.step(terminals(2000, 0, [command("reconnect", "c-2")]));
      expect(back.relay).toBe("closed");
      expect(back.sent).toMatchObject([
        { kind: "meter-event", code: "relay-closed", number: 10, at: 2000 },
        { kind: "command-ack", commandId: "c-2", relay: "closed" },
      ]);
    });

    test("answers a command that comes twice, and obeys it once", async () => {
      await device.step(terminals(1000, 0, [command("trip", "c-1")]));
      await device.step(terminals(2000, 0, [command("reconnect", "c-2")]));
      const again = await device.step(terminals(3000, 0, [command("trip", "c-1")]));
      expect(again.relay).toBe("closed");
      expect(again.sent).toMatchObject([{ kind: "command-ack", commandId: "c-1" }]);
    });

    test("answers a late copy of what its predecessor obeyed, and does not obey it again", async () => {
      const late = await device.step(terminals(1000, 0, [command("trip", "c-0")]));
      expect(late.relay).toBe("closed");
      expect(late.sent).toMatchObject([{ kind: "command-ack", commandId: "c-0", relay: "closed" }]);
    });

    test("neither obeys nor answers a command after its time", async () => {
      const late = await device.step(terminals(expiresAt + STEP_MS, 0, [command("trip", "c-1")]));
      expect(late.relay).toBe("closed");
      expect(late.sent.filter(({ kind }) => kind === "command-ack")).toEqual([]);
    });

    test("sends a reading with the next sequence number at the end of an interval", async () => {
      await settle(INTERVAL_MS, 0);
      const { sent, registers } = await measure(terminals(INTERVAL_MS, 0));
      expect(sent).toMatchObject([
        {
          kind: "reading",
          supply: CONTEXT.supply,
          serial: HANDOVER.serial,
          sequence: 41,
          measuredAt: INTERVAL_MS,
          importWh: 4_567,
          importBelowMilliWh: 890,
          voltageV: about(230),
          relay: "closed",
        },
      ]);
      expect(registers.nextSequence).toBe(42);
    });

    test("latches an opened cover until it is cleared", async () => {
      const opened = {
        ...terminals(1000, 0),
        tamperContacts: { coverOpen: true, magnetPresent: false },
      };
      await moveCover?.("open");
      expect((await measure(opened)).registers.tamperFlags).toBe(1);
      await moveCover?.("closed");
      expect((await measure(terminals(2000, 0))).registers.tamperFlags).toBe(1);
    });

    test("gives one last gasp in an outage, however long, and one first breath after it", async () => {
      const codes: string[] = [];
      for (let at = 1000; at <= 5000; at += STEP_MS) {
        codes.push(...codesOf(await device.step(dark(at))));
      }
      // A board has seen the mains come back when a window of its own has passed.
      codes.push(...codesOf(await measure(terminals(6000, 100), wall && 2 * wall.stepMs)));
      // The wait is by the meter's clock: on the wall a few looks at it are enough.
      const lookMs = wall === undefined ? STEP_MS : BREATH_WAIT_MAX_MS / 10;
      for (let at = 6000 + lookMs; at <= 6000 + BREATH_WAIT_MAX_MS; at += lookMs) {
        codes.push(...codesOf(await device.step(terminals(at, 100))));
      }
      expect(codes).toEqual(["last-gasp", "first-breath"]);
    });

    test("sends no reading in the dark, obeys nothing and shows nothing", async () => {
      await device.step(dark(INTERVAL_MS - STEP_MS));
      const asleep = await device.step({
        ...dark(INTERVAL_MS),
        delivered: [command("trip", "c-1")],
      });
      expect(asleep.sent).toEqual([]);
      expect(asleep.relay).toBe("closed");
      if (isDarkWithoutMains) expect(asleep.displayText.trim()).toBe("");
    });

    test("keeps a tripped relay open through an outage", async () => {
      await device.step(terminals(1000, 100, [command("trip", "c-1")]));
      await device.step(dark(2000));
      expect((await device.step(terminals(3000, 0))).relay).toBe("open");
    });

    test("tells the quantities at the end of an interval", async () => {
      const cooking = (at: number): TerminalConditions => ({
        ...terminals(at, 1840),
        phaseCurrentA: 10,
        neutralCurrentA: 10,
        reactivePowerVar: 1380,
        angleRad: 0.6435,
      });
      for (let left = settleS; left > 0; left--) {
        await measure(cooking(INTERVAL_MS - left * STEP_MS));
      }
      const { sent } = await measure(cooking(INTERVAL_MS));
      expect(sent).toMatchObject([
        {
          kind: "reading",
          elementVoltageV: [about(230)],
          elementCurrentA: [about(10)],
          neutralCurrentA: about(10),
          activePowerW: about(1840),
          reactivePowerVar: about(1380),
          powerFactor: about(0.8),
          frequencyHz: about(50),
          intervalFlags: 0,
          prepaid: null,
        },
      ]);
    });

    test("writes an interval into its profile, an event into its log, and hands both over", async () => {
      const { logged } = await device.step(terminals(INTERVAL_MS, 0, [command("trip", "c-1")]));
      expect(logged.profile).toEqual([
        { measuredAt: INTERVAL_MS, importWh: 4_567, exportWh: 0, intervalFlags: 0 },
      ]);
      expect(logged.events).toMatchObject([{ number: 9, code: "relay-open", at: INTERVAL_MS }]);
      const { logs } = await device.takeBack();
      expect(logs).toEqual({
        profile: logged.profile,
        events: [...HANDOVER.logs.events, ...logged.events],
      });
    });

    test("counts prepaid credit down, opens when it is used up, and closes with a top-up", async () => {
      const terms = prepaidTerms({
        emergencyCreditMinor: 0,
        cutFromMinute: 0,
        cutUntilMinute: 1440,
      });
      const prepaid = { action: "set-prepaid", terms, openingCreditMinor: 1 } as const;
      await settle(1000, 0);
      await device.step(terminals(1000, 0, [order("c-1", prepaid)]));
      // 1 Wh costs 0.6 coins: the second one is one too many.
      // On the wall this takes its time: twice the power, half of it.
      const watts = wall === undefined ? 3600 : 7200;
      let out = await measure(terminals(2000, watts));
      let second = 1;
      const next = (): number => 2000 + second++ * STEP_MS;
      const stepsMax = (4 * STEP_MS) / (wall?.stepMs ?? STEP_MS);
      while (out.relay === "closed" && second < stepsMax) {
        const { prepaid: before } = out.registers;
        expect(before?.creditMilliMinor).toBeGreaterThan(0);
        out = await measure(terminals(next(), watts));
      }
      expect(out.relay).toBe("open");
      expect(codesOf(out)).toEqual(["credit-out", "credit-overshoot", "relay-open"]);
      const left = out.registers.prepaid!.creditMilliMinor;
      expect(left).toEqual(errorShare === 0 ? -200 : expect.toSatisfy((got: number) => got < 0));
      const topUp = { action: "top-up", token: "t-1", amountMinor: 500 } as const;
      const back = await device.step(terminals(next(), 0, [order("c-2", topUp)]));
      expect(back.relay).toBe("closed");
      const again = await device.step(terminals(next(), 0, [order("c-3", topUp)]));
      expect(again.sent).toMatchObject([{ kind: "command-ack", result: "used-token" }]);
      // What a board has counted until it was told of nothing more is paid for too: 0.6 thousandths a mWh.
      const paidFor = 0.6 * (milliWh(again) - milliWh(out));
      const credit = again.registers.prepaid!.creditMilliMinor;
      expect(Math.abs(credit - (500_000 + left - paidFor))).toBeLessThanOrEqual(1);
    });

    test("sets its clock and ends no interval twice", async () => {
      const set = (id: string, clockMs: number) => order(id, { action: "set-clock", clockMs });
      const first = await device.step(terminals(1000, 0, [set("c-1", INTERVAL_MS + 5000)]));
      expect(first.sent).toMatchObject([
        { kind: "reading", measuredAt: INTERVAL_MS, intervalFlags: INTERVAL.clockSet },
        { kind: "meter-event", code: "clock-set", value: INTERVAL_MS + 4000 },
        { kind: "command-ack", doneAt: INTERVAL_MS + 5000 },
      ]);
      await device.step(terminals(2000, 0, [set("c-2", INTERVAL_MS - 500)]));
      const { sent } = await device.step(terminals(3000, 0));
      expect(sent).toEqual([]);
    });

    test("opens above a load limit, by itself", async () => {
      const limit = { limitW: 3000, afterMs: 2000, recloseAfterMs: 9000, recloseTriesMax: 0 };
      // On the wall a second holds a window more or less, which is a share of its mean power.
      const roomShare = wall === undefined ? 0.06 : 0.06 + (2 * wall.windowMs) / STEP_MS;
      const [below, above] = [3000 * (1 - roomShare), 3000 * (1 + roomShare)];
      const second = wall === undefined ? undefined : STEP_MS;
      await settle(1000, below);
      const set = [order("c-1", { action: "set-limit", ...limit })];
      await measure(terminals(1000, below, set), second);
      let at = 2000;
      let opened = await measure(terminals(at, above), second);
      expect(opened.relay).toBe("closed");
      // A board's first window may still be half of what was before.
      for (let left = 1 + Math.sign(settleS); left > 0 && opened.relay === "closed"; left--) {
        at += STEP_MS;
        opened = await measure(terminals(at, above), second);
      }
      expect(opened.relay).toBe("open");
      expect(codesOf(opened)).toEqual(["over-limit-open", "over-limit-lockout", "relay-open"]);
    });

    test("hands its registers to a successor that goes on where it stopped", async () => {
      await device.step(terminals(1000, 1234.567));
      const given = await device.takeBack();
      await device[Symbol.asyncDispose]();
      const successor = create();
      await successor.handOver(given, CONTEXT);
      expect(await successor.takeBack()).toEqual(given);
      if (errorShare > 0) return successor[Symbol.asyncDispose]();
      const alone = create();
      await alone.handOver(HANDOVER, CONTEXT);
      await alone.step(terminals(1000, 1234.567));
      const [a, b] = [
        await successor.step(terminals(2000, 987.654)),
        await alone.step(terminals(2000, 987.654)),
      ];
      expect(a.registers).toEqual(b.registers);
      await successor[Symbol.asyncDispose]();
      await alone[Symbol.asyncDispose]();
    });
  });
}
