//! A temporary key: fetched before an account is asked for anything, renewed while it is asked.

use std::convert::Infallible;
use std::future::{Future, pending};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::adapters::keys::Remote;
use crate::credentials::{Credential, CurrentKey};
use crate::error::{Error, Kind};
use crate::exchange::{Account, Driver, Limits, Pace, Stop};

/// A key is renewed that long before it ends; one that lives shortly, at half of its time.
const MARGIN: Duration = Duration::from_secs(300);
/// Not more often than that, whatever a service says of the time.
const LEAST: Duration = Duration::from_secs(30);
/// A metadata service is next door, or not there at all.
const NEXT_DOOR: Duration = Duration::from_secs(2);

/// A key that a service handed out, and the service.
pub struct Lease {
    remote: Remote,
    key: CurrentKey,
    left: Option<Duration>,
}

/// What bounds the questions to a service that hands out keys.
pub fn limits(remote: &Remote, limits: Limits) -> Limits {
    match remote.endpoint.is_metadata() {
        true => Limits {
            timeout: limits.timeout.min(NEXT_DOOR),
            tries: limits.tries.min(2),
            ..limits
        },
        false => limits,
    }
}

impl Lease {
    /// Asks the service.
    pub async fn fetch(mut remote: Remote, driver: &Driver<'_>) -> Result<Lease, Error> {
        let (key, left) = fetch(&mut remote, driver).await?;
        Ok(Lease {
            remote,
            key: key.into(),
            left,
        })
    }

    /// The key, as it is renewed.
    pub fn key(&self) -> CurrentKey {
        self.key.clone()
    }

    /// Does what needs the key, and renews it meanwhile.
    pub async fn during(
        self,
        work: impl Future<Output = ()>,
        driver: &Driver<'_>,
        warn: &dyn Fn(String),
    ) {
        tokio::select! {
            biased;
            () = work => {}
            never = self.renew(driver, warn) => match never {},
        }
    }

    /// Until it can be renewed again, the old key may do: what it is refused for says more than we know.
    async fn renew(mut self, driver: &Driver<'_>, warn: &dyn Fn(String)) -> Infallible {
        let mut warned = false;
        while let Some(left) = self.left {
            let started = Instant::now();
            sleep(pause(left)).await;
            match fetch(&mut self.remote, driver).await {
                Ok((key, left)) => {
                    self.key.replace(key);
                    (self.left, warned) = (left, false);
                }
                Err(_) if *driver.stop.borrow() != Stop::No => break,
                Err(error) => {
                    if !warned {
                        warn(format!("the key was not renewed: {}", error.message));
                    }
                    warned = true;
                    self.left = Some(left.saturating_sub(started.elapsed()));
                }
            }
        }
        pending().await
    }
}

/// How long a key with so much time left is used.
fn pause(left: Duration) -> Duration {
    left.saturating_sub(MARGIN).max(left / 2).max(LEAST)
}

/// A new key, and how much time it has left: by the clock of the service where that one showed ours to be wrong, for a
/// clock that is years ahead would find every key ended.
async fn fetch(
    remote: &mut Remote,
    driver: &Driver<'_>,
) -> Result<(Credential, Option<Duration>), Error> {
    // Not the account that is asked afterwards: another host, another key, another clock.
    let account = Account::new(Pace::default());
    let mut found = None;
    let mut emit = |key| found = Some(key);
    let held = driver
        .drive(&account, remote.flow.as_mut(), &mut emit)
        .await;
    let (what, metadata) = (&remote.what, remote.endpoint.is_metadata());
    held.map_err(|error| explained(error, what, metadata))?;
    let key = found.ok_or_else(|| Error::new(Kind::Protocol, format!("no key from {what}")))?;
    let behind = account.skew().map(|skew| skew.behind).unwrap_or_default();
    let now = (driver.clock)().checked_add_signed(behind);
    let left = key.expires.zip(now).map(|(end, now)| end - now);
    // One that has ended already has no time left.
    let left = left.map(|left| left.to_std().unwrap_or_default());
    Ok((key.credential, left))
}

fn explained(mut error: Error, what: &str, metadata: bool) -> Error {
    error.message = format!("no key from {what}: {}", error.message);
    match error.kind {
        Kind::Network if metadata => error.with_hint(
            "only machines of that cloud reach its metadata service; elsewhere give a key instead",
        ),
        _ => error,
    }
}
