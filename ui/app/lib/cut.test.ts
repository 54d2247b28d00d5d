import { expect, it } from "vitest";
import { cutBecause } from "./cut";

it.each([
  [undefined, null],
  [{ complete: true, truncatedBecause: null, incompleteReason: null }, null],
  [
    { complete: false, truncatedBecause: "CATCHING_UP: this answer …", incompleteReason: "CATCHING_UP" },
    null,
  ],
  [
    {
      complete: false,
      truncatedBecause: "CATCHING_UP: this answer …; more than 150 cards; and a cycle",
      incompleteReason: "CATCHING_UP",
    },
    "more than 150 cards; and a cycle",
  ],
  [
    { complete: false, truncatedBecause: "more than 150 cards", incompleteReason: "ANSWER_LIMIT" },
    "more than 150 cards",
  ],
  [{ complete: false, truncatedBecause: null, incompleteReason: "ANSWER_LIMIT" }, "a limit was reached"],
])("of %j it says %j", (answer, said) => expect(cutBecause(answer)).toBe(said));
