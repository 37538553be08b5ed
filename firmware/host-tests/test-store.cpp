// The EEPROM under power cuts at every byte, in every way in which a byte can be torn.
#include <string.h>

#include "check.h"
#include "crc.h"
#include "host-chip.h"

namespace {

struct Recovered {
  Store store{};
  RegisterSlot slot{};
  Account account{};
  Settings settings{};
  Recovered() { store.recover(slot, account, settings); }
};

RegisterSlot slotWith(uint32_t importWh) {
  return RegisterSlot{0, importWh, importWh / 3, static_cast<uint16_t>(importWh % 1000), 7, 4, 1};
}

bool isSlot(const RegisterSlot& slot, uint32_t importWh) {
  const RegisterSlot wanted = slotWith(importWh);
  return slot.importWh == wanted.importWh && slot.exportWh == wanted.exportWh &&
         slot.importBelowMilliWh == wanted.importBelowMilliWh && slot.exportBelowMilliWh == 7 && slot.tamperFlags == 4 &&
         slot.relayReasons == 1;
}

void finish(Store& store) {
  for (int at = 0; at < 200 && store.isBusy(); at++) store.step();
}

void cutWhileSavingSlots(uint32_t savesBefore, HostChip::Torn torn) {
  for (int writes = 0;; writes++) {
    chip.reset();
    {
      Recovered before;
      for (uint32_t save = 1; save <= savesBefore; save++) {
        before.store.saveSlot(slotWith(save * 1001));
        finish(before.store);
      }
      chip.torn = torn;
      chip.writesLeft = writes;
      before.store.saveSlot(slotWith((savesBefore + 1) * 1001));
      finish(before.store);
    }
    const bool wasCut = chip.isDead;
    chip.isDead = false;
    chip.writesLeft = -1;
    Recovered after;
    const bool isOld = savesBefore == 0 ? after.store.foundRegisters != Found::sound : isSlot(after.slot, savesBefore * 1001);
    const bool isNew = isSlot(after.slot, (savesBefore + 1) * 1001);
    check(isOld || isNew, "a cut at any byte of a slot leaves the last save or the one before it, nothing else");
    // Goes on from there: the torn slot is the next to be written.
    after.store.saveSlot(slotWith(999999));
    finish(after.store);
    Recovered again;
    check(isSlot(again.slot, 999999), "after a cut the next save is found");
    check(again.store.tornSlots == 0, "the torn slot is the one that is written next");
    if (!wasCut) {
      check(isNew, "without a cut the save is found");
      check(writes <= 19, "a slot takes at most 19 writes, 65 ms");
      return;
    }
  }
}

}  // namespace

void testStore() {
  using Torn = HostChip::Torn;
  for (const Torn torn : {Torn::untouched, Torn::erased, Torn::halfWritten}) {
    for (const uint32_t saves : {0u, 1u, 2u, 45u, 46u, 47u, 100u}) cutWhileSavingSlots(saves, torn);
  }

  chip.reset();
  {
    Recovered blank;
    check(blank.store.foundRegisters == Found::nothing && blank.store.foundAccount == Found::nothing &&
              blank.store.foundSettings == Found::nothing && blank.store.tornSlots == 0,
          "erased EEPROM holds nothing and nothing torn");
  }
  memset(chip.eeprom, 0, sizeof chip.eeprom);
  {
    Recovered zeros;
    check(zeros.store.foundRegisters == Found::lost && zeros.store.foundSettings == Found::lost,
          "EEPROM full of zeros is not taken for registers");
  }
  Chance chance(99);
  for (int turn = 0; turn < 50; turn++) {
    for (uint8_t& cell : chip.eeprom) cell = static_cast<uint8_t>(chance.next() >> 13);
    Recovered random;
    check(random.store.foundRegisters != Found::sound && random.store.foundAccount != Found::sound,
          "EEPROM full of chance is not taken for registers");
  }

  chip.reset();
  int wear[1024] = {0};
  {
    Recovered store;
    uint8_t before[1024];
    for (uint32_t save = 1; save <= 46 * 20; save++) {
      memcpy(before, chip.eeprom, sizeof before);
      store.store.saveSlot(slotWith(save));
      finish(store.store);
      for (int at = 0; at < 1024; at++) {
        if (before[at] != chip.eeprom[at]) wear[at]++;
      }
    }
  }
  int worst = 0;
  for (const int writes : wear) worst = writes > worst ? writes : worst;
  check(worst <= 22, "920 saves write no cell more often than 22 times: the ring spreads them");

  // A sequence that turns over: 65,535 is followed by 0.
  chip.reset();
  {
    Recovered store;
    for (uint32_t save = 0; save < 70000; save++) {
      store.store.saveSlot(slotWith(save));
      finish(store.store);
    }
    Recovered after;
    check(isSlot(after.slot, 69999), "the newest slot is found after the sequence has turned over");
  }

  // Every bit of the newest slot, turned.
  chip.reset();
  {
    Recovered store;
    store.store.saveSlot(slotWith(1000));
    finish(store.store);
    store.store.saveSlot(slotWith(2000));
    finish(store.store);
  }
  for (uint16_t at = 0; at < protocol::kEepromSlotBytes; at++) {
    for (uint8_t bit = 0; bit < 8; bit++) {
      uint8_t& cell = chip.eeprom[protocol::kEepromRingAt + protocol::kEepromSlotBytes + at];
      cell ^= static_cast<uint8_t>(1 << bit);
      Recovered turned;
      check(isSlot(turned.slot, 1000) && turned.store.tornSlots == 1,
            "a slot with one bit turned is passed over for the one before it, and told");
      cell ^= static_cast<uint8_t>(1 << bit);
    }
  }

  // Records lie twice.
  for (const Torn torn : {Torn::untouched, Torn::erased, Torn::halfWritten}) {
    for (int writes = 0; writes < 120; writes++) {
      chip.reset();
      {
        Recovered store;
        for (int save = 1; save <= 3; save++) {
          store.account.baseMilliMinor = save * 1000;
          store.account.lastCounter = static_cast<uint32_t>(save);
          store.store.saveAccount();
          store.settings.serial = static_cast<uint32_t>(save);
          store.settings.calibration = kDefaultCalibration;
          store.store.saveSettings();
          if (save == 3) {
            chip.torn = torn;
            chip.writesLeft = writes;
          }
          finish(store.store);
        }
      }
      chip.isDead = false;
      chip.writesLeft = -1;
      Recovered after;
      const bool isAccount = after.account.lastCounter >= 2 && after.account.baseMilliMinor == 1000 * static_cast<int64_t>(after.account.lastCounter);
      check(isAccount && after.store.foundAccount == Found::sound, "a cut at any byte of an account leaves the last or the one before it, whole");
      check(after.settings.serial >= 2 && after.store.foundSettings == Found::sound &&
                after.settings.calibration.voltageGain == 32768,
            "a cut at any byte of settings leaves the last or the ones before them, whole");
    }
  }

  // The first settings that are ever written.
  for (int writes = 0; writes < 40; writes++) {
    chip.reset();
    {
      Recovered store;
      store.settings.serial = 7;
      store.store.saveSettings();
      chip.torn = Torn::erased;
      chip.writesLeft = writes;
      finish(store.store);
    }
    chip.isDead = false;
    chip.writesLeft = -1;
    Recovered after;
    check(after.store.foundSettings != Found::lost, "a cut in the first settings ever loses nothing that was there");
  }

  // The supply fails while an account is being written.
  chip.reset();
  {
    Recovered store;
    store.store.saveSlot(slotWith(1000));
    finish(store.store);
    store.account.lastCounter = 5;
    store.store.saveAccount();
    finish(store.store);
    store.account.lastCounter = 6;
    store.store.saveAccount();
    for (int at = 0; at < 4; at++) store.store.step();
    chip.writesLeft = 19;
    store.store.hurrySlot(slotWith(5000));
    finish(store.store);
  }
  chip.isDead = false;
  chip.writesLeft = -1;
  {
    Recovered after;
    check(isSlot(after.slot, 5000), "at a power failure the slot goes before an account that is half written");
    check(after.account.lastCounter == 5, "the account's other copy holds meanwhile");
  }
}
