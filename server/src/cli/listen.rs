//! Binding and serving until a signal: what `serve` and `demo` share.

use super::{Failure, logging};
use crate::app::Running;
use crate::http::{self, Web};
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Serving ends within this time; requests under way have had theirs by then.
const PATIENCE: Duration = Duration::from_millis(2300);
/// Everything ends within this time; what is left of the five seconds that are promised is for the process.
const END: Duration = Duration::from_millis(3900);

/// Binds, or says what to do about it.
pub(super) async fn bind(listen: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(listen).await.map_err(|e| {
        let port = listen.port();
        Failure::Said(match e.kind() {
            std::io::ErrorKind::AddrInUse => format!(
                "{listen} is taken by another program (on macOS port 5000 is AirPlay's). See which with `lsof -i :{port}`, \
                 or choose another: --listen {}:{}",
                listen.ip(),
                port.wrapping_add(1)
            ),
            std::io::ErrorKind::PermissionDenied => format!("not allowed to listen on {listen}; ports below 1024 need privileges"),
            _ => format!("cannot listen on {listen}: {e}"),
        })
    })
}

/// Serves until a signal, then ends in good order.
pub(super) async fn serve(running: Running, listener: TcpListener, mut signals: Signals) -> Result<(), Failure> {
    let listen = listener.local_addr().map_err(|e| Failure::Said(format!("cannot listen: {e}")))?;
    let stop = CancellationToken::new();
    let web = Web::new(running.served.clone(), listen, stop.clone()).map_err(|e| Failure::Said(format!("cannot start threads: {e}")))?;
    let signalled = Arc::new(OnceLock::new());
    tokio::spawn({
        let (stop, signalled) = (stop.clone(), signalled.clone());
        async move {
            signals.next().await;
            let _ = signalled.set(Instant::now());
            stop.cancel();
            // Behind the ^C that a terminal shows.
            if std::io::stderr().is_terminal() {
                eprintln!();
            }
            logging::say("INFO", "stopping: answering what is under way (once more to stop at once)");
            signals.next().await;
            std::process::exit(130);
        }
    });
    let served = tokio::spawn(http::serve(listener, web));
    let outcome = tokio::select! {
        outcome = served => outcome,
        () = async { stop.cancelled().await; tokio::time::sleep(PATIENCE).await } => Ok(Ok(())),
    };
    running.stop(END.saturating_sub(signalled.get().map_or(Duration::ZERO, Instant::elapsed))).await;
    match outcome {
        Ok(Ok(())) => Ok(()),
        Ok(Err(e)) => Err(Failure::Said(format!("serving stopped: {e}"))),
        Err(_) => Err(Failure::Said("serving stopped by a bug; the log above says more".into())),
    }
}

/// Requests to end: Ctrl-C, or the kill of a service manager. Made before the address is printed: whoever reads that may
/// stop the server at once, and expects a good end.
pub(super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// From now on a signal no longer ends the process by itself.
    pub(super) fn listen() -> Result<Self, Failure> {
        let on = |kind| signal(kind).map_err(|e| Failure::Said(format!("cannot listen for signals: {e}")));
        Ok(Self { interrupt: on(SignalKind::interrupt())?, terminate: on(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
