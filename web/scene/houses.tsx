// The homes, each as fine as it is near: walls whose windows are lit by use and roofs that carry the state, boxes, and
// points. Four draw calls however many there are; every level reads the same texel.

import { useFrame, useThree } from "@react-three/fiber";
import { useEffect, useMemo, useRef } from "react";
import {
  BoxGeometry,
  BufferAttribute,
  BufferGeometry,
  type Camera,
  Color,
  DynamicDrawUsage,
  Float32BufferAttribute,
  InstancedBufferAttribute,
  InstancedMesh,
  Object3D,
  ShaderMaterial,
} from "three";
import { mergeGeometries } from "three/addons/utils/BufferGeometryUtils.js";
import { type Chunks, chooseLevels, createChunks, LEVEL, roomFor } from "./chunks.ts";
import type { HomeTexture } from "./home-texture.ts";
import {
  BOX_COLOUR,
  POINT_FRAGMENT,
  POINT_VERTEX,
  ROOF_COLOUR,
  ROOF_H,
  WALL_COLOUR,
  WALL_D,
  WALL_H,
  WALL_W,
  withHomes,
} from "./house-shaders.ts";
import { unpicked } from "./instances.ts";
import { nearHomes } from "./near-homes.ts";
import { FIELD_OF_VIEW_DEG } from "./overview.ts";
import { srgbOf } from "./palette.ts";
import { pickable } from "./picking.ts";
import { type StreetPlan, scatter } from "./plan.ts";
import { probe } from "./probe.ts";
import { sceneLight } from "./scene-light.ts";
import { createSight, HOME_LIMITS } from "./sight.ts";

const ROOFS = ["#6a645e", "#7b7168", "#5a6067", "#75675d", "#646d76", "#837a70", "#6b5f58"];
const WALLS = ["#d9d2c4", "#cfc8bb", "#dccfb6", "#c6c8c6", "#e0dacd", "#cdbfae"];

/** A gable roof over the walls, with eaves; the ridge runs along x. */
function gableRoof(): BufferGeometry {
  const [w, d] = [WALL_W / 2 + 0.6, WALL_D / 2 + 0.7];
  const [low, high] = [WALL_H - 0.3, WALL_H + ROOF_H];
  const [a, b, c, e] = [
    [-w, low, d],
    [w, low, d],
    [w, low, -d],
    [-w, low, -d],
  ] as const;
  const [left, right] = [[-w + 0.2, high, 0] as const, [w - 0.2, high, 0] as const];
  const faces = [a, b, right, a, right, left, c, e, left, c, left, right, e, a, left, b, c, right];
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new Float32BufferAttribute(faces.flat(), 3));
  geometry.computeVertexNormals();
  return geometry;
}

/** Walls, and a chimney through the roof. */
function wallsAndChimney(): BufferGeometry {
  const walls = new BoxGeometry(WALL_W, WALL_H, WALL_D).translate(0, WALL_H / 2, 0);
  const top = WALL_H + ROOF_H + 0.5;
  const chimney = new BoxGeometry(0.8, top - WALL_H, 0.8).translate(
    WALL_W * 0.24,
    (top + WALL_H) / 2 + 0.02,
    -WALL_D * 0.16,
  );
  return mergeGeometries([walls, chimney]);
}

/** Homes a chunk; draw calls do not grow with the number of chunks. */
const HOMES_A_CHUNK = 250;
const HOUSE_M = 9;
/** Seen as a dot at least. */
const POINT_PX_MIN = 1.8;
const POINT_UP_M = 4;

/** What stands where, chunk by chunk; levels copy whole chunks out of it. */
interface Town {
  readonly chunks: Chunks;
  readonly matrices: Float32Array;
  readonly walls: Float32Array;
  readonly roofs: Float32Array;
  readonly rows: Float32Array;
}

function createTown({ homes }: StreetPlan): Town {
  const chunks = createChunks(
    homes.map(({ x }) => x),
    homes.map(({ z }) => z),
    HOMES_A_CHUNK,
  );
  const matrices = new Float32Array(16 * homes.length);
  const walls = new Float32Array(3 * homes.length);
  const roofs = new Float32Array(3 * homes.length);
  const place = new Object3D();
  const [wallColours, roofColours] = [WALLS, ROOFS].map((all) => all.map((hex) => new Color(hex)));
  chunks.order.forEach((row, at) => {
    const { x, z, headingRad, scale } = homes[row]!;
    const size = scale * (0.94 + 0.12 * scatter(row, 5));
    place.position.set(x, 0, z);
    place.rotation.set(0, headingRad, 0);
    place.scale.set(size, scale * (0.94 + 0.14 * scatter(row, 6)), size);
    place.updateMatrix();
    place.matrix.toArray(matrices, 16 * at);
    wallColours![Math.floor(scatter(row, 7) * WALLS.length)]!.toArray(walls, 3 * at);
    roofColours![Math.floor(scatter(row, 8) * ROOFS.length)]!.toArray(roofs, 3 * at);
  });
  return { chunks, matrices, walls, roofs, rows: Float32Array.from(chunks.order) };
}

/** An instanced mesh with room for so many homes. */
interface LevelMesh {
  readonly mesh: InstancedMesh;
  readonly rows: InstancedBufferAttribute;
  readonly colours: Float32Array;
}

function createLevelMesh(shape: BufferGeometry, room: number, colours: Float32Array): LevelMesh {
  const geometry = shape.clone();
  const rows = new InstancedBufferAttribute(new Float32Array(room), 1);
  geometry.setAttribute("homeRow", rows);
  const mesh = new InstancedMesh(geometry, undefined, room);
  mesh.instanceColor = new InstancedBufferAttribute(new Float32Array(3 * room), 3);
  mesh.frustumCulled = false;
  mesh.castShadow = true;
  mesh.receiveShadow = true;
  mesh.raycast = unpicked;
  mesh.count = 0;
  for (const each of [rows, mesh.instanceMatrix, mesh.instanceColor])
    each.setUsage(DynamicDrawUsage);
  return { mesh, rows, colours };
}

/** Copies the chunks of a level; returns how many homes these are. */
function fillLevel(
  town: Town,
  levels: Uint8Array,
  level: number,
  meshes: readonly LevelMesh[],
): number {
  const { starts, count: chunkCount } = town.chunks;
  let count = 0;
  for (let chunk = 0; chunk < chunkCount; chunk++) {
    if (levels[chunk] !== level) continue;
    const [from, to] = [starts[chunk]!, starts[chunk + 1]!];
    for (const { mesh, rows, colours } of meshes) {
      mesh.instanceMatrix.array.set(town.matrices.subarray(16 * from, 16 * to), 16 * count);
      mesh.instanceColor!.array.set(colours.subarray(3 * from, 3 * to), 3 * count);
      rows.array.set(town.rows.subarray(from, to), count);
    }
    count += to - from;
  }
  for (const { mesh, rows } of meshes) {
    mesh.count = count;
    mesh.visible = count > 0;
    for (const each of [rows, mesh.instanceMatrix, mesh.instanceColor!]) each.needsUpdate = true;
  }
  return count;
}

/** All homes as points; which of them are drawn says the index. */
function createPoints({ chunks, matrices, roofs, rows }: Town): BufferGeometry {
  const homes = rows.length;
  const geometry = new BufferGeometry();
  const places = new Float32Array(3 * homes);
  const widths = new Float32Array(homes);
  const colours = new Uint8Array(3 * homes);
  const colour = new Color();
  for (let at = 0; at < homes; at++) {
    places.set([matrices[16 * at + 12]!, POINT_UP_M, matrices[16 * at + 14]!], 3 * at);
    widths[at] = HOUSE_M * Math.hypot(matrices[16 * at]!, matrices[16 * at + 2]!);
    const hex = colour.fromArray(roofs, 3 * at).getHexString();
    colours.set(
      srgbOf(`#${hex}`).map((part) => Math.round(255 * part)),
      3 * at,
    );
  }
  geometry.setAttribute("position", new BufferAttribute(places, 3));
  geometry.setAttribute("homeRow", new BufferAttribute(rows, 1));
  geometry.setAttribute("widthM", new BufferAttribute(widths, 1));
  geometry.setAttribute("roof", new BufferAttribute(colours, 3, true));
  geometry.setIndex(new BufferAttribute(new Uint32Array(chunks.order.length), 1));
  geometry.index!.setUsage(DynamicDrawUsage);
  geometry.setDrawRange(0, 0);
  return geometry;
}

function fillPoints(
  geometry: BufferGeometry,
  { starts, count }: Chunks,
  levels: Uint8Array,
): number {
  const index = geometry.index!;
  let shown = 0;
  for (let chunk = 0; chunk < count; chunk++) {
    if (levels[chunk] !== LEVEL.point) continue;
    for (let at = starts[chunk]!; at < starts[chunk + 1]!; at++) index.array[shown++] = at;
  }
  index.needsUpdate = true;
  geometry.setDrawRange(0, shown);
  return shown;
}

/** What is picked: every home in full, wherever one looks from; it is never drawn. */
function createPicked({ chunks, matrices }: Town): InstancedMesh {
  const shape = mergeGeometries([wallsAndChimney().toNonIndexed(), gableRoof()].map(bare));
  const mesh = new InstancedMesh(shape, undefined, chunks.order.length);
  mesh.instanceMatrix = new InstancedBufferAttribute(matrices, 16);
  mesh.updateMatrixWorld();
  return mesh;
}

/** Places alone. */
function bare(geometry: BufferGeometry): BufferGeometry {
  for (const name of Object.keys(geometry.attributes))
    if (name !== "position") geometry.deleteAttribute(name);
  return geometry;
}

function createLevels(plan: StreetPlan) {
  const town = createTown(plan);
  const homes = plan.homes.length;
  const full = roomFor(homes, HOME_LIMITS);
  const isTown = homes > HOME_LIMITS.alwaysMax;
  const box = isTown ? Math.min(homes, HOME_LIMITS.boxMax) : 0;
  const boxShape = new BoxGeometry(WALL_W, WALL_H + ROOF_H * 0.6, WALL_D);
  boxShape.translate(0, (WALL_H + ROOF_H * 0.6) / 2, 0);
  return {
    town,
    isTown,
    levels: new Uint8Array(town.chunks.count),
    sight: createSight(),
    walls: createLevelMesh(wallsAndChimney(), full, town.walls),
    roofs: createLevelMesh(gableRoof(), full, town.roofs),
    boxes: createLevelMesh(boxShape, box, town.roofs),
    points: createPoints(town),
  };
}

export function Houses({
  plan,
  texture,
}: {
  readonly plan: StreetPlan;
  readonly texture: HomeTexture;
}) {
  const { gl, size } = useThree();
  const shown = useMemo(() => createLevels(plan), [plan]);
  const uniforms = useMemo(
    () => ({ night: { value: 0 }, clay: { value: 0 }, pulse: { value: 0 } }),
    [],
  );
  const [wallRef, roofRef, boxRef] = useMemo(
    () =>
      [WALL_COLOUR, ROOF_COLOUR, BOX_COLOUR].map((colour) => withHomes(texture, uniforms, colour)),
    [texture, uniforms],
  );
  const pointMaterial = useMemo(
    () =>
      new ShaderMaterial({
        vertexShader: POINT_VERTEX,
        fragmentShader: POINT_FRAGMENT,
        toneMapped: false,
        uniforms: {
          ...texture.uniforms,
          ...uniforms,
          metrePx: { value: 1 },
          leastPx: { value: POINT_PX_MIN },
        },
      }),
    [texture, uniforms],
  );
  useEffect(
    () => () => {
      for (const { mesh } of [shown.walls, shown.roofs, shown.boxes]) {
        mesh.geometry.dispose();
        mesh.dispose();
      }
      shown.points.dispose();
    },
    [shown],
  );
  useEffect(() => () => pointMaterial.dispose(), [pointMaterial]);
  useEffect(() => {
    const { chunks } = shown.town;
    return pickable({ make: () => createPicked(shown.town), chunks, plan });
  }, [shown, plan]);
  const seen = useRef<unknown>(null);
  useFrame(({ camera }) => {
    texture.take();
    uniforms.night.value = sceneLight.night;
    uniforms.clay.value = sceneLight.isClay ? 1 : 0;
    uniforms.pulse.value = sceneLight.pulse;
    const ratio = gl.getPixelRatio();
    pointMaterial.uniforms["metrePx"]!.value =
      (size.height * ratio) / (2 * Math.tan((FIELD_OF_VIEW_DEG * Math.PI) / 360));
    pointMaterial.uniforms["leastPx"]!.value = POINT_PX_MIN * ratio;
    const isNew = seen.current !== shown;
    seen.current = shown;
    if (chooseHomes(shown, camera) || isNew) {
      // Shadows are those of homes in full.
      if (shown.isTown) gl.shadowMap.needsUpdate = true;
    }
  });
  return (
    <>
      <primitive object={shown.walls.mesh}>
        <meshLambertMaterial key={texture.key} ref={wallRef!} />
      </primitive>
      <primitive object={shown.roofs.mesh}>
        <meshLambertMaterial key={texture.key} ref={roofRef!} flatShading />
      </primitive>
      {shown.isTown && (
        <>
          <primitive object={shown.boxes.mesh}>
            <meshLambertMaterial key={texture.key} ref={boxRef!} flatShading />
          </primitive>
          <points
            geometry={shown.points}
            material={pointMaterial}
            frustumCulled={false}
            raycast={unpicked}
          />
        </>
      )}
    </>
  );
}

/** Draws every chunk as fine as it is near; whether any is drawn otherwise than before. */
function chooseHomes(shown: ReturnType<typeof createLevels>, camera: Camera): boolean {
  const { town, levels, sight, walls, roofs, boxes, points } = shown;
  if (!sight.take(camera) || !chooseLevels(town.chunks, sight, HOME_LIMITS, levels)) return false;
  const full = fillLevel(town, levels, LEVEL.full, [walls, roofs]);
  const box = fillLevel(town, levels, LEVEL.box, [boxes]);
  const point = fillPoints(points, town.chunks, levels);
  probe.levels = { full, box, point };
  nearHomes.take(town.chunks, levels);
  return true;
}
