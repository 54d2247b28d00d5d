//! Whether the catalog that is followed is what was written. It is read whole when it comes from a crash, and when somebody
//! met damage in it; and it gets a sum when it is closed only if nothing speaks against it.

use crate::catalog::{damage, keep_sum};
use crate::health::Health;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::watch;

/// From the end of one check to the begin of the next: whoever meets damage again and again must not keep a core and the
/// disk busy.
const PAUSE: Duration = Duration::from_secs(60);
/// How long the sum of the catalog may take at the end: two seconds read some gigabytes.
const SUM_PATIENCE: Duration = Duration::from_secs(2);

/// What is known of one catalog.
pub struct Soundness {
    is_sound: AtomicBool,
    met: watch::Receiver<u64>,
}

impl Soundness {
    /// Of a catalog that is `proven` to be what was written, or must be checked first.
    pub fn new(proven: bool, health: &Arc<Health>) -> Self {
        Self { is_sound: AtomicBool::new(proven), met: health.damage() }
    }

    /// Ends with the first fault that a check finds; pending as long as there is none.
    pub async fn fault(&self, data: &Path) -> String {
        let mut met = self.met.clone();
        loop {
            if self.is_sound.load(Ordering::Relaxed) {
                if met.changed().await.is_err() {
                    return std::future::pending().await;
                }
                self.is_sound.store(false, Ordering::Relaxed);
            }
            // What is met from here on may have come after this check.
            let times = *met.borrow_and_update();
            match damage(data).await {
                Ok(Some(fault)) => return fault,
                Ok(None) => {
                    self.is_sound.store(true, Ordering::Relaxed);
                    if times > 0 {
                        tracing::warn!("a request could not read the catalog, but the catalog as a whole is what was written");
                    }
                }
                Err(e) => tracing::warn!(error = e.with_cause(), "the catalog could not be checked for damage"),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Keeps the sum of the catalog, which is closed, if it is known to be sound.
    pub async fn seal(&self, data: &Path) {
        if !self.is_sound.load(Ordering::Relaxed) || self.met.has_changed().unwrap_or(false) {
            return;
        }
        let data = data.to_owned();
        let kept = tokio::task::spawn_blocking(move || keep_sum(&data, SUM_PATIENCE)).await;
        if let Err(e) = kept.unwrap_or_else(|e| Err(std::io::Error::other(e))) {
            tracing::warn!(error = %e, "the sum of the catalog was not written");
        }
    }
}
