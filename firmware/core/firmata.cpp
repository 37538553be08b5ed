#include "firmata.h"

#include "hal.h"
#include "meter.h"
#include "platform.h"

namespace {

constexpr uint8_t kDigital = 0x90;
constexpr uint8_t kReportAnalog = 0xC0;
constexpr uint8_t kReportDigital = 0xD0;
constexpr uint8_t kAnalog = 0xE0;
constexpr uint8_t kStartSysex = 0xF0;
constexpr uint8_t kPinMode = 0xF4;
constexpr uint8_t kPinValue = 0xF5;
constexpr uint8_t kEndSysex = 0xF7;
constexpr uint8_t kVersion = 0xF9;
constexpr uint8_t kSkipping = 0xFE;
constexpr uint8_t kReset = 0xFF;

constexpr uint8_t kAnalogMappingQuery = 0x69;
constexpr uint8_t kCapabilityQuery = 0x6B;
constexpr uint8_t kPinStateQuery = 0x6D;
constexpr uint8_t kI2cRequest = 0x76;
constexpr uint8_t kFirmware = 0x79;
constexpr uint8_t kSamplingInterval = 0x7A;

constexpr uint8_t kModeInput = 0x00;
constexpr uint8_t kModeOutput = 0x01;
constexpr uint8_t kModeAnalog = 0x02;
constexpr uint8_t kModeI2c = 0x06;
constexpr uint8_t kModePullUp = 0x0B;

constexpr uint8_t kPinCount = 20;
constexpr uint8_t kNoChannel = 0x7F;

constexpr uint16_t kBusTries = 6000;    // some 8 ms
constexpr uint8_t kBusDeadTicks = 100;  // 1 s

// What a pin can be; the wiring of the meter decides.
const uint8_t kPinKinds[kPinCount] FLASH = {
    'n', 'n', 'i', 'o', 'o', 'o', 'o', 'i', 'i', 'i', 'n', 'n', 'n', 'o',  // D0 to D13
    'a', 'a', 'a', 'i', 't', 't',                                         // A0 to A5
};

const char kName[] FLASH = METER_FIRMWARE_NAME;

void send2(uint8_t value) {
  hal::serialWrite(value & 0x7F);
  hal::serialWrite(value >> 7);
}

uint8_t modeOf(uint8_t kind) {
  switch (kind) {
    case 'o': return kModeOutput;
    case 'i': return kModePullUp;
    case 'a': return kModeAnalog;
    case 't': return kModeI2c;
    default: return kNoChannel;
  }
}

bool isOutput(uint8_t pin) { return pin < kPinCount && flashByte(&kPinKinds[pin]) == 'o'; }

// Arduino numbers the port of A0 from 14; Firmata's ports have eight pins each: A0 and A1 are bits 6 and 7 of port 1.
uint8_t firmataPort(uint8_t port) {
  const uint8_t digital = hal::portLevels(1) & 0x3F;
  const uint8_t analog = hal::portLevels(2);
  switch (port) {
    case 0: return hal::portLevels(0);
    case 1: return digital | static_cast<uint8_t>(analog << 6);
    default: return analog >> 2;
  }
}

bool levelOf(uint8_t pin) { return (firmataPort(pin >> 3) >> (pin & 7)) & 1; }

// Inputs only: the serial lines and the meter's own outputs are nobody's news.
uint8_t inputsOf(uint8_t port) {
  return firmataPort(port) & (port == 0 ? 0x84 : port == 1 ? 0x03 : 0x02);
}

void sendVersion() {
  hal::serialWrite(kVersion);
  hal::serialWrite(2);
  hal::serialWrite(5);
}

void sendFirmware() {
  hal::serialWrite(kStartSysex);
  hal::serialWrite(kFirmware);
  hal::serialWrite(protocol::kFirmwareMajor);
  hal::serialWrite(protocol::kFirmwareMinor);
  for (uint8_t at = 0; at < sizeof kName - 1; at++) send2(static_cast<uint8_t>(flashByte(&kName[at])));
  hal::serialWrite(kEndSysex);
}

}  // namespace

void Firmata::start(Meter* meter) {
  meter_ = meter;
  intervalTicks_ = ticksLeft_ = 2;
}

void Firmata::greet() {
  sendVersion();
  sendFirmware();
}

void Firmata::reset() {
  analogMask_ = 0;
  portMask_ = 0;
  portWritten_[0] = portWritten_[1] = portWritten_[2] = 0;
  intervalTicks_ = ticksLeft_ = 2;
  meter_->endSession();
}

void Firmata::takeByte(uint8_t byte) {
  if (byte < 0x80) {
    if (command_ == kStartSysex) {
      if (count_ < sizeof buffer_) {
        buffer_[count_++] = byte;
      } else {
        command_ = kSkipping;
      }
    } else if (wanted_ > 0) {
      buffer_[count_++] = byte;
      if (--wanted_ == 0) takeMessage();
    }
    return;
  }
  // Any command ends what was not finished before it.
  const uint8_t before = command_;
  command_ = byte;
  wanted_ = 0;
  if (byte == kEndSysex) {
    command_ = 0;
    if (before == kStartSysex && count_ > 0) takeSysex();
    count_ = 0;
    return;
  }
  count_ = 0;
  if (byte == kStartSysex) return;
  switch (byte) {
    case kVersion: sendVersion(); return;
    case kReset: reset(); return;
    case kPinMode:
    case kPinValue: wanted_ = 2; return;
    default: break;
  }
  switch (byte & 0xF0) {
    case kDigital:
    case kAnalog: wanted_ = 2; return;
    case kReportAnalog:
    case kReportDigital: wanted_ = 1; return;
    default: return;
  }
}

void Firmata::takeMessage() {
  const uint8_t low = command_ & 0x0F;
  if (command_ == kPinValue) {
    setPin(buffer_[0], buffer_[1] != 0);
  } else if ((command_ & 0xF0) == kDigital) {
    writePort(low, buffer_[0] | static_cast<uint8_t>(buffer_[1] << 7));
  } else if ((command_ & 0xF0) == kReportAnalog && low < 3) {
    const uint8_t bit = static_cast<uint8_t>(1 << low);
    analogMask_ = buffer_[0] ? (analogMask_ | bit) : (analogMask_ & ~bit);
    if (buffer_[0]) sendAnalog(low);
  } else if ((command_ & 0xF0) == kReportDigital && low < 3) {
    const uint8_t bit = static_cast<uint8_t>(1 << low);
    portMask_ = buffer_[0] ? (portMask_ | bit) : (portMask_ & ~bit);
    if (buffer_[0]) sendPort(low);
  }
  // Pin modes are heard and change nothing: what a pin is, the wiring decides.
  count_ = 0;
  command_ = 0;
}

void Firmata::setPin(uint8_t pin, bool isHigh) {
  if (!isOutput(pin)) return;
  const uint8_t bit = static_cast<uint8_t>(1 << (pin & 7));
  uint8_t& written = portWritten_[pin >> 3];
  written = isHigh ? (written | bit) : (written & ~bit);
  if (pin == protocol::kPinRelay) {
    meter_->orderRelay(isHigh);
  } else {
    hal::writePin(pin, isHigh);
  }
}

// A host sends the eight pins of a port together and knows only those it wrote itself; the others come as 0. So only a pin
// whose bit changed is written. Where none did, the relay's bit is meant: that is how a first "open" looks.
void Firmata::writePort(uint8_t port, uint8_t levels) {
  if (port > 2) return;
  uint8_t changed = levels ^ portWritten_[port];
  if (changed == 0 && port == protocol::kPinRelay >> 3) changed = 1 << (protocol::kPinRelay & 7);
  for (uint8_t bit = 0; bit < 8; bit++) {
    if ((changed >> bit) & 1) setPin(static_cast<uint8_t>(port * 8 + bit), (levels >> bit) & 1);
  }
  portWritten_[port] = levels;
}

void Firmata::sendPort(uint8_t port) {
  const uint8_t levels = inputsOf(port);
  portSent_[port] = levels;
  hal::serialWrite(kDigital | port);
  send2(levels);
}

void Firmata::sendAnalog(uint8_t channel) {
  const uint16_t value = hal::lastSample(channel);
  hal::serialWrite(kAnalog | channel);
  hal::serialWrite(value & 0x7F);
  hal::serialWrite(static_cast<uint8_t>(value >> 7));
}

void Firmata::tick() {
  if (busDeadTicks_ > 0) busDeadTicks_--;
  for (uint8_t port = 0, left = portMask_; left != 0; port++, left >>= 1) {
    if ((left & 1) && inputsOf(port) != portSent_[port]) sendPort(port);
  }
  if (analogMask_ == 0 || --ticksLeft_ != 0) return;
  ticksLeft_ = intervalTicks_;
  for (uint8_t channel = 0; channel < 3; channel++) {
    if ((analogMask_ >> channel) & 1) sendAnalog(channel);
  }
}

void Firmata::sendCapabilities() {
  hal::serialWrite(kStartSysex);
  hal::serialWrite(0x6C);
  for (uint8_t pin = 0; pin < kPinCount; pin++) {
    const uint8_t kind = flashByte(&kPinKinds[pin]);
    if (kind == 'i') {
      hal::serialWrite(kModeInput);
      hal::serialWrite(1);
    }
    if (kind != 'n') {
      hal::serialWrite(modeOf(kind));
      hal::serialWrite(kind == 'a' ? 10 : 1);
    }
    hal::serialWrite(kNoChannel);
  }
  hal::serialWrite(kEndSysex);
}

void Firmata::sendI2c() {
  // Address, flags 0 (write), then bytes as pairs. Reads are not served.
  if (count_ < 5 || buffer_[2] != 0) return;
  uint8_t data[hal::kTwiBytesMax];
  uint8_t length = 0;
  for (uint8_t at = 3; at + 1 < count_ && length < sizeof data; at += 2) {
    data[length++] = buffer_[at] | static_cast<uint8_t>(buffer_[at + 1] << 7);
  }
  meter_->lendDisplay();
  if (busDeadTicks_ > 0) return;
  // 32 bytes at 100 kHz are 3 ms. A bus that stays busy longer is dead: what is for it is dropped for a second, or a host that
  // writes to a display which is not there would starve everything else.
  for (uint16_t tries = 0; !hal::twiIsIdle(); tries++) {
    if (tries == kBusTries) {
      hal::twiSend(0, nullptr, 0);
      busDeadTicks_ = kBusDeadTicks;
      return;
    }
  }
  hal::twiSend(buffer_[1], data, length);
}

void Firmata::takeSysex() {
  const uint8_t id = buffer_[0];
  if (id >= 0x01 && id <= 0x0F) {
    meter_->takeSysex(buffer_, count_);
    return;
  }
  switch (id) {
    case kFirmware: sendFirmware(); break;
    case kCapabilityQuery: sendCapabilities(); break;
    case kAnalogMappingQuery:
      hal::serialWrite(kStartSysex);
      hal::serialWrite(0x6A);
      for (uint8_t pin = 0; pin < kPinCount; pin++) {
        hal::serialWrite(flashByte(&kPinKinds[pin]) == 'a' ? pin - 14 : kNoChannel);
      }
      hal::serialWrite(kEndSysex);
      break;
    case kPinStateQuery: {
      if (count_ < 2 || buffer_[1] >= kPinCount) break;
      const uint8_t pin = buffer_[1];
      const uint8_t mode = modeOf(flashByte(&kPinKinds[pin]));
      if (mode == kNoChannel) break;
      hal::serialWrite(kStartSysex);
      hal::serialWrite(0x6E);
      hal::serialWrite(pin);
      hal::serialWrite(mode);
      hal::serialWrite(mode == kModeOutput ? levelOf(pin) : mode == kModePullUp);
      hal::serialWrite(kEndSysex);
      break;
    }
    case kSamplingInterval: {
      if (count_ < 3) break;
      const uint16_t ms = buffer_[1] | static_cast<uint16_t>(buffer_[2] << 7);
      intervalTicks_ = ms < 10 ? 1 : ms > 2500 ? 250 : static_cast<uint8_t>(ms / 10);
      ticksLeft_ = intervalTicks_;
      break;
    }
    case kI2cRequest: sendI2c(); break;
    default: break;
  }
}

void Firmata::sendForm(const uint8_t* form, const void* message) {
  hal::serialWrite(kStartSysex);
  protocol::encodeForm(form, message, hal::serialWrite);
  hal::serialWrite(kEndSysex);
}
