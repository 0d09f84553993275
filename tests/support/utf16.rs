//! Text in UTF-16 with a byte-order mark.

/// Little-endian, as `>` in PowerShell writes it.
pub fn utf16_le(text: &str) -> Vec<u8> {
    units(text).flat_map(u16::to_le_bytes).collect()
}

pub fn utf16_be(text: &str) -> Vec<u8> {
    units(text).flat_map(u16::to_be_bytes).collect()
}

fn units(text: &str) -> impl Iterator<Item = u16> {
    std::iter::once(0xfeff).chain(text.encode_utf16())
}
