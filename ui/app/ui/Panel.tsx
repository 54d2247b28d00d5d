// A titled box with its own boundary.
import { type ReactNode, useId } from "react";
import { Boundary } from "./Boundary";

interface PanelProps {
  title: ReactNode;
  /** Links or buttons at the right of the title. */
  actions?: ReactNode;
  children: ReactNode;
  lines?: number;
  className?: string;
}

export function Panel({ title, actions, children, lines, className = "" }: PanelProps) {
  const id = useId();
  return (
    <section className={`panel ${className}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {actions ? <div className="panel-actions">{actions}</div> : null}
      </header>
      <Boundary lines={lines}>{children}</Boundary>
    </section>
  );
}

/** A sentence in place of content that does not exist. */
export function Empty({ children }: { children: ReactNode }) {
  return <p className="empty">{children}</p>;
}
