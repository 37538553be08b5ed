import type { MeView } from "../../../sim/contract/portal.ts";

export function OfficePages({ me }: { readonly me: MeView }) {
  return <h1>{me.name}</h1>;
}
