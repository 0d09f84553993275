//! Where the key of a PBX is: in variables of ours, since no other tool keeps one, or in the user's head.

use crate::adapters::credential_chain::{CredentialSource, KeySearch, Lookup, LookupResult};
use crate::credentials::{Credential, KeyVariables, Typing};
use crate::error::Error;

/// All places, in the order of the search.
pub const SOURCES: &[CredentialSource] = &[
    CredentialSource::Variables(&[KeyVariables {
        id: "CERTCHECK_PBX_CLIENT_ID",
        secret: "CERTCHECK_PBX_CLIENT_SECRET",
        tokens: &[],
        temporary_prefix: None,
    }]),
    CredentialSource::Other(terminal),
];

fn terminal(search: &KeySearch<'_>) -> Result<Lookup, Error> {
    let at = "an interactive prompt";
    let id = search.sources.typed("the PBX's client ID", Typing::Shown)?;
    let Some(id) = id else {
        return Ok(Lookup::new(at, LookupResult::Nothing));
    };
    let secret = search.sources.typed("its client secret", Typing::Hidden)?;
    let key = secret.map(|secret| Credential::new(id, secret, None));
    Ok(Lookup::key(at, key))
}
