// What is done to the run as a whole: hiding and revealing the truth, and starting over.

import { Button, PasswordInput } from "@mantine/core";
import { type FormEvent, lazy, Suspense, useState } from "react";
import { isLocalPage } from "../player/local-site.ts";
import { hideTruth, revealTruth, startOver, useStreet } from "../player/store.ts";
import { Dialog } from "./dialog.tsx";

const BranchDialog = lazy(async () => {
  const { BranchDialog: dialog } = await import("../compare/branch-dialog.tsx");
  return { default: dialog };
});

const ScenarioDialog = lazy(async () => {
  const { ScenarioDialog: dialog } = await import("./scenario-dialog.tsx");
  return { default: dialog };
});

/** Only where the engine runs in this page. */
export function ScenarioButton() {
  const [isOpen, setOpen] = useState(false);
  const [isLocal] = useState(() => isLocalPage(new URL(location.href)));
  if (!isLocal) return null;
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        Scenario and link
      </Button>
      {isOpen && (
        <Suspense fallback={null}>
          <ScenarioDialog onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}

export function BranchButton() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        Branch here …
      </Button>
      {isOpen && (
        <Suspense fallback={null}>
          <BranchDialog isOpen onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}

export function TruthButton() {
  const isHidden = useStreet(({ hiding }) => hiding.isHidden);
  const needsCode = useStreet(({ hiding }) => hiding.needsCode);
  const [isAsking, setAsking] = useState(false);
  const [code, setCode] = useState("");
  const reveal = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const isDone = await revealTruth(code);
    setCode("");
    if (isDone) setAsking(false);
  };
  if (!isHidden) {
    return (
      <Button variant="default" onClick={() => void hideTruth()}>
        Hide the truth
      </Button>
    );
  }
  return (
    <>
      <Button color="grape" onClick={() => (needsCode ? setAsking(true) : void revealTruth())}>
        Reveal
      </Button>
      <Dialog isOpen={isAsking} onClose={() => setAsking(false)} title="Reveal the truth" centered>
        <form onSubmit={(event) => void reveal(event)} className="dialog-form">
          <PasswordInput
            label="Code"
            description="Whoever started the server chose it."
            value={code}
            onChange={({ currentTarget }) => setCode(currentTarget.value)}
            data-autofocus
            autoComplete="off"
          />
          <Button type="submit">Show everything</Button>
        </form>
      </Dialog>
    </>
  );
}

export function StartOverButton() {
  const [isAsking, setAsking] = useState(false);
  const [isStarting, setStarting] = useState(false);
  const start = async (): Promise<void> => {
    setStarting(true);
    await startOver();
    setStarting(false);
    setAsking(false);
  };
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        Start over …
      </Button>
      <Dialog isOpen={isAsking} onClose={() => setAsking(false)} title="Start over?" centered>
        <p>
          The same street begins again from its first moment, for everybody who watches. What this
          run did is kept and can be replayed.
        </p>
        <div className="dialog-buttons">
          <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
            Keep this run
          </Button>
          <Button color="red" loading={isStarting} onClick={() => void start()}>
            Start over
          </Button>
        </div>
      </Dialog>
    </>
  );
}
