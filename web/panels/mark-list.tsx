// Everything that the timeline marks, as a list: for keyboards, for readers, and for looking one up.

import { formatMoment } from "../player/format.ts";
import { useStreet } from "../player/store.ts";
import { lookAtMark, useTimeline } from "../player/timeline.ts";
import { Dialog } from "./dialog.tsx";
import { MARK_LOOK, MarkIcon } from "./mark-shapes.tsx";

const SHOWN_MAX = 400;

interface MarkListProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export function MarkList({ isOpen, onClose }: MarkListProps) {
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title="Events of this run, newest first" size="lg">
      {isOpen && <Marks onClose={onClose} />}
    </Dialog>
  );
}

function Marks({ onClose }: Pick<MarkListProps, "onClose">) {
  const layout = useStreet((store) => store.layout);
  const marks = useTimeline((store) => store.marks);
  if (layout === null || marks.length === 0) return <p className="muted">Nothing yet.</p>;
  const older = marks.length - SHOWN_MAX;
  return (
    <ol className="mark-list">
      {marks
        .slice(-SHOWN_MAX)
        .reverse()
        .map((mark) => {
          const { at, kind, side, text, count, supply } = mark;
          return (
            <li key={`${at}/${side}/${kind}/${supply}/${text}`}>
              <button
                type="button"
                onClick={() => {
                  void lookAtMark(mark);
                  onClose();
                }}
              >
                <MarkIcon kind={kind} />
                <span className="muted">{formatMoment(layout, at)}</span>
                <span className="mark-text">
                  <b>{MARK_LOOK[kind].name}</b>
                  {side === "belief" ? " (company)" : ""}: {text}
                  {count > 1 ? ` (${count} such)` : ""}
                </span>
              </button>
            </li>
          );
        })}
      {older > 0 && <li className="muted">{older} older ones are on the timeline.</li>}
    </ol>
  );
}
