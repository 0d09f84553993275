//! JSON as providers really send it: doubled keys, padded keys and values, numbers as strings, nulls everywhere.
//!
//! Strict on structure, tolerant on scalars. Absent, null, empty and contradictory stay apart. No error text
//! carries a piece of the body: a malformed body holds secrets too.

use serde::Deserialize;
use serde_json::error::Category;

use super::deserialize::{Level, TOO_DEEP, TOO_MANY};
use super::stream::Answers;
use crate::error::{Error, Kind};

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
pub struct Object(pub(super) Vec<(String, Json)>);

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
    let value = Level::<0>::deserialize(&mut deserializer).map_err(|error| unreadable(&error))?;
    deserializer.end().map_err(|error| unreadable(&error))?;
    Ok(value.of(text.as_bytes()))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::deserialize::MOST_VALUES;

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
            "quoted\"-1":"7 \\","list":[-0,{"long":99999999999999999999}],"1":-1.5,
            "longer":-1234567890123456789012345678901234567890}"#,
        );
        let long = stream(br#"[7, {"a":1e30,"b":99999999999999999999}] 18446744073709551617"#);
        let told = format!("{long:?}");
        for digits in ["1e30", "99999999999999999999", "18446744073709551617"] {
            assert!(told.contains(&format!("Number(\"{digits}\")")), "{told}");
        }
        let longer = "-1234567890123456789012345678901234567890";
        assert_eq!(o.text("longer").as_deref(), Some(longer));
        let Field::Value(Json::Array(list)) = o.field("list") else {
            panic!("a list")
        };
        let inner = list[1].as_object().and_then(|inner| inner.text("long"));
        assert_eq!(inner.as_deref(), Some("99999999999999999999"));
        assert_eq!(o.text("1").as_deref(), Some("-1.5"));
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
            ("{\"a\":1e999}", "broken JSON, in line 1 at column 10"),
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
