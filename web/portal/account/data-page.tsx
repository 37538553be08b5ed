// What is collected about a home, how to get it, and what the customer allows.

import { Switch } from "@mantine/core";
import { useState } from "react";
import type { ConsentView } from "../../../sim/contract/portal.ts";
import { formatMoment } from "../../player/format.ts";
import { linkTo } from "../../player/server-link.ts";
import { send } from "../api.ts";
import { usePolled } from "../polled.ts";
import type { PageProps } from "./account-pages.tsx";

const MINUTE_MS = 60_000;

export function DataPage({ view, base }: PageProps) {
  const { value, problem, again } = usePolled<ConsentView>(`${base}/consent`);
  const [refused, setRefused] = useState("");
  const allow = async (sharesUse: boolean): Promise<void> => {
    const answer = await send<ConsentView>(`${base}/consent`, { sharesUse });
    setRefused(answer.ok ? "" : answer.reason);
    again();
  };
  return (
    <>
      <h1>Your data</h1>
      <p role="alert" className="problem">
        {problem}
        {refused}
      </p>
      {value !== null && (
        <>
          <section className="card" aria-labelledby="collected-title">
            <h2 id="collected-title">What is collected</h2>
            <p>
              Your meter sends its register, the voltage and its own state every{" "}
              {Math.round(value.intervalMs / MINUTE_MS)} minutes, and events such as an outage or an
              opened cover when they happen.
            </p>
            <p>
              The company has {value.readings} readings of your meter
              {value.oldestMs === null
                ? ""
                : `, from ${formatMoment(view.clock, value.oldestMs)} on`}
              . It makes your bills from them, finds outages, and looks for energy that nobody pays
              for.
            </p>
            <p>
              <a href={linkTo(`${base}/readings.csv`, location.href)} download>
                Download my readings (CSV)
              </a>
            </p>
          </section>
          <section className="card" aria-labelledby="consent-title">
            <h2 id="consent-title">What you allow</h2>
            <Switch
              size="md"
              label="My use may be part of my neighbours' mean"
              description="Only as a mean of at least five homes. Without it you do not see their mean either."
              checked={value.sharesUse}
              onChange={(event) => void allow(event.currentTarget.checked)}
            />
          </section>
        </>
      )}
    </>
  );
}
