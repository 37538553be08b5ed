// The head-end over a modem's AT commands: signed commands come as SMS, answers and alarms go back to who signed last.
// Bytes in, bytes out, ticks of 10 ms; every buffer is bounded, every wait ends. Knows commands only as text.
#pragma once
#include <stdint.h>

class Meter;

constexpr uint8_t kSmsTextMax = 80;
constexpr uint8_t kPhoneNumberMax = 20;

class Modem {
 public:
  void turnOn(Meter* meter);
  void turnOff() { state_ = State::off; }
  /// As Firmata's.
  void belongTo(Meter* meter) { meter_ = meter; }
  bool isReady() const { return state_ == State::ready; }
  void takeByte(uint8_t byte);
  void tick();
  /// Hands the next byte over where the line takes one; call often.
  void step();
  /// Whether nothing is being sent.
  bool isSilent() const { return !isSending_; }
  /// Keeps one alarm for the head-end; a later one takes its place while it waits.
  void tellEvent(uint8_t code, int32_t value);

 private:
  enum class State : uint8_t { off, asking, echo, textMode, delivery, ready, prompt, sending };
  void enter(State state);
  void send(const char* flashHead);
  void takeLine();
  void takeAnswer(bool isGood);

  Meter* meter_;
  State state_;
  uint16_t ticksLeft_;
  uint8_t tries_;
  uint8_t keyTicks_;
  char line_[kSmsTextMax + 1];
  uint8_t lineCount_;
  bool isLineTooLong_;
  bool isTextNext_;
  char sender_[kPhoneNumberMax + 1];
  char headEnd_[kPhoneNumberMax + 1];
  char answer_[kSmsTextMax];
  uint8_t answerCount_;
  uint8_t alarmCode_;
  int32_t alarmValue_;
  // What is being sent: a constant, then characters, then a constant.
  const char* outHead_;
  const char* outBody_;
  const char* outTail_;
  uint8_t outLeft_;
  bool isSending_;
};
