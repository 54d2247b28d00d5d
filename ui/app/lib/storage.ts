// Small values kept in the browser. Storage may be blocked: then nothing is kept and nothing breaks.

export function load<T>(key: string, fallback: T): T {
  try {
    const found = localStorage.getItem(`headwater.${key}`);
    return found === null ? fallback : (JSON.parse(found) as T);
  } catch {
    return fallback;
  }
}

export function store(key: string, value: unknown): void {
  try {
    localStorage.setItem(`headwater.${key}`, JSON.stringify(value));
  } catch {
    // Nothing to do: the value lives until the page is closed.
  }
}
