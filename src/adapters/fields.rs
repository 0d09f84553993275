//! Reads the fields of one object and notes what could not be read, so that no field is silently taken for
//! absent.

use std::cell::RefCell;

use crate::json::{Field, Json, Object};
use crate::model::note::FieldProblem;
use crate::model::timestamp::DateValue;
use crate::model::{DateField, Facts, Note};

/// One object being read.
pub struct FieldReader<'a> {
    object: &'a Object,
    notes: RefCell<Vec<Note>>,
}

impl<'a> FieldReader<'a> {
    /// Starts reading.
    pub fn new(object: &'a Object) -> FieldReader<'a> {
        FieldReader {
            object,
            notes: RefCell::default(),
        }
    }

    /// Hands the notes over.
    pub fn finish(self, facts: &mut Facts) {
        facts.notes.append(&mut self.notes.into_inner());
    }

    fn unreadable(&self, field: &'static str, problem: FieldProblem) {
        let note = Note::FieldUnreadable { field, problem };
        self.notes.borrow_mut().push(note);
    }

    /// The value under a key; a contradiction is noted and counts as nothing.
    fn value(&self, key: &'static str) -> Option<&'a Json> {
        match self.object.field(key) {
            Field::Absent => None,
            Field::Value(value) => Some(value),
            Field::Contradictory => {
                self.unreadable(key, FieldProblem::Contradictory);
                None
            }
        }
    }

    /// Whether the key holds something that is not one text: what it says is not known, which is not the same as
    /// saying nothing.
    pub fn unclear(&self, key: &str) -> bool {
        match self.object.field(key) {
            Field::Absent => false,
            Field::Value(value) => value.scalar().is_none(),
            Field::Contradictory => true,
        }
    }

    /// A text (numbers and booleans serve), trimmed; empty is none.
    pub fn text(&self, key: &'static str) -> Option<String> {
        let value = self.value(key)?;
        let text = value.scalar();
        if text.is_none() {
            self.unreadable(key, FieldProblem::NotText);
        }
        text.filter(|text| !text.is_empty())
    }

    /// `true`, `"on"`, `1` and their opposites.
    pub fn flag(&self, key: &'static str) -> Option<bool> {
        let text = self.text(key)?.to_ascii_lowercase();
        match text.as_str() {
            "true" | "1" | "on" | "yes" => Some(true),
            "false" | "0" | "off" | "no" => Some(false),
            _ => {
                self.unreadable(key, FieldProblem::NotBool);
                None
            }
        }
    }

    /// The scalars of a list, trimmed, without empty ones; a member that is none is noted. A single scalar serves as a
    /// list of one.
    pub fn list(&self, key: &'static str) -> Vec<String> {
        match self.value(key) {
            None => Vec::new(),
            Some(Json::Array(members)) => self.scalars(key, members),
            Some(_) => self.text(key).into_iter().collect(),
        }
    }

    /// The scalars under a key that may stand there several times, each with a part of the list.
    pub fn every(&self, key: &'static str) -> Vec<String> {
        let values: Vec<Json> = self.object.values(key).cloned().collect();
        self.scalars(key, &values)
    }

    fn scalars(&self, key: &'static str, members: &[Json]) -> Vec<String> {
        let texts: Vec<String> = members.iter().filter_map(Json::scalar).collect();
        if texts.len() < members.len() {
            self.unreadable(key, FieldProblem::MemberNotText);
        }
        texts.into_iter().filter(|text| !text.is_empty()).collect()
    }

    /// An object below; anything else is noted.
    pub fn object(&self, key: &'static str) -> Option<&'a Object> {
        let value = self.value(key)?;
        let object = value.as_object();
        if object.is_none() {
            self.unreadable(key, FieldProblem::NotObject);
        }
        object
    }

    /// The moment that all values under a key are spellings of.
    fn one_instant(
        &self,
        key: &'static str,
        read: impl Fn(&str) -> DateField,
    ) -> Option<DateField> {
        let mut readings = self
            .object
            .values(key)
            .map(|value| Some(read(&value.scalar()?)));
        let first = readings.next().flatten()?;
        first.moment()?;
        let same = |other: Option<DateField>| other.is_some_and(|other| other.value == first.value);
        let nulls = self
            .object
            .members()
            .any(|(own, value)| own == key && *value == Json::Null);
        (!nulls && readings.all(same)).then_some(first)
    }

    /// A date field. What cannot be read is unreadable, never absent.
    pub fn date(
        &self,
        key: &'static str,
        read: impl Fn(&str) -> DateField,
        no_date: &[&str],
    ) -> DateField {
        match self.object.field(key) {
            Field::Absent => DateField::default(),
            Field::Contradictory => match self.one_instant(key, &read) {
                Some(reading) => reading,
                None => {
                    self.unreadable(key, FieldProblem::Contradictory);
                    DateField::unreadable("contradictory")
                }
            },
            Field::Value(value) => match value.scalar() {
                None => DateField::unreadable("not a text"),
                Some(text) if text.is_empty() || no_date.contains(&text.as_str()) => {
                    DateField::absent(Some(text))
                }
                Some(text) => read(&text),
            },
        }
    }
}

/// The end of validity where an answer can tell it under several keys: the earliest counts, and one that cannot be read
/// may be the earliest. Ends that differ are noted; two spellings of one moment do not.
pub fn earliest_end(facts: &mut Facts, ends: &[(&'static str, DateField)]) {
    let is_told =
        |(_, end): &&(&'static str, DateField)| end.value != DateValue::Absent || end.raw.is_some();
    let told: Vec<&(&'static str, DateField)> = ends.iter().filter(is_told).collect();
    let dated = || {
        told.iter()
            .filter(|(_, end)| end.value != DateValue::Absent)
    };
    let unreadable = dated().find(|(_, end)| end.moment().is_none());
    let earliest = dated().min_by_key(|(_, end)| end.moment().map(|moment| moment.earliest));
    let Some((_, end)) = unreadable.or(earliest).or(told.first()) else {
        return;
    };
    facts.not_after = end.clone();
    let said = |end: &DateField| end.raw.clone().unwrap_or_default();
    let differs = |other: &DateField| match (end.moment(), other.moment()) {
        (Some(one), Some(other)) => one != other,
        _ => said(end) != said(other),
    };
    let all_say_something = |(_, end): &&&(&'static str, DateField)| !said(end).is_empty();
    let others = told.iter().filter(all_say_something);
    if others.clone().any(|(_, other)| differs(other)) {
        let ends = others.map(|(key, end)| (*key, said(end))).collect();
        let earliest_counts = end.moment().is_some();
        facts.note(Note::DateConflict {
            ends,
            earliest_counts,
        });
    }
}

/// A fingerprint: hex of exactly that many bytes. Leading zeros belong to it.
pub fn fingerprint(text: &str, bytes: usize) -> Option<String> {
    let plain: String = text
        .trim()
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, ':' | '-'))
        .collect();
    let shaped = plain.len() == bytes * 2 && plain.bytes().all(|b| b.is_ascii_hexdigit());
    shaped.then(|| plain.to_ascii_lowercase())
}

/// The parts of a list that came as one text.
pub fn split_list<'t>(text: &'t str, separators: &'t [char]) -> impl Iterator<Item = &'t str> {
    text.split(separators)
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_has_all_its_bytes_and_nothing_else() {
        for (text, expected) in [
            ("00:AB:cd", Some("00abcd")),
            (" 00 ab cd", Some("00abcd")),
            ("00-ab-cd", Some("00abcd")),
            ("00abc", None),
            ("00abcde", None),
            ("00abcg", None),
        ] {
            assert_eq!(fingerprint(text, 3).as_deref(), expected, "{text:?}");
        }
    }
}
