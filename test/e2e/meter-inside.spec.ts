// The cut-away of a meter: five things that move as the state does, seen by their pixels before and after each change.

import { expect, type Page, test } from "playwright/test";
import type { Frame, TruthStreet } from "../../sim/contract/frame.ts";
import type { InsidePart } from "../../web/scene/inside-place.ts";
import {
  changeFrames,
  choose,
  press,
  probe,
  type Serving,
  startServing,
  stopServing,
  until,
} from "./served-page.ts";

const ROW = 0;
const ADDRESS = "1 Mango Lane";
const CLIP_PX = {
  lcd: [150, 26],
  relay: [12, 12],
  pulse: [8, 8],
  modem: [8, 8],
  flow: [26, 60],
} as const;
let serving: Serving;

test.beforeAll(async () => {
  serving = await startServing("scenarios/first-street.yaml", [
    ...["--port", "0", "--no-mqtt", "--speed", "10"],
  ]);
});

test.afterAll(async () => {
  await stopServing(serving);
});

interface Meter {
  relayOpen: 0 | 1;
  importWh: number;
  displayText: string;
  powerW: number;
  isSending: boolean;
}

/** Puts a meter of the test's own in place of the home's, frame by frame. */
const withMeter =
  (meter: Meter) =>
  (frame: Frame): Frame => {
    const put = <Value>(all: readonly Value[], value: Value): Value[] =>
      all.map((old, row) => (row === ROW ? value : old));
    if (frame.channel === "truth/supply") {
      const { data } = frame;
      return {
        ...frame,
        data: {
          ...data,
          relayOpen: put(data.relayOpen, meter.relayOpen),
          importWh: put(data.importWh, meter.importWh),
          displayText: put(data.displayText, meter.displayText),
          activePowerW: put(data.activePowerW, meter.powerW),
          unmeteredW: put(data.unmeteredW, 0),
          voltageV: put(data.voltageV, 230),
          offReason: put(data.offReason, meter.relayOpen === 1 ? "relay" : ""),
        },
      };
    }
    if (frame.channel !== "truth/street") return frame;
    const others = frame.data.flights.filter(({ row }) => row !== ROW);
    const own = { row: ROW, mast: 0, isUp: true, kind: "reading" } as const;
    const data: TruthStreet = {
      ...frame.data,
      flights: meter.isSending ? [own, ...others] : others,
    };
    return { ...frame, data };
  };

type Colour = readonly [red: number, green: number, blue: number];

/** Every pixel around a part of the cut-away. */
async function pixelsOf(page: Page, part: InsidePart): Promise<readonly Colour[]> {
  const place = await page.evaluate((name) => window.__meterville!.screenOfInside(name), part);
  const [width, height] = CLIP_PX[part];
  const clip = { x: place!.x - width / 2, y: place!.y - height / 2, width, height };
  const picture = (await page.screenshot({ clip })).toString("base64");
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d")!;
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    return Array.from(
      { length: data.length / 4 },
      (_, at): Colour => [data[4 * at]!, data[4 * at + 1]!, data[4 * at + 2]!],
    );
  }, picture);
}

const share = (pixels: readonly Colour[], is: (colour: Colour) => boolean): number =>
  pixels.filter(is).length / pixels.length;
const isRed = ([red, green, blue]: Colour): boolean => red > 180 && green < 90 && blue < 90;
const isGreen = ([red, green, blue]: Colour): boolean => red < 80 && green > 150 && blue < 150;
const isCyan = ([red, green, blue]: Colour): boolean => red < 120 && green > 190 && blue > 220;
const isYellow = ([red, green, blue]: Colour): boolean => red > 225 && green > 200 && blue < 150;
const isInk = ([red, green, blue]: Colour): boolean => red < 90 && green < 100 && blue < 70;

test("display, relay, pulse, modem and current change in the picture as they do in the meter, each by itself", async ({
  page,
}) => {
  await page.setViewportSize({ width: 1600, height: 900 });
  const meter: Meter = {
    ...{ relayOpen: 0, importWh: 1_000_000, displayText: "1\n", powerW: 0, isSending: false },
  };
  await changeFrames(page, (frame) => withMeter(meter)(frame));
  await page.goto(`${serving.url}?t=11:00&freeze=1&quality=2`);
  await until(page, ({ ready }) => ready, "the street is drawn");
  await choose(page, ADDRESS);
  await press(page, "Look at meter");
  await expect
    .poll(() => page.evaluate(() => window.__meterville!.screenOfInside("lcd")))
    .not.toBeNull();
  const see = (part: InsidePart, is: (colour: Colour) => boolean): Promise<number> =>
    pixelsOf(page, part).then((pixels) => share(pixels, is));
  await expect.poll(() => see("relay", isGreen)).toBeGreaterThan(0.4);

  // A longer text has more ink.
  const ink = await see("lcd", isInk);
  meter.displayText = "8888888888888888\n8888888888888888";
  await expect.poll(() => see("lcd", isInk)).toBeGreaterThan(ink + 0.05);

  expect(await see("flow", isYellow), "no current, no marks").toBe(0);
  meter.powerW = 2_300;
  await expect.poll(() => see("flow", isYellow), "ten amperes flow").toBeGreaterThan(0.01);
  const flowing = await see("flow", isYellow);
  meter.powerW = 6_900;
  await expect.poll(() => see("flow", isYellow), "more of them at thirty").not.toBe(flowing);

  expect(await see("modem", isCyan)).toBe(0);
  meter.isSending = true;
  await expect.poll(() => see("modem", isCyan), "a message is under way").toBeGreaterThan(0.5);
  meter.isSending = false;
  await expect.poll(() => see("modem", isCyan), "it has arrived").toBe(0);

  await expect.poll(() => see("pulse", isRed), "the register stands still").toBe(0);
  const counting = setInterval(() => {
    meter.importWh += 10;
  }, 20);
  await expect.poll(() => see("pulse", isRed), "the register counts").toBeGreaterThan(0.5);
  clearInterval(counting);
  await expect.poll(() => see("pulse", isRed), "it stands still again").toBe(0);

  meter.relayOpen = 1;
  await expect.poll(() => see("relay", isGreen), "the arm is gone from the contact").toBe(0);
  await expect.poll(() => see("flow", isYellow), "and no current flows").toBe(0);
});

test("the company sees the inside as its readings tell it, and nothing of the truth", async ({
  page,
}) => {
  await page.setViewportSize({ width: 1600, height: 900 });
  const meter: Meter = {
    ...{ relayOpen: 0, importWh: 77_777_777, displayText: "", powerW: 6_900, isSending: true },
  };
  await changeFrames(page, (frame) => withMeter(meter)(frame));
  await page.goto(`${serving.url}?t=11:00&freeze=1&quality=2`);
  await until(page, ({ ready }) => ready, "the street is drawn");
  await page.keyboard.press("2");
  await until(
    page,
    ({ channelsReceived }) => (channelsReceived["belief/supply"] ?? 0) > 0,
    "belief",
  );
  await choose(page, ADDRESS);
  await press(page, "Look at meter");
  await expect
    .poll(() => page.evaluate(() => window.__meterville!.screenOfInside("lcd")))
    .not.toBeNull();
  expect(await probe(page, ({ channelsReceived }) => channelsReceived["truth/supply"] ?? 0)).toBe(
    0,
  );
  const red = (await pixelsOf(page, "pulse")).filter(isRed);
  expect(red, "no pulse reaches the company").toHaveLength(0);
  expect(await page.content()).not.toContain("77,777");
  await press(page, "Back to street");
  await expect
    .poll(() => page.evaluate(() => window.__meterville!.screenOfInside("lcd")))
    .toBeNull();
});
