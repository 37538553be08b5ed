// The picture of the street, held against its legend and against itself. What the twin is made to show by inputs is
// looked for in the pixels, or in what was uploaded to the graphics card.

import { expect, type Page, test } from "playwright/test";
import { THEFT_KINDS, theftBit } from "../../sim/contract/theft.ts";
import { LOADING_STEPS, PHASE_COLOURS } from "../../web/scene/palette.ts";
import { BARE, countColours, differingShare, roofBrightness, settle } from "./picture.ts";
import {
  changeFrames,
  choose,
  probe,
  type Serving,
  startServing,
  stopServing,
  until,
} from "./served-page.ts";

const STILL = "freeze=1&quality=2";
const LEGEND_PIXELS_MIN = 300;
let serving: Serving;

test.beforeAll(async () => {
  serving = await startServing("scenarios/first-street.yaml", [
    ...["--port", "0", "--no-mqtt", "--speed", "10"],
  ]);
});

test.afterAll(async () => {
  await stopServing(serving);
});

test.beforeEach(async ({ page }) => {
  await page.setViewportSize({ width: 1600, height: 900 });
});

/** The twin stands still, so that pictures do too; or goes on for the next test. */
async function pause(page: Page, isPaused: boolean): Promise<void> {
  await page.evaluate(
    async (wish) => {
      const headers = { "content-type": "application/json" };
      await fetch("/api/pace", { method: "POST", headers, body: JSON.stringify(wish) });
    },
    { isPaused },
  );
  const state = page.getByText(isPaused ? "paused" : "live", { exact: true });
  await expect(state).toBeVisible();
}

async function open(page: Page, query: string): Promise<void> {
  await page.goto(`${serving.url}?${query}`);
  await until(page, ({ ready, drawCalls }) => ready && drawCalls > 0, "the street is drawn");
}

for (const time of ["11:00", "19:06", "23:30"]) {
  test(`at ${time} cables have the legend's colours to the bit, in the layers of load and phase`, async ({
    page,
  }) => {
    // Each main in another step, so that every colour must be in the picture.
    await changeFrames(page, (frame) =>
      frame.channel === "truth/branch"
        ? {
            ...frame,
            data: {
              ...frame.data,
              loadingShare: frame.data.loadingShare.map(
                (_, row) => [0.2, 0.5, 0.7, 0.9, 1.2][row % 5]!,
              ),
            },
          }
        : frame,
    );
    await open(page, `t=${time}&${STILL}`);
    const wanted = LOADING_STEPS.map(({ hex }) => hex);
    const counts = await countColours(page, wanted);
    counts.forEach((count, step) => {
      expect(count, LOADING_STEPS[step]!.label).toBeGreaterThanOrEqual(LEGEND_PIXELS_MIN);
    });
    await page.getByRole("radio", { name: "Phase" }).press("Space");
    await until(page, ({ layer }) => layer === "phase", "the layer changes by keyboard");
    await expect
      .poll(async () =>
        Math.min(
          ...(await countColours(
            page,
            PHASE_COLOURS.map(({ hex }) => hex),
          )),
        ),
      )
      .toBeGreaterThanOrEqual(LEGEND_PIXELS_MIN);
    // Not the first: the gauge at the transformer has it.
    const [high] = await countColours(page, [LOADING_STEPS[3]!.hex]);
    expect(high, "nothing of the other layer is left").toBe(0);
  });
}

for (const [width, height] of [
  [1600, 900],
  [390, 844],
] as const) {
  test(`no two texts overlap at ${width} × ${height}, from afar and from near`, async ({
    page,
  }) => {
    await page.setViewportSize({ width, height });
    await changeFrames(page, (frame) =>
      frame.channel === "truth/supply"
        ? {
            ...frame,
            data: {
              ...frame.data,
              theftKinds: frame.data.theftKinds.map((_, row) => (row % 4 === 0 ? 1 : 0)),
            },
          }
        : frame,
    );
    await open(page, `t=11:00&${STILL}`);
    await until(page, ({ counts }) => counts.theft === 15, "every fourth home steals");
    await pause(page, true);
    const nearer = page.getByRole("button", { name: "Nearer" });
    const turn = page.getByRole("button", { name: "Turn left" });
    let read = 0;
    for (const move of [null, nearer, turn, nearer, nearer]) {
      await move?.click();
      await settle(page);
      const labels = await probe(page, (shown) => shown.labels);
      read += labels.length;
      labels.forEach((a, at) => {
        for (const b of labels.slice(at + 1)) {
          const isApart =
            a.x + a.width <= b.x ||
            b.x + b.width <= a.x ||
            a.y + a.height <= b.y ||
            b.y + b.height <= a.y;
          expect(isApart, `${a.text} and ${b.text}`).toBe(true);
        }
      });
    }
    // From afar a phone may have room for marks alone.
    expect(read, "some texts are in the picture").toBeGreaterThan(0);
    await pause(page, false);
  });
}

test("each of the five kinds of theft is marked at its home, and none for the company", async ({
  page,
}) => {
  await changeFrames(page, (frame) =>
    frame.channel === "truth/supply"
      ? {
          ...frame,
          data: {
            ...frame.data,
            bypassShare: frame.data.bypassShare.map(() => 0),
            theftKinds: frame.data.theftKinds.map((_, row) => {
              const kind = THEFT_KINDS[row - 10];
              return kind === undefined ? 0 : theftBit(kind);
            }),
          },
        }
      : frame,
  );
  await open(page, `t=11:00&${STILL}`);
  await until(page, ({ counts }) => counts.theft === 5, "five homes are marked");
  expect(await probe(page, ({ thefts }) => Object.values(thefts))).toEqual([1, 1, 1, 1, 1]);
  await page.keyboard.press("2");
  await until(
    page,
    ({ view, channelsReceived, counts }) =>
      view === "company" && (channelsReceived["belief/supply"] ?? 0) > 0 && counts.theft === 0,
    "the company knows of none",
  );
});

test("a home goes dark with its fuse, which is marked at its cable", async ({ page }) => {
  const row = 44;
  const home = "supply-45";
  let isBlown = false;
  await changeFrames(page, (frame) => {
    if (!isBlown) return frame;
    const at = <Value>(all: readonly Value[], index: number, value: Value): Value[] =>
      all.map((old, each) => (each === index ? value : old));
    if (frame.channel === "truth/supply")
      return {
        ...frame,
        data: { ...frame.data, offReason: at(frame.data.offReason, row, "fuse") },
      };
    if (frame.channel !== "truth/branch") return frame;
    const service = 2;
    return {
      ...frame,
      data: {
        ...frame.data,
        fuseOpen: at(frame.data.fuseOpen, service, 1),
        voltageV: at(frame.data.voltageV, service, 0),
      },
    };
  });
  await open(page, `t=11:00&${STILL}`);
  await settleOn(page, () => probe(page, ({ counts }) => counts.dark === 0));
  const before = await roofBrightness(page, home);
  isBlown = true;
  await until(
    page,
    ({ offReasons, fusesShown, outageCells }) =>
      offReasons.fuse === 1 && fusesShown === 1 && outageCells > 0,
    "the fuse is marked at the home and at the cable, and the ground around the home is shaded",
  );
  await settleOn(page, async () => (await roofBrightness(page, home)) < 0.6 * before);
});

const settleOn = (page: Page, condition: () => Promise<boolean>): Promise<void> =>
  expect
    .poll(() => (page.isClosed() ? false : condition()), { intervals: [200], timeout: 60_000 })
    .toBe(true);

test("a picture lost with its context comes back as it was", async ({ page }) => {
  await open(page, `t=11:00&${STILL}`);
  await page.keyboard.press("Space");
  await expect(page.getByText("paused", { exact: true })).toBeVisible();
  await settle(page);
  const picture = (): Promise<Buffer> => page.locator(".scene-canvas").screenshot({ style: BARE });
  const before = await picture();
  const lost = await page.evaluateHandle(() => {
    const context = document
      .querySelector<HTMLCanvasElement>(".middle canvas")!
      .getContext("webgl2")!;
    const extension = context.getExtension("WEBGL_lose_context")!;
    extension.loseContext();
    return extension;
  });
  await until(page, ({ isContextLost }) => isContextLost, "the context is lost");
  await page.evaluate((extension) => extension.restoreContext(), lost);
  await until(page, ({ isContextLost }) => !isContextLost, "there is a context again");
  await settle(page);
  // It may lie by less than a pixel otherwise, which shows at edges; a picture that is lost differs everywhere.
  expect(await differingShare(page, before, await picture())).toBeLessThan(0.1);
  await page.keyboard.press("Space");
});

test("sixty homes take at most 40 draw calls, and a frame of the twin at most one picture", async ({
  page,
}) => {
  await open(page, "t=23:00&freeze=1&quality=0");
  expect(await probe(page, ({ drawCalls }) => drawCalls)).toBeLessThanOrEqual(40);
  await page.getByRole("radio", { name: "Voltage" }).press("Space");
  await choose(page, "1 Mango Lane");
  await until(page, ({ layer }) => layer === "voltage", "the layer changes");
  await settleOn(page, () => probe(page, ({ stepsDrawn }) => stepsDrawn >= 3));
  const { drawCalls, stepsDrawn, uploads, framesReceived, lastDrawnStep, step } = await probe(
    page,
    (shown) => ({ ...shown }),
  );
  expect(drawCalls).toBeLessThanOrEqual(40);
  expect(stepsDrawn).toBeLessThanOrEqual(framesReceived);
  expect(uploads).toBeLessThanOrEqual(framesReceived + 1);
  expect(lastDrawnStep).toBeLessThanOrEqual(step);
});

test("on a machine without a graphics card the page draws coarser by itself, and says so", async ({
  page,
}) => {
  await page.setViewportSize({ width: 1600, height: 900 });
  await open(page, "t=11:00&freeze=1");
  // It ends where pictures are fast enough, or says that even the last step is too slow here.
  await settleOn(page, () =>
    probe(page, ({ quality, framesDrawn }) => {
      const isJudged = framesDrawn > 6 && quality.pictureMs > 0;
      return isJudged && (quality.pictureMs <= 100 || quality.isTooSlow);
    }),
  );
  const { quality, ratio } = await page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>(".middle canvas")!;
    return {
      quality: window.__meterville!.quality,
      ratio: canvas.width / canvas.clientWidth,
    };
  });
  const most = [2, 2, 1, 0.75, 0.5, 0.5][quality.step]!;
  expect(ratio).toBeLessThanOrEqual(most + 0.01);
  await expect(page.locator(".quality")).toContainText(quality.label);
});

test("?quality= fixes the step", async ({ page }) => {
  await open(page, "t=11:00&freeze=1&quality=3");
  await settleOn(page, () => probe(page, ({ framesDrawn }) => framesDrawn > 4));
  expect(await probe(page, ({ quality }) => [quality.step, quality.isFixed])).toEqual([3, true]);
  await expect(page.locator(".quality")).toContainText("as asked");
});

test("a click on a home selects it, a drag does not, and what is empty is nobody's", async ({
  page,
}) => {
  await open(page, `t=11:00&${STILL}`);
  const place = await page.evaluate(() => window.__meterville!.screenOf("supply-38"));
  await page.mouse.move(place!.x, place!.y + 4);
  await page.mouse.down();
  await page.mouse.move(place!.x + 40, place!.y + 10, { steps: 4 });
  await page.mouse.up();
  expect(await probe(page, ({ selection }) => selection)).toBe("");
  await pause(page, true);
  await settle(page);
  const moved = await page.evaluate(() => window.__meterville!.screenOf("supply-38"));
  await page.mouse.click(moved!.x, moved!.y + 4);
  await until(page, ({ selection }) => selection === "supply-38", "the home is selected");
  await pause(page, false);
});

test("buttons turn and come nearer, and one brings the whole street back", async ({ page }) => {
  await open(page, `t=11:00&${STILL}`);
  const camera = (): Promise<readonly number[]> =>
    probe(page, (shown) => shown.camera!.split("_").map(Number));
  const [x, z, distanceM, bearingDeg, elevationDeg] = await camera();
  await page.getByRole("button", { name: "Nearer" }).click();
  await page.getByRole("button", { name: "Turn right" }).click();
  const turned = await camera();
  expect(turned.slice(0, 2)).toEqual([x, z]);
  expect(turned[2]).toBeCloseTo(distanceM! / 1.5, 0);
  expect(turned.slice(3)).toEqual([bearingDeg! + 30, elevationDeg]);
  await page.getByRole("button", { name: "Whole street" }).click();
  expect(await camera()).toEqual([x, z, distanceM, bearingDeg, elevationDeg]);
});
