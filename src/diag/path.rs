//! [`Path`], the address of anything in a blueprint: `node_templates.web.properties.port`.
//!
//! Does not know what stands at an address, nor in which file; see [`super::SourceMap`] for that.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// One step of a [`Path`]: a key of a map or an index of a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Segment {
    /// Index into a list, from 0.
    Index(usize),
    /// Key of a map.
    Key(Arc<str>),
}

/// The address of a value, from the top of its document.
///
/// Prints as `node_templates.web.relationships[0].target`; a key that holds a dot, a bracket or a quote is
/// printed in brackets and quotes: `node_types["cloudify.nodes.Root"]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Path(Vec<Segment>);

impl Path {
    /// The top of the document.
    pub fn root() -> Self {
        Self::default()
    }

    /// A path of keys only.
    pub fn of<I, S>(keys: I) -> Self
    where
        I: IntoIterator<Item = S>,
        S: AsRef<str>,
    {
        Self(keys.into_iter().map(|key| Segment::Key(Arc::from(key.as_ref()))).collect())
    }

    /// This path, one key deeper.
    #[must_use]
    pub fn key(&self, key: impl AsRef<str>) -> Self {
        let mut segments = self.0.clone();
        segments.push(Segment::Key(Arc::from(key.as_ref())));
        Self(segments)
    }

    /// This path, one index deeper.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        let mut segments = self.0.clone();
        segments.push(Segment::Index(index));
        Self(segments)
    }

    /// The steps, from the top.
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// The path without its last step; none for the root.
    pub fn parent(&self) -> Option<Self> {
        let (_, rest) = self.0.split_last()?;
        Some(Self(rest.to_vec()))
    }

    /// Whether `other` is this path or lies below it.
    pub fn contains(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }

    /// The name of the node template that this path lies in, if it lies in one.
    pub fn node(&self) -> Option<&str> {
        match self.0.as_slice() {
            [Segment::Key(section), Segment::Key(name), ..] if &**section == "node_templates" => Some(name),
            _ => None,
        }
    }
}

impl From<Vec<Segment>> for Path {
    fn from(segments: Vec<Segment>) -> Self {
        Self(segments)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Key(key) if key.is_empty() || key.contains(['.', '[', ']', '"']) => {
                    write!(f, "[{}]", serde_json::Value::String(key.to_string()))?;
                }
                Segment::Key(key) if position == 0 => f.write_str(key)?,
                Segment::Key(key) => write!(f, ".{key}")?,
            }
        }
        Ok(())
    }
}

/// A text that is no [`Path`]: its byte offset and what was expected there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a path: {expected} expected at byte {at}")]
pub struct ParsePathError {
    /// Byte offset of the fault.
    pub at: usize,
    /// What should have stood there.
    pub expected: &'static str,
}

impl FromStr for Path {
    type Err = ParsePathError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut segments = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let at = text.len() - rest.len();
            if let Some(inside) = rest.strip_prefix('[') {
                let (segment, length) = bracket(inside)
                    .ok_or(ParsePathError { at: at + 1, expected: "an index or a quoted key, then `]`" })?;
                segments.push(segment);
                rest = &inside[length..];
            } else {
                let start = rest.strip_prefix('.').filter(|_| !segments.is_empty()).unwrap_or(rest);
                let length = start.find(['.', '[']).unwrap_or(start.len());
                if length == 0 {
                    return Err(ParsePathError { at, expected: "a key" });
                }
                segments.push(Segment::Key(Arc::from(&start[..length])));
                rest = &start[length..];
            }
        }
        Ok(Self(segments))
    }
}

/// Reads what follows a `[`, up to and with the `]`; gives the segment and the bytes read.
fn bracket(inside: &str) -> Option<(Segment, usize)> {
    if inside.starts_with('"') {
        let mut values = serde_json::Deserializer::from_str(inside).into_iter::<String>();
        let key = values.next()?.ok()?;
        let end = values.byte_offset();
        inside[end..].starts_with(']').then(|| (Segment::Key(Arc::from(key)), end + 1))
    } else {
        let end = inside.find(']')?;
        let index = inside[..end].parse().ok()?;
        Some((Segment::Index(index), end + 1))
    }
}

impl TryFrom<String> for Path {
    type Error = ParsePathError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Path> for String {
    fn from(path: Path) -> Self {
        path.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_and_reads_back() {
        let path = Path::of(["node_types", "cloudify.nodes.Root"]).key("a").index(3).key("b\"]").key("");
        let text = path.to_string();
        assert_eq!(text, r#"node_types["cloudify.nodes.Root"].a[3]["b\"]"][""]"#);
        assert_eq!(text.parse(), Ok(path));
    }

    #[test]
    fn rubbish_is_told_with_its_place() {
        assert_eq!("a..b".parse::<Path>().unwrap_err().at, 1);
        assert_eq!("a[x]".parse::<Path>().unwrap_err().at, 2);
        assert!("a[\"open".parse::<Path>().is_err());
    }

    #[test]
    fn knows_its_node_and_what_it_contains() {
        let path: Path = "node_templates.web.properties.port".parse().unwrap();
        assert_eq!(path.node(), Some("web"));
        assert!(Path::of(["node_templates", "web"]).contains(&path));
        assert!(!path.contains(&Path::of(["node_templates"])));
    }
}
