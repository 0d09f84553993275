//! Reads defaults, accounts and checks from a document. A diagnostic does not stop the reading.

use std::collections::HashMap;

use super::document::{Data, KeyValue};
use super::schema::{KeySchema, similar};
use super::section::{SchemaReader, TableKind, TableSchema};
use super::{
    AccountConfig, CheckConfig, Config, Diagnostic, Position, ProviderSchema, Schema, Section,
    credentials,
};

/// The tables of a file.
const TABLES: [&str; 3] = ["defaults", "accounts", "checks"];

/// Reads the tables.
pub fn file(document: &[KeyValue], vocabulary: &Schema) -> (Config, Vec<Diagnostic>) {
    let mut reading = SchemaReader {
        vocabulary,
        mistakes: Vec::new(),
    };
    let mut file = Config::default();
    let named = |name: &str| document.iter().find(|entry| entry.key == name);
    if let Some(entry) = named("defaults")
        && let Some(entries) = reading.table(&entry.value, "`defaults`")
    {
        let known = TableSchema {
            place: TableKind::Defaults,
            keys: &vocabulary.defaults,
            own: &[],
        };
        file.defaults = reading.section(entry.at, entries, &known);
    }
    if let Some(entry) = named("accounts") {
        let entries = reading
            .table(&entry.value, "`accounts`")
            .unwrap_or_default();
        file.accounts = accounts(&mut reading, entries);
    }
    if let Some(entry) = named("checks") {
        for read in checks(&mut reading, entry, &file.accounts) {
            match read {
                Ok(check) => file.checks.push(check),
                Err(section) => file.unplaced.push(section),
            }
        }
    }
    let known = TableSchema {
        place: TableKind::Top,
        keys: &[],
        own: &TABLES,
    };
    // What is in it is not looked at.
    let strange = document
        .iter()
        .filter(|entry| !TABLES.contains(&entry.key.as_str()));
    let strange: Vec<Diagnostic> = strange
        .map(|entry| reading.strange(entry, &known))
        .collect();
    reading.mistakes.extend(strange);
    (file, reading.mistakes)
}

/// Keys of all providers, for a table whose provider is unknown: its other keys get no diagnostic.
fn of_all(vocabulary: &Schema, keys: fn(&ProviderSchema) -> &Vec<KeySchema>) -> Vec<KeySchema> {
    vocabulary.dialects.iter().flat_map(keys).cloned().collect()
}

fn accounts(reading: &mut SchemaReader<'_>, named: &[KeyValue]) -> Vec<AccountConfig> {
    named
        .iter()
        .filter_map(|named| {
            let entries = reading.table(&named.value, "an account")?;
            account(reading, named, entries)
        })
        .collect()
}

/// An account with an unknown provider is kept, so that its checks get no diagnostic.
fn account(
    reading: &mut SchemaReader<'_>,
    named: &KeyValue,
    entries: &[KeyValue],
) -> Option<AccountConfig> {
    let (vocabulary, before) = (reading.vocabulary, reading.mistakes.len());
    let said = reading.word(named.at, entries, "provider");
    let dialect = said.and_then(|(name, at)| {
        let names = || {
            vocabulary
                .dialects
                .iter()
                .flat_map(|dialect| &dialect.names)
        };
        let found = vocabulary.dialect(&name).ok_or_else(|| {
            let known: Vec<&str> = names().map(String::as_str).collect();
            match similar(&name, known) {
                Some(meant) => {
                    Diagnostic::new(at, format!("no such provider; did you mean `{meant}`?"))
                }
                None => Diagnostic::new(at, "no such provider"),
            }
        });
        reading.kept(found)
    });
    let every = of_all(vocabulary, |dialect| &dialect.account);
    let known = TableSchema {
        place: TableKind::Account,
        keys: dialect.map_or(&every, |dialect| &dialect.account),
        own: &["provider", "credentials"],
    };
    let mut section = reading.section(named.at, entries, &known);
    let said = entries.iter().find(|entry| entry.key == "credentials");
    let credentials = said.zip(dialect).and_then(|(entry, dialect)| {
        let read = credentials::read(entry.at, &entry.value, &dialect.credentials);
        reading.kept(read)
    });
    section.flawed = reading.mistakes.len() > before;
    let own = dialect.and_then(|dialect| dialect.names.first());
    Some(AccountConfig {
        name: named.key.clone(),
        provider: own.cloned().unwrap_or_default(),
        credentials,
        section,
    })
}

fn checks(
    reading: &mut SchemaReader<'_>,
    named: &KeyValue,
    accounts: &[AccountConfig],
) -> Vec<Result<CheckConfig, Section>> {
    let Data::List(list) = &named.value.data else {
        reading.mistake(
            named.at,
            "`checks` is not a list of tables: write [[checks]]",
        );
        return Vec::new();
    };
    let mut checks = Vec::new();
    let mut places: HashMap<String, Position> = HashMap::new();
    for node in list {
        let Some(entries) = reading.table(node, "a check") else {
            continue;
        };
        let said = reading.word(node.at, entries, "name");
        if let Some((name, at)) = &said
            && let Some(first) = places.insert(name.clone(), *at)
        {
            let text = format!("the check in line {} has the same name", first.line);
            reading.mistake(*at, text);
        }
        checks.push(check(reading, node.at, entries, accounts, said));
    }
    checks
}

fn check(
    reading: &mut SchemaReader<'_>,
    at: Position,
    entries: &[KeyValue],
    accounts: &[AccountConfig],
    name: Option<(String, Position)>,
) -> Result<CheckConfig, Section> {
    let (vocabulary, before) = (reading.vocabulary, reading.mistakes.len());
    let said = reading.word(at, entries, "account");
    let account = said.and_then(|(said, at)| {
        let place = accounts.iter().position(|account| account.name == said);
        reading.kept(place.ok_or_else(|| {
            let names = accounts.iter().map(|account| account.name.as_str());
            match similar(&said, names) {
                Some(meant) => {
                    Diagnostic::new(at, format!("no such account; did you mean `{meant}`?"))
                }
                None => Diagnostic::new(at, "no such account").with_hint("write [accounts.NAME]"),
            }
        }))
    });
    let provider = account.and_then(|place| accounts.get(place));
    let dialect = provider.and_then(|account| vocabulary.dialect(&account.provider));
    let every = of_all(vocabulary, |dialect| &dialect.check);
    let known = TableSchema {
        place: TableKind::Check,
        keys: dialect.map_or(&every, |dialect| &dialect.check),
        own: &["name", "account"],
    };
    let mut section = reading.section(at, entries, &known);
    let off = |entry: &&KeyValue| matches!(entry.value.data, Data::Switch(false));
    let says = |key: &str| entries.iter().find(|entry| entry.key == key);
    match (says("ids"), says("all").filter(|entry| !off(entry))) {
        (None, None) => reading.mistake(at, "`ids` is missing"),
        (Some(_), Some(all)) => reading.mistake(all.at, "use either `all` or `ids`"),
        _ => {}
    }
    if let Some(ids) = section.get("ids").filter(|ids| ids.values.is_empty()) {
        reading.mistake(ids.at, "`ids` is empty");
    }
    section.flawed = reading.mistakes.len() > before;
    // Without a known provider nobody can say what it lacks.
    match (name, account.filter(|_| dialect.is_some())) {
        (Some((name, _)), Some(account)) => Ok(CheckConfig {
            name,
            account,
            section,
        }),
        _ => Err(section),
    }
}
