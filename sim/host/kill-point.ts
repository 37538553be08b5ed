// For the crash test alone: a process that kills itself at a named place, where a signal from outside would only hit
// it by chance. Without METERVILLE_KILL_AT nothing here does anything.

/** `POINT:N`: SIGKILL at the N-th time that the place is passed, counted from the start of the process. */
const [point, passes] = (process.env["METERVILLE_KILL_AT"] ?? "").split(":");
let left = Number(passes ?? 1);

/** Ends the process as a power cut would, where the environment names this place. */
export function killPoint(name: string): void {
  if (name !== point) return;
  left--;
  if (left === 0) process.kill(process.pid, "SIGKILL");
}
