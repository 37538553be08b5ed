// Written by firmware/generate.ts.
#pragma once
struct GoldenHash { int length; uint64_t hash; };
static const GoldenHash kGoldenHashes[] = {
  {4, 0xcf2794e0277187b7ULL},
  {5, 0x18765564cd99a68dULL},
  {7, 0xab0200f58b01d137ULL},
  {8, 0x93f5f5799a932462ULL},
  {11, 0xf4b32f46226bada7ULL},
  {12, 0x751e8fbc860ee5fbULL},
  {15, 0xa129ca6149be45e5ULL},
  {63, 0x958a324ceb064572ULL},
};
struct GoldenToken { uint16_t number; uint32_t amountHundreds; uint32_t serial; uint64_t token; };
static const GoldenToken kGoldenTokens[] = {
  {1, 500, 7, 4505748174086840ULL},
  {4095, 1048575, 7, 18446744072957669099ULL},
};
static void checkGoldenMessages() {
  {
    static const uint8_t bytes[] = {1, 0, 21, 0};
    protocol::Query m;
    m.what = 0LL;
    check(encodes(m, bytes, sizeof bytes), "query is encoded as in TypeScript");
    protocol::Query back;
    check(protocol::decode(bytes, sizeof bytes, back), "query is accepted");
    m = back;
    check(m.what == 0LL, "query is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {1, 42, 67, 1};
    protocol::Query m;
    m.what = 42LL;
    check(encodes(m, bytes, sizeof bytes), "query is encoded as in TypeScript");
    protocol::Query back;
    check(protocol::decode(bytes, sizeof bytes, back), "query is accepted");
    m = back;
    check(m.what == 42LL, "query is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {1, 127, 111, 0};
    protocol::Query m;
    m.what = 127LL;
    check(encodes(m, bytes, sizeof bytes), "query is encoded as in TypeScript");
    protocol::Query back;
    check(protocol::decode(bytes, sizeof bytes, back), "query is accepted");
    m = back;
    check(m.what == 127LL, "query is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 127, 127, 127, 127, 127, 127, 127, 127, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 127, 127, 0, 0, 0, 0, 0, 0, 0, 127, 127, 127, 127, 127, 0, 0, 0, 0, 0, 0, 0, 0, 0, 21, 1};
    protocol::Registers m;
    m.sequence = 0LL;
    m.importWh = 0LL;
    m.importBelowMilliWh = 0LL;
    m.exportWh = 0LL;
    m.exportBelowMilliWh = 0LL;
    m.activeMilliW = -134217728LL;
    m.reactiveMilliVar = -134217728LL;
    m.voltageMilliV = 0LL;
    m.phaseMilliA = 0LL;
    m.neutralMilliA = 0LL;
    m.powerFactorPermille = -8192LL;
    m.frequencyMilliHz = 0LL;
    m.state = 0LL;
    m.tamperFlags = 0LL;
    m.creditMilliMinor = -17179869184LL;
    m.windowCount = 0LL;
    m.upMs = 0LL;
    check(encodes(m, bytes, sizeof bytes), "registers is encoded as in TypeScript");
    protocol::Registers back;
    check(protocol::decode(bytes, sizeof bytes, back), "registers is accepted");
    m = back;
    check(m.sequence == 0LL && m.importWh == 0LL && m.importBelowMilliWh == 0LL && m.exportWh == 0LL && m.exportBelowMilliWh == 0LL && m.activeMilliW == -134217728LL && m.reactiveMilliVar == -134217728LL && m.voltageMilliV == 0LL && m.phaseMilliA == 0LL && m.neutralMilliA == 0LL && m.powerFactorPermille == -8192LL && m.frequencyMilliHz == 0LL && m.state == 0LL && m.tamperFlags == 0LL && m.creditMilliMinor == -17179869184LL && m.windowCount == 0LL && m.upMs == 0LL, "registers is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {2, 85, 42, 42, 85, 42, 85, 42, 85, 42, 42, 85, 42, 85, 42, 85, 42, 85, 42, 85, 42, 85, 42, 85, 42, 85, 42, 85, 42, 85, 42, 85, 42, 85, 42, 85, 42, 85, 42, 85, 42, 85, 42, 85, 42, 42, 43, 85, 42, 85, 42, 85, 42, 85, 42, 42, 85, 42, 85, 42, 111, 0};
    protocol::Registers m;
    m.sequence = 5461LL;
    m.importWh = 11453246122LL;
    m.importBelowMilliWh = 5461LL;
    m.exportWh = 11453246122LL;
    m.exportBelowMilliWh = 5461LL;
    m.activeMilliW = -44739243LL;
    m.reactiveMilliVar = -44739243LL;
    m.voltageMilliV = 89478485LL;
    m.phaseMilliA = 89478485LL;
    m.neutralMilliA = 89478485LL;
    m.powerFactorPermille = -2731LL;
    m.frequencyMilliHz = 89478485LL;
    m.state = 5461LL;
    m.tamperFlags = 42LL;
    m.creditMilliMinor = -5726623062LL;
    m.windowCount = 89478485LL;
    m.upMs = 11453246122LL;
    check(encodes(m, bytes, sizeof bytes), "registers is encoded as in TypeScript");
    protocol::Registers back;
    check(protocol::decode(bytes, sizeof bytes, back), "registers is accepted");
    m = back;
    check(m.sequence == 5461LL && m.importWh == 11453246122LL && m.importBelowMilliWh == 5461LL && m.exportWh == 11453246122LL && m.exportBelowMilliWh == 5461LL && m.activeMilliW == -44739243LL && m.reactiveMilliVar == -44739243LL && m.voltageMilliV == 89478485LL && m.phaseMilliA == 89478485LL && m.neutralMilliA == 89478485LL && m.powerFactorPermille == -2731LL && m.frequencyMilliHz == 89478485LL && m.state == 5461LL && m.tamperFlags == 42LL && m.creditMilliMinor == -5726623062LL && m.windowCount == 89478485LL && m.upMs == 11453246122LL, "registers is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {2, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 126, 127, 127, 127, 126, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 126, 127, 127, 127, 127, 127, 127, 127, 127, 126, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 25, 1};
    protocol::Registers m;
    m.sequence = 16383LL;
    m.importWh = 34359738367LL;
    m.importBelowMilliWh = 16383LL;
    m.exportWh = 34359738367LL;
    m.exportBelowMilliWh = 16383LL;
    m.activeMilliW = 134217727LL;
    m.reactiveMilliVar = 134217727LL;
    m.voltageMilliV = 268435455LL;
    m.phaseMilliA = 268435455LL;
    m.neutralMilliA = 268435455LL;
    m.powerFactorPermille = 8191LL;
    m.frequencyMilliHz = 268435455LL;
    m.state = 16383LL;
    m.tamperFlags = 127LL;
    m.creditMilliMinor = 17179869183LL;
    m.windowCount = 268435455LL;
    m.upMs = 34359738367LL;
    check(encodes(m, bytes, sizeof bytes), "registers is encoded as in TypeScript");
    protocol::Registers back;
    check(protocol::decode(bytes, sizeof bytes, back), "registers is accepted");
    m = back;
    check(m.sequence == 16383LL && m.importWh == 34359738367LL && m.importBelowMilliWh == 16383LL && m.exportWh == 34359738367LL && m.exportBelowMilliWh == 16383LL && m.activeMilliW == 134217727LL && m.reactiveMilliVar == 134217727LL && m.voltageMilliV == 268435455LL && m.phaseMilliA == 268435455LL && m.neutralMilliA == 268435455LL && m.powerFactorPermille == 8191LL && m.frequencyMilliHz == 268435455LL && m.state == 16383LL && m.tamperFlags == 127LL && m.creditMilliMinor == 17179869183LL && m.windowCount == 268435455LL && m.upMs == 34359738367LL, "registers is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {3, 0, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 0, 0, 0, 0, 68, 31, 32, 81, 98, 67, 26, 122, 76, 0};
    protocol::Command m;
    m.op = 0LL;
    m.argument = -17179869184LL;
    m.second = -17179869184LL;
    m.counter = 0LL;
    m.macLow = 170397636LL;
    m.macHigh = 256287202LL;
    check(encodes(m, bytes, sizeof bytes), "command is encoded as in TypeScript");
    protocol::Command back;
    check(protocol::decode(bytes, sizeof bytes, back), "command is accepted");
    m = back;
    check(m.op == 0LL && m.argument == -17179869184LL && m.second == -17179869184LL && m.counter == 0LL && m.macLow == 170397636LL && m.macHigh == 256287202LL, "command is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {3, 42, 43, 85, 42, 85, 42, 43, 85, 42, 85, 42, 85, 42, 85, 42, 21, 47, 85, 21, 88, 23, 64, 95, 96, 0};
    protocol::Command m;
    m.op = 42LL;
    m.argument = -5726623062LL;
    m.second = -5726623062LL;
    m.counter = 89478485LL;
    m.macLow = 45438869LL;
    m.macHigh = 200281048LL;
    check(encodes(m, bytes, sizeof bytes), "command is encoded as in TypeScript");
    protocol::Command back;
    check(protocol::decode(bytes, sizeof bytes, back), "command is accepted");
    m = back;
    check(m.op == 42LL && m.argument == -5726623062LL && m.second == -5726623062LL && m.counter == 89478485LL && m.macLow == 45438869LL && m.macHigh == 200281048LL, "command is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {3, 127, 126, 127, 127, 127, 127, 126, 127, 127, 127, 127, 127, 127, 127, 127, 109, 54, 36, 110, 5, 6, 56, 110, 88, 0};
    protocol::Command m;
    m.op = 127LL;
    m.argument = 17179869183LL;
    m.second = 17179869183LL;
    m.counter = 268435455LL;
    m.macLow = 231283565LL;
    m.macHigh = 231604997LL;
    check(encodes(m, bytes, sizeof bytes), "command is encoded as in TypeScript");
    protocol::Command back;
    check(protocol::decode(bytes, sizeof bytes, back), "command is accepted");
    m = back;
    check(m.op == 127LL && m.argument == 17179869183LL && m.second == 17179869183LL && m.counter == 268435455LL && m.macLow == 231283565LL && m.macHigh == 231604997LL, "command is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 124, 0};
    protocol::Result m;
    m.about = 0LL;
    m.counter = 0LL;
    m.code = 0LL;
    m.lastCounter = 0LL;
    check(encodes(m, bytes, sizeof bytes), "result is encoded as in TypeScript");
    protocol::Result back;
    check(protocol::decode(bytes, sizeof bytes, back), "result is accepted");
    m = back;
    check(m.about == 0LL && m.counter == 0LL && m.code == 0LL && m.lastCounter == 0LL, "result is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {4, 42, 85, 42, 85, 42, 42, 85, 42, 85, 42, 93, 0};
    protocol::Result m;
    m.about = 42LL;
    m.counter = 89478485LL;
    m.code = 42LL;
    m.lastCounter = 89478485LL;
    check(encodes(m, bytes, sizeof bytes), "result is encoded as in TypeScript");
    protocol::Result back;
    check(protocol::decode(bytes, sizeof bytes, back), "result is accepted");
    m = back;
    check(m.about == 42LL && m.counter == 89478485LL && m.code == 42LL && m.lastCounter == 89478485LL, "result is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {4, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 122, 0};
    protocol::Result m;
    m.about = 127LL;
    m.counter = 268435455LL;
    m.code = 127LL;
    m.lastCounter = 268435455LL;
    check(encodes(m, bytes, sizeof bytes), "result is encoded as in TypeScript");
    protocol::Result back;
    check(protocol::decode(bytes, sizeof bytes, back), "result is accepted");
    m = back;
    check(m.about == 127LL && m.counter == 268435455LL && m.code == 127LL && m.lastCounter == 268435455LL, "result is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 127, 127, 127, 127, 127, 127, 0};
    protocol::Event m;
    m.number = 0LL;
    m.code = 0LL;
    m.upMs = 0LL;
    m.value = -17179869184LL;
    check(encodes(m, bytes, sizeof bytes), "event is encoded as in TypeScript");
    protocol::Event back;
    check(protocol::decode(bytes, sizeof bytes, back), "event is accepted");
    m = back;
    check(m.number == 0LL && m.code == 0LL && m.upMs == 0LL && m.value == -17179869184LL, "event is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {5, 85, 42, 85, 42, 42, 42, 85, 42, 85, 42, 43, 85, 42, 85, 42, 108, 0};
    protocol::Event m;
    m.number = 89478485LL;
    m.code = 42LL;
    m.upMs = 11453246122LL;
    m.value = -5726623062LL;
    check(encodes(m, bytes, sizeof bytes), "event is encoded as in TypeScript");
    protocol::Event back;
    check(protocol::decode(bytes, sizeof bytes, back), "event is accepted");
    m = back;
    check(m.number == 89478485LL && m.code == 42LL && m.upMs == 11453246122LL && m.value == -5726623062LL, "event is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {5, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 126, 127, 127, 127, 127, 86, 0};
    protocol::Event m;
    m.number = 268435455LL;
    m.code = 127LL;
    m.upMs = 34359738367LL;
    m.value = 17179869183LL;
    check(encodes(m, bytes, sizeof bytes), "event is encoded as in TypeScript");
    protocol::Event back;
    check(protocol::decode(bytes, sizeof bytes, back), "event is accepted");
    m = back;
    check(m.number == 268435455LL && m.code == 127LL && m.upMs == 34359738367LL && m.value == 17179869183LL, "event is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {6, 0, 126, 0};
    protocol::Report m;
    m.everyWindows = 0LL;
    check(encodes(m, bytes, sizeof bytes), "report is encoded as in TypeScript");
    protocol::Report back;
    check(protocol::decode(bytes, sizeof bytes, back), "report is accepted");
    m = back;
    check(m.everyWindows == 0LL, "report is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {6, 42, 40, 1};
    protocol::Report m;
    m.everyWindows = 42LL;
    check(encodes(m, bytes, sizeof bytes), "report is encoded as in TypeScript");
    protocol::Report back;
    check(protocol::decode(bytes, sizeof bytes, back), "report is accepted");
    m = back;
    check(m.everyWindows == 42LL, "report is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {6, 127, 4, 0};
    protocol::Report m;
    m.everyWindows = 127LL;
    check(encodes(m, bytes, sizeof bytes), "report is encoded as in TypeScript");
    protocol::Report back;
    check(protocol::decode(bytes, sizeof bytes, back), "report is accepted");
    m = back;
    check(m.everyWindows == 127LL, "report is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 114, 1};
    protocol::Hello m;
    m.protocol = 0LL;
    m.firmwareId = 0LL;
    m.serial = 0LL;
    m.resetCause = 0LL;
    m.stackLowBytes = 0LL;
    m.lastCounter = 0LL;
    m.faults = 0LL;
    m.nextEvent = 0LL;
    check(encodes(m, bytes, sizeof bytes), "hello is encoded as in TypeScript");
    protocol::Hello back;
    check(protocol::decode(bytes, sizeof bytes, back), "hello is accepted");
    m = back;
    check(m.protocol == 0LL && m.firmwareId == 0LL && m.serial == 0LL && m.resetCause == 0LL && m.stackLowBytes == 0LL && m.lastCounter == 0LL && m.faults == 0LL && m.nextEvent == 0LL, "hello is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {7, 42, 42, 85, 42, 85, 42, 42, 85, 42, 85, 42, 42, 85, 42, 85, 42, 85, 42, 42, 85, 42, 85, 42, 112, 0};
    protocol::Hello m;
    m.protocol = 42LL;
    m.firmwareId = 11453246122LL;
    m.serial = 11453246122LL;
    m.resetCause = 42LL;
    m.stackLowBytes = 5461LL;
    m.lastCounter = 89478485LL;
    m.faults = 42LL;
    m.nextEvent = 89478485LL;
    check(encodes(m, bytes, sizeof bytes), "hello is encoded as in TypeScript");
    protocol::Hello back;
    check(protocol::decode(bytes, sizeof bytes, back), "hello is accepted");
    m = back;
    check(m.protocol == 42LL && m.firmwareId == 11453246122LL && m.serial == 11453246122LL && m.resetCause == 42LL && m.stackLowBytes == 5461LL && m.lastCounter == 89478485LL && m.faults == 42LL && m.nextEvent == 89478485LL, "hello is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {7, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 69, 1};
    protocol::Hello m;
    m.protocol = 127LL;
    m.firmwareId = 34359738367LL;
    m.serial = 34359738367LL;
    m.resetCause = 127LL;
    m.stackLowBytes = 16383LL;
    m.lastCounter = 268435455LL;
    m.faults = 127LL;
    m.nextEvent = 268435455LL;
    check(encodes(m, bytes, sizeof bytes), "hello is encoded as in TypeScript");
    protocol::Hello back;
    check(protocol::decode(bytes, sizeof bytes, back), "hello is accepted");
    m = back;
    check(m.protocol == 127LL && m.firmwareId == 34359738367LL && m.serial == 34359738367LL && m.resetCause == 127LL && m.stackLowBytes == 16383LL && m.lastCounter == 268435455LL && m.faults == 127LL && m.nextEvent == 268435455LL, "hello is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {8, 0, 0, 0, 0, 0, 79, 0};
    protocol::Ping m;
    m.hostMs = 0LL;
    check(encodes(m, bytes, sizeof bytes), "ping is encoded as in TypeScript");
    protocol::Ping back;
    check(protocol::decode(bytes, sizeof bytes, back), "ping is accepted");
    m = back;
    check(m.hostMs == 0LL, "ping is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {8, 42, 85, 42, 85, 42, 27, 0};
    protocol::Ping m;
    m.hostMs = 11453246122LL;
    check(encodes(m, bytes, sizeof bytes), "ping is encoded as in TypeScript");
    protocol::Ping back;
    check(protocol::decode(bytes, sizeof bytes, back), "ping is accepted");
    m = back;
    check(m.hostMs == 11453246122LL, "ping is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {8, 127, 127, 127, 127, 127, 58, 0};
    protocol::Ping m;
    m.hostMs = 34359738367LL;
    check(encodes(m, bytes, sizeof bytes), "ping is encoded as in TypeScript");
    protocol::Ping back;
    check(protocol::decode(bytes, sizeof bytes, back), "ping is accepted");
    m = back;
    check(m.hostMs == 34359738367LL, "ping is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 18, 0};
    protocol::Pong m;
    m.hostMs = 0LL;
    m.upMs = 0LL;
    m.serial = 0LL;
    check(encodes(m, bytes, sizeof bytes), "pong is encoded as in TypeScript");
    protocol::Pong back;
    check(protocol::decode(bytes, sizeof bytes, back), "pong is accepted");
    m = back;
    check(m.hostMs == 0LL && m.upMs == 0LL && m.serial == 0LL, "pong is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {9, 42, 85, 42, 85, 42, 42, 85, 42, 85, 42, 42, 85, 42, 85, 42, 64, 0};
    protocol::Pong m;
    m.hostMs = 11453246122LL;
    m.upMs = 11453246122LL;
    m.serial = 11453246122LL;
    check(encodes(m, bytes, sizeof bytes), "pong is encoded as in TypeScript");
    protocol::Pong back;
    check(protocol::decode(bytes, sizeof bytes, back), "pong is accepted");
    m = back;
    check(m.hostMs == 11453246122LL && m.upMs == 11453246122LL && m.serial == 11453246122LL, "pong is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {9, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 44, 0};
    protocol::Pong m;
    m.hostMs = 34359738367LL;
    m.upMs = 34359738367LL;
    m.serial = 34359738367LL;
    check(encodes(m, bytes, sizeof bytes), "pong is encoded as in TypeScript");
    protocol::Pong back;
    check(protocol::decode(bytes, sizeof bytes, back), "pong is accepted");
    m = back;
    check(m.hostMs == 34359738367LL && m.upMs == 34359738367LL && m.serial == 34359738367LL, "pong is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 127, 127, 127, 127, 127, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 104, 31, 66, 6, 88, 56, 72, 21, 19, 1};
    protocol::Take m;
    m.importWh = 0LL;
    m.importBelowMilliWh = 0LL;
    m.exportWh = 0LL;
    m.exportBelowMilliWh = 0LL;
    m.importCarryMilliWMs = 0LL;
    m.exportCarryMilliWMs = 0LL;
    m.creditMilliMinor = -17179869184LL;
    m.priceMilliMinorPerKWh = 0LL;
    m.emergencyMinor = 0LL;
    m.relayReasons = 0LL;
    m.tamperFlags = 0LL;
    m.nextEvent = 0LL;
    m.counter = 0LL;
    m.macLow = 13668328LL;
    m.macHigh = 45227096LL;
    check(encodes(m, bytes, sizeof bytes), "take is encoded as in TypeScript");
    protocol::Take back;
    check(protocol::decode(bytes, sizeof bytes, back), "take is accepted");
    m = back;
    check(m.importWh == 0LL && m.importBelowMilliWh == 0LL && m.exportWh == 0LL && m.exportBelowMilliWh == 0LL && m.importCarryMilliWMs == 0LL && m.exportCarryMilliWMs == 0LL && m.creditMilliMinor == -17179869184LL && m.priceMilliMinorPerKWh == 0LL && m.emergencyMinor == 0LL && m.relayReasons == 0LL && m.tamperFlags == 0LL && m.nextEvent == 0LL && m.counter == 0LL && m.macLow == 13668328LL && m.macHigh == 45227096LL, "take is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {10, 42, 85, 42, 85, 42, 85, 42, 42, 85, 42, 85, 42, 85, 42, 85, 42, 85, 42, 85, 42, 85, 42, 43, 85, 42, 85, 42, 85, 42, 85, 42, 85, 42, 85, 42, 42, 42, 85, 42, 85, 42, 85, 42, 85, 42, 10, 6, 99, 34, 94, 41, 100, 116, 32, 0};
    protocol::Take m;
    m.importWh = 11453246122LL;
    m.importBelowMilliWh = 5461LL;
    m.exportWh = 11453246122LL;
    m.exportBelowMilliWh = 5461LL;
    m.importCarryMilliWMs = 89478485LL;
    m.exportCarryMilliWMs = 89478485LL;
    m.creditMilliMinor = -5726623062LL;
    m.priceMilliMinorPerKWh = 89478485LL;
    m.emergencyMinor = 89478485LL;
    m.relayReasons = 42LL;
    m.tamperFlags = 42LL;
    m.nextEvent = 89478485LL;
    m.counter = 89478485LL;
    m.macLow = 72925962LL;
    m.macHigh = 244913374LL;
    check(encodes(m, bytes, sizeof bytes), "take is encoded as in TypeScript");
    protocol::Take back;
    check(protocol::decode(bytes, sizeof bytes, back), "take is accepted");
    m = back;
    check(m.importWh == 11453246122LL && m.importBelowMilliWh == 5461LL && m.exportWh == 11453246122LL && m.exportBelowMilliWh == 5461LL && m.importCarryMilliWMs == 89478485LL && m.exportCarryMilliWMs == 89478485LL && m.creditMilliMinor == -5726623062LL && m.priceMilliMinorPerKWh == 89478485LL && m.emergencyMinor == 89478485LL && m.relayReasons == 42LL && m.tamperFlags == 42LL && m.nextEvent == 89478485LL && m.counter == 89478485LL && m.macLow == 72925962LL && m.macHigh == 244913374LL, "take is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {10, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 126, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 35, 119, 126, 99, 44, 63, 74, 106, 33, 1};
    protocol::Take m;
    m.importWh = 34359738367LL;
    m.importBelowMilliWh = 16383LL;
    m.exportWh = 34359738367LL;
    m.exportBelowMilliWh = 16383LL;
    m.importCarryMilliWMs = 268435455LL;
    m.exportCarryMilliWMs = 268435455LL;
    m.creditMilliMinor = 17179869183LL;
    m.priceMilliMinorPerKWh = 268435455LL;
    m.emergencyMinor = 268435455LL;
    m.relayReasons = 127LL;
    m.tamperFlags = 127LL;
    m.nextEvent = 268435455LL;
    m.counter = 268435455LL;
    m.macLow = 209697699LL;
    m.macHigh = 223518636LL;
    check(encodes(m, bytes, sizeof bytes), "take is encoded as in TypeScript");
    protocol::Take back;
    check(protocol::decode(bytes, sizeof bytes, back), "take is accepted");
    m = back;
    check(m.importWh == 34359738367LL && m.importBelowMilliWh == 16383LL && m.exportWh == 34359738367LL && m.exportBelowMilliWh == 16383LL && m.importCarryMilliWMs == 268435455LL && m.exportCarryMilliWMs == 268435455LL && m.creditMilliMinor == 17179869183LL && m.priceMilliMinorPerKWh == 268435455LL && m.emergencyMinor == 268435455LL && m.relayReasons == 127LL && m.tamperFlags == 127LL && m.nextEvent == 268435455LL && m.counter == 268435455LL && m.macLow == 209697699LL && m.macHigh == 223518636LL, "take is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 127, 127, 127, 127, 127, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 84, 1};
    protocol::Held m;
    m.importWh = 0LL;
    m.importBelowMilliWh = 0LL;
    m.exportWh = 0LL;
    m.exportBelowMilliWh = 0LL;
    m.importCarryMilliWMs = 0LL;
    m.exportCarryMilliWMs = 0LL;
    m.creditMilliMinor = -17179869184LL;
    m.priceMilliMinorPerKWh = 0LL;
    m.emergencyMinor = 0LL;
    m.relayReasons = 0LL;
    m.tamperFlags = 0LL;
    m.nextEvent = 0LL;
    check(encodes(m, bytes, sizeof bytes), "held is encoded as in TypeScript");
    protocol::Held back;
    check(protocol::decode(bytes, sizeof bytes, back), "held is accepted");
    m = back;
    check(m.importWh == 0LL && m.importBelowMilliWh == 0LL && m.exportWh == 0LL && m.exportBelowMilliWh == 0LL && m.importCarryMilliWMs == 0LL && m.exportCarryMilliWMs == 0LL && m.creditMilliMinor == -17179869184LL && m.priceMilliMinorPerKWh == 0LL && m.emergencyMinor == 0LL && m.relayReasons == 0LL && m.tamperFlags == 0LL && m.nextEvent == 0LL, "held is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {11, 42, 85, 42, 85, 42, 85, 42, 42, 85, 42, 85, 42, 85, 42, 85, 42, 85, 42, 85, 42, 85, 42, 43, 85, 42, 85, 42, 85, 42, 85, 42, 85, 42, 85, 42, 42, 42, 85, 42, 85, 42, 124, 0};
    protocol::Held m;
    m.importWh = 11453246122LL;
    m.importBelowMilliWh = 5461LL;
    m.exportWh = 11453246122LL;
    m.exportBelowMilliWh = 5461LL;
    m.importCarryMilliWMs = 89478485LL;
    m.exportCarryMilliWMs = 89478485LL;
    m.creditMilliMinor = -5726623062LL;
    m.priceMilliMinorPerKWh = 89478485LL;
    m.emergencyMinor = 89478485LL;
    m.relayReasons = 42LL;
    m.tamperFlags = 42LL;
    m.nextEvent = 89478485LL;
    check(encodes(m, bytes, sizeof bytes), "held is encoded as in TypeScript");
    protocol::Held back;
    check(protocol::decode(bytes, sizeof bytes, back), "held is accepted");
    m = back;
    check(m.importWh == 11453246122LL && m.importBelowMilliWh == 5461LL && m.exportWh == 11453246122LL && m.exportBelowMilliWh == 5461LL && m.importCarryMilliWMs == 89478485LL && m.exportCarryMilliWMs == 89478485LL && m.creditMilliMinor == -5726623062LL && m.priceMilliMinorPerKWh == 89478485LL && m.emergencyMinor == 89478485LL && m.relayReasons == 42LL && m.tamperFlags == 42LL && m.nextEvent == 89478485LL, "held is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {11, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 126, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 78, 1};
    protocol::Held m;
    m.importWh = 34359738367LL;
    m.importBelowMilliWh = 16383LL;
    m.exportWh = 34359738367LL;
    m.exportBelowMilliWh = 16383LL;
    m.importCarryMilliWMs = 268435455LL;
    m.exportCarryMilliWMs = 268435455LL;
    m.creditMilliMinor = 17179869183LL;
    m.priceMilliMinorPerKWh = 268435455LL;
    m.emergencyMinor = 268435455LL;
    m.relayReasons = 127LL;
    m.tamperFlags = 127LL;
    m.nextEvent = 268435455LL;
    check(encodes(m, bytes, sizeof bytes), "held is encoded as in TypeScript");
    protocol::Held back;
    check(protocol::decode(bytes, sizeof bytes, back), "held is accepted");
    m = back;
    check(m.importWh == 34359738367LL && m.importBelowMilliWh == 16383LL && m.exportWh == 34359738367LL && m.exportBelowMilliWh == 16383LL && m.importCarryMilliWMs == 268435455LL && m.exportCarryMilliWMs == 268435455LL && m.creditMilliMinor == 17179869183LL && m.priceMilliMinorPerKWh == 268435455LL && m.emergencyMinor == 268435455LL && m.relayReasons == 127LL && m.tamperFlags == 127LL && m.nextEvent == 268435455LL, "held is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {12, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 0, 0, 0, 0, 14, 113, 44, 92, 44, 4, 99, 75, 23, 0};
    protocol::Display m;
    memcpy(m.text, "                                ", 32);
    m.counter = 0LL;
    m.macLow = 193673358LL;
    m.macHigh = 158908972LL;
    check(encodes(m, bytes, sizeof bytes), "display is encoded as in TypeScript");
    protocol::Display back;
    check(protocol::decode(bytes, sizeof bytes, back), "display is accepted");
    m = back;
    check(memcmp(m.text, "                                ", 32) == 0 && m.counter == 0LL && m.macLow == 193673358LL && m.macHigh == 158908972LL, "display is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {12, 80, 65, 89, 32, 78, 79, 87, 32, 32, 84, 82, 73, 80, 32, 50, 100, 82, 115, 32, 49, 50, 52, 52, 46, 54, 53, 32, 32, 32, 32, 32, 32, 85, 42, 85, 42, 63, 28, 31, 77, 73, 51, 124, 39, 24, 0};
    protocol::Display m;
    memcpy(m.text, "PAY NOW  TRIP 2dRs 1244.65      ", 32);
    m.counter = 89478485LL;
    m.macLow = 161992255LL;
    m.macHigh = 83827145LL;
    check(encodes(m, bytes, sizeof bytes), "display is encoded as in TypeScript");
    protocol::Display back;
    check(protocol::decode(bytes, sizeof bytes, back), "display is accepted");
    m = back;
    check(memcmp(m.text, "PAY NOW  TRIP 2dRs 1244.65      ", 32) == 0 && m.counter == 89478485LL && m.macLow == 161992255LL && m.macHigh == 83827145LL, "display is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {12, 80, 65, 89, 32, 78, 79, 87, 32, 32, 84, 82, 73, 80, 32, 50, 100, 82, 115, 32, 49, 50, 52, 52, 46, 54, 53, 32, 32, 32, 32, 32, 32, 127, 127, 127, 127, 57, 0, 117, 23, 71, 118, 103, 76, 46, 0};
    protocol::Display m;
    memcpy(m.text, "PAY NOW  TRIP 2dRs 1244.65      ", 32);
    m.counter = 268435455LL;
    m.macLow = 50151481LL;
    m.macHigh = 161086279LL;
    check(encodes(m, bytes, sizeof bytes), "display is encoded as in TypeScript");
    protocol::Display back;
    check(protocol::decode(bytes, sizeof bytes, back), "display is accepted");
    m = back;
    check(memcmp(m.text, "PAY NOW  TRIP 2dRs 1244.65      ", 32) == 0 && m.counter == 268435455LL && m.macLow == 50151481LL && m.macHigh == 161086279LL, "display is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {13, 0, 0, 0, 0, 116, 1};
    protocol::Events m;
    m.fromNumber = 0LL;
    check(encodes(m, bytes, sizeof bytes), "events is encoded as in TypeScript");
    protocol::Events back;
    check(protocol::decode(bytes, sizeof bytes, back), "events is accepted");
    m = back;
    check(m.fromNumber == 0LL, "events is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {13, 85, 42, 85, 42, 25, 0};
    protocol::Events m;
    m.fromNumber = 89478485LL;
    check(encodes(m, bytes, sizeof bytes), "events is encoded as in TypeScript");
    protocol::Events back;
    check(protocol::decode(bytes, sizeof bytes, back), "events is accepted");
    m = back;
    check(m.fromNumber == 89478485LL, "events is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {13, 127, 127, 127, 127, 47, 0};
    protocol::Events m;
    m.fromNumber = 268435455LL;
    check(encodes(m, bytes, sizeof bytes), "events is encoded as in TypeScript");
    protocol::Events back;
    check(protocol::decode(bytes, sizeof bytes, back), "events is accepted");
    m = back;
    check(m.fromNumber == 268435455LL, "events is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 127, 127, 127, 127, 127, 127, 127, 127, 0, 0, 0, 0, 25, 0};
    protocol::Terminals m;
    m.voltageMilliV = 0LL;
    m.phaseMilliA = 0LL;
    m.neutralMilliA = 0LL;
    m.activeMilliW = -134217728LL;
    m.reactiveMilliVar = -134217728LL;
    m.frequencyMilliHz = 0LL;
    check(encodes(m, bytes, sizeof bytes), "terminals is encoded as in TypeScript");
    protocol::Terminals back;
    check(protocol::decode(bytes, sizeof bytes, back), "terminals is accepted");
    m = back;
    check(m.voltageMilliV == 0LL && m.phaseMilliA == 0LL && m.neutralMilliA == 0LL && m.activeMilliW == -134217728LL && m.reactiveMilliVar == -134217728LL && m.frequencyMilliHz == 0LL, "terminals is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {14, 85, 42, 85, 42, 85, 42, 85, 42, 85, 42, 85, 42, 85, 42, 85, 42, 85, 42, 85, 42, 85, 42, 85, 42, 66, 1};
    protocol::Terminals m;
    m.voltageMilliV = 89478485LL;
    m.phaseMilliA = 89478485LL;
    m.neutralMilliA = 89478485LL;
    m.activeMilliW = -44739243LL;
    m.reactiveMilliVar = -44739243LL;
    m.frequencyMilliHz = 89478485LL;
    check(encodes(m, bytes, sizeof bytes), "terminals is encoded as in TypeScript");
    protocol::Terminals back;
    check(protocol::decode(bytes, sizeof bytes, back), "terminals is accepted");
    m = back;
    check(m.voltageMilliV == 89478485LL && m.phaseMilliA == 89478485LL && m.neutralMilliA == 89478485LL && m.activeMilliW == -44739243LL && m.reactiveMilliVar == -44739243LL && m.frequencyMilliHz == 89478485LL, "terminals is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {14, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 126, 127, 127, 127, 126, 127, 127, 127, 127, 127, 127, 127, 22, 0};
    protocol::Terminals m;
    m.voltageMilliV = 268435455LL;
    m.phaseMilliA = 268435455LL;
    m.neutralMilliA = 268435455LL;
    m.activeMilliW = 134217727LL;
    m.reactiveMilliVar = 134217727LL;
    m.frequencyMilliHz = 268435455LL;
    check(encodes(m, bytes, sizeof bytes), "terminals is encoded as in TypeScript");
    protocol::Terminals back;
    check(protocol::decode(bytes, sizeof bytes, back), "terminals is accepted");
    m = back;
    check(m.voltageMilliV == 268435455LL && m.phaseMilliA == 268435455LL && m.neutralMilliA == 268435455LL && m.activeMilliW == 134217727LL && m.reactiveMilliVar == 134217727LL && m.frequencyMilliHz == 268435455LL, "terminals is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 113, 84, 36, 56, 65, 48, 23, 110, 76, 0};
    protocol::Key m;
    m.key0 = 0LL;
    m.key1 = 0LL;
    m.key2 = 0LL;
    m.key3 = 0LL;
    m.counter = 0LL;
    m.macLow = 118041201LL;
    m.macHigh = 231069761LL;
    check(encodes(m, bytes, sizeof bytes), "key is encoded as in TypeScript");
    protocol::Key back;
    check(protocol::decode(bytes, sizeof bytes, back), "key is accepted");
    m = back;
    check(m.key0 == 0LL && m.key1 == 0LL && m.key2 == 0LL && m.key3 == 0LL && m.counter == 0LL && m.macLow == 118041201LL && m.macHigh == 231069761LL, "key is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {15, 42, 85, 42, 85, 42, 42, 85, 42, 85, 42, 42, 85, 42, 85, 42, 42, 85, 42, 85, 42, 85, 42, 85, 42, 58, 104, 66, 31, 1, 29, 94, 89, 46, 0};
    protocol::Key m;
    m.key0 = 11453246122LL;
    m.key1 = 11453246122LL;
    m.key2 = 11453246122LL;
    m.key3 = 11453246122LL;
    m.counter = 89478485LL;
    m.macLow = 66106426LL;
    m.macHigh = 188190337LL;
    check(encodes(m, bytes, sizeof bytes), "key is encoded as in TypeScript");
    protocol::Key back;
    check(protocol::decode(bytes, sizeof bytes, back), "key is accepted");
    m = back;
    check(m.key0 == 11453246122LL && m.key1 == 11453246122LL && m.key2 == 11453246122LL && m.key3 == 11453246122LL && m.counter == 89478485LL && m.macLow == 66106426LL && m.macHigh == 188190337LL, "key is decoded as in TypeScript");
  }
  {
    static const uint8_t bytes[] = {15, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 37, 35, 97, 123, 127, 44, 43, 61, 15, 0};
    protocol::Key m;
    m.key0 = 34359738367LL;
    m.key1 = 34359738367LL;
    m.key2 = 34359738367LL;
    m.key3 = 34359738367LL;
    m.counter = 268435455LL;
    m.macLow = 259543461LL;
    m.macHigh = 128636543LL;
    check(encodes(m, bytes, sizeof bytes), "key is encoded as in TypeScript");
    protocol::Key back;
    check(protocol::decode(bytes, sizeof bytes, back), "key is accepted");
    m = back;
    check(m.key0 == 34359738367LL && m.key1 == 34359738367LL && m.key2 == 34359738367LL && m.key3 == 34359738367LL && m.counter == 268435455LL && m.macLow == 259543461LL && m.macHigh == 128636543LL, "key is decoded as in TypeScript");
  }
}
