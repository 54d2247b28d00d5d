//! Binding and serving until a signal: what `serve` and `demo` share.

use super::Failure;
use crate::app::Running;
use crate::http::{self, Web};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Serving ends within this time; requests under way have had theirs by then.
const PATIENCE: Duration = Duration::from_secs(4);

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
pub(super) async fn serve(running: Running, listener: TcpListener) -> Result<(), Failure> {
    let listen = listener.local_addr().map_err(|e| Failure::Said(format!("cannot listen: {e}")))?;
    let stop = CancellationToken::new();
    let web = Web::new(running.served.clone(), listen, stop.clone());
    tokio::spawn({
        let stop = stop.clone();
        async move {
            signal().await;
            eprintln!("\nstopping: answering what is under way (once more to stop at once)");
            stop.cancel();
            signal().await;
            std::process::exit(130);
        }
    });
    let served = tokio::spawn(http::serve(listener, web));
    let outcome = tokio::select! {
        outcome = served => outcome,
        () = async { stop.cancelled().await; tokio::time::sleep(PATIENCE).await } => Ok(Ok(())),
    };
    if let Some(history) = &running.app.history {
        history.close();
    }
    running.stop().await;
    match outcome {
        Ok(Ok(())) => Ok(()),
        Ok(Err(e)) => Err(Failure::Said(format!("serving stopped: {e}"))),
        Err(_) => Err(Failure::Said("serving stopped by a bug; the log above says more".into())),
    }
}

/// The first request to end: Ctrl-C, or the kill of a service manager.
async fn signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}
