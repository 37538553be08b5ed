// A number as people type it.

const DEVANAGARI_ZERO = 0x966;
const CHARACTERS_MAX = 40;
/** Thousands, or India's thousands, lakhs and crores: `1,234,567` and `12,34,567`. */
const GROUPED = /^-?(?:[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d?(?:,\d{2})*,\d{3})(?:\.\d+)?$/;
/** As much of Europe groups: `1.234,5` and `1.234.567`. */
const POINT_GROUPED = /^-?[1-9]\d{0,2}(?:\.\d{3})+,\d+$|^-?[1-9]\d{0,2}(?:\.\d{3}){2,}$/;
const SPACE_GROUPED = /^-?[1-9]\d{0,2}(?: \d{3})+(?:[.,]\d+)?$/;
const PLAIN = /^-?(?:\d+(?:\.\d*)?|\.\d+)$/;
/** One comma that divides no thousands: `12,5`, `0,125`, `1234,5`. */
const COMMA_POINT = /^-?\d+,\d+$/;

/**
 * `1,23,456.7`, `१,२३,४५६.७`, `12,5`, with a unit behind or a ₹ before it; undefined where it is no number. A comma
 * before three digits divides thousands, as everywhere in this program, unless what stands before it cannot be a group.
 */
export function readNumber(text: string): number | undefined {
  if (text.length > CHARACTERS_MAX) return undefined;
  const plain = text
    .replace(/[०-९]/g, (digit) => String(digit.charCodeAt(0) - DEVANAGARI_ZERO))
    .replace(/[\u00a0\u2009\u202f]/g, " ")
    .replace(/^\s*(?:₹|Rs\.?|INR)/i, "")
    .replace(/[\p{Letter}\p{Mark}₹%·°²/ ]+$/u, "")
    .trim()
    .replace("−", "-");
  if (PLAIN.test(plain)) return Number(plain);
  if (GROUPED.test(plain)) return Number(plain.replaceAll(",", ""));
  if (COMMA_POINT.test(plain)) return Number(plain.replace(",", "."));
  if (SPACE_GROUPED.test(plain)) return Number(plain.replaceAll(" ", "").replace(",", "."));
  if (POINT_GROUPED.test(plain)) return Number(plain.replaceAll(".", "").replace(",", "."));
  return undefined;
}
