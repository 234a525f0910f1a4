//! [`Catalog`]: the types that come with the program, by the addresses under which they were published.
//!
//! They are DSL text like any other (`assets/types`) and take part only where a blueprint imports them: published
//! addresses are answered before any network, so that published blueprints read offline; a file that lies beside the
//! blueprint is always the blueprint's own. Does not resolve types.

mod address;
mod files;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use address::Address;
use files::{BASIC, Basic, Entry, FILES};

use crate::diag::Source;
use crate::dsl::{FileError, Files, edition_of};

/// The address under which the basic types are imported.
const BASIC_ADDRESS: &str = "cloudify/types/types.yaml";

/// The built-in type files.
#[derive(Clone, Debug)]
pub struct Catalog {
    basic: &'static [Basic],
    files: &'static [Entry],
}

impl Entry {
    /// What a blueprint writes to import it.
    fn import(&self) -> String {
        self.plugins.first().map_or_else(|| self.name.to_owned(), |plugin| format!("plugin:{plugin}"))
    }

    fn answers_plugin(&self, name: &str, query: &str) -> bool {
        self.plugins.contains(&name) && address::allows(query, self.since, self.until)
    }

    fn answers(&self, address: &Address<'_>) -> bool {
        let Some(at) = address.folder(self.folders).filter(|_| address.is_file(self.file)) else {
            return false;
        };
        let before = address.before(at);
        // The specification has but one plugin of a name.
        let owned = self.owner.is_none_or(|owner| before == Some(owner) || before == Some("spec"));
        let version = address.version(at + 1);
        owned && version.is_none_or(|v| self.since <= v && self.until.is_none_or(|until| v < until))
    }
}

impl Catalog {
    /// The types that come with the program.
    pub fn built_in() -> Self {
        Self { basic: BASIC, files: FILES }
    }

    /// The type file that was published under `address`, for a blueprint of the newest version of the DSL: an address
    /// of the specification, of a plugin's repository, `cloudify/types/types.yaml` or `plugin:NAME`.
    pub fn file(&self, address: &str) -> Option<Source> {
        self.file_for(address, None)
    }

    /// Like [`Self::file`] for a blueprint of `cloudify_dsl_1_MINOR`: of the basic types it gets the newest that it can
    /// import.
    pub fn file_for(&self, address: &str, minor: Option<u32>) -> Option<Source> {
        if let Some(named) = self.named(address) {
            return Some(named);
        }
        if let Some(plugin) = address.strip_prefix("plugin:") {
            let (name, query) = plugin.split_once('?').unwrap_or((plugin, ""));
            let by_name = || self.files.iter().find(|entry| entry.plugins.contains(&name));
            let entry = self.files.iter().find(|entry| entry.answers_plugin(name, query)).or_else(by_name)?;
            return Some(Source::new(entry.name, entry.text));
        }
        let parts = Address::of(address)?;
        if parts.is_file(&["types"]) {
            let basic = self.basic(
                &parts,
                edition_of(address).map_or(minor, |own| Some(own.min(minor.unwrap_or(own)))),
            )?;
            return Some(Source::new(basic.name, basic.text));
        }
        let entry = self.files.iter().find(|entry| entry.answers(&parts))?;
        Some(Source::new(entry.name, entry.text))
    }

    fn named(&self, name: &str) -> Option<Source> {
        let basic = self.basic.iter().map(|entry| (entry.name, entry.text));
        let mut all = basic.chain(self.files.iter().map(|entry| (entry.name, entry.text)));
        all.find(|(known, _)| *known == name).map(|(name, text)| Source::new(name, text))
    }

    /// The basic types of a release, or the newest that a blueprint of that version can import.
    fn basic(&self, address: &Address<'_>, minor: Option<u32>) -> Option<&'static Basic> {
        let release = address.release();
        if release.is_none() && !address.ends_in(&["cloudify", "types"]) {
            return None;
        }
        // A copy in the manager's repository.
        let release = release.or_else(|| address.version(0));
        self.basic.iter().find(|basic| {
            release.is_none_or(|release| basic.since <= release)
                && minor.is_none_or(|minor| basic.minor <= minor)
        })
    }

    /// Every type file by name with the address to import it: the basic types, the current files, superseded ones.
    pub(super) fn importable(&self) -> Vec<(&'static str, String)> {
        let basic = self.basic.first().map(|basic| (basic.name, BASIC_ADDRESS.to_owned()));
        let (old, current): (Vec<&Entry>, Vec<_>) = self.files.iter().partition(|entry| entry.superseded);
        let files = current.into_iter().chain(old).map(|entry| {
            // The name that is its own.
            let own = entry
                .plugins
                .iter()
                .find(|name| self.file(&format!("plugin:{name}")).is_some_and(|s| *s.name == *entry.name));
            (entry.name, own.map_or_else(|| entry.import(), |name| format!("plugin:{name}")))
        });
        let mut seen = HashSet::new();
        basic.into_iter().chain(files).filter(|(name, _)| seen.insert(*name)).collect()
    }

    /// What a blueprint can import of it, the current files before superseded ones.
    pub fn addresses(&self) -> Vec<String> {
        self.importable().into_iter().map(|(_, address)| address).collect()
    }

    /// The address under which the basic types are imported.
    pub(super) fn basic_address(&self) -> &'static str {
        BASIC_ADDRESS
    }

    /// The address to import for a type of that name, for hints.
    pub fn address_of(&self, type_name: &str) -> Option<String> {
        static IMPORTS: LazyLock<HashMap<&'static str, String>> =
            LazyLock::new(|| Catalog::built_in().imports());
        IMPORTS.get(type_name).cloned()
    }

    /// Names of types and relationships, with what to import for each.
    fn imports(&self) -> HashMap<&'static str, String> {
        let mut all = HashMap::new();
        for (name, import) in self.importable() {
            let basic = self.basic.iter().filter(|entry| entry.name == name).map(|entry| entry.text);
            let texts =
                basic.chain(self.files.iter().filter(|entry| entry.name == name).map(|entry| entry.text));
            // An entity of a section stands two blanks in, alone on its line.
            let entities =
                texts.flat_map(str::lines).filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':'));
            for entity in entities.filter(|entity| !entity.starts_with([' ', '#'])) {
                all.entry(entity).or_insert_with(|| import.clone());
            }
        }
        all
    }

    /// `files`, with this catalog answering for what was published.
    pub fn before<'a>(&'a self, files: &'a dyn Files) -> WithCatalog<'a> {
        WithCatalog { catalog: self, files }
    }
}

/// Files behind a [`Catalog`].
#[derive(Clone, Copy)]
pub struct WithCatalog<'a> {
    catalog: &'a Catalog,
    files: &'a dyn Files,
}

impl Files for WithCatalog<'_> {
    fn read(&self, address: &str, from: &str) -> Result<Source, FileError> {
        self.read_for(address, from, None)
    }

    fn read_for(&self, address: &str, from: &str, minor: Option<u32>) -> Result<Source, FileError> {
        let published = || self.catalog.file_for(address, minor);
        if address::is_relative(address) {
            match self.files.read_for(address, from, minor) {
                Err(FileError::NotFound) => published().ok_or(FileError::NotFound),
                found => found,
            }
        } else {
            published().map_or_else(|| self.files.read_for(address, from, minor), Ok)
        }
    }

    fn exists(&self, path: &str) -> bool {
        self.files.exists(path)
    }
}

#[cfg(test)]
mod tests;
