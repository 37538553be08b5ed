// The report of a run for an engineer at midnight: what happened, in a screenful.

import type { RunReport } from "../contract/report.ts";
import { formatDuration, MINUTE_MS } from "../core/time.ts";
import type { Twin } from "../engine/world.ts";

const kWh = (value: number): string => `${value.toFixed(3)} kWh`;

function money(minor: number, currency: string): string {
  if (currency === "") return "–";
  return `${(minor / 100).toFixed(2)} ${currency}`;
}

/** Prints to stdout. */
export function printReport(
  report: RunReport,
  twin: Twin,
  where: { readonly file: string; readonly out?: string },
): void {
  const { energy, grid, comms, commands, billing, detection, provenance } = report;
  const rows: [string, string][] = [
    ["Scenario", `${twin.model.resolved.title} (${report.scenario}), seed ${report.seed}`],
    [
      "Simulated",
      `${formatDuration(report.simulatedMs)} in steps of ${formatDuration(provenance.stepMs)}, ` +
        `${Math.round(report.timesRealTime).toLocaleString("en")} × real time`,
    ],
    [
      "Energy",
      `${kWh(energy.sourceKWh)} from the source, ${kWh(energy.secondaryKWh)} at the transformer's secondary`,
    ],
    [
      "",
      `${kWh(energy.deliveredKWh)} delivered, ${kWh(energy.lossesKWh)} lost in cables and transformer`,
    ],
    [
      "",
      `${kWh(energy.meteredKWh)} metered, ${kWh(energy.stolenKWh)} stolen, ${kWh(energy.billedKWh)} billed`,
    ],
    [
      "Voltage",
      `${grid.minVoltageV.toFixed(1)} to ${grid.maxVoltageV.toFixed(1)} V; ${grid.failedSteps} step(s) did not converge`,
    ],
    [
      "Readings",
      `${comms.made} made = ${comms.delivered} delivered + ${comms.waiting} waiting + ${comms.reportedMissing} missing; ` +
        `${comms.late} late, ${comms.lostOnAir} transmission(s) lost`,
    ],
    [
      "Commands",
      `${commands.sent} sent, ${commands.acknowledged} acknowledged, ${commands.retried} repeated, ${commands.expired} expired, ${commands.waiting} waiting`,
    ],
    [
      "Billing",
      `${billing.bills} bills over ${money(billing.billedMinor, billing.currency)}, paid ${money(billing.paidMinor, billing.currency)}, ` +
        `arrears ${money(billing.arrearsMinor, billing.currency)}`,
    ],
    [
      "",
      `${billing.warnings} warnings, ${billing.trips} trips, ${billing.reconnects} reconnections; the ledger sums to ${billing.ledgerBalanceMinor}`,
    ],
    [
      "Detection",
      `${detection.cases} case(s): ${detection.found} right, ${detection.falseAlarms} false; ${detection.missed} thief missed` +
        (detection.meanDelayMs === null
          ? ""
          : `; ${formatDuration(Math.round(detection.meanDelayMs / MINUTE_MS) * MINUTE_MS)} after the theft began`),
    ],
    ["Final hash", report.finalHash],
    ["Again", `meterville run ${where.file} --seed ${report.seed}`],
  ];
  if (where.out !== undefined)
    rows.push(["Recording", `${where.out}  (meterville replay ${where.out})`]);
  const lines = rows.map(([label, text]) => `${label.padEnd(11)} ${text}`);
  for (const { supply, evidence } of twin.world.belief.detection.cases) {
    lines.push("", `${supply}: ${evidence}`);
  }
  process.stdout.write(`${lines.join("\n")}\n`);
}
