//! What an error record is to say, and how it is checked.

use certcheck::sandbox::{CANARY, Emulator, Sandbox};
use serde_json::Value;

/// What an error record is to say.
pub struct Expected<'a> {
    pub kind: &'a str,
    /// The provider's own code; `Null` where the answer has none.
    pub code: Value,
    pub http_status: Value,
    pub attempts: u32,
}

/// A record of the right kind, with all that a user needs to act.
pub fn check(error: &Value, service: &'static Emulator, id: &str, expected: &Expected<'_>) {
    assert_eq!(error["provider"], service.name, "{error}");
    assert_eq!(error["id"], id, "{error}");
    assert_eq!(error["kind"], expected.kind, "{error}");
    assert_eq!(error["code"], expected.code, "{error}");
    assert_eq!(error["http_status"], expected.http_status, "{error}");
    assert_eq!(error["attempts"], expected.attempts, "{error}");
    let retryable = matches!(expected.kind, "throttled" | "unavailable" | "network");
    assert_eq!(error["retryable"], retryable, "{error}");
    let message = error["message"].as_str().unwrap_or_default();
    assert!(!message.is_empty() && !message.contains(CANARY), "{error}");
    assert!(
        error["hint"].as_str().is_some_and(|hint| !hint.is_empty()),
        "{error}"
    );
    let names_the_request = error["request_id"]
        .as_str()
        .is_some_and(|id| id.len() >= 32);
    let has_one = expected.code.is_string() && service != Emulator::PBX;
    assert!(names_the_request || !has_one, "{error}");
}

impl Expected<'_> {
    /// A question about credentials that was answered without a request.
    pub fn no_key() -> Expected<'static> {
        Expected {
            kind: "credentials",
            code: Value::Null,
            http_status: Value::Null,
            attempts: 0,
        }
    }
}

/// Nothing was sent.
pub fn silent(sandbox: &Sandbox) {
    assert!(sandbox.seen().is_empty(), "{:?}", sandbox.seen());
}
