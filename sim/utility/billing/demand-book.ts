// Maximum demand and apparent energy of a customer as meters wrote them down when months ended, in registers that go on
// from meter to meter. A month that no such register covers is not measured: then the contract tells, and no guess.

import { type ApparentReport, REGISTER_WRAP_WH } from "../../contract/reading.ts";
import { DAY_MS, type SimMs } from "../../core/time.ts";
import { type DemandBook, type DemandMark, OPEN_MONTHS_MAX } from "../state.ts";
import { type Tariff, versionsOf } from "./tariff.ts";

/** Ends of months that are kept: of those that are open, and the running one. */
const MARKS_KEPT_MAX = 12 + OPEN_MONTHS_MAX;
/** Days without such a register that are kept; older ones are billed. */
const GAPS_KEPT_MAX = 64;

/** Whether any version of a tariff asks for kVA, a power factor or kVAh. */
export function asksForApparent(tariff: Tariff | undefined): boolean {
  if (tariff === undefined || tariff.kind === "prepaid") return false;
  return versionsOf(tariff).some(
    ({ terms }) =>
      terms?.demand?.unit === "VA" ||
      terms?.powerFactor !== undefined ||
      terms?.energyUnit === "VAh",
  );
}

/** Books from a moment on; `wh` is the register there, null where it is not known. */
export function openDemand(at: SimMs, wh: number | null): DemandBook {
  const start = wh === null ? null : { at, wh, vah: 0, demandVa: 0 };
  return { start, marks: [], offsetVah: 0, heldVa: 0, gaps: [] };
}

/** What a reading brings: registers of the company's, and the meter's own offset to them. */
export interface ApparentCame {
  readonly measuredAt: SimMs;
  /** The register of the company, and what it has beyond the meter's own. */
  readonly importWh: number;
  readonly offsetWh: number;
  readonly apparent: ApparentReport | undefined;
  /** A midnight at which an account ends within the month; null: none. */
  readonly leavingAt: SimMs | null;
}

/** Takes in a reading that is kept, of the meter that hangs there now. */
export function noteApparent(book: DemandBook, came: ApparentCame): void {
  const { measuredAt, apparent, importWh, offsetWh } = came;
  if (apparent === undefined) {
    noteGap(book, measuredAt);
    return;
  }
  for (const { at, importWh: ownWh, apparentVah, demandVa } of apparent.profiles ?? []) {
    let wh = ownWh + offsetWh;
    if (wh > importWh) wh -= REGISTER_WRAP_WH; // written down before the register came round
    keepMark(book, { at, wh, vah: apparentVah + book.offsetVah, demandVa });
  }
  if (measuredAt !== came.leavingAt) return;
  const { importVah, demandVa } = apparent;
  keepMark(book, { at: measuredAt, wh: importWh, vah: importVah + book.offsetVah, demandVa });
}

/** The same end of a month told again changes nothing. */
function keepMark(book: DemandBook, mark: DemandMark): void {
  const { marks, start } = book;
  if (mark.at <= (start?.at ?? -1) || marks.some(({ at }) => at === mark.at)) return;
  const isRunning = mark.at > (marks.at(-1)?.at ?? -1);
  const demandVa = isRunning ? Math.max(mark.demandVa, book.heldVa) : mark.demandVa;
  if (isRunning) book.heldVa = 0;
  marks.push({ ...mark, demandVa });
  marks.sort((a, b) => a.at - b.at);
  if (marks.length > MARKS_KEPT_MAX) marks.shift();
}

function noteGap({ gaps }: DemandBook, at: SimMs): void {
  const index = gaps.findIndex((each) => Math.floor(each / DAY_MS) === Math.floor(at / DAY_MS));
  if (index >= 0) return;
  gaps.push(at);
  if (gaps.length > GAPS_KEPT_MAX) gaps.shift();
}

/** Another meter hangs there; `old` is what the one before had. A meter without such a register leaves a gap. */
export function exchangeDemand(
  book: DemandBook,
  old: { readonly apparentVah: number; readonly demandVa: number } | undefined,
  at: SimMs,
): void {
  if (old === undefined) return noteGap(book, at);
  book.offsetVah += old.apparentVah;
  book.heldVa = Math.max(book.heldVa, old.demandVa);
}

/** What was measured of a span of whole months; the energies are those between the two moments that were written down. */
export interface MeasuredDemand {
  readonly demandVa: number;
  /** Missing where the beginning was not written down. */
  readonly energy?: { readonly wh: number; readonly vah: number };
}

/** Undefined where no register covers the span. */
export function measuredBetween(
  { start, marks, gaps }: DemandBook,
  fromMs: SimMs,
  toMs: SimMs,
): MeasuredDemand | undefined {
  const within = marks.filter(({ at }) => at > fromMs && at <= toMs);
  const to = within.at(-1);
  if (to?.at !== toMs || gaps.some((at) => at > fromMs && at <= toMs)) return undefined;
  const demandVa = Math.max(...within.map((mark) => mark.demandVa));
  const from = start?.at === fromMs ? start : marks.find(({ at }) => at === fromMs);
  if (from === undefined) return { demandVa };
  return { demandVa, energy: { wh: to.wh - from.wh, vah: to.vah - from.vah } };
}

/** Everything up to a moment is billed for good. */
export function settleDemand(book: DemandBook, at: SimMs): void {
  const last = book.marks.findLast((mark) => mark.at <= at);
  if (last?.at === at) book.start = last;
  else book.start = null;
  const kept = book.marks.filter((mark) => mark.at > at);
  book.marks.splice(0, book.marks.length, ...kept);
  const gaps = book.gaps.filter((gap) => gap > at);
  book.gaps.splice(0, book.gaps.length, ...gaps);
}
