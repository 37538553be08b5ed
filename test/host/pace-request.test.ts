import { expect, test } from "vitest";
import { readPaceRequest, STEPS_MAX } from "../../sim/host/pace-request.ts";

test.for([
  { body: { speed: 0 }, sentence: /speed is a number above 0/ },
  { body: { speed: "fast" }, sentence: /or null for as fast as possible/ },
  { body: { isPaused: 1 }, sentence: /isPaused is true or false/ },
  { body: { steps: 0 }, sentence: /steps is a whole number from 1 to 1000/ },
  { body: { steps: 1.5 }, sentence: /steps is a whole number/ },
  { body: { steps: STEPS_MAX + 1 }, sentence: /steps is a whole number/ },
  { body: { pauseAtEvent: "yes" }, sentence: /pauseAtEvent is true or false/ },
  { body: { slowAtTheft: null }, sentence: /slowAtTheft is true or false/ },
  { body: { steps: 2, isPaused: false }, sentence: /leave out isPaused, or steps/ },
  { body: [], sentence: /write \{"speed": 60\}/ },
  { body: null, sentence: /write \{"speed": 60\}/ },
])("$body is refused with a sentence", ({ body, sentence }) => {
  expect(readPaceRequest(body)).toMatch(sentence);
});

test("what is asked for is taken, the rest of the message is not", () => {
  expect(readPaceRequest({ kind: "pace", speed: null, slowAtTheft: true, why: 1 })).toEqual({
    ...{ speed: null, slowAtTheft: true },
  });
  expect(readPaceRequest({ steps: 10 })).toEqual({ steps: 10 });
});
