//! What the services that hand out temporary keys have in common: the role that is assumed, and the key in an
//! answer's object.

use chrono::{DateTime, Utc};

use super::body;
use super::lenient::Object;
use crate::credentials::{Credential, KnownSecrets, Temporary};
use crate::error::Error;
use crate::model::instant::epoch_text;

/// A role to be assumed.
#[derive(Debug, Clone, Default)]
pub struct Role {
    /// Its name in the vendor's form.
    pub arn: String,
    /// What the vendor's audit log calls this use of it; certcheck's own name, unless the user has another.
    pub session: Option<String>,
    /// How long the key is to be good for, in seconds; the vendor's own default, unless the user has another.
    pub seconds: Option<String>,
    /// A policy that narrows what the role may do.
    pub policy: Option<String>,
    /// What the owner of the role wants to hear from others who use it.
    pub external_id: Option<String>,
}

impl Role {
    /// What a request says of it, under the names that both vendors use; `others` stand beside it.
    pub fn parameters<'a>(
        &'a self,
        others: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Vec<(&'a str, &'a str)> {
        let optional = [
            ("DurationSeconds", &self.seconds),
            ("Policy", &self.policy),
            ("ExternalId", &self.external_id),
        ];
        let given = optional
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_deref()?)));
        let session = self.session.as_deref().unwrap_or("certcheck");
        [("RoleArn", self.arn.as_str()), ("RoleSessionName", session)]
            .into_iter()
            .chain(given)
            .chain(others)
            .collect()
    }
}

/// The key in an object, under the names of its id, its secret and its token; none of them may be missing. It is
/// learned at once, so that nothing that is said of the answer can repeat it.
pub fn key(
    object: &Object,
    names: [&str; 3],
    expires: Option<DateTime<Utc>>,
    known: &KnownSecrets,
) -> Result<Temporary, Error> {
    let [id, secret, token] = names.map(|name| object.text(name));
    [&secret, &token]
        .into_iter()
        .flatten()
        .for_each(|text| known.learn(text));
    id.iter().for_each(|text| known.learn_id(text));
    match (id, secret, token) {
        (Some(id), Some(secret), Some(token)) => Ok(Temporary {
            credential: Credential::new(id, secret, Some(token)),
            expires,
        }),
        _ => {
            let what = format!("a key without one of {}", names.join(", "));
            Err(body::wrong_shape(&what))
        }
    }
}

/// When a key stops being good: `2026-11-22T09:00:00Z`, with a fraction or without, or Unix seconds. What cannot be
/// read is no reason to refuse the key: it is only not renewed.
pub fn moment(object: &Object, name: &str) -> Option<DateTime<Utc>> {
    let text = object.text(name)?;
    let written = DateTime::parse_from_rfc3339(&text).ok();
    written
        .map(|moment| moment.with_timezone(&Utc))
        .or_else(|| epoch_text(&text))
}
