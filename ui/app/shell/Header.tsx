// The bar at the top: name, search, places, theme.
import { Link, useLocation } from "@tanstack/react-router";
import { SearchBox } from "./SearchBox";
import { useStatus } from "./status";
import { ThemeSwitch } from "./ThemeSwitch";

interface HeaderProps {
  onPalette: () => void;
  onKeys: () => void;
}

export function Header({ onPalette, onKeys }: HeaderProps) {
  const home = useLocation({ select: (location) => location.pathname === "/" });
  const status = useStatus();
  return (
    <header className="top">
      <Link to="/" className="brand" activeOptions={{ exact: true }}>
        <Logo />
        <span className="brand-name">Headwater</span>
      </Link>
      {status?.demo ? (
        <span className="ribbon" title="Invented data. It is gone when the server stops.">
          demo<span className="wide-only"> data</span>
        </span>
      ) : null}
      <div className="top-search">{home ? null : <SearchBox />}</div>
      <nav aria-label="Places">
        <Link to="/browse">Browse</Link>
        <Link to="/estate">Health</Link>
        <Link to="/events">Events</Link>
        <Link to="/connect">Connect</Link>
        <a href="/graphiql">GraphiQL</a>
      </nav>
      <div className="top-tools">
        <button
          type="button"
          className="button small palette-button"
          onClick={onPalette}
          title="Go to anything (Ctrl K or ⌘ K)"
        >
          Go to <span className="key wide-only">Ctrl K</span>
        </button>
        <button
          type="button"
          className="icon-button"
          onClick={onKeys}
          aria-label="Keyboard help"
          title="Keyboard help (?)"
        >
          ?
        </button>
        <ThemeSwitch />
      </div>
    </header>
  );
}

function Logo() {
  return (
    <svg width="24" height="24" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="var(--accent)" />
      <g fill="none" stroke="var(--accent-ink)" strokeWidth="2.6" strokeLinecap="round">
        <path d="M6 9c4.5-3 6 3 10 0" />
        <path d="M6 16.5c5-3.5 9 3.5 15 0" />
        <path d="M6 24c6-4 12 4 20 0" />
      </g>
    </svg>
  );
}
