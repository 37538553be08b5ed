// A meter cut open beside its case: the display, the relay's arm, the current through the sensor, and the lamps of pulse
// and modem, each as the view knows it. Loaded when somebody looks at a meter.

import { useFrame, useThree } from "@react-three/fiber";
import { useEffect, useMemo, useRef } from "react";
import {
  BoxGeometry,
  CanvasTexture,
  Color,
  type Group,
  type InstancedMesh,
  type MeshBasicMaterial,
  SphereGeometry,
  SRGBColorSpace,
  Vector3,
} from "three";
import { startBlinking } from "../player/blink.ts";
import { blinkMs } from "../player/board.ts";
import { useStreet } from "../player/store.ts";
import {
  alongConductor,
  CONDUCTOR,
  CONDUCTOR_M,
  drawPlate,
  INSIDE_PLACES,
  PLATE_PX_M,
  RELAY,
  SENSOR,
  TRAY,
} from "./inside-place.ts";
import { FLOW_MARKS_MAX, flowOf, type InsideState, insideOf } from "./inside-state.ts";
import { placed, unpicked, useInstances } from "./instances.ts";
import { probe } from "./probe.ts";
import { sceneLight } from "./scene-light.ts";
import { mayMove } from "./scene-options.ts";

const BOX = new BoxGeometry(1, 1, 1);
const LENS = new SphereGeometry(0.085, 20, 12);
const MARK = new SphereGeometry(0.05, 12, 8);
const LIT = { pulse: new Color("#ff4038"), modem: new Color("#45e0ff") } as const;
const DARK = { pulse: new Color("#4a1416"), modem: new Color("#123842") } as const;
const LAMPS = ["pulse", "modem"] as const;
const ARM = {
  closed: new Color("#21b573"),
  open: new Color("#e01530"),
  unknown: new Color("#8b959c"),
} as const;
const FLOW = "#ffe76a";
/** Of the way that is left, an arm moves so much from picture to picture. */
const ARM_SHARE = 0.45;
const ARM_STILL_RAD = 0.01;

export function MeterInside({ row }: { readonly row: number }) {
  const group = useRef<Group>(null);
  const { camera, gl, size } = useThree();
  useEffect(() => {
    probe.screenOfInside = (part) => {
      if (group.current === null) return null;
      const point = new Vector3(...INSIDE_PLACES[part], 0.12);
      group.current.localToWorld(point).project(camera);
      const { left, top } = gl.domElement.getBoundingClientRect();
      return {
        x: left + ((point.x + 1) / 2) * size.width,
        y: top + ((1 - point.y) / 2) * size.height,
      };
    };
    return () => {
      probe.screenOfInside = () => null;
      sceneLight.hasFlow = false;
    };
  }, [camera, gl, size]);
  return (
    <group ref={group} position={[TRAY.asideM, TRAY.upM, TRAY.backM]}>
      <Tray />
      <Plate row={row} />
      <Arm row={row} />
      <Lamps row={row} />
      <Flow row={row} />
    </group>
  );
}

const stateNow = (row: number): InsideState | null => insideOf(useStreet.getState(), row);

/** Rim, copper and the sensor's core. */
function Tray() {
  const parts = useMemo(() => {
    const box = (
      [x, y]: readonly [number, number],
      [width, height]: readonly [number, number],
      [z, depth]: readonly [number, number],
      colour: string,
    ) => ({ ...placed([x, y, z], { scale: [width, height, depth] }), colour: new Color(colour) });
    const [halfW, halfH] = [TRAY.widthM / 2, TRAY.heightM / 2];
    const rim = [0.1, 0.3] as const;
    const copper = (from: readonly [number, number], to: readonly [number, number]) =>
      box(
        [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2],
        [Math.abs(to[0] - from[0]) + 0.13, Math.abs(to[1] - from[1]) + 0.13],
        [0.05, 0.06],
        "#b87333",
      );
    const [a, b, c, d] = CONDUCTOR as [
      [number, number],
      [number, number],
      [number, number],
      [number, number],
    ];
    const { pivot, contact } = RELAY;
    return [
      box([0, 0], [TRAY.widthM + 0.2, TRAY.heightM + 0.2], [-0.08, 0.12], "#596067"),
      ...[-1, 1].map((side) =>
        box([side * (halfW + 0.05), 0], [0.1, TRAY.heightM], rim, "#c8cdca"),
      ),
      ...[-1, 1].map((side) =>
        box([0, side * (halfH + 0.05)], [TRAY.widthM + 0.2, 0.1], rim, "#c8cdca"),
      ),
      copper(a, b),
      copper(b, [pivot[0], pivot[1]]),
      copper([contact[0], contact[1]], c),
      copper(c, d),
      // The core stands open towards the eye, so that one sees what flows through it.
      ...[-0.2, 0.2].map((aside) =>
        box([SENSOR[0] + aside, SENSOR[1]], [0.1, 0.42], [0.1, 0.18], "#3c4650"),
      ),
      ...[-0.19, 0.19].map((up) =>
        box([SENSOR[0], SENSOR[1] + up], [0.5, 0.06], [0.02, 0.04], "#3c4650"),
      ),
      box([0, -halfH - 0.6], [0.3, 1.1], [-0.1, 0.3], "#6d7378"),
    ];
  }, []);
  const mesh = useInstances(parts);
  return (
    <instancedMesh ref={mesh} args={[BOX, undefined, parts.length]} raycast={unpicked}>
      <meshLambertMaterial />
    </instancedMesh>
  );
}

/** The back, painted anew when the display says something else. */
function Plate({ row }: { readonly row: number }) {
  const { texture, context } = useMemo(() => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [TRAY.widthM * PLATE_PX_M, TRAY.heightM * PLATE_PX_M];
    const painted = new CanvasTexture(canvas);
    painted.colorSpace = SRGBColorSpace;
    painted.anisotropy = 4;
    return { texture: painted, context: canvas.getContext("2d")! };
  }, []);
  useEffect(() => () => texture.dispose(), [texture]);
  const shown = useRef<string | null>(null);
  useFrame(() => {
    const state = stateNow(row);
    const caption = useStreet.getState().view === "company" ? "as the company knows it" : "";
    const lines = state?.lines ?? ["", ""];
    const key = [...lines, caption].join("\n");
    if (key === shown.current) return;
    shown.current = key;
    drawPlate(context, { lines, caption });
    texture.needsUpdate = true;
  });
  return (
    <mesh raycast={unpicked}>
      <planeGeometry args={[TRAY.widthM, TRAY.heightM]} />
      <meshBasicMaterial map={texture} toneMapped={false} fog={false} />
    </mesh>
  );
}

function Arm({ row }: { readonly row: number }) {
  const invalidate = useThree((three) => three.invalidate);
  const arm = useRef<Group>(null);
  const material = useRef<MeshBasicMaterial>(null);
  const isNew = useRef(true);
  const lengthM = RELAY.contact[0] - RELAY.pivot[0];
  useFrame(() => {
    const relay = stateNow(row)?.relay ?? "unknown";
    // What is not known is drawn half way.
    const wanted = { closed: 0, open: RELAY.openRad, unknown: RELAY.openRad / 2 }[relay];
    material.current!.color.copy(ARM[relay]);
    const { rotation } = arm.current!;
    const isStill = Math.abs(wanted - rotation.z) < ARM_STILL_RAD;
    if (isNew.current || isStill || !mayMove()) rotation.z = wanted;
    else {
      rotation.z += (wanted - rotation.z) * ARM_SHARE;
      invalidate();
    }
    isNew.current = false;
  });
  return (
    <group ref={arm} position={[RELAY.pivot[0], RELAY.pivot[1], 0.13]}>
      <mesh position={[lengthM / 2, 0, 0]} scale={[lengthM + 0.1, 0.13, 0.07]} raycast={unpicked}>
        <boxGeometry />
        <meshBasicMaterial ref={material} toneMapped={false} fog={false} />
      </mesh>
    </group>
  );
}

/**
 * The pulse lamp flashes at the rate of the power; where nothing may move it shows whether the register has counted a
 * pulse in the last step. The modem's is lit while a message is under way.
 */
function Lamps({ row }: { readonly row: number }) {
  const invalidate = useThree((three) => three.invalidate);
  const isFlash = useRef(false);
  const counted = useRef<{ step: number; pulses: number | null; isNew: boolean }>({
    ...{ step: -1, pulses: null, isNew: false },
  });
  const parts = useMemo(
    () => LAMPS.map((name) => ({ ...placed([...INSIDE_PLACES[name], 0.1]), colour: DARK[name] })),
    [],
  );
  const mesh = useInstances(parts);
  useEffect(() => {
    if (!mayMove()) return;
    return startBlinking(
      () => {
        const { pace, truthSupply, view } = useStreet.getState();
        const state = stateNow(row);
        if (state?.throughA == null || view === "company" || pace?.isPaused !== false) return null;
        const periodMs = blinkMs(state.throughA * (truthSupply?.voltageV[row] ?? 0));
        // A machine that is slow at drawing gets time for the rest.
        return periodMs === null ? null : Math.max(periodMs, 4 * probe.pictureMs);
      },
      (isLit) => {
        isFlash.current = isLit;
        invalidate();
      },
    );
  }, [row, invalidate]);
  useFrame(() => {
    const state = stateNow(row);
    const { step } = useStreet.getState();
    const before = counted.current;
    const pulses = state?.pulses ?? null;
    if (step !== before.step) {
      const isNew = pulses !== null && before.pulses !== null && pulses > before.pulses;
      counted.current = { step, pulses, isNew };
    }
    const isLit = {
      pulse: mayMove() ? isFlash.current : counted.current.isNew,
      modem: state?.isSending === true,
    };
    LAMPS.forEach((name, at) => {
      mesh.current!.setColorAt(at, isLit[name] ? LIT[name] : DARK[name]);
    });
    mesh.current!.instanceColor!.needsUpdate = true;
  });
  return (
    <instancedMesh ref={mesh} args={[LENS, undefined, parts.length]} raycast={unpicked}>
      <meshBasicMaterial toneMapped={false} fog={false} />
    </instancedMesh>
  );
}

/** Marks along the conductor: the more current, the more of them and the faster. */
function Flow({ row }: { readonly row: number }) {
  const mesh = useRef<InstancedMesh>(null);
  const way = useRef({ alongM: 0, motionS: sceneLight.motionS });
  useFrame(() => {
    const { marks, speedMS } = flowOf(stateNow(row)?.throughA ?? null);
    const { motionS } = sceneLight;
    way.current.alongM += speedMS * (motionS - way.current.motionS);
    way.current.motionS = motionS;
    sceneLight.hasFlow = marks > 0;
    for (let mark = 0; mark < marks; mark++) {
      const [x, y] = alongConductor(way.current.alongM + ((mark + 0.5) * CONDUCTOR_M) / marks);
      mesh.current!.setMatrixAt(mark, placed([x, y, 0.14]).matrix);
    }
    mesh.current!.count = marks;
    mesh.current!.visible = marks > 0;
    mesh.current!.instanceMatrix.needsUpdate = true;
  });
  return (
    <instancedMesh
      ref={mesh}
      args={[MARK, undefined, FLOW_MARKS_MAX]}
      frustumCulled={false}
      raycast={unpicked}
    >
      <meshBasicMaterial color={FLOW} toneMapped={false} fog={false} />
    </instancedMesh>
  );
}
