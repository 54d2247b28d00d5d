//! Facets of runs. A row a schema file; fields as the schema has them, a recursive one once.

use super::FacetCoverage;
use super::Usage::{Shown, Used};
use crate::openlineage::Container::Run;

pub(super) const FACETS: &[FacetCoverage] = &[
    FacetCoverage {
        key: "environmentVariables",
        places: &[Run],
        file: "facets/EnvironmentVariablesRunFacet.json",
        version: "1-0-0",
        fields: "environmentVariables environmentVariables.name environmentVariables.value",
        usage: Shown("`Run.environment`; values of names that look secret are not shown"),
    },
    FacetCoverage {
        key: "errorMessage",
        places: &[Run],
        file: "facets/ErrorMessageRunFacet.json",
        version: "1-0-1",
        fields: "message programmingLanguage stackTrace",
        usage: Shown("`Run.error`"),
    },
    FacetCoverage {
        key: "executionParameters",
        places: &[Run],
        file: "facets/ExecutionParametersRunFacet.json",
        version: "1-0-0",
        fields: "parameters parameters.key parameters.name parameters.description parameters.value",
        usage: Shown("`Run.parameters`; values of names that look secret are not shown"),
    },
    FacetCoverage {
        key: "externalQuery",
        places: &[Run],
        file: "facets/ExternalQueryRunFacet.json",
        version: "1-0-2",
        fields: "externalQueryId source",
        usage: Shown("`Run.externalQuery`"),
    },
    FacetCoverage {
        key: "extractionError",
        places: &[Run],
        file: "facets/ExtractionErrorRunFacet.json",
        version: "1-1-2",
        fields: "totalTasks failedTasks errors errors.errorMessage errors.stackTrace errors.task errors.taskNumber",
        usage: Shown("`Run.extractionErrors`: lineage of this run may be incomplete"),
    },
    FacetCoverage {
        key: "gcp_composer_run",
        places: &[Run],
        file: "registry/gcp/composer_facets_GcpComposerRunFacet.json",
        version: "1-0-0",
        fields: "dagRunId",
        usage: Shown("`Run.platform`"),
    },
    FacetCoverage {
        key: "gcp_dataproc",
        places: &[Run],
        file: "registry/gcp/dataproc_facets_GcpDataprocRunFacet.json",
        version: "1-0-0",
        fields: "appId appName batchId batchUuid clusterName clusterUuid jobId jobUuid projectId queryNodeName jobType \
                 sessionId sessionUuid",
        usage: Shown("`Run.platform`"),
    },
    FacetCoverage {
        key: "jobDependencies",
        places: &[Run],
        file: "facets/JobDependenciesRunFacet.json",
        version: "1-0-1",
        fields: "upstream upstream.job upstream.job.namespace upstream.job.name upstream.run upstream.run.runId \
                 upstream.dependency_type upstream.sequence_trigger_rule upstream.status_trigger_rule downstream \
                 downstream.job downstream.job.namespace downstream.job.name downstream.run downstream.run.runId \
                 downstream.dependency_type downstream.sequence_trigger_rule downstream.status_trigger_rule trigger_rule",
        usage: Shown("`Run.dependencies`, `Job.dependencies`: control flow, never lineage"),
    },
    FacetCoverage {
        key: "nominalTime",
        places: &[Run],
        file: "facets/NominalTimeRunFacet.json",
        version: "1-0-1",
        fields: "nominalStartTime nominalEndTime",
        usage: Shown("`Run.nominalStart`, `Run.nominalEnd`"),
    },
    FacetCoverage {
        key: "parent",
        places: &[Run],
        file: "facets/ParentRunFacet.json",
        version: "1-2-0",
        fields: "run run.runId run.facets job job.namespace job.name job.facets root root.run root.run.runId \
                 root.run.facets root.job root.job.namespace root.job.name root.job.facets",
        usage: Used("the hierarchy of runs and jobs"),
    },
    FacetCoverage {
        key: "processing_engine",
        places: &[Run],
        file: "facets/ProcessingEngineRunFacet.json",
        version: "1-1-1",
        fields: "version name openlineageAdapterVersion",
        usage: Shown("`Run.engine`"),
    },
    FacetCoverage {
        key: "tags",
        places: &[Run],
        file: "facets/TagsRunFacet.json",
        version: "1-0-0",
        fields: "tags tags.key tags.value tags.source",
        usage: Used("tags of datasets, columns, jobs and runs; search"),
    },
    FacetCoverage {
        key: "test",
        places: &[Run],
        file: "facets/TestRunFacet.json",
        version: "1-0-1",
        fields: "tests tests.name tests.status tests.severity tests.type tests.description tests.expected tests.actual \
                 tests.content tests.contentType tests.params",
        usage: Shown("`Run.tests`"),
    },
];
