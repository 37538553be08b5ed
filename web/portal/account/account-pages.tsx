// A customer's own pages: home, use, bills, messages, data.

import { useEffect } from "react";
import type { CustomerView } from "../../../sim/contract/portal.ts";
import { useHash } from "../hash.ts";
import { Nav, type NavPart } from "../nav.tsx";
import { usePolled } from "../polled.ts";
import { AlertsPage } from "./alerts-page.tsx";
import { BillsPage } from "./bills-page.tsx";
import { DataPage } from "./data-page.tsx";
import { HomePage } from "./home-page.tsx";
import { UsePage } from "./use-page.tsx";

const PARTS: readonly NavPart[] = [
  { id: "", title: "Home" },
  { id: "use", title: "Use" },
  { id: "bills", title: "Bills" },
  { id: "messages", title: "Messages" },
  { id: "data", title: "My data" },
];

export interface PageProps {
  readonly view: CustomerView;
  /** Of this account's routes. */
  readonly base: string;
  readonly again: () => void;
}

export function AccountPages({ supply }: { readonly supply: string }) {
  const base = `api/account/${encodeURIComponent(supply)}`;
  const { value: view, problem, again } = usePolled<CustomerView>(base);
  const [part = ""] = useHash();
  useEffect(() => {
    const { title = "Home" } = PARTS.find(({ id }) => id === part) ?? {};
    document.title = `${title} · my electricity`;
  }, [part]);
  return (
    <>
      <Nav parts={PARTS} now={part} name="My account" />
      {problem !== "" && (
        <p role="alert" className="problem">
          {problem}
        </p>
      )}
      <main>
        {view === null && problem === "" && <p className="portal-wait">One moment …</p>}
        {view !== null && <Part part={part} props={{ view, base, again }} />}
      </main>
    </>
  );
}

function Part({ part, props }: { readonly part: string; readonly props: PageProps }) {
  switch (part) {
    case "use":
      return <UsePage {...props} />;
    case "bills":
      return <BillsPage {...props} />;
    case "messages":
      return <AlertsPage {...props} />;
    case "data":
      return <DataPage {...props} />;
    default:
      return <HomePage {...props} />;
  }
}
