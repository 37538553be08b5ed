// The span that is selected on the timeline, in which play loops: set to what is shown, and cleared.

import { Button } from "@mantine/core";
import { formatDuration } from "../../sim/core/time.ts";
import { useStreet } from "../player/store.ts";
import { beginSpanHere, clearSpan, endSpanHere, useTimeView } from "../player/time-view.ts";

export function SpanButtons() {
  const brush = useTimeView((view) => view.brush);
  const isBack = useStreet(({ lookingBackMs }) => lookingBackMs !== null);
  if (brush === null && !isBack) return null;
  const lengthMs = brush === null ? 0 : Math.round((brush.toMs - brush.fromMs) / 1000) * 1000;
  return (
    <fieldset className="span-buttons" aria-label="Selected span">
      <Button variant="default" size="compact-sm" title="I" onClick={beginSpanHere}>
        Loop from here
      </Button>
      <Button variant="default" size="compact-sm" title="O" onClick={endSpanHere}>
        to here
      </Button>
      {brush !== null && (
        <>
          <span>{formatDuration(lengthMs)} selected</span>
          <Button variant="default" size="compact-sm" title="X" onClick={clearSpan}>
            No loop
          </Button>
        </>
      )}
    </fieldset>
  );
}
