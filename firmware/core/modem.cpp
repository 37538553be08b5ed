#include "modem.h"

#include <string.h>

#include "hal.h"
#include "meter.h"
#include "platform.h"
#include "protocol.h"
#include "text.h"

namespace {

constexpr uint16_t kAskAgainTicks = 200;    // 2 s
constexpr uint16_t kAnswerTicks = 500;      // 5 s
constexpr uint16_t kPromptTicks = 1000;     // 10 s
constexpr uint16_t kSendingTicks = 6000;    // 60 s: the network may take that long
constexpr uint16_t kHeartbeatTicks = 6000;  // 60 s
constexpr uint8_t kTriesBeforeKey = 15;
constexpr uint8_t kKeyTicks = 120;  // 1.2 s on PWRKEY

bool startsWith(const char* line, const char* flashPrefix) {
  for (char c; (c = flashChar(flashPrefix)) != 0; flashPrefix++) {
    if (*line++ != c) return false;
  }
  return true;
}

bool equals(const char* line, const char* flashText) {
  return startsWith(line, flashText) && line[flashLength(flashText)] == 0;
}

}  // namespace

void Modem::turnOn(Meter* meter) {
  meter_ = meter;
  if (state_ == State::off) enter(State::asking);
}

void Modem::send(const char* flashHead) {
  outHead_ = flashHead;
  outLeft_ = 0;
  outTail_ = nullptr;
  isSending_ = flashHead != nullptr;
}

void Modem::enter(State state) {
  // Where the prompt was lost the modem waits for a text, and takes commands for one until it is told to leave.
  const bool mayBeWriting = state_ == State::prompt;
  state_ = state;
  ticksLeft_ = kAnswerTicks;
  switch (state) {
    case State::asking:
      send(mayBeWriting ? FLASH_TEXT("\x1B" "AT\r") : FLASH_TEXT("AT\r"));
      ticksLeft_ = kAskAgainTicks;
      break;
    case State::echo: send(FLASH_TEXT("ATE0\r")); break;
    case State::textMode: send(FLASH_TEXT("AT+CMGF=1\r")); break;
    case State::delivery: send(FLASH_TEXT("AT+CNMI=2,2,0,0,0\r")); break;
    case State::ready:
      send(nullptr);
      tries_ = 0;
      ticksLeft_ = kHeartbeatTicks;
      break;
    case State::prompt:
      send(FLASH_TEXT("AT+CMGS=\""));
      outBody_ = headEnd_;
      outLeft_ = static_cast<uint8_t>(strlen(headEnd_));
      outTail_ = FLASH_TEXT("\"\r");
      ticksLeft_ = kPromptTicks;
      break;
    case State::sending:
      send(nullptr);
      outBody_ = answer_;
      outLeft_ = answerCount_;
      outTail_ = FLASH_TEXT("\x1A");
      isSending_ = true;
      ticksLeft_ = kSendingTicks;
      break;
    case State::off: break;
  }
}

void Modem::step() {
  if (isSilent()) return;
  const char*& constant = outHead_ != nullptr ? outHead_ : outTail_;
  const bool isConstant = outHead_ != nullptr || outLeft_ == 0;
  if (!hal::modemWrite(static_cast<uint8_t>(isConstant ? flashChar(constant) : *outBody_))) return;
  if (!isConstant) {
    outBody_++;
    outLeft_--;
  } else if (flashChar(++constant) == 0) {
    constant = nullptr;
  }
  isSending_ = outHead_ != nullptr || outLeft_ != 0 || outTail_ != nullptr;
}

void Modem::takeByte(uint8_t byte) {
  if (state_ == State::off) return;
  if (byte == '>' && state_ == State::prompt && lineCount_ == 0) {
    enter(State::sending);
    return;
  }
  if (byte == '\n') {
    line_[lineCount_] = 0;
    if (!isLineTooLong_ && lineCount_ > 0) takeLine();
    // An SMS that does not fit a line is dropped; the line after it is no SMS.
    if (isLineTooLong_) isTextNext_ = false;
    lineCount_ = 0;
    isLineTooLong_ = false;
    return;
  }
  if (byte < 0x20 || byte > 0x7E) return;
  if (lineCount_ < kSmsTextMax) {
    line_[lineCount_++] = static_cast<char>(byte);
  } else {
    isLineTooLong_ = true;
  }
}

void Modem::takeLine() {
  if (isTextNext_) {
    isTextNext_ = false;
    // An answer still on its way would be overwritten: the head-end asks again.
    if (state_ == State::prompt || state_ == State::sending) return;
    const uint8_t count = meter_->takeSms(line_, answer_);
    // Who cannot sign gets no answer and does not become the head-end.
    if (count == 0) return;
    answerCount_ = count;
    memcpy(headEnd_, sender_, sizeof headEnd_);
    return;
  }
  if (startsWith(line_, FLASH_TEXT("+CMT: \""))) {
    uint8_t count = 0;
    for (const char* c = line_ + 7; *c != '"' && *c != 0 && count < kPhoneNumberMax; c++) {
      // Only what belongs into a number goes back into an AT command.
      if ((*c >= '0' && *c <= '9') || *c == '+') sender_[count++] = *c;
    }
    sender_[count] = 0;
    isTextNext_ = count > 0;
    return;
  }
  if (equals(line_, FLASH_TEXT("OK"))) {
    takeAnswer(true);
  } else if (startsWith(line_, FLASH_TEXT("ERROR")) || startsWith(line_, FLASH_TEXT("+CMS ERROR"))) {
    takeAnswer(false);
  } else if (equals(line_, FLASH_TEXT("RDY"))) {
    // It has restarted and forgotten its settings.
    enter(State::asking);
  }
}

void Modem::takeAnswer(bool isGood) {
  switch (state_) {
    case State::asking:
      if (isGood) enter(State::echo);
      break;
    case State::echo: enter(isGood ? State::textMode : State::asking); break;
    case State::textMode: enter(isGood ? State::delivery : State::asking); break;
    case State::delivery: enter(isGood ? State::ready : State::asking); break;
    case State::ready:
      ticksLeft_ = kHeartbeatTicks;
      tries_ = 0;
      break;
    case State::prompt:
    case State::sending:
      // Sent, or refused for good: the head-end asks again, the meter does not insist.
      if (isGood || ++tries_ >= 3) {
        answerCount_ = 0;
        tries_ = 0;
      }
      state_ = State::ready;
      send(nullptr);
      ticksLeft_ = kHeartbeatTicks;
      break;
    case State::off: break;
  }
}

void Modem::tellEvent(uint8_t code, int32_t value) {
  alarmCode_ = code;
  alarmValue_ = value;
}

void Modem::tick() {
  if (state_ == State::off) return;
  if (keyTicks_ > 0) {
    hal::writePin(protocol::kPinModemKey, --keyTicks_ > 0);
    return;
  }
  if (state_ == State::ready && isSilent()) {
    if (answerCount_ == 0 && alarmCode_ != 0 && headEnd_[0] != 0) {
      TextWriter text(answer_, sizeof answer_);
      text.flash(FLASH_TEXT("MV1 E"));
      text.narrow(alarmCode_);
      text.character(' ');
      text.signedNumber(alarmValue_);
      answerCount_ = static_cast<uint8_t>(text.next() - answer_);
      alarmCode_ = 0;
    }
    if (answerCount_ > 0) {
      enter(State::prompt);
      return;
    }
  }
  if (--ticksLeft_ != 0) return;
  switch (state_) {
    case State::ready: {
      // Is it still there? Two silences and it is asked from the start.
      if (++tries_ > 2) {
        enter(State::asking);
        return;
      }
      send(FLASH_TEXT("AT\r"));
      ticksLeft_ = kAnswerTicks;
      return;
    }
    case State::asking:
      if (++tries_ >= kTriesBeforeKey) {
        tries_ = 0;
        keyTicks_ = kKeyTicks;
        hal::writePin(protocol::kPinModemKey, true);
      }
      enter(State::asking);
      return;
    default: enter(State::asking); return;
  }
}
