// What an answer left out, in the server's words.

interface Answer {
  complete: boolean;
  truncatedBecause: string | null;
  incompleteReason: string | null;
}

/** Why something was left out; null when nothing was, or only what the banner of every page speaks of. */
export function cutBecause(answer: Answer | undefined): string | null {
  if (!answer || answer.complete) return null;
  if (answer.incompleteReason !== "CATCHING_UP") return answer.truncatedBecause ?? "a limit was reached";
  // Reasons are joined with semicolons, the weightiest first: the banner has that one.
  const others = answer.truncatedBecause?.split("; ").slice(1).join("; ");
  return others || null;
}
