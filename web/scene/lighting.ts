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
  [0, 0x0f1c3d, 0x35477a, 0xb7c7f0, 1.9, 0x8fa6da, 0x5b6680, 2.9, 1],
  [5, 0x182858, 0x525d90, 0xbcc9f0, 1.9, 0x98a9d8, 0x626a80, 2.9, 1],
  [6.3, 0x4a78b8, 0xf6b68c, 0xffc08c, 2.3, 0xc9cadb, 0x8b7e68, 2.4, 0.6],
  [8, 0x5fa2df, 0xdcebf2, 0xfff0d4, 2.7, 0xcfe2f2, 0x8f8870, 1.7, 0],
  [12, 0x4f97dc, 0xd4e8f5, 0xfffaf0, 3, 0xdbe9f6, 0x98907a, 1.7, 0],
  [16.5, 0x5a9bd8, 0xe6ebe4, 0xffeccb, 2.8, 0xd6e1ea, 0x948a70, 1.7, 0],
  [18.2, 0x4d6fae, 0xf7b481, 0xffcfa8, 2.9, 0xcdc9d8, 0x8f8270, 2.4, 0.5],
  [19.2, 0x3a5088, 0xe8a284, 0xffd0b4, 2.4, 0xbcbfde, 0x80797c, 2.8, 0.85],
  [20.5, 0x17264f, 0x414f7e, 0xb8c7f0, 1.9, 0x95abdc, 0x5f687e, 2.9, 1],
  [24, 0x0f1c3d, 0x35477a, 0xb7c7f0, 1.9, 0x8fa6da, 0x5b6680, 2.9, 1],
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
