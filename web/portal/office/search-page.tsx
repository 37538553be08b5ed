// Finding a customer by address, name, meter or supply point.

import { TextInput } from "@mantine/core";
import { useState } from "react";
import type { OfficeRows } from "../../../sim/contract/office.ts";
import { usePolled } from "../polled.ts";
import { RowTable } from "./row-table.tsx";

export function SearchPage() {
  const [word, setWord] = useState("");
  const { value, problem } = usePolled<OfficeRows>(
    `api/office/search?q=${encodeURIComponent(word)}`,
  );
  return (
    <>
      <h1>Customers</h1>
      <search className="stack">
        <TextInput
          label="Address, name, meter or supply point"
          type="search"
          size="md"
          maxLength={100}
          value={word}
          onChange={(event) => setWord(event.currentTarget.value)}
        />
      </search>
      <p role="alert" className="problem">
        {problem}
      </p>
      {value !== null && <RowTable view={value} name="Customers found" />}
    </>
  );
}
