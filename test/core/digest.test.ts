import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bytesOfHex,
  digest128,
  digestUtf16,
  hexOf,
  sha256Bytes,
  sha256Text,
  textOfUtf8,
  utf8Bytes,
} from "../../sim/core/digest.ts";

const CHECK = { seed: 20_260_112, numRuns: 500 };

/** The four words in hexadecimal, first word first, as MurmurHash's tools print them. */
function murmur(bytes: Uint8Array): string {
  const words = new Uint32Array(4);
  digest128(bytes, words, 0);
  return [...words].map((word) => word.toString(16).padStart(8, "0")).join("");
}

/** `count` bytes that count up from `first`. */
const counting = (first: number, count: number): Uint8Array =>
  Uint8Array.from({ length: count }, (_, at) => first + at);

test("a text's digest is that of its UTF-16 code units, whatever its length and characters", () => {
  const units = fc.array(fc.integer({ min: 0, max: 65_535 }), { maxLength: 70 });
  const ascii = fc.string({ maxLength: 70 });
  const texts = fc.oneof(
    ascii,
    fc.string({ unit: "grapheme" }),
    units.map((of) => String.fromCharCode(...of)),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const words = new Uint32Array(6);
      const expected = new Uint32Array(6);
      digestUtf16(text, words, 1);
      digest128(new Uint8Array(Buffer.from(text, "utf16le")), expected, 1);
      expect([...words]).toEqual([...expected]);
    }),
    CHECK,
  );
});

describe("digest128 is MurmurHash3_x86_128 with seed 0", () => {
  test("of the sentence in murmurHash3.js's README", () => {
    const sentence = "I will not buy this tobacconist's, it is scratched.";
    expect(murmur(utf8Bytes(sentence))).toBe("9b5b7ba2ef3f7866889adeaf00f3f98e");
  });

  test("of the 256 bytes in the same README", () => {
    const first = [44, 86, 200, 143, 219, 69, 3, 223, 211, 82, 178, 26, 73, 76, 162, 192];
    expect(murmur(counting(0, 256))).toBe(hexOf(Uint8Array.from(first)));
  });

  // Appleby's C++ through the Python package mmh3 5: every length of the tail, before and after a whole block.
  test.for([
    { count: 0, digest: "00000000000000000000000000000000" },
    { count: 1, digest: "99ab4ee298913e2a98913e2a98913e2a" },
    { count: 2, digest: "8f7179e13a1fde413a1fde413a1fde41" },
    { count: 3, digest: "87b651f0b2d3423db2d3423db2d3423d" },
    { count: 4, digest: "dbf627a5e1b2cc43e1b2cc43e1b2cc43" },
    { count: 5, digest: "26aaa6275a498df1a467619fa467619f" },
    { count: 6, digest: "4a18fa37140a25d69f749cf99f749cf9" },
    { count: 7, digest: "e1911ee7ec15914ca1ce1909a1ce1909" },
    { count: 8, digest: "cfb47b1351da90dacbca72d9cbca72d9" },
    { count: 9, digest: "93ae5456e5c71e82ecc0541847b3263b" },
    { count: 10, digest: "b88334c4d155d7f4569a939544ced06f" },
    { count: 11, digest: "69740bad54e482b519f7e7afa70dfcee" },
    { count: 12, digest: "66b591e501f2fbe000edc608cb2f705b" },
    { count: 13, digest: "5d690ab2d5d178b5611bb80a7d72f7c6" },
    { count: 14, digest: "6818e072793eca4b2965f302b9eb2b14" },
    { count: 15, digest: "21323ad5f7ace09a4e39d36a0268ee65" },
    { count: 16, digest: "dc2e4730baa3d258bda55743271aadb3" },
    { count: 17, digest: "ba0b78347c223d358add155a8f114600" },
  ])("of $count bytes that count up from 200", ({ count, digest }) => {
    expect(murmur(counting(200, count))).toBe(digest);
  });

  test("where the bytes lie in memory does not matter", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 99 }),
        fc.integer({ min: 1, max: 7 }),
        (bytes, shift) => {
          const moved = new Uint8Array(shift + bytes.length);
          moved.set(bytes, shift);
          expect(murmur(moved.subarray(shift))).toBe(murmur(bytes));
        },
      ),
      CHECK,
    );
  });

  test("one other bit anywhere gives another digest", () => {
    const bytes = counting(0, 40);
    const digests = new Set([murmur(bytes)]);
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const changed = bytes.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      digests.add(murmur(changed));
    }
    expect(digests.size).toBe(1 + 8 * bytes.length);
  });

  test("four words are written from the offset on, and none beside them", () => {
    const words = new Uint32Array(6).fill(7);
    digest128(counting(0, 3), words, 1);
    expect([words[0], words[5]]).toEqual([7, 7]);
    expect([...words.subarray(1, 5)]).not.toContain(7);
  });
});

describe("SHA-256", () => {
  // NIST, FIPS 180-2, appendix B.1 to B.3; the empty message: NIST CAVP, SHA256ShortMsg.rsp, Len = 0.
  test.for([
    {
      what: "nothing",
      text: "",
      is: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    },
    {
      what: "abc",
      text: "abc",
      is: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    },
    {
      what: "two blocks",
      text: "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      is: "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    },
    {
      what: "a million a",
      text: "a".repeat(1_000_000),
      is: "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
    },
  ])("of $what is NIST's", ({ text, is }) => {
    expect(sha256Text(text)).toBe(is);
    expect(hexOf(sha256Bytes(utf8Bytes(text)))).toBe(is);
  });
});

describe("text and bytes", () => {
  test("UTF-8 is the platform's, lone surrogates included", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.integer({ min: 0xd800, max: 0xdfff }),
        (text, half) => {
          const odd = text + String.fromCharCode(half) + text;
          expect(utf8Bytes(odd)).toEqual(new Uint8Array(Buffer.from(odd, "utf8")));
        },
      ),
      CHECK,
    );
  });

  test("reading undoes writing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(textOfUtf8(utf8Bytes(text))).toBe(text);
      }),
      CHECK,
    );
  });

  test("reading undoes writing also beyond the block that is read at once", () => {
    const text = "a€😀".repeat(3000);
    expect(textOfUtf8(utf8Bytes(text))).toBe(text);
  });

  test("hexadecimal has two lower-case digits a byte, and reads back", () => {
    expect(hexOf(Uint8Array.of(0, 10, 255))).toBe("000aff");
    expect([...bytesOfHex("000aff")]).toEqual([0, 10, 255]);
    expect(() => bytesOfHex("abc")).toThrow("even length expected, got 3");
  });

  test("the digest of a text is that of Node's own library", () => {
    const text = "Straße 12, മാങ്ങ";
    expect(sha256Text(text)).toBe(createHash("sha256").update(text, "utf8").digest("hex"));
  });
});
