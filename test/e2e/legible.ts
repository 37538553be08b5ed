// What must hold wherever somebody looks: axe-core finds nothing, no text is small, no label lies on another.

import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "playwright/test";

const TEXT_PX_MIN = 14;

/** Every fault that axe finds, whatever its weight. */
export async function faults(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")} ${failureSummary}`),
  );
}

/** Texts that are shown smaller than 14 px. */
const smallTexts = (page: Page): Promise<readonly string[]> =>
  page.evaluate((least) => {
    const small: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement;
      if (element === null || node.textContent?.trim() === "") continue;
      if (!element.checkVisibility() || element.closest("noscript, script, style") !== null)
        continue;
      const size = Number.parseFloat(getComputedStyle(element).fontSize);
      if (size < least) small.push(`${size} px: ${node.textContent?.trim()}`);
    }
    return small;
  }, TEXT_PX_MIN);

/** By how many pixels the page is wider than the window. */
export const sideways = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Addresses and names in the picture that lie on each other. */
async function labelsOnLabels(page: Page): Promise<readonly string[]> {
  const labels = await page.evaluate(() => window.__meterville!.labels);
  return labels.flatMap((a, at) =>
    labels
      .slice(at + 1)
      .filter(
        (b) =>
          a.x < b.x + b.width &&
          b.x < a.x + a.width &&
          a.y < b.y + b.height &&
          b.y < a.y + a.height,
      )
      .map((b) => `${a.text} on ${b.text}`),
  );
}

/** What holds of every page. */
export async function expectRight(page: Page): Promise<void> {
  expect(await faults(page), "axe-core finds nothing").toEqual([]);
  expect(await smallTexts(page), `no text is smaller than ${TEXT_PX_MIN} px`).toEqual([]);
  expect(await sideways(page), "nobody has to scroll sideways").toBeLessThanOrEqual(0);
}

/** And of the street's picture. */
export async function expectLegible(page: Page): Promise<void> {
  await expectRight(page);
  expect(await labelsOnLabels(page), "no label lies on another").toEqual([]);
}
