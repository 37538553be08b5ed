// Johnny-Five and firmata-io with a board's clock in place of the machine's: their timers, debounces and time stamps
// run on it, so that an emulated board plays the same every time. Everything that they do for a board happens within
// `onClock` of that board.

import { createRequire, registerHooks } from "node:module";
import type { BoardClock } from "./board-clock.ts";

/** What Johnny-Five and firmata-io need of us: their types do not come with them. */
export interface FirmataIo {
  readonly isReady: boolean;
  /** Bits of the digital ports as it thinks they are: written whole, so seeded before the first write. */
  readonly ports: number[];
  readonly firmware: {
    readonly name?: string;
    readonly version?: { readonly major: number; readonly minor: number };
  };
  on(event: string, listener: (...values: never[]) => void): this;
  once(event: string, listener: (...values: never[]) => void): this;
  sysexCommand(bytes: readonly number[]): void;
  /** Its table is one for all boards of the process, and throws where an id is taken. */
  sysexResponse(id: number, handler: (this: FirmataIo, bytes: number[]) => void): void;
  reportVersion(callback: () => void): void;
  queryFirmware(callback: () => void): void;
  /** Filled by the answer to `queryCapabilities`. */
  readonly pins: readonly unknown[];
  queryCapabilities(callback: () => void): void;
  queryAnalogMapping(callback: () => void): void;
}
export interface FirmataTransport {
  on(event: string, listener: (...values: never[]) => void): unknown;
  emit(event: string, ...values: unknown[]): boolean;
  write(bytes: Uint8Array, callback?: () => void): void;
}
interface FirmataClass {
  new (transport: FirmataTransport, options: { readonly reportVersionTimeout: number }): FirmataIo;
}
export interface FiveBoard {
  readonly id: string;
  readonly isReady: boolean;
  on(event: string, listener: (...values: never[]) => void): this;
}
/** A component: an emitter with its own methods. */
export type FiveComponent = {
  on(event: string, listener: (...values: never[]) => void): FiveComponent;
} & Readonly<Record<string, (...values: unknown[]) => unknown>>;
type ComponentClass = new (options: Readonly<Record<string, unknown>>) => FiveComponent;
export interface Five {
  readonly Board: {
    new (options: Readonly<Record<string, unknown>>): FiveBoard;
    /** Every board ever made, until it is taken out. */
    readonly cache: FiveBoard[];
  };
  readonly Relay: ComponentClass;
  readonly Led: ComponentClass;
  readonly LCD: ComponentClass;
  readonly Button: ComponentClass;
  readonly Pin: ComponentClass;
  readonly Switch: ComponentClass;
  readonly Sensor: ComponentClass;
}

/** Packages whose time is the board's. */
const ON_BOARD_TIME = /\/node_modules\/(johnny-five|firmata|firmata-io|lodash\.debounce)\/.*\.js$/;
const NAMES = [
  ...["setTimeout", "setInterval", "setImmediate"],
  ...["clearTimeout", "clearInterval", "clearImmediate"],
  ...["Date", "process", "global"],
] as const;
/** A component's own table keeps every component ever made, and with it the board, although nobody ever goes through it. */
const COMPONENTS = "const priv = new Map();";
const KEY = "metervilleBoardTime";

let clock: BoardClock | undefined;

/** Does something of a board: what Johnny-Five sets in it runs on that board's clock. Not to be left by a promise. */
export function onClock<Value>(of: BoardClock, work: () => Value): Value {
  const before = clock;
  clock = of;
  try {
    return work();
  } finally {
    clock = before;
  }
}

function here(): BoardClock {
  if (clock === undefined) throw new Error("Johnny-Five was called outside of a board's time");
  return clock;
}

/** A timer belongs to the clock that it was set on, whoever cancels it. */
interface Handle {
  readonly of: BoardClock;
  readonly id: number;
  unref(): Handle;
  ref(): Handle;
}

const handle = (of: BoardClock, id: number): Handle => {
  const made: Handle = { of, id, unref: () => made, ref: () => made };
  return made;
};
const bound = (of: BoardClock, fire: (...values: unknown[]) => void, values: unknown[]) => () =>
  onClock(of, () => fire(...values));
const cancel = (timer: Handle | null | undefined): void => timer?.of.cancel(timer.id);

type Fire = (...values: unknown[]) => void;
const setOnce = (fire: Fire, delayMs = 0, ...values: unknown[]): Handle => {
  const of = here();
  return handle(of, of.after(delayMs, bound(of, fire, values)));
};
const setEvery = (fire: Fire, delayMs = 1, ...values: unknown[]): Handle => {
  const of = here();
  return handle(of, of.every(delayMs, bound(of, fire, values)));
};

/** `Date` as far as these packages use it: the present. */
class BoardDate extends Date {
  constructor(...values: [] | [number]) {
    super(values[0] ?? here().nowMs);
  }
  static override now(): number {
    return here().nowMs;
  }
}

/** Waiting in a loop for the time to pass, as the display's driver does, must not wait for ever. */
const HRTIME_STEP_NS = 100_000;
let spunNs = 0;
const hrtime = (since?: readonly [number, number]): [number, number] => {
  spunNs += HRTIME_STEP_NS;
  const nowNs = Math.round(here().nowMs * 1e6) + spunNs;
  const from = since === undefined ? 0 : since[0] * 1e9 + since[1];
  return [Math.floor((nowNs - from) / 1e9), (nowNs - from) % 1e9];
};

const boardTime = {
  setTimeout: setOnce,
  setInterval: setEvery,
  setImmediate: (fire: Fire, ...values: unknown[]) => setOnce(fire, 0, ...values),
  clearTimeout: cancel,
  clearInterval: cancel,
  clearImmediate: cancel,
  Date: BoardDate,
  process: new Proxy(process, {
    get: (of, name) =>
      name === "hrtime"
        ? hrtime
        : name === "nextTick"
          ? (fire: Fire, ...values: unknown[]) => setOnce(fire, 0, ...values)
          : Reflect.get(of, name),
  }),
  global: { Object, Date: BoardDate },
};

let loaded: { readonly five: Five; readonly Firmata: FirmataClass } | undefined;

/** The two libraries, loaded once a process. */
export function johnnyFive(): { readonly five: Five; readonly Firmata: FirmataClass } {
  if (loaded !== undefined) return loaded;
  (globalThis as Record<string, unknown>)[KEY] = boardTime;
  const hooks = registerHooks({
    load(url, context, nextLoad) {
      const result = nextLoad(url, context);
      const { source } = result;
      if (!ON_BOARD_TIME.test(url) || source === null || source === undefined) return result;
      const values = NAMES.map((name) => `globalThis.${KEY}.${name}`);
      const text =
        typeof source === "string" ? source : Buffer.from(source as Uint8Array).toString();
      const kept = text.replace(COMPONENTS, "const priv = new WeakMap();");
      const body = `(function (${NAMES.join(", ")}) {${kept}\n}).call(this, ${values.join(", ")});`;
      return { ...result, source: body };
    },
  });
  try {
    const require = createRequire(import.meta.url);
    const { Firmata } = require("firmata-io") as { Firmata: FirmataClass };
    loaded = { five: require("johnny-five") as Five, Firmata };
  } finally {
    hooks.deregister();
  }
  return loaded;
}
