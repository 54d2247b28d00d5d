// Names are opaque: whatever they hold must survive the way into the address and back.
import { createMemoryHistory } from "@tanstack/react-router";
import { describe, expect, it } from "vitest";
import { parseSearch } from "./lib/search-params";
import { readSearch } from "./pages/search/params";
import { makeRouter } from "./router";

const names = [
  "plain",
  "a/b/c",
  "s3://bucket/key",
  "x y",
  "100%",
  "%20",
  "%252F",
  "what?#now",
  '"quoted" & <b>',
  "a+b=c;d,e",
  "日本_売上",
  "emoji 😀",
  "back\\slash",
  "$name",
  "{curly}",
  "~tilde!*'()",
  "trailing/",
  "-",
];

async function open(href: string) {
  const router = makeRouter(createMemoryHistory({ initialEntries: [href] }));
  await router.load();
  return router.state.matches.at(-1);
}

function address(to: string, params: Record<string, string>): string {
  const router = makeRouter(createMemoryHistory({ initialEntries: ["/"] }));
  return router.buildLocation({ to, params } as never).href;
}

describe.each(names)("the name %j", (name) => {
  it("round trips through a link of the app", async () => {
    const params = { ns: name, name: `${name}.x` };
    const match = await open(address("/datasets/$ns/$name", params));
    expect(match?.params).toEqual(params);
  });

  it("is found under its percent-encoding, as other programs write it", async () => {
    const match = await open(`/columns/${encodeURIComponent(name)}/d/${encodeURIComponent(name)}?tab=impact`);
    expect(match?.params).toEqual({ ns: name, dataset: "d", name });
  });
});

describe("addresses", () => {
  it("keep the state of the lineage view", async () => {
    const match = await open(
      "/lineage/job/a/b?up=3&expand=up%3Ax&expand=alldown%3Ay&trace=c&list=1&asof=2026-01-02T03%3A04%3A05Z",
    );
    expect(match?.search).toMatchObject({
      up: 3,
      expand: ["up:x", "alldown:y"],
      trace: "c",
      list: true,
      asof: "2026-01-02T03:04:05Z",
    });
  });

  it("ignore what a page does not know", () => {
    const search = readSearch(parseSearch("?q=12&kind=DATASET&kind=NONSENSE&state=x"));
    expect(search).toEqual({ q: "12", kind: ["DATASET"] });
  });
});
