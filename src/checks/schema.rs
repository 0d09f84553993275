//! The keys of the config file, from the flags.

use crate::adapters::credential_chain::CredentialSource;
use crate::adapters::{Provider, REGISTRY};
use crate::config::{KeySchema, ProviderSchema, Schema, ValueType};
use crate::flags::common::COMMON;
use crate::flags::{ConfigTable, FlagRef, Shape};

/// All keys.
pub fn vocabulary() -> Schema {
    Schema {
        defaults: keys(COMMON, ConfigTable::Defaults),
        dialects: REGISTRY.iter().copied().map(dialect).collect(),
    }
}

fn dialect(provider: &Provider) -> ProviderSchema {
    let mut flags = provider.all_flags();
    flags.extend(COMMON);
    ProviderSchema {
        names: vec![provider.name.to_owned(), provider.alias.to_owned()],
        account: keys(&flags, ConfigTable::Account),
        check: keys(&flags, ConfigTable::Check),
        credentials: credentials(provider),
    }
}

fn keys(flags: &[FlagRef], table: ConfigTable) -> Vec<KeySchema> {
    let specs = flags.iter().map(|flag| flag.spec());
    let allowed = specs.filter(|spec| spec.sections.contains(&table));
    let keys = allowed.map(|spec| KeySchema {
        name: spec.key(),
        form: match spec.shape {
            Shape::Switch | Shape::Count => ValueType::Switch,
            Shape::One | Shape::Optional => ValueType::One,
            Shape::Path => ValueType::Path,
            Shape::Repeated | Shape::List => ValueType::Several,
            Shape::Pairs => ValueType::Pairs,
        },
    });
    keys.collect()
}

/// The sources of keys that an account can name.
fn credentials(provider: &Provider) -> Vec<String> {
    let has = |is: fn(&CredentialSource) -> bool| provider.sources().iter().any(is);
    let profile = has(|source| matches!(source, CredentialSource::Profile(_))).then_some("profile");
    let role =
        has(|source| matches!(source, CredentialSource::Instance(_))).then_some("instance_role");
    let sources = ["env_prefix", "file", "command"].map(Some);
    let sources = [profile, role].into_iter().chain(sources).flatten();
    sources.map(str::to_owned).collect()
}
