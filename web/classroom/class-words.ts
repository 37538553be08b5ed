// What the pages for joining, for a role's desk and for the teacher say, in both languages.

import type { LessonLanguage, PlayRole } from "../../sim/contract/lesson.ts";

interface RoleWords {
  readonly name: string;
  readonly says: string;
}

export interface ClassWords {
  readonly language: string;
  // Joining.
  readonly joinTitle: string;
  readonly youAre: (name: string) => string;
  readonly goOn: string;
  readonly oneMore: string;
  readonly signedIn: (name: string) => string;
  readonly code: string;
  readonly codeSays: (characters: number) => string;
  readonly name: string;
  readonly nameSays: string;
  readonly join: string;
  // A role's desk.
  readonly yourClass: string;
  /** Who the learner is, and where. */
  readonly roleAt: (role: string, address: string | null) => string;
  readonly standsStill: string;
  readonly openStreet: string;
  readonly openLesson: string;
  readonly handOver: string;
  readonly onePlayerMore: string;
  readonly leave: string;
  readonly lookAway: string;
  readonly iAm: (name: string) => string;
  readonly display: string;
  readonly lightOn: string;
  readonly lightOff: string;
  readonly yourHome: string;
  readonly flow: (power: string, unmetered: string) => string;
  readonly wireAway: string;
  readonly takeWireAway: string;
  readonly share: string;
  readonly begunToSteal: (percent: string) => string;
  readonly steal: string;
  readonly masts: string;
  readonly onTheirWay: (count: number) => string;
  readonly mast: (isUp: boolean, meters: number, percent: number) => string;
  readonly mastChanges: (id: string, goesDown: boolean) => string;
  readonly changeMast: (id: string, down: boolean) => string;
  readonly account: string;
  readonly owes: (money: string) => string;
  readonly credit: (money: string) => string;
  readonly amount: (currency: string) => string;
  readonly pay: string;
  readonly noAmount: string;
  readonly paid: (money: string) => string;
  // The teacher's page.
  readonly teachTitle: string;
  readonly classroom: string;
  readonly signIn: string;
  readonly openServer: string;
  readonly howTo: string;
  readonly lesson: string;
  readonly freePlay: string;
  readonly start: string;
  readonly begun: string;
  readonly joinAt: (place: string) => string;
  readonly codeIs: string;
  readonly codeOld: string;
  readonly qr: (link: string) => string;
  readonly everybody: string;
  readonly runs: string;
  readonly hidden: string;
  readonly shown: string;
  readonly shownThough: string;
  readonly pauseAll: string;
  readonly paused: string;
  readonly letGo: string;
  readonly goes: string;
  readonly results: string;
  readonly end: string;
  readonly ended: string;
  readonly otherLesson: string;
  readonly hide: string;
  readonly hiddenNow: string;
  readonly revealCode: string;
  readonly codeToReveal: string;
  readonly showCode: string;
  readonly reveal: string;
  readonly revealed: string;
  readonly learners: (count: number) => string;
  readonly nobody: string;
  readonly silent: (seconds: number) => string;
  readonly isNow: (name: string, role: string) => string;
  readonly roleOf: (name: string) => string;
  readonly homeOf: (name: string) => string;
  readonly chooseHome: string;
  readonly remove: string;
  readonly removeName: (name: string) => string;
  readonly removed: (name: string) => string;
  readonly notBegun: string;
  readonly finished: string;
  readonly atStep: (step: number, count: number) => string;
  readonly counts: (hints: number, wrong: number) => string;
  readonly progressOf: (name: string) => string;
  readonly roles: Readonly<Record<PlayRole, RoleWords>>;
  /** The server's sentences, which are English. */
  readonly serverSays: (sentence: string) => string;
}

const EN: ClassWords = {
  language: "Language",
  joinTitle: "Join a class",
  youAre: (name) => `You are in the class as ${name}.`,
  goOn: "Go on",
  oneMore: ", or join here as one more who plays at this machine.",
  signedIn: (name) =>
    `You are signed in as ${name}. Whoever joins at this machine takes your place here; open a private window to stay.`,
  code: "Code of the class",
  codeSays: (characters) => `${characters} letters and digits; your teacher shows them`,
  name: "Your name",
  nameSays: "As your teacher will see it; a nickname will do",
  join: "Join",
  yourClass: "Your class",
  roleAt: (role, address) => (address === null ? role : `${role} at ${address}`),
  standsStill: "the street stands still",
  openStreet: "Open the street",
  openLesson: "Open the street with the lesson",
  handOver: "Hand the machine over",
  onePlayerMore: "One more player at this machine",
  leave: "Leave the class",
  lookAway: "Look away until the next player has pressed their own name.",
  iAm: (name) => `I am ${name}`,
  display: "Display of the meter",
  lightOn: "The light is on.",
  lightOff: "The light is off.",
  yourHome: "Your home, as it really is",
  flow: (power, unmetered) => `${power} flow into your home, ${unmetered} of it past the meter.`,
  wireAway: "The wire is taken away.",
  takeWireAway: "Take the wire away",
  share: "Share of the current past the meter",
  begunToSteal: (percent) => `${percent} % of your current now flows past the meter.`,
  steal: "Begin to steal",
  masts: "Masts and messages",
  onTheirWay: (count) => `${count} messages are on their way.`,
  mast: (isUp, meters, percent) =>
    `${isUp ? "in service" : "down"}, ${meters} meters, ${percent} % full`,
  mastChanges: (id, goesDown) => (goesDown ? `${id} goes down.` : `${id} comes back.`),
  changeMast: (id, down) => (down ? `Take ${id} down` : `Put ${id} back`),
  account: "Your meter and your account",
  owes: (money) => `You owe ${money}.`,
  credit: (money) => `Your credit is ${money}.`,
  amount: (currency) => `Amount in ${currency}`,
  pay: "Pay",
  noAmount: "Write an amount above zero, such as 300.",
  paid: (money) => `${money} are on their way to the company.`,
  teachTitle: "Your class, teacher",
  classroom: "Classroom",
  signIn: "Sign in as a teacher.",
  openServer:
    "This server lets whoever sits at this machine see everything. To keep roles apart, start it with --sign-in, and for other machines with --host and --users.",
  howTo: "Start a class, show its code, and your learners join with a name and no password.",
  lesson: "Lesson",
  freePlay: "No lesson: free play",
  start: "Start a class",
  begun: "The class has begun.",
  joinAt: (place) => `Join at ${place}`,
  codeIs: "Code: ",
  codeOld: "The code is too old to join with; start the class anew.",
  qr: (link) => `QR code that leads to ${link}`,
  everybody: "For everybody",
  runs: "the street runs",
  hidden: "The truth is hidden.",
  shown: "The truth is shown to watchers.",
  shownThough: "This lesson hides the thief: hide the truth before learners open it.",
  pauseAll: "Pause all",
  paused: "Everybody's street stands still.",
  letGo: "Let all go on",
  goes: "The street runs on.",
  results: "Results as CSV",
  end: "End the class",
  ended: "The class is over.",
  otherLesson: "The class has another lesson; everybody begins at its start.",
  hide: "Hide the truth",
  hiddenNow: "The truth is hidden now.",
  revealCode: "Code to reveal the truth",
  codeToReveal: "Code to reveal",
  showCode: "Show the code",
  reveal: "Reveal the truth",
  revealed: "The truth is revealed to everybody who watches.",
  learners: (count) => `Learners: ${count}`,
  nobody: "Nobody has joined yet.",
  silent: (seconds) => `silent for ${seconds} s`,
  isNow: (name, role) => `${name} is ${role.toLowerCase()} now.`,
  roleOf: (name) => `Role of ${name}`,
  homeOf: (name) => `Home of ${name}`,
  chooseHome: "Choose a home",
  remove: "Remove",
  removeName: (name) => `Remove ${name}`,
  removed: (name) => `${name} is out of the class.`,
  notBegun: "has not begun a lesson",
  finished: "finished",
  atStep: (step, count) => `step ${step} of ${count}`,
  counts: (hints, wrong) => `${hints} hints, ${wrong} wrong answers`,
  progressOf: (name) => `Progress of ${name}`,
  roles: {
    watcher: { name: "Watcher", says: "You see the street as your teacher shows it." },
    thief: {
      name: "Thief",
      says: "You see what really happens in your own home, and nothing else. Take current past your meter, and do not be found.",
    },
    detective: {
      name: "Detective of the company",
      says: "You see what the company knows: readings, bills and suspicions, never the truth. Find the thief and send a crew.",
    },
    operator: {
      name: "Network operator",
      says: "You see the masts and their messages. You can take a mast out of service and put it back.",
    },
    customer: {
      name: "Customer",
      says: "You see your meter and your account. Pay what you owe, and keep the light on.",
    },
  },
  serverSays: (sentence) => sentence,
};

/** Sentences of a class's server that a learner may meet; all others stay as they are. */
const SERVER_HI: readonly (readonly [RegExp, string])[] = [
  [/no class with this code/i, "इस कोड की कोई कक्षा नहीं है; अपने शिक्षक से आज का कोड पूछिए।"],
  [/too old to join with/i, "यह कोड पुराना हो गया है; शिक्षक से कहिए कि कक्षा फिर से शुरू करें।"],
  [/the class is full/i, "कक्षा भर गई है; और कोई शामिल नहीं हो सकता।"],
  [/of this name is in the class/i, "इस नाम का कोई पहले से कक्षा में है; अपने नाम में एक अक्षर जोड़िए।"],
  [/a name has letters/i, "नाम में अक्षर, अंक, ख़ाली जगह और . ' - हो सकते हैं।"],
  [/write a name of/i, "1 से 30 अक्षरों का नाम लिखिए।"],
  [/^code: /i, "कक्षा का कोड लिखिए; उसमें छह अक्षर और अंक होते हैं।"],
  [/play at this machine already/i, "इस मशीन पर पहले से आठ खेल रहे हैं।"],
  [/only who has joined at this machine/i, "यहाँ वही खेल सकता है जो इसी मशीन पर शामिल हुआ।"],
  [/this learner has left/i, "यह विद्यार्थी कक्षा छोड़ चुका है।"],
  [/lives somewhere; choose a home/i, "इस भूमिका के लिए एक घर चुनिए।"],
  [/the server does not answer/i, "सर्वर जवाब नहीं दे रहा। थोड़ी देर में फिर कोशिश कीजिए।"],
];

const HI: ClassWords = {
  language: "भाषा",
  joinTitle: "कक्षा में शामिल होइए",
  youAre: (name) => `आप कक्षा में ${name} के नाम से हैं।`,
  goOn: "आगे बढ़िए",
  oneMore: ", या इसी मशीन पर एक और खिलाड़ी के रूप में शामिल होइए।",
  signedIn: (name) =>
    `आप ${name} के नाम से साइन इन हैं। जो इस मशीन पर शामिल होगा, वह यहाँ आपकी जगह ले लेगा; बने रहने के लिए निजी विंडो खोलिए।`,
  code: "कक्षा का कोड",
  codeSays: (characters) => `${characters} अक्षर और अंक; आपके शिक्षक दिखाते हैं`,
  name: "आपका नाम",
  nameSays: "जैसा आपके शिक्षक को दिखेगा; उपनाम भी चलेगा",
  join: "शामिल होइए",
  yourClass: "आपकी कक्षा",
  roleAt: (role, address) => (address === null ? role : `${role}, ${address}`),
  standsStill: "गली रुकी हुई है",
  openStreet: "गली खोलिए",
  openLesson: "पाठ के साथ गली खोलिए",
  handOver: "मशीन दूसरे को दीजिए",
  onePlayerMore: "इस मशीन पर एक और खिलाड़ी",
  leave: "कक्षा छोड़िए",
  lookAway: "जब तक अगला खिलाड़ी अपना नाम न दबाए, दूसरी ओर देखिए।",
  iAm: (name) => `मैं ${name} हूँ`,
  display: "मीटर का डिस्प्ले",
  lightOn: "बत्ती जल रही है।",
  lightOff: "बत्ती बंद है।",
  yourHome: "आपका घर, जैसा वह सचमुच है",
  flow: (power, unmetered) => `आपके घर में ${power} आ रही है, उसमें से ${unmetered} मीटर के बाहर से।`,
  wireAway: "तार हटा दिया गया।",
  takeWireAway: "तार हटाइए",
  share: "मीटर के बाहर से जाने वाली धारा का हिस्सा",
  begunToSteal: (percent) => `अब आपकी धारा का ${percent} % मीटर के बाहर से जाता है।`,
  steal: "चोरी शुरू कीजिए",
  masts: "टावर और संदेश",
  onTheirWay: (count) => `${count} संदेश रास्ते में हैं।`,
  mast: (isUp, meters, percent) => `${isUp ? "चालू" : "बंद"}, ${meters} मीटर, ${percent} % भरा`,
  mastChanges: (id, goesDown) => (goesDown ? `${id} बंद हो रहा है।` : `${id} फिर चालू हो रहा है।`),
  changeMast: (id, down) => (down ? `${id} बंद कीजिए` : `${id} चालू कीजिए`),
  account: "आपका मीटर और आपका खाता",
  owes: (money) => `आपको ${money} देने हैं।`,
  credit: (money) => `आपका जमा ${money} है।`,
  amount: (currency) => `राशि (${currency})`,
  pay: "भुगतान कीजिए",
  noAmount: "शून्य से बड़ी राशि लिखिए, जैसे 300।",
  paid: (money) => `${money} कंपनी की ओर जा रहे हैं।`,
  teachTitle: "आपकी कक्षा, शिक्षक",
  classroom: "कक्षा",
  signIn: "शिक्षक के रूप में साइन इन कीजिए।",
  openServer:
    "यह सर्वर इस मशीन पर बैठे हर व्यक्ति को सब कुछ दिखाता है। भूमिकाएँ अलग रखने के लिए इसे --sign-in के साथ शुरू कीजिए, और दूसरी मशीनों के लिए --host और --users के साथ।",
  howTo: "कक्षा शुरू कीजिए और उसका कोड दिखाइए; विद्यार्थी केवल नाम से शामिल होते हैं, पासवर्ड नहीं चाहिए।",
  lesson: "पाठ",
  freePlay: "कोई पाठ नहीं: खुला खेल",
  start: "कक्षा शुरू कीजिए",
  begun: "कक्षा शुरू हो गई।",
  joinAt: (place) => `यहाँ शामिल होइए: ${place}`,
  codeIs: "कोड: ",
  codeOld: "कोड पुराना हो गया है; कक्षा फिर से शुरू कीजिए।",
  qr: (link) => `QR कोड, जो ${link} पर ले जाता है`,
  everybody: "सबके लिए",
  runs: "गली चल रही है",
  hidden: "सच छिपा है।",
  shown: "देखने वालों को सच दिख रहा है।",
  shownThough: "यह पाठ चोर को छिपाता है: विद्यार्थियों के खोलने से पहले सच छिपाइए।",
  pauseAll: "सब रोकिए",
  paused: "सबकी गली रुक गई।",
  letGo: "सब आगे चलाइए",
  goes: "गली आगे चल रही है।",
  results: "परिणाम (CSV)",
  end: "कक्षा समाप्त कीजिए",
  ended: "कक्षा समाप्त हुई।",
  otherLesson: "कक्षा में अब दूसरा पाठ है; सब उसके आरंभ से शुरू करते हैं।",
  hide: "सच छिपाइए",
  hiddenNow: "अब सच छिपा है।",
  revealCode: "सच दिखाने का कोड",
  codeToReveal: "दिखाने का कोड",
  showCode: "कोड दिखाइए",
  reveal: "सच दिखाइए",
  revealed: "अब सब देखने वालों को सच दिख रहा है।",
  learners: (count) => `विद्यार्थी: ${count}`,
  nobody: "अभी कोई शामिल नहीं हुआ।",
  silent: (seconds) => `${seconds} सेकंड से चुप`,
  isNow: (name, role) => `${name} अब ${role} है।`,
  roleOf: (name) => `${name} की भूमिका`,
  homeOf: (name) => `${name} का घर`,
  chooseHome: "एक घर चुनिए",
  remove: "हटाइए",
  removeName: (name) => `${name} को हटाइए`,
  removed: (name) => `${name} अब कक्षा में नहीं है।`,
  notBegun: "ने अभी पाठ शुरू नहीं किया",
  finished: "पूरा हुआ",
  atStep: (step, count) => `क़दम ${step}, कुल ${count}`,
  counts: (hints, wrong) => `${hints} संकेत, ${wrong} ग़लत उत्तर`,
  progressOf: (name) => `${name} की प्रगति`,
  roles: {
    watcher: { name: "दर्शक", says: "आप गली को वैसे देखते हैं जैसे आपके शिक्षक दिखाते हैं।" },
    thief: {
      name: "चोर",
      says: "आप केवल यह देखते हैं कि आपके अपने घर में सचमुच क्या होता है। धारा मीटर के बाहर से लीजिए, और पकड़े मत जाइए।",
    },
    detective: {
      name: "कंपनी का जासूस",
      says: "आप वही देखते हैं जो कंपनी जानती है: रीडिंग, बिल और संदेह, सच कभी नहीं। चोर को ढूँढिए और दल भेजिए।",
    },
    operator: {
      name: "नेटवर्क ऑपरेटर",
      says: "आप टावर और उनके संदेश देखते हैं। आप टावर को बंद और फिर चालू कर सकते हैं।",
    },
    customer: {
      name: "ग्राहक",
      says: "आप अपना मीटर और अपना खाता देखते हैं। जो देना है दीजिए, और बत्ती जलती रखिए।",
    },
  },
  serverSays: (sentence) => SERVER_HI.find(([pattern]) => pattern.test(sentence))?.[1] ?? sentence,
};

export const CLASS_WORDS: Readonly<Record<LessonLanguage, ClassWords>> = { en: EN, hi: HI };
