//! Where the specification has each facet, and which of its members it requires, of which type: only
//! the top level, as data. `conformance` compares events with it.

use crate::json::Json;

/// A place in an event that holds facets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Container {
    /// `run.facets`
    Run,
    /// `job.facets`
    Job,
    /// `facets` of a dataset, wherever it stands.
    Dataset,
    /// `inputFacets`
    Input,
    /// `outputFacets`
    Output,
}

/// What a member must look like.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// An array.
    List,
    /// An object.
    Object,
    /// Text, a number or a truth value: emitters mix them up, and reading is lenient.
    Scalar,
    /// One of these texts.
    OneOf(&'static [&'static str]),
}

impl Shape {
    /// Whether a value can be read as this.
    pub fn fits(self, value: &Json<'_>) -> bool {
        match self {
            Self::List => value.as_array().is_some(),
            Self::Object => value.as_object().is_some(),
            Self::Scalar | Self::OneOf(_) => value.as_array().is_none() && value.as_object().is_none(),
        }
    }
}

/// A member of a facet.
pub struct Member {
    /// Its key.
    pub name: &'static str,
    /// What it must look like.
    pub shape: Shape,
    /// True when the specification requires it.
    pub required: bool,
}

/// A facet of the specification.
#[derive(Clone, Copy)]
pub struct Known {
    /// Where it may stand.
    pub places: &'static [Container],
    /// Its members that are checked.
    pub members: &'static [Member],
}

const fn required(name: &'static str, shape: Shape) -> Member {
    Member { name, shape, required: true }
}

const fn optional(name: &'static str, shape: Shape) -> Member {
    Member { name, shape, required: false }
}

/// The facet of a key; `None` for custom ones. From the JSON schemas of OpenLineage 2-0-2.
pub fn known(key: &str) -> Option<Known> {
    use Container::{Dataset, Input, Job, Output, Run};
    use Shape::{List, Object, OneOf, Scalar};
    const LIFECYCLE: &[&str] = &["ALTER", "CREATE", "DROP", "OVERWRITE", "RENAME", "TRUNCATE"];
    macro_rules! known {
        ($($place:ident)+ : $($how:ident $name:literal $shape:expr),*) => {
            Known { places: &[$($place),+], members: const { &[$($how($name, $shape)),*] } }
        };
    }
    Some(match key {
        "catalog" => known!(Dataset: required "framework" Scalar, required "type" Scalar, required "name" Scalar),
        "columnLineage" => known!(Dataset: required "fields" Object, optional "dataset" List),
        "dataQualityAssertions" => known!(Input: required "assertions" List),
        "dataQualityMetrics" => known!(Dataset Input: required "columnMetrics" Object),
        "dataSource" => known!(Dataset: optional "name" Scalar, optional "uri" Scalar),
        "datasetType" => known!(Dataset: required "datasetType" Scalar),
        "documentation" => known!(Dataset Job: required "description" Scalar),
        "environmentVariables" => known!(Run: required "environmentVariables" List),
        "errorMessage" => known!(Run: required "message" Scalar, required "programmingLanguage" Scalar),
        "executionParameters" => known!(Run: optional "parameters" List),
        "externalQuery" => known!(Run: required "externalQueryId" Scalar, required "source" Scalar),
        "extractionError" => known!(Run: required "totalTasks" Scalar, required "failedTasks" Scalar, required "errors" List),
        "hierarchy" => known!(Dataset: required "hierarchy" List),
        "inputStatistics" => known!(Input: optional "rowCount" Scalar, optional "size" Scalar, optional "fileCount" Scalar),
        "jobDependencies" => known!(Run: optional "upstream" List, optional "downstream" List),
        "jobType" => known!(Job: required "processingType" Scalar, required "integration" Scalar, optional "emissionPattern" Object),
        "lifecycleStateChange" => known!(Dataset: required "lifecycleStateChange" OneOf(LIFECYCLE), optional "previousIdentifier" Object),
        "lineage" => known!(Dataset Job:),
        "nominalTime" => known!(Run: required "nominalStartTime" Scalar, optional "nominalEndTime" Scalar),
        "outputStatistics" => known!(Output: optional "rowCount" Scalar, optional "size" Scalar, optional "fileCount" Scalar),
        "ownership" => known!(Dataset Job: optional "owners" List),
        "parent" => known!(Run: required "run" Object, required "job" Object, optional "root" Object),
        "processing_engine" => known!(Run: required "version" Scalar),
        "schema" => known!(Dataset: optional "fields" List),
        "sourceCode" => known!(Job: required "language" Scalar, required "sourceCode" Scalar),
        "sourceCodeLocation" => known!(Job: required "type" Scalar, required "url" Scalar),
        "sql" => known!(Job: required "query" Scalar),
        "storage" => known!(Dataset: required "storageLayer" Scalar),
        "subset" => known!(Input Output:),
        "symlinks" => known!(Dataset: optional "identifiers" List),
        "tags" => known!(Dataset Job Run: optional "tags" List),
        "test" => known!(Run: required "tests" List),
        "version" => known!(Dataset: required "datasetVersion" Scalar),
        _ => return None,
    })
}
