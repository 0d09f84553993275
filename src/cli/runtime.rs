//! Runs what waits: the runtime, built only when something is sent, and the signals that end it.

use std::cell::Cell;
use std::future::Future;

use tokio::sync::watch;

use crate::error::{Error, Kind, reason};
use crate::exchange::Stop;

/// Exit code after SIGINT, as shells show it.
const INTERRUPTED: u8 = 130;
/// Exit code after SIGTERM.
#[cfg(unix)]
const TERMINATED: u8 = 143;

/// Runs a future to its end and tells which signal came meanwhile, as an exit code. The first signal asks it to
/// stop soon, a second one at once.
pub fn run(
    listen: bool,
    ask: &watch::Sender<Stop>,
    work: impl Future<Output = ()>,
) -> Result<Option<u8>, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build();
    let runtime = runtime.map_err(|error| {
        Error::new(
            Kind::Config,
            format!("the system lets nothing be sent: {}", reason(&error)),
        )
        .with_hint("look at this process's limits, above all of open files (ulimit -n)")
    })?;
    let signal = Cell::new(None);
    runtime.block_on(async {
        // From here on a signal is heard, even while the work lets nothing else run: a prompt waits so.
        let mut incoming = listen.then(Incoming::new).and_then(Result::ok);
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

#[cfg(unix)]
struct Incoming {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Incoming {
    fn new() -> std::io::Result<Incoming> {
        use tokio::signal::unix::{SignalKind, signal};
        let (interrupt, terminate) = (SignalKind::interrupt(), SignalKind::terminate());
        Ok(Incoming {
            interrupt: signal(interrupt)?,
            terminate: signal(terminate)?,
        })
    }

    /// The exit code of the next signal.
    async fn next(&mut self) -> Option<u8> {
        tokio::select! {
            signal = self.interrupt.recv() => signal.map(|()| INTERRUPTED),
            signal = self.terminate.recv() => signal.map(|()| TERMINATED),
        }
    }
}

#[cfg(not(unix))]
struct Incoming;

#[cfg(not(unix))]
impl Incoming {
    fn new() -> std::io::Result<Incoming> {
        Ok(Incoming)
    }

    async fn next(&mut self) -> Option<u8> {
        tokio::signal::ctrl_c().await.ok().map(|()| INTERRUPTED)
    }
}
