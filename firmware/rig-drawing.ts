// The drawing of rig, converter and meter, made of the wires of sim/contract/rig-wiring.ts: every wire is one line with
// what it goes through on its way, and below it what those parts look like.

import { RIG_WIRES, type RigWire, spotText, THROUGH } from "../sim/contract/rig-wiring.ts";

const WIDTH = 1160;
const ROW = 42;
const TOP = 128;
const BOX_TOP = 70;
const PITCH = { rig: 230, converterLeft: 420, converterRight: 600, meter: 930 };
const BOX_WIDTH = 210;
const INK = "#1b2733";
const RIG_INK = "#0b6e4f";
const METER_INK = "#1f4e9c";
const PART_FILL = "#fff7e0";

type Part = RigWire["from"][0];
const isBetween = ({ from, to }: RigWire, one: Part, other: Part): boolean =>
  (from[0] === one && to[0] === other) || (from[0] === other && to[0] === one);

interface Text {
  readonly anchor?: "start" | "middle" | "end";
  readonly size?: number;
  readonly fill?: string;
  readonly weight?: number;
}

function text(x: number, y: number, content: string, style: Text = {}): string {
  const { anchor = "middle", size = 15, fill = INK, weight = 400 } = style;
  const escaped = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" font-size="${size}" font-weight="${weight}" fill="${fill}">${escaped}</text>`;
}

const line = (points: string, extra = ""): string =>
  `<polyline points="${points}" fill="none" stroke="${INK}" stroke-width="1.6" ${extra}/>`;

const box = (x: number, y: number, width: number, height: number, style: string): string =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6" ${style}/>`;

/** A board or chip: its name and its two lines below. */
function partBox(x: number, width: number, height: number, stroke: string, name: string): string[] {
  const [title, ...rest] = name.split("\n");
  return [
    box(x, BOX_TOP, width, height, `fill="#ffffff" stroke="${stroke}" stroke-width="2.4"`),
    text(x + width / 2, BOX_TOP - 28, title!, { size: 18, weight: 700, fill: stroke }),
    text(x + width / 2, BOX_TOP - 10, rest.join(" "), { size: 13 }),
  ];
}

/** A wire from left to right or back, with a label where it ends and what it goes through in the middle. */
function wireLine(wire: RigWire, left: Part, fromX: number, toX: number, y: number): string[] {
  const isRightward = wire.from[0] === left;
  const [leftSpot, rightSpot] = isRightward ? [wire.from, wire.to] : [wire.to, wire.from];
  const { value } = THROUGH[wire.through];
  const middle = (fromX + toX) / 2;
  const width = value.length * 7.2 + 16;
  const arrow = isRightward ? "marker-end" : "marker-start";
  const isGround = spotText(wire.from) === "GND";
  return [
    line(`${fromX},${y} ${toX},${y}`, isGround ? "" : `${arrow}="url(#arrow)"`),
    text(fromX - 10, y + 5, spotText(leftSpot), { anchor: "end", weight: 600 }),
    text(toX + 10, y + 5, spotText(rightSpot), { anchor: "start", weight: 600 }),
    ...(value === ""
      ? []
      : [
          box(
            middle - width / 2,
            y - 12,
            width,
            24,
            `fill="${PART_FILL}" stroke="${INK}" stroke-width="1.2"`,
          ),
          text(middle, y + 4.5, value, { size: 13 }),
        ]),
  ];
}

/** What a wire is for, in its box, next to its pin. */
const say = (x: number, y: number, says: string, anchor: "start" | "end"): string =>
  text(x, y + 5, says, { anchor, size: 12.5, fill: "#51606e" });

/** The whole drawing as SVG. */
export function rigDrawing(): string {
  const toConverter = RIG_WIRES.filter((wire) => isBetween(wire, "rig", "converter"));
  const fromConverter = RIG_WIRES.filter((wire) => isBetween(wire, "converter", "meter"));
  const across = RIG_WIRES.filter((wire) => isBetween(wire, "rig", "meter"));
  const converterRows = Math.max(toConverter.length, fromConverter.length);
  const rows = converterRows + across.length + 1;
  const yOf = (row: number): number => TOP + row * ROW;
  const height = rows * ROW + 40;
  const insetTop = BOX_TOP + height + 40;
  const sayAt = PITCH.meter + 78;
  const parts = [
    ...partBox(PITCH.rig - BOX_WIDTH, BOX_WIDTH, height, RIG_INK, "Rig\nArduino Uno, rig.hex"),
    ...partBox(
      PITCH.meter,
      BOX_WIDTH,
      height,
      METER_INK,
      "Meter under test\nArduino Uno, meter.hex",
    ),
    ...partBox(
      PITCH.converterLeft,
      PITCH.converterRight - PITCH.converterLeft,
      converterRows * ROW + 58,
      INK,
      "MCP4728\nfour 12-bit converters, I²C 60h",
    ),
    ...toConverter.flatMap((wire, row) =>
      wireLine(wire, "rig", PITCH.rig, PITCH.converterLeft, yOf(row)),
    ),
    ...fromConverter.flatMap((wire, row) =>
      wireLine(wire, "converter", PITCH.converterRight, PITCH.meter, yOf(row)),
    ),
    ...across.flatMap((wire, row) =>
      wireLine(wire, "rig", PITCH.rig, PITCH.meter, yOf(converterRows + 1 + row)),
    ),
    ...toConverter.map((wire, row) =>
      say(PITCH.rig - BOX_WIDTH + 10, yOf(row), wire.says, "start"),
    ),
    ...fromConverter.map((wire, row) => say(sayAt, yOf(row), short(wire.says), "start")),
    ...across.map((wire, row) =>
      say(PITCH.rig - BOX_WIDTH + 10, yOf(converterRows + 1 + row), short(wire.says), "start"),
    ),
  ];
  const total = insetTop + INSET_HEIGHT + 20;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${total}" width="${WIDTH}" height="${total}" font-family="Helvetica, Arial, sans-serif" role="img" aria-label="How the rig is wired to the meter under test">`,
    "<!-- Written by firmware/generate.ts from sim/contract/rig-wiring.ts; change it there. -->",
    `<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0,0 L8,4 L0,8 z" fill="${INK}"/></marker></defs>`,
    `<rect width="${WIDTH}" height="${total}" fill="#f6f8fa"/>`,
    ...parts,
    ...insets(insetTop),
    "</svg>",
    "",
  ].join("\n");
}

const short = (says: string): string => says.split(/[:;]/)[0]!;

const INSET_HEIGHT = 210;
const INSETS: readonly { readonly x: number; readonly width: number; readonly title: string }[] = [
  { x: 20, width: 210, title: "RC filter" },
  { x: 245, width: 280, title: "opto-coupler" },
  { x: 540, width: 300, title: "relay, opto-coupler" },
  { x: 855, width: 285, title: "opto-coupler, P-MOSFET" },
];

/** What the parts on the way look like. */
function insets(top: number): string[] {
  const frames = INSETS.flatMap(({ x, width, title }) => [
    box(x, top, width, INSET_HEIGHT, `fill="#ffffff" stroke="#9aa7b3" stroke-width="1.2"`),
    text(x + 12, top + 22, title, { anchor: "start", weight: 700, size: 14 }),
  ]);
  const y = top + 80;
  const [filter, coupler, contact, gate] = INSETS.map(({ x }) => x);
  return [
    ...frames,
    ...filterInset(filter!, y),
    ...couplerInset(coupler!, y),
    ...contactInset(contact!, y),
    ...switchInset(gate!, y),
  ];
}

const resistor = (x: number, y: number): string =>
  box(x, y - 6, 34, 12, `fill="${PART_FILL}" stroke="${INK}" stroke-width="1.4"`);
const ground = (x: number, y: number): string =>
  [
    line(`${x},${y} ${x},${y + 10}`),
    line(`${x - 10},${y + 10} ${x + 10},${y + 10}`),
    line(`${x - 6},${y + 14} ${x + 6},${y + 14}`),
    line(`${x - 2},${y + 18} ${x + 2},${y + 18}`),
  ].join("");
const small = (x: number, y: number, content: string, anchor: Text["anchor"] = "middle"): string =>
  text(x, y, content, { size: 12.5, anchor });

function filterInset(x: number, y: number): string[] {
  return [
    small(x + 14, y - 10, "VOUT", "start"),
    line(`${x + 14},${y} ${x + 55},${y}`),
    resistor(x + 55, y),
    small(x + 72, y - 12, "1 kΩ"),
    line(`${x + 89},${y} ${x + 190},${y}`),
    small(x + 194, y - 10, "A0, A1, A2", "end"),
    line(`${x + 125},${y} ${x + 125},${y + 30}`),
    line(`${x + 110},${y + 30} ${x + 140},${y + 30}`),
    line(`${x + 110},${y + 37} ${x + 140},${y + 37}`),
    small(x + 148, y + 38, "100 nF", "start"),
    line(`${x + 125},${y + 37} ${x + 125},${y + 60}`),
    ground(x + 125, y + 60),
  ];
}

/** Light and transistor in their case; both stand upright, the light at `x + 20`, the transistor at `x + 80`. */
function opto(x: number, y: number): string[] {
  const [light, base] = [x + 20, x + 66];
  return [
    box(x, y, 100, 70, `fill="none" stroke="#51606e" stroke-dasharray="5 4"`),
    line(`${light},${y} ${light},${y + 24}`),
    `<path d="M${light - 9},${y + 24} L${light + 9},${y + 24} L${light},${y + 40} z" fill="${INK}"/>`,
    line(`${light - 9},${y + 41} ${light + 9},${y + 41}`),
    line(`${light},${y + 41} ${light},${y + 70}`),
    line(`${light + 14},${y + 28} ${light + 30},${y + 28}`, `marker-end="url(#arrow)"`),
    line(`${light + 14},${y + 38} ${light + 30},${y + 38}`, `marker-end="url(#arrow)"`),
    line(`${base},${y + 18} ${base},${y + 52}`, `style="stroke-width:3"`),
    line(`${base},${y + 28} ${x + 82},${y + 14} ${x + 82},${y}`),
    line(`${base},${y + 42} ${x + 82},${y + 56} ${x + 82},${y + 70}`, `marker-mid="url(#arrow)"`),
  ];
}

function couplerInset(x: number, y: number): string[] {
  return [
    small(x + 14, y - 10, "rig's pin", "start"),
    line(`${x + 14},${y} ${x + 74},${y}`),
    resistor(x + 74, y),
    small(x + 91, y - 12, "680 Ω"),
    line(`${x + 108},${y} ${x + 120},${y} ${x + 120},${y + 15}`),
    ...opto(x + 100, y + 15),
    ground(x + 120, y + 85),
    line(`${x + 182},${y + 15} ${x + 182},${y} ${x + 262},${y}`),
    small(x + 264, y - 10, "meter's pin", "end"),
    ground(x + 182, y + 85),
  ];
}

function contactInset(x: number, y: number): string[] {
  return [
    small(x + 14, y - 10, "rig's 5V", "start"),
    line(`${x + 14},${y} ${x + 58},${y}`),
    line(`${x + 58},${y} ${x + 92},${y - 14}`),
    line(`${x + 94},${y} ${x + 108},${y}`),
    box(x + 58, y + 22, 36, 20, `fill="${PART_FILL}" stroke="${INK}" stroke-width="1.4"`),
    line(`${x + 76},${y - 6} ${x + 76},${y + 22}`, `stroke-dasharray="3 3"`),
    small(x + 76, y + 36, "coil"),
    small(x + 14, y + 64, "meter's D4: module's input,", "start"),
    small(x + 14, y + 80, "high closes", "start"),
    line(`${x + 76},${y + 42} ${x + 76},${y + 52}`),
    resistor(x + 108, y),
    small(x + 125, y - 12, "680 Ω"),
    line(`${x + 142},${y} ${x + 190},${y} ${x + 190},${y + 15}`),
    ...opto(x + 170, y + 15),
    ground(x + 190, y + 85),
    line(`${x + 252},${y + 15} ${x + 252},${y} ${x + 288},${y}`),
    small(x + 290, y - 10, "rig's D2", "end"),
    ground(x + 252, y + 85),
  ];
}

function switchInset(x: number, y: number): string[] {
  return [
    small(x + 12, y + 4, "rig's D9", "start"),
    line(`${x + 20},${y + 10} ${x + 20},${y + 25} ${x + 24},${y + 25}`),
    resistor(x + 24, y + 25),
    small(x + 14, y + 50, "680 Ω", "start"),
    line(`${x + 58},${y + 25} ${x + 78},${y + 25}`),
    ...opto(x + 58, y + 25),
    ground(x + 78, y + 95),
    line(`${x + 140},${y + 25} ${x + 140},${y - 26}`),
    line(`${x + 70},${y - 26} ${x + 188},${y - 26} ${x + 188},${y - 10}`),
    small(x + 66, y - 32, "5 V of the computer", "start"),
    line(`${x + 186},${y - 12} ${x + 186},${y + 34}`, `style="stroke-width:3"`),
    line(`${x + 178},${y - 8} ${x + 178},${y + 30}`, `style="stroke-width:2.4"`),
    line(
      `${x + 186},${y + 30} ${x + 204},${y + 30} ${x + 204},${y + 10} ${x + 272},${y + 10}`,
      `marker-end="url(#arrow)"`,
    ),
    small(x + 274, y, "meter's 5 V", "end"),
    line(
      `${x + 178},${y + 12} ${x + 166},${y + 12} ${x + 166},${y + 108} ${x + 140},${y + 108} ${x + 140},${y + 95}`,
    ),
    line(`${x + 166},${y + 70} ${x + 190},${y + 70}`),
    resistor(x + 190, y + 70),
    small(x + 207, y + 58, "10 kΩ"),
    line(`${x + 224},${y + 70} ${x + 240},${y + 70} ${x + 240},${y + 76}`),
    ground(x + 240, y + 76),
  ];
}
