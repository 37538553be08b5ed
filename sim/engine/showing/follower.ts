// Who is told of each step of a run: what is kept beside it, sent out of it, or shown.

import type { SimMs } from "../../core/time.ts";

/** Somebody in this process who follows the run: called in between, must neither wait nor throw. */
export interface Follower {
  /**
   * After a step that began at `startMs`, while `twin.out` still holds what it handed out. None of it may leave the
   * process before `shown`.
   */
  stepped(startMs: SimMs): void;
  /** As often as frames are sent, and when the run ends: everything up to now is durable and may be shown. */
  shown(): void;
}
