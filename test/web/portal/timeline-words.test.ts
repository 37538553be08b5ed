import { expect, test } from "vitest";
import { timelineText } from "../../../web/portal/office/timeline-words.ts";

const entry = (kind: string, text: string, amountMinor: number | null) => ({
  ...{ at: 0, kind, text, amountMinor },
});

test("money is said in its own form, and the supply's id is left out", () => {
  const bill = entry("bill", "supply-12: bill supply-12/2026-01 over 136263", 136_263);
  expect(timelineText(bill, "INR")).toBe("Bill ₹1,362.63");
  const refused = entry("command-refused", "supply-12: trip was refused: no", null);
  expect(timelineText(refused, "INR")).toBe("Trip was refused: no");
});
