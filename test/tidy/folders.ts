// DESIGN's table of folders, as data: which folder may import which, and with which packages.

export interface PackageLeave {
  /** A package's name, or its scope followed by `/`. */
  readonly name: string;
  /** The only file or folder that may import it. */
  readonly only?: string;
}

export interface Folder {
  readonly path: string;
  readonly mayImport: readonly string[];
  /** "any": whatever package.json lists. */
  readonly packages: "any" | readonly PackageLeave[];
  /** Whether modules of Node may be imported. */
  readonly node: boolean;
  /** Files at its top that its subfolders share; they import no other sibling. */
  readonly shared?: readonly string[];
}

/** Pure and synchronous: no clock, no chance of its own, no network, no files. `sim/recording` may wait. */
export const PURE_FOLDERS = [
  "sim/core",
  "sim/contract",
  "sim/grid",
  "sim/plant",
  "sim/comms",
  "sim/utility",
  "sim/engine",
  "sim/recording",
] as const;

const SIM = [...PURE_FOLDERS, "sim/host"];

/** Where two paths fit, the longer one counts. */
export const FOLDERS: readonly Folder[] = [
  {
    path: "sim/core",
    mayImport: [],
    packages: [
      { name: "seedrandom", only: "sim/core/random.ts" },
      { name: "@stdlib/", only: "sim/core/math.ts" },
      { name: "@noble/hashes", only: "sim/core/digest.ts" },
    ],
    node: false,
  },
  { path: "sim/contract", mayImport: ["sim/core"], packages: [{ name: "zod" }], node: false },
  { path: "sim/grid", mayImport: ["sim/core", "sim/contract"], packages: [], node: false },
  {
    path: "sim/plant",
    mayImport: ["sim/core", "sim/contract", "sim/grid"],
    packages: [],
    node: false,
    // spec.ts is the half of the state that a run never changes.
    shared: ["sim/plant/state.ts", "sim/plant/spec.ts"],
  },
  {
    path: "sim/comms",
    mayImport: ["sim/core", "sim/contract"],
    packages: [{ name: "zod" }],
    node: false,
  },
  {
    path: "sim/utility",
    mayImport: ["sim/core", "sim/contract", "sim/grid"],
    packages: [],
    node: false,
    // records.ts is the half of the state that a run never changes; history.ts reads and writes one part of it.
    shared: ["sim/utility/state.ts", "sim/utility/records.ts", "sim/utility/history.ts"],
  },
  {
    path: "sim/engine",
    mayImport: ["sim/core", "sim/contract", "sim/grid", "sim/plant", "sim/comms", "sim/utility"],
    packages: [
      { name: "zod", only: "sim/engine/scenario/" },
      { name: "yaml", only: "sim/engine/scenario/" },
    ],
    node: false,
  },
  {
    path: "sim/recording",
    mayImport: ["sim/core", "sim/contract"],
    packages: [{ name: "@mcap/core" }],
    node: false,
  },
  { path: "sim/host", mayImport: [...SIM, "hil"], packages: "any", node: true },
  { path: "sim/host/bootstrap", mayImport: [], packages: [], node: true },
  { path: "hil", mayImport: ["sim/core", "sim/contract"], packages: "any", node: true },
  {
    path: "web",
    mayImport: [
      "sim/core",
      "sim/contract",
      "sim/recording",
      "web/player/local-engine.ts",
      "scenarios",
    ],
    packages: "any",
    node: false,
  },
  {
    // Starts the worker; nobody else may name it.
    path: "web/player/local-engine.ts",
    mayImport: ["web", "web/player/local.worker.ts", "sim/core", "sim/contract"],
    packages: "any",
    node: false,
  },
  {
    path: "web/player/local.worker.ts",
    mayImport: ["web", "scenarios", ...PURE_FOLDERS],
    packages: "any",
    node: false,
  },
  {
    path: "web/vite.config.ts",
    mayImport: ["web", "web/lesson-plugin.ts", "sim/contract", "sim/engine"],
    packages: "any",
    node: true,
  },
  // Runs with Vite, when the page is built.
  {
    path: "web/lesson-plugin.ts",
    mayImport: ["sim/contract", "sim/engine"],
    packages: "any",
    node: true,
  },
  { path: "firmware", mayImport: ["sim/contract"], packages: [], node: true },
  { path: "scenarios", mayImport: [], packages: [], node: false },
  {
    path: "test",
    mayImport: [...SIM, "sim/host/bootstrap", "hil", "web", "firmware", "scenarios"],
    packages: "any",
    node: true,
  },
];

const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(`${folder}/`);

/** The row of the table that a file falls under; undefined for the configuration at the root. */
export function folderOf(path: string): Folder | undefined {
  let found: Folder | undefined;
  for (const folder of FOLDERS) {
    const isLonger = found === undefined || folder.path.length > found.path.length;
    if (isWithin(path, folder.path) && isLonger) found = folder;
  }
  return found;
}

/** Whether a file lies in one of the pure folders. */
export function isPure(path: string): boolean {
  return PURE_FOLDERS.some((folder) => isWithin(path, folder));
}
