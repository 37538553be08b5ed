// What the classroom's pages themselves say, in both languages.

import type { LessonLanguage } from "../../sim/contract/lesson.ts";
import type { Verdict } from "../../sim/contract/lesson-progress.ts";

export interface Words {
  readonly lessons: string;
  readonly choose: string;
  readonly back: string;
  readonly close: string;
  readonly language: string;
  readonly minutes: (count: number) => string;
  readonly stepOf: (step: number, count: number) => string;
  readonly task: string;
  readonly hint: string;
  readonly noMoreHints: string;
  readonly yourAnswer: string;
  readonly check: string;
  readonly next: string;
  readonly finish: string;
  readonly stepDone: string;
  readonly lessonDone: string;
  readonly result: (hints: number, wrong: number) => string;
  readonly again: string;
  readonly goThere: string;
  readonly going: string;
  readonly notThere: (when: string) => string;
  readonly teacherMoves: string;
  readonly otherScenario: (needed: string) => string;
  readonly howToStart: string;
  /** The street of the lesson's name, but not the one that its numbers are of. */
  readonly changedScenario: (name: string) => string;
  readonly openHere: string;
  readonly noLesson: (id: string) => string;
  /** Of a lesson that hides the thief, where the engine runs in the page. */
  readonly nothingHiddenHere: string;
  /** Beside such a lesson in the list. */
  readonly hidesOnServer: string;
  /** Of such a lesson on a server that shows the truth. */
  readonly hideFirst: string;
  readonly chooseHome: string;
  /** The class's server has not taken an act; its sentence follows. */
  readonly refused: (sentence: string) => string;
  readonly verdicts: Readonly<Record<Verdict, string>>;
}

const EN: Words = {
  lessons: "Lessons",
  choose: "Choose a lesson. Each leads you through the street step by step.",
  back: "All lessons",
  close: "Close the lesson",
  language: "Language",
  minutes: (count) => `about ${count} minutes`,
  stepOf: (step, count) => `Step ${step} of ${count}`,
  task: "Your task",
  hint: "Show a hint",
  noMoreHints: "There are no more hints for this step.",
  yourAnswer: "Your answer",
  check: "Check",
  next: "Next step",
  finish: "Finish",
  stepDone: "This step is done.",
  lessonDone: "You have finished this lesson.",
  result: (hints, wrong) => `Hints used: ${hints}. Answers that were not right: ${wrong}.`,
  again: "Begin again",
  goThere: "Take me there",
  going: "The street runs on …",
  notThere: (when) => `This step happens at ${when}. The street has not come so far yet.`,
  teacherMoves: "Your teacher lets the street run on; wait until it is there.",
  otherScenario: (needed) => `This lesson is played in ${needed}, and another street runs here.`,
  howToStart: "On a server, start it with:",
  changedScenario: (name) =>
    `What runs here is called ${name}, but it is not the one that this lesson was written for: somebody has changed it, or it has another seed. Answers may not fit; play it with the street that comes with the lesson.`,
  openHere: "Play it in this page",
  noLesson: (id) => `There is no lesson ${id}. Choose one of these.`,
  nothingHiddenHere:
    "This lesson hides the thief, and only a live server can hide anything: here the engine runs in your own browser, where “What happens” shows everything. Play it alone and do not look, or join a class on a live server.",
  hidesOnServer: "The thief is hidden on a live server only, not in this page.",
  hideFirst:
    "This lesson hides the thief, but the truth is shown in this run now. Let the teacher hide it first.",
  chooseHome: "Choose a home",
  refused: (sentence) => `The class's server says: ${sentence}.`,
  verdicts: {
    right: "That is right.",
    wrong: "Not yet. Look again, or take a hint; you can try as often as you like.",
    "no-number": "This is not a number that I can read. Write digits, such as 12.5.",
    "no-home": "There is no such home in this street. Choose one from the list.",
    "no-choice": "Choose one of the answers first.",
    "no-value":
      "The page does not show this value now. Go to the view and the moment that the task names.",
  },
};

const HI: Words = {
  lessons: "पाठ",
  choose: "एक पाठ चुनिए। हर पाठ आपको क़दम-दर-क़दम गली में ले जाता है।",
  back: "सभी पाठ",
  close: "पाठ बंद कीजिए",
  language: "भाषा",
  minutes: (count) => `लगभग ${count} मिनट`,
  stepOf: (step, count) => `क़दम ${step}, कुल ${count}`,
  task: "आपका काम",
  hint: "संकेत दिखाइए",
  noMoreHints: "इस क़दम के लिए और संकेत नहीं हैं।",
  yourAnswer: "आपका उत्तर",
  check: "जाँचिए",
  next: "अगला क़दम",
  finish: "समाप्त कीजिए",
  stepDone: "यह क़दम पूरा हुआ।",
  lessonDone: "आपने यह पाठ पूरा कर लिया।",
  result: (hints, wrong) => `लिए गए संकेत: ${hints}। जो उत्तर सही नहीं थे: ${wrong}।`,
  again: "फिर से शुरू कीजिए",
  goThere: "मुझे वहाँ ले चलिए",
  going: "गली आगे चल रही है …",
  notThere: (when) => `यह क़दम ${when} पर होता है। गली अभी वहाँ तक नहीं पहुँची है।`,
  teacherMoves: "आपके शिक्षक गली को आगे चलाएँगे; तब तक रुकिए।",
  otherScenario: (needed) => `यह पाठ ${needed} में होता है, और यहाँ दूसरी गली चल रही है।`,
  howToStart: "सर्वर पर इससे शुरू कीजिए:",
  changedScenario: (name) =>
    `यहाँ चलने वाली गली का नाम ${name} है, पर यह वह नहीं जिसके लिए यह पाठ लिखा गया: किसी ने उसे बदला है, या उसका बीज (seed) अलग है। उत्तर शायद मेल न खाएँ; पाठ के साथ आई गली में खेलिए।`,
  openHere: "इसी पन्ने में खेलिए",
  noLesson: (id) => `${id} नाम का कोई पाठ नहीं है। इनमें से एक चुनिए।`,
  nothingHiddenHere:
    "यह पाठ चोर को छिपाता है, और छिपाना केवल लाइव सर्वर पर हो सकता है: यहाँ इंजन आपके ही ब्राउज़र में चल रहा है, जहाँ “What happens” सब कुछ दिखाता है। अकेले खेलिए और वहाँ मत देखिए, या लाइव सर्वर की कक्षा में शामिल होइए।",
  hidesOnServer: "चोर केवल लाइव सर्वर पर छिपता है, इस पन्ने में नहीं।",
  hideFirst: "यह पाठ चोर को छिपाता है, पर इस समय सच दिखाया जा रहा है। पहले शिक्षक उसे छिपाएँ।",
  chooseHome: "एक घर चुनिए",
  refused: (sentence) => `कक्षा का सर्वर कहता है: ${sentence}.`,
  verdicts: {
    right: "सही है।",
    wrong: "अभी नहीं। फिर देखिए या संकेत लीजिए; आप जितनी बार चाहें कोशिश कर सकते हैं।",
    "no-number": "यह संख्या पढ़ी नहीं जा सकी। अंक लिखिए, जैसे 12.5।",
    "no-home": "इस गली में ऐसा कोई घर नहीं है। सूची में से एक चुनिए।",
    "no-choice": "पहले कोई एक उत्तर चुनिए।",
    "no-value": "पेज अभी यह मान नहीं दिखाता। काम में बताए दृश्य और समय पर जाइए।",
  },
};

export const WORDS: Readonly<Record<LessonLanguage, Words>> = { en: EN, hi: HI };
export const LANGUAGE_NAMES: Readonly<Record<LessonLanguage, string>> = {
  en: "English",
  hi: "हिन्दी",
};
