import "@mantine/core/styles.css";
import "uplot/dist/uPlot.min.css";
import "./style.css";
import "./styles/timeline.css";
import "./styles/panels.css";
import "./styles/projector.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { followAddress } from "./player/page-address.ts";
import { openLive } from "./player/store.ts";
import { installProbe } from "./scene/probe.ts";

openLive(new URL(location.href));
followAddress();
installProbe();
createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
