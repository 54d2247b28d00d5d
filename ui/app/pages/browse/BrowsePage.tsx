// All namespaces with what they hold.
import { useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { query } from "../../graphql/client";
import { graphql } from "../../graphql/tada";
import { count } from "../../lib/format";
import { Empty, Panel } from "../../ui/Panel";

const NamespacesQuery = graphql(`
  query Namespaces { namespaces { name datasets jobs } }
`);

export function BrowsePage() {
  return (
    <div className="page">
      <title>Namespaces · Headwater</title>
      <h1>Namespaces</h1>
      <Panel title="All namespaces" lines={8} actions={<Link to="/stitching">Names that look alike</Link>}>
        <Namespaces />
      </Panel>
    </div>
  );
}

function Namespaces() {
  const { data } = useSuspenseQuery(query(NamespacesQuery, {}));
  const [filter, setFilter] = useState("");
  const shown = data.namespaces.filter((namespace) =>
    namespace.name.toLowerCase().includes(filter.toLowerCase()),
  );
  if (data.namespaces.length === 0)
    return <Empty>Nothing has been reported yet. Connect a producer first.</Empty>;
  return (
    <>
      <input
        className="field"
        type="search"
        placeholder="Filter"
        aria-label="Filter namespaces"
        value={filter}
        onChange={(event) => setFilter(event.target.value)}
      />
      <div className="table-box">
        <table>
          <thead>
            <tr>
              <th>Namespace</th>
              <th className="number">Datasets</th>
              <th className="number">Jobs</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((namespace) => (
              <tr key={namespace.name}>
                <td className="wide">
                  <Link className="entity" to="/browse/$ns" params={{ ns: namespace.name }}>
                    {namespace.name}
                  </Link>
                </td>
                <td className="number">{count(namespace.datasets)}</td>
                <td className="number">{count(namespace.jobs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
