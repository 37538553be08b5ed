// Twenty-one real low-voltage feeders of the ENWL set against OpenDSS, with OpenDSS's own load behaviour.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { importOpenDss } from "../../sim/grid/opendss.ts";
import { solveFeeder } from "../../sim/grid/solve-report.ts";
import { createReadText } from "../../sim/host/files.ts";
import { dataFile } from "../support/data.ts";

const FEEDER_COUNT = [4, 5, 6, 6];
const feeders = FEEDER_COUNT.flatMap((count, index) =>
  Array.from({ length: count }, (_, k) => ({ network: index + 1, feeder: k + 1 })),
);

test.for(feeders)(
  "every node of ENWL network $network, feeder $feeder, has OpenDSS's voltage",
  ({ network, feeder }, context) => {
    const folder = `network_${network}/Feeder_${feeder}`;
    const master = dataFile(context, `feeders/enwl/${folder}/Master.dss`);
    const name = `feeders/enwl/reference/network_${network}_Feeder_${feeder}.csv`;
    const rows = readFileSync(dataFile(context, name), "utf8").trim().split(/\r?\n/).slice(1);
    const settings = { loadModel: "opendss", tolerancePu: 1e-10 } as const;
    const { converged, nodes } = solveFeeder(importOpenDss(master, createReadText()), settings);
    expect(converged).toBe(true);
    const theirs = new Map(rows.map((row) => [row.split(",")[0], row.split(",").map(Number)]));
    expect(nodes.map(({ node }) => node).sort()).toEqual([...theirs.keys()].sort());
    const offV = nodes.map(({ node, reV, imV }) => {
      const [, re, im] = theirs.get(node)!;
      return Math.hypot(reV - re!, imV - im!);
    });
    // OpenDSS ties a millionth of each transformer's rating to ground, which moves 6.4 kV by less than 0.1 mV.
    expect(Math.max(...offV)).toBeLessThan(1e-3);
  },
);
