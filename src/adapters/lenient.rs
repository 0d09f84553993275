//! JSON as providers really send it: doubled keys, padded keys and values, numbers as strings, nulls everywhere.
//!
//! Strict on structure, tolerant on scalars. Absent, null, empty and contradictory stay apart. No error text
//! carries a piece of the body: a malformed body holds secrets too.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::error::{Error, Kind};

/// Levels of nesting that are read; no answer we know has more than six.
const MAX_DEPTH: usize = 64;

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

/// An object with all its members, doubled keys included.
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
    /// All values under a key, nulls left out. Keys are compared trimmed (a documented Huawei answer has
    /// `"order_id "`).
    pub fn values<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a Json> {
        self.0
            .iter()
            .filter(move |(name, value)| name.trim() == key && *value != Json::Null)
            .map(|(_, value)| value)
    }

    /// What it says under a key. Null beside a value contradicts it: it may be the one that was meant.
    pub fn field<'a>(&'a self, key: &'a str) -> Field<'a> {
        let mut members = self
            .0
            .iter()
            .filter(|(name, _)| name.trim() == key)
            .map(|(_, value)| value);
        match members.next() {
            None => Field::Absent,
            Some(first) if !members.all(|other| other == first) => Field::Contradictory,
            Some(Json::Null) => Field::Absent,
            Some(first) => Field::Value(first),
        }
    }

    /// The object under a key.
    pub fn object<'a>(&'a self, key: &'a str) -> Option<&'a Object> {
        match self.field(key) {
            Field::Value(Json::Object(object)) => Some(object),
            _ => None,
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
    let value = Depth(0)
        .deserialize(&mut deserializer)
        .map_err(|error| unreadable(&error))?;
    deserializer.end().map_err(|error| unreadable(&error))?;
    Ok(value)
}

/// Reads JSON texts one after the other; the members of an array count as texts of their own.
///
/// After a broken one it goes on at the next line that begins with a brace or bracket: a value that was saved
/// whole begins there, and indented lines inside a broken one do not.
pub fn stream(bytes: &[u8]) -> Vec<Result<Json, Error>> {
    let mut found = Vec::new();
    let mut rest = bytes;
    loop {
        let error = match text(rest) {
            Ok(text) => {
                values(text, &mut found);
                return found;
            }
            Err(error) => error,
        };
        let end = std::str::from_utf8(rest).map_or_else(|error| error.valid_up_to(), str::len);
        let (good, bad) = rest.split_at(end);
        values(text(good).unwrap_or_default(), &mut found);
        // The value that the wrong byte stands in seemed to end too early.
        if matches!(found.last(), Some(Err(_))) {
            found.pop();
        }
        found.push(Err(error));
        let start = bad
            .windows(2)
            .position(|pair| pair == b"\n{" || pair == b"\n[");
        rest = start.and_then(|at| bad.get(at..)).unwrap_or_default();
    }
}

fn values(text: &str, found: &mut Vec<Result<Json, Error>>) {
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Whole>();
        match values.next() {
            Some(Ok(Whole(Json::Array(members)))) if members.is_empty() => {
                let error = Error::new(Kind::NotFound, "an empty list: nothing to judge");
                found.push(Err(error.with_hint("save an answer about a certificate")));
            }
            Some(Ok(Whole(Json::Array(members)))) => found.extend(members.into_iter().map(Ok)),
            Some(Ok(Whole(value))) => found.push(Ok(value)),
            Some(Err(error)) => {
                found.push(Err(unreadable(&error)));
                rest = next_start(rest);
                continue;
            }
            None => break,
        }
        // Without the line feed in front of it a broken value would be found a second time.
        rest = rest
            .get(values.byte_offset()..)
            .unwrap_or_default()
            .trim_start();
    }
}

fn next_start(text: &str) -> &str {
    let later = text.char_indices().skip(1).map(|(at, _)| at);
    let starts = |at: &usize| {
        text.get(at.saturating_sub(1)..)
            .is_some_and(|tail| tail.starts_with("\n{") || tail.starts_with("\n["))
    };
    later
        .into_iter()
        .find(starts)
        .and_then(|at| text.get(at..))
        .unwrap_or_default()
}

fn text(bytes: &[u8]) -> Result<&str, Error> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        Error::new(
            Kind::Protocol,
            format!("not UTF-8 from byte {} on", error.valid_up_to()),
        )
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

fn unreadable(error: &serde_json::Error) -> Error {
    let (line, column) = (error.line(), error.column());
    let what = match error.classify() {
        serde_json::error::Category::Eof => "JSON that ends too early".to_owned(),
        _ if error.to_string().starts_with(TOO_DEEP) => {
            format!("{TOO_DEEP}, in line {line} at column {column}")
        }
        // Its very first character: a page, a log, anything else.
        _ if (line, column) <= (1, 1) => "not JSON".to_owned(),
        _ => format!("broken JSON, in line {line} at column {column}"),
    };
    Error::new(Kind::Protocol, what)
}

const TOO_DEEP: &str = "JSON nested too deeply";

/// For serde_json's stream reader, which wants a type.
struct Whole(Json);

impl<'de> serde::Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Whole, D::Error> {
        Depth(0).deserialize(deserializer).map(Whole)
    }
}

/// Reads a value that lies that deep.
#[derive(Clone, Copy)]
struct Depth(usize);

impl Depth {
    fn below<E: serde::de::Error>(self) -> Result<Depth, E> {
        if self.0 >= MAX_DEPTH {
            Err(E::custom(TOO_DEEP))
        } else {
            Ok(Depth(self.0 + 1))
        }
    }
}

impl<'de> DeserializeSeed<'de> for Depth {
    type Value = Json;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Depth {
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
        let below = self.below::<A::Error>()?;
        let mut object = Vec::new();
        while let Some(key) = members.next_key::<String>()? {
            object.push((key, members.next_value_seed(below)?));
        }
        Ok(Json::Object(Object(object)))
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
        let o = object(r#"{"id":9007199254740993,"e":1.7645616e12}"#);
        assert_eq!(o.text("id").as_deref(), Some("9007199254740993"));
        assert_eq!(o.text("e").as_deref(), Some("1764561600000"));
    }

    #[test]
    fn one_broken_value_does_not_stop_the_rest() {
        let found = stream(b"{\"a\":1}\n{\"b\": ]\n  }\n{\"c\":3}[{\"d\":4},5]\n{\"e\"");
        let kinds: Vec<bool> = found.iter().map(Result::is_ok).collect();
        assert_eq!(kinds, [true, false, true, true, true, false]);
    }

    #[test]
    fn an_empty_list_is_an_answer_that_is_missing() {
        for text in ["[]", "[]{\"a\":1}", "{\"a\":1}\n[]"] {
            let found = stream(text.as_bytes());
            let missing = found.iter().filter_map(|one| one.as_ref().err());
            let kinds: Vec<Kind> = missing.map(|error| error.kind).collect();
            assert_eq!(kinds, [Kind::NotFound], "{text}");
        }
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
