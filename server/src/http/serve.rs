//! Takes connections and serves what is asked on them, no more at a time than there are descriptors for, none for longer
//! than it asks something, and none after the end.

use super::connection::{Connections, Request, Socket, Times};
use super::{Web, early, router};
use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use rustix::process::{Resource, getrlimit, setrlimit};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// Descriptors that are not for connections: log, catalog and index have theirs open.
const KEPT: u64 = 200;
/// Connections that there are at least, whatever the limit of descriptors.
const LEAST: u64 = 16;
/// A client that takes nothing of its answer for so long is gone, or as good as.
const SEND: Duration = Duration::from_secs(30);
/// Requests under way at the end get this long.
const PATIENCE: Duration = Duration::from_secs(2);
/// Requests of one HTTP/2 connection at a time, and bytes of the head of one.
const STREAMS: u32 = 128;
const HEAD: u32 = 64 << 10;
/// How often a silent HTTP/2 client is asked whether it is there, and how long it has to say so.
const PING: Duration = Duration::from_secs(20);

/// Serves until it is closing and the requests under way are answered, or have had their time.
pub async fn serve(listener: TcpListener, web: Web) -> std::io::Result<()> {
    let limits = web.app().limits.clone();
    let most = most(limits.sockets);
    let (closing, followers, following) = (web.closing.clone(), web.connections.clone(), limits.connections);
    let times = Times { head: Duration::from_secs(limits.head_seconds), idle: Duration::from_secs(limits.idle_seconds), send: SEND };
    let serving = Serving { router: router(web), times, closing: closing.clone() };
    let (free, all, tasks) = (Arc::new(Semaphore::new(most)), Connections::default(), TaskTracker::new());
    for id in 0.. {
        let stream = tokio::select! {
            stream = listener.accept() => stream,
            () = closing.cancelled() => break,
        };
        match stream {
            Ok((stream, _)) => {
                let Some(permit) = place(&free, &all).await else {
                    refuse(stream);
                    continue;
                };
                let _ = stream.set_nodelay(true);
                tasks.spawn(serving.clone().connection(stream, all.clone(), id, permit));
            }
            // Of one that is gone already, or for want of something that others may give back.
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    tasks.close();
    // Followers are told too; they are no connections of HTTP any more.
    let _ = timeout(PATIENCE, async { tokio::join!(tasks.wait(), followers.acquire_many(following)) }).await;
    Ok(())
}

/// Says that there is no place. Nothing was sent on this socket yet, so it has room for a line, and nobody waits.
fn refuse(stream: TcpStream) {
    use std::io::Write;
    let _ = stream.into_std().and_then(|mut stream| stream.write_all(&early::full()));
}

/// A place for one more, if need be that of who has asked nothing for longest.
async fn place(free: &Arc<Semaphore>, all: &Connections) -> Option<OwnedSemaphorePermit> {
    if let Ok(permit) = free.clone().try_acquire_owned() {
        return Some(permit);
    }
    if !all.end_oldest_idle() {
        return None;
    }
    timeout(Duration::from_secs(1), free.clone().acquire_owned()).await.ok()?.ok()
}

/// How many connections there may be: as many as there are descriptors for. Raises what the process may open to what it may
/// raise it to, since many systems say 1,024 where more is allowed.
fn most(setting: usize) -> usize {
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        let raised = rustix::process::Rlimit { current: limit.maximum, maximum: limit.maximum };
        if setrlimit(Resource::Nofile, raised).is_ok() {
            limit = raised;
        }
    }
    let descriptors = limit.current.map_or(setting as u64, |most| most.saturating_sub(KEPT).max(LEAST));
    descriptors.min(setting as u64) as usize
}

#[derive(Clone)]
struct Serving {
    router: Router,
    times: Times,
    closing: CancellationToken,
}

impl Serving {
    async fn connection(self, stream: TcpStream, all: Connections, id: u64, permit: OwnedSemaphorePermit) {
        let socket = Socket::new(stream, permit);
        let watch = socket.watch();
        // Until this ends: a WebSocket goes on after it, and would not hear that it is to end.
        let _listed = all.list(id, watch.clone());
        let service = service_fn({
            let (router, watch) = (self.router, watch.clone());
            move |request: hyper::Request<Incoming>| {
                let (router, under_way) = (router.clone(), watch.request());
                async move {
                    let response = router.oneshot(request.map(Body::new)).await;
                    response.map(|response| response.map(|body| Answer { body, _under_way: under_way }))
                }
            }
        });
        let mut builder = Builder::new(TokioExecutor::new());
        // Heads are timed here, where a connection that waits is told from one that dribbles.
        builder.http1().timer(TokioTimer::new()).header_read_timeout(None::<Duration>);
        builder.http2().timer(TokioTimer::new()).keep_alive_interval(PING).keep_alive_timeout(PING).max_concurrent_streams(STREAMS);
        builder.http2().max_header_list_size(HEAD);
        let mut connection = pin!(builder.serve_connection_with_upgrades(TokioIo::new(socket), service));
        let mut look = pin!(sleep(self.times.head));
        loop {
            tokio::select! {
                // What goes wrong on a connection is its client's.
                _ = connection.as_mut() => return,
                () = look.as_mut() => match watch.next_look(&self.times) {
                    Some(next) => look.as_mut().reset(next),
                    None => return,
                },
                // A request that came in meanwhile is answered, and is the last.
                () = watch.end.notified() => if watch.is_busy() { connection.as_mut().graceful_shutdown() } else { return },
                () = self.closing.cancelled() => break,
            }
        }
        // A head that is not complete is no request: its client may never go on.
        if watch.is_busy() {
            connection.as_mut().graceful_shutdown();
            let _ = timeout(PATIENCE, connection).await;
        }
    }
}

/// The body of an answer; the request is under way until it is sent.
struct Answer {
    body: Body,
    _under_way: Request,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
