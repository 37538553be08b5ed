// What the page may ask of the camera, and the few numbers that stand for a camera in an address. Without three, so
// that the page can hold it before the scene is loaded; the scene puts its own functions in.

/** Where the camera looks and from where: metres east and south of the plan's middle, metres away, degrees. */
export interface CameraView {
  readonly x: number;
  readonly z: number;
  readonly distanceM: number;
  /** Direction of view, clockwise from north. */
  readonly bearingDeg: number;
  /** Over the horizon. */
  readonly elevationDeg: number;
}

const NUMBERS = /^-?\d{1,5}(\.\d)?(_-?\d{1,5}(\.\d)?){4}$/;
const DISTANCE_M = { min: 4, max: 20_000 } as const;
const ELEVATION_DEG = { min: 5, max: 89 } as const;

const short = (value: number): string => String(Math.round(value * 10) / 10);

/** `x_z_distance_bearing_elevation`, to a decimetre and a tenth of a degree. */
export const writeCamera = (view: CameraView): string =>
  [view.x, view.z, view.distanceM, (view.bearingDeg + 360) % 360, view.elevationDeg]
    .map(short)
    .join("_");

/** Null where the text is no camera, or one that no scene could take. */
export function readCamera(text: string): CameraView | null {
  if (!NUMBERS.test(text)) return null;
  const [x, z, distanceM, bearingDeg, elevationDeg] = text.split("_").map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const isNear = distanceM >= DISTANCE_M.min && distanceM <= DISTANCE_M.max;
  const isAbove = elevationDeg >= ELEVATION_DEG.min && elevationDeg <= ELEVATION_DEG.max;
  return isNear && isAbove ? { x, z, distanceM, bearingDeg, elevationDeg } : null;
}

export interface CameraMoves {
  /** Frames the whole street. */
  fit(): void;
  flyTo(row: number): void;
  /** Comes as near to a home as one sees its street from. */
  visit(row: number): void;
  /** Above 1 comes nearer. */
  zoom(factor: number): void;
  /** Clockwise around what is looked at. */
  turn(degrees: number): void;
  /** The camera for an address; null while it frames the whole street, as it does by itself. */
  read(): string | null;
  /** The camera as it is; null before there is a scene. */
  now(): string | null;
  /** Takes a camera from an address; false where the text is none. Before there is a scene, it is kept for it. */
  restore(view: string): boolean;
}

/** A camera that was asked for before there was a scene. */
export const awaited: { view: CameraView | null } = { view: null };

/** Replaced while a scene is open. */
export const cameraMoves: CameraMoves = {
  fit: () => undefined,
  flyTo: () => undefined,
  visit: () => undefined,
  zoom: () => undefined,
  turn: () => undefined,
  read: () => null,
  now: () => null,
  restore(text) {
    awaited.view = readCamera(text);
    return awaited.view !== null;
  },
};
