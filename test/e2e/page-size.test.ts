import { expect, test } from "vitest";
import { measurePageSizes } from "../support/page-size.ts";

/** With a classroom's line of 10 Mbit/s shared by thirty, a first view of 500 kB takes twelve seconds. */
const SHELL_SCRIPT_KB_MAX = 220;
const FIRST_VIEW_KB_MAX = 500;
/** A customer opens the account on a phone. */
const PORTAL_KB_MAX = 220;

test("the shell and the first view of the street are as small as they must be", () => {
  const { shellScriptKB, firstViewKB, portalKB, unstyled } = measurePageSizes();
  expect(unstyled, "components whose styles are missing in web/styles/mantine.ts").toEqual([]);
  expect(shellScriptKB).toBeGreaterThan(50);
  expect(shellScriptKB).toBeLessThanOrEqual(SHELL_SCRIPT_KB_MAX);
  expect(firstViewKB).toBeGreaterThan(shellScriptKB + 200);
  expect(firstViewKB).toBeLessThanOrEqual(FIRST_VIEW_KB_MAX);
  expect(portalKB).toBeGreaterThan(50);
  expect(portalKB).toBeLessThanOrEqual(PORTAL_KB_MAX);
});
