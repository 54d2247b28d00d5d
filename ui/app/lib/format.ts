// Numbers, times and sizes as people read them. Pure functions; the clock is an argument.

const number = new Intl.NumberFormat("en");
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const local = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

export function count(value: number): string {
  return number.format(value);
}

/** "1 run", "2,000 runs". */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

export function ago(iso: string, now: number): string {
  const seconds = (Date.parse(iso) - now) / 1000;
  if (Number.isNaN(seconds)) return iso;
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return Math.abs(seconds) < 10 ? "just now" : relative.format(Math.trunc(seconds), "second");
}

export function localTime(iso: string): string {
  const at = Date.parse(iso);
  return Number.isNaN(at) ? iso : local.format(at);
}

export function utcTime(iso: string): string {
  const at = Date.parse(iso);
  return Number.isNaN(at)
    ? iso
    : `${new Date(at)
        .toISOString()
        .replace("T", " ")
        .replace(/\.000Z|Z$/, "")} UTC`;
}

export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const s = Math.round(ms / 1000);
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  const minutes = Math.round(s / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.floor(minutes / 1440)} d ${Math.floor((minutes % 1440) / 60)} h`;
}

export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let n = value;
  let unit = 0;
  while (n >= 1000 && unit < units.length - 1) {
    n /= 1000;
    unit += 1;
  }
  return `${unit === 0 || n >= 100 ? Math.round(n) : n.toFixed(1)} ${units[unit]}`;
}

/** A namespace as one reads it aloud, platform first: "snowflake · acme-eu1". The port goes, then the middle. */
export function shortNamespace(namespace: string, max = 34): string {
  const [, scheme, place] = /^([a-z][a-z0-9+.-]*):\/\/(.+)$/i.exec(namespace) ?? [];
  const where = (place ?? namespace).replace(/:\d+$/, "") || namespace;
  return scheme ? `${scheme} · ${middle(where, Math.max(8, max - scheme.length - 3))}` : middle(where, max);
}

/** Shorter ends than this say too little alone: "v1", "test". */
const telling = 5;

/**
 * The end of a name that people read, for display only: names have no agreed parts. What is before it ends in its
 * separator.
 */
export function tail(name: string): string {
  const parts = name.split(/(?<=[./:])(?=[^./:])/);
  let end = parts.pop() ?? "";
  while (parts.length && end.length < telling) end = parts.pop() + end;
  return end;
}

export function middle(value: string, max: number): string {
  const letters = [...value];
  if (letters.length <= max) return value;
  const head = Math.ceil((max - 1) / 2);
  return `${letters.slice(0, head).join("")}…${letters.slice(letters.length - (max - 1 - head)).join("")}`;
}

/** The value of <input type="datetime-local"> for a moment, in the reader's zone. */
export function toLocalInput(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "";
  const pad = (n: number) => String(n).padStart(2, "0");
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}T${pad(at.getHours())}:${pad(at.getMinutes())}`;
}

export function fromLocalInput(value: string): string | undefined {
  const at = new Date(value);
  return value === "" || Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
