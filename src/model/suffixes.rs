//! Names below which anybody can register a domain (`co.uk`, `com.cn`): a wildcard there covers what is not its owner's.
//!
//! Of the Public Suffix List only the ICANN part counts. Its private part names services whose customers get a name, and
//! such a service does hold the wildcard of them all.

use super::suffix_hashes::HASHES;

/// True if a canonical name of two labels or more is a public suffix. A hash that is equal by chance makes one of a name
/// that is none: then a certificate is not taken for replaced, which errs on the safe side.
pub fn is_public_suffix(name: &str) -> bool {
    let under_wildcard = || {
        let parent = name.split_once('.').map(|(_, parent)| parent);
        parent.is_some_and(|parent| is_rule("*.", parent))
    };
    is_rule("", name) || (under_wildcard() && !is_rule("!", name))
}

fn is_rule(mark: &str, name: &str) -> bool {
    let bytes = mark.bytes().chain(name.bytes());
    HASHES.binary_search(&fnv1a(bytes)).is_ok()
}

fn fnv1a(bytes: impl Iterator<Item = u8>) -> u32 {
    let mix = |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    bytes.fold(0x811c_9dc5, mix)
}
