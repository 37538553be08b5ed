// Runs all checks of the meter.
#include "check.h"

int main() {
  testCodec();
  testMetrology();
  testStore();
  testMeter();
  testOrders();
  testParsers();
  testDisplay();
  return reportChecks();
}
