// The sensors in front of the ADC: mains waves worked out at the very cycle of a sample, with bias, gain and noise.
// It knows phasors and channels, no registers.

import { sin } from "../../../sim/core/math.ts";

/** What the twin says about the terminals during a step. Effective values; the current lags by `angleRad`. */
export interface Phasors {
  readonly voltageV: number;
  readonly currentA: number;
  readonly neutralA: number;
  readonly angleRad: number;
  readonly frequencyHz: number;
}

/** One analog channel. */
export interface Sensor {
  readonly quantity: "voltage" | "phase" | "neutral";
  /** Volts at the pin for each volt or ampere; negative where the sensor is reversed. */
  readonly voltsPerUnit: number;
  readonly biasVolts: number;
  readonly noiseVolts: number;
  readonly phaseRad: number;
  /** False while no current can flow, such as behind an open relay; null: always. */
  readonly isFlowing: ((cycle: number) => boolean) | null;
}

/** What a fault makes of the pin's voltage. */
export type Distortion = (volts: number, cycle: number) => number;

/** What a channel without a sensor is given. */
type Level = (cycle: number) => number;

const CHANNEL_COUNT = 8;
const TABLE_SIZE = 4096;
const TAU = 2 * Math.PI;
/** One sine period with a point to spare; linear interpolation between points is good to 3e-7. */
const SINE = Float64Array.from({ length: TABLE_SIZE + 1 }, (_, at) => sin((at / TABLE_SIZE) * TAU));
/** Standard deviation of the sum of four random bytes: √(4·(256² − 1) ÷ 12). */
const FOUR_BYTES_SIGMA = Math.sqrt((65_536 - 1) / 3);
const FOUR_BYTES_MEAN = 510;

/** Conditions from a cycle on; two are kept, because a sample may be asked for after they changed. */
interface Span {
  fromCycle: number;
  /** Phase of the voltage at `fromCycle`, in turns. */
  turns: number;
  turnsPerCycle: number;
  readonly amplitude: Float64Array;
  readonly offsetTurns: Float64Array;
}

export class FrontEnd {
  readonly #seed: number;
  readonly #hertz: number;
  readonly #sensors: (Sensor | null)[] = new Array<Sensor | null>(CHANNEL_COUNT).fill(null);
  readonly #distortions: (Distortion | null)[] = new Array<Distortion | null>(CHANNEL_COUNT).fill(
    null,
  );
  readonly #levels: Level[] = new Array<Level>(CHANNEL_COUNT).fill(() => 0);
  /** Noise of channels without a sensor. */
  readonly #levelNoiseVolts = new Float64Array(CHANNEL_COUNT);
  #now: Span = createSpan();
  #before: Span = createSpan();
  #phasors: Phasors = { voltageV: 0, currentA: 0, neutralA: 0, angleRad: 0, frequencyHz: 50 };

  constructor(seed: number, hertz: number) {
    this.#seed = seed | 0;
    this.#hertz = hertz;
  }

  get phasors(): Phasors {
    return this.#phasors;
  }

  attach(channel: number, sensor: Sensor): void {
    this.#sensors[channel] = sensor;
    this.#fill(this.#now);
    this.#fill(this.#before);
  }

  /** A channel without a sensor reads what `volts` gives. */
  attachLevel(channel: number, volts: Level): void {
    this.#levels[channel] = volts;
  }

  /** The noise of a channel without a sensor. */
  attachNoise(channel: number, noiseVolts: number): void {
    this.#levelNoiseVolts[channel] = noiseVolts;
  }

  /** Puts a fault on a channel; null takes it away. */
  distort(channel: number, distortion: Distortion | null): void {
    this.#distortions[channel] = distortion;
  }

  /** New conditions from `cycle` on; the wave goes on in phase. */
  setPhasors(phasors: Phasors, cycle: number): void {
    const last = this.#now;
    const next = this.#before;
    const turns = last.turns + (cycle - last.fromCycle) * last.turnsPerCycle;
    next.fromCycle = cycle;
    next.turns = turns - Math.floor(turns);
    next.turnsPerCycle = phasors.frequencyHz / this.#hertz;
    this.#phasors = phasors;
    this.#fill(next);
    this.#before = last;
    this.#now = next;
  }

  /** Volts at a channel at `cycle`, in the present conditions or the ones before. */
  volts(channel: number, cycle: number): number {
    const sensor = this.#sensors[channel]!;
    const distortion = this.#distortions[channel]!;
    let volts: number;
    if (sensor === null) {
      const noiseVolts = this.#levelNoiseVolts[channel]!;
      volts = this.#levels[channel]!(cycle);
      if (noiseVolts > 0) volts += noiseVolts * this.#noise(channel, cycle);
    } else {
      const span = cycle >= this.#now.fromCycle ? this.#now : this.#before;
      volts = sensor.biasVolts + sensor.noiseVolts * this.#noise(channel, cycle);
      if (sensor.isFlowing === null || sensor.isFlowing(cycle)) {
        const turns =
          span.turns + (cycle - span.fromCycle) * span.turnsPerCycle - span.offsetTurns[channel]!;
        const at = (turns - Math.floor(turns)) * TABLE_SIZE;
        const index = at | 0;
        const low = SINE[index]!;
        volts += span.amplitude[channel]! * (low + (SINE[index + 1]! - low) * (at - index));
      }
    }
    return distortion === null ? volts : distortion(volts, cycle);
  }

  /** Noise of variance 1, nearly normal, a pure function of seed, channel and cycle. */
  #noise(channel: number, cycle: number): number {
    let h = this.#seed ^ Math.imul(channel + 1, 0x9e3779b1);
    h = Math.imul(h ^ (cycle | 0), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13) ^ Math.floor(cycle / 4_294_967_296), 0xc2b2ae35);
    h = Math.imul(h ^ (h >>> 16), 0x27d4eb2f);
    h ^= h >>> 15;
    const sum = (h & 255) + ((h >>> 8) & 255) + ((h >>> 16) & 255) + (h >>> 24);
    return (sum - FOUR_BYTES_MEAN) / FOUR_BYTES_SIGMA;
  }

  #fill(span: Span): void {
    for (let channel = 0; channel < CHANNEL_COUNT; channel++) {
      const sensor = this.#sensors[channel]!;
      if (sensor === null) continue;
      const { voltageV, currentA, neutralA, angleRad } = this.#phasors;
      const effective = { voltage: voltageV, phase: currentA, neutral: neutralA }[sensor.quantity];
      const lag = sensor.quantity === "voltage" ? 0 : angleRad;
      span.amplitude[channel] = effective * Math.SQRT2 * sensor.voltsPerUnit;
      span.offsetTurns[channel] = (lag + sensor.phaseRad) / TAU;
    }
  }
}

function createSpan(): Span {
  return {
    // Minus zero: doubles from the start, see Cpu.baseCycle.
    fromCycle: -0,
    turns: -0,
    turnsPerCycle: -0,
    amplitude: new Float64Array(CHANNEL_COUNT),
    offsetTurns: new Float64Array(CHANNEL_COUNT),
  };
}
