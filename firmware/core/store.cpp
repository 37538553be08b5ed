#include "store.h"

#include <string.h>

#include "crc.h"
#include "hal.h"

using namespace protocol;

namespace {

// The upper bits of a whole block's first byte; FF is a block being written, or erased cells.
constexpr uint8_t kSlotMark = 0x80;
constexpr uint8_t kAccountMark = 0xA1;
constexpr uint8_t kSettingsMark = 0xA2;

constexpr uint8_t kWaitSlot = 1;
constexpr uint8_t kWaitAccount = 2;
constexpr uint8_t kWaitSettings = 4;

uint16_t crcOf(const uint8_t* bytes, uint8_t count) {
  uint16_t crc = 0xFFFF;
  while (count-- > 0) crc = crc16Add(crc, *bytes++);
  return crc;
}

void seal(uint8_t* block, uint8_t length) {
  const uint16_t crc = crcOf(block, length - 2);
  block[length - 2] = crc & 0xFF;
  block[length - 1] = crc >> 8;
}

enum class Read : uint8_t { blank, torn, whole };

// The marker is erased first and written last, and bits only rise in the one and fall in the other: a marker with more bits
// than `mark` is on its way, and what stands behind it is whole. 0: a marker has other bits too.
Read readBlock(uint16_t at, uint8_t length, uint8_t mark, uint8_t* block) {
  bool isBlank = true;
  for (uint8_t byte = 0; byte < length; byte++) {
    block[byte] = hal::eepromRead(at + byte);
    if (block[byte] != 0xFF) isBlank = false;
  }
  if (isBlank) return Read::blank;
  const uint8_t marker = block[0];
  if (mark != 0 && (marker & mark) == mark) block[0] = mark;
  const uint16_t crc = crcOf(block, length - 2);
  const bool isWhole = block[0] != 0xFF && block[length - 2] == (crc & 0xFF) && block[length - 1] == (crc >> 8);
  if (!isWhole) block[0] = marker;
  return isWhole ? Read::whole : Read::torn;
}

// Numbers are compared the way a circle allows: less than half a turn ahead is newer.
bool isNewer(uint16_t one, uint16_t other) { return static_cast<int16_t>(one - other) > 0; }

constexpr uint8_t kSlotBody = sizeof(RegisterSlot) - 1;
static_assert(kSlotBody + 3 == kEepromSlotBytes, "a slot is its marker, its fields and two bytes of CRC");
static_assert(sizeof(Account) + 3 <= kEepromAccountBytes, "an account fits its record");
static_assert(sizeof(Settings) + 3 <= kEepromSettingsBytes, "settings fit their record");

struct Copies {
  Found found;
  uint8_t newest;
  uint16_t sequence;
};

// Leaves the newest whole copy in `block`.
Copies readCopies(uint16_t at, uint8_t length, uint8_t mark, uint8_t* block) {
  Copies result = {Found::nothing, 1, 0};
  for (uint8_t copy = 0; copy < 2; copy++) {
    const Read read = readBlock(at + copy * length, length, mark, block);
    // A first byte of FF: begun and not finished, and what was there before it is the other copy's business.
    if (read == Read::blank || (read == Read::torn && block[0] == 0xFF)) continue;
    if (read == Read::torn || block[0] != mark) {
      if (result.found == Found::nothing) result.found = Found::lost;
      continue;
    }
    const uint16_t sequence = block[1] | static_cast<uint16_t>(block[2] << 8);
    if (result.found == Found::sound && !isNewer(sequence, result.sequence)) continue;
    result.found = Found::sound;
    result.newest = copy;
    result.sequence = sequence;
  }
  if (result.found == Found::sound) readBlock(at + result.newest * length, length, mark, block);
  return result;
}

}  // namespace

uint32_t EnergyRegister::add(uint32_t milliW, uint16_t ticks) {
  const uint64_t total = static_cast<uint64_t>(milliW) * (13UL * ticks) + carry;
  const uint32_t whole = static_cast<uint32_t>(total / kCarryPerMilliWh);
  carry = static_cast<uint32_t>(total - static_cast<uint64_t>(whole) * kCarryPerMilliWh);
  const uint32_t below = belowMilliWh + whole;
  const uint32_t carriedWh = below / 1000;
  belowMilliWh = static_cast<uint16_t>(below - carriedWh * 1000);
  wh += carriedWh;
  return whole;
}

void Store::recover(RegisterSlot& slot, Account& account, Settings& settings) {
  account_ = &account;
  settings_ = &settings;
  for (uint8_t index = 0; index < kEepromSlotCount; index++) {
    RegisterSlot read{};
    switch (readBlock(kEepromRingAt + index * kEepromSlotBytes, kEepromSlotBytes, 0, block_)) {
      case Read::blank: continue;
      case Read::whole:
        memcpy(&read, block_ + 1, kSlotBody);
        read.relayReasons = block_[0] & 0x07;
        break;
      case Read::torn: tornSlots++; continue;
    }
    if (foundRegisters == Found::sound && !isNewer(read.sequence, slot.sequence)) continue;
    foundRegisters = Found::sound;
    slot = read;
    slotSequence_ = read.sequence + 1;
    slotIndex_ = static_cast<uint8_t>((index + 1) % kEepromSlotCount);
  }
  if (foundRegisters == Found::nothing && tornSlots > 0) foundRegisters = Found::lost;

  Copies copies = readCopies(kEepromAccountAt, kEepromAccountBytes, kAccountMark, block_);
  foundAccount = copies.found;
  accountSequence_ = copies.sequence;
  accountCopy_ = copies.newest;
  if (copies.found == Found::sound) memcpy(&account, block_ + 1, sizeof account);

  copies = readCopies(kEepromSettingsAt, kEepromSettingsBytes, kSettingsMark, block_);
  foundSettings = copies.found;
  settingsSequence_ = copies.sequence;
  settingsCopy_ = copies.newest;
  if (copies.found == Found::sound) memcpy(&settings, block_ + 1, sizeof settings);
  seal_ = sealOf(&slotSequence_, &seal_);
}

void Store::saveSlot(const RegisterSlot& slot) {
  slot_ = slot;
  waiting_ |= kWaitSlot;
}

void Store::saveAccount() { waiting_ |= kWaitAccount; }

void Store::saveSettings() { waiting_ |= kWaitSettings; }

void Store::hurrySlot(const RegisterSlot& slot) {
  // A record that is half written stays torn and is written again; its other copy is sound.
  if (job_ == Job::account) waiting_ |= kWaitAccount;
  if (job_ == Job::settings) waiting_ |= kWaitSettings;
  // A slot that is half written begins anew with newer values: the one before it is whole.
  job_ = Job::none;
  saveSlot(slot);
}

void Store::beginBlock(Job job, uint16_t at, uint8_t length) {
  seal(block_, length);
  job_ = job;
  blockAt_ = at;
  length_ = length;
  position_ = 0;
}

// Here and not in the record itself, which is under the meter's seal.
void Store::putSequence(uint16_t sequence) {
  block_[1] = sequence & 0xFF;
  block_[2] = sequence >> 8;
}

void Store::begin() {
  if (seal_ != sealOf(&slotSequence_, &seal_)) hal::restart();
  memset(block_, 0, sizeof block_);
  if (waiting_ & kWaitSlot) {
    waiting_ &= ~kWaitSlot;
    slot_.sequence = slotSequence_;
    block_[0] = kSlotMark | slot_.relayReasons;
    memcpy(block_ + 1, &slot_, kSlotBody);
    beginBlock(Job::slot, kEepromRingAt + slotIndex_ * kEepromSlotBytes, kEepromSlotBytes);
  } else if (waiting_ & kWaitAccount) {
    waiting_ &= ~kWaitAccount;
    block_[0] = kAccountMark;
    memcpy(block_ + 1, account_, sizeof *account_);
    putSequence(accountSequence_ + 1);
    beginBlock(Job::account, kEepromAccountAt + (accountCopy_ ^ 1) * kEepromAccountBytes, kEepromAccountBytes);
  } else {
    waiting_ &= ~kWaitSettings;
    block_[0] = kSettingsMark;
    memcpy(block_ + 1, settings_, sizeof *settings_);
    putSequence(settingsSequence_ + 1);
    beginBlock(Job::settings, kEepromSettingsAt + (settingsCopy_ ^ 1) * kEepromSettingsBytes, kEepromSettingsBytes);
  }
}

void Store::step() {
  if (!hal::eepromIsReady()) return;
  if (job_ == Job::none) {
    if (waiting_ == 0) return;
    begin();
  }
  while (position_ <= length_) {
    const uint8_t at = position_ == length_ ? 0 : position_;
    const uint8_t value = position_ == 0 ? 0xFF : block_[at];
    position_++;
    // A cell that holds the value already is spared.
    if (hal::eepromRead(blockAt_ + at) == value) continue;
    hal::eepromWrite(blockAt_ + at, value);
    return;
  }
  switch (job_) {
    case Job::slot:
      slotSequence_++;
      slotIndex_ = static_cast<uint8_t>((slotIndex_ + 1) % kEepromSlotCount);
      break;
    case Job::account:
      accountSequence_++;
      accountCopy_ ^= 1;
      break;
    case Job::settings:
      settingsSequence_++;
      settingsCopy_ ^= 1;
      break;
    case Job::none: break;
  }
  seal_ = sealOf(&slotSequence_, &seal_);
  job_ = Job::none;
}
