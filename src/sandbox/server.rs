//! Sockets, the thread and its runtime, and hyper: everything that touches the network.
//!
//! Owns listening, reading a request into a value, and delivering an answer whole, in pieces, cut,
//! or not at all. What is answered is decided in `dispatch.rs`.

use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
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

use super::delivery::Delivery;
use super::dispatch::{self, Shared};
use super::wire::{Answer, Call};
use super::{Service, dates};

const HALF_A_TICK: Duration = Duration::from_micros(500);

/// How long a connection may take for the head of its next request.
const SILENCE: Duration = Duration::from_secs(30);

/// No request of the five is larger than a few kilobytes.
const LARGEST_REQUEST: usize = 1024 * 1024;

/// Opens one listener for each service.
pub(super) fn bind(first_port: Option<u16>) -> io::Result<(Vec<TcpListener>, [SocketAddr; 5])> {
    let mut listeners = Vec::new();
    let mut addresses = [SocketAddr::from((Ipv4Addr::LOCALHOST, 0)); 5];
    for (offset, address) in (0_u16..).zip(addresses.iter_mut()) {
        let port = match first_port {
            None | Some(0) => 0,
            Some(first) => first.checked_add(offset).ok_or_else(|| {
                io::Error::new(
                    io::ErrorKind::InvalidInput,
                    format!("five ports from {first} on do not exist"),
                )
            })?,
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .map_err(|error| io::Error::new(error.kind(), format!("127.0.0.1:{port}: {error}")))?;
        listener.set_nonblocking(true)?;
        *address = listener.local_addr()?;
        listeners.push(listener);
    }
    Ok((listeners, addresses))
}

/// Serves until `stopped` fires or its sender is gone; whatever is open then is dropped.
pub(super) fn spawn(
    listeners: Vec<TcpListener>,
    shared: Arc<Shared>,
    stopped: oneshot::Receiver<()>,
) -> io::Result<JoinHandle<()>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let listeners = {
        let _inside = runtime.enter();
        listeners
            .into_iter()
            .map(tokio::net::TcpListener::from_std)
            .collect::<io::Result<Vec<_>>>()?
    };
    std::thread::Builder::new()
        .name("certcheck-sandbox".to_owned())
        .spawn(move || {
            runtime.block_on(async {
                for (listener, service) in listeners.into_iter().zip(Service::ALL) {
                    tokio::spawn(accept(listener, service, Arc::clone(&shared)));
                }
                let _ = stopped.await;
            });
        })
}

async fn accept(listener: tokio::net::TcpListener, service: Service, shared: Arc<Shared>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(converse(stream, service, Arc::clone(&shared)));
            }
            // Out of file descriptors, say: others may close theirs soon.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn converse(stream: TcpStream, service: Service, shared: Arc<Shared>) {
    let reset = Arc::new(AtomicBool::new(false));
    let line = Line {
        stream,
        reset: Arc::clone(&reset),
    };
    let handler = service_fn(move |request| {
        answer(request, service, Arc::clone(&shared), Arc::clone(&reset))
    });
    // An error here is a caller who left, or a fault that was asked for.
    let _ = hyper::server::conn::http1::Builder::new()
        .auto_date_header(false)
        .timer(TokioTimer::new())
        // Who has opened a connection and says nothing does not keep it for ever.
        .header_read_timeout(SILENCE)
        .serve_connection(TokioIo::new(line), handler)
        .await;
}

async fn answer(
    request: Request<Incoming>,
    service: Service,
    shared: Arc<Shared>,
    reset: Arc<AtomicBool>,
) -> Result<Response<Script>, Broken> {
    // It runs from here on, whatever the answer takes; others wait beside it. The timer counts whole milliseconds and
    // rounds up: by half of one in the mean.
    let due = tokio::time::sleep(shared.latency.saturating_sub(HALF_A_TICK));
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
        return respond(shared.now(), service, Delivery::Whole(too_large()));
    };
    let body = body.to_bytes().to_vec();
    let call = Call::new(head.method.to_string(), target, headers, body);
    let decided = dispatch::serve(&shared, service, call);
    due.await;
    match decided {
        (_, Delivery::Hang) => std::future::pending().await,
        (_, Delivery::Reset) => {
            reset.store(true, Ordering::Relaxed);
            Err(Broken)
        }
        (now, delivery) => respond(now, service, delivery),
    }
}

fn too_large() -> Answer {
    Answer::page(413, "413 Content Too Large")
}

fn respond(
    now: DateTime<Utc>,
    service: Service,
    delivery: Delivery,
) -> Result<Response<Script>, Broken> {
    let (answer, length, steps) = match delivery {
        Delivery::Whole(mut answer) => {
            let body = Bytes::from(std::mem::take(&mut answer.body));
            (answer, Some(body.len()), VecDeque::from([Step::Send(body)]))
        }
        Delivery::Cut(answer) => half(answer, Step::Break),
        Delivery::Stall(answer) => half(answer, Step::Wait),
        Delivery::Padded(answer, size) => {
            let steps = padded(&answer, size);
            (answer, None, steps)
        }
        Delivery::Hang | Delivery::Reset => return Err(Broken),
    };
    let mut response = Response::builder()
        .status(StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .header("date", dates::http(now))
        .header("content-type", answer.content_type);
    if let Some(length) = length {
        response = response.header("content-length", length);
    }
    // The guide of the PBX says that it closes the connection after each response.
    if service == Service::Pbx {
        response = response.header("connection", "close");
    }
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    response.body(Script { steps }).map_err(|_| Broken)
}

/// Half of the body, and then that.
fn half(answer: Answer, then: Step) -> (Answer, Option<usize>, VecDeque<Step>) {
    let sent = answer.body.get(..answer.body.len() / 2);
    let sent = Bytes::copy_from_slice(sent.unwrap_or_default());
    let steps = VecDeque::from([Step::Send(sent), Step::Flush, then]);
    let length = answer.body.len().max(1);
    (answer, Some(length), steps)
}

/// The answer with one more member in front, far too long, in pieces of 64 KiB.
fn padded(answer: &Answer, size: usize) -> VecDeque<Step> {
    const PIECE: usize = 64 * 1024;
    let piece = Bytes::from(vec![b'x'; PIECE]);
    let rest = answer.body.strip_prefix(b"{").unwrap_or(b"}");
    let mut steps = VecDeque::from([Step::Send(Bytes::from_static(b"{\"Padding\":\""))]);
    for _ in 0..size.div_ceil(PIECE) {
        steps.push_back(Step::Send(piece.clone()));
    }
    let separator = if rest == b"}" { "\"" } else { "\"," };
    steps.push_back(Step::Send(Bytes::from_static(separator.as_bytes())));
    steps.push_back(Step::Send(Bytes::copy_from_slice(rest)));
    steps
}

/// A body that is played step by step.
struct Script {
    steps: VecDeque<Step>,
}

enum Step {
    Send(Bytes),
    /// Lets hyper write what it holds before the next step.
    Flush,
    /// Ends the connection.
    Break,
    /// Says nothing more.
    Wait,
}

/// The connection ends here on purpose.
#[derive(Debug, thiserror::Error)]
#[error("broken on purpose")]
struct Broken;

impl Body for Script {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        match self.steps.pop_front() {
            None => Poll::Ready(None),
            Some(Step::Send(data)) => Poll::Ready(Some(Ok(Frame::data(data)))),
            Some(Step::Break) => Poll::Ready(Some(Err(Broken))),
            // However often it is asked: it ends with the connection.
            Some(Step::Wait) => {
                self.steps.push_front(Step::Wait);
                Poll::Pending
            }
            Some(Step::Flush) => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }
}

/// A stream that can end with a reset instead of a farewell.
struct Line {
    stream: TcpStream,
    reset: Arc<AtomicBool>,
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.reset.load(Ordering::Relaxed) {
            // If the system refuses, the caller sees a plain close: no answer either way.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Line {
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
