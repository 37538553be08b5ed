// Sky, sun and fog by the hour of the twin, and the phase of everything that moves.

import { useFrame, useThree } from "@react-three/fiber";
import { useMemo, useRef } from "react";
import {
  BackSide,
  Color,
  type DirectionalLight,
  Fog,
  type HemisphereLight,
  NeutralToneMapping,
  ShaderMaterial,
} from "three";
import { wallClock } from "../player/format.ts";
import { useModes } from "../player/modes.ts";
import { useStreet } from "../player/store.ts";
import { skyOf } from "../player/weather.ts";
import { unpicked } from "./instances.ts";
import { type Light, lightAt } from "./lighting.ts";
import type { StreetPlan } from "./plan.ts";
import { sceneLight } from "./scene-light.ts";
import { mayMove, sceneOptions } from "./scene-options.ts";

/** The difference view, and what a projector shows, is in the same bright light at every hour. */
const CLAY_HOUR = 11;
const PULSE_HZ = 0.67;
/** The sun's shadows are drawn again once it has moved this far. */
const SHADOW_STEP_DEG = 1.5;

const SKY_VERTEX = /* glsl */ `
  varying vec3 vDirection;
  void main() {
    vDirection = position;
    // Behind everything, however far a town reaches.
    gl_Position = (projectionMatrix * viewMatrix * vec4(position + cameraPosition, 1.0)).xyww;
  }
`;
const SKY_FRAGMENT = /* glsl */ `
  uniform vec3 top;
  uniform vec3 horizon;
  varying vec3 vDirection;
  void main() {
    float height = clamp(normalize(vDirection).y * 3.4, 0.0, 1.0);
    gl_FragColor = vec4(mix(horizon, top, pow(height, 0.7)), 1.0);
  }
`;

const isAlwaysBright = (): boolean =>
  useStreet.getState().view === "difference" || useModes.getState().isProjector;

/** The hour that lights the street. */
function hourNow(): number {
  const { layout, simMs } = useStreet.getState();
  if (isAlwaysBright()) return CLAY_HOUR;
  if (sceneOptions.hour !== null) return sceneOptions.hour;
  if (layout === null) return 12;
  const { hour, minute, second } = wallClock(layout, simMs);
  return hour + minute / 60 + second / 3600;
}

export function Daylight({
  plan,
  hasShadows,
}: {
  readonly plan: StreetPlan;
  readonly hasShadows: boolean;
}) {
  const sun = useRef<DirectionalLight>(null);
  const hemisphere = useRef<HemisphereLight>(null);
  const lastShadowDeg = useRef(Number.NaN);
  const { camera, scene, gl } = useThree();
  const reach = Math.max(plan.halfWidthM, plan.halfDepthM) + 30;
  const sky = useMemo(
    () =>
      new ShaderMaterial({
        vertexShader: SKY_VERTEX,
        fragmentShader: SKY_FRAGMENT,
        uniforms: { top: { value: new Color() }, horizon: { value: new Color() } },
        side: BackSide,
        depthWrite: false,
        toneMapped: false,
      }),
    [],
  );
  useMemo(() => {
    scene.fog = new Fog("#ffffff");
    gl.toneMapping = NeutralToneMapping;
    gl.shadowMap.autoUpdate = false;
  }, [scene, gl]);
  const paint = (light: Light): void => {
    (sky.uniforms["top"]!.value as Color).setRGB(...light.skyTop);
    (sky.uniforms["horizon"]!.value as Color).setRGB(...light.horizon);
    const fog = scene.fog as Fog;
    fog.color.setRGB(...light.horizon, "srgb");
    // It begins past the last home, from wherever one looks.
    fog.near = camera.position.length() + reach * 0.55;
    fog.far = fog.near + reach * 1.7;
    sun.current!.color.setRGB(...light.sun, "srgb");
    sun.current!.intensity = light.sunStrength;
    hemisphere.current!.color.setRGB(...light.hemisphereSky, "srgb");
    hemisphere.current!.groundColor.setRGB(...light.hemisphereGround, "srgb");
    hemisphere.current!.intensity = light.hemisphereStrength;
    const elevation = (light.elevationDeg * Math.PI) / 180;
    const bearing = (light.bearingDeg * Math.PI) / 180;
    const level = Math.cos(elevation) * reach * 2;
    sun.current!.position.set(
      Math.sin(bearing) * level,
      Math.sin(elevation) * reach * 2,
      -Math.cos(bearing) * level,
    );
    const movedDeg = light.elevationDeg + light.bearingDeg;
    if (!(Math.abs(movedDeg - lastShadowDeg.current) < SHADOW_STEP_DEG)) {
      lastShadowDeg.current = movedDeg;
      gl.shadowMap.needsUpdate = true;
    }
  };
  useFrame((_, deltaS) => {
    sceneLight.isClay = useStreet.getState().view === "difference";
    sceneLight.sky = isAlwaysBright() ? null : skyOf(useStreet.getState());
    const { sky: above, under } = sceneLight;
    const dry = lightAt(hourNow());
    const light = above === null || under === null ? dry : under(dry, above);
    sceneLight.light = light;
    sceneLight.night = light.night;
    const { pace } = useStreet.getState();
    if (mayMove() && pace?.isPaused === false) sceneLight.motionS += Math.min(0.2, deltaS);
    sceneLight.pulse = mayMove()
      ? 0.5 + 0.5 * Math.sin(2 * Math.PI * PULSE_HZ * sceneLight.motionS)
      : 0.5;
    paint(light);
  }, -1);
  return (
    <>
      <mesh frustumCulled={false} renderOrder={1} raycast={unpicked}>
        <sphereGeometry args={[1800, 24, 16]} />
        <primitive object={sky} attach="material" />
      </mesh>
      <hemisphereLight ref={hemisphere} />
      <directionalLight
        ref={sun}
        castShadow={hasShadows}
        shadow-mapSize={[2048, 2048]}
        shadow-camera-left={-reach}
        shadow-camera-right={reach}
        shadow-camera-top={reach}
        shadow-camera-bottom={-reach}
        shadow-camera-near={1}
        shadow-camera-far={reach * 5}
        shadow-bias={-0.0006}
        shadow-normalBias={0.6}
      />
    </>
  );
}
