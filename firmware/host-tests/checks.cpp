#include <stdio.h>

#include <map>
#include <vector>

#include "check.h"

static std::map<std::string, bool> outcomes;
static std::vector<std::string> order;
static std::vector<std::string> notes;

void check(bool isTrue, const std::string& sentence) {
  const auto found = outcomes.find(sentence);
  if (found == outcomes.end()) {
    order.push_back(sentence);
    outcomes[sentence] = isTrue;
  } else if (!isTrue) {
    found->second = false;
  }
}

void note(const std::string& sentence) { notes.push_back(sentence); }

int reportChecks() {
  bool isGood = true;
  for (const std::string& sentence : order) {
    isGood = isGood && outcomes[sentence];
    printf("%s\t%s\n", outcomes[sentence] ? "ok" : "FAILED", sentence.c_str());
  }
  for (const std::string& sentence : notes) printf("note\t%s\n", sentence.c_str());
  return isGood ? 0 : 1;
}
