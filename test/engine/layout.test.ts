import { expect, test } from "vitest";
import { createPlan } from "../../web/scene/plan.ts";
import { street } from "../support/street.ts";

test.for([
  ["three-lanes", 24],
  ["first-street", 60],
] as const)(
  "every home of %s has its place, none on a road and none on another",
  ([scenario, homes]) => {
    const { layout } = street({ scenario });
    const plan = createPlan(layout);
    expect(plan.homes).toHaveLength(homes);
    for (const home of plan.homes) {
      for (const other of plan.homes) {
        if (other.row <= home.row) continue;
        expect(Math.hypot(home.x - other.x, home.z - other.z)).toBeGreaterThan(10);
      }
      for (const { from, to, widthM } of plan.roads) {
        const isEast = from[1] === to[1];
        const away = isEast ? Math.abs(home.z - from[1]) : Math.abs(home.x - from[0]);
        const isBeside = isEast
          ? home.x < Math.min(from[0], to[0]) || home.x > Math.max(from[0], to[0])
          : home.z < Math.min(from[1], to[1]) || home.z > Math.max(from[1], to[1]);
        if (!isBeside) expect(away).toBeGreaterThan(widthM / 2 + 4);
      }
    }
    expect(plan.cables).toHaveLength(layout.branches.length);
  },
);
