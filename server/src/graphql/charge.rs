//! What the answer to one request has taken so far, in bytes of text and of memory: counted as it is put together, because
//! nobody knows beforehand how long the bodies of events are. Beyond what one answer may have it ends in words.

use super::error::{ApiError, Result};
use super::scalar::AnyJson;
use crate::app::App;
use crate::work::{Work, WorkError};
use async_graphql::Context;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::{Mutex, OwnedSemaphorePermit};

/// Bytes of memory that an answer takes without being counted.
const FREE: usize = 1 << 20;
/// Bytes that are taken at least, when more are needed.
const STEP: usize = 4 << 20;
/// Copies of a body while it is put into an answer: as it was read, as a value, as text, as the answer.
const COPIES: usize = 4;

/// The tab of one request.
#[derive(Clone)]
pub struct Tab(Arc<Inner>);

struct Inner {
    app: Arc<App>,
    text: AtomicUsize,
    memory: AtomicUsize,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    permit: Option<OwnedSemaphorePermit>,
    bytes: usize,
}

impl Tab {
    /// Nothing taken yet.
    pub fn new(app: Arc<App>) -> Self {
        Self(Arc::new(Inner { app, text: AtomicUsize::new(0), memory: AtomicUsize::new(0), held: Mutex::default() }))
    }

    /// Counts text that goes into the answer.
    pub async fn text(&self, bytes: usize) -> Result<(), ApiError> {
        self.take(bytes, bytes.saturating_mul(COPIES)).await
    }

    /// Counts what is only looked at.
    pub async fn memory(&self, bytes: usize) -> Result<(), ApiError> {
        self.take(0, bytes).await
    }

    /// Counts text of the answer, and the memory that it takes.
    pub async fn take(&self, text: usize, memory: usize) -> Result<(), ApiError> {
        let inner = &self.0;
        let most = inner.app.limits.answer_bytes;
        if inner.text.fetch_add(text, Ordering::Relaxed).saturating_add(text) > most {
            return Err(too_large(&format!("would have more than {most} bytes")));
        }
        let needed = inner.memory.fetch_add(memory, Ordering::Relaxed).saturating_add(memory);
        if needed <= FREE {
            return Ok(());
        }
        let (mut held, work) = (inner.held.lock().await, &inner.app.work);
        if needed <= held.bytes {
            return Ok(());
        }
        let (known, all) = (held.bytes, inner.app.limits.answers_bytes);
        let never = || too_large(&format!("would take more than {all} bytes of memory"));
        match &mut held.permit {
            None => {
                let permit = work.memory(needed).await.map_err(ApiError::from)?;
                held.permit = Some(permit.ok_or_else(never)?);
                held.bytes = needed;
            }
            // Not even by itself: to ask again would be in vain.
            Some(_) if needed > all => return Err(never()),
            Some(permit) => {
                let missing = (needed - known).max(STEP.min(all - known));
                work.more_memory(permit, missing).map_err(ApiError::from)?;
                held.bytes += missing;
            }
        }
        Ok(())
    }

    /// Begins anew, for the next of several answers.
    pub async fn clear(&self) {
        let mut held = self.0.held.lock().await;
        *held = Held::default();
        self.0.text.store(0, Ordering::Relaxed);
        self.0.memory.store(0, Ordering::Relaxed);
    }

    /// The answer is written: from now on it takes so many bytes.
    pub async fn written(&self, bytes: usize) {
        if let Some(permit) = &mut self.0.held.lock().await.permit {
            Work::keep(permit, bytes);
        }
    }
}

fn too_large(why: &str) -> ApiError {
    ApiError::TooLarge(format!("the answer {why}: ask for fewer fields or fewer things, page with first and after, or export"))
}

impl From<WorkError> for ApiError {
    fn from(error: WorkError) -> Self {
        match error {
            WorkError::Busy => Self::Busy(error.to_string()),
            WorkError::Broken => Self::Internal("the walk did not finish", "a walk panicked".into()),
        }
    }
}

/// The tab of a request.
pub fn tab<'a>(ctx: &Context<'a>) -> &'a Tab {
    ctx.data_unchecked()
}

/// Counts a body that goes into the answer.
pub async fn charged(ctx: &Context<'_>, body: AnyJson) -> Result<AnyJson> {
    charge(ctx, body.len()).await?;
    Ok(body)
}

/// Counts bodies that go into the answer.
pub async fn charge(ctx: &Context<'_>, bytes: usize) -> Result<()> {
    Ok(tab(ctx).text(bytes).await?)
}
