// What the importer knows of OpenDSS's elements, as data: properties in the order in which values without a name
// fill them, what it may leave out, and what it refuses because leaving it out would change the network.

const words = (text: string): readonly string[] => text.split(" ");

/** Properties of each kind of element, in OpenDSS's order. */
export const PROPERTIES: Readonly<Record<string, readonly string[]>> = {
  vsource: words(
    "bus1 basekv pu angle frequency phases mvasc3 mvasc1 x1r1 x0r0 isc3 isc1 r1 x1 r0 x0 bus2 " +
      "basefreq basemva z1 z0 enabled like",
  ),
  linecode: words(
    "nphases r1 x1 r0 x0 c1 c0 units rmatrix xmatrix cmatrix basefreq normamps emergamps " +
      "faultrate pctperm repair kron rg xg rho neutral b1 b0 seasons ratings linetype like",
  ),
  line: words(
    "bus1 bus2 linecode length phases r1 x1 r0 x0 c1 c0 rmatrix xmatrix cmatrix switch rg xg " +
      "rho geometry units spacing wires earthmodel normamps emergamps faultrate pctperm repair " +
      "basefreq enabled b1 b0 like",
  ),
  transformer: words(
    "phases windings wdg bus conn kv kva tap %r rneut xneut buses conns kvs kvas taps xhl xht " +
      "xlt xscarray thermal n m flrise hsrise %loadloss %noloadloss normhkva emerghkva sub " +
      "maxtap mintap numtaps subname %imag ppm_antifloat %rs bank xfmrcode xrconst leadlag " +
      "enabled basefreq like",
  ),
  load: words(
    "phases bus1 kv kw pf model yearly daily duty growth conn kvar rneut xneut status class " +
      "vminpu vmaxpu vminnorm vminemerg xfkva allocationfactor kva numcust enabled basefreq " +
      "spectrum like",
  ),
  loadshape: words(
    "npts interval mult hour mean stddev csvfile sngfile dblfile action qmult useactual pmax " +
      "qmax sinterval minterval pbase qbase pmult like",
  ),
};

export const KINDS: readonly string[] = words("vsource linecode line transformer load loadshape");

/** Said, these would change the network, and the importer has nothing for them: what to write instead. */
export const REFUSED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  vsource: {
    bus2: "the source stands between its bus and ground; leave bus2 out",
    z1: "write R1 and X1",
    z0: "write R0 and X0",
    like: "write the properties out",
  },
  linecode: {
    b1: "write C1 in nF per unit of length",
    b0: "write C0 in nF per unit of length",
    kron: "write the reduced matrices with nphases=3",
    neutral: "write the reduced matrices with nphases=3",
    like: "write the properties out",
  },
  line: {
    b1: "write C1 in nF per unit of length",
    b0: "write C0 in nF per unit of length",
    geometry: "write a line code, or R1 X1 R0 X0",
    spacing: "write a line code, or R1 X1 R0 X0",
    wires: "write a line code, or R1 X1 R0 X0",
    like: "write the properties out",
  },
  transformer: {
    rneut: "the neutral is solidly grounded; leave it out",
    xneut: "the neutral is solidly grounded; leave it out",
    xfmrcode: "write kVs, kVAs, XHL and %LoadLoss",
    bank: "write one three-phase transformer",
    like: "write the properties out",
  },
  load: {
    kva: "write kW and pf",
    xfkva: "write kW and pf",
    rneut: "the neutral is solidly grounded; leave it out",
    xneut: "the neutral is solidly grounded; leave it out",
    like: "write the properties out",
  },
  loadshape: {
    hour: "write interval and mult: samples stand at equal distances",
    qmult: "write mult: it multiplies kW and kvar",
    sngfile: "write mult=(file=name.txt), one number a line",
    dblfile: "write mult=(file=name.txt), one number a line",
    action: "write the samples as they shall count",
    like: "write the properties out",
  },
};

/** Elements and commands without influence on the power flow. */
export const IGNORED_CLASSES: readonly string[] = words(
  "monitor energymeter spectrum tcc_curve growthshape wiredata linegeometry",
);
export const IGNORED_VERBS: readonly string[] = words(
  "clear clearall calcvoltagebases calcv solve plot show export closedi sample visualize help " +
    "? get panel makebuslist setkvbase interpolate makeposseq var connect",
);

/** Metres in each of OpenDSS's units of length; `none` is no unit. */
export const METRES: Readonly<Record<string, number>> = {
  mi: 1609.344,
  kft: 304.8,
  km: 1000,
  m: 1,
  ft: 0.3048,
  in: 0.0254,
  cm: 0.01,
  mm: 0.001,
};
export const UNITS: readonly string[] = words("none mi kft km m ft in cm mm");
