// Icons above homes, masts and cables, messages under way, gauges, and the names of homes and lanes: quads of a
// constant size on the screen, one draw call. Texts never overlap each other or an icon.

import { useFrame, useThree } from "@react-three/fiber";
import { useEffect, useMemo, useRef } from "react";
import { type Camera, Matrix4, Vector3 } from "three";
import { FLIGHTS_SHOWN_MAX, type StreetLayout } from "../../sim/contract/frame.ts";
import { useModes } from "../player/modes.ts";
import { type StreetStore, useStreet } from "../player/store.ts";
import { createAtlas, TEXT_HEIGHT_PX, type TextKind } from "./atlas.ts";
import { flightAt } from "./flights.ts";
import { homeTexels } from "./home-states.ts";
import { unpicked } from "./instances.ts";
import { type Box, type LabelWish, layOutLabels, overlaps } from "./label-layout.ts";
import {
  FUSES_SHOWN_MAX,
  fusePlaces,
  markOf,
  type PlacedText,
  placeFeeders,
  placeNames,
  ROOF_TOP_M,
  transformerLoading,
} from "./mark-places.ts";
import { nearHomes } from "./near-homes.ts";
import { MAST_M, type StreetPlan } from "./plan.ts";
import { probe } from "./probe.ts";
import { type Anchor, createQuads, type Quads } from "./quads.ts";
import { sceneLight } from "./scene-light.ts";
import { HOME_LIMITS } from "./sight.ts";
import { homeAt, TEXEL_BYTES } from "./state-texels.ts";

const SELECTED_SCALE = 1.15;
const FLIGHT_SCALE = 0.34;
const FUSE_SCALE = 0.62;
/** Texts before a projector. */
const PROJECTED_SCALE = 1.4;
const QUIET_OPACITY = 0.9;
const GAUGE_M = 5.6;
const GAUGE_UP_PX = 12;
/** Addresses are read where a home is at least this wide on the screen. */
const LABEL_HOME_PX_MIN = 92;
const HOME_M = 9;
/** The selected home's address comes first, then those of marked homes, then lanes, then the nearest. */
const RANK_WEIGHT = 1e6;

/** Icons of homes, gauges, and texts that a picture has at most; the nearest and gravest come first. */
const ICONS_MAX = 400;
const GAUGES_MAX = 60;
const TEXTS_MAX = 120;
/** Names that are tried in one picture. */
const NAMES_TRIED_MAX = 160;
/** From further away a town's feeders are named, not its streets. */
const FEEDERS_FROM_M = 1_500;
const NEVER_FEEDERS_MAX = 4;

/** First quads of each kind; later ones lie over earlier ones. */
function quadPlan({ homes, masts, transformers }: StreetPlan) {
  const mast = FLIGHTS_SHOWN_MAX;
  const gauge = mast + masts.length;
  const fuse = gauge + Math.min(GAUGES_MAX, transformers.length);
  const icon = fuse + FUSES_SHOWN_MAX;
  const text = icon + Math.min(ICONS_MAX, homes.length);
  return { flight: 0, mast, gauge, fuse, icon, text, count: text + TEXTS_MAX };
}

interface Scene {
  readonly plan: StreetPlan;
  readonly layout: StreetLayout;
  readonly streets: readonly PlacedText[];
  readonly feeders: readonly PlacedText[];
  readonly quads: Quads;
  readonly first: ReturnType<typeof quadPlan>;
}

export function Marks({
  plan,
  layout,
}: {
  readonly plan: StreetPlan;
  readonly layout: StreetLayout;
}) {
  const { camera, size, gl } = useThree();
  // From so close they would stand before the meter.
  const isMeterShown = useStreet((store) => store.isMeterShown);
  const scene = useMemo((): Scene => {
    const first = quadPlan(plan);
    return {
      plan,
      layout,
      streets: placeNames(plan, layout),
      feeders: placeFeeders(plan, layout),
      first,
      quads: createQuads(first.count, createAtlas()),
    };
  }, [plan, layout]);
  const { quads } = scene;
  useEffect(() => () => quads.dispose(), [quads]);
  const equipmentOf = useRef<readonly unknown[]>([]);
  const textsOf = useRef<readonly unknown[]>([]);
  const gauges = useRef<Box[]>([]);
  const seenFrom = useRef(new Matrix4());
  useFrame(() => {
    // What is placed by the camera is placed by where it stands now, not where it stood in the picture before.
    camera.updateMatrixWorld();
    const store = useStreet.getState();
    const hasFlights = markFlights(scene, store);
    const textScale = useModes.getState().isProjector ? PROJECTED_SCALE : 1;
    const hasMoved = !seenFrom.current.equals(camera.matrixWorld);
    seenFrom.current.copy(camera.matrixWorld);
    const sight = { camera, size, canvas: gl.domElement, isHidden: isMeterShown, textScale };
    const here = [store.view, size, quads, isMeterShown, textScale];
    const told = [...here, store.truthStreet, store.truthBranch, store.beliefStreet];
    const isTold = hasMoved || isOther(told, equipmentOf.current);
    if (isTold) {
      equipmentOf.current = told;
      quads.material.uniforms["viewport"]!.value = [size.width, size.height];
      markEquipment(scene, store);
      gauges.current = markGauges(scene, store, sight);
    }
    // Texts stay where they are while only powers change.
    const heat = temperatures(store).join();
    const seen = [...here, store.selectedRow, nearHomes.version, signatureOf(store), heat];
    const isSeen = hasMoved || isOther([...seen, gauges.current.length], textsOf.current);
    if (isSeen) {
      textsOf.current = [...seen, gauges.current.length];
      markHomes(scene, store, sight, gauges.current);
    }
    if (isTold || isSeen || hasFlights || sceneLight.hasFlights) quads.upload();
    sceneLight.hasFlights = hasFlights;
  });
  return (
    <mesh
      visible={!isMeterShown}
      geometry={quads.geometry}
      material={quads.material}
      frustumCulled={false}
      renderOrder={20}
      raycast={unpicked}
    />
  );
}

/** Messages under way are truth: the other views do not show them. Whether there are any. */
function markFlights({ plan, quads, first }: Scene, { view, truthStreet }: StreetStore): boolean {
  const flights = view === "truth" ? (truthStreet?.flights ?? []) : [];
  let shown = 0;
  for (const flight of flights.slice(0, FLIGHTS_SHOWN_MAX)) {
    const at = flightAt(plan, flight, sceneLight.motionS);
    if (at === null) continue;
    const tile = quads.atlas.icons[flight.isUp ? "flight-up" : "flight-down"];
    quads.put(first.flight + shown, at, tile, { scale: FLIGHT_SCALE, upPx: 0, opacity: 1 });
    shown++;
  }
  for (let quad = shown; quad < FLIGHTS_SHOWN_MAX; quad++) quads.hide(first.flight + quad);
  return shown > 0;
}

/** How masts and fuses are, is truth; how full a transformer is, the company knows from its meter. */
function markEquipment({ plan, quads, first }: Scene, store: StreetStore): void {
  const isTruth = store.view === "truth";
  plan.masts.forEach(({ x, z }, index) => {
    const isUp = isTruth ? store.truthStreet?.mastUp[index] : undefined;
    quads.hide(first.mast + index);
    if (isUp === undefined) return;
    const tile = quads.atlas.icons[isUp === 1 ? "mast-up" : "mast-down"];
    quads.put(first.mast + index, [x, MAST_M + 2, z], tile, { scale: 1, upPx: 0, opacity: 1 });
  });
  const fuses = fusePlaces(plan, isTruth ? store.truthBranch : null);
  for (let index = 0; index < FUSES_SHOWN_MAX; index++) {
    const at = fuses[index];
    if (at === undefined) quads.hide(first.fuse + index);
    else {
      const look = { scale: FUSE_SCALE, upPx: 0, opacity: 1 };
      quads.put(first.fuse + index, at, quads.atlas.icons.fuse, look);
    }
  }
  probe.fusesShown = fuses.length;
}

/** Of a town the gauges of the transformers that are near. */
const GAUGE_FROM_M = 700;

/** Returns where the gauges are in the picture: texts keep off them too. */
function markGauges(
  { plan, layout, quads, first }: Scene,
  store: StreetStore,
  { camera, size }: Pick<Sight, "camera" | "size">,
): Box[] {
  const isTown = plan.homes.length > HOME_LIMITS.alwaysMax;
  let gauge = first.gauge;
  const boxes: Box[] = [];
  for (let index = 0; index < plan.transformers.length && gauge < first.fuse; index++) {
    const [x, z] = plan.transformers[index]!;
    if (isTown && camera.position.distanceTo(scratch.set(x, 0, z)) > GAUGE_FROM_M) continue;
    const share = transformerLoading(store, layout, index);
    if (share === null) continue;
    const tile = quads.atlas.gauge(share);
    const at: Anchor = [x, GAUGE_M, z];
    const spot = onScreen(at, camera, size, tile.widthPx);
    if (spot.widthPx === 0) continue;
    const [halfX, halfY] = [tile.widthPx / 2, tile.heightPx / 2];
    const y = spot.y - GAUGE_UP_PX;
    const box = { left: spot.x - halfX, right: spot.x + halfX, top: y - halfY, bottom: y + halfY };
    if (isTown && boxes.some((other) => overlaps(other, box))) continue;
    boxes.push(box);
    quads.put(gauge++, at, tile, { scale: 1, upPx: GAUGE_UP_PX, opacity: 1 });
  }
  while (gauge < first.fuse) quads.hide(gauge++);
  return boxes;
}

interface Sight {
  readonly camera: Camera;
  readonly size: { readonly width: number; readonly height: number };
  readonly canvas: HTMLElement;
  readonly isHidden: boolean;
  readonly textScale: number;
}

/** A text that is wished for, and how it is written. */
interface Wish extends LabelWish {
  readonly text: string;
  readonly kind: TextKind;
  readonly at: Anchor;
  readonly opacity: number;
}

/** A number that changes with the marks of near homes and of the selected one. */
function signatureOf(store: StreetStore): number {
  const texels = homeTexels(store);
  let hash = 17;
  const take = (row: number): void => {
    const at = row * TEXEL_BYTES;
    const marks = texels[at + 1]! | (texels[at + 2]! << 8) | (texels[at + 3]! << 16);
    hash = Math.imul(hash ^ marks, 0x01000193) + 1;
  };
  for (const row of nearHomes.rows) take(row);
  if (store.selectedRow >= 0) take(store.selectedRow);
  return hash;
}

const isOther = (now: readonly unknown[], before: readonly unknown[]): boolean =>
  now.length !== before.length || now.some((part, index) => part !== before[index]);

function markHomes(scene: Scene, store: StreetStore, sight: Sight, gauges: readonly Box[]): void {
  const { quads, first } = scene;
  const wishes = [
    ...homeWishes(scene, store, sight),
    ...nameWishes(scene, sight),
    ...heatWishes(scene, store, sight),
  ].map((wish, row) => ({ ...wish, row }));
  const { size, textScale, canvas } = sight;
  const placed = sight.isHidden
    ? []
    : layOutLabels(wishes, size, [...coveredBoxes(canvas), ...gauges]).slice(0, TEXTS_MAX);
  quads.atlas.makeRoom();
  const { left, top } = canvas.getBoundingClientRect();
  probe.labels = placed.map(({ row, upPx }, index) => {
    const { at, text, kind, opacity, x, y, widthPx, heightPx } = wishes[row]!;
    const tile = quads.atlas.text(text, kind);
    quads.put(first.text + index, at, tile, { scale: textScale, upPx, opacity });
    return {
      text,
      x: left + x - widthPx / 2,
      y: top + y - upPx - heightPx / 2,
      width: widthPx,
      height: heightPx,
    };
  });
  for (let quad = first.text + placed.length; quad < first.count; quad++) quads.hide(quad);
}

/** What lies over the picture, in the picture's own pixels. */
function coveredBoxes(canvas: HTMLElement): Box[] {
  const origin = canvas.getBoundingClientRect();
  return [...document.querySelectorAll("[data-over-scene]")].map((element) => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const [x, y] = [origin.left, origin.top];
    return { left: left - x, right: right - x, top: top - y, bottom: bottom - y };
  });
}

const scratch = new Vector3();

/** Sets the icons of near homes; returns the wishes for their addresses, and for the selected home's. */
function homeWishes(scene: Scene, store: StreetStore, sight: Sight): Wish[] {
  const { plan, layout, quads, first } = scene;
  const { camera, size, textScale } = sight;
  const texels = homeTexels(store);
  const wishes: Wish[] = [];
  let icon = first.icon;
  const wishFor = (row: number): void => {
    const isSelected = row === store.selectedRow;
    const { x, z, scale: homeScale } = plan.homes[row]!;
    const distanceM = camera.position.distanceTo(scratch.set(x, 0, z));
    const pxPerM = (size.height * camera.projectionMatrix.elements[5]!) / 2 / distanceM;
    const isLarge = HOME_M * homeScale * pxPerM > LABEL_HOME_PX_MIN;
    const hasMark = texels[row * TEXEL_BYTES + 1] !== 0;
    if (!isSelected && !isLarge && !hasMark) return;
    const at: Anchor = [x, ROOF_TOP_M * homeScale, z];
    const mark = hasMark ? markOf(homeAt(texels, row * TEXEL_BYTES)) : null;
    let iconPx = 0;
    if (mark !== null && icon < first.text) {
      const tile = quads.atlas.icons[mark.icon];
      const scale = mark.scale * (isSelected ? SELECTED_SCALE : 1);
      iconPx = tile.heightPx * scale;
      quads.put(icon++, at, tile, { scale, upPx: iconPx / 2, opacity: 1 });
    }
    if (!isSelected && !isLarge && mark === null) return;
    const text = layout.supplies[row]!.address;
    const isLoud = isSelected || mark !== null;
    wishes.push({
      row,
      ...onScreen(at, camera, size, quads.atlas.widthPx(text, "label") * textScale),
      heightPx: TEXT_HEIGHT_PX.label * textScale,
      iconPx,
      weight: (isSelected ? 0 : mark !== null ? 1 : 3) * RANK_WEIGHT + distanceM,
      ...{ text, at, kind: "label", opacity: isLoud ? 1 : QUIET_OPACITY },
    });
  };
  let isSelectedNear = false;
  for (const row of nearHomes.rows) {
    isSelectedNear ||= row === store.selectedRow;
    wishFor(row);
  }
  if (!isSelectedNear && plan.homes[store.selectedRow] !== undefined) wishFor(store.selectedRow);
  while (icon < first.text) quads.hide(icon++);
  return wishes;
}

/** Hot spots of the transformers in °C, where the truth is shown and has them. */
const temperatures = ({ view, truthStreet }: StreetStore): readonly (number | null)[] =>
  view !== "truth"
    ? []
    : (truthStreet?.transformers ?? []).map(({ hotSpotC }) =>
        hotSpotC === null ? null : Math.round(hotSpotC),
      );

/** How hot near transformers are, at their feet. */
function heatWishes({ plan, quads }: Scene, store: StreetStore, sight: Sight): Wish[] {
  const { camera, size, textScale } = sight;
  const isTown = plan.homes.length > HOME_LIMITS.alwaysMax;
  return temperatures(store).flatMap((hotC, row) => {
    const place = plan.transformers[row];
    if (hotC === null || place === undefined) return [];
    const at: Anchor = [place[0], 0, place[1]];
    const distanceM = camera.position.distanceTo(scratch.set(...at));
    if (isTown && distanceM > GAUGE_FROM_M) return [];
    const text = `hot spot ${hotC} °C`;
    const spot = onScreen(at, camera, size, quads.atlas.widthPx(text, "label") * textScale);
    if (spot.widthPx === 0) return [];
    return {
      row,
      ...spot,
      ...{ heightPx: TEXT_HEIGHT_PX.label * textScale, iconPx: 0 },
      weight: RANK_WEIGHT + distanceM,
      ...{ text, at, kind: "label" as const, opacity: 1 },
    };
  });
}

/** Names of streets, or from far over a town of feeders; the nearest of those in the picture. */
function nameWishes({ plan, streets, feeders, quads }: Scene, sight: Sight): Wish[] {
  const { camera, size, textScale } = sight;
  const isFar = feeders.length > NEVER_FEEDERS_MAX && camera.position.y > FEEDERS_FROM_M / 3;
  const isTown = plan.homes.length > HOME_LIMITS.alwaysMax;
  const wishes: Wish[] = [];
  (isFar ? feeders : streets).forEach(({ name, at }, index) => {
    const { x, y, widthPx } = onScreen(at, camera, size, 1);
    if (widthPx === 0 || x < 0 || y < 0 || x > size.width || y > size.height) return;
    const order = isTown ? camera.position.distanceTo(scratch.set(...at)) : index;
    wishes.push({
      row: index,
      ...{ x, y, widthPx: 0, heightPx: TEXT_HEIGHT_PX.street * textScale, iconPx: 0 },
      weight: 2 * RANK_WEIGHT + order,
      ...{ text: name, at, kind: "street", opacity: 1 },
    });
  });
  return wishes
    .sort((a, b) => a.weight - b.weight)
    .slice(0, NAMES_TRIED_MAX)
    .map((wish) => ({ ...wish, widthPx: quads.atlas.widthPx(wish.text, "street") * textScale }));
}

/** Where a point of the street is in the picture; no width behind the camera. */
function onScreen(
  at: readonly [number, number, number],
  camera: Camera,
  { width, height }: { readonly width: number; readonly height: number },
  widthPx: number,
): Pick<LabelWish, "x" | "y" | "widthPx"> {
  const { x, y, z } = scratch.set(...at).project(camera);
  return {
    x: ((x + 1) / 2) * width,
    y: ((1 - y) / 2) * height,
    widthPx: z < 1 ? widthPx : 0,
  };
}
