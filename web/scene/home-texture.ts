// The texture that carries every home's state to the graphics card; uploaded once for each frame that is drawn.

import { DataTexture, NearestFilter, NoColorSpace, RGBAFormat, UnsignedByteType } from "three";
import { useStreet } from "../player/store.ts";
import { homeTexels } from "./home-states.ts";
import { probe } from "./probe.ts";
import { createTexels, TEXEL_BYTES, TEXELS_WIDE, texelRows } from "./state-texels.ts";

export interface HomeTexture {
  /** For every material that reads homes. */
  readonly uniforms: {
    readonly homeStates: { value: DataTexture };
  };
  /** Of this texture: materials are made for it, not taken over from the street before. */
  readonly key: string;
  /** Writes what the store's view holds, if it has changed. */
  take(): void;
  dispose(): void;
}

export function createHomeTexture(homes: number): HomeTexture {
  const texels = createTexels(homes);
  const texture = new DataTexture(
    texels,
    TEXELS_WIDE,
    texelRows(homes),
    RGBAFormat,
    UnsignedByteType,
  );
  texture.minFilter = NearestFilter;
  texture.magFilter = NearestFilter;
  texture.generateMipmaps = false;
  texture.colorSpace = NoColorSpace;
  const uploaded = texels.slice();
  // Called by the renderer after the bytes have gone to the graphics card.
  texture.onUpdate = () => {
    uploaded.set(texels);
    probe.uploaded = { texels: uploaded, homes };
    probe.uploads++;
  };
  const uniforms = { homeStates: { value: texture } };
  let packed: unknown = null;
  return {
    uniforms,
    key: texture.uuid,
    take() {
      const store = useStreet.getState();
      const states = homeTexels(store);
      if (states === packed || states.length !== homes * TEXEL_BYTES) return;
      packed = states;
      texels.set(states);
      texture.needsUpdate = true;
    },
    dispose: () => texture.dispose(),
  };
}

/** Reads a home's texel in a vertex shader: `homeTexel()` gives bytes 0 to 255 of the row in `homeRow`. */
export const HOME_TEXEL = /* glsl */ `
  attribute float homeRow;
  uniform highp sampler2D homeStates;
  vec4 homeTexel() {
    int row = int(homeRow + 0.5);
    ivec2 cell = ivec2(row % ${TEXELS_WIDE}, row / ${TEXELS_WIDE});
    return floor(texelFetch(homeStates, cell, 0) * 255.0 + 0.5);
  }
`;
