// JSON text as it was sent, over lines; the line that a pointer names is marked and brought into view.
import { useEffect, useMemo, useRef, useState } from "react";
import { count } from "../lib/format";
import { jsonLines, lineOf } from "../lib/json-lines";
import { CopyButton } from "./CopyButton";

/** Lines that are drawn at first: an event of megabytes must not stop the page. */
const limit = 1_500;

interface RawJsonProps {
  text: string;
  /** JSON pointer to what should be marked. */
  mark?: string;
  label: string;
}

export function RawJson({ text, mark, label }: RawJsonProps) {
  const lines = useMemo(() => jsonLines(text), [text]);
  const marked = useMemo(
    () => (lines && mark !== undefined ? lineOf(lines, mark) : undefined),
    [lines, mark],
  );
  const [whole, setWhole] = useState(false);
  const box = useRef<HTMLPreElement>(null);
  const line = useRef<HTMLElement>(null);
  useEffect(() => {
    // Only the box scrolls, never the page.
    if (marked !== undefined && box.current && line.current)
      box.current.scrollTop = line.current.offsetTop - box.current.clientHeight / 3;
  }, [marked]);
  const from = !whole && marked !== undefined && marked > limit / 2 ? marked - limit / 2 : 0;
  const shown = lines ? (whole ? lines : lines.slice(from, from + limit)) : [];
  const cut = lines !== undefined && shown.length < lines.length;
  return (
    <section className="json" aria-label={label}>
      <div className="json-tools">
        <CopyButton text={text} />
        {cut ? (
          <button type="button" className="button small" onClick={() => setWhole(true)}>
            Show all {count(lines.length)} lines
          </button>
        ) : null}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard */}
      <pre tabIndex={0} ref={box}>
        {lines
          ? shown.map((one, i) =>
              from + i === marked ? (
                // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
                <mark key={from + i} className="fault" ref={line}>{`${one.text}\n`}</mark>
              ) : (
                `${one.text}\n`
              ),
            )
          : text}
      </pre>
    </section>
  );
}
