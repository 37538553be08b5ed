// The figures of a sweep as a page of Markdown.

import { DETECTORS } from "../../contract/theft.ts";
import {
  CONTROLS,
  type ConditionFigures,
  type FalseFigures,
  type Found,
  type TechniqueFigures,
} from "./summary.ts";

export interface SweepPage {
  readonly title: string;
  readonly command: string;
  readonly seeds: number;
  readonly days: number;
  readonly homes: number;
  readonly isAlone: boolean;
  readonly conditions: readonly ConditionFigures[];
}

/** The whole page; a formatter finds nothing to change in it. */
export function sweepMarkdown(page: SweepPage): string {
  const { title, command, seeds, days, homes, isAlone, conditions } = page;
  const together = isAlone
    ? "one of them a run"
    : "all five in one street at once, which is a street where a fifth of the homes steals";
  return [
    "# Theft and its detection",
    "",
    `Written by \`${command}\`.`,
    `${title}: ${homes} homes, ${days} days, ${seeds} seed(s).`,
    "",
    "The seed draws who steals, from when and how much:",
    `${together}. The same street runs once more with nobody stealing.`,
    "A theft is found when a case is open on the thief's home; the delay counts from the first moment at which the theft is",
    "at work. A detector has found it when it speaks for a theft in that case, looked at every hour. On the feeder: a case of",
    "that technique where something is wrong and no home explains it; a crew walks along the lines. Hidden: of what flows at",
    "the thief's home since then, what no meter counts. Named: the company took it for what it is.",
    "",
    "A missing neutral hides nothing from a meter with two sensors, and a hook on the cable before the meter leaves no trace",
    "in the readings of the home that it belongs to: the balance shows it on a phase of the feeder, and only the voltage and",
    "the hours can say where.",
    ...conditions.flatMap(conditionLines),
    "",
  ].join("\n");
}

function conditionLines(figures: ConditionFigures): readonly string[] {
  const { techniques, feederCases } = figures;
  const where = figures.hasOutages ? "With outages of air and supply" : "Without outages";
  const { withHook, without } = feederCases;
  return [
    "",
    `## ${where}`,
    "",
    ...table(
      [
        "technique",
        "thieves",
        "hidden",
        "kWh",
        "found",
        "after days",
        "on the feeder",
        "after days",
        "named",
        "misnamed",
        "no name",
      ],
      techniques.map(techniqueCells),
    ),
    "",
    "Found by detector: how many of the thieves, and after how many days (median).",
    "",
    ...table(
      ["technique", ...DETECTORS],
      techniques.map(({ technique, byDetector }) => [
        technique,
        ...DETECTORS.map((name) => foundCell(byDetector[name])),
      ]),
    ),
    "",
    "Accused without cause: cases on honest homes.",
    "",
    ...table(
      ["homes", "home-months", "cases", "per 1000 home-months"],
      [
        ["where nobody steals", ...falseCells(figures.honestStreets)],
        ["among thieves", ...falseCells(figures.thievesStreets)],
        ...CONTROLS.map((control) => [
          control === "none" ? "like all others" : control,
          ...falseCells(figures.falseByControl[control]),
        ]),
        ...DETECTORS.map((name) => [`by ${name}`, ...falseCells(figures.falseByDetector[name])]),
      ],
    ),
    "",
    `Cases on a feeder that no home explains: ${withHook} where somebody has a hook, ${without} where nobody has.`,
  ];
}

function techniqueCells(each: TechniqueFigures): readonly string[] {
  const { technique, thieves, hiddenShare, hiddenKWh, found, onFeeder, named, misnamed, unnamed } =
    each;
  return [
    technique,
    String(thieves),
    `${Math.round(100 * hiddenShare)} %`,
    hiddenKWh.toFixed(1),
    String(found.count),
    daysOf(found),
    String(onFeeder.count),
    daysOf(onFeeder),
    ...[named, misnamed, unnamed].map(String),
  ];
}

const daysOf = ({ medianDelayDays }: Found): string =>
  medianDelayDays === null ? "–" : medianDelayDays.toFixed(1);
const foundCell = (found: Found): string =>
  found.count === 0 ? "–" : `${found.count}, ${daysOf(found)} d`;
const falseCells = ({ homeMonths, cases, per1000 }: FalseFigures): readonly string[] => [
  homeMonths.toFixed(1),
  String(cases),
  per1000.toFixed(1),
];

/** A table of Markdown with columns as wide as their widest cell; numbers to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((_, column) =>
    Math.max(3, ...[head, ...rows].map((cells) => cells[column]!.length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join(" | ")} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  return [line(head), `| ${rule.join(" | ")} |`, ...rows.map(line)];
}
