//! Runs what waits: the runtime, built only when something is sent, and the signals that end it.

use std::cell::Cell;
use std::future::Future;
#[cfg(unix)]
use std::future::poll_fn;
#[cfg(unix)]
use std::task::Poll;

use tokio::sync::watch;

use crate::error::{Error, Kind, reason};
use crate::exchange::Stop;
use crate::world::{IgnoredSignals, ReadSignals};

/// Exit code after Ctrl-C where there are no signals.
#[cfg(not(unix))]
const INTERRUPTED: u8 = 130;

/// What to do where a file handle is missing.
const LIMITS: &str = "look at this process's limits, above all of open files (ulimit -n)";

/// Runs a future to its end and tells which signal came meanwhile, as an exit code. The first signal asks it to
/// stop soon, a second one at once.
pub fn run(
    listen: Option<&ReadSignals>,
    ask: &watch::Sender<Stop>,
    work: impl Future<Output = ()>,
) -> Result<Option<u8>, Error> {
    let runtime = enough_handles().and_then(|()| {
        tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
    });
    let runtime = runtime.map_err(|error| {
        let text = format!("the system lets nothing be sent: {}", reason(&error));
        Error::new(Kind::Config, text).with_hint(LIMITS)
    })?;
    let signal = Cell::new(None);
    runtime.block_on(async {
        // From here on a signal is heard, even while the work lets nothing else run: a prompt waits so.
        let mut incoming = listen.and_then(|ignored| Incoming::new(ignored()).ok());
        tokio::select! {
            () = work => {}
            () = signals(incoming.as_mut(), ask, &signal) => {}
        }
        if let (None, Some(incoming)) = (signal.get(), &mut incoming) {
            // One that came last is handed over when the runtime looks around.
            tokio::select! {
                biased;
                code = incoming.next() => signal.set(code),
                () = tokio::task::yield_now() => {}
            }
        }
    });
    Ok(signal.get())
}

/// Never ends by itself.
async fn signals(
    incoming: Option<&mut Incoming>,
    ask: &watch::Sender<Stop>,
    first: &Cell<Option<u8>>,
) {
    if let Some(incoming) = incoming {
        let mut wish = Stop::Soon;
        while let Some(code) = incoming.next().await {
            first.set(first.get().or(Some(code)));
            // Nobody listens any more only when the work is done.
            let _ = ask.send(wish);
            wish = Stop::Now;
        }
    }
    std::future::pending().await
}

/// Opens as many handles as the runtime, its signals and one connection take, and closes them: where they are missing
/// the runtime panics.
fn enough_handles() -> std::io::Result<()> {
    let pipes = [std::io::pipe()?, std::io::pipe()?, std::io::pipe()?];
    let [(one_more, _), ..] = &pipes;
    one_more.try_clone().map(drop)
}

/// The signals that end a run, but those that were ignored when it started: `nohup` ignores SIGHUP, and a shell without
/// job control SIGINT and SIGQUIT of what it starts in the background.
#[cfg(unix)]
struct Incoming(Vec<(u8, tokio::signal::unix::Signal)>);

#[cfg(unix)]
impl Incoming {
    fn new(ignored: IgnoredSignals) -> std::io::Result<Incoming> {
        use tokio::signal::unix::{SignalKind, signal};

        let mut heard = Vec::new();
        for kind in [
            SignalKind::hangup(),
            SignalKind::interrupt(),
            SignalKind::quit(),
            SignalKind::terminate(),
        ] {
            let number = u8::try_from(kind.as_raw_value()).unwrap_or_default();
            if !ignored.has(number) {
                // The exit code as shells show it.
                heard.push((number.saturating_add(128), signal(kind)?));
            }
        }
        Ok(Incoming(heard))
    }

    /// The exit code of the next signal.
    async fn next(&mut self) -> Option<u8> {
        poll_fn(|context| {
            let mut heard = self.0.iter_mut();
            let came = heard.find_map(|(code, signal)| {
                let is_here = signal.poll_recv(context).is_ready();
                is_here.then_some(*code)
            });
            came.map_or(Poll::Pending, |code| Poll::Ready(Some(code)))
        })
        .await
    }
}

#[cfg(not(unix))]
struct Incoming;

#[cfg(not(unix))]
impl Incoming {
    fn new(_: IgnoredSignals) -> std::io::Result<Incoming> {
        Ok(Incoming)
    }

    async fn next(&mut self) -> Option<u8> {
        tokio::signal::ctrl_c().await.ok().map(|()| INTERRUPTED)
    }
}
