// The texture that carries every home's state to the graphics card; uploaded once for each frame that is drawn.

import { DataTexture, NearestFilter, NoColorSpace, RGBAFormat, UnsignedByteType } from "three";
import { useStreet } from "../player/store.ts";
import { VIEWS, type View } from "../player/views.ts";
import { homeState } from "./home-state.ts";
import { probe } from "./probe.ts";
import { createTexels, packHomes, planeOf, planeRows, TEXELS_WIDE } from "./state-texels.ts";

export interface HomeTexture {
  /** For every material that reads homes: the texture, and the first row of the view that is shown. */
  readonly uniforms: {
    readonly homeStates: { value: DataTexture };
    readonly plane: { value: number };
  };
  /** Writes what the store holds of each view, if it has changed, and shows the store's view. */
  take(): void;
  dispose(): void;
}

export function createHomeTexture(homes: number): HomeTexture {
  const texels = createTexels(homes);
  const texture = new DataTexture(
    texels,
    TEXELS_WIDE,
    VIEWS.length * planeRows(homes),
    RGBAFormat,
    UnsignedByteType,
  );
  texture.minFilter = NearestFilter;
  texture.magFilter = NearestFilter;
  texture.generateMipmaps = false;
  texture.colorSpace = NoColorSpace;
  // Called by the renderer after the bytes have gone to the graphics card.
  texture.onUpdate = () => {
    probe.uploaded = { texels: texels.slice(), homes };
    probe.uploads++;
  };
  const uniforms = { homeStates: { value: texture }, plane: { value: 0 } };
  let packed: readonly unknown[] = [];
  const pack = (view: View): void => {
    const frames = useStreet.getState();
    const states = Array.from({ length: homes }, (_, row) => homeState(view, frames, row));
    packHomes(texels, view, states);
  };
  return {
    uniforms,
    take() {
      const { view, truthSupply, beliefSupply, score } = useStreet.getState();
      uniforms.plane.value = planeOf(view, homes);
      const now = [truthSupply, beliefSupply, score, view === "difference"];
      if (now.every((part, index) => part === packed[index])) return;
      packed = now;
      pack("truth");
      pack("company");
      if (view === "difference") pack("difference");
      texture.needsUpdate = true;
    },
    dispose: () => texture.dispose(),
  };
}

/** Reads a home's texel in a vertex shader: `homeTexel()` gives bytes 0 to 255. */
export const HOME_TEXEL = /* glsl */ `
  uniform highp sampler2D homeStates;
  uniform int plane;
  vec4 homeTexel() {
    ivec2 cell = ivec2(gl_InstanceID % ${TEXELS_WIDE}, gl_InstanceID / ${TEXELS_WIDE} + plane);
    return floor(texelFetch(homeStates, cell, 0) * 255.0 + 0.5);
  }
`;
