#include "groups.h"

#include <string.h>

#include "crc.h"
#include "platform.h"

namespace protocol {

namespace {

constexpr uint8_t kTextLength = 32;

uint8_t crcOf(const uint8_t* bytes, uint8_t count) {
  uint8_t crc = 0;
  while (count-- > 0) crc = crc8Add(crc, *bytes++);
  return crc;
}

struct Form {
  explicit Form(uint8_t byte)
      : isSigned(byte & 0x80), groups((byte >> 3) & 0x0F), bytes((byte & 7) == 7 ? 8 : byte & 7) {}
  bool isSigned;
  uint8_t groups;  // 0: text
  uint8_t bytes;   // in the struct, the lowest first on every machine that this runs on
};

}  // namespace

// Zigzag is the sign as the lowest bit, then all bits of the number, turned where it is negative.
void encodeForm(const uint8_t* form, const void* message, void (*put)(uint8_t)) {
  uint8_t left = flashByte(form++) - 3;
  uint8_t byte = flashByte(form++);
  uint8_t crc = crc8Add(0, byte);
  put(byte);
  const uint8_t* in = static_cast<const uint8_t*>(message);
  while (left > 0) {
    const Form field(flashByte(form++));
    const uint8_t turn = field.isSigned && (in[field.bytes - 1] & 0x80) ? 0xFF : 0;
    uint16_t bits = turn & 1;
    uint8_t bitCount = field.isSigned ? 1 : 0;
    uint8_t bytesLeft = field.bytes;
    const uint8_t groups = field.groups == 0 ? kTextLength : field.groups;
    for (uint8_t group = 0; group < groups; group++) {
      if (field.groups == 0) {
        byte = *in++ & 0x7F;
      } else {
        if (bitCount < 7 && bytesLeft > 0) {
          bits |= static_cast<uint16_t>(*in++ ^ turn) << bitCount;
          bitCount += 8;
          bytesLeft--;
        }
        byte = bits & 0x7F;
        bits >>= 7;
        bitCount = bitCount > 7 ? bitCount - 7 : 0;
      }
      crc = crc8Add(crc, byte);
      put(byte);
    }
    in += bytesLeft;
    left -= groups;
  }
  put(crc & 0x7F);
  put(crc >> 7);
}

bool decodeForm(const uint8_t* form, const uint8_t* bytes, uint8_t count, void* message) {
  const uint8_t total = flashByte(form++);
  if (count != total || bytes[0] != flashByte(form++)) return false;
  for (uint8_t at = 0; at < count; at++) {
    if (bytes[at] & 0x80) return false;
  }
  const uint8_t crc = crcOf(bytes, total - 2);
  if (bytes[total - 2] != (crc & 0x7F) || bytes[total - 1] != (crc >> 7)) return false;
  const uint8_t* in = bytes + 1;
  const uint8_t* const end = bytes + total - 2;
  uint8_t* out = static_cast<uint8_t*>(message);
  while (in < end) {
    const Form field(flashByte(form++));
    if (field.groups == 0) {
      memcpy(out, in, kTextLength);
      out += kTextLength;
      in += kTextLength;
      continue;
    }
    const uint8_t turn = field.isSigned && (*in & 1) ? 0xFF : 0;
    uint16_t bits = *in++;
    uint8_t bitCount = 7;
    if (field.isSigned) {
      bits >>= 1;
      bitCount = 6;
    }
    uint8_t group = 1;
    for (uint8_t left = field.bytes; left > 0; left--) {
      while (bitCount < 8 && group < field.groups) {
        bits |= static_cast<uint16_t>(*in++) << bitCount;
        bitCount += 7;
        group++;
      }
      *out++ = static_cast<uint8_t>(bits) ^ turn;
      bits >>= 8;
      bitCount = bitCount > 8 ? bitCount - 8 : 0;
    }
  }
  return true;
}

}  // namespace protocol
