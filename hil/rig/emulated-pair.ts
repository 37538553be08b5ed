// An emulated rig wired to an emulated meter, both on one time: the rig goes a slice ahead, the meter follows, and each of
// its samples is the rig's filtered output at that very cycle. What the meter's relay does, the rig feels a slice later.

import { RIG_SCALE } from "../../sim/contract/rig-protocol.ts";
import { RIG_SPOTS, RIG_WIRES, type RigWire, spotText } from "../../sim/contract/rig-wiring.ts";
import { METER_WIRING } from "../board/meter-wiring.ts";
import type { LockedPort } from "../board/port.ts";
import { Board, CYCLES_PER_MS } from "../emulator/board.ts";
import { CLOCK_HERTZ } from "../emulator/chip.ts";
import type { Image } from "../emulator/image.ts";
import { RcFilter } from "../emulator/parts/rc-filter.ts";
import { analogChannel, pinPlace, type Wiring } from "../emulator/wiring.ts";

/** How far the rig goes ahead. */
const SLICE_MS = 1;
const SUPPLY_VOLTS = 5;
const CYCLES_PER_OHM_NANO_FARAD = 1e-9 * CLOCK_HERTZ;
/** The converter's outputs in its own order. */
const OUTPUTS = ["VOUTA", "VOUTB", "VOUTC", "VOUTD"];

/** The meter's board with lines from the rig in place of sensors, contacts and buttons. */
const { relay, display, pulse, alarm, heartbeat, buzzer, ...driven } = METER_WIRING;
const METER_ON_A_RIG: Wiring = {
  ...{ relay, display, pulse, alarm, heartbeat, buzzer },
  voltage: { is: "line", pin: driven.voltage.pin },
  phase: { is: "line", pin: driven.phase.pin },
  neutral: { is: "line", pin: driven.neutral.pin },
};
const RIG_WIRING: Wiring = {
  converter: {
    is: "converter",
    i2c: RIG_SCALE.converterAddress,
    loadPin: RIG_SPOTS.rig.load,
  },
  relayClosed: { is: "switch", pin: RIG_SPOTS.rig.relayClosed, active: "low", pull: "none" },
};

/** What the rig's parts really are, output by output; what is not said is as it should be. */
export interface RigFlaws {
  readonly gains?: readonly number[];
  readonly filterNanoFarads?: readonly number[];
}

export class EmulatedPair {
  readonly rig: Board;
  readonly meter: Board;
  #doneMs = 0;

  /** Both without power. */
  constructor(
    images: { readonly rig: Image; readonly meter: Image },
    seed: number,
    flaws: RigFlaws = {},
  ) {
    this.rig = new Board(images.rig, { wiring: RIG_WIRING, seed, floating: "high" });
    this.meter = new Board(images.meter, { wiring: METER_ON_A_RIG, seed, floating: "high" });
    this.#joinOutputs(flaws);
    for (const wire of RIG_WIRES) {
      if (wire.through === "coupler") this.#joinCoupler(wire);
      if (wire.through === "switch") this.#joinSupply(wire);
    }
  }

  /** Two lines of sixteen characters. */
  readDisplay(): string {
    return this.meter.parts.displays.get("display")!.lines().join("\n");
  }

  get isRelayClosed(): boolean {
    return this.meter.parts.relays.get("relay")!.isClosed(this.meter.cycle);
  }

  powerMeter(isOn: boolean): void {
    this.meter.setSupply(isOn ? SUPPLY_VOLTS : 0);
    this.rig.parts.converters.get("converter")!.chip.feelSupply(this.meter.cycle);
  }

  /** Runs both for so much time; whole milliseconds. */
  run(spanMs: number): void {
    for (let left = spanMs; left > 0; left -= SLICE_MS) {
      this.#doneMs += SLICE_MS;
      this.rig.runUntil(this.#doneMs * CYCLES_PER_MS);
      this.meter.runUntil(this.#doneMs * CYCLES_PER_MS);
      const contact = this.rig.parts.contacts.get("relayClosed")!;
      if (contact.isActive !== this.isRelayClosed) {
        contact.set(this.isRelayClosed ? "active" : "released");
      }
    }
  }

  /** The converter's outputs over their filters to the meter's analog pins; its supply is the meter's. */
  #joinOutputs({ gains, filterNanoFarads }: RigFlaws): void {
    const converter = this.rig.parts.converters.get("converter")!;
    converter.supplyVolts = () => this.meter.supplyVolts;
    const filters = OUTPUTS.map((_, output) => {
      const nanoFarads = filterNanoFarads?.[output] ?? RIG_SCALE.filterNanoFarads;
      return new RcFilter(RIG_SCALE.filterOhms * nanoFarads * CYCLES_PER_OHM_NANO_FARAD);
    });
    converter.chip.onMoved = (output, volts, cycle) =>
      filters[output]!.step(volts * (gains?.[output] ?? 1), cycle);
    for (const { from, through, to } of RIG_WIRES) {
      if (through !== "filter") continue;
      const filter = filters[OUTPUTS.indexOf(spotText(from))]!;
      const channel = analogChannel(spotText(to));
      this.meter.frontEnd.attachLevel(channel, (cycle) => filter.volts(cycle));
    }
  }

  /** A light on the rig's side, a transistor to ground on the meter's. */
  #joinCoupler({ from, to }: RigWire): void {
    const pin = spotText(to);
    const conduct = (isOn: boolean): void => {
      if (pin !== RIG_SPOTS.meter.reset) this.meter.setPin(pin, isOn ? 0 : null);
      else if (isOn) this.meter.pressReset();
    };
    this.rig.chip.ports.listen(pinPlace(spotText(from)), (state) => conduct(state === "high"));
  }

  #joinSupply({ from }: RigWire): void {
    let isCut = false;
    this.rig.chip.ports.listen(pinPlace(spotText(from)), (state) => {
      const wasCut = isCut;
      isCut = state === "high";
      if (isCut !== wasCut) this.powerMeter(!isCut);
    });
  }
}

/** The serial lines of a pair: whichever is waited on, the time of both passes. */
export function createPairPorts(pair: EmulatedPair): {
  readonly meter: LockedPort;
  readonly rig: LockedPort;
} {
  const portOf = (name: string, board: Board, power: (isOn: boolean) => void): LockedPort => ({
    name,
    time: "locked",
    async open({ data }) {
      board.onBytes = data;
      if (board.supplyVolts === 0) power(true);
    },
    write: (bytes) => void board.write(bytes),
    run: (spanMs) => pair.run(spanMs),
    async close() {
      board.onBytes = () => {};
      power(false);
    },
  });
  return {
    meter: portOf("emulated", pair.meter, (isOn) => pair.powerMeter(isOn)),
    rig: portOf("emulated rig", pair.rig, (isOn) => pair.rig.setSupply(isOn ? SUPPLY_VOLTS : 0)),
  };
}
