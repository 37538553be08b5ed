// Hands bytes to the browser as a file.

/** Addresses of files stay good for so long: some browsers read them late. */
const KEPT_MS = 60_000;

export function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}
