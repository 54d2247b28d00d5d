// Of a job: what may be behind its trouble, and what to rerun once it is right again.
import { Panel } from "../../ui/Panel";
import { Causes } from "./Causes";
import { Plan } from "./Plan";

export function RepairTab({ of }: { of: { namespace: string; name: string } }) {
  return (
    <div className="repair">
      <Panel title="What may be the cause" lines={4}>
        <p className="prose">
          When this job fails, is late or writes wrong data: what lies upstream and is suspicious.
        </p>
        <Causes of={{ job: of }} />
      </Panel>
      <Panel title="What to rerun" lines={4}>
        <p className="prose">The job itself, then everything that depends on what it writes.</p>
        <Plan of={{ jobs: [of] }} />
      </Panel>
    </div>
  );
}
