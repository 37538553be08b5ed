// The figures of a report that the page of two runs tells, with their words; the command line's `compare` has all.

import { formatMoney } from "../player/format.ts";

interface Figure {
  /** Its place in the report. */
  readonly path: string;
  readonly label: string;
  show(value: number, currency: string): string;
}

const two = new Intl.NumberFormat("en-IN", { maximumFractionDigits: 2 });
const kWh = (value: number): string => `${two.format(value)} kWh`;
const count = (value: number): string => two.format(value);
const money = (value: number, currency: string): string => formatMoney(value, currency);

export const FIGURES: readonly Figure[] = [
  { path: "energy.sourceKWh", label: "Sent out by the transformer", show: kWh },
  { path: "energy.deliveredKWh", label: "Used at the homes", show: kWh },
  { path: "energy.meteredKWh", label: "Counted by the meters", show: kWh },
  { path: "energy.stolenKWh", label: "Stolen", show: kWh },
  { path: "energy.lossesKWh", label: "Lost in cables and transformer", show: kWh },
  { path: "energy.billedKWh", label: "Billed", show: kWh },
  { path: "billing.billedMinor", label: "Billed", show: money },
  { path: "billing.paidMinor", label: "Paid", show: money },
  { path: "billing.arrearsMinor", label: "In arrears", show: money },
  { path: "billing.trips", label: "Disconnections", show: count },
  { path: "billing.reconnects", label: "Reconnections", show: count },
  { path: "comms.delivered", label: "Readings that arrived", show: count },
  { path: "comms.waiting", label: "Readings that wait", show: count },
  { path: "comms.late", label: "Readings that came late", show: count },
  { path: "detection.cases", label: "Theft cases", show: count },
  { path: "outages.told", label: "Outages that the company saw", show: count },
  { path: "grid.saidiMinutes", label: "Minutes without supply, each home", show: count },
  { path: "grid.minVoltageV", label: "Lowest voltage", show: (value) => `${two.format(value)} V` },
];
