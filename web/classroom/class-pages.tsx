// The classroom's own pages: joining with a code, a role's desk, and the teacher's page.

import type { MeView } from "../../sim/contract/portal.ts";
import "./class-pages.css";
import { DeskPage } from "./desk-page.tsx";
import { JoinPage } from "./join-page.tsx";
import { TeachPage } from "./teach-page.tsx";

type ClassPage = "join" | "class" | "teach";

export function ClassPages({ page, me }: { readonly page: ClassPage; readonly me: MeView }) {
  switch (page) {
    case "join":
      return <JoinPage me={me} />;
    case "class":
      return me.role === "learner" ? <DeskPage /> : <JoinPage me={me} />;
    case "teach":
      return <TeachPage me={me} />;
  }
}
