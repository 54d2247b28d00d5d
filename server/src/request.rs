//! The id of the request that is being answered: in its answer, in problems and GraphQL errors, in every line that is
//! logged meanwhile. It travels beside the code, not through it, and costs nothing that is measurable until something
//! is written. How a line of the log looks is for `cli/logging.rs`.

use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

/// Longest id that is taken from a client.
const LONGEST: usize = 64;

/// The id of a request: the client's own, or one that is different from those of other requests and other starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

tokio::task_local! {
    static CURRENT: RequestId;
}

impl RequestId {
    /// What the client sent when it is up to 64 of `A-Z a-z 0-9 . _ -`, else a new one.
    pub fn taken_or_new(sent: Option<&[u8]>) -> Self {
        sent.and_then(Self::taken).unwrap_or_else(Self::new)
    }

    fn taken(sent: &[u8]) -> Option<Self> {
        let is_sane = (1..=LONGEST).contains(&sent.len()) && sent.iter().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(b));
        std::str::from_utf8(sent).ok().filter(|_| is_sane).map(|text| Self(text.into()))
    }

    /// Eight digits of this start and a number that grows.
    fn new() -> Self {
        static START: LazyLock<u32> = LazyLock::new(|| std::hash::RandomState::new().build_hasher().finish() as u32);
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(format!("{:08x}-{}", *START, NEXT.fetch_add(1, Ordering::Relaxed)).into())
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The request that this task answers.
pub fn current() -> Option<RequestId> {
    CURRENT.try_with(RequestId::clone).ok()
}

/// Runs `work` as the answer to a request.
pub async fn answering<F: Future>(id: RequestId, work: F) -> F::Output {
    CURRENT.scope(id, work).await
}

/// Makes work that goes on in another task a part of the request that this one answers.
pub fn carried<F: Future>(work: F) -> impl Future<Output = F::Output> {
    carried_as(current(), work)
}

/// The same for work that begins when this task is done already.
pub async fn carried_as<F: Future>(id: Option<RequestId>, work: F) -> F::Output {
    match id {
        Some(id) => answering(id, work).await,
        None => work.await,
    }
}

/// The same for work on a thread of its own.
pub fn carried_off<T>(work: impl FnOnce() -> T) -> impl FnOnce() -> T {
    let id = current();
    move || match id {
        Some(id) => CURRENT.sync_scope(id, work),
        None => work(),
    }
}

/// Where the cause of what went wrong is found, for the end of a sentence to a client.
pub fn where_to_look() -> String {
    current().map_or_else(|| "the server's log says more".into(), |id| format!("the server's log says more under request {id}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sane_ids_are_taken() {
        let long = "x".repeat(65);
        for odd in ["", "a b", "a\nb", "é", "<x>", "a/b", &long] {
            assert!(RequestId::taken(odd.as_bytes()).is_none(), "{odd:?}");
        }
        for sane in ["7", "4bf92f35-77b3.4da6_A", &long[1..]] {
            assert_eq!(RequestId::taken_or_new(Some(sane.as_bytes())).as_str(), sane);
        }
    }

    #[test]
    fn two_requests_have_two_ids() {
        let (a, b) = (RequestId::taken_or_new(None), RequestId::taken_or_new(Some(b"no id!")));
        assert_ne!(a, b);
        assert!(RequestId::taken(a.as_str().as_bytes()).is_some(), "{a}");
    }

    #[tokio::test]
    async fn work_in_other_tasks_and_threads_keeps_the_id() {
        let id = RequestId::taken_or_new(None);
        let seen = answering(id.clone(), async {
            let task = tokio::spawn(carried(async { current() })).await.unwrap();
            let thread = tokio::task::spawn_blocking(carried_off(current)).await.unwrap();
            (task, thread, where_to_look())
        });
        assert_eq!(seen.await, (Some(id.clone()), Some(id.clone()), format!("the server's log says more under request {id}")));
        assert_eq!(current(), None);
    }
}
