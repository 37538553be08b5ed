// Checks are sentences. One sentence may be checked many times; it fails with the first time that it is not true.
#pragma once
#include <string>

void check(bool isTrue, const std::string& sentence);
/// A measured figure for the report; proves nothing.
void note(const std::string& sentence);
/// Prints a line a sentence: "ok", "FAILED" or "note", a tab, the sentence. Returns the program's exit code.
int reportChecks();

void testCodec();
void testMetrology();
void testStore();
void testMeter();
void testOrders();
void testParsers();
void testDisplay();
