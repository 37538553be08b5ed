// Moments with names: the one that is shown gets one, the others are gone to, deleted, or taken along in a link.

import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { addBookmark, deleteBookmark, NAME_MAX, useBookmarks } from "../player/bookmarks.ts";
import { copyLink } from "../player/copy-link.ts";
import { formatMoment } from "../player/format.ts";
import { lookAt, useStreet } from "../player/store.ts";
import { Dialog } from "./dialog.tsx";

export function Bookmarks({ onClose }: { readonly onClose: () => void }) {
  const layout = useStreet((store) => store.layout);
  const list = useBookmarks((store) => store.list);
  /** Of the moment that was shown when the dialog came. */
  const [atMs] = useState(() => useStreet.getState().simMs);
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  if (layout === null) return null;
  const add = (event: FormEvent): void => {
    event.preventDefault();
    const refusal = addBookmark(atMs, name);
    setProblem(refusal);
    if (refusal === null) setName("");
  };
  return (
    <Dialog isOpen onClose={onClose} title="Bookmarks of this run" size="md">
      <form className="bookmark-form" onSubmit={add}>
        <TextInput
          label={`Name for ${formatMoment(layout, atMs)}`}
          value={name}
          maxLength={NAME_MAX}
          error={problem}
          data-autofocus
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <Button type="submit">Keep</Button>
      </form>
      {list.length === 0 ? (
        <p className="muted">None yet. This browser keeps them for this run.</p>
      ) : (
        <ul className="bookmark-list">
          {list.map((bookmark) => (
            <li key={`${bookmark.atMs}/${bookmark.name}`}>
              <button
                type="button"
                className="bookmark-go"
                onClick={() => {
                  void lookAt(bookmark.atMs);
                  onClose();
                }}
              >
                <span className="muted">{formatMoment(layout, bookmark.atMs)}</span> {bookmark.name}
              </button>
              <Button
                variant="default"
                size="compact-md"
                aria-label={`Delete ${bookmark.name}`}
                onClick={() => deleteBookmark(bookmark)}
              >
                Delete
              </Button>
            </li>
          ))}
        </ul>
      )}
      <Button variant="default" onClick={copyLink}>
        Copy a link with these bookmarks
      </Button>
    </Dialog>
  );
}
