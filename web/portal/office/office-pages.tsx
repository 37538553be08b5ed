// The office's pages: search, one account, arrears, disconnections, the board, tariffs, exports, the audit log.

import { type ReactNode, useEffect } from "react";
import type { MeView } from "../../../sim/contract/portal.ts";
import { useHash } from "../hash.ts";
import { Nav, type NavPart } from "../nav.tsx";
import { AccountPage } from "./account-page.tsx";
import { ArrearsPage } from "./arrears-page.tsx";
import { AuditPage } from "./audit-page.tsx";
import { BoardPage } from "./board-page.tsx";
import { DisconnectionsPage } from "./disconnections-page.tsx";
import { ExportsPage } from "./exports-page.tsx";
import { SearchPage } from "./search-page.tsx";
import { TariffPage } from "./tariff-page.tsx";

const PARTS: readonly (NavPart & { readonly page: () => ReactNode })[] = [
  { id: "", title: "Search", page: () => <SearchPage /> },
  { id: "arrears", title: "Arrears", page: () => <ArrearsPage /> },
  { id: "disconnections", title: "Disconnections", page: () => <DisconnectionsPage /> },
  { id: "outages", title: "Outages", page: () => <BoardPage of="outages" /> },
  { id: "cases", title: "Cases", page: () => <BoardPage of="cases" /> },
  { id: "tariffs", title: "Tariffs", page: () => <TariffPage /> },
  { id: "exports", title: "Exports", page: () => <ExportsPage /> },
];
const AUDIT: (typeof PARTS)[number] = {
  id: "audit",
  title: "Audit log",
  page: () => <AuditPage />,
};

export function OfficePages({ me }: { readonly me: MeView }) {
  const [part = "", id = ""] = useHash();
  const parts = me.role === "administrator" ? [...PARTS, AUDIT] : PARTS;
  const now = parts.find((each) => each.id === part);
  const title = part === "supply" ? "Account" : (now ?? parts[0]!).title;
  useEffect(() => {
    document.title = `${title} · office`;
  }, [title]);
  return (
    <>
      <Nav parts={parts} now={part} name="Office" />
      <main>{part === "supply" ? <AccountPage id={id} /> : (now ?? parts[0]!).page()}</main>
    </>
  );
}
