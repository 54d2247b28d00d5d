//! What requests share of the machine: how many may walk the graph at a time, and how much memory large answers may take
//! together. Who gets nothing waits in turn, for a time.

use crate::config::Limits;
use crate::request;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Walks at a time for each core: one works while another's answer is named.
const WALKS: usize = 2;
/// Bytes that one permit of memory stands for.
const PERMIT: usize = 1024;

/// Why work was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorkError {
    /// Others are first, for longer than a request waits.
    #[error("as many questions are being answered as this server answers at a time; ask again in some seconds")]
    Busy,
    /// It panicked, which is in the server's log.
    #[error("the walk did not finish")]
    Broken,
}

/// What requests share of the machine.
pub struct Work {
    walks: Arc<Semaphore>,
    answers: Arc<Semaphore>,
    followed: Arc<Semaphore>,
    all: usize,
    patience: Duration,
}

impl Work {
    /// As the settings say.
    pub fn new(limits: &Limits) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let all = (limits.answers_bytes / PERMIT).min(u32::MAX as usize);
        Self {
            walks: Arc::new(Semaphore::new(cores * WALKS)),
            answers: Arc::new(Semaphore::new(all)),
            followed: Arc::new(Semaphore::new(limits.followed_items.min(Semaphore::MAX_PERMITS))),
            all,
            patience: Duration::from_secs(limits.query_seconds) / 2,
        }
    }

    /// Does something that takes a while on a thread of its own, when it is its turn: it must not hold up other requests on
    /// this one, nor may many do so at a time.
    pub async fn walk<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, WorkError> {
        let permit = timeout(self.patience, self.walks.clone().acquire_owned()).await;
        let permit = permit.map_err(|_| WorkError::Busy)?.map_err(|_| WorkError::Broken)?;
        let work = move || {
            // Until it is done, whoever still waits for it.
            let _held = permit;
            work()
        };
        tokio::task::spawn_blocking(request::carried_off(work)).await.map_err(|_| WorkError::Broken)
    }

    /// Takes memory for an answer, in bytes, and waits for it in turn. None when it is more than there is for all.
    pub async fn memory(&self, bytes: usize) -> Result<Option<OwnedSemaphorePermit>, WorkError> {
        let permits = bytes.div_ceil(PERMIT);
        if permits > self.all {
            return Ok(None);
        }
        let permit = timeout(self.patience, self.answers.clone().acquire_many_owned(permits as u32)).await;
        permit.map_err(|_| WorkError::Busy)?.map(Some).map_err(|_| WorkError::Broken)
    }

    /// Takes more memory for an answer that has some. It does not wait: two that wait for each other's would for ever.
    pub fn more_memory(&self, held: &mut OwnedSemaphorePermit, bytes: usize) -> Result<(), WorkError> {
        let permits = bytes.div_ceil(PERMIT).min(u32::MAX as usize);
        let more = self.answers.clone().try_acquire_many_owned(permits as u32).map_err(|_| WorkError::Busy)?;
        held.merge(more);
        Ok(())
    }

    /// Remembers so many things for a follower, more or fewer than it `held` before; it does not wait.
    pub fn follow(&self, held: &mut Option<OwnedSemaphorePermit>, items: usize) -> Result<(), WorkError> {
        let known = held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        if let Some(held) = held {
            drop(held.split(known.saturating_sub(items)));
        }
        let missing = u32::try_from(items.saturating_sub(known)).unwrap_or(u32::MAX);
        let more = self.followed.clone().try_acquire_many_owned(missing).map_err(|_| WorkError::Busy)?;
        match held {
            Some(held) => held.merge(more),
            None => *held = Some(more),
        }
        Ok(())
    }

    /// Gives back what an answer has beyond so many bytes.
    pub fn keep(held: &mut OwnedSemaphorePermit, bytes: usize) {
        let surplus = held.num_permits().saturating_sub(bytes.div_ceil(PERMIT));
        drop(held.split(surplus));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn memory_is_shared_and_given_back() {
        let work = Work::new(&Limits { answers_bytes: 10 << 10, query_seconds: 0, ..Limits::default() });
        assert!(work.memory(11 << 10).await.is_ok_and(|held| held.is_none()));
        let mut first = work.memory(6 << 10).await.unwrap().unwrap();
        assert_eq!(work.memory(6 << 10).await.unwrap_err(), WorkError::Busy);
        assert_eq!(work.more_memory(&mut first, 6 << 10), Err(WorkError::Busy));
        Work::keep(&mut first, 1 << 10);
        assert!(work.memory(9 << 10).await.is_ok_and(|held| held.is_some()));
        work.more_memory(&mut first, 9 << 10).unwrap();
    }

    #[tokio::test]
    async fn what_is_followed_has_a_bound() {
        let work = Work::new(&Limits { followed_items: 10, ..Limits::default() });
        let (mut one, mut other) = (None, None);
        work.follow(&mut one, 6).unwrap();
        assert_eq!(work.follow(&mut other, 5), Err(WorkError::Busy));
        work.follow(&mut one, 2).unwrap();
        work.follow(&mut other, 8).unwrap();
        assert_eq!(work.follow(&mut one, 3), Err(WorkError::Busy));
        drop(other);
        work.follow(&mut one, 10).unwrap();
    }
}
