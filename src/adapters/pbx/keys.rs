//! Where the key of a PBX is: in variables of ours, since no other tool keeps one, or in the user's head.

use crate::adapters::keys::{Found, Looked, Place, Search};
use crate::credentials::{Credential, KeyVariables, Typing};
use crate::error::Error;

/// All places, in the order of the search.
pub const PLACES: &[Place] = &[
    Place::Variables(&[KeyVariables {
        id: "CERTCHECK_PBX_CLIENT_ID",
        secret: "CERTCHECK_PBX_CLIENT_SECRET",
        tokens: &[],
        temporary_prefix: None,
    }]),
    Place::Other(terminal),
];

fn terminal(search: &Search<'_>) -> Result<Looked, Error> {
    let at = "an interactive prompt";
    let id = search.sources.typed("the PBX's client ID", Typing::Shown)?;
    let Some(id) = id else {
        return Ok(Looked::new(at, Found::Nothing));
    };
    let secret = search.sources.typed("its client secret", Typing::Hidden)?;
    let key = secret.map(|secret| Credential::new(id, secret, None));
    Ok(Looked::key(at, key))
}
