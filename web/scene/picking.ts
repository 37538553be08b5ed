// Which home is under the pointer: a tree of boxes over all instances, asked when a press ends where it began, and on
// hover at most once a picture of the browser.

import { type Camera, type InstancedMesh, Raycaster, Vector2 } from "three";
import { ObjectBVH } from "three-mesh-bvh";
import { select } from "../player/store.ts";
import { meterButtons } from "./meter-model.tsx";

/** A press that wanders further than this many pixels is a drag of the map. */
const CLICK_PX_MAX = 5;

let tree: ObjectBVH | null = null;

/** Makes these instances pickable, instance for row; returns how to take them out. */
export function pickable(meshes: readonly InstancedMesh[]): () => void {
  const made = meshes[0]!.count > 0 ? new ObjectBVH([...meshes]) : null;
  tree = made;
  return () => {
    if (tree === made) tree = null;
  };
}

const raycaster = new Raycaster();
raycaster.firstHitOnly = true;
const pointer = new Vector2();

/** What is at a place of the page: the row of a home, a button of the meter, or nothing. */
function targetAt(
  canvas: HTMLElement,
  camera: Camera,
  { clientX, clientY }: PointerEvent,
): number | "button" | null {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  pointer.set(((clientX - left) / width) * 2 - 1, 1 - ((clientY - top) / height) * 2);
  raycaster.setFromCamera(pointer, camera);
  const { mesh } = meterButtons;
  if (mesh !== null && raycaster.intersectObject(mesh).length > 0) return "button";
  return tree?.raycast(raycaster)[0]?.instanceId ?? null;
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
    if (typeof target === "number") select(target);
  };
  const move = (event: PointerEvent): void => {
    if (event.pointerType === "touch" || event.buttons !== 0 || asked !== 0) return;
    asked = requestAnimationFrame(() => {
      asked = 0;
      canvas.classList.toggle("is-over-home", targetAt(canvas, camera, event) !== null);
    });
  };
  canvas.addEventListener("pointerdown", down);
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointermove", move);
  return () => {
    cancelAnimationFrame(asked);
    canvas.removeEventListener("pointerdown", down);
    canvas.removeEventListener("pointerup", up);
    canvas.removeEventListener("pointermove", move);
  };
}
