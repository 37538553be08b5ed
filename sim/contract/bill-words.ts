// What stands on a bill, in each language. Charges are named by the tariff's own file, in English: those of the tariffs
// that come with the program are translated here, any other stands as its file has it.

export const LANGUAGES = ["en", "hi"] as const;
export type Language = (typeof LANGUAGES)[number];

export const MONTHS: Readonly<Record<Language, readonly string[]>> = {
  en: [
    ...["January", "February", "March", "April", "May", "June"],
    ...["July", "August", "September", "October", "November", "December"],
  ],
  hi: [
    ...["जनवरी", "फ़रवरी", "मार्च", "अप्रैल", "मई", "जून"],
    ...["जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर"],
  ],
};

export interface BillWords {
  readonly language: string;
  readonly title: string;
  readonly number: string;
  readonly customer: string;
  readonly supply: string;
  readonly tariff: string;
  readonly period: string;
  readonly issued: string;
  readonly due: string;
  readonly readings: string;
  readonly estimated: string;
  readonly used: string;
  readonly fedIn: string;
  readonly charge: string;
  readonly quantity: string;
  readonly price: string;
  readonly amount: string;
  /** Of a duty: what it is a share of, `$1`. */
  readonly shareOf: string;
  readonly total: string;
  readonly totalCredit: string;
  readonly perDay: string;
  readonly dayMissing: string;
  readonly corrects: string;
  readonly estimatedNote: string;
  readonly units: Readonly<Record<"month" | "day", string>>;
}

export const BILL_WORDS: Readonly<Record<Language, BillWords>> = {
  en: {
    language: "English",
    title: "Electricity bill",
    number: "Bill",
    customer: "Customer",
    supply: "Supply point",
    tariff: "Tariff",
    period: "For the time",
    issued: "Issued on",
    due: "To be paid by",
    readings: "Meter reading",
    estimated: "estimated",
    used: "Used",
    fedIn: "Fed into the grid",
    charge: "Charge",
    quantity: "Quantity",
    price: "Price",
    amount: "Amount",
    shareOf: "of $1",
    total: "To pay",
    totalCredit: "In your favour",
    perDay: "Use by day, in kWh",
    dayMissing: "Days without a bar have no readings of their own.",
    corrects: "Lines that correct an earlier bill name the month that they correct.",
    estimatedNote:
      "The meter was not read: this bill is an estimate, and a later bill puts it right to the coin.",
    units: { month: "month", day: "days" },
  },
  hi: {
    language: "हिन्दी",
    title: "बिजली का बिल",
    number: "बिल",
    customer: "उपभोक्ता",
    supply: "आपूर्ति बिंदु",
    tariff: "टैरिफ़",
    period: "अवधि",
    issued: "जारी करने की तारीख़",
    due: "भुगतान की अंतिम तारीख़",
    readings: "मीटर रीडिंग",
    estimated: "अनुमानित",
    used: "खपत",
    fedIn: "ग्रिड को दी गई बिजली",
    charge: "प्रभार",
    quantity: "मात्रा",
    price: "दर",
    amount: "राशि",
    shareOf: "$1 का",
    total: "देय राशि",
    totalCredit: "आपके खाते में जमा",
    perDay: "प्रतिदिन खपत, kWh में",
    dayMissing: "जिन दिनों की पट्टी नहीं है, उनकी रीडिंग नहीं मिली।",
    corrects: "पिछले बिल को सुधारने वाली पंक्तियों में उस महीने का नाम लिखा है।",
    estimatedNote: "मीटर की रीडिंग नहीं मिली: यह बिल अनुमानित है, और अगला बिल इसे पूरी तरह ठीक कर देगा।",
    units: { month: "महीना", day: "दिन" },
  },
};

/** Labels of lines, and what stands for them in Hindi; `$1` and on are what the parentheses hold. */
const HINDI_LABELS: readonly (readonly [RegExp, string])[] = [
  [/^Units (\d+(?:\.\d+)?) to (\d+(?:\.\d+)?)$/, "यूनिट $1 से $2"],
  [/^Units above (\d+(?:\.\d+)?)$/, "$1 से अधिक यूनिट"],
  [/^All units$/, "सभी यूनिट"],
  [/^Units$/, "यूनिट"],
  [/^Day units$/, "दिन की यूनिट"],
  [/^Night units$/, "रात की यूनिट"],
  [/^Units by the half hour$/, "आधे घंटे के भाव से यूनिट"],
  [/^Units while the price was below zero$/, "शून्य से कम भाव की यूनिट"],
  [/^Normal hours$/, "सामान्य घंटे"],
  [/^Solar hours$/, "सौर घंटे"],
  [/^Peak hours$/, "अधिकतम माँग के घंटे"],
  [/^Fixed charge$/, "स्थिर प्रभार"],
  [/^Standing charge$/, "दैनिक प्रभार"],
  [/^Demand, recorded$/, "दर्ज माँग"],
  [/^Demand, (\S+) % of the contract$/, "माँग, अनुबंध का $1 %"],
  [/^Demand above the contract$/, "अनुबंध से अधिक माँग"],
  [/^Export set against use$/, "निर्यात से समायोजित"],
  [/^Export$/, "निर्यात"],
  [
    /^Demand and power factor were not measured: by the contract$/,
    "माँग और शक्ति गुणक मापे नहीं गए: अनुबंध के अनुसार",
  ],
  [/^Fuel adjustment$/, "ईंधन समायोजन"],
  [/^Wheeling$/, "वहन प्रभार"],
  [/^Power factor (\S+): penalty$/, "शक्ति गुणक $1: दंड"],
  [/^Power factor (\S+): incentive$/, "शक्ति गुणक $1: प्रोत्साहन"],
  [/^Electricity duty on the energy charge$/, "ऊर्जा प्रभार पर विद्युत शुल्क"],
  [/^Electricity duty$/, "विद्युत शुल्क"],
  [/^Tax on sale$/, "बिक्री कर"],
  [/^VAT$/, "वैट"],
  [/^Meter rent$/, "मीटर किराया"],
  [/^Tax on Meter rent$/, "मीटर किराये पर कर"],
  [/^Up to the minimum bill$/, "न्यूनतम बिल तक"],
  [/^Export$/, "ग्रिड को दी गई बिजली"],
  [/^Export set against use$/, "खपत में से घटाई गई, ग्रिड को दी गई बिजली"],
  [/^Rounding$/, "पूर्णांकन"],
  [/^Late payment surcharge, (\d+) days? overdue$/, "विलंब अधिभार, $1 दिन"],
  [/^Budget: the same amount each month$/, "बजट: हर महीने समान राशि"],
  [/^Budget: the same amount for each of (\d+) months$/, "बजट: $1 महीनों में हर महीने समान राशि"],
  [/^Budget: settled$/, "बजट: हिसाब पूरा"],
  [/^Correction of (\S+): energy$/, "$1 का सुधार: ऊर्जा"],
  [/^Correction of (\S+): fixed$/, "$1 का सुधार: स्थिर प्रभार"],
  [/^Correction of (\S+): duty$/, "$1 का सुधार: शुल्क"],
  [/^Correction of (\S+): \S+$/, "$1 का सुधार: अन्य प्रभार"],
];
const HINDI_PARTS: readonly (readonly [RegExp, string])[] = [
  [/, (\d+) months?, (\d+) times the tariff$/, ", $1 महीने, टैरिफ़ का $2 गुना"],
];

/**
 * A line's label in a language; as it is where nobody has translated it. What stands before it (the month of a bill of
 * several, the days of a part of a month) and behind it (of an assessment) is translated apart.
 */
export function labelText(label: string, language: Language): string {
  if (language === "en") return label;
  const before = /^(\d{4}-\d\d|[^:]*\d [A-Z][a-z]+): (.*)$/.exec(label);
  if (before !== null) return `${daysText(before[1]!)}: ${labelText(before[2]!, language)}`;
  for (const [pattern, hindi] of HINDI_PARTS) {
    const at = label.search(pattern);
    if (at >= 0)
      return labelText(label.slice(0, at), language) + label.slice(at).replace(pattern, hindi);
  }
  const known = HINDI_LABELS.find(([pattern]) => pattern.test(label));
  return known === undefined ? label : label.replace(known[0], known[1]);
}

/** `1 to 14 April`: days of a part of a month, in Hindi. */
function daysText(text: string): string {
  const months = MONTHS.en.reduce((all, month, at) => all.replaceAll(month, MONTHS.hi[at]!), text);
  return months.replace(" to ", " से ");
}
