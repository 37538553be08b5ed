// The meter of the selected home where a board is in its slot, or where somebody looks: a case on a stand before the
// house. Its front is one picture that is painted when it changes; a board's LEDs and buttons are bodies, and the buttons
// can be pressed.

import { type ThreeEvent, useFrame, useThree } from "@react-three/fiber";
import { lazy, Suspense, useEffect, useMemo, useRef } from "react";
import {
  BoxGeometry,
  CanvasTexture,
  Color,
  CylinderGeometry,
  type Group,
  type InstancedMesh,
  SphereGeometry,
  SRGBColorSpace,
} from "three";
import { METER_BUTTONS, type MeterButton } from "../../sim/contract/meter-device.ts";
import { TAMPER } from "../../sim/contract/reading.ts";
import { startBlinking } from "../player/blink.ts";
import { type BoardState, blinkMs, boardOf, pressHindrance } from "../player/board.ts";
import { pressButton, useStreet } from "../player/store.ts";
import { placed, unpicked, useInstances } from "./instances.ts";
import { meterButtons } from "./meter-buttons.ts";
import {
  drawFront,
  FRONT_M,
  FRONT_PLACES,
  FRONT_PX,
  METER,
  meterPlace,
  onFront,
} from "./meter-place.ts";
import type { StreetPlan } from "./plan.ts";
import { probe } from "./probe.ts";
import { mayMove } from "./scene-options.ts";

const { widthM, heightM, depthM, standM, coverM } = METER;
const FRONT_UP_M = standM + coverM + FRONT_M / 2;
const FRONT_Z_M = depthM / 2;
const COVER_OPEN_RAD = -1.9;
const PRESSED_MS = 180;
const PRESSED_M = 0.06;

const BOX = new BoxGeometry(1, 1, 1);
const KEY = new CylinderGeometry(0.155, 0.17, 0.14, 32).rotateX(Math.PI / 2);
const LENS = new SphereGeometry(0.075, 20, 12);

const LED_COLOURS = {
  pulse: { lit: new Color("#ff4038"), dark: new Color("#4a1416") },
  alarm: { lit: new Color("#ffb020"), dark: new Color("#4a380c") },
} as const;

/** Its inside is fetched when somebody looks at a meter. */
const MeterInside = lazy(async () => {
  const { MeterInside: inside } = await import("./meter-inside.tsx");
  return { default: inside };
});

/** The selected home's meter: a board always stands there, any other while it is looked at. */
export function MeterModel({ plan }: { readonly plan: StreetPlan }) {
  const row = useStreet((store) => store.selectedRow);
  const isShown = useStreet((store) => store.isMeterShown);
  const isTruth = useStreet(({ truthSupply }) => truthSupply !== null);
  const hasBoard = useStreet(({ truthSupply }) => (truthSupply?.device[row] ?? "") !== "");
  const supply = useStreet(({ layout }) => layout?.supplies[row]?.id);
  const home = plan.homes[row];
  if (home === undefined || supply === undefined || !(hasBoard || isShown)) return null;
  const { x, z, headingRad } = meterPlace(home);
  return (
    <group key={supply} position={[x, 0, z]} rotation-y={headingRad}>
      {hasBoard ? <Meter row={row} supply={supply} /> : <Case />}
      {!hasBoard && isTruth && <Front row={row} supply={supply} />}
      {isShown && (
        <Suspense fallback={null}>
          <MeterInside row={row} />
        </Suspense>
      )}
    </group>
  );
}

interface MeterProps {
  readonly row: number;
  readonly supply: string;
}

function stateNow({ row, supply }: MeterProps): BoardState | null {
  const { truthSupply, boardViews } = useStreet.getState();
  return truthSupply === null ? null : boardOf(truthSupply, { row, supply }, boardViews);
}

function Meter(of: MeterProps) {
  return (
    <>
      <Case />
      <Front {...of} />
      <Leds {...of} />
      <Buttons {...of} />
      <Cover {...of} />
    </>
  );
}

const box = (
  position: readonly [number, number, number],
  scale: readonly [number, number, number],
  colour: string,
) => ({ ...placed(position, { scale }), colour: new Color(colour) });

/** Case, stand, feet, terminals and the four cables that come out below. */
function Case() {
  const parts = useMemo(() => {
    const middle = standM + heightM / 2;
    const across = [-0.75, -0.25, 0.25, 0.75];
    return [
      box([0, standM / 2, -0.1], [0.35, standM, 0.35], "#6d7378"),
      box([0, 0.08, -0.1], [1.5, 0.16, 1], "#8a8f92"),
      box([0, middle, -0.12], [widthM + 0.3, heightM + 0.3, 0.3], "#596067"),
      box([0, standM + coverM + FRONT_M / 2, 0], [widthM, FRONT_M, depthM - 0.02], "#d2d6d3"),
      box([0, standM + coverM / 2, -0.15], [widthM, coverM, depthM - 0.3], "#31383d"),
      ...across.map((at) => box([at, standM + coverM / 2, 0.32], [0.3, 0.34, 0.1], "#c98f3c")),
      ...across.map((at) =>
        box([at, standM - 0.35, 0.1], [0.14, 0.8, 0.14], CABLES[at < 0 ? 0 : 1]),
      ),
    ];
  }, []);
  const mesh = useInstances(parts);
  return (
    <instancedMesh ref={mesh} args={[BOX, undefined, parts.length]} raycast={unpicked}>
      <meshLambertMaterial />
    </instancedMesh>
  );
}

const CABLES = ["#7a4a2a", "#2f5fa8"] as const;

/** What is painted depends on these alone. */
const faceKey = (state: BoardState): string =>
  [...state.displayLines, state.connection, state.isRelayOpen, state.device].join("\n");

function Front(of: MeterProps) {
  const { texture, context } = useMemo(() => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [FRONT_PX, FRONT_PX];
    const painted = new CanvasTexture(canvas);
    painted.colorSpace = SRGBColorSpace;
    painted.anisotropy = 4;
    return { texture: painted, context: canvas.getContext("2d")! };
  }, []);
  useEffect(
    () => () => {
      texture.dispose();
      probe.meterLines = null;
    },
    [texture],
  );
  const shown = useRef("");
  useFrame(() => {
    const state = stateNow(of);
    if (state === null || faceKey(state) === shown.current) return;
    shown.current = faceKey(state);
    drawFront(context, state);
    texture.needsUpdate = true;
    probe.meterLines = state.displayLines;
  });
  return (
    <mesh position={[0, FRONT_UP_M, FRONT_Z_M]} raycast={unpicked}>
      <planeGeometry args={[FRONT_M, FRONT_M]} />
      <meshBasicMaterial map={texture} toneMapped={false} fog={false} />
    </mesh>
  );
}

/** The pulse LED flashes at the rate of the power; where nothing may move it shows whether it did in the last step. */
function Leds({ row, supply }: MeterProps) {
  const invalidate = useThree((three) => three.invalidate);
  const mesh = useRef<InstancedMesh>(null);
  const isFlash = useRef(false);
  const parts = useMemo(
    () =>
      (["pulse", "alarm"] as const).map((name) => {
        const [right, up] = onFront(FRONT_PLACES[name]);
        return { ...placed([right, up, 0]), colour: LED_COLOURS[name].dark };
      }),
    [],
  );
  const placedMesh = useInstances(parts);
  useEffect(() => {
    if (!mayMove()) return;
    return startBlinking(
      () => {
        const { pace, isMeterShown } = useStreet.getState();
        const state = stateNow({ row, supply });
        const mayFlash = isMeterShown && state?.connection === "connected" && !pace?.isPaused;
        const periodMs = mayFlash ? blinkMs(state.measuredW) : null;
        // A machine that is slow at drawing gets time for the rest.
        return periodMs === null ? null : Math.max(periodMs, 4 * probe.pictureMs);
      },
      (isLit) => {
        isFlash.current = isLit;
        invalidate();
      },
    );
  }, [row, supply, invalidate]);
  useFrame(() => {
    const leds = stateNow({ row, supply })?.face?.leds;
    const isPulse = mayMove() ? isFlash.current : leds?.pulse === true;
    const { pulse, alarm } = LED_COLOURS;
    mesh.current!.setColorAt(0, isPulse ? pulse.lit : pulse.dark);
    mesh.current!.setColorAt(1, leds?.alarm === true ? alarm.lit : alarm.dark);
    mesh.current!.instanceColor!.needsUpdate = true;
  });
  return (
    <instancedMesh
      ref={(made) => {
        mesh.current = made;
        placedMesh.current = made;
      }}
      args={[LENS, undefined, parts.length]}
      position={[0, FRONT_UP_M, FRONT_Z_M]}
      raycast={unpicked}
    >
      <meshBasicMaterial toneMapped={false} />
    </instancedMesh>
  );
}

const KEY_COLOUR = new Color("#4c94dd");
const DEAD_KEY_COLOUR = new Color("#8a9197");

function Buttons(of: MeterProps) {
  const { invalidate, camera, gl, size } = useThree();
  const mesh = useRef<InstancedMesh>(null);
  const pressed = useRef<MeterButton | null>(null);
  useEffect(() => {
    meterButtons.mesh = mesh.current;
    probe.screenOfButton = (button) => {
      if (mesh.current === null) return null;
      const [right, up] = onFront(FRONT_PLACES[button]);
      const point = mesh.current.position.clone().set(right, up, 0.07);
      mesh.current.localToWorld(point).project(camera);
      const { left, top } = gl.domElement.getBoundingClientRect();
      return {
        x: left + ((point.x + 1) / 2) * size.width,
        y: top + ((1 - point.y) / 2) * size.height,
      };
    };
    return () => {
      meterButtons.mesh = null;
      probe.screenOfButton = () => null;
    };
  }, [camera, gl, size]);
  useFrame(() => {
    const state = stateNow(of);
    const colour = state === null || pressHindrance(state) !== "" ? DEAD_KEY_COLOUR : KEY_COLOUR;
    METER_BUTTONS.forEach((button, index) => {
      const [right, up] = onFront(FRONT_PLACES[button]);
      const inM = pressed.current === button ? PRESSED_M : 0;
      mesh.current!.setMatrixAt(index, placed([right, up, -inM]).matrix);
      mesh.current!.setColorAt(index, colour);
    });
    mesh.current!.instanceMatrix.needsUpdate = true;
    mesh.current!.instanceColor!.needsUpdate = true;
    mesh.current!.computeBoundingSphere();
  });
  const press = (event: ThreeEvent<MouseEvent>): void => {
    event.stopPropagation();
    const button = METER_BUTTONS[event.instanceId ?? -1];
    const state = stateNow(of);
    if (button === undefined || state === null) return;
    pressed.current = button;
    invalidate();
    window.setTimeout(() => {
      pressed.current = null;
      invalidate();
    }, PRESSED_MS);
    pressButton(of.supply, button, pressHindrance(state));
  };
  const pointer = { onClick: press };
  return (
    <instancedMesh
      ref={mesh}
      args={[KEY, undefined, METER_BUTTONS.length]}
      position={[0, FRONT_UP_M, FRONT_Z_M]}
      {...pointer}
    >
      <meshLambertMaterial />
    </instancedMesh>
  );
}

/** Hinged at its upper edge; it stands open from the first time that the meter has noticed it, until that is cleared. */
function Cover(of: MeterProps) {
  const hinge = useRef<Group>(null);
  useFrame(() => {
    const isOpen = ((stateNow(of)?.tamperFlags ?? 0) & TAMPER.cover) !== 0;
    hinge.current!.rotation.x = isOpen ? COVER_OPEN_RAD : 0;
    probe.isCoverOpen = isOpen;
  });
  return (
    <group ref={hinge} position={[0, standM + coverM, FRONT_Z_M - 0.06]}>
      <mesh position={[0, -coverM / 2, 0.03]} raycast={unpicked}>
        <boxGeometry args={[widthM - 0.04, coverM - 0.04, 0.1]} />
        <meshLambertMaterial color="#b4bab7" />
      </mesh>
    </group>
  );
}
