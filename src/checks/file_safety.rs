//! What a file may only say while nobody else can read it, or change it.

use std::io::Read as _;
use std::path::Path;

use crate::adapters::Provider;
use crate::adapters::credential_chain::CredentialSource;
use crate::config::{AccountConfig, Diagnostic, LARGEST, Whose};
use crate::credentials::Exposure;
use crate::flags::connection::PROXY;
use crate::world::World;

/// Refuses an account that says more than its file may, or less than a key takes. The file is given by its path and as it
/// was read.
pub fn may_hold(
    account: &AccountConfig,
    provider: &Provider,
    (path, bytes): (&Path, &[u8]),
    world: &World,
) -> Result<(), Diagnostic> {
    let proxy = account.section.get(&PROXY.spec.key());
    let secret = proxy.filter(|proxy| proxy.values.iter().any(|value| value.text.contains('@')));
    if let Some(proxy) = secret
        && (world.context.exposure)(path) == Exposure::Own
    {
        let text = "a password stands in `proxy`, and others can read this file";
        let hint = format!("run: chmod 600 {}", path.display());
        return Err(Diagnostic::new(proxy.at, text).with_hint(hint));
    }
    let files = |source: &CredentialSource| {
        matches!(
            source,
            CredentialSource::Profile(_) | CredentialSource::File(_)
        )
    };
    match &account.credentials {
        None if !provider.needs_key() || provider.sources().iter().any(files) => Ok(()),
        None => {
            let text = "`credentials` is missing: no other tool keeps a key for this provider";
            let hint = "write credentials = { env_prefix = \"\" } to take it from the variables";
            Err(Diagnostic::new(account.section.at, text).with_hint(hint))
        }
        Some(said) => match said.whose {
            Whose::Command(_) => {
                let held = nobody_else_writes_to(path, bytes, world);
                held.map_err(|(why, hint)| {
                    let text = format!("this file may not name a command: {why}");
                    Diagnostic::new(said.at, text).with_hint(hint)
                })
            }
            _ => Ok(()),
        },
    }
}

/// Who can write to the file, or put another one in its place, can have a program run as the user.
fn nobody_else_writes_to(path: &Path, bytes: &[u8], world: &World) -> Result<(), (String, String)> {
    let unknown = (
        "nobody can tell who may change it".to_owned(),
        "say `file` or `env_prefix` instead".to_owned(),
    );
    let custody = (world.context.custody)(path).unwrap_or_default();
    let Some(file) = custody.first() else {
        return Err(unknown);
    };
    // The file and its folder: in a sticky one nobody else puts another in its place.
    for kept in custody.iter().take(2) {
        let path = kept.path.display();
        if !kept.trusted {
            let text = format!("{path} belongs to somebody else");
            return Err((text, format!("run: chown \"$USER\" {path}")));
        }
        if kept.open && !kept.sticky {
            let text = format!("others can write to {path}");
            return Err((text, format!("run: chmod go-w {path}")));
        }
    }
    // What was read came from that file, and not from another one that a link led to before.
    let mut again = Vec::new();
    let read = (world.context.read_file)(&file.path, LARGEST + 1);
    let read = read.and_then(|mut opened| opened.read_to_end(&mut again));
    if read.is_ok() && again == bytes {
        Ok(())
    } else {
        Err((
            "it changed while it was read".to_owned(),
            "run it again".to_owned(),
        ))
    }
}
