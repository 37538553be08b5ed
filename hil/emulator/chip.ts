// The ATmega328P: core and peripherals put together, resets and their causes, sleep. It knows no part outside.

import { Adc } from "./adc.ts";
import { Comparator } from "./comparator.ts";
import { Cpu } from "./cpu.ts";
import { Eeprom } from "./eeprom.ts";
import type { Image } from "./image.ts";
import { Ports } from "./ports.ts";
import {
  MCUCR,
  MCUSR,
  RESET_CAUSE,
  type ResetCause,
  SMCR,
  SPMCSR,
  SRAM_START,
} from "./registers.ts";
import { hookPrescalerReset, TIMER_0, TIMER_1, TIMER_2, Timer } from "./timer.ts";
import { Twi } from "./twi.ts";
import { Usart } from "./usart.ts";
import { Watchdog } from "./watchdog.ts";

export const CLOCK_HERTZ = 16_000_000;
const WDRF = RESET_CAUSE.watchdog;
const PUD = 0x10;

/** Sources of the ADC's auto trigger, ADTS2:0 (table 24-6), and the timer flags behind them. */
const TRIGGER = {
  comparator: 1,
  int0: 2,
  timer0A: 3,
  timer0: 4,
  timer1B: 5,
  timer1: 6,
  capture: 7,
};
const TOV = 1;
const OCF_A = 2;
const OCF_B = 4;
const ICF = 0x20;
const TRIGGER_TIMERS: readonly { timer: 0 | 1; flag: number; source: number }[] = [
  { timer: 0, flag: OCF_A, source: TRIGGER.timer0A },
  { timer: 0, flag: TOV, source: TRIGGER.timer0 },
  { timer: 1, flag: OCF_B, source: TRIGGER.timer1B },
  { timer: 1, flag: TOV, source: TRIGGER.timer1 },
  { timer: 1, flag: ICF, source: TRIGGER.capture },
];

export class Chip {
  readonly cpu: Cpu;
  readonly ports: Ports;
  readonly adc: Adc;
  readonly usart: Usart;
  readonly twi: Twi;
  readonly eeprom: Eeprom;
  readonly timers: readonly [Timer, Timer, Timer];
  readonly watchdog: Watchdog;
  readonly comparator: Comparator;
  /** A reset has happened inside the chip (the watchdog); its owner may hold it for the start-up time. */
  onReset: (cause: ResetCause, cycle: number) => void = () => {};

  constructor(image: Image) {
    const cpu = new Cpu(image);
    this.cpu = cpu;
    // The order is the order of handlers that fall due in one cycle.
    this.adc = new Adc(cpu);
    this.usart = new Usart(cpu);
    this.twi = new Twi(cpu);
    this.eeprom = new Eeprom(cpu, CLOCK_HERTZ);
    this.timers = [new Timer(cpu, TIMER_0), new Timer(cpu, TIMER_1), new Timer(cpu, TIMER_2)];
    this.watchdog = new Watchdog(cpu, CLOCK_HERTZ);
    this.ports = new Ports(cpu);
    this.comparator = new Comparator(cpu);
    this.#connect();
    this.#hookControl();
  }

  /** Starts the program anew. Registers are cleared, SRAM and EEPROM stay. */
  reset(cause: ResetCause): void {
    const { cpu } = this;
    const causes =
      cause === "powerOn" ? RESET_CAUSE.powerOn : cpu.data[MCUSR]! | RESET_CAUSE[cause];
    cpu.reset();
    for (let address = 0x20; address < SRAM_START; address++) cpu.data[address] = 0;
    cpu.data[MCUSR] = causes;
    this.adc.reset();
    this.usart.reset();
    this.twi.reset();
    this.eeprom.reset();
    for (const timer of this.timers) timer.reset();
    this.watchdog.reset(cause === "watchdog");
    this.ports.reset();
    this.comparator.reset();
  }

  #connect(): void {
    const [timer0, timer1] = this.timers;
    hookPrescalerReset(this.cpu, [
      [timer0, TIMER_0],
      [timer1, TIMER_1],
      [this.timers[2], TIMER_2],
    ]);
    for (const index of [0, 1] as const) {
      this.timers[index].onFlags = (flags, cycle) => {
        for (const { timer, flag, source } of TRIGGER_TIMERS) {
          if (timer === index && (flags & flag) !== 0) this.adc.trigger(source, cycle);
        }
      };
    }
    this.adc.onTriggerSource = (source) => {
      for (const index of [0, 1] as const) {
        const wanted = TRIGGER_TIMERS.filter((each) => each.timer === index);
        const flags = wanted.filter((each) => each.source === source).map((each) => each.flag);
        this.timers[index].want(flags[0] ?? 0);
      }
    };
    this.ports.onInt0 = (cycle) => this.adc.trigger(TRIGGER.int0, cycle);
    this.ports.listenLevel({ port: 0, bit: 0 }, (level) => timer1.captureEdge(level === 1));
    this.ports.listenLevel({ port: 2, bit: 4 }, (level) => timer0.clockEdge(level === 1));
    this.ports.listenLevel({ port: 2, bit: 5 }, (level) => timer1.clockEdge(level === 1));
    this.comparator.onOutput = (isHigh, captures, cycle) => {
      if (isHigh) this.adc.trigger(TRIGGER.comparator, cycle);
      if (captures) timer1.captureEdge(isHigh);
    };
  }

  #hookControl(): void {
    const { cpu, watchdog } = this;
    watchdog.isResetFlagged = () => (cpu.data[MCUSR]! & WDRF) !== 0;
    watchdog.onReset = () => {
      this.reset("watchdog");
      this.onReset("watchdog", cpu.cycle);
    };
    // 11.9.1: the flags are only ever cleared by writing zeros.
    cpu.writers[MCUSR] = (value) => {
      cpu.data[MCUSR] = cpu.data[MCUSR]! & value;
    };
    cpu.writers[MCUCR] = (value) => {
      const before = cpu.data[MCUCR]!;
      cpu.data[MCUCR] = value;
      if (((before ^ value) & PUD) !== 0) this.ports.refreshAll();
    };
    cpu.writers[SPMCSR] = () => {
      cpu.fault("spm", "the program prepares to write its own flash");
    };
    // All sleep modes are treated as idle: what would stand still in power-down keeps its time here.
    cpu.enterSleep = () => (cpu.data[SMCR]! & 1) !== 0;
  }
}
