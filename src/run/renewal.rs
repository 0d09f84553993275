//! A temporary key: fetched before an account is asked for anything, renewed while it is asked.

use std::convert::Infallible;
use std::future::{Future, pending};
use std::rc::Rc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::adapters::credential_chain::KeyIssuer;
use crate::credentials::{Credential, CurrentKey};
use crate::error::{Error, Kind};
use crate::exchange::{AccountState, Driver, KeyStanding, Limits, RateLimit, Stop};

/// A key is renewed that long before it ends; one that lives shortly, at half of its time.
const MARGIN: Duration = Duration::from_secs(300);
/// Not more often than that, whatever a service says of the time.
const LEAST: Duration = Duration::from_secs(30);
/// A metadata service is next door, or not there at all.
const NEXT_DOOR: Duration = Duration::from_secs(2);

/// A key that a service handed out, and the service.
pub struct Lease {
    issuer: KeyIssuer,
    standing: Rc<KeyStanding>,
    key: CurrentKey,
    left: Option<Duration>,
}

/// What bounds the questions to a service that hands out keys.
pub fn limits(issuer: &KeyIssuer, limits: Limits) -> Limits {
    if issuer.endpoint.is_metadata() {
        Limits {
            timeout: limits.timeout.min(NEXT_DOOR),
            tries: limits.tries.min(2),
            ..limits
        }
    } else {
        limits
    }
}

impl Lease {
    /// Asks the service, with a key of that standing.
    pub async fn fetch(
        mut issuer: KeyIssuer,
        standing: Rc<KeyStanding>,
        driver: &Driver<'_>,
    ) -> Result<Lease, Error> {
        let (key, left) = fetch(&mut issuer, &standing, driver).await?;
        Ok(Lease {
            issuer,
            standing,
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
        warn: &dyn Fn(&Error),
    ) {
        tokio::select! {
            biased;
            () = work => {}
            never = self.renew(driver, warn) => match never {},
        }
    }

    /// Until it can be renewed again, the old key may do: what it is refused for says more than we know.
    async fn renew(mut self, driver: &Driver<'_>, warn: &dyn Fn(&Error)) -> Infallible {
        let mut warned = false;
        while let Some(left) = self.left {
            let started = Instant::now();
            sleep(pause(left)).await;
            match fetch(&mut self.issuer, &self.standing, driver).await {
                Ok((key, left)) => {
                    self.key.replace(key);
                    (self.left, warned) = (left, false);
                }
                Err(_) if *driver.stop.borrow() != Stop::No => break,
                Err(error) => {
                    if !warned {
                        warn(&error);
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
    issuer: &mut KeyIssuer,
    standing: &Rc<KeyStanding>,
    driver: &Driver<'_>,
) -> Result<(Credential, Option<Duration>), Error> {
    // Not the account that is asked afterwards: another host, another key, another clock.
    let address = issuer.endpoint.authority();
    let account = AccountState::new(RateLimit::default()).with_key(standing.clone(), address);
    let mut found = None;
    let mut emit = |key, _| found = Some(key);
    let held = driver
        .drive(&account, issuer.flow.as_mut(), &mut emit)
        .await;
    let (what, metadata) = (&issuer.what, issuer.endpoint.is_metadata());
    held.map_err(|error| explained(error, what, metadata))?;
    let key = found.ok_or_else(|| Error::new(Kind::Protocol, format!("no key from {what}")))?;
    let behind = account.farthest_clock().unwrap_or_default();
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

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::pin::Pin;

    use chrono::{DateTime, TimeDelta, Utc};
    use http::{HeaderMap, Method};
    use tokio::sync::watch;

    use super::*;
    use crate::adapters::temporary_key;
    use crate::exchange::{Endpoint, Once, Request, Response, Stamp, Transport};
    use crate::json::{Json, parse};
    use crate::redact::KnownSecrets;

    /// A service that hands out keys which are good for so many minutes, or breaks; every key is another one.
    struct Service<'a> {
        start: Instant,
        minutes: &'a dyn Fn(u32) -> Option<i64>,
        /// Minutes since the start, for each request.
        asked: RefCell<Vec<u64>>,
        /// How far its clock is ahead of ours.
        ahead: TimeDelta,
        takes: Duration,
    }

    fn begin() -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_334_400, 0).unwrap()
    }

    fn at(start: Instant) -> DateTime<Utc> {
        begin() + TimeDelta::from_std(start.elapsed()).unwrap()
    }

    impl Transport for Service<'_> {
        fn send<'a>(
            &'a self,
            _: &'a Request,
        ) -> Pin<Box<dyn Future<Output = Result<Response, Error>> + 'a>> {
            Box::pin(async move {
                sleep(self.takes).await;
                self.asked
                    .borrow_mut()
                    .push(self.start.elapsed().as_secs() / 60);
                let count = self.asked.borrow().len() as u32;
                let Some(minutes) = (self.minutes)(count) else {
                    return Err(Error::new(Kind::Refused, "no more keys"));
                };
                let now = at(self.start) + self.ahead;
                let end = (now + TimeDelta::minutes(minutes)).to_rfc3339();
                let mut headers = HeaderMap::new();
                headers.insert("date", now.to_rfc2822().parse().unwrap());
                let key = format!(r#"{{"i":"key{count}","s":"secret","t":"token","e":"{end}"}}"#);
                Ok(Response {
                    status: 200,
                    headers,
                    body: key.into_bytes(),
                })
            })
        }
    }

    fn issuer(metadata: bool) -> KeyIssuer {
        let endpoint = if metadata {
            let far = Endpoint::https("esa.test");
            Endpoint::metadata("100.100.100.200", &far).unwrap()
        } else {
            Endpoint::https("sts.test")
        };
        let to = endpoint.clone();
        let build =
            move |_: Stamp| Ok(Request::new(Method::GET, &to, "/".to_owned(), "AssumeRole"));
        let read = |response: Response| {
            let Ok(Json::Object(object)) = parse(&response.body) else {
                panic!("an object");
            };
            let expires = temporary_key::moment(&object, "e");
            temporary_key::key(&object, ["i", "s", "t"], expires, &KnownSecrets::default())
        };
        KeyIssuer {
            endpoint,
            what: "AssumeRole of r".to_owned(),
            key_id: String::new(),
            flow: Box::new(Once::new(build, read)),
        }
    }

    /// Which key counts in each minute of a run, what was asked when, and the warnings; or the error at its start.
    async fn run(
        service: &mut Service<'_>,
        run: u64,
    ) -> Result<(Vec<String>, Vec<u64>, Vec<String>), Error> {
        let (_wish, stop) = watch::channel(Stop::No);
        let start = service.start;
        let clock = move || at(start);
        let (warnings, keys) = (RefCell::new(Vec::new()), RefCell::new(Vec::new()));
        let warn = |error: &Error| {
            let text = format!("the key was not renewed: {}", error.message);
            warnings.borrow_mut().push(text);
        };
        let driver = Driver {
            transport: service,
            open_file: &|_, _| Err(std::io::ErrorKind::NotFound.into()),
            clock: &clock,
            entropy: &|| Ok([7; 16]),
            limits: Limits {
                timeout: Duration::from_secs(10),
                deadline: start + Duration::from_secs(86_400),
                tries: 1,
            },
            stop,
            trace: &|_| {},
        };
        let lease = Lease::fetch(issuer(false), Rc::default(), &driver).await?;
        let key = lease.key();
        let work = async {
            for _ in 0..run {
                keys.borrow_mut().push(key.get().id().to_owned());
                sleep(Duration::from_secs(60)).await;
            }
        };
        lease.during(work, &driver, &warn).await;
        let asked = service.asked.borrow().clone();
        Ok((keys.into_inner(), asked, warnings.into_inner()))
    }

    fn handing_out(minutes: &dyn Fn(u32) -> Option<i64>) -> Service<'_> {
        Service {
            start: Instant::now(),
            minutes,
            asked: RefCell::default(),
            ahead: TimeDelta::zero(),
            takes: Duration::from_secs(1),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_is_fetched_once_and_renewed_five_minutes_before_it_ends() {
        let mut service = handing_out(&|_| Some(60));
        let (keys, asked, warnings) = run(&mut service, 180).await.unwrap();
        assert_eq!(asked, [0, 55, 110, 165]);
        assert_eq!((keys[54].as_str(), keys[56].as_str()), ("key1", "key2"));
        assert_eq!(keys[179], "key4");
        assert!(warnings.is_empty());

        let mut short = handing_out(&|_| Some(60));
        let (keys, asked, _) = run(&mut short, 1).await.unwrap();
        assert_eq!((keys.len(), asked.len()), (1, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_that_lives_shorter_than_that_is_renewed_at_half_of_its_time() {
        let mut service = handing_out(&|_| Some(4));
        let (_, asked, warnings) = run(&mut service, 9).await.unwrap();
        assert_eq!(asked, [0, 2, 4, 6, 8]);
        assert!(warnings.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_is_years_off_changes_nothing() {
        for days in [-3650, 3650] {
            let mut service = handing_out(&|_| Some(60));
            service.ahead = TimeDelta::days(days);
            let (_, asked, _) = run(&mut service, 100).await.unwrap();
            assert_eq!(asked, [0, 55], "{days}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_that_has_ended_already_is_not_asked_for_again_and_again() {
        let mut service = handing_out(&|_| Some(-1));
        let (_, asked, _) = run(&mut service, 10).await.unwrap();
        assert!((19..=21).contains(&asked.len()), "{asked:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn while_it_cannot_be_renewed_the_old_key_counts_and_one_warning_says_so() {
        let mut service = handing_out(&|count| (count == 1 || count > 4).then_some(60));
        let (keys, asked, warnings) = run(&mut service, 90).await.unwrap();
        assert_eq!(asked[..2], [0, 55]);
        assert!(asked.len() == 5 && asked[4] < 60, "{asked:?}");
        assert_eq!((keys[55].as_str(), keys[60].as_str()), ("key1", "key5"));
        assert_eq!(
            warnings,
            ["the key was not renewed: no key from AssumeRole of r: no more keys"]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_exchange_is_an_error_before_anything_is_asked() {
        let mut service = handing_out(&|_| None);
        let error = run(&mut service, 90).await.unwrap_err();
        assert_eq!(
            (error.kind, error.message.as_str(), error.attempts),
            (
                Kind::Refused,
                "no key from AssumeRole of r: no more keys",
                1
            )
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_metadata_service_that_is_not_there_costs_seconds() {
        let usual = Limits {
            timeout: Duration::from_secs(10),
            deadline: Instant::now(),
            tries: 4,
        };
        let (near, far) = (limits(&issuer(true), usual), limits(&issuer(false), usual));
        assert_eq!((near.timeout, near.tries), (Duration::from_secs(2), 2));
        assert_eq!((far.timeout, far.tries), (usual.timeout, usual.tries));
        let error = explained(Error::new(Kind::Network, "silence"), "the role", true);
        assert!(
            error.hint().contains("only machines of that cloud"),
            "{}",
            error.hint()
        );
        assert_eq!(error.message, "no key from the role: silence");
    }
}
