// Of a job: what may be behind its trouble, and what to rerun once it is right again.
import { useSearch } from "@tanstack/react-router";
import { AsOf, type AsOfParams } from "../../ui/AsOf";
import { Panel } from "../../ui/Panel";
import { Causes } from "./Causes";
import { Plan } from "./Plan";

export function RepairTab({ of }: { of: { namespace: string; name: string } }) {
  const { asof }: AsOfParams = useSearch({ strict: false });
  return (
    <div className="repair">
      <AsOf asof={asof} but="What had not ended by then does not count." />
      <Panel title="What may be the cause" lines={4}>
        <p className="prose">
          When this job fails, is late or writes wrong data: what lies upstream and is suspicious.
        </p>
        <Causes key={asof} of={{ job: of }} at={asof} />
      </Panel>
      <Panel title="What to rerun" lines={4}>
        <p className="prose">The job itself, then everything that depends on what it writes.</p>
        <Plan key={asof} of={{ jobs: [of], asOf: asof ?? null }} />
      </Panel>
    </div>
  );
}
