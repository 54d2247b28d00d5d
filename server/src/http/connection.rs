//! One connection as the server watches it: whether a request is under way, since when its head is incomplete, since when
//! nothing is asked, since when nothing is taken. What is watched costs a request a few atomic numbers.

use super::early;
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::{Notify, OwnedSemaphorePermit};
use tokio::time::Instant;

/// How long a connection may do nothing.
#[derive(Clone, Copy)]
pub struct Times {
    /// Until the head of a request is there.
    pub head: Duration,
    /// Between two requests.
    pub idle: Duration,
    /// Until the client takes a part of an answer.
    pub send: Duration,
}

/// What is known of a connection. Times are milliseconds since it was opened, from 1; 0 is never.
pub struct Watch {
    opened: Instant,
    requests: AtomicUsize,
    has_asked: AtomicBool,
    /// Since when a head is arriving; only of HTTP/1, where nothing else arrives between requests.
    head: AtomicU64,
    /// Since when there is no request.
    idle: AtomicU64,
    /// Since when the client takes nothing.
    send: AtomicU64,
    is_http2: AtomicBool,
    /// Told to end it.
    pub end: Notify,
}

/// Every connection that serves requests.
#[derive(Clone, Default)]
pub struct Connections(Arc<Mutex<HashMap<u64, Arc<Watch>>>>);

impl Watch {
    fn new() -> Self {
        Self {
            opened: Instant::now(),
            requests: AtomicUsize::new(0),
            has_asked: AtomicBool::new(false),
            head: AtomicU64::new(0),
            idle: AtomicU64::new(1),
            send: AtomicU64::new(0),
            is_http2: AtomicBool::new(false),
            end: Notify::new(),
        }
    }

    fn now(&self) -> u64 {
        self.opened.elapsed().as_millis() as u64 + 1
    }

    fn at(&self, since: u64, time: Duration) -> Instant {
        self.opened + Duration::from_millis(since) + time
    }

    /// A request has come in; it is under way until the guard is dropped.
    pub fn request(self: &Arc<Self>) -> Request {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.has_asked.store(true, Ordering::Relaxed);
        self.head.store(0, Ordering::Relaxed);
        self.idle.store(0, Ordering::Relaxed);
        Request(self.clone())
    }

    /// True when a request is under way.
    pub fn is_busy(&self) -> bool {
        self.requests.load(Ordering::Relaxed) > 0
    }

    /// When it is to be looked at again; none when it has done nothing for too long.
    pub fn next_look(&self, times: &Times) -> Option<Instant> {
        let now = Instant::now();
        let (head, idle, send) = (self.head.load(Ordering::Relaxed), self.idle.load(Ordering::Relaxed), self.send.load(Ordering::Relaxed));
        let mut next = now + times.head.min(times.idle).min(times.send);
        let is_new = !self.has_asked.load(Ordering::Relaxed) && !self.is_http2.load(Ordering::Relaxed);
        let ends = [
            (send > 0).then(|| self.at(send, times.send)),
            (head > 0).then(|| self.at(head, times.head)),
            (idle > 0).then(|| self.at(idle, if is_new { times.head } else { times.idle })),
        ];
        for end in ends.into_iter().flatten() {
            if end <= now {
                return None;
            }
            next = next.min(end);
        }
        Some(next)
    }
}

/// A request under way.
pub struct Request(Arc<Watch>);

impl Drop for Request {
    fn drop(&mut self) {
        if self.0.requests.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.0.idle.store(self.0.now(), Ordering::Relaxed);
        }
    }
}

/// A connection's place among them, until it is dropped.
pub struct Listed {
    all: Connections,
    id: u64,
}

impl Drop for Listed {
    fn drop(&mut self) {
        self.all.lock().remove(&self.id);
    }
}

impl Connections {
    /// Adds one.
    pub fn list(&self, id: u64, watch: Arc<Watch>) -> Listed {
        self.lock().insert(id, watch);
        Listed { all: self.clone(), id }
    }

    /// Ends the one that has had no request for longest; false when all have one.
    pub fn end_oldest_idle(&self) -> bool {
        let all = self.lock();
        let idle = all.values().filter(|watch| !watch.is_busy());
        let oldest = idle.min_by_key(|watch| watch.opened + Duration::from_millis(watch.idle.load(Ordering::Relaxed)));
        oldest.inspect(|watch| watch.end.notify_one()).is_some()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Arc<Watch>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A socket that says what happens on it. It counts as a connection until it is dropped, also when it has become a
/// WebSocket.
pub struct Socket {
    stream: TcpStream,
    watch: Arc<Watch>,
    /// What is sent in place of an answer that is none of the server's, and how much of it was.
    early: Option<(Vec<u8>, usize)>,
    _permit: OwnedSemaphorePermit,
}

impl Socket {
    /// Watches a stream.
    pub fn new(stream: TcpStream, permit: OwnedSemaphorePermit) -> Self {
        Self { stream, watch: Arc::new(Watch::new()), early: None, _permit: permit }
    }

    /// What is known of it.
    pub fn watch(&self) -> Arc<Watch> {
        self.watch.clone()
    }

    /// Sends an answer with a code and an id in place of the library's own; `None` when this is none of those.
    fn poll_early(&mut self, cx: &mut Context<'_>, head: &[u8]) -> Option<Poll<std::io::Result<usize>>> {
        if self.watch.is_busy() || self.watch.is_http2.load(Ordering::Relaxed) {
            return None;
        }
        if self.early.is_none() {
            self.early = Some((early::instead_of(head)?, 0));
        }
        let (answer, sent) = self.early.as_mut()?;
        while *sent < answer.len() {
            match Pin::new(&mut self.stream).poll_write(cx, &answer[*sent..]) {
                Poll::Ready(Ok(more)) if more > 0 => *sent += more,
                other => return Some(other),
            }
        }
        Some(Poll::Ready(Ok(head.len())))
    }

    fn sent<T>(&self, poll: Poll<T>) -> Poll<T> {
        if poll.is_ready() {
            self.watch.send.store(0, Ordering::Relaxed);
        } else {
            let _ = self.watch.send.compare_exchange(0, self.watch.now(), Ordering::Relaxed, Ordering::Relaxed);
        }
        poll
    }
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        let before = buffer.filled().len();
        let poll = Pin::new(&mut self.stream).poll_read(cx, buffer);
        let watch = &self.watch;
        let arrived = &buffer.filled()[before..];
        if !arrived.is_empty() && !watch.is_busy() && !watch.is_http2.load(Ordering::Relaxed) {
            if !watch.has_asked.load(Ordering::Relaxed) && arrived.starts_with(b"PRI * HTTP/2") {
                watch.is_http2.store(true, Ordering::Relaxed);
            } else if watch.head.load(Ordering::Relaxed) == 0 {
                watch.head.store(watch.now(), Ordering::Relaxed);
            }
        }
        poll
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &[u8]) -> Poll<std::io::Result<usize>> {
        let early = self.poll_early(cx, buffer);
        let poll = early.unwrap_or_else(|| Pin::new(&mut self.stream).poll_write(cx, buffer));
        self.sent(poll)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffers: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        let early = buffers.first().and_then(|first| self.poll_early(cx, first));
        let poll = early.unwrap_or_else(|| Pin::new(&mut self.stream).poll_write_vectored(cx, buffers));
        self.sent(poll)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
