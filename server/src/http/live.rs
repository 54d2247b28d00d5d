//! GET /graphql/ws: subscriptions, by the protocol `graphql-transport-ws`. Everything a client can make us keep is
//! bounded: connections, subscriptions of one, the size of a message, the time it takes to read one.

use super::Web;
use super::problem::Problem;
use crate::app::App;
use crate::graphql::{ApiSchema, VALUES, finished, met_damage, prepare, read, refused};
use crate::request;
use async_graphql::http::{WebSocket as Protocol, WebSocketProtocols, WsMessage};
use async_graphql::parser::types::OperationType;
use async_graphql::{Data, Executor, Request, Response as Answer};
use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, BoxStream};
use futures_util::{Sink, SinkExt, Stream, StreamExt};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};

/// What subscribes speaks this and nothing older.
const PROTOCOL: &str = "graphql-transport-ws";
/// Bytes of a message from a client, as of a query over HTTP.
const MESSAGE: usize = 1 << 20;
/// Within this time a client says `connection_init` (close code 4408 of the protocol).
const INIT_TIME: Duration = Duration::from_secs(10);
/// A client that takes no message for so long is gone, or as good as.
const SEND_TIME: Duration = Duration::from_secs(30);
/// How often a silent client is asked whether it is there; after two of these without a word it is not.
const PING: Duration = Duration::from_secs(30);

/// Takes a connection.
pub async fn upgrade(State(web): State<Web>, upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>) -> Result<Response, Problem> {
    let upgrade = upgrade.map_err(|e| match e.status() {
        StatusCode::METHOD_NOT_ALLOWED => Problem::other_method("GET"),
        status => Problem::new(status, format!("subscriptions are asked for over WebSocket: {}", e.body_text())),
    })?;
    let upgrade = upgrade.protocols([PROTOCOL]).max_message_size(MESSAGE).max_frame_size(MESSAGE);
    if upgrade.selected_protocol().is_none() {
        return Err(Problem::new(StatusCode::BAD_REQUEST, format!("subscriptions speak {PROTOCOL}; say so in Sec-WebSocket-Protocol")));
    }
    let permit = web.connections.clone().try_acquire_owned();
    let permit = permit.map_err(|_| Problem::busy_with("as many clients follow this server as it allows; ask again in some seconds"))?;
    let id = request::current();
    Ok(upgrade.on_upgrade(move |socket| request::carried_as(id, follow(web, socket, permit))).into_response())
}

/// Why a connection ends, as the client is told.
type Ending = Option<(u16, String)>;

async fn follow(web: Web, socket: WebSocket, _permit: OwnedSemaphorePermit) {
    let (mut sink, source) = socket.split();
    let heard = Arc::new(AtomicBool::new(true));
    let app = web.app();
    let free = Arc::new(Semaphore::new(app.limits.subscriptions as usize));
    let subscriptions = Subscriptions { schema: web.schema.clone(), app: app.clone(), free };
    let protocol = Protocol::new(subscriptions, texts(source, heard.clone()), WebSocketProtocols::GraphQLWS);
    // Of what is served instead, nothing would ever arrive here.
    let is_served = || Arc::ptr_eq(&app, &web.app());
    let ending = tokio::select! {
        () = web.closing.cancelled() => Some((1001, "the server stops".to_owned())),
        ending = converse(protocol, &mut sink, &heard, is_served) => ending,
    };
    if let Some((code, reason)) = ending {
        let _ = timeout(SEND_TIME, sink.send(Message::Close(Some(CloseFrame { code, reason: reason.into() })))).await;
    }
}

/// What the client says, as bytes; ends when it ends. Pings are answered by the socket itself.
fn texts(source: impl Stream<Item = Result<Message, axum::Error>> + Send, heard: Arc<AtomicBool>) -> impl Stream<Item = Vec<u8>> + Send {
    let source = source.take_while(|message| std::future::ready(matches!(message, Ok(message) if !matches!(message, Message::Close(_)))));
    source.filter_map(move |message| {
        heard.store(true, Ordering::Relaxed);
        let bytes = match message {
            Ok(Message::Text(text)) => Some(text.as_bytes().to_vec()),
            Ok(Message::Binary(bytes)) => Some(bytes.to_vec()),
            _ => None,
        };
        // What would cost more as values than as text is made an empty message, which the protocol refuses.
        std::future::ready(bytes.map(|bytes| if schema::json::values_at_most(&bytes) > VALUES { Vec::new() } else { bytes }))
    })
}

async fn converse<S>(protocol: impl Stream<Item = WsMessage>, sink: &mut S, heard: &AtomicBool, is_served: impl Fn() -> bool) -> Ending
where
    S: Sink<Message, Error = axum::Error> + Unpin,
{
    let mut protocol = pin!(protocol);
    let init = Instant::now() + INIT_TIME;
    let mut is_known = false;
    let mut ping = interval(PING);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let message = tokio::select! {
            message = protocol.next() => match message? {
                WsMessage::Text(text) => Message::Text(text.into()),
                WsMessage::Close(code, reason) => return Some((code, short(reason))),
            },
            () = sleep_until(init), if !is_known => return Some((4408, "Connection initialisation timeout".into())),
            _ = ping.tick() => {
                if !is_served() {
                    return Some((1012, "the catalog was made anew; connect again".into()));
                }
                if !heard.swap(false, Ordering::Relaxed) {
                    return Some((1001, "nothing was heard of the client".into()));
                }
                Message::Ping(Default::default())
            }
        };
        // The first text acknowledges.
        is_known |= matches!(message, Message::Text(_));
        // While this waits nothing else is asked for: a slow reader costs one message, not a queue.
        if !timeout(SEND_TIME, sink.send(message)).await.is_ok_and(|sent| sent.is_ok()) {
            return None;
        }
    }
}

/// A close frame has room for 123 bytes.
fn short(reason: String) -> String {
    if reason.len() <= 123 { reason } else { reason.chars().take(30).collect() }
}

/// Subscriptions of one connection.
#[derive(Clone)]
struct Subscriptions {
    schema: ApiSchema,
    app: Arc<App>,
    free: Arc<Semaphore>,
}

impl Executor for Subscriptions {
    async fn execute(&self, _: Request) -> Answer {
        finished(refused("queries go to POST /graphql", "BAD_QUERY"))
    }

    fn execute_stream(&self, mut request: Request, session: Option<Arc<Data>>) -> BoxStream<'static, Answer> {
        match read(&mut request, &self.app.limits) {
            Ok(OperationType::Subscription) => {}
            Ok(_) => return once(refused("only subscriptions are answered here; queries and mutations go to POST /graphql", "BAD_QUERY")),
            Err(error) => return once(Answer::from_errors(vec![error])),
        }
        let Ok(permit) = self.free.clone().try_acquire_owned() else {
            return once(refused("this connection has as many subscriptions as it may have; end one first", "BUSY"));
        };
        let (request, tab) = prepare(&self.app, request, None);
        let health = self.app.health.clone();
        let answers = Executor::execute_stream(&self.schema, request, session);
        let answers = answers.then(move |answer| {
            let tab = tab.clone();
            async move {
                // Each message is an answer of its own.
                tab.clear().await;
                answer
            }
        });
        answers
            .map(move |answer| {
                let _held = &permit;
                if met_damage(&answer) {
                    health.catalog_seems_damaged();
                }
                finished(answer)
            })
            .boxed()
    }
}

fn once(answer: Answer) -> BoxStream<'static, Answer> {
    stream::once(std::future::ready(finished(answer))).boxed()
}
