//! Sockets, the thread and its runtime, and hyper: everything that touches the network.
//!
//! Owns listening, reading a request into a value, and delivering an answer whole, in pieces, cut,
//! or not at all. What is answered is decided in `dispatch.rs`.

use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::{DateTime, Utc};
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Bytes, Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use super::dates;
use super::delivery::Delivery;
use super::dispatch::Instance;
use super::reply::Reply;
use super::request::IncomingRequest;
use super::services::Emulator;

const HALF_A_TICK: Duration = Duration::from_micros(500);

/// How long a connection may take for the head of its next request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// No request to a service is larger than a few kilobytes.
const LARGEST_REQUEST: usize = 1024 * 1024;

/// Opens that many listeners, on consecutive ports if the first one is given.
pub(super) fn bind(count: usize, first_port: Option<u16>) -> io::Result<Vec<TcpListener>> {
    let first = first_port.filter(|port| *port != 0);
    (0..count)
        .map(|offset| {
            let port = match (first, u16::try_from(offset)) {
                (None, _) => Some(0),
                (Some(first), Ok(offset)) => first.checked_add(offset),
                (Some(_), Err(_)) => None,
            };
            let port = port.ok_or_else(|| {
                let first = first.unwrap_or_default();
                let text = format!("{count} ports from {first} on do not exist");
                io::Error::new(io::ErrorKind::InvalidInput, text)
            })?;
            listen(port)
        })
        .collect()
}

fn listen(port: u16) -> io::Result<TcpListener> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .map_err(|error| io::Error::new(error.kind(), format!("127.0.0.1:{port}: {error}")))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Serves each instance at its listener until `stopped` fires or its sender is gone; whatever is open then is dropped.
pub(super) fn spawn(
    served: Vec<(TcpListener, Arc<Instance>)>,
    stopped: oneshot::Receiver<()>,
) -> io::Result<JoinHandle<()>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let served = {
        let _inside = runtime.enter();
        served
            .into_iter()
            .map(|(listener, instance)| {
                Ok((tokio::net::TcpListener::from_std(listener)?, instance))
            })
            .collect::<io::Result<Vec<_>>>()?
    };
    std::thread::Builder::new()
        .name("certcheck-sandbox".to_owned())
        .spawn(move || {
            runtime.block_on(async {
                for (listener, instance) in served {
                    tokio::spawn(accept(listener, instance));
                }
                let _ = stopped.await;
            });
        })
}

async fn accept(listener: tokio::net::TcpListener, instance: Arc<Instance>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(converse(stream, Arc::clone(&instance)));
            }
            // Out of file descriptors, say: others may close theirs soon.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn converse(stream: TcpStream, instance: Arc<Instance>) {
    let reset = Arc::new(AtomicBool::new(false));
    let stream = ResettableStream {
        stream,
        reset: Arc::clone(&reset),
    };
    let handler =
        service_fn(move |request| answer(request, Arc::clone(&instance), Arc::clone(&reset)));
    // An error here is a caller who left, or a fault.
    let _ = hyper::server::conn::http1::Builder::new()
        .auto_date_header(false)
        .timer(TokioTimer::new())
        // An idle connection is closed after a while.
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), handler)
        .await;
}

async fn answer(
    request: Request<Incoming>,
    instance: Arc<Instance>,
    reset: Arc<AtomicBool>,
) -> Result<Response<ScriptedBody>, ConnectionBroken> {
    // The delay begins here, so that it includes the work on the answer. The timer counts whole milliseconds and
    // rounds up: by half of one on average.
    let due = tokio::time::sleep(instance.shared.latency.saturating_sub(HALF_A_TICK));
    let (head, body) = request.into_parts();
    let target = head
        .uri
        .path_and_query()
        .map_or_else(|| head.uri.to_string(), ToString::to_string);
    let headers = head
        .headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        })
        .collect();
    let Ok(body) = Limited::new(body, LARGEST_REQUEST).collect().await else {
        let now = instance.shared.now();
        return respond(now, instance.emulator, Delivery::Whole(too_large()));
    };
    let body = body.to_bytes().to_vec();
    let request = IncomingRequest::new(head.method.to_string(), target, headers, body);
    let served = instance.serve(request);
    due.await;
    match served {
        (_, Delivery::Hang) => std::future::pending().await,
        (_, Delivery::Reset) => {
            reset.store(true, Ordering::Relaxed);
            Err(ConnectionBroken)
        }
        (now, delivery) => respond(now, instance.emulator, delivery),
    }
}

fn too_large() -> Reply {
    Reply::page(413, "413 Content Too Large")
}

fn respond(
    now: DateTime<Utc>,
    emulator: &Emulator,
    delivery: Delivery,
) -> Result<Response<ScriptedBody>, ConnectionBroken> {
    let (answer, length, steps) = match delivery {
        Delivery::Whole(mut answer) => {
            let body = Bytes::from(std::mem::take(&mut answer.body));
            (
                answer,
                Some(body.len()),
                VecDeque::from([BodyStep::Send(body)]),
            )
        }
        Delivery::Cut(answer) => half(answer, BodyStep::Break),
        Delivery::Stall(answer) => half(answer, BodyStep::Wait),
        Delivery::Padded(answer, size) => {
            let steps = padded(&answer, size);
            (answer, None, steps)
        }
        Delivery::Hang | Delivery::Reset => return Err(ConnectionBroken),
    };
    let mut response = Response::builder()
        .status(StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .header("date", dates::http(now))
        .header("content-type", answer.content_type);
    if let Some(length) = length {
        response = response.header("content-length", length);
    }
    if emulator.closes_connections {
        response = response.header("connection", "close");
    }
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    response
        .body(ScriptedBody { steps })
        .map_err(|_| ConnectionBroken)
}

/// Half of the body, then this step.
fn half(answer: Reply, then: BodyStep) -> (Reply, Option<usize>, VecDeque<BodyStep>) {
    let sent = answer.body.get(..answer.body.len() / 2);
    let sent = Bytes::copy_from_slice(sent.unwrap_or_default());
    let steps = VecDeque::from([BodyStep::Send(sent), BodyStep::Flush, then]);
    let length = answer.body.len().max(1);
    (answer, Some(length), steps)
}

/// The answer with one more member in front, far too long, in pieces of 64 KiB.
fn padded(answer: &Reply, size: usize) -> VecDeque<BodyStep> {
    const PIECE: usize = 64 * 1024;
    let piece = Bytes::from(vec![b'x'; PIECE]);
    let rest = answer.body.strip_prefix(b"{").unwrap_or(b"}");
    let mut steps = VecDeque::from([BodyStep::Send(Bytes::from_static(b"{\"Padding\":\""))]);
    for _ in 0..size.div_ceil(PIECE) {
        steps.push_back(BodyStep::Send(piece.clone()));
    }
    let separator = if rest == b"}" { "\"" } else { "\"," };
    steps.push_back(BodyStep::Send(Bytes::from_static(separator.as_bytes())));
    steps.push_back(BodyStep::Send(Bytes::copy_from_slice(rest)));
    steps
}

/// A body that is played step by step.
struct ScriptedBody {
    steps: VecDeque<BodyStep>,
}

enum BodyStep {
    Send(Bytes),
    /// Lets hyper write what it holds before the next step.
    Flush,
    /// Ends the connection.
    Break,
    /// Sends nothing more.
    Wait,
}

/// The connection is ended by a fault.
#[derive(Debug, thiserror::Error)]
#[error("broken on purpose")]
struct ConnectionBroken;

impl Body for ScriptedBody {
    type Data = Bytes;
    type Error = ConnectionBroken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ConnectionBroken>>> {
        match self.steps.pop_front() {
            None => Poll::Ready(None),
            Some(BodyStep::Send(data)) => Poll::Ready(Some(Ok(Frame::data(data)))),
            Some(BodyStep::Break) => Poll::Ready(Some(Err(ConnectionBroken))),
            // It ends with the connection.
            Some(BodyStep::Wait) => {
                self.steps.push_front(BodyStep::Wait);
                Poll::Pending
            }
            Some(BodyStep::Flush) => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }
}

/// A stream that can end with a reset instead of an orderly close.
struct ResettableStream {
    stream: TcpStream,
    reset: Arc<AtomicBool>,
}

impl Drop for ResettableStream {
    fn drop(&mut self) {
        if self.reset.load(Ordering::Relaxed) {
            // If the system refuses, the caller sees a plain close: no answer either way.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for ResettableStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for ResettableStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, data)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
