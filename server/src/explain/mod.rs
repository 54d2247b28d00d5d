//! What becomes of an event, for people who ask about one: what each of its facets is good for, and what
//! it would change. Computed from the payload when asked, never stored.

mod change;
mod dry_run;
mod numbers;
mod preview;
mod usage;

pub use dry_run::{DryRun, DryRunError, dry_run};
pub use usage::{FacetReport, Usage, facets};
