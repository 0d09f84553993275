//! Table and JSON of whatever was read: nothing in them acts, and the JSON says what was said.

use certcheck::error::{Error, Kind};
use certcheck::model::note::UnusedAdvice;
use certcheck::model::report::ReportEntry;
use certcheck::model::threshold::{Threshold, Thresholds};
use certcheck::model::timestamp::{Basis, DateField, DateValue as Date, Moment};
use certcheck::model::{
    CertKind, Environment, Facts, Failure, Note, Policy, ProviderState, Report, Scalar, Status,
    Unused, judge,
};
use certcheck::render::json;
use certcheck::render::style::TextStyle;
use certcheck::render::table;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::{now, report};

/// How a table is drawn.
#[derive(Clone, Copy)]
pub struct Shape {
    pub width: u16,
    pub piped: bool,
    pub colour: bool,
    pub utf8: bool,
}

impl Shape {
    /// A pipe.
    pub const USUAL: Shape = Shape {
        width: 120,
        piped: true,
        colour: false,
        utf8: true,
    };
}

/// What would act on a terminal: controls, escapes, and marks that turn text around.
pub fn acts(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Prints a report in every form.
pub fn printed(report: &Report, shape: Shape) {
    let look = TextStyle {
        width: shape.width,
        piped: shape.piped,
        colour: shape.colour,
        utf8: shape.utf8,
        now: report.evaluated_at,
        chosen: shape.piped,
    };
    let mut text = table::report(report, look);
    if shape.colour {
        for code in ["38;5;2", "38;5;3", "38;5;1", "38;5;5", "39", "0"] {
            text = text.replace(&format!("\u{1b}[{code}m"), "");
        }
    }
    assert!(!text.contains(acts), "the table acts: {text:?}");
    assert!(shape.utf8 || text.is_ascii(), "not ASCII: {text:?}");

    let text = json::report(report);
    assert!(!text.contains(acts), "the JSON acts: {text:?}");
    let whole: Value = serde_json::from_str(&text).expect("JSON");
    let certificates = whole["certificates"].as_array().expect("certificates");
    assert_eq!(certificates.len(), report.certificates.len());
    for (printed, own) in certificates.iter().zip(&report.certificates) {
        assert_eq!(printed["id"].as_str(), own.facts.id.as_deref());
        assert_eq!(printed["name"].as_str(), own.facts.name.as_deref());
        assert_eq!(printed["verdict"], own.verdict.as_str());
        assert_eq!(printed["domains"], Value::from(own.facts.domains.clone()));
        assert_eq!(line("certificate", &json::certificate_line(own)), *printed);
    }
    let errors = whole["errors"].as_array().expect("errors");
    assert_eq!(errors.len(), report.errors.len());
    for (printed, own) in errors.iter().zip(&report.errors) {
        assert_eq!(printed["message"], own.error.message.as_str());
        assert_eq!(line("error", &json::error_line(own)), *printed);
    }
    let last = line("summary", &json::summary_line(report));
    assert_eq!(last["summary"], whole["summary"]);
}

/// One line of a stream, without what says its type.
pub fn line(kind: &str, text: &str) -> Value {
    assert!(text.ends_with('\n') && text.matches('\n').count() == 1);
    let mut line: Value = serde_json::from_str(text).expect("JSON");
    let own = line.as_object_mut().and_then(|line| line.remove("type"));
    assert_eq!(own, Some(Value::from(kind)));
    line
}

/// Reports that no provider would make, out of bytes.
pub fn render(input: &[u8]) {
    let mut bytes = Bytes(input);
    let shape = Shape {
        width: bytes.number() as u16 % 301,
        piped: bytes.odd(),
        colour: bytes.odd(),
        utf8: bytes.odd(),
    };
    let policy = Policy {
        start_now: bytes.moment(),
        thresholds: Thresholds {
            warn: bytes.threshold(),
            crit: bytes.threshold(),
        },
        ..Policy::at(bytes.moment())
    };
    let mut outcomes = Vec::new();
    while !bytes.0.is_empty() && outcomes.len() < 8 {
        outcomes.push(if bytes.odd() {
            let provider = ["tencent", "mpush"][usize::from(bytes.odd())];
            let certificate = judge(provider, bytes.facts(), &policy);
            ReportEntry::Certificate(Box::new(certificate))
        } else {
            ReportEntry::Failure(Box::new(bytes.failure()))
        });
    }
    let mut report = report(outcomes);
    report.evaluated_at = policy.now;
    printed(&report, shape);
}

/// Bytes that are made into values; when they are used up all is zero.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }

    fn odd(&mut self) -> bool {
        self.byte() % 2 == 1
    }

    fn number(&mut self) -> i64 {
        i64::from_le_bytes(std::array::from_fn(|_| self.byte()))
    }

    fn text(&mut self) -> Option<String> {
        let (length, repeated) = match self.byte() {
            0 => return None,
            length @ 1..200 => (usize::from(length), 1),
            // Wide cells.
            times => (usize::from(self.byte() % 4), 1 << (times % 16)),
        };
        let (text, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        Some(String::from_utf8_lossy(text).repeat(repeated))
    }

    /// Near [`now`], or anywhere from one end of the calendar to the other.
    fn moment(&mut self) -> DateTime<Utc> {
        match self.byte() % 5 {
            0 => DateTime::<Utc>::MIN_UTC,
            1 => DateTime::<Utc>::MAX_UTC,
            2 => DateTime::from_timestamp(self.number(), 0).unwrap_or_default(),
            _ => now() + TimeDelta::seconds(self.number() % 10_000_000_000),
        }
    }

    fn delta(&mut self) -> TimeDelta {
        match self.byte() % 3 {
            0 => TimeDelta::MAX,
            1 => TimeDelta::zero(),
            _ => TimeDelta::seconds((self.number() % 10_000_000_000).abs()),
        }
    }

    fn threshold(&mut self) -> Threshold {
        match self.byte() % 4 {
            0 => Threshold::Auto,
            1 => Threshold::Off,
            2 => Threshold::Left(self.delta()),
            _ => Threshold::Share(u32::from(self.byte() % 101)),
        }
    }

    fn reading(&mut self) -> DateField {
        let raw = self.text();
        let value = match self.byte() % 6 {
            0 => Date::Absent,
            1 => Date::Unreadable,
            2 => Date::Ambiguous,
            _ => {
                let basis = [Basis::Utc, Basis::Assumed][usize::from(self.odd())];
                let (at, before, after) = (self.moment(), self.delta(), self.delta());
                Date::Known(Moment::within(at, before, after, basis))
            }
        };
        DateField { raw, value }
    }

    fn word(&mut self) -> ProviderState {
        let place = usize::from(self.byte()) % (2 * Status::ALL.len());
        let status = Status::ALL.get(place).copied();
        status.map_or(ProviderState::ByDate, ProviderState::Is)
    }

    fn facts(&mut self) -> Facts {
        let mut facts = Facts {
            scope: self.text(),
            id: self.text(),
            reported_id: self.text(),
            name: self.text(),
            environment: [None, Some(Environment::Production)][usize::from(self.odd())],
            kind: [None, Some(CertKind::Ca)][usize::from(self.odd())],
            not_before: self.reading(),
            not_after: self.reading(),
            word: self.word(),
            provider_status: self.text(),
            mismatch: self.odd(),
            unused: self.odd().then_some(Unused {
                after_days: 0,
                advice: UnusedAdvice::NewId,
            }),
            ..Facts::default()
        };
        for _ in 0..self.byte() % 4 {
            facts.domains.extend(self.text());
        }
        if let Some(text) = self.text() {
            facts.note(Note::StatusUnknown { word: Some(text) });
        }
        facts.detail("tags", self.text());
        let number = Scalar::Number(self.number());
        facts.details.insert("number", number);
        facts
    }

    fn failure(&mut self) -> Failure {
        let kind = Kind::ALL[usize::from(self.byte()) % Kind::ALL.len()];
        let mut error = Error::new(kind, self.text().unwrap_or_default());
        error.code = self.text();
        error.request_id = self.text();
        if let Some(hint) = self.text() {
            error = error.with_hint(hint);
        }
        error.attempts = u32::from(self.byte());
        Failure {
            provider: "tencent",
            origin: Default::default(),
            scope: self.text(),
            id: self.text(),
            environment: None,
            error,
        }
    }
}
