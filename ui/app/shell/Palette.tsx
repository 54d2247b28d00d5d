// The command palette: type to find an entity or a place, arrows and Enter to go there.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useEffect, useState } from "react";
import { query } from "../graphql/client";
import { graphql } from "../graphql/tada";
import { shortNamespace } from "../lib/format";
import { recentItems } from "../lib/recent";
import { setTheme } from "../lib/theme";
import { Icon, type IconName } from "../ui/Icon";
import { Dialog } from "./Dialog";

const PaletteQuery = graphql(`
  query Palette($text: String!) {
    search(query: $text, first: 10) {
      edges {
        node {
          __typename
          ... on Dataset { id namespace name }
          ... on Job { id namespace name }
          ... on Column { id name dataset { namespace name } }
        }
      }
    }
  }
`);

interface Choice {
  id: string;
  icon: IconName;
  title: string;
  note: string;
  go: () => void;
}

/** A value that stands still for a moment before it counts. */
function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

function useChoices(text: string): Choice[] {
  const navigate = useNavigate();
  const found = useQuery({
    ...query(PaletteQuery, { text }),
    enabled: text !== "",
    placeholderData: keepPreviousData,
  });
  const dataset = (ns: string, name: string) => () =>
    navigate({ to: "/datasets/$ns/$name", params: { ns, name } });
  const job = (ns: string, name: string) => () => navigate({ to: "/jobs/$ns/$name", params: { ns, name } });
  const places: Choice[] = [
    { id: "home", icon: "target", title: "Home", note: "page", go: () => navigate({ to: "/" }) },
    {
      id: "browse",
      icon: "list",
      title: "Browse namespaces",
      note: "page",
      go: () => navigate({ to: "/browse" }),
    },
    {
      id: "estate",
      icon: "list",
      title: "Estate health: stale, unread, single points of failure",
      note: "page",
      go: () => navigate({ to: "/estate" }),
    },
    { id: "events", icon: "run", title: "Events", note: "page", go: () => navigate({ to: "/events" }) },
    {
      id: "producers",
      icon: "list",
      title: "Producers and their findings",
      note: "page",
      go: () => navigate({ to: "/events", search: { tab: "producers" } }),
    },
    {
      id: "connect",
      icon: "plus",
      title: "Connect a producer",
      note: "page",
      go: () => navigate({ to: "/connect" }),
    },
    { id: "light", icon: "open", title: "Light theme", note: "action", go: () => setTheme("light") },
    { id: "dark", icon: "open", title: "Dark theme", note: "action", go: () => setTheme("dark") },
  ];
  if (text === "") {
    const recent = recentItems().map((item): Choice => {
      const go = item.kind === "dataset" ? dataset(item.ns, item.name) : job(item.ns, item.name);
      return {
        id: `${item.kind} ${item.ns} ${item.name}`,
        icon: item.kind,
        title: item.name,
        note: `recent, ${shortNamespace(item.ns)}`,
        go,
      };
    });
    return [...recent, ...places];
  }
  const hits = (found.data?.search.edges ?? []).map(({ node }): Choice => {
    if (node.__typename === "Dataset")
      return {
        id: node.id,
        icon: "dataset",
        title: node.name,
        note: shortNamespace(node.namespace),
        go: dataset(node.namespace, node.name),
      };
    if (node.__typename === "Job")
      return {
        id: node.id,
        icon: "job",
        title: node.name,
        note: shortNamespace(node.namespace),
        go: job(node.namespace, node.name),
      };
    const params = { ns: node.dataset.namespace, dataset: node.dataset.name, name: node.name };
    return {
      id: node.id,
      icon: "column",
      title: node.name,
      note: node.dataset.name,
      go: () => navigate({ to: "/columns/$ns/$dataset/$name", params }),
    };
  });
  const all: Choice = {
    id: "all",
    icon: "search",
    title: `Search for “${text}”`,
    note: "all hits",
    go: () => navigate({ to: "/search", search: { q: text } }),
  };
  return [...hits, ...places.filter((place) => place.title.toLowerCase().includes(text.toLowerCase())), all];
}

export function Palette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const choices = useChoices(useSettled(text.trim(), 120));
  const current = Math.min(at, choices.length - 1);
  const take = (choice: Choice | undefined) => {
    choice?.go();
    onClose();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step) setAt((current + step + choices.length) % choices.length);
    else if (event.key === "Enter") take(choices[current]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog label="Go to anything" onClose={onClose} className="palette">
      <input
        autoFocus
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
        placeholder="Go to a dataset, column, job or page"
        role="combobox"
        aria-label="Go to a dataset, column, job or page"
        aria-expanded="true"
        aria-controls="palette-choices"
        aria-activedescendant={`choice-${current}`}
      />
      <div id="palette-choices" role="listbox" aria-label="Choices" tabIndex={-1}>
        {choices.map((choice, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the input above handles the keys
          <div
            key={choice.id}
            id={`choice-${i}`}
            role="option"
            aria-selected={i === current}
            tabIndex={-1}
            onClick={() => take(choice)}
            onMouseMove={() => setAt(i)}
          >
            <Icon name={choice.icon} />
            <span className="choice-title">{choice.title}</span>
            <span className="muted">{choice.note}</span>
          </div>
        ))}
      </div>
    </Dialog>
  );
}
