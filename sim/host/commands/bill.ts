// `meterville bill`: one bill with its working, line by line, from a store.

import { writeFileSync } from "node:fs";
import { billDocument, dailyUseWh } from "../../contract/bill-document.ts";
import type { Language } from "../../contract/bill-words.ts";
import { type BillExplanation, explainBill } from "../../contract/explain-bill.ts";
import { type BillQuery, type FoundBill, findBill, type StoredEvidence } from "../bill-lookup.ts";
import { EXIT } from "../exit-codes.ts";
import { CallerError } from "../failure.ts";

export interface BillOptions extends Omit<BillQuery, "account"> {
  readonly store: string;
  readonly json?: boolean;
  /** A file to write the bill to. */
  readonly pdf?: string;
  readonly lang: Language;
}

/** Prints a bill and where it comes from; returns 1 where it does not come out, or the store says otherwise. */
export async function billCommand(account: string, options: BillOptions): Promise<number> {
  const { store, cycle, run, pdf, lang } = options;
  const query = { account, cycle, ...(run === undefined ? {} : { run }) };
  const found = findBill(store, query);
  const explained = explainBill(found.bill);
  const problems = problemsOf(explained, found.evidence);
  if (pdf !== undefined) await writePdf(pdf, found, lang);
  if (options.json === true) {
    const { runId, bill, evidence } = found;
    process.stdout.write(`${JSON.stringify({ runId, bill, explained, evidence, problems })}\n`);
  } else process.stdout.write(`${textOf(found, explained).join("\n")}\n`);
  for (const problem of problems) process.stderr.write(`the bill does not hold: ${problem}\n`);
  return problems.length === 0 ? EXIT.done : EXIT.no;
}

async function writePdf(path: string, { bill, registers }: FoundBill, lang: Language) {
  const document = billDocument(bill, lang, dailyUseWh(bill, registers));
  try {
    // What draws PDFs takes a while to be read in.
    const { billPdf } = await import("../bill-pdf.ts");
    writeFileSync(path, await billPdf(document, bill));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    throw new CallerError(`${path}: cannot be written (${message}); give another file`, { cause });
  }
}

function problemsOf(
  { isExact, lines, total }: BillExplanation,
  evidence: readonly StoredEvidence[],
): readonly string[] {
  const problems: string[] = [];
  if (!isExact) {
    const wrong = lines.find(
      ({ recomputedMinor, amountMinor }) =>
        recomputedMinor !== null && recomputedMinor !== amountMinor,
    );
    problems.push(wrong?.sentence ?? total);
  }
  for (const { measured, billWh, storedWh, sequence } of evidence) {
    if (storedWh === null || storedWh === billWh) continue;
    problems.push(
      `it rests on ${billWh} Wh at ${measured}, reading ${sequence} in the store says ${storedWh} Wh`,
    );
  }
  return problems;
}

/** For a terminal: what the bill is about, its lines with their working, and the stored readings. */
function textOf(
  { bill, evidence, runId }: FoundBill,
  { head, lines, total }: BillExplanation,
): readonly string[] {
  return [
    ...head,
    "",
    ...lines.map(({ sentence }, at) => `${String(at + 1).padStart(2)}. ${sentence}`),
    "",
    `Total: ${total}`,
    ...(evidence.length === 0 ? [] : ["", `Readings in the store, run ${runId}:`]),
    ...evidence.map(({ measured, billWh, sequence, storedWh }) =>
      storedWh === null
        ? `  ${measured}: ${billWh} Wh, read by a person or before the run; the store has no reading of that moment`
        : `  ${measured}: ${storedWh} Wh, reading ${sequence} of ${bill.supply}`,
    ),
  ];
}
