// What survives a power cut. A ring of register slots (each save goes into the oldest) and two records that lie twice.
// A block is written so that a cut at any byte leaves it invalid or whole: first byte FF, the rest, then the first byte.
#pragma once
#include <stdint.h>

#include "metrology.h"
#include "protocol.h"

/// One register in Wh and mWh, with the rest in 8 us * mW: 104 us are 13 of those, a mWh is 450 million.
struct EnergyRegister {
  uint32_t wh;
  uint16_t belowMilliWh;
  uint32_t carry;
  /// Returns whole mWh added. Power is not negative here.
  uint32_t add(uint32_t milliW, uint16_t ticks);
};
constexpr uint32_t kCarryPerMilliWh = 450000000UL;
constexpr uint8_t kCarryPerMilliWMs = 125;

/// Packed: these are the bytes in EEPROM, between the marker and the CRC.
struct __attribute__((packed)) RegisterSlot {
  uint16_t sequence;
  uint32_t importWh;
  uint32_t exportWh;
  uint16_t importBelowMilliWh;
  uint16_t exportBelowMilliWh;
  uint8_t tamperFlags;
  uint8_t relayReasons;  // lies in the marker
};

struct __attribute__((packed)) Account {
  uint16_t sequence;
  uint32_t priceMilliMinorPerKWh;
  uint32_t emergencyMinor;
  // The credit when the import register stood at the base; it falls from there by the register alone.
  int64_t baseMilliMinor;
  uint32_t baseWh;
  uint16_t baseBelowMilliWh;
  // What was charged and is below a thousandth: millionths of it.
  uint32_t chargeCarry;
  uint32_t lastCounter;
  uint32_t eventBlock;
  uint16_t tokenHighest;
  uint16_t tokenMask;
};

struct __attribute__((packed)) Settings {
  uint16_t sequence;
  uint32_t serial;
  uint8_t key[16];
  Calibration calibration;
  uint8_t wiring;
};

enum class Found : uint8_t { nothing, sound, lost };

class Store {
 public:
  /// Reads everything; what is not found is left as it was. Account and settings are saved from where they lie here.
  void recover(RegisterSlot& slot, Account& account, Settings& settings);
  Found foundRegisters;
  Found foundAccount;
  Found foundSettings;
  /// Slots that were begun and never finished.
  uint8_t tornSlots;

  /// At most one save of each kind waits; values are taken when its turn comes.
  void saveSlot(const RegisterSlot& slot);
  void saveAccount();
  void saveSettings();
  /// The slot goes before what is being written: for a failing supply.
  void hurrySlot(const RegisterSlot& slot);
  bool isBusy() const { return job_ != Job::none || waiting_ != 0; }
  /// Whether the next step takes values that wait.
  bool isBeginning() const { return job_ == Job::none && waiting_ != 0; }
  /// Writes at most one byte, and only if the EEPROM is ready.
  void step();

 private:
  enum class Job : uint8_t { none, slot, account, settings };
  static constexpr uint8_t kBlockMax = protocol::kEepromAccountBytes;
  void begin();
  void putSequence(uint16_t sequence);
  void beginBlock(Job job, uint16_t at, uint8_t length);

  Job job_;
  uint8_t waiting_;
  uint8_t block_[kBlockMax];
  uint16_t blockAt_;
  uint8_t length_;
  // 0: the marker goes to FF; 1 to length - 1: that byte; length: the marker.
  uint8_t position_;

  // Where the newest of each kind is, under a seal of their own: a wrong number would let an old one look new.
  uint16_t slotSequence_;
  uint8_t slotIndex_;
  uint16_t accountSequence_;
  uint8_t accountCopy_;
  uint16_t settingsSequence_;
  uint8_t settingsCopy_;
  uint16_t seal_;
  RegisterSlot slot_;
  Account* account_;
  Settings* settings_;
};
