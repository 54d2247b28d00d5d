//! What can be changed. Mutations come in by POST /graphql only, behind the same guard as events: another
//! site's page may not post.

use super::error::Result;
use super::types::{self, Replay};
use async_graphql::{Context, ID, Object};

/// What can be changed.
pub struct Mutation;

/// What can be changed.
#[Object]
impl Mutation {
    /// Sends a refused body once more: as it was, after the server learned to read it, or as `body` says (at most about a
    /// megabyte), after a person corrected it. Either all of its events are taken or none. The entry stays in the
    /// quarantine and is marked as replayed.
    async fn replay_quarantined(&self, ctx: &Context<'_>, id: ID, body: Option<String>) -> Result<Replay> {
        types::replay(ctx, &id, body).await
    }
}
