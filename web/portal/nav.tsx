// The parts of a page, as links.

export interface NavPart {
  readonly id: string;
  readonly title: string;
}

export function Nav({
  parts,
  now,
  name,
}: {
  readonly parts: readonly NavPart[];
  readonly now: string;
  readonly name: string;
}) {
  return (
    <nav className="portal-nav" aria-label={name}>
      {parts.map(({ id, title }) => (
        <a key={id} href={`#/${id}`} aria-current={id === now ? "page" : undefined}>
          {title}
        </a>
      ))}
    </nav>
  );
}
