// JSON text laid out over lines, each with the JSON pointer of what stands on it. Works on the text: a number is shown
// exactly as it was sent, however long.

export interface JsonLine {
  text: string;
  pointer: string;
}

interface Frame {
  pointer: string;
  isList: boolean;
  next: number;
}

const token = /\s*(?:("(?:[^"\\]|\\.)*")|([{}[\],:])|([^\s"{}[\],:]+))/y;

/** The lines of a JSON text; undefined when it is none. */
export function jsonLines(json: string): JsonLine[] | undefined {
  try {
    JSON.parse(json);
  } catch {
    return undefined;
  }
  const lines: JsonLine[] = [];
  const stack: Frame[] = [];
  let line = "";
  let pointer = "";
  let at = 0;
  const push = () => {
    if (line) lines.push({ text: line, pointer });
    line = "";
  };
  const pad = () => "  ".repeat(stack.length);
  /** An item of a list begins its own line; a member's line began with its key. */
  const item = () => {
    const top = stack.at(-1);
    if (!top?.isList) return;
    pointer = `${top.pointer}/${top.next}`;
    top.next += 1;
    line = pad();
  };
  while (at < json.length) {
    token.lastIndex = at;
    const found = token.exec(json);
    if (!found) break;
    at = token.lastIndex;
    const [, text, sign, word] = found;
    const top = stack.at(-1);
    if (sign === "{" || sign === "[") {
      item();
      const close = sign === "{" ? "}" : "]";
      const rest = new RegExp(`\\s*\\${close}`, "y");
      rest.lastIndex = at;
      if (rest.test(json)) {
        at = rest.lastIndex;
        line += sign + close;
        continue;
      }
      line += sign;
      push();
      stack.push({ pointer, isList: sign === "[", next: 0 });
    } else if (sign === "}" || sign === "]") {
      push();
      const closed = stack.pop();
      pointer = closed?.pointer ?? "";
      line = pad() + sign;
    } else if (sign === ",") {
      line += ",";
      push();
    } else if (sign === ":") {
      line += ": ";
    } else if (text !== undefined && top && !top.isList && line === "") {
      pointer = `${top.pointer}/${escapeKey(JSON.parse(text) as string)}`;
      line = pad() + text;
    } else {
      item();
      line += text ?? word;
    }
  }
  push();
  return lines;
}

function escapeKey(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** The number of the first line of what a pointer names, or of the nearest thing around it that is there. */
export function lineOf(lines: readonly JsonLine[], pointer: string): number {
  for (let place = pointer; ; place = place.slice(0, place.lastIndexOf("/"))) {
    const found = lines.findIndex((line) => line.pointer === place);
    if (found >= 0 || place === "") return Math.max(0, found);
  }
}
