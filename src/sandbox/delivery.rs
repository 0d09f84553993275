//! Delivery of a reply, whole or broken by a fault.
//!
//! Owns the faults that are the same at every service; those in a provider's own form stand with the service.

use super::faults::FaultKind;
use super::reply::Reply;

/// How an answer goes out.
pub(super) enum Delivery {
    /// As it is.
    Whole(Reply),
    /// As it is, piece by piece and without a length, with that many bytes of padding in front.
    Padded(Reply, usize),
    /// Half of the body, then the connection ends.
    Cut(Reply),
    /// Half of the body, then nothing for as long as the caller waits.
    Stall(Reply),
    /// The connection is reset.
    Reset,
    /// Nothing, for as long as the caller waits.
    Hang,
}

/// Far more than the 8 MiB up to which a caller may read; who reads on pays for it.
const PADDING: usize = 200 * 1024 * 1024;

/// What a text must survive on a terminal: colour, erased lines, a forged line, bidi override and
/// isolate, a C1 control sequence, DEL, a bell, a hyperlink.
pub(super) const HOSTILE: &str = "shop\u{1b}[2K\u{1b}[1A\u{1b}[32m OK \u{1b}[0m\r\n\
    forged.example  OK\n\u{202e}elpmaxe.live\u{202c}\u{2066}x\u{2069}\u{9b}31m\u{7f}\u{7}\
    \u{1b}]8;;http://127.0.0.1/\u{7}link\u{1b}]8;;\u{7}\t\u{2028}end";

/// Carries out a fault. `answer` is the good one, an empty object where the service was not asked,
/// or the refusal where a fault is told in the provider's own words.
pub(super) fn deliver(kind: &FaultKind, answer: Reply) -> Delivery {
    let whole = match kind {
        FaultKind::Hang => return Delivery::Hang,
        FaultKind::Reset => return Delivery::Reset,
        FaultKind::Cut => return Delivery::Cut(answer),
        FaultKind::Stall => return Delivery::Stall(answer),
        FaultKind::Huge => return Delivery::Padded(answer, PADDING),
        // Someone who follows it is seen here again, with whatever he took along.
        FaultKind::Redirect => {
            Reply::page(307, "307 Temporary Redirect").with_header("location", "/elsewhere")
        }
        FaultKind::Status(code) => Reply::page(*code, &format!("{code} by request")),
        FaultKind::Busy(seconds) => {
            let page = Reply::page(429, "429 by request");
            page.with_header("retry-after", seconds.to_string())
        }
        FaultKind::Html => Reply::page(200, "Please sign in"),
        FaultKind::Empty => with_body(answer, b"{}".to_vec()),
        FaultKind::WrongShape => with_body(answer, WRONG_SHAPE.as_bytes().to_vec()),
        FaultKind::Truncated => {
            let end = answer.body.len().saturating_mul(2) / 3;
            let body = answer.body.iter().copied().take(end).collect();
            with_body(answer, body)
        }
        FaultKind::Deep => {
            let deep = format!("\"Deep\":{}{}", "[".repeat(200), "]".repeat(200));
            insert(answer, deep.as_bytes())
        }
        FaultKind::BadUtf8 => insert(answer, b"\"Name\":\"caf\xe9 \xff\""),
        // These the service has written itself.
        FaultKind::Hostile
        | FaultKind::Mismatch
        | FaultKind::Throttle
        | FaultKind::Denied
        | FaultKind::Echo
        | FaultKind::Repeat
        | FaultKind::Xml
        | FaultKind::ExpiredToken
        | FaultKind::ClockSkew(_)
        | FaultKind::List(_) => answer,
    };
    Delivery::Whole(whole)
}

/// The services' own keys with values of other kinds, for readers that trust a key.
const WRONG_SHAPE: &str = r#"{"Response":["x"],"Result":7,"certificate":[{}],"errcode":"zero",
"access_token":{},"id":[],"cert_id":{},"status":{"a":1},"Status":[],"ProductionCertInfo":"OK",
"DevelopmentCertInfo":[1],"IOS":{},"not_after":[],"data":3}"#;

fn with_body(answer: Reply, body: Vec<u8>) -> Reply {
    Reply {
        status: 200,
        body,
        ..answer
    }
}

/// Puts a member first into an object.
pub(super) fn insert(answer: Reply, member: &[u8]) -> Reply {
    let mut body = b"{".to_vec();
    body.extend_from_slice(member);
    match answer.body.strip_prefix(b"{") {
        Some(b"}") | None => body.push(b'}'),
        Some(rest) => {
            body.push(b',');
            body.extend_from_slice(rest);
        }
    }
    Reply { body, ..answer }
}
