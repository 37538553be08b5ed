// A bill as a page: the same document as the PDF's, with its plot, in the language that the reader chooses.

import { Button, SegmentedControl } from "@mantine/core";
import { useEffect, useState } from "react";
import type { BillDocument } from "../../sim/contract/bill-document.ts";
import { kWhText } from "../../sim/contract/bill-form.ts";
import { BILL_WORDS, LANGUAGES, type Language } from "../../sim/contract/bill-words.ts";
import { billPath, linkTo } from "../player/server-link.ts";
import "../styles/bill-paper.css";
import { read } from "./api.ts";

const LANGUAGE_KEY = "meterville.bill-language";

function usualLanguage(): Language {
  const kept = localStorage.getItem(LANGUAGE_KEY) ?? navigator.language.slice(0, 2);
  return LANGUAGES.find((each) => each === kept) ?? "en";
}

export function BillPaper({ id }: { readonly id: string }) {
  const [language, setLanguage] = useState(usualLanguage);
  const [shown, setShown] = useState<BillDocument | null>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    let isShown = true;
    void read<BillDocument>(billPath(id, language)).then((answer) => {
      if (!isShown) return;
      setProblem(answer.ok ? "" : answer.reason);
      if (answer.ok) setShown(answer.value);
    });
    return () => {
      isShown = false;
    };
  }, [id, language]);
  const choose = (value: string): void => {
    localStorage.setItem(LANGUAGE_KEY, value);
    setLanguage(value as Language);
  };
  return (
    <div className="bill-paper-frame">
      <div className="bill-paper-tools">
        <SegmentedControl
          aria-label="Language of the bill"
          value={language}
          onChange={choose}
          data={LANGUAGES.map((each) => ({ value: each, label: BILL_WORDS[each].language }))}
        />
        <Button
          component="a"
          variant="default"
          href={linkTo(billPath(id, language, "pdf"), location.href)}
          download
        >
          PDF
        </Button>
      </div>
      {problem !== "" && <p role="alert">{problem}</p>}
      {shown !== null && <Paper document={shown} />}
    </div>
  );
}

function Paper({ document }: { readonly document: BillDocument }) {
  const { language, title, facts, columns, rows, total, notes } = document;
  const keyed = rows.map((row, at) => ({ row, key: `${at}` }));
  return (
    <article className="bill-paper" lang={language}>
      <h2>{title}</h2>
      <dl>
        {facts.map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div className="bill-paper-lines">
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {keyed.map(({ row: [label, quantity, price, amount], key }) => (
              <tr key={key}>
                <th scope="row">{label}</th>
                <td>{quantity}</td>
                <td>{price}</td>
                <td>{amount}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" colSpan={3}>
                {total.label}
              </th>
              <td>{total.value}</td>
            </tr>
          </tfoot>
        </table>
      </div>
      <DailyUse document={document} />
      {notes.map((note) => (
        <p key={note} className="bill-paper-note">
          {note}
        </p>
      ))}
    </article>
  );
}

const PLOT_HEIGHT = 120;
const BAR_WIDTH = 18;
const BAR_STEP = 24;

function DailyUse({ document: { plot } }: { readonly document: BillDocument }) {
  const { title, dailyWh, from, through } = plot;
  const highestWh = Math.max(0, ...dailyWh.map((wh) => wh ?? 0));
  if (highestWh === 0) return null;
  const bars = dailyWh.map((wh, day) => ({ wh, day }));
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <svg
        viewBox={`0 0 ${dailyWh.length * BAR_STEP} ${PLOT_HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${title}: ${bars.map(({ wh }) => (wh === null ? "–" : kWhText(wh))).join(", ")}`}
      >
        {bars.map(({ wh, day }) => {
          const height = ((wh ?? 0) / highestWh) * PLOT_HEIGHT;
          return (
            <rect
              key={day}
              x={day * BAR_STEP + (BAR_STEP - BAR_WIDTH) / 2}
              y={PLOT_HEIGHT - height}
              width={BAR_WIDTH}
              height={height}
            />
          );
        })}
      </svg>
      <div className="bill-paper-axis">
        <span>{from}</span>
        <span>≤ {kWhText(highestWh)} kWh</span>
        <span>{through}</span>
      </div>
    </figure>
  );
}
