import { describe, expect, test } from "vitest";
import { DssError } from "../../sim/grid/dss-error.ts";
import { importOpenDss } from "../../sim/grid/opendss.ts";
import { HEAD, importText } from "../support/networks.ts";

/** What the importer says of a script whose first line after the head is line 5. */
function complaints(body: string): readonly string[] {
  try {
    importText(HEAD + body);
  } catch (cause) {
    if (cause instanceof DssError) return cause.message.split("\n");
    throw cause;
  }
  return [];
}

const LINE = "New Line.a Bus1=sourcebus Bus2=b Linecode=three Length=10 Units=m";
const LOAD = "New Load.h Phases=1 Bus1=b.1 kV=0.23 kW=1 PF=1";

describe("an error in a network file has its place, its field and what to write instead", () => {
  test.for([
    {
      fault: "an unknown property",
      body: "New Line.a Bus1=sourcebus Bus2=b Linecode=three Lenght=10",
      says: "street.dss:5:49 line.a.lenght: unknown property; did you mean length?",
    },
    {
      fault: "a line with a unit that there is not",
      body: "New Line.a Bus1=sourcebus Bus2=b Linecode=three Length=10 Units=metre",
      says: "street.dss:5:59 line.a.units: there is no unit metre; write one of none, mi, kft, km, m, ft, in, cm, mm",
    },
    {
      fault: "a line code with a unit that there is not",
      body: `New LineCode.c R1=1 Units=yd\n${LINE}`,
      says: "street.dss:5:21 linecode.c.units: there is no unit yd; write one of none, mi, kft, km, m, ft, in, cm, mm",
    },
    {
      fault: "a load on a phase that its bus does not have",
      body: `New Line.a Bus1=sourcebus.1 Bus2=b.1 Phases=1 Linecode=one\n${LOAD.replace("b.1", "b.2")}`,
      says: "street.dss:6:21 load.h.bus1: bus b has no phase 2, only 1; write bus1=b.1",
    },
    {
      fault: "a line that wants phases which do not reach its upper end",
      body: "New Line.a Bus1=sourcebus.1 Bus2=b.1 Phases=1 Linecode=one\nNew Line.c Bus1=b Bus2=c Linecode=three",
      says: "street.dss:6:1 line.c: needs phase 2, 3, but bus b is fed on phase 1 only; feed it or use what is there",
    },
    {
      fault: "a load on a bus that no line leads to",
      body: `${LINE}\n${LOAD.replace("b.1", "bb.1")}`,
      says: "street.dss:6:21 load.h.bus1: no line or transformer leads to bus bb; did you mean b?",
    },
    {
      fault: "a loop",
      body: `${LINE}\nNew Line.c Bus1=b Bus2=sourcebus Linecode=three`,
      says: "street.dss:6:1 line.c: closes a loop between b and sourcebus; the feeder must be radial: leave it out, or write enabled=no",
    },
    {
      fault: "a line that nothing connects to the source",
      body: `${LINE}\nNew Line.c Bus1=x Bus2=y Linecode=three`,
      says: "street.dss:6:1 line.c: is not connected to the source at sourcebus; connect it or leave it out",
    },
    {
      fault: "a second circuit",
      body: `New Circuit.other BasekV=0.4\n${LINE}`,
      says: "street.dss:5:1 Circuit.other: a network has one source; leave the second circuit out",
    },
    {
      fault: "a second source",
      body: `New Vsource.pv Bus1=b BasekV=0.4\n${LINE}`,
      says: "street.dss:5:1 Vsource.pv: a network has one source; write Edit Vsource.Source, or leave it out",
    },
    {
      fault: "a file that is not there",
      body: "  Redirect lines/east.txt",
      says: "street.dss:5:12 redirect: there is no file lines/east.txt",
    },
    {
      fault: "coordinates that are not there",
      body: `${LINE}\nBuscoords places.csv`,
      says: "street.dss:6:1 buscoords: there is no file places.csv",
    },
    {
      fault: "a line code that there is not",
      body: "New Line.a Bus1=sourcebus Bus2=b Linecode=tree",
      says: "street.dss:5:34 line.a.linecode: there is no line code tree; did you mean three?",
    },
    {
      fault: "a line code of another number of phases",
      body: "New Line.a Bus1=sourcebus Bus2=b Phases=3 Linecode=one",
      says: "street.dss:5:43 line.a.linecode: line code one has 1 phase(s) and the line 3; write a line code with nphases=3",
    },
    {
      fault: "a line with a fourth conductor",
      body: "New LineCode.four nphases=4\nNew Line.a Bus1=sourcebus Bus2=b Phases=4 Linecode=four",
      says: "street.dss:6:34 line.a.phases: a line has 1, 2 or 3 phases, got 4; reduce the neutral into the phases (Kron)",
    },
    {
      fault: "crossed phases",
      body: "New Line.a Bus1=sourcebus.1.2.3 Bus2=b.2.1.3 Linecode=three",
      says: "street.dss:5:1 line.a: connects phases 1,2,3 with 2,1,3; crossed phases are not supported: write the same ones",
    },
    {
      fault: "a terminal with fewer phases than the element",
      body: `${LINE}\n${LOAD.replace("Phases=1", "Phases=3")}`,
      says: "street.dss:6:21 load.h.bus1: names 1 phase(s) where there are 3; write b.1.2.3",
    },
    {
      fault: "a node that is no phase",
      body: `${LINE}\n${LOAD.replace("b.1", "b.L1")}`,
      says: "street.dss:6:21 load.h.bus1: b.L1 names no phases; write b.1.2.3, or some of these",
    },
    {
      fault: "a delta load on one phase",
      body: `${LINE}\n${LOAD} Conn=delta`,
      says: "street.dss:6:21 load.h.bus1: names 1 phase(s) where there are 2; write b.1.2",
    },
    {
      fault: "a length that is no number",
      body: "New Line.a Bus1=sourcebus Bus2=b Linecode=three Length=ten",
      says: 'street.dss:5:49 line.a.length: "ten" is no number; write one, such as 0.4',
    },
    {
      fault: "a length of nothing",
      body: "New Line.a Bus1=sourcebus Bus2=b Linecode=three Length=0",
      says: "street.dss:5:49 line.a.length: a length is above 0, got 0; write one, such as 12.5",
    },
    {
      fault: "a matrix of another size",
      body: "New LineCode.c nphases=3 rmatrix=[1|0 1]",
      says: "street.dss:5:26 linecode.c.rmatrix: write 3 rows, lower triangle, divided by |",
    },
    {
      fault: "a winding's number that is none",
      body: "New Transformer.t Buses=[sourcebus b] Conns=[delta wye] kVs=[0.4 O.4] kVAs=[9 9]",
      says: 'street.dss:5:57 transformer.t.kv: "O.4" is no number; write one, such as 0.4',
    },
    {
      fault: "a transformer upside down",
      body: "New Transformer.t Buses=[b sourcebus] kVs=[0.4 0.4] kVAs=[9 9]",
      says: "street.dss:5:1 transformer.t: has its first winding away from the source; write buses=[sourcebus b] and turn conns and kVs",
    },
    {
      fault: "a transformer with turned phases",
      body: "New Transformer.t Buses=[sourcebus.2.3.1 b] kVs=[0.4 0.4] kVAs=[9 9]",
      says: "street.dss:5:19 transformer.t.bus: turned phases are not supported; write sourcebus",
    },
    {
      fault: "a delta secondary",
      body: "New Transformer.t Buses=[sourcebus b] Conns=[delta delta] kVs=[0.4 0.4] kVAs=[9 9]",
      says: "street.dss:5:1 transformer.t: a delta secondary is not supported; write conns=[delta wye] or [wye wye]",
    },
    {
      fault: "a power factor that is none",
      body: `${LINE}\n${LOAD.replace("PF=1", "PF=1.2")}`,
      says: "street.dss:6:43 load.h.pf: a power factor is −1 to 1 and not 0, got 1.2; write 0.95",
    },
    {
      fault: "a load model that is not built",
      body: `${LINE}\n${LOAD} Model=4`,
      says: "street.dss:6:48 load.h.model: load model 4 is not supported; write 1 (power), 2 (impedance) or 5 (current)",
    },
    {
      fault: "a property that it would have to guess about",
      body: `${LINE}\n${LOAD.replace("kW=1", "kVA=1")}`,
      says: "street.dss:6:38 load.h.kva: is not supported; write kW and pf",
    },
    {
      fault: "a factor on all loads",
      body: `Set Loadmult=0.5\n${LINE}`,
      says: "street.dss:5:5 loadmult: is not supported; write the kW of each load",
    },
    {
      fault: "a shape that there is not",
      body: `New Loadshape.winter npts=2 interval=1 mult=[1 2]\n${LINE}\n${LOAD} Daily=wintre`,
      says: "street.dss:7:48 load.h.daily: there is no load shape wintre; did you mean winter?",
    },
    {
      fault: "a shape without samples",
      body: `New Loadshape.winter npts=2 interval=1\n${LINE}`,
      says: "street.dss:5:1 loadshape.winter: has no samples; give mult",
    },
    {
      fault: "a second load of one name, which would replace the first",
      body: `${LINE}\n${LOAD}\n${LOAD}`,
      says: "street.dss:7:1 load.h: stands twice, first at street.dss:6; give it another name, or write Edit",
    },
    {
      fault: "an element that nobody defined",
      body: "Edit Load.nobody kW=1",
      says: "street.dss:5:1 Load.nobody: there is no such element to edit; define it with New first",
    },
    {
      fault: "a kind of element that is not built",
      body: "New Capacitor.c Bus1=b",
      says: "street.dss:5:1 Capacitor.c: this kind of element is not supported; supported: vsource, linecode, line, transformer, load, loadshape",
    },
    {
      fault: "a command that is not built",
      body: "Open Line.a",
      says: "street.dss:5:1 open: unknown command; write one of new, edit, redirect, batchedit, buscoords, set, solve",
    },
  ])("$fault", ({ body, says }) => {
    expect(complaints(body)).toEqual([says]);
  });

  test("all faults of all files are told at once, each in its own file", () => {
    const text = `${HEAD}Redirect lines.txt\nNew Load.h Phases=1 Bus1=b.1 Kw=x`;
    const lines = "New Line.a Bus1=sourcebus Bus2=b Linecode=three Units=q\n";
    expect(() => importText(text, { "lines.txt": lines })).toThrow(
      /^lines\.txt:1:49 line\.a\.units: .*\nstreet\.dss:6:30 load\.h\.kw: .*$/,
    );
  });

  test("files that name each other for ever are told and not followed", () => {
    const text = `${HEAD}Redirect again.txt`;
    const twice = "Redirect again.txt\nRedirect again.txt";
    // Each of the two was told of again at every depth: a million lines.
    expect(() => importText(text, { "again.txt": twice })).toThrow(
      /^again\.txt:1:1 redirect: files redirect to each other for ever(\n(?!again).*)*$/,
    );
  });

  test("a script without a source is told to begin with one", () => {
    expect(() => importText("New LineCode.c R1=1")).toThrow(
      "street.dss:1:1 circuit: there is no source; begin with New Circuit.name",
    );
  });

  test("a master script that cannot be read is its reader's error", () => {
    const unreadable = new Error("there is no file street.dss");
    const read = (): string => {
      throw unreadable;
    };
    expect(() => importOpenDss("street.dss", read)).toThrow(unreadable);
  });
});
