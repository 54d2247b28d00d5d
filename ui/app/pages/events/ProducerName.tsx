// A producer's URI, cut to what tells it apart; whole on hover.
import { middle } from "../../lib/format";

/** "https://github.com/OpenLineage/OpenLineage/tree/1.9/integration/dbt" as "OpenLineage/tree/1.9/integration/dbt". */
export function shortProducer(uri: string): string {
  const rest = uri.replace(/^[a-z][a-z0-9+.-]*:\/\//i, "").replace(/^github\.com\/[^/]+\//, "");
  return middle(rest, 44);
}

export function ProducerName({ uri }: { uri: string | null }) {
  if (uri === null) return <span className="muted">not said</span>;
  return <span title={uri}>{shortProducer(uri)}</span>;
}
