// The switch between what the cables' colour says. Arrow keys move it, as in every group of radio buttons.

import type { KeyboardEvent } from "react";
import { LAYER_LABEL, LAYERS, showLayer, useLayer } from "./layers.ts";

/** The keys of a group of radio buttons are not the page's while one of them has the focus. */
function keepOwnKeys(event: KeyboardEvent): void {
  if (event.key === " " || event.key.startsWith("Arrow")) event.stopPropagation();
}

export function Layers() {
  const chosen = useLayer(({ layer }) => layer);
  return (
    <fieldset className="layers">
      <legend className="for-readers">Colour of the cables</legend>
      {LAYERS.map((layer) => (
        <label key={layer} className={layer === chosen ? "is-chosen" : ""}>
          <input
            type="radio"
            name="layer"
            value={layer}
            checked={layer === chosen}
            onChange={() => showLayer(layer)}
            onKeyDown={keepOwnKeys}
          />
          {LAYER_LABEL[layer]}
        </label>
      ))}
    </fieldset>
  );
}
