import { runTask, type StreetTask } from "../../support/street-task.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent<StreetTask>) => void;
  postMessage(answer: unknown): void;
};

scope.onmessage = ({ data }) => scope.postMessage(runTask(data));
