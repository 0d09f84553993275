//! What may go wrong, how it is written on a command line, and to which requests it applies.
//!
//! Owns the vocabulary only; `delivery.rs` and the services carry it out.

use std::fmt;
use std::str::FromStr;

use super::list_faults::{self, ListFault};
use super::request::{RequestInfo, RequestKind};
use super::services::Emulator;

/// Something that goes wrong, where, and how often.
///
/// As text: `throttle`, `tencent=throttle`, `tencent/ID=status:503`, `pbx=status:500*2`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Only at this service; `None` is everywhere.
    pub service: Option<&'static Emulator>,
    /// Only requests about this id, or with this action (`get_token`).
    pub id: Option<String>,
    /// What happens.
    pub kind: FaultKind,
    /// How often it happens; `None` is always.
    pub times: Option<u32>,
}

/// What can go wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The provider's own "too many requests".
    Throttle,
    /// This HTTP status, with a page of HTML.
    Status(u16),
    /// HTTP 429 with a `Retry-After` of so many seconds.
    Busy(u32),
    /// No answer at all.
    Hang,
    /// The connection is closed in the middle of the body.
    Cut,
    /// Half of the body, and then nothing, though the connection stays.
    Stall,
    /// The connection is reset before an answer.
    Reset,
    /// A redirect to a path of the same service.
    Redirect,
    /// The service's clock is wrong by so many seconds, its `Date` header included.
    ClockSkew(i64),
    /// A certificate that looks valid, whose texts hold escapes, line breaks and bidi controls.
    Hostile,
    /// HTTP 200 with a page of HTML.
    Html,
    /// HTTP 200 with JSON that ends too early, though its length is as announced.
    Truncated,
    /// HTTP 200 with JSON of another shape.
    WrongShape,
    /// HTTP 200 with `{}`.
    Empty,
    /// A good answer of 200 MiB, streamed.
    Huge,
    /// A good answer with a member that is nested 200 deep.
    Deep,
    /// A good answer but for two bytes that are not UTF-8.
    BadUtf8,
    /// The provider's "permission missing".
    Denied,
    /// A refusal that repeats the request, secrets included, as the real services do.
    Echo,
    /// A refusal under a code that no table has, whose text repeats the caller's token, password or key id in every
    /// form there is: as it came, percent-encoded, in hex and in base64.
    Repeat,
    /// The service reports that the token has expired (and forgets it).
    ExpiredToken,
    /// The provider's "too many requests" in XML, as a gateway answers a caller that does not accept JSON.
    Xml,
    /// The answer is about another id. A service whose answer has no id does not change it.
    Mismatch,
    /// Something that only a list can have.
    List(ListFault),
}

/// The words for a fault, without those that take a number.
const WORDS: [(&str, FaultKind); 20] = [
    ("throttle", FaultKind::Throttle),
    ("hang", FaultKind::Hang),
    ("cut", FaultKind::Cut),
    ("stall", FaultKind::Stall),
    ("reset", FaultKind::Reset),
    ("redirect", FaultKind::Redirect),
    ("hostile", FaultKind::Hostile),
    ("html", FaultKind::Html),
    ("truncated", FaultKind::Truncated),
    ("wrong-shape", FaultKind::WrongShape),
    ("empty", FaultKind::Empty),
    ("huge", FaultKind::Huge),
    ("deep", FaultKind::Deep),
    ("bad-utf8", FaultKind::BadUtf8),
    ("denied", FaultKind::Denied),
    ("echo", FaultKind::Echo),
    ("repeat", FaultKind::Repeat),
    ("expired-token", FaultKind::ExpiredToken),
    ("xml", FaultKind::Xml),
    ("mismatch", FaultKind::Mismatch),
];

/// One of each that takes a number.
const NUMBERED: [FaultKind; 3] = [
    FaultKind::Status(503),
    FaultKind::Busy(1),
    FaultKind::ClockSkew(7200),
];

impl FaultKind {
    /// Every fault that a request for one certificate can meet.
    pub fn all() -> impl Iterator<Item = FaultKind> {
        WORDS.into_iter().map(|(_, kind)| kind).chain(NUMBERED)
    }

    /// Every fault that lists alone can have.
    pub fn of_lists() -> impl Iterator<Item = FaultKind> {
        ListFault::all().map(FaultKind::List)
    }

    /// A closed door or a broken wire: it hits every request, also one that would be refused.
    pub(super) fn on_the_wire(&self) -> bool {
        matches!(
            self,
            FaultKind::Status(_)
                | FaultKind::Busy(_)
                | FaultKind::Hang
                | FaultKind::Cut
                | FaultKind::Stall
                | FaultKind::Reset
                | FaultKind::Redirect
        )
    }

    /// The request is served, and its answer is spoilt on the way back.
    pub(super) fn spoils_the_answer(&self) -> bool {
        matches!(
            self,
            FaultKind::Cut
                | FaultKind::Stall
                | FaultKind::Hostile
                | FaultKind::Mismatch
                | FaultKind::Truncated
                | FaultKind::Huge
                | FaultKind::Deep
                | FaultKind::BadUtf8
                | FaultKind::List(_)
        )
    }

    /// Only services that name it among their own faults have it.
    fn is_of_some_services(&self) -> bool {
        matches!(self, FaultKind::ExpiredToken | FaultKind::Xml)
    }

    /// It makes sense for a request of this kind.
    fn concerns(&self, request: RequestKind) -> bool {
        match self {
            FaultKind::Hostile
            | FaultKind::Denied
            | FaultKind::ExpiredToken
            | FaultKind::Mismatch => {
                matches!(request, RequestKind::Certificate | RequestKind::List)
            }
            FaultKind::List(_) => request == RequestKind::List,
            _ => true,
        }
    }
}

impl Fault {
    /// This fault is to happen to a request.
    pub(super) fn applies(&self, emulator: &Emulator, info: &RequestInfo) -> bool {
        let right_place = self.service.is_none_or(|wanted| wanted == emulator)
            && (!self.kind.is_of_some_services() || emulator.own_faults.contains(&self.kind));
        let right_target = self
            .id
            .as_deref()
            .is_none_or(|wanted| info.id.as_deref() == Some(wanted) || info.action == wanted);
        right_place && right_target && self.kind.concerns(info.kind) && self.times != Some(0)
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FaultKind::Status(code) => write!(out, "status:{code}"),
            FaultKind::Busy(seconds) => write!(out, "busy:{seconds}"),
            FaultKind::ClockSkew(seconds) => write!(out, "skew:{seconds}"),
            FaultKind::List(fault) => write!(out, "{fault}"),
            other => {
                let word = WORDS.iter().find(|(_, kind)| kind == other);
                out.write_str(word.map_or("", |(word, _)| word))
            }
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let service = self.service.map_or("any", |service| service.name);
        match &self.id {
            Some(id) => write!(out, "{service}/{id}=")?,
            None if self.service.is_some() => write!(out, "{service}=")?,
            None => {}
        }
        write!(out, "{}", self.kind)?;
        match self.times {
            Some(times) => write!(out, "*{times}"),
            None => Ok(()),
        }
    }
}

/// Why a text is not a fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FaultError(String);

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Fault, FaultError> {
        // An id may hold '=' (ESA), a kind never does.
        let (place, what) = match text.rsplit_once('=') {
            Some((place, what)) => (Some(place), what),
            None => (None, text),
        };
        let (service, id) = match place {
            Some(place) => read_place(place)?,
            None => (None, None),
        };
        let (what, times) = match what.split_once('*') {
            Some((what, count)) => {
                let count = count.parse().map_err(|_| {
                    FaultError(format!("`*{count}` is not a number of times, such as *2"))
                })?;
                (what, Some(count))
            }
            None => (what, None),
        };
        let kind = read_kind(what)?;
        // If every token were expired, each login would only lead to the same answer again.
        let times = match kind {
            FaultKind::ExpiredToken => times.or(Some(1)),
            _ => times,
        };
        Ok(Fault {
            service,
            id,
            kind,
            times,
        })
    }
}

fn read_place(place: &str) -> Result<(Option<&'static Emulator>, Option<String>), FaultError> {
    let (name, id) = match place.split_once('/') {
        Some((name, id)) => (name, Some(id.to_owned())),
        None => (place, None),
    };
    if id.as_deref() == Some("") {
        return Err(FaultError(format!("no id after `{name}/`")));
    }
    if name == "any" {
        return Ok((None, id));
    }
    match Emulator::named(name) {
        Some(service) => Ok((Some(service), id)),
        None => {
            let names: Vec<&str> = Emulator::all().map(|service| service.name).collect();
            let names = names.join(", ");
            Err(FaultError(format!(
                "no service `{name}`; there are {names}, any"
            )))
        }
    }
}

fn read_kind(what: &str) -> Result<FaultKind, FaultError> {
    if let Some((_, kind)) = WORDS.iter().find(|(word, _)| *word == what) {
        return Ok(kind.clone());
    }
    if let Some(fault) = ListFault::read(what) {
        let number = |text| FaultError(format!("`{text}` is not a number, such as 100000"));
        return fault.map(FaultKind::List).map_err(number);
    }
    match what.split_once(':') {
        Some(("status", code)) => match code.parse() {
            Ok(code @ 200..=599) => Ok(FaultKind::Status(code)),
            _ => Err(FaultError(format!(
                "`{code}` is not an HTTP status between 200 and 599"
            ))),
        },
        Some(("busy", seconds)) => seconds.parse().map(FaultKind::Busy).map_err(|_| {
            FaultError(format!(
                "`{seconds}` is not a number of seconds, such as 30"
            ))
        }),
        Some(("skew", seconds)) => seconds.parse().map(FaultKind::ClockSkew).map_err(|_| {
            FaultError(format!(
                "`{seconds}` is not a number of seconds, such as -3600"
            ))
        }),
        _ => Err(FaultError(format!(
            "no fault `{what}`; there are {}, status:CODE, busy:SECONDS, skew:SECONDS; for lists {}",
            WORDS.map(|(word, _)| word).join(", "),
            list_faults::NAMES
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_value_agree() {
        for text in [
            "throttle",
            "tencent=throttle",
            "tencent/ID=status:503",
            "pbx=status:500*2",
            "any/ID=cut",
            "esa/a=b/c*d=html",
            "huawei=skew:-3600*1",
            "esa=busy:30",
            "pbx=expired-token*1",
            "pbx/certificate/list=total:7*1",
        ] {
            let fault: Fault = text.parse().expect(text);
            assert_eq!(fault.to_string(), text);
        }
        for (word, kind) in WORDS {
            assert_eq!(read_kind(word), Ok(kind.clone()));
            assert_eq!(kind.to_string(), word);
        }
        let once: Fault = "expired-token".parse().expect("a word of the list");
        assert_eq!(once.times, Some(1));
    }

    #[test]
    fn what_is_not_a_fault_is_told_with_the_words_that_are() {
        let message = |text: &str| text.parse::<Fault>().expect_err(text).to_string();
        assert!(message("slow").contains("throttle, hang, cut"));
        assert!(message("").contains("status:CODE"));
        assert!(message("aws=throttle").contains("mpush, esa, huawei, tencent, pbx, any"));
        assert!(message("pbx/=throttle").contains("no id"));
        assert!(message("status:99").contains("between 200 and 599"));
        assert!(message("skew:soon").contains("seconds"));
        assert!(message("throttle*x").contains("number of times"));
        assert!(message("esa=total:all").contains("`all` is not a number"));
    }
}
