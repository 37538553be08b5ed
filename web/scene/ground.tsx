// What the street stands on: grass, plots, roads, poles and trees. Muted, so that colour is left to the data.

import { useFrame } from "@react-three/fiber";
import { useMemo, useRef } from "react";
import {
  AdditiveBlending,
  BufferAttribute,
  CircleGeometry,
  Color,
  CylinderGeometry,
  IcosahedronGeometry,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  type Mesh,
  type MeshBasicMaterial,
  PlaneGeometry,
  ShaderMaterial,
} from "three";
import { chooseLevels, createChunks, LEVEL, roomFor, rowsAt } from "./chunks.ts";
import {
  CLAY,
  capacityOf,
  type Placed,
  placed,
  unpicked,
  useGroundColour,
  useInstances,
  useIsClay,
  useNearInstances,
  useSceneryColour,
} from "./instances.ts";
import { POLE_M, type RoadPlace, type StreetPlan, scatter } from "./plan.ts";
import { sceneLight } from "./scene-light.ts";
import { createSight, NEAR_LIMITS } from "./sight.ts";

const CLAY_GROUND = "#b7ad9c";

export function Ground({
  plan,
  isSimple,
}: {
  readonly plan: StreetPlan;
  /** Without what is only there to be pretty. */
  readonly isSimple: boolean;
}) {
  const grass = useGroundColour("#76835c", CLAY_GROUND);
  const groundM = Math.max(1400, 5 * (plan.halfWidthM + plan.halfDepthM));
  return (
    <>
      <mesh rotation-x={-Math.PI / 2} position-y={-0.06} receiveShadow raycast={unpicked}>
        <circleGeometry args={[groundM, 64]} />
        <meshLambertMaterial color={grass} />
      </mesh>
      <Plots plan={plan} />
      <Roads roads={plan.roads} />
      <Poles plan={plan} />
      {!isSimple && <Trees plan={plan} />}
      {!isSimple && <DoorGlow plan={plan} />}
      {!isSimple && <Lamps plan={plan} />}
    </>
  );
}

function Plots({ plan }: { readonly plan: StreetPlan }) {
  const lawn = useGroundColour("#8a976a", "#bdb3a2");
  const places = useMemo(
    () =>
      plan.homes.map(({ x, z, row, scale }) =>
        placed([x, 0, z], { scale: [scale * (14.6 + scatter(row, 11)), 0.06, scale * 14.2] }),
      ),
    [plan],
  );
  return <Boxes places={places} colour={lawn} />;
}

function Roads({ roads }: { readonly roads: readonly RoadPlace[] }) {
  const asphalt = useGroundColour("#4b4f55", "#9b9284");
  const kerb = useGroundColour("#8d8a80", "#aca392");
  const paint = useGroundColour("#c9c5b4", "#aaa090");
  const { kerbs, lanes, dashes } = useMemo(() => {
    const strips = roads.map(({ from, to, widthM }, index) => {
      const [dx, dz] = [to[0] - from[0], to[1] - from[1]];
      const length = Math.hypot(dx, dz);
      return {
        middle: [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2] as const,
        turnRad: Math.atan2(-dz, dx),
        length,
        widthM,
        // Crossing roads lie a little above one another, so that they do not flicker.
        lift: 0.01 * index,
      };
    });
    const strip = (wider: number, lift: number) =>
      strips.map(({ middle, turnRad, length, widthM, lift: own }) =>
        placed([middle[0], lift + own * 0.2, middle[1]], {
          turnRad,
          scale: [length + wider, 0.08, widthM + wider],
        }),
      );
    const marks = strips.flatMap(({ middle, turnRad, length, lift }) =>
      Array.from({ length: Math.floor(length / 7) }, (_, index) => {
        const at = -length / 2 + 3.5 + 7 * index;
        const [x, z] = [middle[0] + Math.cos(turnRad) * at, middle[1] - Math.sin(turnRad) * at];
        return placed([x, 0.135 + lift * 0.2, z], { turnRad, scale: [2.4, 0.02, 0.16] });
      }),
    );
    return { kerbs: strip(1.5, 0.03), lanes: strip(0, 0.09), dashes: marks };
  }, [roads]);
  if (roads.length === 0) return null;
  return (
    <>
      <Strips places={kerbs} colour={kerb} />
      <Strips places={lanes} colour={asphalt} />
      <Boxes places={dashes} colour={paint} />
    </>
  );
}

/** Roads are few and long: their middles may be far away where one stands on them, so all are drawn. */
function Strips({
  places,
  colour,
}: {
  readonly places: readonly Placed[];
  readonly colour: Color;
}) {
  const mesh = useInstances(places);
  return (
    <instancedMesh
      key={places.length}
      ref={mesh}
      args={[undefined, undefined, places.length]}
      receiveShadow
      raycast={unpicked}
    >
      <boxGeometry />
      <meshLambertMaterial color={colour} />
    </instancedMesh>
  );
}

function Boxes({ places, colour }: { readonly places: readonly Placed[]; readonly colour: Color }) {
  const { mesh } = useNearInstances(places);
  return (
    <instancedMesh
      key={places.length}
      ref={mesh}
      args={[undefined, undefined, capacityOf(places)]}
      receiveShadow
      raycast={unpicked}
    >
      <boxGeometry />
      <meshLambertMaterial color={colour} />
    </instancedMesh>
  );
}

function Poles({ plan }: { readonly plan: StreetPlan }) {
  const wood = useSceneryColour("#5a4a3b", "#8d8475");
  const places = useMemo(
    () => plan.poles.map(([x, z]) => placed([x, (POLE_M + 0.4) / 2, z])),
    [plan],
  );
  const { mesh } = useNearInstances(places);
  if (places.length === 0) return null;
  return (
    <instancedMesh
      ref={mesh}
      args={[undefined, undefined, capacityOf(places)]}
      castShadow
      raycast={unpicked}
    >
      <cylinderGeometry args={[0.14, 0.19, POLE_M + 0.4, 8]} />
      <meshLambertMaterial color={wood} />
    </instancedMesh>
  );
}

const GREENS = ["#4d6339", "#57703f", "#465a38", "#5f7446"];

function Trees({ plan }: { readonly plan: StreetPlan }) {
  const isClay = useIsClay();
  const { crowns, trunks } = useMemo(() => {
    const tops = plan.trees.map(({ x, z, scale }, index) => {
      const tall = 2.6 * scale * (0.85 + 0.4 * scatter(index, 13));
      const colour = isClay ? CLAY : GREENS[Math.floor(scatter(index, 14) * GREENS.length)]!;
      return {
        ...placed([x, 3.9 * scale, z], {
          turnRad: scatter(index, 12) * 6,
          scale: [1.9 * scale, tall, 1.9 * scale],
        }),
        colour: new Color(colour),
      };
    });
    const stems = plan.trees.map(({ x, z, scale }) =>
      placed([x, scale, z], { scale: [scale, scale, scale] }),
    );
    return { crowns: tops, trunks: stems };
  }, [plan, isClay]);
  const crownShape = useMemo(() => new IcosahedronGeometry(1, 1), []);
  const trunkShape = useMemo(() => new CylinderGeometry(0.16, 0.24, 2.2, 6), []);
  const bark = useSceneryColour("#54463a", "#8d8475");
  const crownMesh = useInstances(crowns);
  const trunkMesh = useInstances(trunks);
  return (
    <>
      <instancedMesh
        ref={crownMesh}
        args={[crownShape, undefined, crowns.length]}
        castShadow
        receiveShadow
        raycast={unpicked}
      >
        <meshLambertMaterial flatShading />
      </instancedMesh>
      <instancedMesh
        ref={trunkMesh}
        args={[trunkShape, undefined, trunks.length]}
        raycast={unpicked}
      >
        <meshLambertMaterial color={bark} />
      </instancedMesh>
    </>
  );
}

/** A disc that fades towards its rim. */
function softDisc(): CircleGeometry {
  const disc = new CircleGeometry(4.2, 24);
  disc.rotateX(-Math.PI / 2);
  const count = disc.attributes["position"]!.count;
  const colours = new Float32Array(4 * count).fill(1);
  for (let vertex = 1; vertex < count; vertex++) colours[4 * vertex + 3] = 0;
  disc.setAttribute("color", new BufferAttribute(colours, 4));
  return disc;
}

/** Warm light on the ground before every front: most of a glow's charm for one draw call. */
function DoorGlow({ plan }: { readonly plan: StreetPlan }) {
  const places = useMemo(
    () =>
      plan.homes.map(({ x, z, headingRad, scale }) => {
        const away = 4.9 * scale;
        const position = [
          x + Math.sin(headingRad) * away,
          0.17,
          z + Math.cos(headingRad) * away,
        ] as const;
        return placed(position, { scale: [scale, 1, scale] });
      }),
    [plan],
  );
  const disc = useMemo(softDisc, []);
  const { mesh } = useNearInstances(places);
  const material = useRef<MeshBasicMaterial>(null);
  useFrame(() => {
    const strength = sceneLight.isClay ? 0 : Math.max(0, sceneLight.night - 0.25) * 0.62;
    if (material.current !== null) material.current.opacity = strength;
    if (mesh.current !== null) mesh.current.visible = strength > 0;
  });
  return (
    <instancedMesh ref={mesh} args={[disc, undefined, capacityOf(places)]} raycast={unpicked}>
      <meshBasicMaterial
        ref={material}
        color="#ffb45e"
        vertexColors
        blending={AdditiveBlending}
        transparent
        opacity={0}
        depthWrite={false}
      />
    </instancedMesh>
  );
}

const LAMP_VERTEX = /* glsl */ `
  attribute vec3 lamp;
  varying vec2 vPlace;
  void main() {
    vPlace = position.xy;
    vec4 eye = viewMatrix * vec4(lamp, 1.0);
    eye.xy += position.xy * 5.2;
    gl_Position = projectionMatrix * eye;
  }
`;
const LAMP_FRAGMENT = /* glsl */ `
  uniform float strength;
  varying vec2 vPlace;
  void main() {
    float radius = length(vPlace);
    float glow = pow(max(0.0, 1.0 - radius), 2.4) * 0.55 + (1.0 - smoothstep(0.06, 0.12, radius)) * 0.9;
    gl_FragColor = vec4(vec3(1.0, 0.84, 0.58) * glow * strength, 1.0);
  }
`;

const LAMPS_A_CHUNK = 100;

/** Street lamps on the poles of the mains, lit when it is dark. */
function Lamps({ plan }: { readonly plan: StreetPlan }) {
  const mesh = useRef<Mesh>(null);
  const { geometry, lamps, near, material } = useMemo(() => {
    const shape = new InstancedBufferGeometry();
    const plane = new PlaneGeometry(2, 2);
    shape.setIndex(plane.index);
    shape.setAttribute("position", plane.attributes["position"]!);
    const room = roomFor(plan.poles.length, NEAR_LIMITS);
    const places = new InstancedBufferAttribute(new Float32Array(3 * room), 3);
    shape.setAttribute("lamp", places);
    shape.instanceCount = 0;
    const chunks = createChunks(
      plan.poles.map(([x]) => x),
      plan.poles.map(([, z]) => z),
      LAMPS_A_CHUNK,
    );
    return {
      geometry: shape,
      lamps: places,
      near: { chunks, sight: createSight(), levels: new Uint8Array(chunks.count) },
      material: new ShaderMaterial({
        vertexShader: LAMP_VERTEX,
        fragmentShader: LAMP_FRAGMENT,
        uniforms: { strength: { value: 0 } },
        blending: AdditiveBlending,
        transparent: true,
        depthWrite: false,
        toneMapped: false,
      }),
    };
  }, [plan]);
  useFrame(({ camera }) => {
    const { chunks, sight, levels } = near;
    if (sight.take(camera) && chooseLevels(chunks, sight, NEAR_LIMITS, levels)) {
      const rows = rowsAt(chunks, levels, LEVEL.full);
      rows.forEach((row, at) => {
        const [x, z] = plan.poles[row]!;
        lamps.setXYZ(at, x, POLE_M - 0.7, z + 0.5);
      });
      lamps.needsUpdate = true;
      geometry.instanceCount = rows.length;
    }
    const strength = sceneLight.isClay ? 0 : Math.max(0, sceneLight.night - 0.4) * 1.5;
    material.uniforms["strength"]!.value = strength;
    if (mesh.current !== null) mesh.current.visible = strength > 0 && geometry.instanceCount > 0;
  });
  return (
    <mesh
      ref={mesh}
      geometry={geometry}
      material={material}
      frustumCulled={false}
      renderOrder={7}
      raycast={unpicked}
    />
  );
}
