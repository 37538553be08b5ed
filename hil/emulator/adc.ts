// The ADC: single conversions, free running and auto trigger, with the instants and the latching of the data sheet.
// DS40002061B, chapter 24: table 24-1 (conversion time) and 24.5 (changing channel or reference).

import type { Cpu } from "./cpu.ts";
import { ADCH, ADCL, ADCSRA, ADCSRB, ADMUX, VECTOR } from "./registers.ts";

/** Volts at an analog input at the instant of `cycle`; called once a conversion, in the order of conversions. */
export type AnalogSource = (channel: number, cycle: number) => number;

const ADEN = 0x80;
const ADSC = 0x40;
const ADATE = 0x20;
const ADIF = 0x10;
const ADIE = 0x08;
const ADLAR = 0x20;
const PRESCALERS = [2, 2, 4, 8, 16, 32, 64, 128];
/** In clocks of the ADC from the start: when the input is held, when the result is there. */
interface ConversionTimes {
  readonly sample: number;
  readonly length: number;
}
const NORMAL: ConversionTimes = { sample: 1.5, length: 13 };
const FIRST: ConversionTimes = { sample: 13.5, length: 25 };
const TRIGGERED: ConversionTimes = { sample: 2, length: 13.5 };
const BANDGAP_VOLTS = 1.1;
/** 25 °C at 1 mV/°C, data sheet table 24-2. */
const TEMPERATURE_VOLTS = 0.314;
const CODES = 1024;

export class Adc {
  source: AnalogSource = () => 0;
  /** Supply of the analog part in volts, and the voltage at AREF. */
  supplyVolts = 5;
  arefVolts = 5;
  conversionCount = 0;
  /** The auto trigger's source changed; −1: none. */
  onTriggerSource: (source: number) => void = () => {};
  readonly #cpu: Cpu;
  readonly #slot: number;
  #control = 0;
  #triggers = 0;
  #mux = 0;
  /** ADMUX as the conversion at hand has it. */
  #latchedMux = 0;
  #result = 0;
  /** ADCL was read and ADCH not yet: results are lost meanwhile. */
  #isLocked = false;
  #isFirst = true;
  // Minus zero: doubles from the start, see Cpu.baseCycle.
  #enabledAt = -0;
  #sampleAt = -0;
  /** Times of a conversion that waits for its clock edge; null: none, or it runs. */
  #waiting: ConversionTimes | null = null;

  constructor(cpu: Cpu) {
    this.#cpu = cpu;
    this.#slot = cpu.addSlot((at) => this.#complete(at));
    cpu.readers[ADCSRA] = () => this.#control;
    cpu.readers[ADCSRB] = () => this.#triggers;
    cpu.readers[ADMUX] = () => this.#mux;
    cpu.readers[ADCL] = () => {
      this.#isLocked = true;
      return (this.#mux & ADLAR) !== 0 ? (this.#result << 6) & 0xff : this.#result & 0xff;
    };
    cpu.readers[ADCH] = () => {
      this.#isLocked = false;
      return (this.#mux & ADLAR) !== 0 ? this.#result >> 2 : this.#result >> 8;
    };
    cpu.writers[ADCL] = () => {};
    cpu.writers[ADCH] = () => {};
    cpu.writers[ADCSRA] = (value, mask) => this.#writeControl(value, mask);
    cpu.writers[ADCSRB] = (value) => {
      this.#triggers = value & 0x47;
      this.onTriggerSource(this.triggerSource);
    };
    cpu.writers[ADMUX] = (value) => {
      this.#mux = value & 0xef;
    };
    cpu.onTaken(VECTOR.adc, () => {
      this.#control &= ~ADIF;
      this.#update();
    });
  }

  reset(): void {
    this.#control = 0;
    this.#triggers = 0;
    this.#mux = 0;
    this.#result = 0;
    this.#isLocked = false;
    this.#isFirst = true;
    this.#waiting = null;
    this.#cpu.schedule(this.#slot, Number.POSITIVE_INFINITY);
    this.onTriggerSource(-1);
    this.#update();
  }

  /** The source of ADTS that starts conversions; −1: none waits for one. */
  get triggerSource(): number {
    const needed = ADEN | ADATE;
    return (this.#control & needed) === needed ? this.#triggers & 7 : -1;
  }

  /** A rising edge of trigger source `source` at `cycle`. */
  trigger(source: number, cycle: number): void {
    if (this.triggerSource !== source || (this.#control & ADSC) !== 0) return;
    // 24.4: the prescaler is reset by the trigger, so the start is a fixed time after it.
    this.#enabledAt = cycle;
    this.#control |= ADSC;
    this.#start(cycle, this.#isFirst ? FIRST : TRIGGERED);
  }

  #update(): void {
    this.#cpu.setPending(VECTOR.adc, (this.#control & (ADIF | ADIE)) === (ADIF | ADIE));
  }

  #writeControl(value: number, mask: number): void {
    const old = this.#control;
    const flag = (value & mask & ADIF) !== 0 ? 0 : old & ADIF;
    this.#control = (value & ~(ADIF | ADSC)) | flag | (old & ADSC);
    if ((value & ADEN) === 0) {
      this.#control &= ~ADSC;
      this.#isFirst = true;
      this.#waiting = null;
      this.#cpu.schedule(this.#slot, Number.POSITIVE_INFINITY);
    } else {
      if ((old & ADEN) === 0) this.#enabledAt = this.#cpu.cycle;
      if ((value & ADSC) !== 0 && (old & ADSC) === 0) {
        this.#control |= ADSC;
        this.#start(this.#nextEdge(this.#cpu.cycle), this.#isFirst ? FIRST : NORMAL);
      }
    }
    if (((old ^ value) & (ADEN | ADATE)) !== 0) this.onTriggerSource(this.triggerSource);
    this.#update();
  }

  /** The ADC clock's next rising edge after `cycle`. */
  #nextEdge(cycle: number): number {
    const division = this.#division();
    return this.#enabledAt + (Math.floor((cycle - this.#enabledAt) / division) + 1) * division;
  }

  #division(): number {
    return PRESCALERS[this.#control & 7]!;
  }

  /** 24.5: the channel follows ADMUX until the conversion starts, at the edge after ADSC was written. */
  #start(at: number, times: ConversionTimes): void {
    this.#isFirst = false;
    this.#waiting = times;
    this.#cpu.schedule(this.#slot, at);
  }

  #run(at: number, times: ConversionTimes): void {
    const division = this.#division();
    this.#waiting = null;
    this.#latchedMux = this.#mux;
    this.#sampleAt = at + times.sample * division;
    this.#cpu.schedule(this.#slot, at + times.length * division);
  }

  #complete(at: number): void {
    if (this.#waiting !== null) {
      this.#run(at, this.#waiting);
      return;
    }
    this.conversionCount++;
    const code = this.#convert();
    if (!this.#isLocked) this.#result = code;
    const isFreeRunning = this.triggerSource === 0;
    this.#control |= ADIF;
    // Free running starts the next one at once, with the channel that ADMUX has now.
    if (isFreeRunning) this.#run(at, NORMAL);
    else this.#control &= ~ADSC;
    this.#update();
  }

  #convert(): number {
    const reference = this.#latchedMux >> 6;
    const volts = this.#inputVolts(this.#latchedMux & 15);
    const full =
      reference === 1 ? this.supplyVolts : reference === 3 ? BANDGAP_VOLTS : this.arefVolts;
    const code = Math.floor((volts / full) * CODES);
    return code < 0 ? 0 : code >= CODES ? CODES - 1 : code;
  }

  #inputVolts(channel: number): number {
    if (channel < 8) return this.source(channel, this.#sampleAt);
    if (channel === 8) return TEMPERATURE_VOLTS;
    return channel === 14 ? BANDGAP_VOLTS : 0;
  }
}
