//! JSON as providers really send it: doubled keys, padded keys and values, numbers as strings, nulls everywhere.
//!
//! Strict on structure, tolerant on scalars. Absent, null, empty and contradictory stay apart. No error text
//! carries a piece of the body: a malformed body holds secrets too.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;

use super::stream::Answers;
use crate::error::{Error, Kind};

/// Levels of nesting that are read; no answer we know has more than six.
const MAX_DEPTH: usize = 64;

/// Values that are read of one answer; no answer we know has a thousand. A `0,` takes forty times its room here.
const MOST_VALUES: usize = 1_000_000;

/// A JSON value that keeps what a map would lose.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number, as text: ids exceed what a float holds.
    Number(String),
    /// A text.
    Text(String),
    /// A list.
    Array(Vec<Json>),
    /// An object.
    Object(Object),
}

/// An object with all its members, doubled keys included. Keys are kept trimmed (a documented Huawei answer has
/// `"order_id "`).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Object(Vec<(String, Json)>);

/// What an object says under a key.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Field<'a> {
    /// No such key, or null.
    Absent,
    /// One value (or the same one several times).
    Value(&'a Json),
    /// Several unequal values under one key: nobody can know which is meant.
    Contradictory,
}

impl Object {
    /// An object of texts.
    pub fn of_texts(members: Vec<(String, String)>) -> Object {
        let texts = members.into_iter();
        Object(texts.map(|(key, text)| (key, Json::Text(text))).collect())
    }

    /// All of its members, in the order of the text.
    pub fn members(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// All values under a key, nulls left out.
    pub fn values<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a Json> {
        self.under(key).filter(|value| **value != Json::Null)
    }

    fn under<'a>(&'a self, key: &str) -> impl Iterator<Item = &'a Json> {
        self.0
            .iter()
            .filter(move |(name, _)| name == key)
            .map(|(_, value)| value)
    }

    /// What it says under a key. Null beside a value contradicts it: it may be the one that was meant.
    pub fn field<'a>(&'a self, key: &'a str) -> Field<'a> {
        let mut members = self.under(key);
        match members.next() {
            None => Field::Absent,
            Some(first) if !members.all(|other| other == first) => Field::Contradictory,
            Some(Json::Null) => Field::Absent,
            Some(first) => Field::Value(first),
        }
    }

    /// Whether the key is there, if only with null.
    pub fn names(&self, key: &str) -> bool {
        self.under(key).next().is_some()
    }

    /// The object under a key.
    pub fn object<'a>(&'a self, key: &'a str) -> Option<&'a Object> {
        match self.field(key) {
            Field::Value(Json::Object(object)) => Some(object),
            _ => None,
        }
    }

    /// The object under a key, taken out; or else the whole.
    pub fn into_inner(mut self, key: &str) -> Object {
        let place = self
            .0
            .iter()
            .position(|(name, value)| name == key && value.as_object().is_some());
        match place.map(|place| self.0.swap_remove(place).1) {
            Some(Json::Object(inner)) => inner,
            _ => self,
        }
    }

    /// The scalar under a key as trimmed text; `None` when it is absent, empty, or no scalar.
    pub fn text(&self, key: &str) -> Option<String> {
        match self.field(key) {
            Field::Value(value) => value.scalar().filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    /// Whether there is anything but null under one of these keys.
    pub fn has_any(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.field(key) != Field::Absent)
    }
}

impl Json {
    /// Text, number or boolean as trimmed text.
    pub fn scalar(&self) -> Option<String> {
        match self {
            Json::Text(text) => Some(text.trim().to_owned()),
            Json::Number(text) => Some(text.clone()),
            Json::Bool(value) => Some(value.to_string()),
            Json::Null | Json::Array(_) | Json::Object(_) => None,
        }
    }

    /// The object, if it is one.
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Json::Object(object) => Some(object),
            _ => None,
        }
    }
}

/// Reads one JSON text.
pub fn parse(bytes: &[u8]) -> Result<Json, Error> {
    let text = text(bytes)?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = value(&mut deserializer, 0).map_err(|error| unreadable(&error))?;
    deserializer.end().map_err(|error| unreadable(&error))?;
    Ok(value)
}

/// Reads the JSON texts of what is in memory, as [`Answers`] does.
pub fn stream(bytes: &[u8]) -> Vec<Result<Json, Error>> {
    // Memory can always be read.
    Answers::new(bytes).flatten().collect()
}

pub(super) fn text(bytes: &[u8]) -> Result<&str, Error> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        Error::new(
            Kind::Protocol,
            format!("not UTF-8 from byte {} on", error.valid_up_to()),
        )
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

pub(super) fn unreadable(error: &serde_json::Error) -> Error {
    let (line, column) = (error.line(), error.column());
    let at = |what: &str| format!("{what}, in line {line} at column {column}");
    let what = match error.classify() {
        Category::Eof => "JSON that ends too early".to_owned(),
        Category::Data if error.to_string().starts_with(TOO_DEEP) => at(TOO_DEEP),
        Category::Data if error.to_string().starts_with(TOO_MANY) => at(TOO_MANY),
        Category::Data => at("broken JSON"),
        // Its very first character: a page, a log, anything else.
        _ if (line, column) <= (1, 1) => "not JSON".to_owned(),
        Category::Syntax | Category::Io => at("broken JSON"),
    };
    Error::new(Kind::Protocol, what)
}

const TOO_DEEP: &str = "JSON nested too deeply";
const TOO_MANY: &str = "JSON with too many values in it";
const NO_NUMBER: &str = "no number";

/// The only key of the map by which serde_json hands on a number beyond 64 bits, or with a point, with all its digits.
const NUMBER: &str = "$serde_json::private::Number";

/// A number as a text: an integer digit by digit, anything else by its value. Nothing where it is none: an object can
/// have that key too.
fn number(text: String) -> Option<String> {
    let value = text.parse::<f64>().ok()?;
    if !text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
        return None;
    }
    let whole = text.bytes().all(|b| b == b'-' || b.is_ascii_digit());
    Some(match whole || value.is_infinite() {
        true => text,
        false => float(value),
    })
}

/// `1764561600000` for `1.7645616e12`, but not three hundred digits for `1e308`: five bytes of an answer would take
/// sixty times their room.
fn float(value: f64) -> String {
    match value.abs() {
        0.0 | 1e-7..1e21 => value.to_string(),
        _ => format!("{value:e}"),
    }
}

/// A value so many levels deep, for serde_json's stream reader, which wants a type.
pub(super) struct Level<const DEPTH: usize>(pub(super) Json);

impl<'de, const DEPTH: usize> serde::Deserialize<'de> for Level<DEPTH> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        value(deserializer, DEPTH).map(Level)
    }
}

fn value<'de, D: Deserializer<'de>>(deserializer: D, depth: usize) -> Result<Json, D::Error> {
    let left = &Cell::new(MOST_VALUES);
    Place { depth, left }.deserialize(deserializer)
}

/// Where a value stands: so many levels deep, and so many more of them may follow.
#[derive(Clone, Copy)]
struct Place<'a> {
    depth: usize,
    left: &'a Cell<usize>,
}

impl Place<'_> {
    fn below<E: serde::de::Error>(self) -> Result<Self, E> {
        let depth = self.depth + 1;
        if depth > MAX_DEPTH {
            Err(E::custom(TOO_DEEP))
        } else {
            Ok(Place { depth, ..self })
        }
    }
}

impl<'de> DeserializeSeed<'de> for Place<'_> {
    type Value = Json;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        let left = self.left.get().checked_sub(1);
        self.left
            .set(left.ok_or_else(|| serde::de::Error::custom(TOO_MANY))?);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Place<'_> {
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
        let mut next = members.next_key::<String>()?;
        if next.as_deref() == Some(NUMBER) {
            return number(members.next_value()?)
                .map(Json::Number)
                .ok_or_else(|| serde::de::Error::custom(NO_NUMBER));
        }
        let below = self.below::<A::Error>()?;
        let mut object = Vec::new();
        while let Some(key) = next {
            object.push((trimmed(key), members.next_value_seed(below)?));
            next = members.next_key()?;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn object(text: &str) -> Object {
        parse(text.as_bytes())
            .ok()
            .and_then(|json| json.as_object().cloned())
            .expect("an object")
    }

    #[test]
    fn a_key_given_twice_is_kept_twice_and_contradicts_itself_when_unequal() {
        let o = object(r#"{"a":1,"a":2,"b ":"x","b":"x","c":null,"c":"y","n":null,"n":null}"#);
        assert_eq!(o.field("a"), Field::Contradictory);
        assert_eq!(o.text("b").as_deref(), Some("x"));
        assert_eq!(o.field("c"), Field::Contradictory);
        assert_eq!(o.field("n"), Field::Absent);
        assert_eq!(o.field("d"), Field::Absent);
    }

    #[test]
    fn numbers_keep_all_their_digits() {
        let o = object(
            r#"{"id":9007199254740993,"e":1.7645616e12,"large":1e308,"small":-1e-308,
            "long":99999999999999999999,"longer":-1234567890123456789012345678901234567890,"far":1e999}"#,
        );
        assert_eq!(o.text("long").as_deref(), Some("99999999999999999999"));
        let longer = "-1234567890123456789012345678901234567890";
        assert_eq!(o.text("longer").as_deref(), Some(longer));
        assert_eq!(o.text("far").as_deref(), Some("1e+999"));
        assert_eq!(o.text("id").as_deref(), Some("9007199254740993"));
        assert_eq!(o.text("e").as_deref(), Some("1764561600000"));
        assert_eq!(o.text("large").as_deref(), Some("1e308"));
        assert_eq!(o.text("small").as_deref(), Some("-1e-308"));
    }

    #[test]
    fn what_cannot_be_read_says_how_and_where() {
        for (text, expected) in [
            ("{\"a\":", "JSON that ends too early"),
            ("{\n\"a\" 1}", "broken JSON, in line 2 at column 5"),
            ("<html>", "not JSON"),
            (
                r#"{"$serde_json::private::Number":"x"}"#,
                "broken JSON, in line 1 at column 36",
            ),
        ] {
            let error = parse(text.as_bytes()).expect_err("broken");
            assert_eq!(error.message, expected);
        }
    }

    #[test]
    fn values_are_counted_as_they_are_read() {
        let list = |values: usize| format!("[{}0]", "0,".repeat(values - 2));
        assert!(parse(list(MOST_VALUES).as_bytes()).is_ok());
        let error = parse(list(MOST_VALUES + 1).as_bytes()).expect_err("too many");
        assert!(error.message.starts_with(TOO_MANY), "{}", error.message);
    }

    #[test]
    fn nesting_is_bounded_and_errors_show_no_content() {
        let deep = "[".repeat(65) + &"]".repeat(65);
        assert!(parse(deep.as_bytes()).is_err_and(|e| e.message.contains("too deeply")));
        assert!(parse(("[".repeat(64) + &"]".repeat(64)).as_bytes()).is_ok());
        for bad in ["{\"token\":\"hush", "hush", "{\"a\" hush}", "{} hush"] {
            let error = parse(bad.as_bytes()).expect_err("broken");
            assert_eq!(error.kind, Kind::Protocol);
            assert!(!error.message.contains("hush"), "{}", error.message);
        }
        assert!(parse(b"{\"a\":\"\xff\"}").is_err_and(|e| e.message.contains("UTF-8")));
    }
}
