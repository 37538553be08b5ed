// A run inside the page of two runs: its source, its moment and its camera come from there.

import { formatClock, wallClock } from "../player/format.ts";
import { localPlayer, openLocalRun, openLocalRunner } from "../player/local-page.ts";
import { type StreetStore, select, showView, useStreet } from "../player/store.ts";
import { cameraMoves } from "../scene/camera-moves.ts";
import { type FromSide, type HomesNow, hear, post, type ToSide } from "./messages.ts";

const CAMERA_EVERY_MS = 80;
const NOW_EVERY_MS = 150;

/** Takes part; the page shows nothing but its picture. */
export function openSide(): void {
  const say = (message: FromSide): void => post(window.parent, message);
  let lastCamera = "";
  let isOpen = false;
  hear<ToSide>((message) => {
    switch (message.kind) {
      case "open": {
        const { source, untilMs } = message;
        const request = { source, untilMs, speed: 60, isPaused: true };
        if (isOpen) {
          void openLocalRun(request, false).then((refusal) => {
            if (refusal !== null) say({ kind: "refused", sentence: refusal });
          });
        } else openLocalRunner(request, (sentence) => say({ kind: "refused", sentence }));
        isOpen = true;
        return;
      }
      case "go-to":
        return void localPlayer()?.ask("go-to", message.ms);
      case "camera":
        lastCamera = message.camera;
        return void cameraMoves.restore(message.camera);
      case "select":
        return select(message.row);
      case "view":
        return showView(message.view);
      case "lit":
        return useStreet.setState({ litRows: message.rows });
    }
  });
  window.setInterval(() => {
    const camera = cameraMoves.now();
    if (camera === null || camera === lastCamera) return;
    const isFirst = lastCamera === "";
    lastCamera = camera;
    // Only where somebody moves it: the other page's moves arrive here too.
    if (!isFirst && document.hasFocus()) say({ kind: "camera", camera });
  }, CAMERA_EVERY_MS);
  let told: StreetStore | undefined;
  window.setInterval(() => {
    const store = useStreet.getState();
    if (store === told || store.layout === null || store.pace === null) return;
    told = store;
    const { layout, pace } = store;
    say({
      kind: "now",
      simMs: pace.simMs,
      stepMs: pace.stepMs,
      clock: formatClock(wallClock(layout, pace.simMs)),
      homes: homesNow(store),
      addresses: layout.supplies.map(({ address }) => address),
      ids: layout.supplies.map(({ id }) => id),
      currency: layout.currency,
    });
  }, NOW_EVERY_MS);
  useStreet.subscribe((now, before) => {
    if (now.selectedRow !== before.selectedRow) say({ kind: "selected", row: now.selectedRow });
  });
  say({ kind: "ready" });
}

function homesNow({ truthSupply, beliefSupply }: StreetStore): HomesNow | null {
  if (truthSupply !== null) {
    return {
      off: truthSupply.offReason.map((reason) => reason !== ""),
      isStealing: truthSupply.theftKinds.map((kinds) => kinds !== 0),
      activePowerW: truthSupply.activePowerW,
    };
  }
  if (beliefSupply === null) return null;
  return {
    off: beliefSupply.relayOpen.map((isOpen) => isOpen === 1),
    isStealing: beliefSupply.relayOpen.map(() => false),
    activePowerW: beliefSupply.relayOpen.map(() => 0),
  };
}
