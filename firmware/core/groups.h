// Messages as groups of 7 bits, the lowest first. Which fields a message has, its form in protocol.h says: one byte a field,
// so that the code is here once and not in each message.
#pragma once
#include <stdint.h>

namespace protocol {

/// Hands id, fields and CRC of a packed struct over, byte for byte: no buffer on a stack of 400 bytes.
void encodeForm(const uint8_t* form, const void* message, void (*put)(uint8_t));
/// False, with nothing written, where length, id, a high bit or the CRC is wrong.
bool decodeForm(const uint8_t* form, const uint8_t* bytes, uint8_t count, void* message);

template <typename Message>
inline bool decode(const uint8_t* bytes, uint8_t count, Message& message) {
  return decodeForm(formOf(message), bytes, count, &message);
}

}  // namespace protocol
