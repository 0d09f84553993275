//! Facts: the fields that an adapter read from one response about one certificate. Not evaluated yet, no clock involved.

use std::collections::HashSet;

use super::note::{Note, UnusedAdvice};
use super::status::ProviderState;
use super::timestamp::DateField;

/// APNs environment; an app has a certificate for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the published words")]
pub enum Environment {
    Production,
    Development,
}

impl Environment {
    /// The published word.
    pub fn as_str(self) -> &'static str {
        match self {
            Environment::Production => "production",
            Environment::Development => "development",
        }
    }
}

/// Purpose of the certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the published words")]
pub enum CertKind {
    Push,
    Client,
    Server,
    Ca,
}

impl CertKind {
    /// The published word.
    pub fn as_str(self) -> &'static str {
        match self {
            CertKind::Push => "push",
            CertKind::Client => "client",
            CertKind::Server => "server",
            CertKind::Ca => "ca",
        }
    }
}

/// One value of `details`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Scalar {
    Text(String),
    Number(i64),
}

/// Further facts by name, sorted by name. A map would take half a kilobyte for the one or two that most records have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details(Vec<(&'static str, Scalar)>);

impl Details {
    /// Sets a fact, in place of an earlier one of this name.
    pub fn insert(&mut self, name: &'static str, value: Scalar) {
        match self.0.binary_search_by_key(&name, |(other, _)| other) {
            Ok(place) => {
                if let Some((_, old)) = self.0.get_mut(place) {
                    *old = value;
                }
            }
            Err(place) => self.0.insert(place, (name, value)),
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Scalar)> {
        self.0.iter().map(|(name, value)| (*name, value))
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&'static str, &mut Scalar)> {
        self.0.iter_mut().map(|(name, value)| (*name, value))
    }
}

/// Advice for a certificate that is dead and perhaps simply no longer in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unused {
    /// Shown once the certificate has been expired for that many days, and for `NOT_CONFIGURED`.
    pub after_days: i64,
    pub advice: UnusedAdvice,
}

/// Fields of one certificate from one response. The default is empty and evaluates to `UNKNOWN`.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Namespace in which the id is unique (`site 123`, `intl`, a host).
    pub scope: Option<String>,
    /// Requested id; without one (a list, a saved answer) the id of the response.
    pub id: Option<String>,
    /// Id of the response, where it differs from `id`.
    pub reported_id: Option<String>,
    /// Alias, certificate name, file name.
    pub name: Option<String>,
    /// Mobile push only.
    pub environment: Option<Environment>,
    pub kind: Option<CertKind>,
    /// Common name first, no duplicates.
    pub domains: Vec<String>,
    /// Issuer as text.
    pub issuer: Option<String>,
    /// Plan or brand.
    pub product: Option<String>,
    /// Lower-case hex.
    pub serial: Option<String>,
    /// Lower-case hex.
    pub fingerprint_sha256: Option<String>,
    /// Lower-case hex.
    pub fingerprint_sha1: Option<String>,
    /// As the provider names it.
    pub signature_algorithm: Option<String>,
    /// As the provider names it.
    pub key_algorithm: Option<String>,
    /// Start of validity.
    pub not_before: DateField,
    /// True where this kind of response always has a start of validity: a missing one leaves open whether it has begun.
    pub start_due: bool,
    /// End of validity.
    pub not_after: DateField,
    /// The provider's own word or number.
    pub provider_status: Option<String>,
    /// Meaning of `provider_status`.
    pub word: ProviderState,
    /// Notes for the user.
    pub notes: Vec<Note>,
    /// Further facts, by allow-list.
    pub details: Details,
    /// PBX only.
    pub auto_renew: Option<bool>,
    /// The provider's id of the request.
    pub request_id: Option<String>,
    /// The answer may be about something else: the verdict is at least `unknown`.
    pub mismatch: bool,
    /// Advice for a dead certificate.
    pub unused: Option<Unused>,
    /// Flag that sets the time zone of dates without one.
    pub zone_flag: Option<&'static str>,
}

impl Facts {
    pub fn note(&mut self, note: Note) {
        self.notes.push(note);
    }

    /// True if a field of the response could not be read, so that facts may be missing.
    pub fn is_partly_unread(&self) -> bool {
        self.notes.iter().any(Note::is_unread_field)
    }

    /// Adds a detail when there is one.
    pub fn detail(&mut self, key: &'static str, value: Option<String>) {
        if let Some(text) = value {
            self.details.insert(key, Scalar::Text(text));
        }
    }

    /// Adds names: trimmed, without duplicates (DNS names know no case), in the order given. Give all you have at
    /// once: an answer can hold a million of them.
    pub fn add_domains<S: AsRef<str>>(&mut self, names: impl IntoIterator<Item = S>) {
        let mut known: HashSet<String> = self
            .domains
            .iter()
            .map(|d| d.to_ascii_lowercase())
            .collect();
        for name in names {
            let name = name.as_ref().trim();
            if !name.is_empty() && known.insert(name.to_ascii_lowercase()) {
                self.domains.push(name.to_owned());
            }
        }
    }

    /// Compares the requested id with the id of the response. If they differ, both are kept:
    /// relabelling an answer would judge one certificate under the name of another. One that lacks its id may be
    /// about any other.
    pub fn identify(&mut self, asked: Option<&str>, own: Option<String>) {
        let Some(asked) = asked else {
            self.id = own;
            return;
        };
        self.id = Some(asked.to_owned());
        if own.as_deref() == Some(asked) {
            return;
        }
        self.mismatch = true;
        let reported = own.clone();
        self.note(Note::IdMismatch { reported });
        self.reported_id = own;
    }

    /// Every text in it that came from outside.
    pub fn texts_mut(&mut self) -> impl Iterator<Item = &mut String> {
        let options = [
            &mut self.scope,
            &mut self.id,
            &mut self.reported_id,
            &mut self.name,
            &mut self.issuer,
            &mut self.product,
            &mut self.serial,
            &mut self.fingerprint_sha256,
            &mut self.fingerprint_sha1,
            &mut self.signature_algorithm,
            &mut self.key_algorithm,
            &mut self.not_before.raw,
            &mut self.not_after.raw,
            &mut self.provider_status,
            &mut self.request_id,
        ];
        let details = self
            .details
            .iter_mut()
            .filter_map(|(_, value)| match value {
                Scalar::Text(text) => Some(text),
                Scalar::Number(_) => None,
            });
        let notes = self.notes.iter_mut().flat_map(Note::texts_mut);
        options
            .into_iter()
            .flatten()
            .chain(&mut self.domains)
            .chain(details)
            .chain(notes)
    }
}
