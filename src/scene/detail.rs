//! [`Detail`]: how much of a box is worth painting at a zoom.

/// Levels of detail, the coarsest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Detail {
    /// A filled rectangle with its status; no lines.
    Block,
    /// Outlines and straight lines; no text.
    Outline,
    /// Names, large enough to be read; no second line.
    Name,
    /// As many lines as there is room for.
    Full,
}

impl Detail {
    /// The level at `zoom` (1 is 100 %).
    pub fn at(zoom: f32) -> Self {
        if zoom < 0.12 {
            Self::Block
        } else if zoom < 0.24 {
            Self::Outline
        } else if zoom < 0.42 {
            Self::Name
        } else {
            Self::Full
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detail_only_grows_with_zoom() {
        let zooms = [0.05, 0.1, 0.15, 0.25, 0.28, 0.4, 0.45, 1.0, 4.0];
        assert!(zooms.is_sorted_by_key(|zoom| Detail::at(*zoom)));
        assert_eq!(Detail::at(1.0), Detail::Full);
    }
}
