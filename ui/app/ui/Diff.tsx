// What changed between two schemas: a sign and a word beside each colour.

interface DiffProps {
  added: readonly string[];
  removed: readonly string[];
  retyped: readonly string[];
  /** At most this many names of each sort. */
  limit?: number;
}

export function Diff({ added, removed, retyped, limit = 8 }: DiffProps) {
  if (added.length + removed.length + retyped.length === 0) {
    return <span className="muted">Same names and types: the order or a description differs.</span>;
  }
  return (
    <span className="diff">
      <Names names={added} limit={limit} tone="ok" sign="+" word="added" />
      <Names names={removed} limit={limit} tone="bad" sign="−" word="removed" />
      <Names names={retyped} limit={limit} tone="warn" sign="~" word="retyped" />
    </span>
  );
}

interface NamesProps {
  names: readonly string[];
  limit: number;
  tone: string;
  sign: string;
  word: string;
}

function Names({ names, limit, tone, sign, word }: NamesProps) {
  const rest = names.length - limit;
  return (
    <>
      {names.slice(0, limit).map((name) => (
        <span key={name} className={`badge tone-${tone}`} title={`${name} ${word}`}>
          {sign} {name}
          <span className="visually-hidden"> {word}</span>
        </span>
      ))}
      {rest > 0 ? (
        <span className="muted">
          {sign} {rest} more {word}
        </span>
      ) : null}
    </>
  );
}
