//! Reads a JSON value with serde_json: bounded in depth and number of values, with every member of an object and every
//! digit of an integer.

use std::cell::Cell;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::value::{Json, Object};

/// Levels of nesting that are read; no answer we know has more than six.
const MAX_DEPTH: usize = 64;

/// Values that are read of one answer of a service. No answer that is known has a thousand; a `0,` takes forty times its
/// size in memory.
pub(super) const MOST_VALUES: usize = 1_000_000;

/// Values that are read of one saved answer: its list can have been joined from many pages. No row of a list has fewer
/// than 16 bytes per value, so the limit of 64 MiB for saved answers is reached first.
pub(super) const MOST_SAVED_VALUES: usize = 4_000_000;

pub(super) const TOO_DEEP: &str = "JSON nested too deeply";
pub(super) const TOO_MANY: &str = "JSON with too many values in it";

/// `1764561600000` for `1.7645616e12`, but not three hundred digits for `1e308`: five bytes of an answer would take
/// sixty times their room.
fn float(value: f64) -> String {
    match value.abs() {
        0.0 | 1e-7..1e21 => value.to_string(),
        _ => format!("{value:e}"),
    }
}

/// A value so many levels deep and of at most so many values, for serde_json's stream reader, which wants a type.
pub(super) struct Level<const DEPTH: usize, const MOST: usize> {
    value: Json,
    /// It holds an integer beyond 64 bits, which serde_json hands on as a float.
    rounded: bool,
}

impl<const DEPTH: usize, const MOST: usize> Level<DEPTH, MOST> {
    /// The value with every digit of its integers, which the text has.
    pub(super) fn of(mut self, text: &[u8]) -> Json {
        if self.rounded {
            restore(&mut self.value, &mut numbers(text));
        }
        self.value
    }
}

impl<'de, const DEPTH: usize, const MOST: usize> Deserialize<'de> for Level<DEPTH, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (left, rounded) = (&Cell::new(MOST), &Cell::new(false));
        let place = ValueSeed {
            depth: DEPTH,
            left,
            rounded,
        };
        let value = place.deserialize(deserializer)?;
        Ok(Level {
            value,
            rounded: rounded.get(),
        })
    }
}

/// Puts the digits of integers back: numbers stand in the value in the order of the text.
fn restore<'t>(value: &mut Json, numbers: &mut impl Iterator<Item = &'t str>) {
    match value {
        Json::Number(text) => {
            let number = numbers.next().unwrap_or_default();
            let digits = number.strip_prefix('-').unwrap_or(number);
            if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
                number.clone_into(text);
            }
        }
        Json::Array(list) => list.iter_mut().for_each(|value| restore(value, numbers)),
        Json::Object(Object(members)) => {
            let values = members.iter_mut().map(|(_, value)| value);
            values.for_each(|value| restore(value, numbers));
        }
        Json::Null | Json::Bool(_) | Json::Text(_) => {}
    }
}

/// The numbers of a JSON text that could be read, as they are written.
fn numbers(text: &[u8]) -> impl Iterator<Item = &str> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let mut quoted = false;
        loop {
            let rest = text.get(at..)?;
            match (quoted, rest.first()?) {
                (true, b'\\') => at += 2,
                (_, b'"') => (quoted, at) = (!quoted, at + 1),
                (false, b'-' | b'0'..=b'9') => {
                    let is_part =
                        |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
                    let length = rest.iter().take_while(|byte| is_part(byte)).count();
                    at += length;
                    return str::from_utf8(rest.get(..length)?).ok();
                }
                _ => at += 1,
            }
        }
    })
}

/// Where a value stands: so many levels deep, and so many more of them may follow.
#[derive(Clone, Copy)]
struct ValueSeed<'a> {
    depth: usize,
    left: &'a Cell<usize>,
    rounded: &'a Cell<bool>,
}

impl ValueSeed<'_> {
    fn below<E: serde::de::Error>(self) -> Result<Self, E> {
        let depth = self.depth + 1;
        if depth > MAX_DEPTH {
            Err(E::custom(TOO_DEEP))
        } else {
            Ok(ValueSeed { depth, ..self })
        }
    }
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = Json;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        let left = self.left.get().checked_sub(1);
        self.left
            .set(left.ok_or_else(|| serde::de::Error::custom(TOO_MANY))?);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        // No integer within 64 bits is handed on as a float, but for -0.
        self.rounded.set(self.rounded.get() || value.abs() >= 9e18);
        Ok(Json::Number(float(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let below = self.below::<A::Error>()?;
        let mut list = Vec::new();
        while let Some(value) = members.next_element_seed(below)? {
            list.push(value);
        }
        Ok(Json::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let below = self.below::<A::Error>()?;
        let mut object = Vec::new();
        while let Some(key) = members.next_key()? {
            object.push((trimmed(key), members.next_value_seed(below)?));
        }
        Ok(Json::Object(Object(object)))
    }
}

fn trimmed(text: String) -> String {
    match text.trim() {
        part if part.len() == text.len() => text,
        part => part.to_owned(),
    }
}
