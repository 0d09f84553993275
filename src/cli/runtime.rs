//! Runs what waits: the runtime, built only when something is sent, and the signals that end it.

use std::cell::Cell;
use std::future::Future;

use tokio::sync::watch;

use crate::error::{Error, Kind};
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
            format!("the system lets nothing be sent: {error}"),
        )
    })?;
    let signal = Cell::new(None);
    runtime.block_on(async {
        tokio::select! {
            () = work => {}
            () = signals(listen, ask, &signal) => {}
        }
    });
    Ok(signal.get())
}

/// Never ends by itself.
async fn signals(listen: bool, ask: &watch::Sender<Stop>, first: &Cell<Option<u8>>) {
    let mut wish = Stop::Soon;
    while listen {
        let Some(code) = next_signal().await else {
            break;
        };
        if first.get().is_none() {
            first.set(Some(code));
        }
        // Nobody listens any more only when the work is done.
        let _ = ask.send(wish);
        wish = Stop::Now;
    }
    std::future::pending().await
}

#[cfg(unix)]
async fn next_signal() -> Option<u8> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (
        signal(SignalKind::interrupt()).ok()?,
        signal(SignalKind::terminate()).ok()?,
    );
    tokio::select! {
        signal = interrupt.recv() => signal.map(|()| INTERRUPTED),
        signal = terminate.recv() => signal.map(|()| TERMINATED),
    }
}

#[cfg(not(unix))]
async fn next_signal() -> Option<u8> {
    tokio::signal::ctrl_c().await.ok().map(|()| INTERRUPTED)
}
