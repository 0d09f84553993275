//! A reply before it is delivered, and the JSON records in it.

use serde_json::Value;

use super::CANARY;

/// A reply before it is delivered.
pub(super) struct Reply {
    pub status: u16,
    pub content_type: &'static str,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// For [`super::RequestRecord::outcome`].
    pub outcome: String,
    /// The caller got past the gateway: only then a fault of the service behind it shows.
    pub admitted: bool,
}

impl Reply {
    /// A reply with the service's data.
    pub fn good(content_type: &'static str, body: impl Into<Vec<u8>>) -> Reply {
        Reply {
            status: 200,
            content_type,
            headers: Vec::new(),
            body: body.into(),
            outcome: "ok".to_owned(),
            admitted: true,
        }
    }

    /// An error reply with its code; from the service itself unless `at_the_gate` is called.
    pub fn refusal(
        status: u16,
        content_type: &'static str,
        code: impl Into<String>,
        body: &Value,
    ) -> Reply {
        Reply {
            status,
            outcome: code.into(),
            ..Reply::good(content_type, body.to_string())
        }
    }

    /// A page of HTML, as proxies and front ends send it.
    pub fn page(status: u16, text: &str) -> Reply {
        let body = format!(
            "<html><head><title>{text}</title></head><body><h1>{text}</h1>\
             <p>A page of the certcheck sandbox, not JSON.</p></body></html>\n"
        );
        Reply {
            status,
            outcome: format!("page {status}"),
            ..Reply::good("text/html", body)
        }
    }

    /// Marks a refusal as one of the gateway: the request did not reach the service.
    pub fn at_the_gate(mut self) -> Reply {
        self.admitted = false;
        self
    }

    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Reply {
        self.headers.push((name, value.into()));
        self
    }
}

/// A record from its text, in which `CANARY` stands for that word. A constant text takes a tenth of the space in the
/// binary that building the record member by member takes.
pub(super) fn fixed(text: &str) -> Value {
    serde_json::from_str(&text.replace("CANARY", CANARY)).unwrap_or_default()
}

/// Sets members of a record.
pub(super) fn amend(record: &mut Value, changes: Value) {
    if let (Value::Object(members), Value::Object(changes)) = (record, changes) {
        members.extend(changes);
    }
}
