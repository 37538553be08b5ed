// What the rig's core asks of the chip.
#pragma once
#include <stdint.h>

namespace hal {

/// Waits until the send ring has room: at most one ring at 115,200 baud, 11 ms.
void serialWrite(uint8_t byte);

/// Level of an output, by Arduino's number.
void writePin(uint8_t pin, bool isHigh);

uint8_t eepromRead(uint16_t at);
/// Waits until it is written, 3.4 ms; samples go on.
void eepromWrite(uint16_t at, uint8_t value);

/// RAM between heap and stack that was never touched, in bytes.
uint16_t stackLowBytes();

/// Samples since reset that began late, and that the converter did not acknowledge.
uint16_t lateSamples();
uint32_t unheardSamples();

/// No sample is made between these two.
void holdSamples();
void letSamples();

}  // namespace hal
