// What a request that failed is answered: a sentence, and nothing of our insides.

import type { FastifyInstance, FastifyRequest } from "fastify";
import { maySeeInside } from "./access/person.ts";
import type { LiveRun } from "./live.ts";
import { StorageError } from "./storage-error.ts";

export const BODY_MAX_BYTES = 64 * 1024;
/** Answered as they are; everything else below 500 is a 400. */
const KEPT_STATUS: readonly number[] = [403, 413, 429, 503];

export class BetweenRuns extends Error {
  readonly statusCode = 503;

  constructor() {
    super("a run ends and the next one begins; ask again in a moment");
  }
}

/** The run waits for a disk or a database; nothing of it may be shown meanwhile. */
class RunWaits extends Error {
  readonly statusCode = 503;
}

/** Throws where the run may not be shown now. */
export function mustBeShown(run: Pick<LiveRun, "publish" | "paceView">): void {
  if (!run.publish()) throw new RunWaits(`the twin waits: ${run.paceView().held}`);
}

/** For whom it is no business which disk or database that is. */
const WAITS = "nothing can be kept or shown just now; try again later";

interface Failure {
  readonly statusCode?: number;
  readonly code?: string;
  readonly message: string;
}

export function setErrors(server: FastifyInstance): void {
  server.setErrorHandler((error: Failure, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status === 413) {
      // The rest of the body is let through and forgotten: who is cut off never reads the answer.
      reply.removeHeader("connection");
      request.raw.resume();
    }
    if (status >= 500 && !isExpected(error)) {
      process.stderr.write(`request failed: ${error.message}\n`);
    }
    const answered = KEPT_STATUS.includes(status) ? status : status < 500 ? 400 : 500;
    void reply.status(answered).send({ error: textOf(error, status, request) });
  });
}

const isExpected = (error: Failure): boolean =>
  error instanceof BetweenRuns || error instanceof RunWaits || error instanceof StorageError;

function textOf(
  error: Failure,
  status: number,
  { method, url, person }: Pick<FastifyRequest, "method" | "url" | "person">,
): string {
  if (error instanceof RunWaits) return maySeeInside(person) ? error.message : WAITS;
  if (error instanceof StorageError) {
    return maySeeInside(person) ? `${error.message}, then try again` : WAITS;
  }
  if (error.code === "FST_ERR_CTP_BODY_TOO_LARGE") {
    return `the body is larger than ${BODY_MAX_BYTES / 1024} KiB; an input is a few dozen bytes`;
  }
  if (error.code?.startsWith("FST_CSRF") === true) {
    return "the header csrf-token is missing or old; GET /api/me has the one of this session";
  }
  if (error instanceof BetweenRuns || status === 429) return error.message;
  if (status === 415) return "send JSON, with the header content-type: application/json";
  if (status >= 500) return "the server failed at this request; the twin runs on";
  return method === "GET"
    ? `there is nothing at ${url.slice(0, 80)}`
    : `not readable as JSON: ${error.message}`;
}
