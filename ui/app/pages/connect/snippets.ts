// What a newcomer pastes to send a first event. Every snippet holds the address of the server that shows it.

export const producers = ["curl", "python", "airflow", "dbt", "spark"] as const;
export type Producer = (typeof producers)[number];

export interface Snippet {
  label: string;
  text: string;
  note: string;
}

function firstEvent(now: string, runId: string): string {
  const facet = (name: string, version: string) => ({
    _producer: "https://example.com/first-steps",
    _schemaURL: `https://openlineage.io/spec/facets/${version}/${name}.json`,
  });
  const event = {
    eventType: "COMPLETE",
    eventTime: now,
    run: { runId },
    job: { namespace: "first-steps", name: "daily_orders" },
    inputs: [
      {
        namespace: "postgres://shop:5432",
        name: "shop.public.orders",
        facets: {
          schema: {
            ...facet("SchemaDatasetFacet", "1-1-1"),
            fields: [
              { name: "id", type: "bigint" },
              { name: "amount", type: "numeric" },
              { name: "created_at", type: "timestamp" },
            ],
          },
        },
      },
    ],
    outputs: [
      {
        namespace: "postgres://warehouse:5432",
        name: "dwh.public.daily_orders",
        facets: {
          schema: {
            ...facet("SchemaDatasetFacet", "1-1-1"),
            fields: [
              { name: "day", type: "date" },
              { name: "revenue", type: "numeric" },
            ],
          },
          columnLineage: {
            ...facet("ColumnLineageDatasetFacet", "1-2-0"),
            fields: {
              day: { inputFields: [inputField("created_at", "TRANSFORMATION")] },
              revenue: { inputFields: [inputField("amount", "AGGREGATION")] },
            },
          },
        },
      },
    ],
    producer: "https://example.com/first-steps",
    schemaURL: "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
  };
  return JSON.stringify(event, null, 2);
}

function inputField(field: string, subtype: string) {
  return {
    namespace: "postgres://shop:5432",
    name: "shop.public.orders",
    field,
    transformations: [{ type: "DIRECT", subtype, description: "", masking: false }],
  };
}

export function snippet(producer: Producer, origin: string, now: string, runId: string): Snippet {
  switch (producer) {
    case "curl":
      return {
        label: "curl",
        note: "One finished run with a schema and column lineage. Paste it into a terminal.",
        text: `curl -i -X POST ${origin}/api/v1/lineage \\\n  -H 'content-type: application/json' \\\n  -d '${firstEvent(now, runId)}'`,
      };
    case "python":
      return {
        label: "Python",
        note: "The OpenLineage client for your own scripts.",
        text: `# pip install openlineage-python
from datetime import datetime, timezone
from uuid import uuid4

from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.transport.http import HttpConfig, HttpTransport

client = OpenLineageClient(transport=HttpTransport(HttpConfig(url="${origin}")))
client.emit(
    RunEvent(
        eventType=RunState.COMPLETE,
        eventTime=datetime.now(timezone.utc).isoformat(),
        run=Run(runId=str(uuid4())),
        job=Job(namespace="first-steps", name="daily_orders"),
        inputs=[InputDataset(namespace="postgres://shop:5432", name="shop.public.orders")],
        outputs=[OutputDataset(namespace="postgres://warehouse:5432", name="dwh.public.daily_orders")],
        producer="https://example.com/first-steps",
    )
)`,
      };
    case "airflow":
      return {
        label: "Airflow",
        note: "Set these where the scheduler and the workers run, then start any DAG.",
        text: `pip install apache-airflow-providers-openlineage

export AIRFLOW__OPENLINEAGE__TRANSPORT='{"type": "http", "url": "${origin}", "endpoint": "api/v1/lineage"}'
export AIRFLOW__OPENLINEAGE__NAMESPACE='my-airflow'`,
      };
    case "dbt":
      return {
        label: "dbt",
        note: "dbt-ol wraps dbt: the arguments stay the same.",
        text: `pip install openlineage-dbt

export OPENLINEAGE_URL='${origin}'
export OPENLINEAGE_NAMESPACE='my-dbt'
dbt-ol run`,
      };
    case "spark":
      return {
        label: "Spark",
        note: "Take the newest io.openlineage:openlineage-spark of your Scala version.",
        text: `spark-submit \\
  --packages io.openlineage:openlineage-spark_2.12:1.40.1 \\
  --conf spark.extraListeners=io.openlineage.spark.agent.OpenLineageSparkListener \\
  --conf spark.openlineage.transport.type=http \\
  --conf spark.openlineage.transport.url=${origin} \\
  --conf spark.openlineage.transport.endpoint=/api/v1/lineage \\
  --conf spark.openlineage.namespace=my-spark \\
  my_job.py`,
      };
  }
}
