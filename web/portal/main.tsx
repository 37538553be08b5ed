import "../styles/mantine.ts";
import "./portal.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Portal } from "./portal.tsx";

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <Portal />
  </StrictMode>,
);
