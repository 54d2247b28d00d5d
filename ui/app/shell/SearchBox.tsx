// The search field. On the search page it follows and changes the query as one types; elsewhere Enter goes there.
import { useLocation, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { Icon } from "../ui/Icon";

export function SearchBox({ big = false }: { big?: boolean }) {
  const navigate = useNavigate();
  const onSearchPage = useLocation({ select: (location) => location.pathname === "/search" });
  const asked = useLocation({ select: (location) => (location.search as { q?: string }).q ?? "" });
  const query = onSearchPage ? asked : "";
  const [value, setValue] = useState(query);
  const sent = useRef(query);

  useEffect(() => {
    if (query === sent.current) return;
    sent.current = query;
    setValue(query);
  }, [query]);

  useEffect(() => {
    if (!onSearchPage || value === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = value;
      navigate({ to: "/search", search: (old) => ({ ...old, q: value || undefined }), replace: true });
    }, 200);
    return () => clearTimeout(timer);
  }, [value, onSearchPage, navigate]);

  const submit = () => {
    sent.current = value;
    if (onSearchPage) navigate({ to: "/search", search: (old) => ({ ...old, q: value || undefined }) });
    else navigate({ to: "/search", search: { q: value || undefined } });
  };
  return (
    <search className={big ? "search-box big" : "search-box"}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Icon name="search" size={big ? 20 : 16} />
        <input
          type="search"
          data-search-box
          data-testid="search-input"
          value={value}
          onChange={(event) => setValue(event.target.value)}
          placeholder="Search datasets, columns and jobs"
          aria-label="Search datasets, columns and jobs"
          autoComplete="off"
          spellCheck={false}
          // biome-ignore lint/a11y/noAutofocus: search is what the home page is for
          autoFocus={big}
        />
        <span className="key" aria-hidden="true">
          /
        </span>
      </form>
    </search>
  );
}
