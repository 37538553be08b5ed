// Light by simulated hour: a table of keyed colours over the day, interpolated. The sun never sinks so low that
// the whole ground lies in shadow, and night keeps enough light to read the street.

export interface Light {
  readonly skyTop: Rgb;
  readonly horizon: Rgb;
  readonly sun: Rgb;
  readonly sunStrength: number;
  readonly hemisphereSky: Rgb;
  readonly hemisphereGround: Rgb;
  readonly hemisphereStrength: number;
  /** 0 by day, 1 at night: how bright lit windows and lamps stand out. */
  readonly night: number;
  /** Height of the sun over the horizon and its bearing from north, in degrees. */
  readonly elevationDeg: number;
  readonly bearingDeg: number;
}
export type Rgb = readonly [red: number, green: number, blue: number];

type Key = readonly [
  hour: number,
  skyTop: number,
  horizon: number,
  sun: number,
  sunStrength: number,
  hemisphereSky: number,
  hemisphereGround: number,
  hemisphereStrength: number,
  night: number,
];

const KEYS: readonly Key[] = [
  [0, 0x0b1630, 0x2a3a63, 0xaebfe8, 1.5, 0x7f97cc, 0x4a5468, 2.1, 1],
  [5, 0x14224a, 0x47517e, 0xb6c2ea, 1.5, 0x8a9cca, 0x535a6a, 2.1, 1],
  [6.3, 0x4a78b8, 0xf6b68c, 0xffc08c, 2.2, 0xc4c6d6, 0x84765f, 1.9, 0.6],
  [8, 0x5fa2df, 0xdcebf2, 0xfff0d4, 2.7, 0xcfe2f2, 0x8a8266, 1.5, 0],
  [12, 0x4f97dc, 0xd4e8f5, 0xfffaf0, 3, 0xdbe9f6, 0x958c6c, 1.5, 0],
  [16.5, 0x5a9bd8, 0xe6ebe4, 0xffeccb, 2.8, 0xd6e1ea, 0x8f8464, 1.5, 0],
  [18.2, 0x4d6fae, 0xf7b481, 0xffc294, 2.9, 0xc4c2d2, 0x857868, 2, 0.5],
  [19.2, 0x33497e, 0xdf977a, 0xffbb95, 2.3, 0xb0b4d6, 0x726c6c, 2.4, 0.85],
  [20.5, 0x121f42, 0x36446e, 0xb0c0ea, 1.6, 0x869dd0, 0x4d566a, 2.2, 1],
  [24, 0x0b1630, 0x2a3a63, 0xaebfe8, 1.5, 0x7f97cc, 0x4a5468, 2.1, 1],
];

const rgb = (hex: number): Rgb => [(hex >> 16) / 255, ((hex >> 8) & 255) / 255, (hex & 255) / 255];
const mix = (a: number, b: number, share: number): number => a + (b - a) * share;
const mixRgb = (a: number, b: number, share: number): Rgb => {
  const [p, q] = [rgb(a), rgb(b)];
  return [mix(p[0], q[0], share), mix(p[1], q[1], share), mix(p[2], q[2], share)];
};

/** The light at a local hour, 0 to 24. */
export function lightAt(hour: number): Light {
  const next = Math.max(
    1,
    KEYS.findIndex(([at]) => at >= hour),
  );
  const [a, b] = [KEYS[next - 1]!, KEYS[next]!];
  const share = (hour - a[0]) / (b[0] - a[0]);
  const dayShare = Math.min(1, Math.max(0, (hour - 6) / 12.6));
  const isDay = hour > 5.6 && hour < 19.4;
  return {
    skyTop: mixRgb(a[1], b[1], share),
    horizon: mixRgb(a[2], b[2], share),
    sun: mixRgb(a[3], b[3], share),
    sunStrength: mix(a[4], b[4], share),
    hemisphereSky: mixRgb(a[5], b[5], share),
    hemisphereGround: mixRgb(a[6], b[6], share),
    hemisphereStrength: mix(a[7], b[7], share),
    night: mix(a[8], b[8], share),
    elevationDeg: isDay ? 26 + 36 * Math.sin(Math.PI * dayShare) : 48,
    bearingDeg: isDay ? 100 + 160 * dayShare : 150,
  };
}
