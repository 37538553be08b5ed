// The report of a run for an engineer at midnight: what happened, in a screenful.

import { plainMoneyText } from "../contract/bill-form.ts";
import type { BoardReport, RunReport } from "../contract/report.ts";
import { formatDuration, MINUTE_MS } from "../core/time.ts";
import type { Twin } from "../engine/world.ts";

const kWh = (value: number): string => `${value.toFixed(3)} kWh`;

function money(minor: number, currency: string): string {
  if (currency === "") return "–";
  return `${plainMoneyText(minor, currency)} ${currency}`;
}

const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

/** Interruptions that customers have had, and what the company took for outages. */
function supplyText({ grid, outages }: RunReport): string {
  const { fusesBlown, saidiMinutes, saifi } = grid;
  return (
    `${saidiMinutes.toFixed(1)} min without supply and ${saifi.toFixed(2)} interruptions a customer (SAIDI, SAIFI); ` +
    `${counted(fusesBlown, "fuse")} blown, ${counted(outages.told, "outage")} seen by the company`
  );
}

function textRows({ comms }: RunReport): [string, string][] {
  const { textsSent, textsReceived } = comms;
  if (textsSent === 0) return [];
  return [["Texts", `${textsSent} SMS to customers, ${textsReceived} on their phones`]];
}

function billingRows({ billing }: RunReport): [string, string][] {
  const { currency, billedMinor, paidMinor, arrearsMinor } = billing;
  if (currency === "") return [["Billing", "this scenario bills nobody"]];
  return [
    [
      "Billing",
      `${counted(billing.bills, "bill")} over ${money(billedMinor, currency)}, paid ${money(paidMinor, currency)}, ` +
        `arrears ${money(arrearsMinor, currency)}`,
    ],
    [
      "",
      `${counted(billing.warnings, "warning")}, ${counted(billing.trips, "trip")}, ` +
        `${counted(billing.reconnects, "reconnection")}; the ledger sums to ${billing.ledgerBalanceMinor}`,
    ],
  ];
}

function detectionText({ detection }: RunReport): string {
  const { cases, found, falseAlarms, missed, meanDelayMs } = detection;
  if (cases + missed + found === 0) return "no theft, no case";
  const delayMs = meanDelayMs === null ? null : Math.round(meanDelayMs / MINUTE_MS) * MINUTE_MS;
  const delay = delayMs === null ? "" : `; ${formatDuration(delayMs)} after the theft began`;
  const missing = `${counted(missed, "thief", "thieves")} missed`;
  const { inspections, wrongAccusations } = detection;
  const crews = inspections === 0 ? "" : `; ${counted(inspections, "crew")} sent`;
  const wrong = wrongAccusations === 0 ? "" : `; ${wrongAccusations} accused without cause`;
  return `${counted(cases, "case")}: ${found} right, ${falseAlarms} false; ${missing}${delay}${crews}${wrong}`;
}

/** The report with what was measured of boards on the wall's clock, where there were any. */
export function withBoards(
  report: RunReport,
  { reports }: { reports(): readonly BoardReport[] },
): RunReport {
  const boards = reports();
  return boards.length === 0 ? report : { ...report, boards };
}

function boardRows({ boards = [] }: RunReport): [string, string][] {
  return boards.map((board): [string, string] => {
    const { supply, device, steps, missed, roundTripMedianMs, roundTripP99Ms, jitterP99Ms } = board;
    const number = board.serial === null ? "" : `, board ${board.serial}`;
    const times =
      roundTripMedianMs === null
        ? "no answer"
        : `answers in ${roundTripMedianMs} ms, 99 % in ${roundTripP99Ms} ms; jitter ${jitterP99Ms ?? 0} ms`;
    return [
      "Board",
      `${supply} on ${device}${number}: ${times}; ${missed} of ${steps} deadlines missed`,
    ];
  });
}

/** A line for each board whose figures are not to be trusted. */
export const doubtText = ({ boards = [] }: RunReport): string =>
  boards
    .filter(({ doubt }) => doubt !== null)
    .map(({ supply, device, doubt }) => `${supply} on ${device}: ${doubt}\n`)
    .join("");

/** Prints to stdout; `again` is what the caller typed after the scenario's name. */
export function printReport(
  report: RunReport,
  twin: Twin,
  where: { readonly file: string; readonly again: readonly string[]; readonly out?: string },
): void {
  const { energy, grid, comms, commands, provenance } = report;
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
      `${grid.minVoltageV.toFixed(1)} to ${grid.maxVoltageV.toFixed(1)} V; ${counted(grid.failedSteps, "step")} did not converge`,
    ],
    ["Supply", supplyText(report)],
    [
      "Readings",
      `${comms.made} made = ${comms.delivered} delivered + ${comms.waiting} waiting + ${comms.reportedMissing} missing; ` +
        `${comms.late} late, ${counted(comms.lostOnAir, "transmission")} lost on the air`,
    ],
    [
      "Commands",
      `${commands.sent} sent, ${commands.acknowledged} acknowledged, ${commands.retried} repeated, ${commands.expired} expired, ${commands.waiting} waiting`,
    ],
    ...textRows(report),
    ...billingRows(report),
    ["Detection", detectionText(report)],
    ...boardRows(report),
    ["Final hash", report.finalHash],
    ["Again", ["meterville run", where.file, "--seed", report.seed, ...where.again].join(" ")],
  ];
  if (where.out !== undefined)
    rows.push(["Recording", `${where.out}  (meterville replay ${where.out})`]);
  const lines = rows.map(([label, text]) => `${label.padEnd(11)} ${text}`);
  for (const { supply, evidence } of twin.world.belief.detection.cases) {
    lines.push("", `${supply}: ${evidence}`);
  }
  process.stdout.write(`${lines.join("\n")}\n`);
}
