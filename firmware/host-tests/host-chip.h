// A chip made of memory: what the core asks of the hal, with its EEPROM, lines and pins open to the tests.
#pragma once
#include <stdint.h>

#include <string>
#include <vector>

#include "meter.h"
#include "protocol.h"

struct HostChip {
  uint8_t eeprom[1024];
  // EEPROM writes before the supply goes; below 0: it stays.
  int writesLeft;
  // What the byte becomes during which it goes.
  enum class Torn { untouched, erased, halfWritten } torn;
  bool isDead;
  int eepromWrites;
  uint32_t wear[1024];
  int restarts;
  std::vector<uint8_t> sent;
  bool pins[20];
  int rises[20];
  uint8_t levels[3];
  uint16_t samples[3];
  bool isDisplayThere;
  bool isBusStuck;
  std::vector<uint8_t> twi;
  std::string modemOut;

  HostChip() { reset(); }
  /// A new chip with erased EEPROM.
  void reset();
};
extern HostChip chip;

/// The next numbers of one fixed sequence (xorshift32).
struct Chance {
  uint32_t state;
  explicit Chance(uint32_t seed) : state(seed) {}
  uint32_t next() {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
  }
  double share() { return next() / 4294967296.0; }
  /// Mean 0, variance 1: six uniform ones (Irwin and Hall).
  double normal();
};

uint8_t encodeInto(const uint8_t* form, const void* message, uint8_t* bytes);

/// What stands at the terminals.
struct Wave {
  double voltageV = 230;
  double phaseA = 0;
  double neutralA = -1;  // below 0: as the phase
  double lagRad = 0;
  double frequencyHz = 50;
  double noiseLsb = 0.5;
  double voltageOffsetLsb = 0;
  double currentOffsetLsb = 0;
  double startRad = 0;
};

/// A meter with conversions, windows and ticks in the order in which the Uno has them.
/// As a host encodes: into a buffer of 64 bytes.
template <typename Message>
uint8_t encode(const Message& message, uint8_t* bytes) {
  return encodeInto(protocol::formOf(message), &message, bytes);
}

class Bench {
 public:
  Bench() : meter() {}
  Meter meter;
  Wave wave;
  Inputs inputs{};
  /// Whether the load side follows relay and mains, as with sound contacts.
  bool isLoadSideSound = true;
  /// Whether the current goes with the relay.
  bool isLoadBehindRelay = false;
  void start() { meter.start(1, 0x12345678); }
  void run(double seconds);
  /// Steps of EEPROM and modem beside each conversion.
  int stepsPerConversion = 1;

  // For sentences about what was sent.
  std::vector<std::vector<uint8_t>> sysexes() const;
  template <typename Message>
  bool last(Message& message) const {
    bool found = false;
    for (const auto& bytes : sysexes()) {
      if (protocol::decode(bytes.data(), static_cast<uint8_t>(bytes.size()), message)) found = true;
    }
    return found;
  }
  bool hasEvent(uint8_t code) const;
  int eventCount(uint8_t code) const;

  /// As a host: bytes between F0 and F7.
  void sendSysex(const uint8_t* bytes, uint8_t count);
  template <typename Message>
  void send(const Message& message) {
    uint8_t bytes[64];
    const uint8_t count = encode(message, bytes);
    sendSysex(bytes, count);
  }
  /// Signs with the key and serial that the bench believes in.
  uint8_t key[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  uint32_t serial = 0;
  uint32_t counter = 1;
  template <typename Message>
  std::vector<uint8_t> sign(Message message) const {
    uint8_t bytes[64];
    uint8_t count = encode(message, bytes);
    const uint64_t mac = macOf(bytes, count);
    message.macLow = static_cast<uint32_t>(mac & 0xFFFFFFF);
    message.macHigh = static_cast<uint32_t>(mac >> 28);
    count = encode(message, bytes);
    return std::vector<uint8_t>(bytes, bytes + count);
  }
  uint64_t macOf(const uint8_t* bytes, uint8_t count) const;
  /// The result's code, or 255 where there was none.
  template <typename Message>
  uint8_t order(Message message) {
    message.counter = counter++;
    const std::vector<uint8_t> bytes = sign(message);
    chip.sent.clear();
    sendSysex(bytes.data(), static_cast<uint8_t>(bytes.size()));
    protocol::Result result{};
    return last(result) ? result.code : 255;
  }
  uint8_t command(uint8_t op, int64_t argument, int64_t second = 0);
  protocol::Registers registers();
  protocol::Held held();
  uint64_t token(uint16_t number, uint32_t amountHundreds) const;
  uint8_t useToken(uint64_t token);

 private:
  uint16_t sample(double amplitude, double angle, double offsetLsb);
  uint32_t conversion_ = 0;
  double angle_ = 0;
  Round round_{512, 512, 512, 512};
  uint8_t roundsLeft_ = kTickRounds;
  Chance chance_{12345};
};
