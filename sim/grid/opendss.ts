// Imports OpenDSS scripts: three-phase radial feeders of lines, two-winding transformers and loads, with their
// shapes. What it does not know it refuses by name; it never guesses.

import { DssError, type DssProblem } from "./dss-error.ts";
import {
  IGNORED_CLASSES,
  IGNORED_VERBS,
  KINDS,
  METRES,
  PROPERTIES,
  REFUSED,
  UNITS,
} from "./dss-properties.ts";
import {
  type DssCommand,
  type DssParameter,
  type DssPlace,
  numbersOf,
  readCommands,
  wordsOf,
} from "./dss-text.ts";

/** Row-major 3 × 3; rows and columns of phases that a branch lacks are zero. */
export type Matrix3 = readonly number[];

export interface ImportedBus {
  readonly name: string;
  /** 1 to 3, ascending. */
  readonly phases: readonly number[];
  /** Metres, or whatever the coordinate file uses. */
  readonly x: number | null;
  readonly y: number | null;
}

export interface ImportedLine {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly phases: readonly number[];
  readonly seriesOhm: Matrix3;
  readonly seriesReactanceOhm: Matrix3;
  /** Whole line, in S; half stands at each end. */
  readonly shuntSiemens: Matrix3;
  readonly ratingA: number | null;
  readonly lengthM: number | null;
}

export interface ImportedTransformer {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly primary: "delta" | "wye";
  readonly ratedVa: number;
  /** Phase-to-neutral (wye) or phase-to-phase (delta) voltage of the windings. */
  readonly primaryWindingV: number;
  readonly secondaryWindingV: number;
  /** Short-circuit impedance seen from the secondary winding. */
  readonly resistanceOhm: number;
  readonly reactanceOhm: number;
  readonly isLeading: boolean;
}

export interface ImportedLoad {
  readonly id: string;
  readonly bus: string;
  readonly phases: readonly number[];
  readonly connection: "wye" | "delta";
  readonly kW: number;
  readonly kvar: number;
  /** OpenDSS model: 1 constant power, 2 constant impedance, 5 constant current. */
  readonly model: 1 | 2 | 5;
  /** Rated voltage of one element. */
  readonly elementV: number;
  readonly minimumPu: number;
  readonly maximumPu: number;
  readonly shape?: string;
}

export interface ImportedShape {
  readonly name: string;
  readonly intervalMs: number;
  /** Sample k (1-based) holds from k − 1 to k intervals. Whole kW instead of shares where `isActual`. */
  readonly multipliers: readonly number[];
  readonly isActual: boolean;
}

export interface ImportedSource {
  readonly bus: string;
  /** Phase-to-neutral voltage behind the impedance, in V, and its angle. */
  readonly voltageV: number;
  readonly angleDeg: number;
  readonly resistanceOhm: Matrix3;
  readonly reactanceOhm: Matrix3;
}

export interface ImportedFeeder {
  readonly file: string;
  readonly frequencyHz: number;
  readonly source: ImportedSource;
  readonly buses: readonly ImportedBus[];
  readonly lines: readonly ImportedLine[];
  readonly transformers: readonly ImportedTransformer[];
  readonly loads: readonly ImportedLoad[];
  readonly shapes: readonly ImportedShape[];
}

const REDIRECT_DEPTH_MAX = 20;
const TWICE_REFUSED = ["line", "transformer", "load"];

interface Element {
  readonly kind: string;
  readonly name: string;
  readonly place: DssPlace;
  readonly properties: Map<string, { value: string; place: DssPlace }>;
  /** Names in the order in which they were said; OpenDSS lets the later of two related ones decide. */
  readonly propertyOrder: string[];
  /** Transformers: what was said while a winding was active. Row: winding. */
  readonly windings: Map<string, { value: string; place: DssPlace }>[];
  activeWinding: number;
  readonly baseHz: number;
}

class Importer {
  readonly problems: DssProblem[] = [];
  readonly elements = new Map<string, Element>();
  readonly coordinates = new Map<string, { x: number; y: number }>();
  baseHz = 60;
  frequencyHz = 60;
  active: Element | undefined;
  /** Files that are being read, outermost first. */
  readonly open: string[] = [];
  /** Files name each other for ever; told once, and from then on no redirection is followed. */
  isEndless = false;
  readonly readText: (path: string) => string;
  constructor(readText: (path: string) => string) {
    this.readText = readText;
  }

  fail(place: DssPlace, field: string, fix: string): void {
    const { file, line, column } = place;
    this.problems.push({ file, line, column, field, fix });
  }

  read(file: string, from: DssPlace | undefined): void {
    let text: string;
    try {
      text = this.readText(file);
    } catch (cause) {
      if (from === undefined) throw cause;
      this.fail(from, "redirect", cause instanceof Error ? cause.message : String(cause));
      return;
    }
    this.open.push(file);
    for (const command of readCommands(text, file)) this.run(command, file);
    this.open.pop();
  }

  run(command: DssCommand, file: string): void {
    const { verb, parameters, place } = command;
    if (verb === "redirect" || verb === "compile") return this.redirect(parameters, file, place);
    if (verb === "buscoords") return this.readCoordinates(parameters, file, place);
    if (verb === "set") return this.set(parameters);
    if (verb === "new" || verb === "edit") return this.define(command);
    if (verb === "~" || verb === "more" || verb === "m") {
      if (this.active !== undefined) this.assign(this.active, parameters);
      return;
    }
    if (verb === "batchedit") return this.batchEdit(parameters);
    if (IGNORED_VERBS.includes(verb)) return;
    const known = "new, edit, redirect, batchedit, buscoords, set, solve";
    this.fail(place, verb, `unknown command; write one of ${known}`);
  }

  redirect(parameters: readonly DssParameter[], file: string, place: DssPlace): void {
    if (this.isEndless) return;
    const path = besideFile(file, parameters[0]?.value ?? "");
    if (this.open.includes(path) || this.open.length > REDIRECT_DEPTH_MAX) {
      this.isEndless = true;
      return this.fail(place, "redirect", "files redirect to each other for ever");
    }
    this.read(path, parameters[0]?.place ?? place);
  }

  readCoordinates(parameters: readonly DssParameter[], file: string, place: DssPlace): void {
    const path = besideFile(file, parameters[0]?.value ?? "");
    let text: string;
    try {
      text = this.readText(path);
    } catch (cause) {
      return this.fail(place, "buscoords", cause instanceof Error ? cause.message : String(cause));
    }
    text.split(/\r\n|\n|\r/).forEach((line, index) => {
      const words = line
        .replace(/(!|\/\/).*$/, "")
        .split(/[\s,]+/)
        .filter((word) => word !== "");
      if (words.length === 0) return;
      const [x, y] = [Number(words[1]), Number(words[2])];
      if (words.length < 3 || Number.isNaN(x) || Number.isNaN(y)) {
        if (index === 0) return; // a heading
        this.fail({ file: path, line: index + 1, column: 1 }, words[0]!, "write: bus, x, y");
        return;
      }
      this.coordinates.set(words[0]!.toLowerCase(), { x, y });
    });
  }

  set(parameters: readonly DssParameter[]): void {
    for (const { key, value, place } of parameters) {
      if (key === "loadmult" && Number(value) !== 1)
        this.fail(place, "loadmult", "is not supported; write the kW of each load");
      if (key !== "" && "defaultbasefrequency".startsWith(key)) {
        this.baseHz = Number(value);
        this.frequencyHz = Number(value);
      }
      if (key === "frequency") this.frequencyHz = Number(value);
    }
  }

  define({ verb, parameters, place }: DssCommand): void {
    const first = parameters[0];
    const full =
      first === undefined ? "" : first.key === "object" || first.key === "" ? first.value : "";
    const dot = full.indexOf(".");
    if (dot < 0) {
      return this.fail(place, verb, "write a class and a name, such as Line.L1");
    }
    const kind = full.slice(0, dot).toLowerCase();
    const name = full.slice(dot + 1).toLowerCase();
    if (IGNORED_CLASSES.includes(kind)) {
      this.active = undefined;
      return;
    }
    if (kind === "circuit") {
      if (this.elements.has("vsource.source"))
        this.fail(place, full, "a network has one source; leave the second circuit out");
      this.active = this.create("vsource", "source", place);
      return this.assign(this.active, parameters.slice(1));
    }
    if (verb === "new" && kind === "vsource")
      this.fail(
        place,
        full,
        "a network has one source; write Edit Vsource.Source, or leave it out",
      );
    if (PROPERTIES[kind] === undefined) {
      this.active = undefined;
      const known = KINDS.join(", ");
      return this.fail(place, full, `this kind of element is not supported; supported: ${known}`);
    }
    let element = this.elements.get(`${kind}.${name}`);
    if (verb === "edit" && element === undefined) {
      return this.fail(place, full, "there is no such element to edit; define it with New first");
    }
    if (verb === "new") {
      // Line codes and shapes may be said again, and the later one counts; a second load would replace the first.
      if (element !== undefined && TWICE_REFUSED.includes(kind)) {
        const { file, line } = element.place;
        const fix = `stands twice, first at ${file}:${line}; give it another name, or write Edit`;
        this.fail(place, `${kind}.${name}`, fix);
      }
      element = this.create(kind, name, place);
    }
    this.active = element;
    if (element !== undefined) this.assign(element, parameters.slice(1));
  }

  create(kind: string, name: string, place: DssPlace): Element {
    const element: Element = {
      kind,
      name,
      place,
      properties: new Map(),
      propertyOrder: [],
      windings: [new Map(), new Map()],
      activeWinding: 0,
      baseHz: this.baseHz,
    };
    this.elements.set(`${kind}.${name}`, element);
    return element;
  }

  batchEdit(parameters: readonly DssParameter[]): void {
    const [first, ...rest] = parameters;
    if (first === undefined) return;
    const dot = first.value.indexOf(".");
    const kind = first.value.slice(0, dot).toLowerCase();
    let pattern: RegExp;
    try {
      pattern = new RegExp(first.value.slice(dot + 1), "i");
    } catch {
      return this.fail(
        first.place,
        "batchedit",
        "the name is a regular expression, such as load..*",
      );
    }
    for (const element of this.all(kind))
      if (pattern.test(element.name)) this.assign(element, rest);
  }

  all(kind: string): readonly Element[] {
    return Array.from(this.elements.values()).filter((element) => element.kind === kind);
  }

  assign(element: Element, parameters: readonly DssParameter[]): void {
    const known = PROPERTIES[element.kind]!;
    let position = 0;
    for (const { key, value, place } of parameters) {
      let name = key;
      if (name === "") {
        name = known[position] ?? "";
        position++;
      } else {
        const full = known.includes(name)
          ? name
          : known.find((candidate) => candidate.startsWith(name));
        if (full === undefined) {
          const near = nearest(name, known);
          this.fail(
            place,
            `${element.kind}.${element.name}.${name}`,
            `unknown property; did you mean ${near}?`,
          );
          continue;
        }
        name = full;
        position = known.indexOf(full) + 1;
      }
      const instead = REFUSED[element.kind]?.[name];
      if (instead !== undefined) {
        this.fail(place, `${element.kind}.${element.name}.${name}`, `is not supported; ${instead}`);
      }
      if (element.kind === "transformer") this.assignWinding(element, name, value, place);
      element.properties.set(name, { value, place });
      element.propertyOrder.push(name);
    }
  }

  assignWinding(element: Element, name: string, value: string, place: DssPlace): void {
    if (name === "wdg") element.activeWinding = Number(value) - 1;
    const perWinding = ["bus", "conn", "kv", "kva", "tap", "%r"];
    const arrays: Readonly<Record<string, string>> = {
      buses: "bus",
      conns: "conn",
      kvs: "kv",
      kvas: "kva",
      taps: "tap",
      "%rs": "%r",
    };
    if (perWinding.includes(name))
      element.windings[element.activeWinding]?.set(name, { value, place });
    const single = arrays[name];
    if (single === undefined) return;
    wordsOf(value).forEach((word, winding) => {
      element.windings[winding]?.set(single, { value: word, place });
    });
  }

  text(element: Element, name: string): string | undefined {
    return element.properties.get(name)?.value;
  }

  /** A finite number, or `fallback`; anything else is a fault. */
  number(element: Element, name: string, fallback: number): number {
    const property = element.properties.get(name);
    if (property === undefined) return fallback;
    return this.numberOf(property, `${element.kind}.${element.name}.${name}`, fallback);
  }

  /** The same for a value that was read already. */
  numberOf(
    said: { readonly value: string; readonly place: DssPlace },
    field: string,
    fallback: number,
  ): number {
    const value = Number(said.value);
    if (said.value.trim() !== "" && Number.isFinite(value)) return value;
    this.fail(said.place, field, `"${said.value}" is no number; write one, such as 0.4`);
    return fallback;
  }

  /** Where a property was said, or else the element. */
  placeOf(element: Element, name: string): DssPlace {
    return element.properties.get(name)?.place ?? element.place;
  }

  flag(element: Element, name: string): boolean {
    return /^(y|t)/i.test(this.text(element, name) ?? "");
  }
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/") + 1);
const besideFile = (file: string, path: string): string =>
  path.startsWith("/") ? path : folderOf(file) + path.replaceAll("\\", "/");

function nearest(word: string, candidates: readonly string[]): string {
  const score = (candidate: string): number => {
    let same = 0;
    while (same < word.length && candidate[same] === word[same]) same++;
    let shared = 0;
    for (const char of word) if (candidate.includes(char)) shared++;
    return same * 2 + shared - Math.abs(candidate.length - word.length);
  };
  return candidates.reduce((best, candidate) =>
    score(candidate) > score(best) ? candidate : best,
  );
}

/**
 * Reads a master script and everything that it names; `readText` gives a file's text or throws with a sentence.
 * Throws DssError with every fault that was found.
 */
export function importOpenDss(file: string, readText: (path: string) => string): ImportedFeeder {
  const importer = new Importer(readText);
  importer.read(file, undefined);
  const shapes = importer.all("loadshape").map((element) => shapeOf(importer, element));
  const codes = new Map(importer.all("linecode").map((e) => [e.name, impedanceOf(importer, e)]));
  const isEnabled = (element: Element): boolean =>
    !/^(n|f)/i.test(importer.text(element, "enabled") ?? "");
  const lines = importer
    .all("line")
    .filter(isEnabled)
    .map((e) => lineOf(importer, e, codes));
  const transformers = importer
    .all("transformer")
    .filter(isEnabled)
    .map((e) => transformerOf(importer, e));
  const shapeNames = shapes.map(({ name }) => name);
  const loads = importer
    .all("load")
    .filter(isEnabled)
    .map((e) => loadOf(importer, e, shapeNames));
  const vsource = importer.elements.get("vsource.source");
  if (vsource === undefined) {
    importer.fail(
      { file, line: 1, column: 1 },
      "circuit",
      "there is no source; begin with New Circuit.name",
    );
    throw new DssError(importer.problems);
  }
  const source = sourceOf(importer, vsource);
  const buses = busesOf(importer, source, lines, transformers);
  const isRadial = checkRadial(importer, source, lines, transformers);
  const fed = isRadial ? fedPhases(importer, source, lines, transformers) : undefined;
  checkLoads(importer, loads, buses, fed);
  if (importer.problems.length > 0) throw new DssError(importer.problems);
  return {
    file,
    frequencyHz: importer.frequencyHz,
    source,
    buses,
    lines,
    transformers,
    loads,
    shapes,
  };
}

function shapeOf(importer: Importer, element: Element): ImportedShape {
  const place = element.properties.get("mult")?.place ?? element.place;
  const field = `loadshape.${element.name}`;
  const mult = importer.text(element, "mult") ?? importer.text(element, "pmult");
  const csv =
    importer.text(element, "csvfile") ?? /^\s*file\s*=\s*(.+?)\s*$/i.exec(mult ?? "")?.[1];
  let multipliers: number[] = [];
  if (csv !== undefined) {
    try {
      const path = besideFile(place.file, csv.replace(/^["'([]|["')\]]$/g, ""));
      multipliers = numbersOf(importer.readText(path).replace(/^\uFEFF/, ""));
    } catch (cause) {
      importer.fail(place, `${field}.mult`, cause instanceof Error ? cause.message : String(cause));
    }
  } else if (mult !== undefined) multipliers = numbersOf(mult);
  if (multipliers.some(Number.isNaN))
    importer.fail(place, `${field}.mult`, "holds something that is no number");
  const count = importer.number(element, "npts", multipliers.length);
  if (multipliers.length === 0) importer.fail(place, field, "has no samples; give mult");
  const hours = importer.number(element, "interval", 1);
  const minutes = importer.number(element, "minterval", hours * 60);
  const seconds = importer.number(element, "sinterval", minutes * 60);
  return {
    name: element.name,
    intervalMs: Math.round(seconds * 1000),
    multipliers: multipliers.slice(0, count),
    isActual: importer.flag(element, "useactual"),
  };
}

interface Impedance {
  readonly phases: number;
  /** n × n, per `unit`. */
  readonly ohm: readonly number[];
  readonly reactanceOhm: readonly number[];
  readonly nanoFarad: readonly number[];
  readonly unit: string;
  readonly ratingA: number | null;
}

/** Phase matrices of a line code, or of a line that has its own values; per unit of length. */
function impedanceOf(importer: Importer, element: Element): Impedance {
  const isCode = element.kind === "linecode";
  const phases = importer.number(element, isCode ? "nphases" : "phases", 3);
  const scale = importer.frequencyHz / importer.number(element, "basefreq", element.baseHz);
  const isSwitch = importer.flag(element, "switch");
  const value = (name: string, fallback: number): number =>
    importer.number(element, name, fallback);
  const sequence = isSwitch
    ? { r1: 1, x1: 1, r0: 1, x0: 1, c1: 1.1, c0: 1 }
    : {
        r1: value("r1", 0.058),
        x1: value("x1", 0.1206),
        r0: value("r0", 0.1784),
        x0: value("x0", 0.4047),
        c1: value("c1", 3.4),
        c0: value("c0", 1.6),
      };
  const matrix = (name: string, one: number, zero: number): number[] => {
    const property = element.properties.get(name);
    if (property !== undefined && !isSwitch) {
      const full = symmetric(numbersOf(property.value), phases);
      if (full !== undefined) return full;
      importer.fail(
        property.place,
        `${element.kind}.${element.name}.${name}`,
        `write ${phases} rows, lower triangle, divided by |`,
      );
    }
    const own = phases === 1 ? one : (2 * one + zero) / 3;
    const mutual = (zero - one) / 3;
    return Array.from({ length: phases * phases }, (_, at) =>
      at % (phases + 1) === 0 ? own : mutual,
    );
  };
  return {
    phases,
    ohm: matrix("rmatrix", sequence.r1, sequence.r0),
    reactanceOhm: matrix("xmatrix", sequence.x1, sequence.x0).map((x) => x * scale),
    nanoFarad: matrix("cmatrix", sequence.c1, sequence.c0),
    unit: unitOf(importer, element),
    ratingA: element.properties.has("normamps") ? importer.number(element, "normamps", 0) : null,
  };
}

/** The unit of length that an element names, `none` where it names none. */
function unitOf(importer: Importer, element: Element): string {
  const unit = (importer.text(element, "units") ?? "none").toLowerCase();
  if (unit === "none" || METRES[unit] !== undefined) return unit;
  importer.fail(
    importer.placeOf(element, "units"),
    `${element.kind}.${element.name}.units`,
    `there is no unit ${unit}; write one of ${UNITS.join(", ")}`,
  );
  return "none";
}

function symmetric(values: readonly number[], size: number): number[] | undefined {
  if (values.some(Number.isNaN)) return undefined;
  if (values.length === size * size) return [...values];
  if (values.length !== (size * (size + 1)) / 2) return undefined;
  const full = new Array<number>(size * size).fill(0);
  let at = 0;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      full[row * size + column] = values[at]!;
      full[column * size + row] = values[at++]!;
    }
  }
  return full;
}

interface Terminal {
  readonly bus: string;
  /** Named ones, or else the first `count`. */
  readonly phases: readonly number[];
}

/** `34.1.2` → bus 34, phases 1 and 2; 0 is ground and 4 the neutral, both left out. */
function terminalOf(
  importer: Importer,
  element: Element,
  name: string,
  counts: readonly number[],
): Terminal {
  const property = element.properties.get(name);
  const [bus = "", ...nodes] = (property?.value ?? "").toLowerCase().split(".");
  const field = `${element.kind}.${element.name}.${name}`;
  const fail = (fix: string): void => importer.fail(importer.placeOf(element, name), field, fix);
  if (bus === "") fail("is missing; write the name of a bus");
  const named = nodes.map(Number).filter((node) => node !== 0 && node !== 4);
  const first = [1, 2, 3].slice(0, counts[0]);
  if (nodes.length === 0 || bus === "") return { bus, phases: first };
  const isPlain = named.every((node) => node === 1 || node === 2 || node === 3);
  if (!isPlain || new Set(named).size < named.length) {
    fail(`${property?.value} names no phases; write ${bus}.1.2.3, or some of these`);
    return { bus, phases: first };
  }
  if (!counts.includes(named.length)) {
    const right = [bus, ...first].join(".");
    fail(`names ${named.length} phase(s) where there are ${counts[0]}; write ${right}`);
  }
  return { bus, phases: named };
}

function lineOf(
  importer: Importer,
  element: Element,
  codes: ReadonlyMap<string, Impedance>,
): ImportedLine {
  const field = `line.${element.name}`;
  const codeName = importer.text(element, "linecode")?.toLowerCase();
  let impedance = codeName === undefined ? impedanceOf(importer, element) : codes.get(codeName);
  if (impedance === undefined) {
    const near = nearest(
      codeName ?? "",
      codes.size === 0 ? [""] : importer.all("linecode").map((code) => code.name),
    );
    importer.fail(
      element.properties.get("linecode")!.place,
      `${field}.linecode`,
      `there is no line code ${codeName}; did you mean ${near}?`,
    );
    impedance = impedanceOf(importer, element);
  }
  const isSwitch = importer.flag(element, "switch");
  if (isSwitch) impedance = impedanceOf(importer, element);
  const count = importer.number(element, "phases", impedance.phases);
  if (count !== 1 && count !== 2 && count !== 3) {
    importer.fail(
      importer.placeOf(element, "phases"),
      `${field}.phases`,
      `a line has 1, 2 or 3 phases, got ${count}; reduce the neutral into the phases (Kron)`,
    );
  } else if (count !== impedance.phases) {
    importer.fail(
      importer.placeOf(element, "linecode"),
      `${field}.linecode`,
      `line code ${codeName} has ${impedance.phases} phase(s) and the line ${count}; write a line code with nphases=${count}`,
    );
  }
  const from = terminalOf(importer, element, "bus1", [count]);
  const to = terminalOf(importer, element, "bus2", [count]);
  if (from.phases.join() !== to.phases.join()) {
    importer.fail(
      element.place,
      field,
      `connects phases ${from.phases} with ${to.phases}; crossed phases are not supported: write the same ones`,
    );
  }
  const length = isSwitch ? 0.001 : importer.number(element, "length", 1);
  if (!(length > 0)) {
    importer.fail(
      importer.placeOf(element, "length"),
      `${field}.length`,
      `a length is above 0, got ${length}; write one, such as 12.5`,
    );
  }
  const unit = unitOf(importer, element);
  const scale = lengthScale(unit, isSwitch ? "none" : impedance.unit) * length;
  const spread = (values: readonly number[], factor: number): number[] =>
    spreadMatrix(values, impedance.phases, from.phases, factor * scale);
  const omega = 2 * Math.PI * importer.frequencyHz;
  return {
    id: element.name,
    from: from.bus,
    to: to.bus,
    phases: from.phases,
    seriesOhm: spread(impedance.ohm, 1),
    seriesReactanceOhm: spread(impedance.reactanceOhm, 1),
    shuntSiemens: spread(impedance.nanoFarad, omega * 1e-9),
    ratingA: element.properties.has("normamps")
      ? importer.number(element, "normamps", 0)
      : impedance.ratingA,
    lengthM: unit === "none" ? null : length * (METRES[unit] ?? 1),
  };
}

/** As OpenDSS: where one of the two has no unit, the number stands as it is. */
function lengthScale(unit: string, codeUnit: string): number {
  if (unit === "none" || codeUnit === "none") return 1;
  return METRES[unit]! / METRES[codeUnit]!;
}

function spreadMatrix(
  values: readonly number[],
  size: number,
  phases: readonly number[],
  factor: number,
): number[] {
  const full = new Array<number>(9).fill(0);
  phases.forEach((row, i) => {
    phases.forEach((column, j) => {
      if (i < size && j < size) full[(row - 1) * 3 + column - 1] = values[i * size + j]! * factor;
    });
  });
  return full;
}

interface Winding {
  readonly bus: string;
  readonly connection: "delta" | "wye";
  readonly kV: number;
  readonly kVa: number;
  readonly tap: number;
  readonly percentR: number;
}

function windingOf(importer: Importer, element: Element, index: number): Winding {
  const winding = element.windings[index]!;
  const field = `transformer.${element.name}`;
  const number = (name: string, fallback: number): number => {
    const said = winding.get(name);
    return said === undefined ? fallback : importer.numberOf(said, `${field}.${name}`, fallback);
  };
  const said = winding.get("bus");
  const [bus = "", ...nodes] = (said?.value ?? "").toLowerCase().split(".");
  const named = nodes.filter((node) => node !== "0");
  const place = said?.place ?? element.place;
  if (bus === "") importer.fail(place, `${field}.bus`, "a transformer has two buses; name both");
  if (named.length > 0 && named.join() !== "1,2,3") {
    importer.fail(place, `${field}.bus`, `turned phases are not supported; write ${bus}`);
  }
  return {
    bus,
    connection: /^(d|ll)/i.test(winding.get("conn")?.value ?? "wye") ? "delta" : "wye",
    kV: number("kv", 12.47),
    kVa: number("kva", 1000),
    tap: number("tap", 1),
    percentR: number("%r", 0.2),
  };
}

function transformerOf(importer: Importer, element: Element): ImportedTransformer {
  const field = `transformer.${element.name}`;
  const fail = (fix: string): void => importer.fail(element.place, field, fix);
  if (
    importer.number(element, "phases", 3) !== 3 ||
    importer.number(element, "windings", 2) !== 2
  ) {
    fail(
      "only three-phase transformers with two windings are supported; write phases=3 windings=2",
    );
  }
  const first = windingOf(importer, element, 0);
  const second = windingOf(importer, element, 1);
  if (second.connection === "delta")
    fail("a delta secondary is not supported; write conns=[delta wye] or [wye wye]");
  if (
    importer.number(element, "%noloadloss", 0) !== 0 ||
    importer.number(element, "%imag", 0) !== 0
  ) {
    fail("no-load losses are not supported; write %NoLoadLoss=0 %Imag=0");
  }
  const percentR = element.properties.has("%loadloss")
    ? importer.number(element, "%loadloss", 0.4)
    : first.percentR + second.percentR;
  const baseOhm = (second.kV * second.kV * 1000) / first.kVa;
  const rootThree = Math.sqrt(3);
  const leadLag = (importer.text(element, "leadlag") ?? "lag").toLowerCase();
  const tapSquare = second.tap * second.tap;
  return {
    id: element.name,
    from: first.bus,
    to: second.bus,
    primary: first.connection,
    ratedVa: first.kVa * 1000,
    primaryWindingV:
      (first.connection === "delta" ? first.kV : first.kV / rootThree) * 1000 * first.tap,
    secondaryWindingV: (second.kV / rootThree) * 1000 * second.tap,
    resistanceOhm: (percentR / 100) * baseOhm * tapSquare,
    reactanceOhm: (importer.number(element, "xhl", 7) / 100) * baseOhm * tapSquare,
    isLeading: leadLag === "lead" || leadLag === "euro",
  };
}

function loadOf(importer: Importer, element: Element, shapes: readonly string[]): ImportedLoad {
  const field = `load.${element.name}`;
  const count = importer.number(element, "phases", 3);
  const isDelta = /^(d|ll)/i.test(importer.text(element, "conn") ?? "wye");
  if (count !== 1 && count !== 3 && (isDelta || count !== 2)) {
    importer.fail(
      importer.placeOf(element, "phases"),
      `${field}.phases`,
      `a ${isDelta ? "delta" : "wye"} load has ${isDelta ? "1 or 3" : "1, 2 or 3"} phases, got ${count}`,
    );
  }
  // One phase has two wires: the second goes to ground or, where two nodes are named, to the other phase.
  const wires = count === 1 ? (isDelta ? [2] : [1, 2]) : [count];
  const terminal = terminalOf(importer, element, "bus1", wires);
  const connection = isDelta || (count === 1 && terminal.phases.length === 2) ? "delta" : "wye";
  const kW = importer.number(element, "kw", 10);
  const pf = importer.number(element, "pf", 0.88);
  if (pf === 0 || Math.abs(pf) > 1)
    importer.fail(
      element.properties.get("pf")!.place,
      `${field}.pf`,
      `a power factor is −1 to 1 and not 0, got ${pf}; write 0.95`,
    );
  const fromPf = (kW * Math.sqrt(Math.max(0, 1 - pf * pf))) / Math.abs(pf || 1);
  const said = element.propertyOrder;
  const saysKvar = said.lastIndexOf("kvar") > said.lastIndexOf("pf");
  const model = importer.number(element, "model", 1);
  if (model !== 1 && model !== 2 && model !== 5) {
    importer.fail(
      element.properties.get("model")!.place,
      `${field}.model`,
      `load model ${model} is not supported; write 1 (power), 2 (impedance) or 5 (current)`,
    );
  }
  const shapeName = ["yearly", "daily", "duty"].find((name) => element.properties.has(name));
  const shapeProperty = shapeName === undefined ? undefined : element.properties.get(shapeName);
  const shape = shapeProperty?.value.toLowerCase();
  if (shape !== undefined && shapeProperty !== undefined && !shapes.includes(shape)) {
    const near = shapes.length === 0 ? "" : `; did you mean ${nearest(shape, shapes)}?`;
    importer.fail(
      shapeProperty.place,
      `${field}.${shapeName}`,
      `there is no load shape ${shape}${near}`,
    );
  }
  const kV = importer.number(element, "kv", 12.47);
  const isThree = terminal.phases.length === 3 && count === 3;
  return {
    id: element.name,
    bus: terminal.bus,
    phases: terminal.phases,
    connection,
    kW,
    kvar: saysKvar ? importer.number(element, "kvar", 5) : Math.sign(pf) * fromPf,
    model: model === 2 || model === 5 ? model : 1,
    elementV: connection === "wye" && isThree ? (kV * 1000) / Math.sqrt(3) : kV * 1000,
    minimumPu: importer.number(element, "vminpu", 0.95),
    maximumPu: importer.number(element, "vmaxpu", 1.05),
    ...(shape === undefined ? {} : { shape }),
  };
}

/** Thevenin source; the zero sequence from ISC1 as OpenDSS solves it (VSource.pas, RecalcElementData). */
function sourceOf(importer: Importer, element: Element): ImportedSource {
  const kV = importer.number(element, "basekv", 115);
  const rootThree = Math.sqrt(3);
  const x1r1 = importer.number(element, "x1r1", 4);
  const x0r0 = importer.number(element, "x0r0", 3);
  const currentOf = (mva: string, amps: string, fallbackMva: number): number => {
    const megaVa = importer.number(element, mva, fallbackMva);
    return importer.number(element, amps, (megaVa * 1000) / (rootThree * kV));
  };
  const isc3 = currentOf("mvasc3", "isc3", 2000);
  const isc1 = currentOf("mvasc1", "isc1", 2100);
  const z1 = (kV * 1000) / rootThree / isc3;
  let x1 = z1 / Math.sqrt(1 + 1 / (x1r1 * x1r1));
  let r1 = x1 / x1r1;
  const a = 1 + x0r0 * x0r0;
  const b = 4 * (r1 + x1 * x0r0);
  const loop = (3 * kV * 1000) / rootThree / isc1;
  const c = 4 * (r1 * r1 + x1 * x1) - loop * loop;
  const root = Math.sqrt(Math.max(0, b * b - 4 * a * c));
  let r0 = Math.max((-b + root) / (2 * a), (-b - root) / (2 * a));
  let x0 = r0 * x0r0;
  r1 = importer.number(element, "r1", r1);
  x1 = importer.number(element, "x1", x1);
  r0 = importer.number(element, "r0", r0);
  x0 = importer.number(element, "x0", x0);
  const matrix = (one: number, zero: number): number[] =>
    Array.from({ length: 9 }, (_, at) => (at % 4 === 0 ? (2 * one + zero) / 3 : (zero - one) / 3));
  return {
    bus: (importer.text(element, "bus1") ?? "sourcebus").toLowerCase().split(".")[0]!,
    voltageV: ((kV * 1000) / rootThree) * importer.number(element, "pu", 1),
    angleDeg: importer.number(element, "angle", 0),
    resistanceOhm: matrix(r1, r0),
    reactanceOhm: matrix(x1, x0),
  };
}

function busesOf(
  importer: Importer,
  source: ImportedSource,
  lines: readonly ImportedLine[],
  transformers: readonly ImportedTransformer[],
): ImportedBus[] {
  const names: string[] = [];
  const phases = new Map<string, Set<number>>();
  const add = (bus: string, list: readonly number[]): void => {
    const known = phases.get(bus) ?? new Set<number>();
    if (known.size === 0) names.push(bus);
    for (const phase of list) known.add(phase);
    phases.set(bus, known);
  };
  add(source.bus, [1, 2, 3]);
  for (const { from, to } of transformers) {
    add(from, [1, 2, 3]);
    add(to, [1, 2, 3]);
  }
  for (const line of lines) {
    add(line.from, line.phases);
    add(line.to, line.phases);
  }
  return names.map((name) => {
    const place = importer.coordinates.get(name);
    return {
      name,
      phases: [1, 2, 3].filter((phase) => phases.get(name)!.has(phase)),
      x: place?.x ?? null,
      y: place?.y ?? null,
    };
  });
}

function checkLoads(
  importer: Importer,
  loads: readonly ImportedLoad[],
  buses: readonly ImportedBus[],
  fed: ReadonlyMap<string, readonly number[]> | undefined,
): void {
  const known = new Map(buses.map((bus) => [bus.name, fed?.get(bus.name) ?? bus.phases]));
  for (const load of loads) {
    const place = importer.placeOf(importer.elements.get(`load.${load.id}`)!, "bus1");
    const field = `load.${load.id}.bus1`;
    const phases = known.get(load.bus);
    if (phases === undefined) {
      const near = nearest(
        load.bus,
        Array.from(buses, ({ name }) => name),
      );
      const fix = `no line or transformer leads to bus ${load.bus}; did you mean ${near}?`;
      importer.fail(place, field, fix);
      continue;
    }
    const missing = load.phases.find((phase) => !phases.includes(phase));
    if (missing === undefined) continue;
    const has = `bus ${load.bus} has no phase ${missing}, only ${phases.join(", ")}`;
    importer.fail(place, field, `${has}; write bus1=${load.bus}.${phases[0]}`);
  }
}

/**
 * Whether the branches make a tree rooted at the source: the branch that closes a loop and the first of an
 * island are named.
 */
function checkRadial(
  importer: Importer,
  source: ImportedSource,
  lines: readonly ImportedLine[],
  transformers: readonly ImportedTransformer[],
): boolean {
  const leader = new Map<string, string>();
  const find = (bus: string): string => {
    let here = bus;
    while ((leader.get(here) ?? here) !== here) here = leader.get(here)!;
    return here;
  };
  let isRadial = true;
  const branches = branchesOf(lines, transformers);
  for (const { key, from, to } of branches) {
    const [a, b] = [find(from), find(to)];
    if (a !== b) {
      leader.set(a, b);
      continue;
    }
    isRadial = false;
    const { place } = importer.elements.get(key)!;
    importer.fail(
      place,
      key,
      `closes a loop between ${from} and ${to}; the feeder must be radial: leave it out, or write enabled=no`,
    );
  }
  const root = find(source.bus);
  const island = branches.find(({ from }) => find(from) !== root);
  if (island === undefined) return isRadial;
  const { place } = importer.elements.get(island.key)!;
  const fix = `is not connected to the source at ${source.bus}; connect it or leave it out`;
  importer.fail(place, island.key, fix);
  return false;
}

interface NamedBranch {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly phases: readonly number[];
  readonly isTransformer: boolean;
}

function branchesOf(
  lines: readonly ImportedLine[],
  transformers: readonly ImportedTransformer[],
): readonly NamedBranch[] {
  return [
    ...transformers.map(({ id, from, to }) => {
      return { key: `transformer.${id}`, from, to, phases: [1, 2, 3], isTransformer: true };
    }),
    ...lines.map(({ id, from, to, phases }) => {
      return { key: `line.${id}`, from, to, phases, isTransformer: false };
    }),
  ];
}

/** Which phases reach every bus; a branch that wants more than its upper end has is named, and so is a transformer upside down. */
function fedPhases(
  importer: Importer,
  source: ImportedSource,
  lines: readonly ImportedLine[],
  transformers: readonly ImportedTransformer[],
): ReadonlyMap<string, readonly number[]> {
  const around = new Map<string, NamedBranch[]>();
  for (const branch of branchesOf(lines, transformers)) {
    for (const end of [branch.from, branch.to]) {
      const list = around.get(end);
      if (list === undefined) around.set(end, [branch]);
      else list.push(branch);
    }
  }
  const fed = new Map<string, readonly number[]>([[source.bus, [1, 2, 3]]]);
  const queue = [source.bus];
  for (let at = 0; at < queue.length; at++) {
    const bus = queue[at]!;
    for (const { key, from, to, phases, isTransformer } of around.get(bus) ?? []) {
      const next = from === bus ? to : from;
      if (fed.has(next)) continue;
      const missing = phases.filter((phase) => !fed.get(bus)!.includes(phase));
      const { place } = importer.elements.get(key)!;
      if (missing.length > 0) {
        const has = `bus ${bus} is fed on phase ${fed.get(bus)!.join(", ")} only`;
        importer.fail(
          place,
          key,
          `needs phase ${missing.join(", ")}, but ${has}; feed it or use what is there`,
        );
      }
      if (isTransformer && to === bus) {
        const fix = `has its first winding away from the source; write buses=[${to} ${from}] and turn conns and kVs`;
        importer.fail(place, key, fix);
      }
      fed.set(next, phases);
      queue.push(next);
    }
  }
  return fed;
}
