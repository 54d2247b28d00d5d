// First steps, reachable at any time.
import { FirstSteps } from "./FirstSteps";

export function ConnectPage() {
  return (
    <div className="page narrow">
      <title>Connect · Headwater</title>
      <h1>Connect a producer</h1>
      <FirstSteps />
    </div>
  );
}
