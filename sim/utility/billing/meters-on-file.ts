// Which meter hung where from when to when, and the register of the company, which goes on where a meter is replaced or
// its register comes round. Everything else of the company works with that register.

import type { MeterExchange } from "../../contract/inspection.ts";
import { type MeterReading, REGISTER_WRAP_WH } from "../../contract/reading.ts";
import { HOUR_MS, type SimMs } from "../../core/time.ts";
import { type Account, METERS_KEPT_MAX, type MeterOnFile } from "../state.ts";
import type { BillingOutputs } from "./accounts.ts";
import { exchangeDemand } from "./demand-book.ts";

/** A sanctioned load is an agreement, not a fuse; the head-end takes the same margin. */
const LOAD_MARGIN = 1.5;
const ROUNDING_WH = 2;

/** The number of the meter that hangs there now; `serial` is that of the records. */
export function serialNow({ meters }: Pick<Account, "meters">, serial: string): string {
  return meters?.at(-1)?.serial ?? serial;
}

/** What the meters had counted that hung there before this one. */
export function takenDownWhOf(account: Pick<Account, "meters"> | undefined): number {
  const meters = account?.meters ?? [];
  const serial = meters.at(-1)?.serial;
  return meters.find((meter) => meter.serial === serial)?.offsetWh ?? 0;
}

/** What is known of a supply point when a reading arrives. */
export interface KnownRegister {
  /** Of the records. */
  readonly serial: string;
  readonly sanctionedW: number;
  /** In the register of the company; `lastMeasuredAt` is −1 before the first reading. */
  readonly lastWh: number;
  readonly lastMeasuredAt: SimMs;
}

/** A register that is lower than before and cannot have come round: what it says, and by how much it fell. */
export interface FallenRegister {
  readonly supply: string;
  readonly serial: string;
  readonly importWh: number;
  readonly fellWh: number;
}

/**
 * A reading in the register of the company and under the serial number of the records; the same object where both are
 * the meter's own. One of a meter that does not hang there keeps a number that the head-end refuses. Nothing is billed
 * on a register that fell; whoever looks into such things is told by `noteFall`.
 */
export function continueReading(
  account: Account,
  known: KnownRegister,
  reading: MeterReading,
  at: SimMs,
  out: BillingOutputs,
  noteFall: (fallen: FallenRegister) => void,
): MeterReading {
  const meter = meterOf(account, known, reading);
  if (meter === undefined) {
    const isOfRecords = reading.serial === known.serial;
    return isOfRecords ? { ...reading, serial: `${reading.serial}, taken down` } : reading;
  }
  const importWh = reading.importWh + meter.offsetWh;
  const isNewest = known.lastMeasuredAt >= 0 && reading.measuredAt > known.lastMeasuredAt;
  if (isNewest && importWh < known.lastWh && Number.isSafeInteger(reading.importWh)) {
    if (hasComeRound(known, reading, importWh)) {
      return {
        ...reading,
        serial: known.serial,
        importWh: comeRound(account, known, reading, at, out),
        exportWh: reading.exportWh + (meter.exportOffsetWh ?? 0),
      };
    }
    const { supply } = reading;
    const fellWh = known.lastWh - importWh;
    noteFall({ supply, serial: known.serial, importWh: reading.importWh, fellWh });
  }
  const { exportOffsetWh = 0 } = meter;
  const isItsOwn = meter.offsetWh === 0 && exportOffsetWh === 0 && reading.serial === known.serial;
  if (isItsOwn) return reading;
  const exportWh = reading.exportWh + exportOffsetWh;
  return { ...reading, serial: known.serial, importWh, exportWh };
}

/** The meter that a reading is of; of one whose register came round the turn that is nearest to what is known. */
function meterOf(
  { meters }: Account,
  { serial, lastWh }: KnownRegister,
  reading: MeterReading,
): Pick<MeterOnFile, "offsetWh" | "exportOffsetWh"> | undefined {
  if (meters === undefined) return reading.serial === serial ? { offsetWh: 0 } : undefined;
  const turns = meters.filter((meter) => meter.serial === reading.serial);
  const takenDownAt = turns.at(-1)?.until ?? null;
  if (takenDownAt !== null && reading.measuredAt > takenDownAt) return undefined;
  const farWh = ({ offsetWh }: MeterOnFile): number =>
    Math.abs(reading.importWh + offsetWh - lastWh);
  return turns.reduce<MeterOnFile | undefined>(
    (best, turn) => (best === undefined || farWh(turn) < farWh(best) ? turn : best),
    undefined,
  );
}

/** A register that is lower than before has come round if the use up to it is plausible. */
function hasComeRound(
  { sanctionedW, lastWh, lastMeasuredAt }: KnownRegister,
  { measuredAt }: MeterReading,
  importWh: number,
): boolean {
  const usedWh = importWh + REGISTER_WRAP_WH - lastWh;
  const hours = (measuredAt - lastMeasuredAt) / HOUR_MS;
  return usedWh >= 0 && usedWh <= sanctionedW * hours * LOAD_MARGIN + ROUNDING_WH;
}

/** Begins the next turn of the meter's register; returns the reading in the register of the company. */
function comeRound(
  account: Account,
  { serial, lastMeasuredAt: since }: KnownRegister,
  reading: MeterReading,
  at: SimMs,
  { events }: BillingOutputs,
): number {
  const turn = currentOf(account, serial);
  const firstWh = turn.offsetWh + REGISTER_WRAP_WH;
  const { exportOffsetWh } = turn;
  const exported = exportOffsetWh === undefined ? {} : { exportOffsetWh };
  hang(account, { serial: turn.serial, offsetWh: firstWh, firstWh, since, ...exported });
  events.push({ kind: "register-wrapped", at, supply: reading.supply, serial: turn.serial });
  return reading.importWh + firstWh;
}

/** A person has put up another meter, and read both. The same report again changes nothing. */
export function noteExchange(
  account: Account,
  serial: string,
  exchange: MeterExchange,
  now: SimMs,
  { events }: BillingOutputs,
): void {
  const { supply, newSerial, oldFinalWh, newInitialWh, at } = exchange;
  const old = currentOf(account, serial);
  if (old.serial === newSerial) return;
  const firstWh = old.offsetWh + oldFinalWh;
  const exportOffsetWh = (old.exportOffsetWh ?? 0) + (exchange.oldFinalExportWh ?? 0);
  const exported = exportOffsetWh === 0 ? {} : { exportOffsetWh };
  const offsetWh = firstWh - newInitialWh;
  hang(account, { serial: newSerial, offsetWh, firstWh, since: at, ...exported });
  if (account.demand !== undefined) exchangeDemand(account.demand, exchange.oldDemand, at);
  // Tokens go by the number of the meter: the new one has a key of its own.
  delete account.vending;
  const { oldSerial } = exchange;
  const what = { oldSerial, newSerial, finalWh: oldFinalWh, initialWh: newInitialWh };
  events.push({ kind: "meter-replaced", at: now, supply, ...what });
}

function currentOf(account: Account, serial: string): MeterOnFile {
  account.meters ??= [{ serial, offsetWh: 0, firstWh: 0, since: 0, lastWh: null, until: null }];
  return account.meters.at(-1)!;
}

function hang(account: Account, next: Omit<MeterOnFile, "lastWh" | "until">): void {
  const { meters } = account;
  if (meters === undefined) return;
  const old = meters.at(-1)!;
  old.lastWh = next.firstWh;
  old.until = next.since;
  meters.push({ ...next, lastWh: null, until: null });
  if (meters.length > METERS_KEPT_MAX) meters.shift();
}
