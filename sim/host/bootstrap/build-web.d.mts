/** Where the built page lies. */
export const WEB_DIST: string;
/** Builds `web/dist` unless it is up to date; resolves with its folder. Throws `SetupFailure`. */
export function ensureWebBuilt(): Promise<string>;
