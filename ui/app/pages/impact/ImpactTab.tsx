// What breaks when this changes: the choice of a change, the verdicts in numbers, who to tell, and each thing with its proof.
import { useSuspenseQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { query } from "../../graphql/client";
import { verdicts } from "../../lib/verdict";
import { AsOfChoice, AsOfNotice } from "../../ui/AsOf";
import { CopyButton } from "../../ui/CopyButton";
import { Empty, Panel } from "../../ui/Panel";
import { VerdictBadge } from "../../ui/Verdict";
import { Affected } from "./Affected";
import { ChangeForm } from "./ChangeForm";
import { ByDistance, Meaning, Totals } from "./Numbers";
import { Owners } from "./Owners";
import { ask, type ImpactChange, type ImpactParams, type Subject } from "./params";
import { type Impact, ImpactQuery } from "./queries";
import { message, nothingDownstream, summary, typeChangeWords } from "./words";

export function ImpactTab({ of }: { of: Subject }) {
  const params: ImpactParams = useSearch({ strict: false });
  const asked = ask(of, params);
  return (
    <div className="impact">
      <Panel title="What changes">
        <ChangeForm of={of} params={params} />
        <div className="change-form">
          <AsOfChoice asof={params.asof} />
        </div>
      </Panel>
      <AsOfNotice
        asof={params.asof}
        but="It says what would have broken then; who answers for it is as today."
      />
      {"missing" in asked ? (
        <Empty>{asked.missing}</Empty>
      ) : (
        <Answer change={asked.change} sentence={asked.sentence} params={params} of={of} />
      )}
    </div>
  );
}

interface AnswerProps {
  of: Subject;
  change: ImpactChange;
  sentence: string;
  params: ImpactParams;
}

function Answer({ of, change, sentence, params }: AnswerProps) {
  return (
    <Panel
      key={`${sentence} ${params.trust} ${params.whole} ${params.asof}`}
      title={`If ${sentence}`}
      lines={8}
      className="impact-answer"
    >
      <Loaded of={of} change={change} sentence={sentence} params={params} />
    </Panel>
  );
}

function Loaded({ of, change, sentence, params }: AnswerProps) {
  const asked = {
    change,
    trust: params.trust ?? false,
    whole: params.whole ?? false,
    asOf: params.asof ?? null,
  };
  const { data } = useSuspenseQuery(query(ImpactQuery, asked));
  const { impact } = data;
  const show = params.show ?? "datasets";
  if (nothingDownstream(impact))
    return (
      <>
        <TypeChange impact={impact} />
        <Empty>
          Nothing that is known here depends on it: no event names anything downstream. Whoever opens it by
          hand leaves no event.
        </Empty>
      </>
    );
  return (
    <>
      <p className="verdict-line" role="status" data-testid="impact-verdict">
        <VerdictBadge verdict={impact.verdict} /> <span>{summary(impact.totals)}</span>
      </p>
      <TypeChange impact={impact} />
      {impact.complete ? null : (
        <p className="notice">Not everything downstream could be counted: take the numbers as the least.</p>
      )}
      <div className="columns-2 impact-numbers">
        <section aria-label="Verdicts">
          <Totals totals={impact.totals} show={show} />
          <dl className="legend-words">
            {verdicts.map((verdict) => (
              <Meaning key={verdict} verdict={verdict} />
            ))}
          </dl>
        </section>
        <ByDistance of={impact.byDepth} show={show} />
      </div>
      <div className="row-head">
        <h3>Who to tell</h3>
        <span className="push">
          <CopyButton text={message(of, sentence, impact, location.href)} label="Copy as a message" />
        </span>
      </div>
      <Owners of={impact.owners} />
      <h3>What is affected</h3>
      <Affected asked={asked} show={show} chosen={params.verdict} totals={impact.totals} />
    </>
  );
}

function TypeChange({ impact }: { impact: Impact }) {
  if (!impact.typeChange) return null;
  return <p className="muted">{typeChangeWords(impact.typeChange)}</p>;
}
