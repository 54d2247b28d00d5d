//! Facets of datasets, wherever the dataset stands. A row a schema file; fields as the schema has them, a recursive one once.

use super::FacetCoverage;
use super::Usage::{Shown, Used};
use crate::openlineage::Container::Dataset;

pub(super) const FACETS: &[FacetCoverage] = &[
    FacetCoverage {
        key: "catalog",
        places: &[Dataset],
        file: "facets/CatalogDatasetFacet.json",
        version: "1-1-0",
        fields: "framework type name metadataUri warehouseUri source catalogProperties",
        usage: Shown("the dataset's page and `Dataset.catalog`, without credentials"),
    },
    FacetCoverage {
        key: "columnLineage",
        places: &[Dataset],
        file: "facets/ColumnLineageDatasetFacet.json",
        version: "1-2-0",
        fields: "fields fields.*.inputFields fields.*.inputFields.namespace fields.*.inputFields.name \
                 fields.*.inputFields.field fields.*.inputFields.transformations \
                 fields.*.inputFields.transformations.type fields.*.inputFields.transformations.subtype \
                 fields.*.inputFields.transformations.description fields.*.inputFields.transformations.masking \
                 fields.*.transformationDescription fields.*.transformationType dataset dataset.namespace dataset.name \
                 dataset.field dataset.transformations dataset.transformations.type dataset.transformations.subtype \
                 dataset.transformations.description dataset.transformations.masking",
        usage: Used("column lineage, and dataset edges more precise than inputs × outputs"),
    },
    FacetCoverage {
        key: "dataQualityMetrics",
        places: &[Dataset],
        file: "facets/DataQualityMetricsDatasetFacet.json",
        version: "1-0-0",
        fields: "rowCount bytes fileCount lastUpdated columnMetrics columnMetrics.*.nullCount \
                 columnMetrics.*.distinctCount columnMetrics.*.sum columnMetrics.*.count columnMetrics.*.min \
                 columnMetrics.*.max columnMetrics.*.quantiles",
        usage: Shown("`Dataset.metrics`, `RunDataset.metrics`"),
    },
    FacetCoverage {
        key: "dataSource",
        places: &[Dataset],
        file: "facets/DatasourceDatasetFacet.json",
        version: "1-0-1",
        fields: "name uri",
        usage: Shown("`Dataset.source`, without credentials; its scheme chooses the dialect of SQL"),
    },
    FacetCoverage {
        key: "datasetType",
        places: &[Dataset],
        file: "facets/DatasetTypeDatasetFacet.json",
        version: "1-0-1",
        fields: "datasetType subType",
        usage: Used("`Dataset.kind`; temporary datasets are contracted in lineage"),
    },
    FacetCoverage {
        key: "documentation",
        places: &[Dataset],
        file: "facets/DocumentationDatasetFacet.json",
        version: "1-1-0",
        fields: "description contentType",
        usage: Used("descriptions, search"),
    },
    FacetCoverage {
        key: "hierarchy",
        places: &[Dataset],
        file: "facets/HierarchyDatasetFacet.json",
        version: "1-0-0",
        fields: "hierarchy hierarchy.type hierarchy.name",
        usage: Shown("`Dataset.hierarchy`"),
    },
    FacetCoverage {
        key: "lifecycleStateChange",
        places: &[Dataset],
        file: "facets/LifecycleStateChangeDatasetFacet.json",
        version: "1-0-1",
        fields: "lifecycleStateChange previousIdentifier previousIdentifier.name previousIdentifier.namespace",
        usage: Used("drops end edges, renames join names; `Dataset.lifecycle`, `Dataset.droppedAt`"),
    },
    FacetCoverage {
        key: "lineage",
        places: &[Dataset],
        file: "facets/LineageFacet.json",
        version: "1-0-0",
        fields: "inputs inputs.namespace inputs.name inputs.type inputs.field inputs.transformations \
                 inputs.transformations.type inputs.transformations.subtype inputs.transformations.description \
                 inputs.transformations.masking inputs.runId fields fields.*.inputs fields.*.inputs.namespace \
                 fields.*.inputs.name fields.*.inputs.type fields.*.inputs.field fields.*.inputs.transformations \
                 fields.*.inputs.transformations.type fields.*.inputs.transformations.subtype \
                 fields.*.inputs.transformations.description fields.*.inputs.transformations.masking \
                 fields.*.inputs.runId",
        usage: Used("explicit lineage, before everything else"),
    },
    FacetCoverage {
        key: "ownership",
        places: &[Dataset],
        file: "facets/OwnershipDatasetFacet.json",
        version: "1-0-1",
        fields: "owners owners.name owners.type",
        usage: Used("owners, search"),
    },
    FacetCoverage {
        key: "schema",
        places: &[Dataset],
        file: "facets/SchemaDatasetFacet.json",
        version: "1-2-0",
        fields: "fields fields.name fields.type fields.description fields.ordinal_position fields.fields",
        usage: Used("columns, schema history, search, and the inference of column lineage from SQL"),
    },
    FacetCoverage {
        key: "storage",
        places: &[Dataset],
        file: "facets/StorageDatasetFacet.json",
        version: "1-0-1",
        fields: "storageLayer fileFormat",
        usage: Shown("`Dataset.storage`"),
    },
    FacetCoverage {
        key: "symlinks",
        places: &[Dataset],
        file: "facets/SymlinksDatasetFacet.json",
        version: "1-0-1",
        fields: "identifiers identifiers.namespace identifiers.name identifiers.type",
        usage: Used("aliases: several names, one dataset"),
    },
    FacetCoverage {
        key: "tags",
        places: &[Dataset],
        file: "facets/TagsDatasetFacet.json",
        version: "1-0-0",
        fields: "tags tags.key tags.value tags.source tags.field",
        usage: Used("tags of datasets, columns, jobs and runs; search"),
    },
    FacetCoverage {
        key: "version",
        places: &[Dataset],
        file: "facets/DatasetVersionDatasetFacet.json",
        version: "1-0-1",
        fields: "datasetVersion",
        usage: Shown("`Dataset.version`, `RunDataset.version`"),
    },
];
