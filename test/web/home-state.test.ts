import { expect, test } from "vitest";
import type { BeliefSupplyColumns, TruthSupplyColumns } from "../../sim/contract/frame.ts";
import type { TwinFrames } from "../../web/player/store.ts";
import { VIEW_CHANNELS } from "../../web/player/views.ts";
import { differences, FLAG, homeState } from "../../web/scene/home-state.ts";

const truth = (rest: Partial<TruthSupplyColumns>): TruthSupplyColumns =>
  ({ activePowerW: [500], relayOpen: [0], bypassShare: [0], ...rest }) as TruthSupplyColumns;
const belief = (rest: Partial<BeliefSupplyColumns>): BeliefSupplyColumns =>
  ({
    activePowerW: [400],
    relayOpen: [0],
    isLate: [0],
    caseId: [""],
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
  const seen = frames({ truthSupply: truth({ bypassShare: [0.6] }) });
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
  const seen = frames({ truthSupply: truth({ relayOpen: [1] }) });
  expect(homeState("truth", seen, 0)).toEqual({ lit: 0, flags: FLAG.dark });
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
    truthSupply: truth({ bypassShare: [0.6] }),
    beliefSupply: belief({ caseId: ["case-1"] }),
  });
  expect(differences(seen, 0)).toEqual([]);
});
