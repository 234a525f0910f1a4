//! Addresses under which types were published: which file, of which repository, of which version.

/// The first two numbers of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version(pub u32, pub u32);

impl Version {
    /// `1.4` of `1.4`, `v1.4.2` or `1.4.zip`; none of what begins with no number.
    pub fn of(text: &str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let mut numbers = text.split(['.', '-', '+']).map_while(|part| part.parse().ok());
        Some(Self(numbers.next()?, numbers.next().unwrap_or(0)))
    }
}

/// An address, taken apart.
pub(super) struct Address<'a> {
    folders: Vec<&'a str>,
    file: &'a str,
    /// Whether it is looked for in the blueprint's own folder.
    pub relative: bool,
}

impl<'a> Address<'a> {
    /// Of an import that names a file; a version of the DSL in the file's name (`plugin_1_4.yaml`) is left out.
    pub fn of(text: &'a str) -> Option<Self> {
        let plain = text.split_once("://").map_or(text, |(_, rest)| rest);
        let relative = is_relative(text);
        let mut folders: Vec<&str> = plain.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
        let name = folders.pop()?.strip_suffix(".yaml")?;
        let file = match name.rsplit_once("_1_") {
            Some((file, minor)) if minor.len() == 1 && minor.bytes().all(|byte| byte.is_ascii_digit()) => {
                file
            }
            _ => name,
        };
        Some(Self { folders, file, relative })
    }

    /// Whether it is one of these files.
    pub fn is_file(&self, names: &[&str]) -> bool {
        names.contains(&self.file)
    }

    /// The version that stands in it, behind the folder at `from`.
    pub fn version(&self, from: usize) -> Option<Version> {
        self.folders.get(from..)?.iter().rev().find_map(|folder| Version::of(folder))
    }

    /// Where one of these folders stands in it. In the blueprint's own folder plugins lie in `plugins`.
    pub fn folder(&self, names: &[&str]) -> Option<usize> {
        if self.relative {
            let at = self.folders.len().checked_sub(1)?;
            let inside = at > 0 && self.folders.get(at - 1) == Some(&"plugins");
            return self.folders.last().filter(|last| inside && names.contains(last)).map(|_| at);
        }
        self.folders.iter().rposition(|folder| names.contains(folder))
    }

    /// What stands before the folder at `at`: the owner of a repository, `spec`, `plugins`.
    pub fn before(&self, at: usize) -> Option<&'a str> {
        self.folders.get(at.checked_sub(1)?).copied()
    }

    /// Whether its folders end in these.
    pub fn ends_in(&self, folders: &[&str]) -> bool {
        self.folders.ends_with(folders)
    }

    /// The release of `spec/cloudify/RELEASE/types.yaml`.
    pub fn release(&self) -> Option<Version> {
        match self.folders.as_slice() {
            [.., "spec", "cloudify", release] => Some(Version::of(release).unwrap_or(Version(7, 0))),
            _ => None,
        }
    }
}

/// Whether an address names a file beside the blueprint: no scheme, no root.
pub(super) fn is_relative(address: &str) -> bool {
    let scheme = address.split_once(':').is_some_and(|(scheme, _)| scheme.len() > 1 && !scheme.contains('/'));
    !scheme && !address.starts_with('/')
}

/// Whether a version from `since` until before `until` can be what `query` asks for: `version=>=1.2,<2`.
pub(super) fn allows(query: &str, since: Version, until: Option<Version>) -> bool {
    let Some((_, asked)) = query.split('&').find_map(|part| part.split_once("version=")) else { return true };
    asked.split(',').map(str::trim).filter(|part| !part.is_empty()).all(|part| {
        let number = part.trim_start_matches(['<', '>', '=', '!', '~', ' ']);
        let Some(version) = Version::of(number) else { return true };
        let ours = |version| since <= version && until.is_none_or(|until| version < until);
        match part[..part.len() - number.len()].trim() {
            ">" | ">=" => until.is_none_or(|until| until > version),
            "<" => since < version,
            "<=" => since <= version,
            "!=" => true,
            _ => ours(version),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_their_first_two_numbers() {
        assert_eq!(Version::of("1.4.2"), Some(Version(1, 4)));
        assert_eq!(Version::of("v3"), Some(Version(3, 0)));
        assert_eq!(Version::of("3.4m1"), Some(Version(3, 0)));
        assert_eq!(Version::of("master"), None);
    }

    #[test]
    fn queries_choose_versions() {
        let (old, new) = (Version(0, 0), Version(3, 0));
        for (query, of_old, of_new) in [
            ("", true, true),
            ("version=1.4", true, false),
            ("version=>=3.0,<4", false, true),
            ("version=>=2.9", true, true),
            ("version=<3.0", true, false),
            ("version= >= 1.4", true, true),
            ("min_agent=4&version=3.3.9", false, true),
        ] {
            assert_eq!(allows(query, old, Some(new)), of_old, "{query}");
            assert_eq!(allows(query, new, None), of_new, "{query}");
        }
    }

    #[test]
    fn relative_addresses_have_neither_scheme_nor_root() {
        assert!(is_relative("plugins/swarm/plugin.yaml") && is_relative("./a.yaml"));
        assert!(!is_relative("https://x/y.yaml") && !is_relative("plugin:swarm") && !is_relative("/a.yaml"));
    }
}
