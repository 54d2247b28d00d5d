// The steps from a change to what it does, each with what is known about it.
import { Confidence } from "../../ui/Confidence";
import { EntityLink, entityKey } from "../../ui/EntityLink";
import { RunLink } from "../../ui/links";
import { Time } from "../../ui/Time";
import type { ProofStep } from "./queries";

export function Proof({ steps }: { steps: readonly ProofStep[] }) {
  return (
    <ol className="path">
      {steps.map((step) => (
        <li key={`${entityKey(step.from)} ${entityKey(step.to)}`}>
          <div>
            <EntityLink of={step.from} /> <span className="arrow" aria-hidden="true" />
            <span className="visually-hidden">leads to</span> <EntityLink of={step.to} />
          </div>
          <div className="how">
            <span>{step.reason}</span>
            <Confidence of={step.confidence} />
            {step.transformations.map((one) => (
              <span key={`${one.type} ${one.subtype}`} className="badge" title={one.description ?? undefined}>
                {(one.subtype ?? one.type).toLowerCase().replaceAll("_", " ")}
                {one.masking ? ", masked" : ""}
              </span>
            ))}
            <span className="muted">
              seen <Time at={step.lastSeen} />
              {step.evidence.map((run) => (
                <span key={run.id}>
                  {" in run "}
                  <RunLink run={run} />
                </span>
              ))}
            </span>
          </div>
        </li>
      ))}
    </ol>
  );
}
