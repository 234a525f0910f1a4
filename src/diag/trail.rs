//! [`Trail`]: the address of what is looked at, made a [`Path`] only where there is something to tell.

use std::sync::Arc;

use super::{Path, Segment};

/// A [`Path`] under way. Its steps stay where they are, each on the stack of the one who went it: nearly all that is
/// looked at is right, and a path that nobody asks for costs nothing.
#[derive(Clone, Copy, Debug)]
pub struct Trail<'a> {
    before: Option<&'a Trail<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    /// All up to here.
    Path(&'a Path),
    Key(&'a str),
    Index(usize),
}

impl<'a> Trail<'a> {
    /// A trail that begins with a section.
    pub const fn section(name: &'a str) -> Self {
        Self { before: None, step: Step::Key(name) }
    }

    /// This trail, one key deeper.
    #[must_use]
    pub const fn key(&'a self, key: &'a str) -> Trail<'a> {
        Trail { before: Some(self), step: Step::Key(key) }
    }

    /// This trail, one index deeper.
    #[must_use]
    pub const fn index(&'a self, index: usize) -> Trail<'a> {
        Trail { before: Some(self), step: Step::Index(index) }
    }

    /// The path.
    pub fn path(&self) -> Path {
        let mut segments = Vec::new();
        self.collect(&mut segments);
        Path::from(segments)
    }

    fn collect(&self, segments: &mut Vec<Segment>) {
        if let Some(before) = self.before {
            before.collect(segments);
        }
        match self.step {
            Step::Path(path) => segments.extend_from_slice(path.segments()),
            Step::Key(key) => segments.push(Segment::Key(Arc::from(key))),
            Step::Index(index) => segments.push(Segment::Index(index)),
        }
    }
}

impl<'a> From<&'a Path> for Trail<'a> {
    fn from(path: &'a Path) -> Self {
        Self { before: None, step: Step::Path(path) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn becomes_the_path_that_was_gone() {
        let web = Path::of(["node_templates", "web"]);
        let (start, section) = (Trail::from(&web), Trail::section("node_templates"));
        let relationships = start.key("relationships");
        let expected = web.key("relationships").index(2).key("target");
        assert_eq!(relationships.index(2).key("target").path(), expected);
        assert_eq!(section.key("web").path(), web);
    }
}
