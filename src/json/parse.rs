//! Parses one JSON text. Its errors quote nothing of the text.

use serde::Deserialize;
use serde_json::error::Category;

use super::deserialize::{Level, MOST_VALUES, TOO_DEEP, TOO_MANY};
use super::value::Json;
use crate::error::{Error, Kind};

/// Reads one JSON text.
pub fn parse(bytes: &[u8]) -> Result<Json, Error> {
    let text = text(bytes)?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Level::<0, MOST_VALUES>::deserialize(&mut deserializer);
    let value = value.map_err(|error| unreadable(&error))?;
    deserializer.end().map_err(|error| unreadable(&error))?;
    Ok(value.of(text.as_bytes()))
}

pub fn text(bytes: &[u8]) -> Result<&str, Error> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        Error::new(
            Kind::Protocol,
            format!("not UTF-8 from byte {} on", error.valid_up_to()),
        )
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

pub fn unreadable(error: &serde_json::Error) -> Error {
    let (line, column) = (error.line(), error.column());
    let at = |what: &str| format!("{what}, in line {line} at column {column}");
    let what = match error.classify() {
        Category::Eof => "JSON that ends too early".to_owned(),
        Category::Data if error.to_string().starts_with(TOO_DEEP) => at(TOO_DEEP),
        Category::Data if error.to_string().starts_with(TOO_MANY) => at(TOO_MANY),
        Category::Data => at("broken JSON"),
        // The first character is wrong: the input is an HTML page, a log or something else.
        _ if (line, column) <= (1, 1) => "not JSON".to_owned(),
        Category::Syntax | Category::Io => at("broken JSON"),
    };
    Error::new(Kind::Protocol, what)
}

#[cfg(test)]
mod tests {
    use super::super::deserialize::MOST_SAVED_VALUES;
    use super::*;
    use crate::json::{Field, Object, stream};

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
    fn f01_a_saved_list_may_have_more_values_than_one_answer() {
        let list = |values: usize| format!("{{\"list\":[0{}]}}", ",0".repeat(values));
        let is_read = |values| stream(list(values).as_bytes()).iter().all(Result::is_ok);
        assert!(is_read(MOST_VALUES));
        assert!(!is_read(MOST_SAVED_VALUES));
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
