// Text inside XML and HTML.

/** With what means something there written as entities, and without control characters. */
export const escapeXml = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    // XML 1.0 knows no control characters, not even escaped.
    .replaceAll(/[^\P{Cc}\t\n\r]/gu, "\ufffd");
