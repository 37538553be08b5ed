// Checksums: CRC-8 on the wire, CRC-16 in EEPROM. Bit by bit: tables would cost more flash than time matters here.
#pragma once
#include <stdint.h>

/// CRC-8, polynomial 07, start 0: "123456789" gives F4.
inline uint8_t crc8Add(uint8_t crc, uint8_t byte) {
  crc ^= byte;
  for (uint8_t bit = 0; bit < 8; bit++) {
    crc = (crc & 0x80) ? static_cast<uint8_t>((crc << 1) ^ 0x07) : static_cast<uint8_t>(crc << 1);
  }
  return crc;
}

/// Sums over memory (Fletcher's): finds every single bit, and costs a tenth of a CRC.
inline uint16_t sealOf(const void* from, const void* until) {
  uint8_t sum = 0xA5;
  uint8_t sums = 0x5A;
  for (const uint8_t* at = static_cast<const uint8_t*>(from); at != until; at++) {
    sum = static_cast<uint8_t>(sum + *at);
    sums = static_cast<uint8_t>(sums + sum);
  }
  return static_cast<uint16_t>(sums << 8 | sum);
}

/// CRC-16/XMODEM, polynomial 1021: "123456789" gives 31C3. Starts at FFFF in EEPROM, so erased cells do not pass.
inline uint16_t crc16Add(uint16_t crc, uint8_t byte) {
  crc = static_cast<uint16_t>(crc ^ (static_cast<uint16_t>(byte) << 8));
  for (uint8_t bit = 0; bit < 8; bit++) {
    crc = (crc & 0x8000) ? static_cast<uint16_t>((crc << 1) ^ 0x1021) : static_cast<uint16_t>(crc << 1);
  }
  return crc;
}
