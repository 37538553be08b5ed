import { describe, expect, test } from "vitest";
import type { ImportedLine, ImportedLoad } from "../../sim/grid/opendss.ts";
import { HEAD, importText } from "../support/networks.ts";

const LINE = "New Line.a Bus1=sourcebus Bus2=b Linecode=three Length=10 Units=m\n";

/** The line of a script of one. */
function lineOf(body: string, head: string = HEAD): ImportedLine {
  return importText(head + body).lines[0]!;
}

/** The load that `properties` make at bus b. */
function loadOf(properties: string): ImportedLoad {
  return importText(`${HEAD}${LINE}New Load.h Bus1=b ${properties}`).loads[0]!;
}

describe("lines", () => {
  // One mile is 1609.344 m, one foot 0.3048 m, one inch 0.0254 m (international yard and pound agreement, 1959).
  test.for([
    { units: "mi", length: 1, ohm: 1.609344 },
    { units: "kft", length: 2, ohm: 0.6096 },
    { units: "km", length: 0.5, ohm: 0.5 },
    { units: "m", length: 70, ohm: 0.07 },
    { units: "Ft", length: 100, ohm: 0.03048 },
    { units: "in", length: 1000, ohm: 0.0254 },
    { units: "cm", length: 250, ohm: 0.0025 },
    { units: "mm", length: 500, ohm: 0.0005 },
    { units: "none", length: 3, ohm: 3 },
  ])("$length $units of a cable of 1 Ω/km has $ohm Ω", ({ units, length, ohm }) => {
    const body = `New Line.a Bus1=sourcebus Bus2=b Linecode=three Length=${length} Units=${units}`;
    expect(lineOf(body).seriesOhm[0]).toBeCloseTo(ohm, 12); // rounding of one product
  });

  test("a line code without a unit counts in the line's own", () => {
    const body =
      "New LineCode.bare R1=2 X1=0 R0=2 X0=0\nNew Line.a Bus1=sourcebus Bus2=b Linecode=bare Length=7 Units=m";
    expect(lineOf(body).seriesOhm[0]).toBe(14);
  });

  test("sequence impedances become the phase matrix of Carson's transformation", () => {
    // Zs = (2·Z1 + Z0)/3, Zm = (Z0 − Z1)/3: (2·0.3 + 1.2)/3 = 0.6 and (1.2 − 0.3)/3 = 0.3.
    const line = lineOf(
      "New Line.a Bus1=sourcebus Bus2=b R1=0.3 R0=1.2 X1=0.6 X0=1.5 C1=0 C0=0 Length=1",
    );
    const near = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 12));
    expect(line.seriesOhm).toEqual(near([0.6, 0.3, 0.3, 0.3, 0.6, 0.3, 0.3, 0.3, 0.6]));
    expect(line.seriesReactanceOhm).toEqual(near([0.9, 0.3, 0.3, 0.3, 0.9, 0.3, 0.3, 0.3, 0.9]));
  });

  test("a lower triangle fills both sides of the matrix", () => {
    const code =
      "New LineCode.m nphases=3 rmatrix=[1 | 2 3 | 4 5 6] xmatrix=(1|2 3|4 5 6) cmatrix=[0|0 0|0 0 0]\n";
    const line = lineOf(`${code}New Line.a Bus1=sourcebus Bus2=b Linecode=m Length=1`);
    expect(line.seriesOhm).toEqual([1, 2, 4, 2, 3, 5, 4, 5, 6]);
    expect(line.seriesReactanceOhm).toEqual([1, 2, 4, 2, 3, 5, 4, 5, 6]);
  });

  test("a two-phase line's matrix lies in the rows of its phases", () => {
    const code = "New LineCode.m nphases=2 rmatrix=[1|2 3] xmatrix=[0|0 0] cmatrix=[0|0 0]\n";
    const line = lineOf(
      `${code}New Line.a Bus1=sourcebus.3.1 Bus2=b.3.1 Phases=2 Linecode=m Length=1`,
    );
    expect(line.seriesOhm).toEqual([3, 0, 2, 0, 0, 0, 2, 0, 1]);
  });

  test("reactance is scaled from the line code's frequency to the network's, resistance is not", () => {
    const code = "New LineCode.us R1=1 X1=0.6 R0=1 X0=0.6 Basefreq=60\n";
    const line = lineOf(`${code}New Line.a Bus1=sourcebus Bus2=b Linecode=us Length=1`);
    expect(line.seriesOhm[0]).toBe(1);
    expect(line.seriesReactanceOhm[0]).toBeCloseTo((0.6 * 50) / 60, 12); // X = 2πf·L
  });

  test("capacitance in nF is susceptance in S at the network's frequency, over the whole line", () => {
    const code = "New LineCode.c R1=1 X1=1 R0=1 X0=1 C1=100 C0=100 Units=km\n";
    const line = lineOf(`${code}New Line.a Bus1=sourcebus Bus2=b Linecode=c Length=2 Units=km`);
    expect(line.shuntSiemens[0]).toBeCloseTo(2 * Math.PI * 50 * 200e-9, 15); // B = 2πf·C
    expect(line.shuntSiemens[1]).toBeCloseTo(0, 15);
  });

  test("a line that is a switch has OpenDSS's milliohm, whatever it says else", () => {
    const line = lineOf("New Line.a Bus1=sourcebus Bus2=b Linecode=three Length=500 Switch=y");
    expect(line.seriesOhm[0]).toBeCloseTo(0.001, 12); // R1 = R0 = 1, length 0.001
    expect(line.seriesOhm[1]).toBe(0);
  });

  test("the rating is the line's own, or else the line code's", () => {
    const code = "New LineCode.r R1=1 Normamps=215\n";
    const rated = "New Line.a Bus1=sourcebus Bus2=b Linecode=r";
    expect(lineOf(code + rated).ratingA).toBe(215);
    expect(lineOf(`${code}${rated} Normamps=100`).ratingA).toBe(100);
    expect(lineOf(LINE).ratingA).toBe(null);
  });

  test("a line that is not enabled is not there", () => {
    const body = `${LINE}New Line.tie Bus1=b Bus2=sourcebus Linecode=three Enabled=no`;
    expect(importText(HEAD + body).lines.map(({ id }) => id)).toEqual(["a"]);
  });
});

describe("loads", () => {
  test("a power factor gives the reactive power, a negative one turns its sign", () => {
    // tan(acos 0.8) = 0.75
    expect(loadOf("kW=4 PF=0.8").kvar).toBeCloseTo(3, 12);
    expect(loadOf("kW=4 PF=-0.8").kvar).toBeCloseTo(-3, 12);
  });

  test("of kvar and power factor the one said last counts", () => {
    expect(loadOf("kW=4 PF=0.8 kvar=1").kvar).toBe(1);
    expect(loadOf("kW=4 kvar=1 PF=0.8").kvar).toBeCloseTo(3, 12);
  });

  test("a three-phase wye load's kV is between phases, a one-phase load's is its own", () => {
    expect(loadOf("Phases=3 kV=0.4").elementV).toBeCloseTo(400 / Math.sqrt(3), 12);
    expect(loadOf("Phases=1 kV=0.23").elementV).toBe(230);
    expect(loadOf("Phases=3 Conn=delta kV=0.4").elementV).toBe(400);
  });

  test("a one-phase load on two nodes hangs between them", () => {
    const body = `${HEAD}${LINE}New Load.h Phases=1 Bus1=b.2.3 kV=0.4 kW=1`;
    expect(importText(body).loads[0]).toMatchObject({ connection: "delta", phases: [2, 3] });
  });

  test("ground and neutral are no phases", () => {
    const body = `${HEAD}${LINE}New Load.h Phases=1 Bus1=b.2.0 kW=1\nNew Load.i Phases=1 Bus1=b.3.4 kW=1`;
    expect(importText(body).loads.map(({ phases }) => phases)).toEqual([[2], [3]]);
  });
});

describe("shapes", () => {
  const files = { "day.txt": "\uFEFF1\r\n2.5\r\n3\r\n4\r\n" };
  const withShape = (shape: string) =>
    importText(`${HEAD}New Loadshape.s ${shape}\n${LINE}`, files).shapes[0];

  test("samples come from a file, with its byte-order mark and line ends left out", () => {
    expect(withShape("npts=4 minterval=30 mult=(file=day.txt)")).toEqual({
      name: "s",
      intervalMs: 1_800_000,
      multipliers: [1, 2.5, 3, 4],
      isActual: false,
    });
  });

  test.for([
    { interval: "interval=0.5", intervalMs: 1_800_000 },
    { interval: "minterval=1", intervalMs: 60_000 },
    { interval: "sinterval=15", intervalMs: 15_000 },
    { interval: "", intervalMs: 3_600_000 },
  ])("an interval is in hours, minutes or seconds as its name says: $interval", (row) => {
    expect(withShape(`npts=2 ${row.interval} mult=[1 2]`)?.intervalMs).toBe(row.intervalMs);
  });

  test("useactual is kept, and batchedit turns it for every shape that its pattern names", () => {
    expect(withShape("npts=2 mult=[1 2] useactual=true")?.isActual).toBe(true);
    const both =
      "New Loadshape.s1 mult=[1] useactual=yes\nNew Loadshape.t1 mult=[1] useactual=yes\n";
    const { shapes } = importText(`${HEAD}${both}batchedit loadshape.s.* useactual=no\n${LINE}`);
    expect(shapes.map(({ isActual }) => isActual)).toEqual([false, true]);
  });
});

describe("the language", () => {
  test.for([
    {
      what: "capitals do not matter",
      body: "NEW LINE.A bUS1=SourceBus BUS2=B LINECODE=THREE length=10",
    },
    {
      what: "a property may be abbreviated",
      body: "New Line.a Bus1=sourcebus Bus2=b Linec=three Len=10",
    },
    {
      what: "values without a name come in OpenDSS's order",
      body: "New Line.a sourcebus b three 10",
    },
    {
      what: "commas divide too",
      body: "New Line.a, Bus1=sourcebus, Bus2=b, Linecode=three, Length=10",
    },
    {
      what: "blanks may stand around =",
      body: "New Line.a Bus1 = sourcebus Bus2= b Linecode =three Length = 10",
    },
    {
      what: "~ goes on with the last element",
      body: "New Line.a Bus1=sourcebus\n~ Bus2=b Linecode=three\nMore Length=10",
    },
    {
      what: "object= may name the element",
      body: "New object=Line.a Bus1=sourcebus Bus2=b Linecode=three Length=10",
    },
    {
      what: "! and // begin a comment",
      body: "New Line.a Bus1=sourcebus Bus2=b ! x=1\n~ Linecode=three Length=10 // Length=5",
    },
    {
      what: "a comment may span lines",
      body: "/* New Line.z\nBus1=q */\nNew Line.a Bus1=sourcebus Bus2=b Linecode=three Length=10",
    },
    {
      what: "Edit changes an element",
      body: "New Line.a Bus1=sourcebus Bus2=b Linecode=three Length=5\nEdit Line.a Length=10",
    },
    {
      what: "an assignment changes a property",
      body: "New Line.a Bus1=sourcebus Bus2=b Linecode=three Length=5\nLine.a.Length=10",
    },
  ])("$what", ({ body }) => {
    const [line] = importText(HEAD + body).lines;
    expect(line).toMatchObject({ id: "a", from: "sourcebus", to: "b", phases: [1, 2, 3] });
    expect(line?.seriesOhm[0]).toBeCloseTo(10, 12);
  });

  test("a fault is told where it stands, also after a comment that spans lines", () => {
    expect(() => importText(`/* one\ntwo */\n  New Ufo.x`)).toThrow(/^street\.dss:3:3 Ufo\.x: /);
  });

  test("files are looked for beside the file that names them", () => {
    const files = { "east/lines.txt": "Redirect more.txt", "east/more.txt": LINE };
    expect(importText(`${HEAD}Redirect east\\lines.txt`, files).lines).toHaveLength(1);
  });

  test("coordinates belong to buses, and a bus without any has none", () => {
    const files = { "places.csv": "bus,x,y\nB, 3.5, -4\n" };
    const { buses } = importText(`${HEAD}${LINE}Buscoords places.csv`, files);
    expect(buses).toEqual([
      { name: "sourcebus", phases: [1, 2, 3], x: null, y: null },
      { name: "b", phases: [1, 2, 3], x: 3.5, y: -4 },
    ]);
  });
});

describe("the source", () => {
  test("short-circuit currents become the impedance behind which it stands", () => {
    // Z1 = 11 kV/√3 ÷ 3 kA = 2.1170 Ω; with X1/R1 = 4, R1 = Z1/√17. With ISC1 = ISC3 and X0/R0 = 4 too, Z0 = Z1,
    // and the matrix has no mutual terms.
    const head =
      "Set DefaultBaseFrequency=50\nNew Circuit.c BasekV=11 pu=1.05 ISC3=3000 ISC1=3000 X0R0=4\n";
    const { source } = importText(`${head}New Line.a Bus1=sourcebus Bus2=b R1=1`);
    const z1 = 11_000 / Math.sqrt(3) / 3000;
    expect(source.voltageV).toBeCloseTo((1.05 * 11_000) / Math.sqrt(3), 9);
    expect(source.resistanceOhm[0]).toBeCloseTo(z1 / Math.sqrt(17), 9);
    expect(source.reactanceOhm[0]).toBeCloseTo((4 * z1) / Math.sqrt(17), 9);
    expect(source.resistanceOhm[1]).toBeCloseTo(0, 9);
  });

  test("a one-phase short circuit draws the current that ISC1 says", () => {
    const head = "Set DefaultBaseFrequency=50\nNew Circuit.c BasekV=11 ISC3=3000 ISC1=1500\n";
    const { source } = importText(`${head}New Line.a Bus1=sourcebus Bus2=b R1=1`);
    // A fault to ground on one phase sees the diagonal of the phase matrix: (2·Z1 + Z0)/3.
    const selfOhm = Math.hypot(source.resistanceOhm[0]!, source.reactanceOhm[0]!);
    expect(source.voltageV / selfOhm).toBeCloseTo(1500, 6);
  });
});
