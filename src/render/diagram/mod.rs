//! The picture of a whole project as a file: SVG, PNG and DOT, drawn from the [`Scene`] and not from a window.
//!
//! Same scene, same bytes. An SVG can carry the files of its project, so that it can be opened again. Knows what blueprints
//! say, not what exists.

mod dot;
mod png;
mod project;
mod svg;

pub use dot::dot;
pub use png::{PngError, png};
pub use project::{CarryError, carried};
pub use svg::svg;

use indexmap::IndexMap;

use crate::scene::{Family, Scene};

/// What is drawn.
#[derive(Clone, Copy)]
pub struct Picture<'a> {
    /// Where everything stands.
    pub scene: &'a Scene,
    /// The project's name.
    pub title: &'a str,
    /// Dark or light.
    pub palette: &'a Palette,
    /// Files of the project that an SVG carries, by path relative to it; none if it carries none.
    pub files: Option<&'a IndexMap<String, String>>,
}

/// Colours on paper, as in `#rrggbb`.
#[derive(Clone, Copy, Debug)]
pub struct Palette {
    canvas: &'static str,
    lane: &'static str,
    card: &'static str,
    raised: &'static str,
    border: &'static str,
    text: &'static str,
    weak: &'static str,
    families: [&'static str; 7],
}

/// For dark pages: the window's own colours.
pub const DARK: Palette = Palette {
    canvas: "#1a1d22",
    lane: "#1f2329",
    card: "#2b3038",
    raised: "#171a1f",
    border: "#3a4049",
    text: "#e8ebef",
    weak: "#9ca4af",
    families: ["#3d9bdc", "#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#f0e442", "#999999"],
};

/// For light pages: the window's own colours.
pub const LIGHT: Palette = Palette {
    canvas: "#f4f6f8",
    lane: "#fcfdfe",
    card: "#f0f2f6",
    raised: "#f6f7f9",
    border: "#cfd5dd",
    text: "#1b1e22",
    weak: "#59616c",
    families: ["#0072b2", "#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#f0e442", "#999999"],
};

impl Palette {
    /// Colour of a family: the Okabe-Ito palette, safe for any colour vision.
    fn family(&self, family: Family) -> &'static str {
        let position = Family::ALL.iter().position(|known| *known == family).unwrap_or(6);
        self.families[position]
    }
}

/// Text in an XML file: what means something there is written otherwise, what may not stand there is left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(character),
            // A bare one would be read as an end of line.
            '\r' => out.push_str("&#13;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

/// About how wide a text is at a size of 1, in a font with letters of different widths.
fn width(text: &str) -> f32 {
    let one = |c: char| match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | '\'' | '|' | '!' => 0.29,
        'f' | 'r' | 't' | ' ' | '-' | '(' | ')' | '/' => 0.38,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.9,
        c if c.is_ascii_uppercase() => 0.7,
        c if c.is_ascii() => 0.6,
        c if u32::from(c) >= 0x2E80 => 1.05,
        _ => 0.7,
    };
    text.chars().map(one).sum()
}

/// As much of a text as has room, with `…` if that is not all.
fn fitted(text: &str, size: f32, room: f32) -> String {
    if width(text) * size <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for character in text.chars() {
        kept.push(character);
        if (width(&kept) + 0.8) * size > room {
            kept.pop();
            break;
        }
    }
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests;
