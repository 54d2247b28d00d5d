// Who answers for what is affected, those with the most that breaks first.
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { plural } from "../../lib/format";
import { countWords, sumOf, type VerdictCounts } from "../../lib/verdict";
import { Empty } from "../../ui/Panel";
import type { Impact } from "./queries";

/** More than these wait for a click. */
const enough = 5;

export function Owners({ of }: { of: Impact["owners"] }) {
  const [whole, setWhole] = useState(false);
  if (of.length === 0) return <Empty>Nothing that is affected has an owner, or anything to own.</Empty>;
  const shown = whole ? of : of.slice(0, enough);
  return (
    <>
      <table className="stacking owners" data-testid="impact-owners">
        <thead>
          <tr>
            <th scope="col">Owner</th>
            <th scope="col">Datasets</th>
            <th scope="col">Jobs</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((owner) => (
            <tr key={owner.name ?? ""}>
              <th scope="row">
                {owner.name ? (
                  <Link to="/search" search={{ owner: [owner.name] }}>
                    {owner.name}
                  </Link>
                ) : (
                  <span className="muted">nobody owns these</span>
                )}
              </th>
              <Part counts={owner.datasets} word="datasets" />
              <Part counts={owner.jobs} word="jobs" />
            </tr>
          ))}
        </tbody>
      </table>
      {of.length > shown.length ? (
        <button type="button" className="button" onClick={() => setWhole(true)}>
          Show all {plural(of.length, "owner")}
        </button>
      ) : null}
    </>
  );
}

function Part({ counts, word }: { counts: VerdictCounts; word: string }) {
  if (sumOf(counts) === 0) return <td className="muted none">–</td>;
  return (
    <td>
      <span className="stacked-only">{word}: </span>
      {countWords(counts)}
    </td>
  );
}
