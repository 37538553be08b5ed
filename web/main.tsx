import "@mantine/core/styles.css";
import "uplot/dist/uPlot.min.css";
import "./style.css";
import "./styles/timeline.css";
import { createTheme, MantineProvider } from "@mantine/core";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { followAddress } from "./player/page-address.ts";
import { openLive } from "./player/store.ts";
import { installProbe } from "./scene/probe.ts";

const theme = createTheme({
  primaryColor: "blue",
  fontFamily: 'system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif',
  defaultRadius: "sm",
});

openLive(new URL(location.href));
followAddress();
installProbe();
createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <MantineProvider theme={theme} forceColorScheme="dark">
      <App />
    </MantineProvider>
  </StrictMode>,
);
