import { expect, test } from "vitest";
import type { TimelineEntry } from "../../../sim/contract/office.ts";
import { timelineText } from "../../../web/portal/office/timeline-words.ts";

const entry = (
  kind: TimelineEntry["kind"],
  text: string,
  amountMinor: number | null,
  letter: TimelineEntry["letter"] = null,
): TimelineEntry => ({ at: 0, kind, text, amountMinor, letter });

test("money is said in its own form, and the supply's id is left out", () => {
  const bill = entry("bill", "supply-12: bill supply-12/2026-01 over 136263", 136_263);
  expect(timelineText(bill, "INR")).toBe("Bill ₹1,362.63");
  const refused = entry("command-refused", "supply-12: trip was refused: no", null);
  expect(timelineText(refused, "INR")).toBe("Trip was refused: no");
  const off = entry("written-off", "supply-12: 40000 written off (hardship, 40000 W)", 40_000);
  expect(timelineText(off, "INR")).toBe("₹400.00 written off (hardship, 40000 W)");
});

test("an e-mail is said with its address, what it is about, and how much", () => {
  const email = entry("email", "supply-12: e-mail (notice) to a@b.in", 50_000, "notice");
  expect(timelineText(email, "INR")).toBe(
    "E-mail (notice) to a@b.in: the supply will be cut off unless the debt is paid, ₹500.00",
  );
});
