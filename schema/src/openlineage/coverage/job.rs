//! Facets of jobs. A row a schema file; fields as the schema has them, a recursive one once.

use super::FacetCoverage;
use super::Usage::{Shown, Used};
use crate::openlineage::Container::Job;

pub(super) const FACETS: &[FacetCoverage] = &[
    FacetCoverage {
        key: "documentation",
        places: &[Job],
        file: "facets/DocumentationJobFacet.json",
        version: "1-1-0",
        fields: "description contentType",
        usage: Used("descriptions, search"),
    },
    FacetCoverage {
        key: "gcp_composer_job",
        places: &[Job],
        file: "registry/gcp/composer_facets_GcpComposerJobFacet.json",
        version: "1-0-0",
        fields: "environmentName dagId operator taskId airflowVersion composerVersion",
        usage: Shown("`Job.platform`"),
    },
    FacetCoverage {
        key: "gcp_lineage",
        places: &[Job],
        file: "registry/gcp/lineage_facets_GcpLineageJobFacet.json",
        version: "1-0-0",
        fields: "displayName origin origin.sourceType origin.name",
        usage: Shown("`Job.displayName`, `Job.platform`"),
    },
    FacetCoverage {
        key: "jobType",
        places: &[Job],
        file: "facets/JobTypeJobFacet.json",
        version: "2-0-4",
        fields: "processingType integration jobType emissionPattern emissionPattern.eventTrigger \
                 emissionPattern.eventContentMode emissionPattern.windowDuration",
        usage: Used("`Job.type`; the emission pattern says whether events add up or stand alone, and when a run is stale"),
    },
    FacetCoverage {
        key: "lineage",
        places: &[Job],
        file: "facets/LineageFacet.json",
        version: "1-0-0",
        fields: "entries entries.namespace entries.name entries.type entries.inputs entries.inputs.namespace \
                 entries.inputs.name entries.inputs.type entries.inputs.field entries.inputs.transformations \
                 entries.inputs.transformations.type entries.inputs.transformations.subtype \
                 entries.inputs.transformations.description entries.inputs.transformations.masking entries.inputs.runId \
                 entries.fields entries.fields.*.inputs entries.fields.*.inputs.namespace entries.fields.*.inputs.name \
                 entries.fields.*.inputs.type entries.fields.*.inputs.field entries.fields.*.inputs.transformations \
                 entries.fields.*.inputs.transformations.type entries.fields.*.inputs.transformations.subtype \
                 entries.fields.*.inputs.transformations.description entries.fields.*.inputs.transformations.masking \
                 entries.fields.*.inputs.runId entries.runId",
        usage: Used("explicit lineage, before everything else"),
    },
    FacetCoverage {
        key: "ownership",
        places: &[Job],
        file: "facets/OwnershipJobFacet.json",
        version: "1-0-1",
        fields: "owners owners.name owners.type",
        usage: Used("owners, search"),
    },
    FacetCoverage {
        key: "sourceCode",
        places: &[Job],
        file: "facets/SourceCodeJobFacet.json",
        version: "1-0-1",
        fields: "language sourceCode",
        usage: Shown("`Job.sourceCode`"),
    },
    FacetCoverage {
        key: "sourceCodeLocation",
        places: &[Job],
        file: "facets/SourceCodeLocationJobFacet.json",
        version: "1-1-0",
        fields: "type url repoUrl path version tag branch pullRequestNumber",
        usage: Shown("`Job.sourceCodeLocation`"),
    },
    FacetCoverage {
        key: "sql",
        places: &[Job],
        file: "facets/SQLJobFacet.json",
        version: "1-1-0",
        fields: "query dialect",
        usage: Used("`Job.sql`; column lineage is inferred from it where none is said"),
    },
    FacetCoverage {
        key: "tags",
        places: &[Job],
        file: "facets/TagsJobFacet.json",
        version: "1-0-0",
        fields: "tags tags.key tags.value tags.source",
        usage: Used("tags of datasets, columns, jobs and runs; search"),
    },
];
