// What a signed-in page sends along with whatever changes something, so that no other page can do it in its name.

import type { MeView } from "../../sim/contract/portal.ts";

/** What the server answers a change whose header is missing or old. */
const isOld = async (response: Response): Promise<boolean> =>
  response.status === 403 && (await response.clone().text()).includes("csrf-token");

/** Changes in one address's session: their header is asked for once, and again where it has become old. */
export function createCsrf(address: URL, headers: Readonly<Record<string, string>>) {
  let asked: Promise<Record<string, string>> | undefined;
  const ask = async (): Promise<Record<string, string>> => {
    const response = await fetch(new URL("api/me", address), { headers });
    const me = response.ok ? ((await response.json()) as MeView) : null;
    return me === null || me.csrfToken === null ? {} : { "csrf-token": me.csrfToken };
  };
  const post = async (path: string, body: unknown): Promise<Response> => {
    asked ??= ask();
    return fetch(new URL(path, address), {
      method: "POST",
      headers: { ...headers, ...(await asked), "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  };
  return {
    /** Sends a change; once more with a new header where another session has begun meanwhile. */
    async post(path: string, body: unknown): Promise<Response> {
      const response = await post(path, body);
      if (!(await isOld(response))) return response;
      asked = undefined;
      return post(path, body);
    },
    /** Somebody else may have signed in meanwhile. */
    forget(): void {
      asked = undefined;
    },
  };
}
