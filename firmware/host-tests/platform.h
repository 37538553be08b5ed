// Constants lie in memory like everything else.
#pragma once
#include <stdint.h>
#include <string.h>

#define FLASH
#define FLASH_TEXT(text) (text)
inline char flashChar(const char* at) { return *at; }
inline uint8_t flashByte(const void* at) { return *static_cast<const uint8_t*>(at); }
inline uint8_t flashLength(const char* text) { return static_cast<uint8_t>(strlen(text)); }
