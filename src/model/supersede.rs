//! Which certificate of an account took the place of another: one of the same scope and kind that is valid, ends later,
//! and covers all of its names.
//!
//! An account can hold a hundred thousand of them while their rows are long printed, so of each there is kept no more
//! than its id, its end and the hashes of its names.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};

use chrono::{DateTime, Utc};

use super::evaluate::CertStatus;
use super::facts::Facts;
use super::names::{canonical, wildcard_for};
use super::note::Note;
use super::status::{ProviderState, Status, Verdict};
use super::suffixes::is_public_suffix;

/// The valid certificates of one account, by name.
#[derive(Default)]
pub struct Successors {
    hasher: RandomState,
    /// Their ids, one behind the other: texts of their own would take three times the room.
    ids: String,
    known: Vec<ValidCertificate>,
    /// The latest link of each name.
    by_name: HashMap<u64, u32>,
    links: Vec<Link>,
}

struct ValidCertificate {
    /// Where its id begins.
    from: u32,
    end: DateTime<Utc>,
}

/// One certificate of a name, and the link of the one before it.
struct Link {
    known: u32,
    before: Option<u32>,
}

impl Successors {
    /// Takes a certificate into account, if it is valid and others could be replaced by it.
    pub fn learn(&mut self, certificate: &CertStatus) {
        let facts = &certificate.facts;
        let valid = certificate.status == Status::Ok && certificate.verdict != Verdict::Unknown;
        let end = facts
            .not_after
            .moment()
            .filter(|_| valid && is_known_for_sure(facts));
        let (Some(end), Some(id)) = (end, &facts.id) else {
            return;
        };
        let (known, from) = (self.known.len(), self.ids.len());
        let (Ok(known), Ok(from)) = (u32::try_from(known), u32::try_from(from)) else {
            return;
        };
        self.ids.push_str(id);
        self.known.push(ValidCertificate {
            from,
            end: end.earliest,
        });
        for name in &facts.domains {
            let Ok(link) = u32::try_from(self.links.len()) else {
                return;
            };
            let before = self
                .by_name
                .insert(self.hash(facts, &canonical(name)), link);
            self.links.push(Link { known, before });
        }
    }

    /// The id of the one that took its place, if it has ended or is about to.
    pub fn of(&self, certificate: &CertStatus) -> Option<&str> {
        let facts = &certificate.facts;
        let end = facts.not_after.moment()?.at;
        let (first, others) = facts.domains.split_first()?;
        if !may_be_replaced(certificate) {
            return None;
        }
        let later = |known: &u32| self.known(*known).is_some_and(|known| known.end > end);
        let mut candidates: Vec<u32> = self.covering(facts, first).filter(later).collect();
        for name in others {
            if candidates.is_empty() {
                return None;
            }
            let also: HashSet<u32> = self.covering(facts, name).collect();
            candidates.retain(|known| also.contains(known));
        }
        let end = |known: &u32| self.known(*known).map(|known| known.end);
        self.id(candidates.into_iter().max_by_key(end)?)
    }

    fn id(&self, index: u32) -> Option<&str> {
        let next = self.known(index.checked_add(1)?);
        let to = next.map_or(Some(self.ids.len()), |next| usize::try_from(next.from).ok());
        self.ids
            .get(usize::try_from(self.known(index)?.from).ok()?..to?)
    }

    fn known(&self, index: u32) -> Option<&ValidCertificate> {
        self.known.get(usize::try_from(index).ok()?)
    }

    /// Certificates with this name, or with a wildcard for its first label.
    fn covering(&self, facts: &Facts, name: &str) -> impl Iterator<Item = u32> {
        let name = canonical(name);
        let own = self.latest(facts, &name);
        let wildcard = wildcard_for(&name).and_then(|wildcard| {
            let latest = self.latest(facts, &wildcard)?;
            let base = wildcard.strip_prefix("*.")?;
            (!is_public_suffix(base)).then_some(latest)
        });
        let firsts = [own, wildcard].into_iter().flatten();
        firsts.flat_map(|first| {
            let links = std::iter::successors(Some(first), |link| self.link(*link)?.before);
            links.filter_map(|link| Some(self.link(link)?.known))
        })
    }

    /// The latest link of a canonical name.
    fn latest(&self, facts: &Facts, name: &str) -> Option<u32> {
        self.by_name.get(&self.hash(facts, name)).copied()
    }

    fn link(&self, index: u32) -> Option<&Link> {
        self.links.get(usize::try_from(index).ok()?)
    }

    /// A client's certificate does not replace a server's of the same name, and that of one site none of another.
    fn hash(&self, facts: &Facts, name: &str) -> u64 {
        let kind = facts.kind.map(|kind| kind.as_str());
        self.hasher.hash_one((facts.scope.as_deref(), kind, name))
    }
}

/// True if names and purpose are certain: no field unread, kind known, and the response is about this certificate.
fn is_known_for_sure(facts: &Facts) -> bool {
    facts.kind.is_some() && !facts.is_partly_unread() && !facts.mismatch
}

/// True if the certificate has ended or is about to, so that another may replace it.
pub fn may_be_replaced(certificate: &CertStatus) -> bool {
    let facts = &certificate.facts;
    let dated = facts.word == ProviderState::ByDate || certificate.status == Status::Expired;
    let ends = matches!(certificate.status, Status::Expired | Status::Ok);
    let bad = matches!(certificate.verdict, Verdict::Warning | Verdict::Critical);
    dated && ends && bad && is_known_for_sure(facts)
}

/// Notes in a certificate that another took its place; with `ignored` this raises no alarm any more.
pub fn supersede(certificate: &mut CertStatus, successor: &str, ignored: bool) {
    let facts = &mut certificate.facts;
    facts.note(Note::Superseded {
        successor: successor.to_owned(),
        scope: facts.scope.clone(),
    });
    if ignored {
        certificate.verdict = Verdict::Ok;
    }
}
