import "../styles/mantine.ts";
import "../style.css";
import "./compare.css";
import { MantineProvider } from "@mantine/core";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { theme } from "../theme.ts";
import { ComparePage } from "./compare-page.tsx";

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <MantineProvider theme={theme} forceColorScheme="dark">
      <ComparePage />
    </MantineProvider>
  </StrictMode>,
);
