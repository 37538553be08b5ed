// An HD44780 character display, from its bus to text: four-bit start by nibbles, DDRAM, cursor, shift, own characters.
// Hitachi HD44780U data sheet (ADE-207-272), tables 1 and 6, figure 24.

import type { TwiPart } from "../twi.ts";

const DDRAM_BYTES = 0x80;
const CGRAM_BYTES = 64;
const LINE_BYTES = 40;
const SECOND_LINE = 0x40;
const BLANK = 0x20;

export interface DisplaySize {
  readonly columns: number;
  readonly rows: number;
}

export class CharacterDisplay {
  readonly size: DisplaySize;
  isBacklit = false;
  /** Instructions and characters taken in. */
  writeCount = 0;
  readonly #characters = new Uint8Array(DDRAM_BYTES).fill(BLANK);
  readonly #glyphs = new Uint8Array(CGRAM_BYTES);
  #address = 0;
  #isGlyphAddress = false;
  #isOn = false;
  #isIncrementing = true;
  #isShifting = false;
  #shift = 0;
  #isFourBit = false;
  /** The first nibble of a byte; −1: none. */
  #half = -1;

  constructor(size: DisplaySize) {
    this.size = size;
  }

  /** Power lost and come back: the display starts blank, in eight-bit mode, switched off. */
  reset(): void {
    this.#characters.fill(BLANK);
    this.#address = 0;
    this.#isGlyphAddress = false;
    this.#isOn = false;
    this.#isIncrementing = true;
    this.#isShifting = false;
    this.#shift = 0;
    this.#isFourBit = false;
    this.#half = -1;
    this.isBacklit = false;
  }

  /** The enable line fell with these levels on D7–D4 and RS. */
  latch(nibble: number, isData: boolean): void {
    if (!this.#isFourBit) {
      // Eight-bit mode with D3–D0 not connected: they read as zero here.
      this.#take(nibble << 4, isData);
      return;
    }
    if (this.#half < 0) {
      this.#half = nibble;
      return;
    }
    const byte = (this.#half << 4) | nibble;
    this.#half = -1;
    this.#take(byte, isData);
  }

  /** The rows as text, each `columns` long; spaces while the display is off. Own characters show as \u2588. */
  lines(): readonly string[] {
    const { columns, rows } = this.size;
    return Array.from({ length: rows }, (_, row) => {
      const base = (row & 1) * SECOND_LINE + (row >> 1) * columns;
      let text = "";
      for (let column = 0; column < columns; column++) {
        text += this.#isOn ? this.#characterAt(base, column) : " ";
      }
      return text;
    });
  }

  /** Eight rows of five bits of own character `code`, 0 to 7. */
  glyph(code: number): Uint8Array {
    return this.#glyphs.slice(code * 8, code * 8 + 8);
  }

  #characterAt(base: number, column: number): string {
    const line = base & SECOND_LINE;
    const within = ((base & (SECOND_LINE - 1)) + column + this.#shift + LINE_BYTES) % LINE_BYTES;
    const code = this.#characters[line + within]!;
    if (code < 0x10) return "\u2588";
    // Character ROM A00 differs from ASCII in these; the rest above 0x7F has no text here.
    if (code === 0x5c) return "\u00a5";
    if (code === 0xdf) return "\u00b0";
    return code < 0x7e ? String.fromCharCode(code) : code === 0xff ? "\u2588" : "?";
  }

  #take(byte: number, isData: boolean): void {
    this.writeCount++;
    if (isData) this.#store(byte);
    else this.#obey(byte);
  }

  #store(byte: number): void {
    if (this.#isGlyphAddress) this.#glyphs[this.#address & 63] = byte & 31;
    else this.#characters[this.#address & 127] = byte;
    this.#move(this.#isIncrementing ? 1 : -1);
    if (this.#isShifting && !this.#isGlyphAddress) this.#shift += this.#isIncrementing ? 1 : -1;
  }

  /** Moves the address counter; after 0x27 comes 0x40, after 0x67 comes 0. */
  #move(by: number): void {
    if (this.#isGlyphAddress) {
      this.#address = (this.#address + by) & 63;
      return;
    }
    const line = this.#address & SECOND_LINE;
    const within = (this.#address & (SECOND_LINE - 1)) + by;
    if (within >= 0 && within < LINE_BYTES) this.#address = line + within;
    else this.#address = (line ^ SECOND_LINE) + (by > 0 ? 0 : LINE_BYTES - 1);
  }

  #obey(byte: number): void {
    if ((byte & 0x80) !== 0) {
      this.#address = byte & 0x7f;
      this.#isGlyphAddress = false;
    } else if ((byte & 0x40) !== 0) {
      this.#address = byte & 0x3f;
      this.#isGlyphAddress = true;
    } else if ((byte & 0x20) !== 0) {
      this.#isFourBit = (byte & 0x10) === 0;
      this.#half = -1;
    } else if ((byte & 0x10) !== 0) {
      const by = (byte & 4) !== 0 ? 1 : -1;
      // To shift the picture right is to look further left.
      if ((byte & 8) !== 0) this.#shift = (this.#shift - by) % LINE_BYTES;
      else this.#move(by);
    } else if ((byte & 0x08) !== 0) this.#isOn = (byte & 4) !== 0;
    else if ((byte & 0x04) !== 0) {
      this.#isIncrementing = (byte & 2) !== 0;
      this.#isShifting = (byte & 1) !== 0;
    } else if (byte !== 0) {
      if (byte === 1) {
        this.#characters.fill(BLANK);
        this.#isIncrementing = true;
      }
      this.#address = 0;
      this.#isGlyphAddress = false;
      this.#shift = 0;
    }
  }
}

/** The PCF8574 in front of a display: P0 RS, P1 RW, P2 E, P3 backlight, P4–P7 D4–D7. */
export function expanderFor(display: CharacterDisplay): TwiPart {
  const ENABLE = 4;
  let pins = 0xff;
  return {
    start: () => true,
    write: (byte) => {
      const isFalling = (pins & ENABLE) !== 0 && (byte & ENABLE) === 0;
      const isReading = (byte & 2) !== 0;
      if (isFalling && !isReading) display.latch(byte >> 4, (byte & 1) !== 0);
      display.isBacklit = (byte & 8) !== 0;
      pins = byte;
      return true;
    },
    read: () => pins,
    stop: () => {},
  };
}
