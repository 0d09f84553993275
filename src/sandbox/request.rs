//! A request as it arrived, and what it is about.
//!
//! Owns: splitting a target and decoding a query. Knows no service and no socket.

use percent_encoding::percent_decode_str;

/// A request as it arrived.
pub(super) struct IncomingRequest {
    pub method: String,
    /// As on the wire; `path` and `query` are its two halves, still encoded.
    pub target: String,
    pub path: String,
    pub query: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl IncomingRequest {
    pub fn new(
        method: String,
        target: String,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    ) -> IncomingRequest {
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path.to_owned(), query.to_owned()),
            None => (target.clone(), String::new()),
        };
        IncomingRequest {
            method,
            target,
            path,
            query,
            headers,
            body,
        }
    }

    /// The first value of a header, without surrounding blanks.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.trim())
    }

    /// A decoded query value; `+` is a plus sign, as no service uses form encoding in a query.
    pub fn parameter(&self, name: &str) -> Option<String> {
        pairs(&self.query, false)
            .into_iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
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

/// What a request is about, read before it is verified; decides which fault applies.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct RequestInfo {
    pub action: String,
    /// The certificate ID.
    pub id: Option<String>,
    pub kind: RequestKind,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum RequestKind {
    /// One certificate.
    Certificate,
    /// A list.
    List,
    /// A temporary key, from STS or instance metadata.
    Key,
    /// A token of the service itself, for example.
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
