//! `headwater serve`.

use super::{DataArgs, Failure, listen};
use crate::app::Running;
use clap::Args;
use std::net::SocketAddr;

/// What `serve` takes.
#[derive(Args)]
#[command(after_help = super::SETTINGS_HELP)]
pub(super) struct Serve {
    #[command(flatten)]
    data: DataArgs,
    /// Address to serve on [default: 127.0.0.1:5000, where the OpenLineage clients look]
    #[arg(long, value_name = "ADDRESS", env = "HEADWATER_LISTEN")]
    listen: Option<SocketAddr>,
    /// Serve beyond this machine. There is no authentication yet: whoever reaches the address can read and write.
    #[arg(long, env = "HEADWATER_ALLOW_PUBLIC")]
    allow_public: bool,
    /// For drills and tests of readers: catalog, graph and search stop at this log sequence and stay behind
    #[arg(long, value_name = "SEQ", hide = true)]
    hold_projections_at: Option<u64>,
}

impl Serve {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let (mut config, file) = self.data.config()?;
        config.listen = self.listen.unwrap_or(config.listen);
        config.hold_projections_at = self.hold_projections_at;
        let public = self.allow_public || file.allow_public == Some(true);
        if !config.listen.ip().is_loopback() && !public {
            return Err(Failure::Said(format!(
                "{} can be reached from other machines and there is no authentication yet: whoever reaches it can read and write. \
                 Put a proxy with authentication in front of 127.0.0.1, or say --allow-public",
                config.listen
            )));
        }
        let listener = listen::bind(config.listen).await?;
        let address = listener.local_addr().unwrap_or(config.listen);
        let running = Running::start(&config).await?;
        let signals = listen::Signals::listen()?;
        let held = *running.app().progress.catalog.borrow();
        out!("headwater {} on http://{address}", env!("CARGO_PKG_VERSION"));
        out!("  data     {} ({} datasets, {} jobs, {} runs)", config.data.display(), held.datasets, held.jobs, held.runs);
        out!("  emit     OPENLINEAGE_URL=http://{address}");
        out!("  query    http://{address}/graphiql");
        listen::serve(running, listener, signals).await
    }
}
