import "./styles/mantine.ts";
import "uplot/dist/uPlot.min.css";
import "./style.css";
import "./styles/timeline.css";
import "./styles/panels.css";
import "./styles/projector.css";
import "./styles/side.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { isLocalPage, isSide, isStaticSite } from "./player/local-site.ts";
import { addAddressPart, followAddress } from "./player/page-address.ts";
import { openLive } from "./player/store.ts";
import { cameraMoves } from "./scene/camera-moves.ts";
import { LAYERS, showLayer, useLayer } from "./scene/layers.ts";
import { installProbe } from "./scene/probe.ts";

addAddressPart("camera", {
  read: () => cameraMoves.read(),
  restore: (text) => void (text !== null && cameraMoves.restore(text)),
});
const [usual] = LAYERS;
addAddressPart("layer", {
  read: () => (useLayer.getState().layer === usual ? null : useLayer.getState().layer),
  restore: (text) => showLayer(LAYERS.find((layer) => layer === text) ?? usual),
});
const address = new URL(location.href);
// A page of a static site has no server behind it; one of a server may run an engine of its own too.
if (isSide(address)) {
  document.documentElement.classList.add("is-side");
  void import("./compare/side.ts").then(({ openSide }) => openSide());
} else if (isLocalPage(address)) {
  void import("./player/local-page.ts").then(({ openLocalPage }) => openLocalPage(address));
} else openLive(address);
if (!isSide(address)) followAddress();
installProbe();
if (isStaticSite() && "serviceWorker" in navigator) {
  void navigator.serviceWorker.register("./sw.js");
}
createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
