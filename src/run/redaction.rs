//! Redaction of results: text from outside is freed of every known secret, and only then shortened.

use crate::error::Error;
use crate::model::{Facts, Note, Scalar};
use crate::redact::KnownSecrets;
use crate::render::text::shortened;

/// Longest error message, in characters; a provider's own text can be a page.
const LONGEST_MESSAGE: usize = 600;

/// The details that are sentences.
const PROSE: [&str; 2] = ["status_message", "revoke_reason"];

/// Takes secrets out once all is judged: what is compared is what the service said.
pub fn redact_facts(known: &KnownSecrets, facts: &mut Facts, asked: Option<&str>) {
    let mut notes = std::mem::take(&mut facts.notes);
    let given = facts.id.take_if(|id| asked == Some(id.as_str()));
    for text in facts.texts_mut() {
        if let Some(clean) = known.field(text) {
            *text = clean;
        }
    }
    for (name, value) in facts.details.iter_mut() {
        let clean = match value {
            Scalar::Text(text) if PROSE.contains(&name) => known.scrubbed(text),
            Scalar::Text(_) => None,
            Scalar::Number(number) => known.field(&number.to_string()),
        };
        if let Some(clean) = clean {
            *value = Scalar::Text(clean);
        }
    }
    for text in notes.iter_mut().flat_map(Note::texts_mut) {
        if let Some(clean) = known.scrubbed(text) {
            *text = clean;
        }
    }
    let given = given.map(|id| known.given(&id).unwrap_or(id));
    facts.id = given.or(facts.id.take());
    facts.notes = notes;
}

/// An error as it may be shown, and no longer than anybody reads.
pub fn redact_error(known: &KnownSecrets, error: &Error) -> Error {
    let mut error = known.freed(error);
    error.message = shortened(error.message.trim(), LONGEST_MESSAGE);
    error.code = error.code.map(|text| shortened(&text, 120));
    error.request_id = error.request_id.map(|text| shortened(&text, 120));
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_that_an_answer_gave_holds_no_secret() {
        let known = KnownSecrets::default();
        known.learn("canary0123456789");
        let mut facts = Facts {
            scope: Some("site canary0123456789".to_owned()),
            ..Facts::default()
        };
        redact_facts(&known, &mut facts, None);
        assert_eq!(facts.scope.as_deref(), Some("site [secret]"));
    }
}
