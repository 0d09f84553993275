//! INI files, as the vendors' tools read them: keys before `=`, whole-line comments, nothing else. A `%` is a `%`
//! (Python's reader would take it for a reference), and quotes are part of a value.

use configparser::ini::{Ini, IniDefault};

/// The names and values of a section, in no order; nothing where there is no such section.
pub type IniSection = Vec<(String, String)>;

/// One section of an INI text. Where `#` cannot be part of a value, what follows it is a comment.
pub fn section(text: &str, name: &str, hash_ends: bool) -> Result<Option<IniSection>, String> {
    let mut rules = IniDefault::default();
    // What stands above all sections belongs to none.
    rules.default_section = String::new();
    rules.inline_comment_symbols = Some(vec!['#']);
    rules.enable_inline_comments = hash_ends;
    rules.case_sensitive = true;
    let mut ini = Ini::new_from_defaults(rules);
    // Its own words name places of the text, never what stands there; a line's number is of little help.
    let mut sections = ini
        .read(text.to_owned())
        .map_err(|_| "it is not an INI file".to_owned())?;
    let words = sections.remove(name).map(|words| {
        let set = words
            .into_iter()
            .filter_map(|(key, value)| Some((key, value?)));
        set.collect()
    });
    Ok(words)
}
