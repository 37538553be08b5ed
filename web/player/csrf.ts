// What a signed-in page sends along with whatever changes something, so that no other page can do it in its name.

import type { MeView } from "../../sim/contract/portal.ts";

/** The header for one address's session; asked for once, and again after `forget`. */
export function createCsrf(address: URL, headers: Readonly<Record<string, string>>) {
  let asked: Promise<Record<string, string>> | undefined;
  const ask = async (): Promise<Record<string, string>> => {
    const response = await fetch(new URL("api/me", address), { headers });
    const me = response.ok ? ((await response.json()) as MeView) : null;
    return me === null || me.csrfToken === null ? {} : { "csrf-token": me.csrfToken };
  };
  return {
    header(): Promise<Record<string, string>> {
      asked ??= ask();
      return asked;
    },
    /** Somebody else may have signed in meanwhile. */
    forget(): void {
      asked = undefined;
    },
  };
}
