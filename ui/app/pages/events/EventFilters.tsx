// The filters of the feed. Each is in the address; text counts once typing pauses.
import { type FormEvent, useEffect, useState } from "react";
import { chosen, type EventsParams, eventKinds, eventTypes, outcomes } from "./params";

interface EventFiltersProps {
  search: EventsParams;
  onChange: (change: Partial<EventsParams>) => void;
}

const spans: Record<string, string> = { "1": "in the last hour", "24": "in 24 hours", "168": "in 7 days" };

export function EventFilters({ search, onChange }: EventFiltersProps) {
  const extra = chosen(search).filter(({ key }) =>
    ["namespace", "job", "run", "producer", "unnamed", "finding"].includes(key),
  );
  return (
    <div className="event-filters">
      <TextFilter value={search.q ?? ""} onChange={(q) => onChange({ q: q || undefined })} />
      <Choice
        label="Type"
        value={search.type}
        all={eventTypes}
        word={(type) => type}
        onChange={(type) => onChange({ type })}
      />
      <Choice
        label="Kind"
        value={search.of}
        all={eventKinds}
        word={(kind) => `${kind.toLowerCase()} events`}
        onChange={(kind) => onChange({ of: kind })}
      />
      <Choice
        label="Outcome"
        value={search.outcome}
        all={outcomes}
        word={(outcome) => (outcome === "REPEATED" ? "sent again" : "sent once")}
        onChange={(outcome) => onChange({ outcome })}
      />
      <Choice
        label="Arrived"
        value={search.hours === undefined ? undefined : String(search.hours)}
        all={Object.keys(spans)}
        word={(hours) => spans[hours] ?? `in ${hours} h`}
        onChange={(hours) => onChange({ hours: hours === undefined ? undefined : Number(hours) })}
      />
      <button
        type="button"
        className="button"
        aria-pressed={!search.paused}
        onClick={() => onChange({ paused: search.paused ? undefined : true })}
        title={search.paused ? "New events are not shown" : "New events appear as they come"}
      >
        <span className={search.paused ? "" : "pulse"}>Live</span>
      </button>
      {extra.map(({ key, label }) => (
        <button
          key={key}
          type="button"
          className="chip chosen"
          title={`Leave out: ${label}`}
          onClick={() => onChange({ [key]: undefined })}
        >
          {label} ×
        </button>
      ))}
    </div>
  );
}

function TextFilter({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onChange(text), 300);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onChange(text);
  };
  return (
    <form onSubmit={submit}>
      <input
        className="field"
        type="search"
        aria-label="Job, namespace, dataset or producer"
        placeholder="Job, namespace, dataset or producer"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </form>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  value: T | undefined;
  all: readonly T[];
  word: (value: T) => string;
  onChange: (value: T | undefined) => void;
}

function Choice<T extends string>({ label, value, all, word, onChange }: ChoiceProps<T>) {
  const listed = value === undefined || all.includes(value) ? all : [...all, value];
  return (
    <select
      className="field"
      aria-label={label}
      value={value ?? ""}
      onChange={(event) => onChange(listed.find((one) => one === event.target.value))}
    >
      <option value="">{label}: any</option>
      {listed.map((one) => (
        <option key={one} value={one}>
          {word(one)}
        </option>
      ))}
    </select>
  );
}
