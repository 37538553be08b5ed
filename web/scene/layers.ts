// What the cables' colour says: how full they are, how high the voltage is, or which phase they carry. The page's own
// choice; the twin knows nothing of it.

import { create } from "zustand";

export const LAYERS = ["loading", "voltage", "phase"] as const;
export type Layer = (typeof LAYERS)[number];

export const LAYER_LABEL: Readonly<Record<Layer, string>> = {
  loading: "Load",
  voltage: "Voltage",
  phase: "Phase",
};

export const useLayer = create<{ readonly layer: Layer }>()(() => ({ layer: "loading" }));

export const showLayer = (layer: Layer): void => useLayer.setState({ layer });
