// The switch between what the cables' colour says. Arrow keys move it, as in every group of radio buttons.

import { LAYER_LABEL, LAYERS, showLayer, useLayer } from "./layers.ts";

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
          />
          {LAYER_LABEL[layer]}
        </label>
      ))}
    </fieldset>
  );
}
