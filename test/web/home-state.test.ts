import { expect, test } from "vitest";
import type { BeliefSupplyColumns, TruthSupplyColumns } from "../../sim/contract/frame.ts";
import { THEFT_KINDS, theftBit } from "../../sim/contract/theft.ts";
import type { TwinFrames } from "../../web/player/store.ts";
import { VIEW_CHANNELS } from "../../web/player/views.ts";
import { DIFFERS_IN, differences, FLAG, homeState } from "../../web/scene/home-state.ts";
import { markOf } from "../../web/scene/mark-places.ts";

const truth = (rest: Partial<TruthSupplyColumns>): TruthSupplyColumns =>
  ({
    activePowerW: [500],
    relayOpen: [0],
    offReason: [""],
    theftKinds: [0],
    ...rest,
  }) as TruthSupplyColumns;
const belief = (rest: Partial<BeliefSupplyColumns>): BeliefSupplyColumns =>
  ({
    activePowerW: [400],
    relayOpen: [0],
    isLate: [0],
    caseId: [""],
    suspicion: [0],
    isOut: [0],
    ...rest,
  }) as BeliefSupplyColumns;
const frames = (rest: Partial<TwinFrames>): TwinFrames => ({
  truthSupply: truth({}),
  truthBranch: null,
  truthStreet: null,
  beliefSupply: belief({}),
  beliefStreet: null,
  score: null,
  ...rest,
});

test("the company's view subscribes to belief alone", () => {
  expect(VIEW_CHANNELS.company.every((channel) => channel.startsWith("belief/"))).toBe(true);
});

test("a thief is marked in the truth and nowhere in what the company knows", () => {
  const seen = frames({ truthSupply: truth({ theftKinds: [theftBit("partial-bypass")] }) });
  expect(homeState("truth", seen, 0).flags).toBe(FLAG.theft);
  expect(homeState("company", seen, 0).flags).toBe(0);
  expect(homeState("difference", seen, 0).flags).toBe(FLAG.differs);
});

test("windows follow the use that the view knows", () => {
  const seen = frames({ beliefSupply: belief({ activePowerW: [null] }) });
  expect(homeState("truth", seen, 0).lit).toBeGreaterThan(0.4);
  expect(homeState("company", seen, 0).lit).toBe(0);
});

test("a home without supply is dark, in the truth at once, for the company when its meter says so", () => {
  const seen = frames({ truthSupply: truth({ relayOpen: [1], offReason: ["relay"] }) });
  expect(homeState("truth", seen, 0)).toMatchObject({ lit: 0, flags: FLAG.dark, off: "relay" });
  expect(homeState("company", seen, 0).flags).toBe(0);
  expect(differences(seen, 0)).toEqual(["is off, the company thinks it is on"]);
});

test("late readings and a case are the company's marks", () => {
  const seen = frames({ beliefSupply: belief({ isLate: [1], caseId: ["case-1"] }) });
  expect(homeState("company", seen, 0).flags).toBe(FLAG.late | FLAG.suspected);
  expect(homeState("truth", seen, 0).flags).toBe(0);
  expect(differences(seen, 0)).toEqual(["is suspected without cause"]);
});

test("a thief who is named differs no more", () => {
  const seen = frames({
    truthSupply: truth({ theftKinds: [theftBit("partial-bypass")] }),
    beliefSupply: belief({ caseId: ["case-1"] }),
  });
  expect(differences(seen, 0)).toEqual([]);
});

test.each(THEFT_KINDS)("a theft by %s is marked in the truth", (kind) => {
  const seen = frames({ truthSupply: truth({ theftKinds: [theftBit(kind)] }) });
  expect(homeState("truth", seen, 0)).toMatchObject({
    flags: FLAG.theft,
    theftKinds: theftBit(kind),
  });
  expect(homeState("company", seen, 0).theftKinds).toBe(0);
});

test.each(["cut", "fuse"] as const)(
  "an outage by a %s that nobody has noticed differs",
  (reason) => {
    const seen = frames({ truthSupply: truth({ offReason: [reason] }) });
    expect(homeState("truth", seen, 0)).toMatchObject({ flags: FLAG.dark, off: reason, lit: 0 });
    expect(homeState("company", seen, 0).flags).toBe(0);
    expect(differences(seen, 0)).toEqual(["has no supply, and the company does not know"]);
    const noticed = { ...seen, beliefSupply: belief({ isOut: [1] }) };
    expect(homeState("company", noticed, 0)).toMatchObject({ flags: FLAG.dark, off: "cut" });
    expect(differences(noticed, 0)).toEqual([]);
  },
);

test("a suspicion's step begins where the one before ends", () => {
  const stepAt = (suspicion: number): number =>
    homeState(
      "company",
      frames({ beliefSupply: belief({ caseId: ["case-1"], suspicion: [suspicion] }) }),
      0,
    ).suspicionStep;
  expect([0, 0.49, 0.5, 0.79, 0.8, 0.949, 0.95, 1].map(stepAt)).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
});

test("a register that the company has too low or too high differs, with the energy between them", () => {
  const withUnknown = (unknownWh: number): TwinFrames =>
    frames({ score: { stolenWh: [0], unknownWh: [unknownWh] } as unknown as TwinFrames["score"] });
  expect(differences(withUnknown(1_999), 0)).toEqual([]);
  expect(differences(withUnknown(3_200), 0)).toEqual([
    "has used 3.2 kWh more than the company has heard of",
  ]);
  expect(differences(withUnknown(-3_200), 0)).toEqual([
    "has used 3.2 kWh less than the company takes it",
  ]);
  expect(homeState("difference", withUnknown(3_200), 0).differsIn & DIFFERS_IN.register).not.toBe(
    0,
  );
});

test.each([
  [{ offReason: ["fuse"] }, {}, "differs-supply"],
  [{ relayOpen: [1], offReason: ["relay"] }, {}, "differs-relay"],
  [{ theftKinds: [1] }, {}, "differs"],
  [{ relayOpen: [1], theftKinds: [1] }, {}, "differs"],
  [{}, { isOut: [1] }, "differs-supply"],
  [{}, { relayOpen: [1] }, "differs-relay"],
] as const)("where truth has %j and belief %j the mark is %s", (ofTruth, ofBelief, icon) => {
  const seen = frames({
    truthSupply: truth(ofTruth as unknown as Partial<TruthSupplyColumns>),
    beliefSupply: belief(ofBelief as unknown as Partial<BeliefSupplyColumns>),
  });
  expect(markOf(homeState("difference", seen, 0))?.icon).toBe(icon);
});
