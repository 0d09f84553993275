//! `docs/flags.md` is made from the table of flags.

use std::fmt::Write as _;
use std::path::Path;

use certcheck::adapters::REGISTRY;
use certcheck::flags::common::COMMON;
use certcheck::flags::sandbox::SANDBOX_FLAGS;
use certcheck::flags::{ConfigTable, FlagRef, Shape, Spec};

const HEAD: &str = "\
# Flags, variables and keys of the config file

This page is made from the table of flags: `SNAPSHOTS=overwrite cargo test --test snapshots reference`. A flag beats its
variable; a variable beats the config file; there a check beats its account, and an account the defaults. `certcheck config
show` prints each value with its source. Saved answers (`--from`) come from nowhere: the variables that say where requests go
play no part.
";

fn row(spec: &Spec) -> String {
    let short = spec
        .short
        .map_or(String::new(), |short| format!("`-{short}`, "));
    let alias = spec
        .alias
        .map_or(String::new(), |alias| format!(", `--{alias}`"));
    let value = match spec.shape {
        Shape::Switch | Shape::Count => String::new(),
        Shape::Optional => format!("[={}]", spec.value_name),
        _ => format!(" {}", spec.value_name),
    };
    let variables = spec.variables.iter().map(|name| format!("`{name}`"));
    let tables = spec.sections.iter().map(|table| match table {
        ConfigTable::Defaults => "defaults",
        ConfigTable::Account => "account",
        ConfigTable::Check => "check",
    });
    let tables = tables.collect::<Vec<_>>().join(", ");
    let key = if tables.is_empty() {
        String::new()
    } else {
        format!("`{}` ({tables})", spec.key())
    };
    let words = spec
        .words
        .map_or(String::new(), |words| format!(": {}", words()));
    let choices = if spec.choices.is_empty() {
        String::new()
    } else {
        format!(": {}", spec.choices.join(", "))
    };
    let default = match (spec.default, spec.default_means) {
        (default, "") => default.to_owned(),
        (default, means) => format!("{default}: {means}"),
    };
    let cells = [
        format!("{short}`--{}{value}`{alias}", spec.name),
        variables.collect::<Vec<_>>().join(", "),
        key,
        default,
        format!("{}{words}{choices}", spec.help),
    ];
    let cells = cells.map(|cell| cell.replace('|', "\\|"));
    format!("| {} |\n", cells.join(" | "))
}

fn table<'a>(page: &mut String, title: &str, flags: impl IntoIterator<Item = &'a FlagRef>) {
    let _ = write!(
        page,
        "\n## {title}\n\n| flag | variable | config file | default | meaning |\n| --- | --- | --- | --- | --- |\n"
    );
    for flag in flags {
        page.push_str(&row(flag.spec()));
    }
}

#[test]
fn the_page_of_the_flags_is_made_from_their_table() {
    let mut page = HEAD.to_owned();
    table(&mut page, "Every command", COMMON);
    for provider in REGISTRY {
        let title = format!("`certcheck {}`", provider.name);
        table(&mut page, &title, &provider.all_flags());
    }
    table(&mut page, "`certcheck sandbox`", SANDBOX_FLAGS);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/flags.md");
    if std::env::var_os("SNAPSHOTS").is_some_and(|value| value == "overwrite") {
        std::fs::write(&path, &page).expect("docs/ can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == page,
        "docs/flags.md is not up to date: SNAPSHOTS=overwrite makes it anew"
    );
}
