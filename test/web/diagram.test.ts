// The single-line diagram of shipped and of random streets: nothing is missing, nothing is twice, nothing lies on
// anything else, and nothing is said of the truth in the company's name.

import fc from "fast-check";
import { expect, test } from "vitest";
import type { StreetLayout } from "../../sim/contract/frame.ts";
import { type LineNode, oneLineOf } from "../../web/diagram/one-line.ts";
import { CELL, type Places, placesOf } from "../../web/diagram/places.ts";
import { walk } from "../../web/diagram/walk.ts";

type Branch = StreetLayout["branches"][number];

/** A feeder grown at random: each new point hangs on an earlier one, some carry homes, some are no longer than nothing. */
function layoutOf(parents: readonly number[], homesAt: readonly number[]): StreetLayout {
  const place = (point: number): [number, number] => [point * 7, (point * 13) % 29];
  const branches: Branch[] = parents.map((parent, index) => ({
    id: `line${index}`,
    from: place(parent % (index + 1)),
    to: place(index + 1),
    kind: "lateral",
    ratingA: 100,
    phases: 7,
  }));
  const supplies = homesAt.map((point, row) => {
    const [x, y] = place(point % (parents.length + 1));
    return {
      ...{ id: `supply-${row}`, address: `${row + 1} Lane`, customer: "", bus: "", x, y },
      phase: 1 as const,
    };
  });
  const twice = { ...branches[0]!, id: "again" };
  const short = { ...branches[0]!, id: "short", to: branches[0]!.from };
  const transformer = { ...short, id: "t1", kind: "transformer" as const };
  return {
    ...{ title: "", zone: "UTC", startEpochMs: 0, offsets: [], currency: "", intervalMs: 1 },
    ...{ supplies, nominalV: 230 },
    branches: [...branches, twice, short, transformer],
    transformers: [{ feeder: "feeder", x: 0, y: 0, ratingVa: 1e5 }],
    masts: [{ id: "mast-1", x: 0, y: 0, coverageM: 1_000 }],
  };
}

const anyLayout = fc
  .tuple(
    fc.array(fc.nat(60), { minLength: 1, maxLength: 60 }),
    fc.array(fc.nat(60), { minLength: 1, maxLength: 60 }),
  )
  .map(([parents, homes]) => layoutOf(parents, homes));

test("every cable and every home is in the diagram once, below what feeds it", () => {
  fc.assert(
    fc.property(anyLayout, (layout) => {
      const nodes = oneLineOf(layout);
      const rows = nodes.flatMap((node) => node.rows).sort((a, b) => a - b);
      expect(rows).toEqual(layout.branches.map((_, row) => row));
      const homes = nodes.filter(({ kind }) => kind === "home").map(({ row }) => row);
      expect(homes.sort((a, b) => a - b)).toEqual(layout.supplies.map((_, row) => row));
      expect(nodes[0]!.homes).toEqual(layout.supplies.map((_, row) => row));
      nodes.forEach((node, at) => {
        expect(node.parent).toBeLessThan(at);
        for (const child of node.children) expect(nodes[child]!.parent).toBe(at);
      });
    }),
    { numRuns: 60 },
  );
});

/** Boxes of homes and of folded lines, which must not lie on each other. */
function boxes(nodes: readonly LineNode[], { all }: Places) {
  return all.flatMap(({ at, x, y, isFolded }) => {
    const { kind } = nodes[at]!;
    if (kind === "home") {
      const [w, h] = [CELL.widthPx, CELL.heightPx];
      return [{ left: x - w / 2, right: x + w / 2, top: y - h / 2, bottom: y + h / 2 }];
    }
    return kind === "cable" && isFolded
      ? [{ left: x, right: x + 250, top: y - 20, bottom: y + 20 }]
      : [];
  });
}

test("homes and folded lines never lie on each other, however the lines are folded", () => {
  fc.assert(
    fc.property(anyLayout, fc.infiniteStream(fc.boolean()), (layout, coins) => {
      const nodes = oneLineOf(layout);
      const folded = new Set(nodes.filter(() => coins.next().value).map(({ key }) => key));
      for (const keys of [new Set<string>(), folded]) {
        const places = placesOf(nodes, keys);
        const drawn = boxes(nodes, places);
        drawn.forEach((a, index) => {
          for (const b of drawn.slice(index + 1)) {
            const isApart =
              a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
            expect(isApart, JSON.stringify([a, b])).toBe(true);
          }
          expect(a.right).toBeLessThanOrEqual(places.widthPx);
          expect(a.bottom).toBeLessThanOrEqual(places.heightPx);
        });
      }
    }),
    { numRuns: 60 },
  );
});

test("arrows reach everything that is shown, and lead nowhere else", () => {
  fc.assert(
    fc.property(anyLayout, (layout) => {
      const nodes = oneLineOf(layout);
      const shown = placesOf(nodes, new Set()).all.map(({ at }) => at);
      expect(shown.length).toBe(nodes.length);
      const reached = new Set([0]);
      const waiting = [0];
      for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
        for (const key of ["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown"]) {
          const to = walk(nodes, shown, at, key)!;
          if (!reached.has(to)) waiting.push(to);
          reached.add(to);
        }
        expect(walk(nodes, shown, at, "x")).toBeNull();
      }
      expect(reached.size).toBe(nodes.length);
    }),
    { numRuns: 40 },
  );
});

/** Streets of the same plan side by side, each with names of its own. */
function townOf(names: readonly string[], one: StreetLayout): StreetLayout {
  const move = ([x, y]: readonly [number, number], by: number) => [x + by, y] as const;
  const each = <Value>(of: (name: string, eastM: number) => readonly Value[]): Value[] =>
    names.flatMap((name, index) => of(name, index * 10_000));
  return {
    ...one,
    branches: each((name, by) =>
      one.branches.map((branch) => ({
        ...branch,
        id: `${name}/${branch.id}`,
        from: move(branch.from, by),
        to: move(branch.to, by),
      })),
    ),
    supplies: each((name, by) =>
      one.supplies.map((supply) => ({
        ...{ ...supply, id: `${name}-${supply.id}`, bus: `${name}/bus`, x: supply.x + by },
      })),
    ),
    transformers: each((feeder, by) =>
      one.transformers.map(({ x, y, ratingVa }) => ({ feeder, x: x + by, y, ratingVa })),
    ),
  };
}

test("each of several feeders has its own cables and homes, also where one name begins as another", () => {
  const names = ["north", "north-2", "south"];
  fc.assert(
    fc.property(anyLayout, (one) => {
      const layout = townOf(names, one);
      const nodes = oneLineOf(layout);
      const rows = nodes.flatMap((node) => node.rows).sort((a, b) => a - b);
      expect(rows).toEqual(layout.branches.map((_, row) => row));
      names.forEach((name, feeder) => {
        const source = nodes.find((node) => node.key === `source/${feeder}`)!;
        expect(source.homes.map((row) => layout.supplies[row]!.id)).toEqual(
          one.supplies.map(({ id }) => `${name}-${id}`),
        );
        for (const node of nodes.filter((each) => each.feeder === feeder))
          for (const row of node.rows) expect(layout.branches[row]!.id).toMatch(`${name}/`);
      });
    }),
    { numRuns: 40 },
  );
});

test("a town of many feeders is gone through once, not once for each of them", () => {
  const one = layoutOf([0, 1, 2, 3, 4], [1, 2, 3, 4, 5]);
  const readsOf = (feeders: number): number => {
    const layout = townOf(
      Array.from({ length: feeders }, (_, index) => `feeder-${index}`),
      one,
    );
    let reads = 0;
    const branches = layout.branches.map((branch) => ({
      ...branch,
      get from() {
        reads++;
        return branch.from;
      },
    }));
    oneLineOf({ ...layout, branches });
    return reads;
  };
  expect(readsOf(10)).toBeGreaterThan(0);
  expect(readsOf(200)).toBe(20 * readsOf(10));
});
