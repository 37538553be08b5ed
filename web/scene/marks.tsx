// Icons above homes, masts and cables, messages under way, gauges, and the names of homes and lanes: quads of a
// constant size on the screen, one draw call. Texts never overlap each other or an icon.

import { useFrame, useThree } from "@react-three/fiber";
import { useEffect, useMemo, useRef } from "react";
import { type Camera, Matrix4, Vector3 } from "three";
import { FLIGHTS_SHOWN_MAX, type StreetLayout } from "../../sim/contract/frame.ts";
import { useModes } from "../player/modes.ts";
import { type StreetStore, useStreet } from "../player/store.ts";
import { createAtlas } from "./atlas.ts";
import { flightAt } from "./flights.ts";
import { homeStates } from "./home-states.ts";
import { unpicked } from "./instances.ts";
import { type Box, type LabelWish, layOutLabels } from "./label-layout.ts";
import {
  FUSES_SHOWN_MAX,
  fusePlaces,
  markOf,
  type PlacedName,
  placeNames,
  ROOF_TOP_M,
  transformerLoadings,
} from "./mark-places.ts";
import { MAST_M, type StreetPlan } from "./plan.ts";
import { probe } from "./probe.ts";
import { createQuads, type Quads } from "./quads.ts";
import { sceneLight } from "./scene-light.ts";

const SELECTED_SCALE = 1.15;
const FLIGHT_SCALE = 0.34;
const FUSE_SCALE = 0.62;
/** Texts before a projector. */
const PROJECTED_SCALE = 1.4;
const QUIET_OPACITY = 0.9;
const GAUGE_M = 5.6;
/** Addresses are read where a home is at least this wide on the screen. */
const LABEL_HOME_PX_MIN = 92;
const HOME_M = 9;
/** The selected home's address comes first, then those of marked homes, then lanes, then the nearest. */
const RANK_WEIGHT = 1e6;

/** First quads of each kind; later ones lie over earlier ones. */
function quadPlan({ homes, masts, transformers }: StreetPlan, names: number) {
  const mast = FLIGHTS_SHOWN_MAX;
  const gauge = mast + masts.length;
  const fuse = gauge + transformers.length;
  const icon = fuse + FUSES_SHOWN_MAX;
  const name = icon + homes.length;
  const label = name + names;
  return { flight: 0, mast, gauge, fuse, icon, name, label, count: label + homes.length };
}

interface Scene {
  readonly plan: StreetPlan;
  readonly layout: StreetLayout;
  readonly names: readonly PlacedName[];
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
    const names = placeNames(plan, layout);
    const first = quadPlan(plan, names.length);
    const addresses = layout.supplies.map(({ address }) => address);
    const atlas = createAtlas(
      addresses,
      names.map(({ name }) => name),
    );
    return { plan, layout, names, first, quads: createQuads(first.count, atlas) };
  }, [plan, layout]);
  const { quads } = scene;
  useEffect(() => () => quads.dispose(), [quads]);
  const shown = useRef<readonly unknown[]>([]);
  const seenFrom = useRef(new Matrix4());
  useFrame(() => {
    // What is placed by the camera is placed by where it stands now, not where it stood in the picture before.
    camera.updateMatrixWorld();
    const store = useStreet.getState();
    const hasFlights = markFlights(scene, store);
    const now = [store.view, store.selectedRow, store.truthStreet, store.truthBranch, size];
    const textScale = useModes.getState().isProjector ? PROJECTED_SCALE : 1;
    const all = [...now, store.beliefStreet, homeStates(store), quads, isMeterShown, textScale];
    const isSame =
      all.every((part, index) => part === shown.current[index]) &&
      seenFrom.current.equals(camera.matrixWorld);
    if (!isSame) {
      shown.current = all;
      seenFrom.current.copy(camera.matrixWorld);
      quads.material.uniforms["viewport"]!.value = [size.width, size.height];
      markEquipment(scene, store);
      const { domElement: canvas } = gl;
      markHomes(scene, store, { camera, size, canvas, isHidden: isMeterShown, textScale });
    }
    if (!isSame || hasFlights || sceneLight.hasFlights) quads.upload();
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
function markEquipment({ plan, layout, quads, first }: Scene, store: StreetStore): void {
  const isTruth = store.view === "truth";
  plan.masts.forEach(({ x, z }, index) => {
    const isUp = isTruth ? store.truthStreet?.mastUp[index] : undefined;
    quads.hide(first.mast + index);
    if (isUp === undefined) return;
    const tile = quads.atlas.icons[isUp === 1 ? "mast-up" : "mast-down"];
    quads.put(first.mast + index, [x, MAST_M + 2, z], tile, { scale: 1, upPx: 0, opacity: 1 });
  });
  transformerLoadings(store, layout).forEach((share, index) => {
    const [x, z] = plan.transformers[index]!;
    quads.hide(first.gauge + index);
    if (share === null) return;
    const tile = quads.atlas.gauge(share);
    quads.put(first.gauge + index, [x, GAUGE_M, z], tile, { scale: 1, upPx: 12, opacity: 1 });
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

interface Sight {
  readonly camera: Camera;
  readonly size: { readonly width: number; readonly height: number };
  readonly canvas: HTMLElement;
  readonly isHidden: boolean;
  readonly textScale: number;
}

function markHomes(scene: Scene, store: StreetStore, sight: Sight): void {
  const { plan, layout, names, quads, first } = scene;
  const wishes = [
    ...plan.homes.map((_, row) => homeWish(scene, store, { row, ...sight })),
    ...names.map(({ at }, index) => nameWish(scene, { at, index, ...sight })),
  ];
  const { size } = sight;
  const placed = sight.isHidden ? [] : layOutLabels(wishes, size, coveredBoxes(sight.canvas));
  for (let quad = first.name; quad < first.count; quad++) quads.hide(quad);
  const { left, top } = sight.canvas.getBoundingClientRect();
  probe.labels = placed.map(({ row: wishRow, upPx }) => {
    const wish = wishes[wishRow]!;
    const home = plan.homes[wishRow];
    const name = names[wishRow - plan.homes.length];
    const isLoud = wish.weight < 2 * RANK_WEIGHT || home === undefined;
    const look = { scale: sight.textScale, upPx, opacity: isLoud ? 1 : QUIET_OPACITY };
    if (home !== undefined) {
      const at = [home.x, ROOF_TOP_M * home.scale, home.z] as const;
      quads.put(first.label + wishRow, at, quads.atlas.labels[wishRow]!, look);
    } else if (name !== undefined) {
      const index = wishRow - plan.homes.length;
      quads.put(first.name + index, name.at, quads.atlas.streets[index]!, look);
    }
    return {
      text: layout.supplies[wishRow]?.address ?? name?.name ?? "",
      x: left + wish.x - wish.widthPx / 2,
      y: top + wish.y - upPx - wish.heightPx / 2,
      width: wish.widthPx,
      height: wish.heightPx,
    };
  });
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

/** Sets a home's icon; returns the wish for its address. */
function homeWish(
  { plan, quads, first }: Scene,
  store: StreetStore,
  { row, camera, size, textScale }: Sight & { readonly row: number },
): LabelWish {
  const { x, z, scale: homeScale } = plan.homes[row]!;
  const topM = ROOF_TOP_M * homeScale;
  const state = homeStates(store)[row];
  const mark = state === undefined ? null : markOf(state);
  const isSelected = row === store.selectedRow;
  let iconPx = 0;
  if (mark === null) quads.hide(first.icon + row);
  else {
    const tile = quads.atlas.icons[mark.icon];
    const scale = mark.scale * (isSelected ? SELECTED_SCALE : 1);
    iconPx = tile.heightPx * scale;
    quads.put(first.icon + row, [x, topM, z], tile, { scale, upPx: iconPx / 2, opacity: 1 });
  }
  const distanceM = camera.position.distanceTo(scratch.set(x, 0, z));
  const pxPerM = (size.height * camera.projectionMatrix.elements[5]!) / 2 / distanceM;
  const isRead = isSelected || mark !== null || HOME_M * homeScale * pxPerM > LABEL_HOME_PX_MIN;
  const tile = quads.atlas.labels[row]!;
  return {
    row,
    ...onScreen([x, topM, z], camera, size, isRead ? tile.widthPx * textScale : 0),
    heightPx: tile.heightPx * textScale,
    iconPx,
    weight: (isSelected ? 0 : mark !== null ? 1 : 3) * RANK_WEIGHT + distanceM,
  };
}

function nameWish(
  { plan, quads }: Scene,
  {
    at,
    index,
    camera,
    size,
    textScale,
  }: Sight & Pick<PlacedName, "at"> & { readonly index: number },
): LabelWish {
  const tile = quads.atlas.streets[index]!;
  return {
    row: plan.homes.length + index,
    ...onScreen(at, camera, size, tile.widthPx * textScale),
    heightPx: tile.heightPx * textScale,
    iconPx: 0,
    weight: 2 * RANK_WEIGHT + index,
  };
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
