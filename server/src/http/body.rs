//! Bodies of requests: read within a time, unpacked within a limit, and all together within a budget of bytes (`share`). What
//! is in them is for the routes.

use super::problem::Problem;
use super::share::{Gathered, Share};
use crate::config::Limits;
use crate::request;
use axum::body::{Body, BodyDataStream, Bytes, HttpBody};
use axum::http::{HeaderMap, StatusCode, header};
use flate2::read::MultiGzDecoder;
use futures_util::StreamExt;
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;

/// Times the limit that are read of a body that is refused, before the connection is closed.
const DRAINED: usize = 8;
/// Bodies beyond this are unpacked and read off the network threads.
const LARGE: usize = 128 << 10;
/// Bytes that are unpacked at once.
const STEP: usize = 8 << 10;
/// Seconds without a byte after which a body is given up before its time.
const STALLED: Duration = Duration::from_secs(10);

/// How long a body has to arrive when the server stops.
const LAST: Duration = Duration::from_millis(500);

/// What bodies under way may take together.
#[derive(Clone)]
pub struct Bodies {
    bytes: Arc<Semaphore>,
    /// One for each large body that is made into values at a time: their trees are larger than the text.
    readers: Arc<Semaphore>,
    all: usize,
    limit: usize,
    time: Duration,
    closing: CancellationToken,
}

/// A body and its share of the budget.
pub struct Received {
    /// The body, unpacked.
    pub bytes: Bytes,
    /// Given back when dropped.
    pub share: Share,
}

impl Bodies {
    /// As the settings say.
    pub fn new(limits: &Limits, closing: CancellationToken) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            bytes: Arc::new(Semaphore::new(limits.bodies_bytes.min(Semaphore::MAX_PERMITS))),
            readers: Arc::new(Semaphore::new(cores.min(8))),
            all: limits.bodies_bytes,
            limit: limits.batch_bytes.min(limits.bodies_bytes),
            time: Duration::from_secs(limits.body_seconds),
            closing,
        }
    }

    /// A body of events or of anything else as large, packed or not.
    pub async fn receive(&self, headers: &HeaderMap, body: Body) -> Result<Received, Problem> {
        let is_packed = is_gzip(headers)?;
        let received = self.collect(body, self.limit).await?;
        if !is_packed {
            return Ok(received);
        }
        let limit = self.limit;
        let Received { bytes, mut share } = received;
        if let Some(bytes) = unpack(&bytes, limit.min(LARGE), &mut share)? {
            return Ok(Received { bytes, share });
        }
        // Packed bodies may grow a thousandfold.
        let work = move || {
            let unpacked = unpack(&bytes, limit, &mut share)?.ok_or_else(|| too_large(limit))?;
            Ok(Received { bytes: unpacked, share })
        };
        self.off_thread(work).await?
    }

    /// A body of at most so many bytes, as it is. What is refused is read on and thrown away, within reason: a client that is
    /// still writing when we answer and close would see a broken pipe instead of the answer.
    pub async fn collect(&self, body: Body, limit: usize) -> Result<Received, Problem> {
        let end = Instant::now() + self.time;
        let expected = body.size_hint().exact().unwrap_or(0).min(limit as u64) as usize;
        let mut stream = body.into_data_stream();
        let (mut text, mut share, mut total) = (Gathered::new(expected, 0), self.share(), 0_usize);
        let mut refused = None;
        while let Some(chunk) = self.next(&mut stream, end).await? {
            let chunk = chunk.map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "the body broke off").code("body_broken_off"))?;
            total = total.saturating_add(chunk.len());
            if total > limit.saturating_mul(DRAINED) {
                break;
            }
            if refused.is_none() {
                refused = if total > limit { Some(too_large(limit)) } else { text.push(chunk, &mut share).err() };
                if refused.is_some() {
                    (text, share) = (Gathered::default(), self.share());
                }
            }
        }
        match refused {
            Some(problem) => Err(problem),
            None => Ok(Received { bytes: text.whole(), share }),
        }
    }

    /// Makes something of a body: where it is large off the network threads, and not of too many at a time.
    pub async fn read<T: Send + 'static>(
        &self,
        bytes: Bytes,
        work: impl FnOnce(&[u8]) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        if bytes.len() <= LARGE {
            return work(&bytes);
        }
        self.off_thread(move || work(&bytes)).await?
    }

    async fn off_thread<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
        let permit = self.readers.clone().acquire_owned().await;
        let work = move || {
            let _held = permit;
            work()
        };
        let done = tokio::task::spawn_blocking(request::carried_off(work)).await;
        done.map_err(|error| Problem::internal("the body could not be read", &error))
    }

    /// The next piece, in time. When the server stops it waits for no client.
    async fn next(&self, stream: &mut BodyDataStream, end: Instant) -> Result<Option<Result<Bytes, axum::Error>>, Problem> {
        let stopping = async {
            self.closing.cancelled().await;
            sleep(LAST).await;
        };
        tokio::select! {
            biased;
            chunk = timeout_at(end.min(Instant::now() + STALLED), stream.next()) => chunk.map_err(|_| self.too_slow()),
            () = stopping => Err(Problem::busy_with("the server stops; send this again")),
        }
    }

    fn share(&self) -> Share {
        Share::of(self.bytes.clone(), self.all)
    }

    fn too_slow(&self) -> Problem {
        let detail =
            format!("the body did not arrive within {} seconds, or nothing of it for {} seconds", self.time.as_secs(), STALLED.as_secs());
        Problem::new(StatusCode::REQUEST_TIMEOUT, detail)
    }
}

fn is_gzip(headers: &HeaderMap) -> Result<bool, Problem> {
    match headers.get(header::CONTENT_ENCODING).map(|v| v.as_bytes().to_ascii_lowercase()).as_deref() {
        None | Some(b"" | b"identity") => Ok(false),
        Some(b"gzip" | b"x-gzip") => Ok(true),
        Some(_) => Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "only gzip is understood as a content encoding")),
    }
}

/// Unpacks; none beyond the limit: a few kilobytes of gzip can hold gigabytes.
fn unpack(packed: &[u8], limit: usize, share: &mut Share) -> Result<Option<Bytes>, Problem> {
    let broken = |_| Problem::new(StatusCode::BAD_REQUEST, "the body is not gzip, though its content encoding says so").code("not_gzip");
    let mut reader = MultiGzDecoder::new(packed);
    let (mut text, mut piece) = (Gathered::new(0, packed.len()), [0; STEP]);
    loop {
        let read = reader.read(&mut piece).map_err(broken)?;
        if read == 0 {
            return Ok(Some(text.whole()));
        }
        if text.len() + read > limit {
            return Ok(None);
        }
        text.extend(&piece[..read], share)?;
    }
}

/// Never with Retry-After: clients would send it again (reliability 2c).
fn too_large(limit: usize) -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the body is larger than {limit} bytes after decompression"))
}

#[cfg(test)]
mod tests {
    use super::super::share::FREE;
    use super::*;
    use axum::response::IntoResponse;

    fn bodies(bytes: usize) -> Bodies {
        Bodies::new(&Limits { bodies_bytes: bytes, batch_bytes: 1 << 20, ..Limits::default() }, CancellationToken::new())
    }

    #[tokio::test]
    async fn small_bodies_pass_where_large_ones_are_sent_away() {
        let bodies = bodies(400 << 10);
        let large = || Body::from(vec![b' '; 400 << 10]);
        let first = bodies.collect(large(), 1 << 20).await.unwrap_or_else(|_| panic!("there is room for one"));
        assert!(bodies.collect(large(), 1 << 20).await.is_err());
        assert!(bodies.collect(Body::from(vec![b' '; FREE]), 1 << 20).await.is_ok());
        drop(first);
        assert!(bodies.collect(large(), 1 << 20).await.is_ok());
    }

    #[tokio::test]
    async fn what_is_unpacked_counts() {
        use std::io::Write;
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(&vec![b' '; 600 << 10]).unwrap();
        let packed = packer.finish().unwrap();
        let headers = HeaderMap::from_iter([(header::CONTENT_ENCODING, "gzip".parse().unwrap())]);
        let bodies = bodies(1 << 20);
        let other = bodies.collect(Body::from(vec![b' '; 600 << 10]), 1 << 20).await.unwrap_or_else(|_| panic!("there is room for one"));
        let refused = bodies.receive(&headers, Body::from(packed.clone())).await.err().unwrap().into_response();
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        drop(other);
        let received = bodies.receive(&headers, Body::from(packed)).await;
        assert_eq!(received.unwrap_or_else(|_| panic!("there is room")).bytes.len(), 600 << 10);
    }
}
