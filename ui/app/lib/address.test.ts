import { expect, test } from "vitest";
import { link } from "./address";

test("a link has neither user nor password", () => {
  expect(link("https://x:tok@git.example/r/blob/main/a.py")).toBe("https://git.example/r/blob/main/a.py");
  expect(link("https://***@git.example/r")).toBe("https://git.example/r");
  expect(link("HTTPS://u:p@ss@git.example?a=b@c")).toBe("HTTPS://git.example?a=b@c");
  expect(link("https://git.example/@user/r")).toBe("https://git.example/@user/r");
});

test("only pages are links", () => {
  for (const address of ["javascript:alert(1)", "git@git.example:o/r.git", "ssh://u:p@h/x", "", null]) {
    expect(link(address)).toBeNull();
  }
});
