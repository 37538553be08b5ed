// Which home is under the pointer: a tree of boxes over all instances, asked when a press ends where it began, and on
// hover at most once a picture of the browser.

import { type Camera, type InstancedMesh, Raycaster, Vector2 } from "three";
import type { ObjectBVH } from "three-mesh-bvh";
import { laneOf } from "../player/lanes.ts";
import { say, select, useStreet } from "../player/store.ts";
import { cameraMoves } from "./camera-moves.ts";
import type { Chunks } from "./chunks.ts";
import { meterButtons } from "./meter-buttons.ts";
import type { StreetPlan } from "./plan.ts";
import { probe, type Target } from "./probe.ts";
import { HOME_LIMITS } from "./sight.ts";

/** A press that wanders further than this many pixels is a drag of the map. */
const CLICK_PX_MAX = 5;

/** A home that is drawn smaller than this is not aimed at: its street is. */
const HOME_PX_MIN = 6;
const HOME_M = 9;
/** From afar a press may miss a street by so much. */
const STREET_PX_MAX = 14;

interface Pickable {
  /** Every home as a body, in the order of the chunks. */
  readonly make: () => InstancedMesh;
  readonly chunks: Chunks;
  readonly plan: StreetPlan;
}

let picked: (Pickable & { tree: ObjectBVH | null }) | null = null;

/** Makes these homes pickable; returns how to take them out. */
export function pickable(homes: Pickable): () => void {
  const made: Pickable & { tree: ObjectBVH | null } = { ...homes, tree: null };
  picked = made;
  void growTree(made);
  return () => {
    if (picked === made) picked = null;
  };
}

/** Fetched and made beside the first pictures: in a town it takes a tenth of a second, and nobody has aimed yet. */
async function growTree(homes: Pickable & { tree: ObjectBVH | null }): Promise<void> {
  if (homes.chunks.order.length === 0) return;
  const { ObjectBVH: Tree } = await import("three-mesh-bvh");
  if (picked === homes) homes.tree = new Tree([homes.make()]);
}

const raycaster = new Raycaster();
raycaster.firstHitOnly = true;
const pointer = new Vector2();

/** What is at a place of the page: a home, its street, a button of the meter, or nothing. */
export function targetAt(
  canvas: HTMLElement,
  camera: Camera,
  { clientX, clientY }: { readonly clientX: number; readonly clientY: number },
): Target | null {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  pointer.set(((clientX - left) / width) * 2 - 1, 1 - ((clientY - top) / height) * 2);
  raycaster.setFromCamera(pointer, camera);
  const { mesh } = meterButtons;
  if (mesh !== null && raycaster.intersectObject(mesh).length > 0) return { kind: "button" };
  if (picked === null) return null;
  const hit = picked.tree?.raycast(raycaster)[0];
  const { chunks, plan } = picked;
  const pxAt = (distanceM: number): number =>
    (height * camera.projectionMatrix.elements[5]!) / 2 / distanceM;
  if (hit?.instanceId !== undefined) {
    const row = chunks.order[hit.instanceId]!;
    const homePx = HOME_M * plan.homes[row]!.scale * pxAt(hit.distance);
    const isTown = chunks.order.length > HOME_LIMITS.alwaysMax;
    return { kind: isTown && homePx < HOME_PX_MIN ? "street" : "home", row };
  }
  if (chunks.order.length <= HOME_LIMITS.alwaysMax) return null;
  return streetOnGround(picked, pxAt);
}

/** The street beside a place on the ground, where it is so far away that homes are dots. */
function streetOnGround(
  { chunks, plan }: Pickable,
  pxAt: (distanceM: number) => number,
): Target | null {
  const { origin, direction } = raycaster.ray;
  if (direction.y >= 0) return null;
  const distanceM = -origin.y / direction.y;
  const px = pxAt(distanceM);
  if (HOME_M * px >= HOME_PX_MIN) return null;
  const [x, z] = [origin.x + direction.x * distanceM, origin.z + direction.z * distanceM];
  let [row, nearestM] = [-1, STREET_PX_MAX / px];
  for (let chunk = 0; chunk < chunks.count; chunk++) {
    const awayM = Math.hypot(chunks.x[chunk]! - x, chunks.z[chunk]! - z);
    if (awayM - chunks.radiusM[chunk]! > nearestM) continue;
    for (let at = chunks.starts[chunk]!; at < chunks.starts[chunk + 1]!; at++) {
      const home = plan.homes[chunks.order[at]!]!;
      const homeM = Math.hypot(home.x - x, home.z - z);
      if (homeM < nearestM) [row, nearestM] = [home.row, homeM];
    }
  }
  return row < 0 ? null : { kind: "street", row };
}

/** Comes near to a street that was aimed at from afar, and says which it is. */
function visitStreet(row: number): void {
  const { layout } = useStreet.getState();
  const supply = layout?.supplies[row];
  if (layout === null || supply === undefined) return;
  const name = laneOf(supply.address);
  const homes = layout.supplies.filter(({ address }) => laneOf(address) === name).length;
  say(`${name}: ${homes === 1 ? "one home" : `${homes.toLocaleString("en")} homes`}.`);
  cameraMoves.visit(row);
}

/** Follows the pointer over a canvas; the meter's buttons take their presses themselves. Returns how to stop. */
export function startPicking(canvas: HTMLElement, camera: Camera): () => void {
  let pressed: { id: number; x: number; y: number } | null = null;
  let asked = 0;
  const down = ({ pointerId, clientX, clientY, isPrimary, button }: PointerEvent): void => {
    pressed = isPrimary && button === 0 ? { id: pointerId, x: clientX, y: clientY } : null;
  };
  const up = (event: PointerEvent): void => {
    const began = pressed;
    pressed = null;
    if (began === null || began.id !== event.pointerId) return;
    if (Math.hypot(event.clientX - began.x, event.clientY - began.y) > CLICK_PX_MAX) return;
    const target = targetAt(canvas, camera, event);
    if (target?.kind === "home") select(target.row);
    if (target?.kind === "street") visitStreet(target.row);
  };
  const move = (event: PointerEvent): void => {
    if (event.pointerType === "touch" || event.buttons !== 0 || asked !== 0) return;
    asked = requestAnimationFrame(() => {
      asked = 0;
      canvas.classList.toggle("is-over-home", targetAt(canvas, camera, event) !== null);
    });
  };
  probe.targetAt = (x, y) => targetAt(canvas, camera, { clientX: x, clientY: y });
  canvas.addEventListener("pointerdown", down);
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointermove", move);
  return () => {
    cancelAnimationFrame(asked);
    probe.targetAt = () => null;
    canvas.removeEventListener("pointerdown", down);
    canvas.removeEventListener("pointerup", up);
    canvas.removeEventListener("pointermove", move);
  };
}
