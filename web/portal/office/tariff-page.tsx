// A tariff as text, and what it would have made of last month. Trying one changes nothing.

import { Button, NativeSelect } from "@mantine/core";
import { useEffect, useState } from "react";
import type { TariffsView, TariffTrial, TariffTrialView } from "../../../sim/contract/office.ts";
import { formatDayOf, formatEnergy, formatMoney } from "../../player/format.ts";
import { read, send } from "../api.ts";
import { WideTable } from "../wide-table.tsx";

export function TariffPage() {
  const [tariffs, setTariffs] = useState<TariffsView | null>(null);
  const [file, setFile] = useState("");
  const [text, setText] = useState("");
  const [result, setResult] = useState<TariffTrialView | null>(null);
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    void read<TariffsView>("api/office/tariffs").then((answer) => {
      if (!answer.ok) return setProblem(answer.reason);
      setTariffs(answer.value);
      const { files, inForce } = answer.value;
      const usual = files.find(({ name }) => name === `${inForce[0]?.id}.yaml`) ?? files[0];
      setFile(usual?.name ?? "");
      setText(usual?.text ?? "");
    });
  }, []);
  const choose = (name: string): void => {
    setFile(name);
    setText(tariffs?.files.find((each) => each.name === name)?.text ?? "");
    setResult(null);
  };
  const attempt = async (): Promise<void> => {
    setBusy(true);
    const answer = await send<TariffTrialView>("api/office/tariff-trial", { text });
    setBusy(false);
    setProblem(answer.ok ? "" : answer.reason);
    setResult(answer.ok ? answer.value : null);
  };
  return (
    <>
      <h1>Tariffs</h1>
      <ul>
        {tariffs?.inForce.map(({ id, title, homes }) => (
          <li key={id}>
            {title}: {homes} {homes === 1 ? "home" : "homes"}
          </li>
        ))}
      </ul>
      <div className="stack">
        <NativeSelect
          label="Begin with"
          size="md"
          data={(tariffs?.files ?? []).map(({ name }) => name)}
          value={file}
          onChange={(event) => choose(event.currentTarget.value)}
        />
      </div>
      <h2 id="editor-title">The tariff</h2>
      <textarea
        className="editor"
        aria-labelledby="editor-title"
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <p>
        <Button size="md" loading={isBusy} onClick={() => void attempt()}>
          Try it on last month's readings
        </Button>{" "}
        <span className="quiet">Nobody is billed by it.</span>
      </p>
      <div role="alert" className="problem">
        {problem}
        {result !== null && result.problems.length > 0 && (
          <ul>
            {result.problems.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
        )}
      </div>
      {result?.trial != null && <Trial trial={result.trial} />}
    </>
  );
}

function Trial({ trial }: { readonly trial: TariffTrial }) {
  const { currency, clock, homes, beforeMinor, afterMinor, medianChangeMinor, leftOut } = trial;
  const signed = (minor: number): string =>
    `${minor > 0 ? "+" : ""}${formatMoney(minor, currency)}`;
  return (
    <section className="card" aria-labelledby="trial-title" role="status">
      <h2 id="trial-title">{trial.title}</h2>
      <p>
        From {formatDayOf(clock, trial.fromMs)} to {formatDayOf(clock, trial.toMs)}, {homes} homes:{" "}
        {formatMoney(beforeMinor, currency)} would have been{" "}
        <b>{formatMoney(afterMinor, currency)}</b> ({signed(afterMinor - beforeMinor)}).
      </p>
      <p>
        {trial.losers} would pay more, {trial.winners} less, {trial.same} the same; the change in
        the middle is {signed(medianChangeMinor)}. Monthly charges are those of a whole month.
      </p>
      {leftOut.map(({ homes: count, because }) => (
        <p key={because}>
          {count} {count === 1 ? "home is" : "homes are"} left out: {because}.
        </p>
      ))}
      <WideTable name="Homes whose bill changes most">
        <caption>Those whose bill changes most</caption>
        <thead>
          <tr>
            <th scope="col">Address</th>
            <th scope="col" className="number">
              Used
            </th>
            <th scope="col" className="number">
              Was
            </th>
            <th scope="col" className="number">
              Would be
            </th>
            <th scope="col" className="number">
              Change
            </th>
          </tr>
        </thead>
        <tbody>
          {trial.rows.map((row) => (
            <tr key={row.supply}>
              <td>
                <a href={`#/supply/${row.supply}`}>{row.address}</a>
              </td>
              <td className="number">{formatEnergy(row.energyWh)}</td>
              <td className="number">{formatMoney(row.beforeMinor, currency)}</td>
              <td className="number">{formatMoney(row.afterMinor, currency)}</td>
              <td className="number">{signed(row.afterMinor - row.beforeMinor)}</td>
            </tr>
          ))}
        </tbody>
      </WideTable>
    </section>
  );
}
