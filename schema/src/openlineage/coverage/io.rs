//! Facets of one run's reading or writing. A row a schema file; fields as the schema has them, a recursive one once.

use super::FacetCoverage;
use super::Usage::Shown;
use crate::openlineage::Container::{Input, Output};

pub(super) const FACETS: &[FacetCoverage] = &[
    FacetCoverage {
        key: "dataQualityAssertions",
        places: &[Input],
        file: "facets/DataQualityAssertionsDatasetFacet.json",
        version: "1-1-0",
        fields: "assertions assertions.assertion assertions.success assertions.column assertions.severity assertions.name \
                 assertions.description assertions.expected assertions.actual assertions.content assertions.contentType \
                 assertions.params",
        usage: Shown("`Dataset.assertions`, `RunDataset.assertions`; read from `facets` and `inputFacets`"),
    },
    FacetCoverage {
        key: "dataQualityMetrics",
        places: &[Input],
        file: "facets/DataQualityMetricsInputDatasetFacet.json",
        version: "1-0-3",
        fields: "rowCount bytes fileCount lastUpdated columnMetrics columnMetrics.*.nullCount \
                 columnMetrics.*.distinctCount columnMetrics.*.sum columnMetrics.*.count columnMetrics.*.min \
                 columnMetrics.*.max columnMetrics.*.quantiles",
        usage: Shown("`Dataset.metrics`, `RunDataset.metrics`"),
    },
    FacetCoverage {
        key: "icebergCommitReport",
        places: &[Output],
        file: "registry/iceberg/facets_IcebergCommitReportOutputDatasetFacet.json",
        version: "1-0-2",
        fields: "snapshotId sequenceNumber operation commitMetrics commitMetrics.totalDuration commitMetrics.attempts \
                 commitMetrics.addedDataFiles commitMetrics.removedDataFiles commitMetrics.totalDataFiles \
                 commitMetrics.addedDeleteFiles commitMetrics.addedEqualityDeleteFiles \
                 commitMetrics.addedPositionalDeleteFiles commitMetrics.addedDVs commitMetrics.removedDeleteFiles \
                 commitMetrics.removedEqualityDeleteFiles commitMetrics.removedPositionalDeleteFiles \
                 commitMetrics.removedDVs commitMetrics.totalDeleteFiles commitMetrics.addedRecords \
                 commitMetrics.removedRecords commitMetrics.totalRecords commitMetrics.addedFilesSizeInBytes \
                 commitMetrics.removedFilesSizeInBytes commitMetrics.totalFilesSizeInBytes \
                 commitMetrics.addedPositionalDeletes commitMetrics.removedPositionalDeletes \
                 commitMetrics.totalPositionalDeletes commitMetrics.addedEqualityDeletes \
                 commitMetrics.removedEqualityDeletes commitMetrics.totalEqualityDeletes metadata",
        usage: Shown("`RunDataset.report`"),
    },
    FacetCoverage {
        key: "icebergScanReport",
        places: &[Input],
        file: "registry/iceberg/facets_IcebergScanReportInputDatasetFacet.json",
        version: "1-0-1",
        fields: "snapshotId filterDescription schemaId projectedFieldNames scanMetrics scanMetrics.totalPlanningDuration \
                 scanMetrics.resultDataFiles scanMetrics.resultDeleteFiles scanMetrics.totalDataManifests \
                 scanMetrics.totalDeleteManifests scanMetrics.scannedDataManifests scanMetrics.skippedDataManifests \
                 scanMetrics.totalFileSizeInBytes scanMetrics.totalDeleteFileSizeInBytes scanMetrics.skippedDataFiles \
                 scanMetrics.skippedDeleteFiles scanMetrics.scannedDeleteManifests scanMetrics.skippedDeleteManifests \
                 scanMetrics.indexedDeleteFiles scanMetrics.equalityDeleteFiles scanMetrics.positionalDeleteFiles \
                 metadata",
        usage: Shown("`RunDataset.report`"),
    },
    FacetCoverage {
        key: "inputStatistics",
        places: &[Input],
        file: "facets/InputStatisticsInputDatasetFacet.json",
        version: "1-0-0",
        fields: "rowCount size fileCount",
        usage: Shown("rows, bytes and files of a run's inputs"),
    },
    FacetCoverage {
        key: "outputStatistics",
        places: &[Output],
        file: "facets/OutputStatisticsOutputDatasetFacet.json",
        version: "1-0-2",
        fields: "rowCount size fileCount",
        usage: Shown("rows, bytes and files of a run's outputs"),
    },
    FacetCoverage {
        key: "subset",
        places: &[Input, Output],
        file: "facets/BaseSubsetDatasetFacet.json",
        version: "1-0-0",
        fields: "inputCondition inputCondition.type inputCondition.locations inputCondition.partitions \
                 inputCondition.partitions.identifier inputCondition.partitions.dimensions inputCondition.left \
                 inputCondition.right inputCondition.operator inputCondition.left.type inputCondition.left.field \
                 inputCondition.left.value inputCondition.right.type inputCondition.right.field \
                 inputCondition.right.value inputCondition.comparison outputCondition outputCondition.type \
                 outputCondition.locations outputCondition.partitions outputCondition.partitions.identifier \
                 outputCondition.partitions.dimensions outputCondition.left outputCondition.right \
                 outputCondition.operator outputCondition.left.type outputCondition.left.field outputCondition.left.value \
                 outputCondition.right.type outputCondition.right.field outputCondition.right.value \
                 outputCondition.comparison",
        usage: Shown("`RunDataset.subset`, as one condition"),
    },
];
