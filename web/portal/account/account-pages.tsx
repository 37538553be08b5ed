export function AccountPages({ supply }: { readonly supply: string }) {
  return <h1>{supply}</h1>;
}
