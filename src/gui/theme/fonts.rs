//! The letters: Inter for text, in two weights, with egui's own fonts behind it for signs and for code.

use std::sync::Arc;

use egui::{Context, FontData, FontDefinitions, FontFamily, FontId, RichText};

const REGULAR: &[u8] = include_bytes!("../../../assets/fonts/Inter-Regular.otf");
const SEMIBOLD: &[u8] = include_bytes!("../../../assets/fonts/Inter-SemiBold.otf");

/// Name of the heavier family.
const HEAVY: &str = "semibold";

/// Gives the fonts to `ctx`; they are there from the next frame on.
pub(super) fn install(ctx: &Context) {
    let mut fonts = FontDefinitions::default();
    for (name, bytes) in [("inter", REGULAR), (HEAVY, SEMIBOLD)] {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    // What Inter has no letter for is looked for in the fonts behind it.
    let behind = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    let family =
        |first: &str| [first.to_owned()].into_iter().chain(behind.iter().cloned()).collect::<Vec<_>>();
    let (regular, heavy) = (family("inter"), family(HEAVY));
    if let Some(mono) = fonts.families.get_mut(&FontFamily::Monospace) {
        mono.push("inter".to_owned());
    }
    fonts.families.insert(FontFamily::Proportional, regular);
    fonts.families.insert(FontFamily::Name(HEAVY.into()), heavy);
    ctx.set_fonts(fonts);
}

/// The heavier letters, `size` points high.
pub fn semibold(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(HEAVY.into()))
}

/// `text` in heavier letters, `size` points high.
pub fn strong(text: impl Into<String>, size: f32) -> RichText {
    RichText::new(text).font(semibold(size))
}
