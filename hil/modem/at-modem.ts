// A modem as its AT commands show it (3GPP TS 27.007 and 27.005; a SIM800's spelling): text messages in and out, settings that a
// restart forgets, a key that turns it on and off, and ways to behave badly. Bytes and moments in, bytes out; it has no
// clock and no chance of its own.

export const MODEM_CONDUCTS = ["sound", "silent", "error", "garbage", "promptless"] as const;
/**
 * How it answers commands: as it should, never, always with ERROR, with bytes that are no answer, or all but the prompt
 * for a text, which is lost on the line.
 */
export type ModemConduct = (typeof MODEM_CONDUCTS)[number];

/** A text message that left through the modem. */
export interface SentText {
  readonly to: string;
  readonly text: string;
  readonly atMs: number;
}

/** Puts characters on the line to the meter, so long from now. */
export type Say = (text: string, afterMs: number) => void;

const ANSWER_MS = 20;
/** A network takes its time to take a text. */
const SENDING_MS = 1_500;
const BOOT_MS = 3_000;
/** So long the key is held to turn it on or off. */
const KEY_MS = 1_000;
const END_OF_TEXT = 0x1a;
const ESCAPE = 0x1b;
const CARRIAGE_RETURN = 0x0d;
const GARBAGE = "\u0007~A\\O{K\r\n+CM}T\r\nOKOK?\r\n";
const LINE_MAX = 200;

export class AtModem {
  conduct: ModemConduct = "sound";
  /** Beside what an answer takes anyway. */
  delayMs = 0;
  readonly texts: SentText[] = [];
  /** Texts that came while it was not set up to hand them on. */
  lostCount = 0;
  keyPresses = 0;
  readonly #say: Say;
  #isOn = true;
  #readyAtMs = 0;
  #keyDownMs: number | undefined;
  #line = "";
  #isEchoing = true;
  #isTextMode = false;
  #isHandingOn = false;
  /** The number a text is being written to. */
  #writingTo: string | undefined;

  constructor(say: Say) {
    this.#say = say;
  }

  /** A byte from the meter. */
  take(byte: number, atMs: number): void {
    if (!this.#isOn || atMs < this.#readyAtMs) return;
    if (this.#writingTo !== undefined) {
      this.#takeText(byte, this.#writingTo, atMs);
      return;
    }
    if (byte !== CARRIAGE_RETURN) {
      if (byte >= 0x20 && this.#line.length < LINE_MAX) this.#line += String.fromCharCode(byte);
      return;
    }
    const line = this.#line;
    this.#line = "";
    if (line !== "") this.#obey(line);
  }

  /** A text comes from the network. */
  deliver(from: string, text: string, atMs: number): void {
    if (!this.#isOn || atMs < this.#readyAtMs || !this.#isTextMode || !this.#isHandingOn) {
      this.lostCount++;
      return;
    }
    this.#say(`\r\n+CMT: "${from}","","26/11/27,12:00:00+22"\r\n${text}\r\n`, 0);
  }

  /** It restarts, as after a dip of its supply: what it was told is forgotten. */
  restart(atMs: number): void {
    this.#isOn = true;
    this.#forget();
    this.#readyAtMs = atMs + BOOT_MS;
    this.#say("\r\nRDY\r\n", BOOT_MS);
  }

  turnOff(): void {
    this.#isOn = false;
    this.#forget();
  }

  /** The level of the key's driver changed. */
  key(isDown: boolean, atMs: number): void {
    if (isDown) {
      this.#keyDownMs ??= atMs;
      return;
    }
    if (this.#keyDownMs === undefined) return;
    const heldMs = atMs - this.#keyDownMs;
    this.#keyDownMs = undefined;
    if (heldMs < KEY_MS) return;
    this.keyPresses++;
    if (this.#isOn) this.turnOff();
    else this.restart(atMs);
  }

  #forget(): void {
    this.#line = "";
    this.#isEchoing = true;
    this.#isTextMode = false;
    this.#isHandingOn = false;
    this.#writingTo = undefined;
  }

  #takeText(byte: number, to: string, atMs: number): void {
    if (byte === ESCAPE) {
      this.#writingTo = undefined;
      this.#line = "";
      this.#answer("OK");
      return;
    }
    if (byte !== END_OF_TEXT) {
      if (this.#line.length < LINE_MAX) this.#line += String.fromCharCode(byte);
      return;
    }
    const text = this.#line;
    this.#line = "";
    this.#writingTo = undefined;
    if (this.conduct === "error") {
      this.#answer("+CMS ERROR: 38");
      return;
    }
    this.texts.push({ to, text, atMs });
    this.#answer(`+CMGS: ${this.texts.length}\r\n\r\nOK`, SENDING_MS);
  }

  #obey(line: string): void {
    if (this.conduct === "silent") return;
    if (this.#isEchoing) this.#say(`${line}\r`, 0);
    if (this.conduct === "error") {
      this.#answer("ERROR");
      return;
    }
    const to = /^AT\+CMGS="([+\d]+)"$/.exec(line)?.[1];
    if (to !== undefined) {
      this.#writingTo = to;
      if (this.conduct !== "promptless") this.#say("\r\n> ", ANSWER_MS + this.delayMs);
      return;
    }
    if (line === "ATE0") this.#isEchoing = false;
    else if (line === "AT+CMGF=1") this.#isTextMode = true;
    else if (line === "AT+CNMI=2,2,0,0,0") this.#isHandingOn = true;
    else if (line !== "AT") {
      this.#answer("ERROR");
      return;
    }
    this.#answer("OK");
  }

  #answer(text: string, afterMs = ANSWER_MS): void {
    if (this.conduct === "silent") return;
    const said = this.conduct === "garbage" ? GARBAGE : `\r\n${text}\r\n`;
    this.#say(said, afterMs + this.delayMs);
  }
}
