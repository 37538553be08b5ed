// The pages for customers and officials: who is there decides what is shown; each side is fetched when it is needed.

import { Button, createTheme, MantineProvider } from "@mantine/core";
import { lazy, Suspense, useEffect, useState } from "react";
import type { MeView } from "../../sim/contract/portal.ts";
import { linkTo } from "../player/server-link.ts";
import { theme } from "../theme.ts";
import { forgetSession, read, send } from "./api.ts";
import { SignIn } from "./sign-in.tsx";

const AccountPages = lazy(async () => {
  const { AccountPages: pages } = await import("./account/account-pages.tsx");
  return { default: pages };
});
const OfficePages = lazy(async () => {
  const { OfficePages: pages } = await import("./office/office-pages.tsx");
  return { default: pages };
});

const ClassPages = lazy(async () => {
  const { ClassPages: pages } = await import("../classroom/class-pages.tsx");
  return { default: pages };
});
const CLASS_PAGES = ["join", "class", "teach"] as const;

const portalTheme = createTheme({
  ...theme,
  primaryShade: { light: 8, dark: 8 },
  autoContrast: true,
  fontSizes: { xs: "14px", sm: "15px", md: "16px", lg: "18px", xl: "20px" },
});

/** Where a role's own pages are; the street's page for those who steer it. */
export function homeOf({ role }: Pick<MeView, "role">): string {
  if (role === "customer") return "account";
  if (role === "learner") return "class";
  if (new URLSearchParams(location.search).get("to") === "teach") return "teach";
  const wantsOffice = new URLSearchParams(location.search).get("to") === "office";
  return wantsOffice || role === "official" || role === "administrator" ? "office" : "./";
}

const pageNow = (): string => location.pathname.split("/").at(-1) ?? "";

export function Portal() {
  const [me, setMe] = useState<MeView | null>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    void read<MeView>("api/me").then((answer) => {
      if (answer.ok) setMe(answer.value);
      else setProblem(answer.reason);
    });
  }, []);
  return (
    <MantineProvider theme={portalTheme} forceColorScheme="light">
      {problem !== "" && <p role="alert">{problem}</p>}
      {me !== null && <Pages me={me} />}
    </MantineProvider>
  );
}

function Pages({ me }: { readonly me: MeView }) {
  const page = pageNow();
  const classPage = CLASS_PAGES.find((each) => each === page);
  if (classPage !== undefined) {
    return (
      <Suspense fallback={<Wait />}>
        <ClassPages page={classPage} me={me} />
      </Suspense>
    );
  }
  const isOffice = page === "office" && me.role !== null && me.role !== "customer";
  const isAccount = page === "account" && me.role === "customer";
  if (!isOffice && !isAccount) return <SignIn me={me} />;
  return (
    <div className={isOffice ? "portal is-office" : "portal"}>
      <header className="portal-head">
        <a className="portal-name" href={linkTo(homeOf(me), location.href)}>
          Meterville
        </a>
        <span className="portal-who">
          {me.name}
          {isOffice && me.name !== me.role ? `, ${me.role}` : ""}
        </span>
        {me.isSignedIn ? <SignOut /> : <a href={linkTo("sign-in", location.href)}>Sign in</a>}
      </header>
      <Suspense fallback={<Wait />}>
        {isOffice ? <OfficePages me={me} /> : <AccountPages supply={me.supply!} />}
      </Suspense>
    </div>
  );
}

/** What stands there until the pages have come: it too has a heading and a place that a screen reader finds. */
function Wait() {
  return (
    <main>
      <h1 className="portal-wait">One moment …</h1>
    </main>
  );
}

export function SignOut() {
  const [problem, setProblem] = useState("");
  const leave = async (): Promise<void> => {
    const answer = await send("api/sign-out", {});
    forgetSession();
    if (answer.ok) location.assign(linkTo("sign-in", location.href));
    else setProblem(answer.reason);
  };
  return (
    <>
      <Button variant="default" onClick={() => void leave()}>
        Sign out
      </Button>
      {problem !== "" && <span role="alert">{problem}</span>}
    </>
  );
}
