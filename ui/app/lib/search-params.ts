// Search parameters as plain text: `?tag=pii&tag=gold&q=a%20b`. A repeated key is a list, never JSON in the address.

export type RawSearch = Record<string, unknown>;

export function parseSearch(text: string): RawSearch {
  const out: Record<string, string | string[]> = {};
  for (const [key, value] of new URLSearchParams(text)) {
    const seen = out[key];
    if (seen === undefined) out[key] = value;
    else out[key] = Array.isArray(seen) ? [...seen, value] : [seen, value];
  }
  return out;
}

export function stringifySearch(search: RawSearch): string {
  const parts: string[] = [];
  for (const [key, value] of Object.entries(search)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one === undefined || one === null || one === "" || one === false) continue;
      parts.push(`${encodeURIComponent(key)}=${encodeURIComponent(one === true ? "1" : String(one))}`);
    }
  }
  return parts.length ? `?${parts.join("&")}` : "";
}

/** A text, or undefined when it is missing or empty. */
export function text(value: unknown): string | undefined {
  const first = Array.isArray(value) ? value[0] : value;
  if (typeof first === "number") return String(first);
  return typeof first === "string" && first !== "" ? first : undefined;
}

/** An instant, or undefined when it cannot be read as one. */
export function moment(value: unknown): string | undefined {
  const found = text(value);
  return found && !Number.isNaN(Date.parse(found)) ? found : undefined;
}

/** A list of distinct texts, or undefined when there is none. */
export function list(value: unknown): string[] | undefined {
  const all = (Array.isArray(value) ? value : [value]).map(text).filter((v) => v !== undefined);
  return all.length ? [...new Set(all)] : undefined;
}

export function flag(value: unknown): true | undefined {
  return value === true || value === "1" || value === "true" ? true : undefined;
}

export function integer(value: unknown, min: number, max: number): number | undefined {
  const number = Number(text(value) ?? Number.NaN);
  return Number.isInteger(number) ? Math.min(max, Math.max(min, number)) : undefined;
}

export function oneOf<T extends string>(value: unknown, allowed: readonly T[]): T | undefined {
  const found = text(value);
  return allowed.find((a) => a === found);
}

/** A list restricted to known words. */
export function someOf<T extends string>(value: unknown, allowed: readonly T[]): T[] | undefined {
  const wanted = list(value);
  const found = allowed.filter((a) => wanted?.includes(a));
  return found.length ? found : undefined;
}

/** The list with the value added, or taken away if it was there. */
export function toggled(values: readonly string[] | undefined, value: string): string[] | undefined {
  const rest = (values ?? []).filter((v) => v !== value);
  const next = rest.length === (values ?? []).length ? [...rest, value] : rest;
  return next.length ? next : undefined;
}
