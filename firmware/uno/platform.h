// Constants that stay in flash.
#pragma once
#include <avr/pgmspace.h>
#include <stdint.h>

#define FLASH PROGMEM
#define FLASH_TEXT(text) PSTR(text)
inline char flashChar(const char* at) { return static_cast<char>(pgm_read_byte(at)); }
inline uint8_t flashByte(const void* at) { return pgm_read_byte(at); }
inline uint8_t flashLength(const char* text) { return static_cast<uint8_t>(strlen_P(text)); }
