// SMS from the company to customers' phones. A phone runs on its own battery and is reached over any mast that covers
// the home; what it does not get now, the SMS centre tries again until the message is too old. A message lost in the
// centre is lost: nobody acknowledges it to the company. Phones take no channel from meters, they are a handful a day.

import type { TextedLetter } from "../contract/billing.ts";
import { drawUniform } from "../core/random.ts";
import { MINUTE_MS, type SimMs } from "../core/time.ts";
import { smsDelayMs } from "./delays.ts";
import { isPathUp, isUp } from "./outages.ts";
import { PURPOSE } from "./purposes.ts";
import type { AirSpec } from "./spec.ts";
import type { AirState } from "./state.ts";

/** SMS to phones that the centre keeps, of all customers together; the oldest go. */
export const TEXTS_MAX = 1024;
const RETRY_MS = MINUTE_MS;

export interface TextReceived {
  readonly row: number;
  readonly letter: TextedLetter;
  readonly at: SimMs;
}

/** The company sends an SMS to the phone of a home. */
export function sendText(
  { seed, sms }: AirSpec,
  air: AirState,
  row: number,
  letter: TextedLetter,
  at: SimMs,
): void {
  const { texts, nextText, counts } = air;
  const number = nextText[row]!;
  nextText[row] = number + 1;
  counts.textsSent++;
  if (drawUniform(seed, row, number, PURPOSE.phoneTextLoss) < sms.lossShare) return;
  const dueAt = at + smsDelayMs("down", seed, row, number, PURPOSE.phoneText);
  texts.push({ row, letter, sentAt: at, dueAt });
  if (texts.length > TEXTS_MAX) texts.shift();
}

/** What reaches phones up to `now`, by time. */
export function receiveTexts(spec: AirSpec, air: AirState, now: SimMs): readonly TextReceived[] {
  const { texts, counts } = air;
  const received: TextReceived[] = [];
  let kept = 0;
  for (const text of texts) {
    const { row, letter, sentAt } = text;
    const isReached = isPhoneReached(spec, air, row);
    while (text.dueAt <= now && !isReached) text.dueAt += RETRY_MS;
    if (text.dueAt <= now) {
      if (text.dueAt - sentAt <= spec.sms.validityMs)
        received.push({ row, letter, at: text.dueAt });
    } else if (text.dueAt - sentAt <= spec.sms.validityMs) texts[kept++] = text;
  }
  texts.length = kept;
  counts.textsReceived += received.length;
  return received.sort((a, b) => a.at - b.at); // stable: equal times in the order of sending
}

function isPhoneReached({ candidates }: AirSpec, air: AirState, row: number): boolean {
  if (!isUp(air, "core") || !isUp(air, "sms")) return false;
  return candidates[row]!.some(({ mast }) => isPathUp(air, mast, "sms"));
}
