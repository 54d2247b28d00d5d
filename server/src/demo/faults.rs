//! What goes wrong: messages as the tools word them, with stack traces.

use super::clock::Dice;
use super::model::Kind;
use super::runs::{BROKEN, Run};

/// An error as a run reports it.
pub(super) struct Fault {
    pub(super) language: &'static str,
    pub(super) message: &'static str,
    pub(super) trace: &'static str,
}

const TASK: [Fault; 3] = [
    Fault {
        language: "PYTHON",
        message: "psycopg2.OperationalError: connection to server at \"shop-db.internal\" (10.20.4.17), port 5432 failed: \
                  Connection timed out",
        trace: "Traceback (most recent call last):\n  File \"/opt/airflow/providers/postgres/hooks/postgres.py\", line 174, \
                in get_conn\n    self.conn = psycopg2.connect(**conn_args)\npsycopg2.OperationalError: connection to \
                server at \"shop-db.internal\" (10.20.4.17), port 5432 failed: Connection timed out",
    },
    Fault {
        language: "PYTHON",
        message: "snowflake.connector.errors.ProgrammingError: 000630 (57014): Statement reached its statement or \
                  warehouse timeout of 600 second(s) and was canceled.",
        trace: "Traceback (most recent call last):\n  File \"/opt/airflow/providers/snowflake/hooks/snowflake.py\", line \
                431, in run\n    cur.execute(sql_statement)\nsnowflake.connector.errors.ProgrammingError: 000630 (57014)",
    },
    Fault {
        language: "PYTHON",
        message: "botocore.exceptions.ClientError: An error occurred (SlowDown) when calling the PutObject operation: \
                  Please reduce your request rate.",
        trace: "Traceback (most recent call last):\n  File \"/opt/airflow/dags/common/landing.py\", line 88, in write\n    \
                client.put_object(Bucket=bucket, Key=key, Body=body)\nbotocore.exceptions.ClientError: An error occurred \
                (SlowDown) when calling the PutObject operation",
    },
];
const SETTLEMENTS: Fault = Fault {
    language: "PYTHON",
    message: "snowflake.connector.errors.ProgrammingError: 100080 (22000): Number of columns in file (6) does not match \
              that of the corresponding table (5): landing/psp/settlements/part-00000.parquet, column \
              'settlement_currency' is not in RAW.PSP.SETTLEMENTS",
    trace: "Traceback (most recent call last):\n  File \"/opt/airflow/dags/payments_hourly.py\", line 41, in \
            load_settlements\n    hook.run(COPY_SETTLEMENTS)\n  File \
            \"/opt/airflow/providers/snowflake/hooks/snowflake.py\", line 431, in run\n    \
            cur.execute(sql_statement)\nsnowflake.connector.errors.ProgrammingError: 100080 (22000)",
};
const MODEL: [Fault; 2] = [
    Fault {
        language: "SQL",
        message: "Database Error: 100038 (22018): Numeric value 'EUR 12.90' is not recognized",
        trace: "compiled code at target/run/meltwater/models",
    },
    Fault {
        language: "SQL",
        message: "Database Error: 000904 (42000): SQL compilation error: error line 7 at position 4, invalid identifier \
                  'TOTAL_AMOUNT'",
        trace: "compiled code at target/run/meltwater/models",
    },
];
const TEST: Fault = Fault {
    language: "SQL",
    message: "Got 3 results, configured to fail if != 0",
    trace: "compiled code at target/compiled/meltwater/models/schema.yml",
};
const SPARK: [Fault; 2] = [
    Fault {
        language: "JVM",
        message: "Job aborted due to stage failure: Task 113 in stage 7.0 failed 4 times: ExecutorLostFailure (executor 12 \
                  exited caused by one of the running tasks) Reason: Container killed by YARN for exceeding memory limits.",
        trace: "org.apache.spark.SparkException: Job aborted due to stage failure\n\tat \
                org.apache.spark.scheduler.DAGScheduler.failJobAndIndependentStages(DAGScheduler.scala:2856)\n\tat \
                org.apache.spark.sql.execution.datasources.FileFormatWriter$.write(FileFormatWriter.scala:307)",
    },
    Fault {
        language: "JVM",
        message: "org.apache.spark.sql.AnalysisException: Column 'experiment' does not exist. Did you mean one of the \
                  following? [event_id, customer_id, page, action]",
        trace: "org.apache.spark.sql.AnalysisException: Column 'experiment' does not exist.\n\tat \
                org.apache.spark.sql.catalyst.analysis.CheckAnalysis.failAnalysis(CheckAnalysis.scala:54)",
    },
];
const SCRIPT: Fault = Fault {
    language: "PYTHON",
    message: "ValueError: Input X contains NaN: feature lifetime_value is missing for 214 customers",
    trace: "Traceback (most recent call last):\n  File \"/srv/ml/pipelines/common.py\", line 122, in predict\n    \
            scores = model.predict_proba(frame)\nValueError: Input X contains NaN",
};
const SYNC: Fault = Fault {
    language: "JAVASCRIPT",
    message: "REQUEST_LIMIT_EXCEEDED: TotalRequests Limit exceeded.",
    trace: "Error: REQUEST_LIMIT_EXCEEDED\n    at Connection.request (/app/node_modules/jsforce/lib/connection.js:411:19)",
};
const ABOVE: Fault = Fault { language: "PYTHON", message: "One or more tasks failed; see the runs below this one.", trace: "" };

/// What went wrong in a run.
pub(super) fn of(run: &Run, job: &str, kind: Kind, has_children: bool) -> &'static Fault {
    let pick = |faults: &'static [Fault]| {
        let at = Dice::new(job, run.start).below(faults.len() as i64);
        usize::try_from(at).ok().and_then(|at| faults.get(at)).unwrap_or(&ABOVE)
    };
    match kind {
        _ if has_children => &ABOVE,
        Kind::Task if job == BROKEN => &SETTLEMENTS,
        Kind::Task => pick(&TASK),
        Kind::Model => pick(&MODEL),
        Kind::Test => &TEST,
        Kind::Spark => pick(&SPARK),
        Kind::Script => &SCRIPT,
        Kind::Sync => &SYNC,
        Kind::Dag | Kind::Command | Kind::Stream => &ABOVE,
    }
}
