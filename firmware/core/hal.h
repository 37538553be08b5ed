// What the core asks of the chip. uno/ and host-tests/ each link their own; nothing here waits longer than it says.
#pragma once
#include <stdint.h>

namespace hal {

/// Waits until the send ring has room: at most one ring at 115,200 baud, 11 ms.
void serialWrite(uint8_t byte);

uint8_t eepromRead(uint16_t at);
/// Whether a write may begin (3.4 ms a byte).
bool eepromIsReady();
void eepromWrite(uint16_t at, uint8_t value);

/// Level of a pin that the meter owns, by Arduino's number.
void writePin(uint8_t pin, bool isHigh);
/// Levels of the eight pins of a Firmata port: 0 is D0 to D7, 1 D8 to D13, 2 A0 to A5.
uint8_t portLevels(uint8_t port);
/// The ADC's last value of channels 0 to 2.
uint16_t lastSample(uint8_t channel);
/// Starts the program anew, as the watchdog does; on a chip it does not return.
void restart();

bool twiIsIdle();
/// False after a transfer that nobody acknowledged.
bool twiWasHeard();
/// Starts a write of at most kTwiBytesMax bytes, only while idle. 0 bytes: gives up what is running and frees the bus.
void twiSend(uint8_t address, const uint8_t* bytes, uint8_t count);
constexpr uint8_t kTwiBytesMax = 32;

/// False while the modem's send ring is full; the byte is then not taken.
bool modemWrite(uint8_t byte);

/// RAM between heap and stack that was never touched, in bytes.
uint16_t stackLowBytes();

}  // namespace hal
