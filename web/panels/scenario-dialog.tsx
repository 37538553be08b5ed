// What runs in this page: the scenarios that come with it, a file of one's own, a link to exactly this run, its hash.

import { Button, TextInput } from "@mantine/core";
import { lazy, Suspense, useEffect, useState } from "react";
import { formatDuration } from "../../sim/core/time.ts";
import type { ShippedScenario } from "../player/local-messages.ts";
import {
  linkToLocalRun,
  localPlayer,
  openFile,
  openShipped,
  textOfRun,
} from "../player/local-page.ts";
import { say } from "../player/store.ts";
import { Dialog } from "./dialog.tsx";

const EditorDialog = lazy(async () => {
  const { EditorDialog: dialog } = await import("../editor/editor-dialog.tsx");
  return { default: dialog };
});

interface RunFacts {
  readonly link: string;
  /** Why there is no link. */
  readonly problem: string;
  readonly simMs: number;
  readonly finalHash: string;
}

export function ScenarioDialog({ onClose }: { readonly onClose: () => void }) {
  const [shipped, setShipped] = useState<readonly ShippedScenario[]>([]);
  const [facts, setFacts] = useState<RunFacts | null>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    void localPlayer()?.ask("scenarios", null).then(setShipped);
    void linkToLocalRun().then(setFacts);
  }, []);
  const [edited, setEdited] = useState<{ readonly name: string; readonly text: string } | null>(
    null,
  );
  const edit = async (): Promise<void> => {
    const found = await textOfRun();
    if (found === null) setProblem("A recording's scenario has no text to edit; open its file.");
    else setEdited(found);
  };
  if (edited !== null) {
    return (
      <Suspense fallback={null}>
        <EditorDialog {...edited} onClose={onClose} />
      </Suspense>
    );
  }
  const done = (refusal: string | null): void => {
    setProblem(refusal ?? "");
    if (refusal === null) onClose();
  };
  return (
    <Dialog isOpen onClose={onClose} title="Scenario and link" size="lg">
      <div className="dialog-form">
        <p>
          The engine runs in this page and nothing leaves it, so nothing can be hidden from who sits
          here either. Files can also be dropped onto the page.
        </p>
        <p role="alert" className="problem">
          {problem}
        </p>
        {facts !== null && <LinkPart facts={facts} />}
        <Button variant="default" onClick={() => void edit()}>
          Edit this scenario
        </Button>
        <h3>Scenarios</h3>
        <ul className="scenario-list">
          {shipped.map(({ name, title, about, needsData }) => (
            <li key={name}>
              <div>
                <strong>{title}</strong>
                <p className="muted">
                  {needsData ? "Needs reference data, so it runs on a server only." : about}
                </p>
              </div>
              <Button
                variant="default"
                disabled={needsData}
                aria-label={`Open ${title}`}
                onClick={() => void openShipped(name).then(done)}
              >
                Open
              </Button>
            </li>
          ))}
        </ul>
        <label className="file-button">
          Open a file: a scenario (.yaml) or a recording (.mcap)
          <input
            type="file"
            accept=".yaml,.yml,.mcap"
            onChange={({ currentTarget }) => {
              const file = currentTarget.files?.[0];
              if (file !== undefined) void openFile(file).then(done);
            }}
          />
        </label>
      </div>
    </Dialog>
  );
}

function LinkPart({ facts: { link, problem, simMs, finalHash } }: { readonly facts: RunFacts }) {
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(link);
      say("The link is copied.");
    } catch {
      say("This browser copies nothing by itself; the link is in the field.");
    }
  };
  return (
    <>
      <p>
        At {formatDuration(simMs)}; hash up to here <code data-testid="hash">{finalHash}</code>
      </p>
      {problem === "" ? (
        <>
          <TextInput
            label="Link"
            value={link}
            readOnly
            onFocus={({ currentTarget }) => currentTarget.select()}
          />
          <p className="muted">
            Scenario, changes, what was done, moment, camera and view are in it.
          </p>
          <Button onClick={() => void copy()}>Copy the link to this run</Button>
        </>
      ) : (
        <p>{problem}</p>
      )}
    </>
  );
}
