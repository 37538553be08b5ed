// A scenario is written, checked as it is written, run, shared by link, kept as a file.

import { Button } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { Dialog } from "../panels/dialog.tsx";
import type { ScenarioProblem } from "../player/local-messages.ts";
import { linkToText, localPlayer, openText } from "../player/local-page.ts";
import { say } from "../player/store.ts";
import { type EditorHandle, ScenarioEditor } from "./scenario-editor.tsx";
import "./editor.css";

const CHECKED_AFTER_MS = 300;

interface EditorDialogProps {
  readonly name: string;
  readonly text: string;
  readonly onClose: () => void;
}

export function EditorDialog({ name, text: first, onClose }: EditorDialogProps) {
  const [text, setText] = useState(first);
  const [files, setFiles] = useState<readonly string[]>([]);
  const [problems, setProblems] = useState<readonly ScenarioProblem[] | null>(null);
  const handle = useRef<EditorHandle>(null);
  useEffect(() => {
    void localPlayer()?.ask("files", null).then(setFiles);
  }, []);
  useEffect(() => {
    let isOver = false;
    const timer = window.setTimeout(() => {
      void localPlayer()
        ?.ask("check", { name, text })
        .then((found) => {
          if (!isOver) setProblems(found);
        });
    }, CHECKED_AFTER_MS);
    return () => {
      isOver = true;
      window.clearTimeout(timer);
    };
  }, [name, text]);
  const run = async (): Promise<void> => {
    const refusal = await openText(name, text);
    if (refusal === null) onClose();
    else say(refusal, true);
  };
  const share = async (): Promise<void> => {
    const link = linkToText(name, text);
    try {
      await navigator.clipboard.writeText(link);
      say("The link to this scenario is copied.");
    } catch {
      say(`This browser copies nothing by itself; the link is ${link}`);
    }
  };
  const keep = (): void => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/yaml" }));
    link.download = `${name}.yaml`;
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
  };
  const isRight = problems !== null && problems.length === 0;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Scenario: ${name}`}
      size="min(1100px, 100%)"
      closeOnEscape={false}
    >
      <div className="editor-dialog">
        <p className="muted">
          Ctrl+Space offers what can be written here. Tab indents; Escape and then Tab leaves the
          text.
        </p>
        <ScenarioEditor
          text={text}
          onChange={setText}
          problems={problems ?? []}
          files={files}
          onReady={(made) => {
            handle.current = made;
          }}
        />
        <p role="status" className={isRight ? "editor-right" : "editor-wrong"}>
          {problems === null ? "It is checked …" : countWords(problems.length)}
        </p>
        <ul className="editor-problems" aria-label="Problems">
          {(problems ?? []).map((problem) => (
            <li key={`${problem.line}/${problem.column}/${problem.sentence}`}>
              {problem.isHere && problem.line > 0 ? (
                <button
                  type="button"
                  className="link-button"
                  onClick={() => handle.current?.goTo(problem.line, problem.column)}
                >
                  {`Line ${problem.line}: ${problem.sentence}`}
                </button>
              ) : (
                problem.sentence
              )}
            </li>
          ))}
        </ul>
        <div className="dialog-buttons">
          <Button disabled={!isRight} onClick={() => void run()}>
            Run it
          </Button>
          <Button variant="default" onClick={() => void share()}>
            Share by link
          </Button>
          <Button variant="default" onClick={keep}>
            Download
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

const countWords = (count: number): string =>
  count === 0 ? "It is right." : count === 1 ? "One problem." : `${count} problems.`;
