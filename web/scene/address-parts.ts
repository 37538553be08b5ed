// What the picture keeps in the page's address: the camera, where somebody has moved it, and the cables' layer.

import { addAddressPart } from "../player/page-address.ts";
import { cameraMoves } from "./camera-moves.ts";
import { LAYERS, showLayer, useLayer } from "./layers.ts";

/** From now on they are in the address. */
export function keepSceneInAddress(): void {
  addAddressPart("camera", {
    read: () => cameraMoves.read(),
    restore(text) {
      if (text === null || !cameraMoves.restore(text)) cameraMoves.fit();
    },
  });
  addAddressPart("layer", {
    read() {
      const { layer } = useLayer.getState();
      return layer === "loading" ? null : layer;
    },
    restore: (text) => showLayer(LAYERS.find((layer) => layer === text) ?? "loading"),
  });
}
