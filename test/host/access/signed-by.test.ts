// Orders carry the name of who has signed in: the two-person rule counts persons, not words in a request.

import { expect, test } from "vitest";
import { AT_THE_MACHINE, type Person } from "../../../sim/host/access/person.ts";
import { signedBy } from "../../../sim/host/access/route-roles.ts";

const anna: Person = { name: "anna", role: "official", supply: null, isSignedIn: true };
const approval = { kind: "approve-trips", by: "bert", batch: "trips-1" };

test("nobody approves as somebody else", () => {
  expect(signedBy(anna, approval)).toEqual({ ...approval, by: "anna" });
});

test("an order without a name gets the name of who is signed in", () => {
  const trip = { kind: "trip", target: "supply-07" };
  expect(signedBy(anna, trip)).toEqual({ ...trip, by: "anna" });
});

test("what nobody signs stays as it is, and so does what is no input at all", () => {
  const payment = { kind: "payment", target: "supply-07", amountMinor: 100 };
  expect(signedBy(anna, payment)).toBe(payment);
  expect(signedBy(anna, undefined)).toBeUndefined();
  expect(signedBy(anna, "trip")).toBe("trip");
});

test("the person at the machine may say whose order it is", () => {
  expect(signedBy(AT_THE_MACHINE, approval)).toBe(approval);
});
