//! A request and an answer as values, and the small readings every service needs.
//!
//! Owns: splitting a target, decoding a query, building an answer. Knows no service and no socket.

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::CANARY;

/// A request as it arrived.
pub(super) struct Call {
    pub method: String,
    /// As on the wire; `path` and `query` are its two halves, still encoded.
    pub target: String,
    pub path: String,
    pub query: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Call {
    pub fn new(
        method: String,
        target: String,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    ) -> Call {
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path.to_owned(), query.to_owned()),
            None => (target.clone(), String::new()),
        };
        Call {
            method,
            target,
            path,
            query,
            headers,
            body,
        }
    }

    /// The first value of a header, blanks around it removed.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.trim())
    }

    /// A decoded query value; `+` is a plus sign, as none of the five speaks form encoding there.
    pub fn parameter(&self, name: &str) -> Option<String> {
        pairs(&self.query, false)
            .into_iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
    }
}

/// A record as text, as on the wire; `CANARY` in it stands for that word. What is the same in every answer weighs in
/// the binary a tenth of what it does put together member by member.
pub(super) fn fixed(text: &str) -> Value {
    serde_json::from_str(&text.replace("CANARY", CANARY)).unwrap_or_default()
}

/// Sets members of a record.
pub(super) fn amend(record: &mut Value, changes: Value) {
    if let (Value::Object(members), Value::Object(changes)) = (record, changes) {
        members.extend(changes);
    }
}

/// The decoded pairs of a query, in their order on the wire.
pub(super) fn pairs(query: &str, plus_is_blank: bool) -> Vec<(String, String)> {
    let decode = |text: &str| {
        let text = if plus_is_blank {
            text.replace('+', " ")
        } else {
            text.to_owned()
        };
        percent_decode_str(&text).decode_utf8_lossy().into_owned()
    };
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect()
}

/// An answer before it is delivered.
pub(super) struct Answer {
    pub status: u16,
    pub content_type: &'static str,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// For [`super::Seen::outcome`].
    pub outcome: String,
    /// Whether the caller got past the gateway: only then a fault of the service behind it shows.
    pub admitted: bool,
}

impl Answer {
    /// An answer with the service's data.
    pub fn good(content_type: &'static str, body: impl Into<Vec<u8>>) -> Answer {
        Answer {
            status: 200,
            content_type,
            headers: Vec::new(),
            body: body.into(),
            outcome: "ok".to_owned(),
            admitted: true,
        }
    }

    /// An answer that says no, with its code; given by the service unless `at_the_gate` is called.
    pub fn refusal(
        status: u16,
        content_type: &'static str,
        code: impl Into<String>,
        body: &Value,
    ) -> Answer {
        Answer {
            status,
            outcome: code.into(),
            ..Answer::good(content_type, body.to_string())
        }
    }

    /// A page of HTML, as proxies and front ends give it.
    pub fn page(status: u16, text: &str) -> Answer {
        let body = format!(
            "<html><head><title>{text}</title></head><body><h1>{text}</h1>\
             <p>A page of the certcheck sandbox, not JSON.</p></body></html>\n"
        );
        Answer {
            status,
            outcome: format!("page {status}"),
            ..Answer::good("text/html", body)
        }
    }

    /// Marks a refusal as one of the gateway: the caller was not let in.
    pub fn at_the_gate(mut self) -> Answer {
        self.admitted = false;
        self
    }

    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Answer {
        self.headers.push((name, value.into()));
        self
    }
}

/// What a request is about, read before it is judged; decides which fault applies.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct About {
    pub action: String,
    pub id: Option<String>,
    pub asks: Asks,
}

/// What a request asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Asks {
    /// One certificate.
    Certificate,
    /// A list.
    List,
    /// A key, of a service that stands at the same door.
    Keys,
    /// A token of the service itself, say.
    #[default]
    Other,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_decoded_once_and_nothing_in_it_can_fail() {
        assert_eq!(
            pairs("a=%2541&b&=c&&d=%zz&e=%FF+x", false),
            [
                ("a", "%41"),
                ("b", ""),
                ("", "c"),
                ("d", "%zz"),
                ("e", "\u{fffd}+x")
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
        assert_eq!(pairs("a=b+c", true), [("a".to_owned(), "b c".to_owned())]);
    }
}
