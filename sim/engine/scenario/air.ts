// The air of a scenario: which meter hears which mast, what a mast can take, and what will be out when.

import { smsPerMinute } from "../../comms/capacity.ts";
import { candidatesOf, type Receiver, type Transmitter } from "../../comms/coverage.ts";
import type { StreetLayout } from "../../contract/frame.ts";
import { isOfMast } from "../../contract/outage.ts";
import type { RandomByName } from "../../core/random.ts";
import type { SimMs } from "../../core/time.ts";
import type { FeederSpec } from "../../plant/spec.ts";
import type { Faults } from "./faults.ts";
import type { ResolvedScenario } from "./resolved.ts";
import type { Scenario } from "./schema.ts";

/** What a mast has unless the scenario says otherwise. */
const MAST_HEIGHT_M = 30;
/** 43 dBm from the station, 15 dBi of antenna, 3 dB lost in the feeder. */
const MAST_POWER_DBM = 55;
/** One SDCCH/8, the signalling of a cell with two carriers. */
const SDCCH_CHANNELS = 8;
/**
 * Two packet channels at 13.4 kbit/s (CS-2) carry 200,000 octets a minute; a reading and its answer, with what TCP,
 * MQTT and the radio's own blocks add, are about 700.
 */
const DATA_PER_MINUTE = 280;

/** The masts of a scenario; where nobody said, one stands at `origin`. */
export function transmittersOf(
  { masts }: Scenario["air"],
  origin: { readonly x: number; readonly y: number },
): readonly Transmitter[] {
  const placed = masts ?? [{ id: "mast-1", x: origin.x, y: origin.y }];
  return placed.map(({ id, x, y, heightM = MAST_HEIGHT_M, powerDbm = MAST_POWER_DBM }) => ({
    id,
    x,
    y,
    heightM,
    powerDbm,
  }));
}

/** The air of a scenario; masts stand where the layout says. */
export function airOf(
  scenario: Scenario,
  layout: StreetLayout,
  feeders: readonly FeederSpec[],
  random: RandomByName,
): ResolvedScenario["air"] {
  const { air, meters } = scenario;
  const transmitters = transmittersOf(air, layout.masts[0] ?? { x: 0, y: 0 });
  const receivers: readonly Receiver[] = [
    ...layout.supplies,
    ...layout.transformers.map(({ x, y }, row) => ({ id: feeders[row]!.meterId, x, y })),
  ];
  const { frequencyMHz, penetrationDb, shadowingDb } = air;
  const radio = { frequencyMHz, penetrationDb, shadowingDb };
  return {
    masts: layout.masts.map(({ id, x, y }, row) => ({
      id,
      x,
      y,
      smsPerMinute: smsPerMinute(air.masts?.[row]?.sdcchChannels ?? SDCCH_CHANNELS),
      dataPerMinute: air.masts?.[row]?.dataPerMinute ?? DATA_PER_MINUTE,
    })),
    candidates: receivers.map((meter) => candidatesOf(meter, transmitters, radio, random)),
    intervalMs: meters.interval,
    delayMinMs: air.delayMin,
    delayMeanMs: air.delayMean,
    lossShare: air.lossShare,
    duplicateShare: air.duplicateShare,
    isFading: air.fading,
    sms: {
      lossShare: air.sms.lossShare,
      duplicateShare: air.sms.duplicateShare,
      validityMs: air.sms.validity,
    },
    spreadMs: air.spread,
    returnSpreadMs: air.returnSpread,
    retryMs: air.retry,
    outboxMax: air.outboxMax,
  };
}

/** What will be out, with the rows of the masts that it is about. */
export function outagesOf(
  scenario: Scenario,
  layout: StreetLayout,
  moment: (text: string, path: readonly (string | number)[]) => SimMs,
  faults: Faults,
): ResolvedScenario["outages"] {
  const ids = layout.masts.map(({ id }) => id);
  return scenario.outages.map((outage, index) => {
    const { of, mast: name } = outage;
    const path = ["outages", index, "mast"];
    const from = moment(outage.from, ["outages", index, "from"]);
    const mast = name === undefined ? 0 : ids.indexOf(name);
    if (mast < 0) faults.unknown(path, "mast", name!, ids);
    if (isOfMast(of) && name === undefined) {
      faults.add(["outages", index], `say of which mast: mast: ${ids[0]}`);
    }
    if (!isOfMast(of) && name !== undefined) {
      faults.add(path, `all masts share the ${of}; leave the mast out`);
    }
    return { of, mast: Math.max(0, mast), from, until: from + outage.for };
  });
}
