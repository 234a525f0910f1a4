//! Every colour of the window: one token table for dark, one for light, and both again in high contrast.
//!
//! Status colours are told apart by people with any colour vision (see the test); they are never used for text. Letters are
//! in `fonts`, sizes and widgets in `style`.

mod fonts;
mod style;

/// How long things glide, in seconds.
pub const GLIDE: f64 = 0.18;

/// How far something that glides is when `share` of its time is over: fast at first, then slower.
pub fn eased(share: f32) -> f32 {
    1.0 - (1.0 - share.clamp(0.0, 1.0)).powi(3)
}

/// Whether nothing glides or fades: a person wants no motion.
pub fn is_still(ctx: &egui::Context) -> bool {
    ctx.global_style().animation_time <= 0.0
}

#[cfg(test)]
mod tests;

use egui::{Color32, Context, Id, Theme};

use super::status::Status;
use crate::scene::Family;

/// The colours of one theme.
#[derive(Clone, Copy, Debug)]
pub struct Tokens {
    /// Whether it is the dark one.
    pub dark: bool,
    /// Behind the canvas.
    pub canvas: Color32,
    /// Dots of the grid.
    pub dots: Color32,
    /// Panels, bars.
    pub panel: Color32,
    /// Inside lanes.
    pub lane: Color32,
    /// Cards.
    pub card: Color32,
    /// Fields, chips, a card under the cursor.
    pub raised: Color32,
    /// Outlines and separators.
    pub border: Color32,
    /// Text.
    pub text: Color32,
    /// Secondary text; still 4.5:1 against panels.
    pub weak: Color32,
    /// What is selected, and the one filled button.
    pub accent: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// Behind selected rows and lines.
    pub chosen: Color32,
    /// Keys of YAML.
    pub key: Color32,
    /// Values of YAML.
    pub value: Color32,
    /// Numbers of YAML.
    pub number: Color32,
}

const fn hex(code: u32) -> Color32 {
    Color32::from_rgb((code >> 16) as u8, (code >> 8) as u8, code as u8)
}

/// The dark tokens.
pub const DARK: Tokens = Tokens {
    dark: true,
    canvas: hex(0x1A_1D_22),
    dots: hex(0x2B_2F_36),
    panel: hex(0x20_24_2A),
    lane: hex(0x1F_23_29),
    card: hex(0x2B_30_38),
    raised: hex(0x17_1A_1F),
    border: hex(0x3A_40_49),
    text: hex(0xE8_EB_EF),
    weak: hex(0x9C_A4_AF),
    accent: hex(0x6F_AE_FF),
    on_accent: hex(0x0B_14_22),
    chosen: hex(0x26_3B_5C),
    key: hex(0x7F_B7_FF),
    value: hex(0x8F_E3_B4),
    number: hex(0xF2_C9_74),
};

/// The light tokens.
pub const LIGHT: Tokens = Tokens {
    dark: false,
    canvas: hex(0xF4_F6_F8),
    dots: hex(0xDD_E1_E7),
    panel: hex(0xFF_FF_FF),
    lane: hex(0xFC_FD_FE),
    card: hex(0xF0_F2_F6),
    raised: hex(0xF6_F7_F9),
    border: hex(0xCF_D5_DD),
    text: hex(0x1B_1E_22),
    weak: hex(0x59_61_6C),
    accent: hex(0x0B_57_D9),
    on_accent: hex(0xFF_FF_FF),
    chosen: hex(0xDF_EA_FB),
    key: hex(0x1A_56_B8),
    value: hex(0x10_6B_3C),
    number: hex(0x8A_4B_00),
};

/// The dark tokens in high contrast.
pub const DARK_HIGH: Tokens = Tokens {
    canvas: hex(0x00_00_00),
    dots: hex(0x3A_3A_3A),
    panel: hex(0x08_08_08),
    lane: hex(0x0A_0B_0D),
    card: hex(0x14_16_1A),
    raised: hex(0x00_00_00),
    border: hex(0x9A_A3_AE),
    text: hex(0xFF_FF_FF),
    weak: hex(0xD3_D9_E0),
    accent: hex(0x8F_C4_FF),
    on_accent: hex(0x00_00_00),
    chosen: hex(0x12_36_66),
    key: hex(0x9C_CB_FF),
    value: hex(0xA8_F5_C8),
    number: hex(0xFF_DD_8C),
    ..DARK
};

/// The light tokens in high contrast.
pub const LIGHT_HIGH: Tokens = Tokens {
    canvas: hex(0xFF_FF_FF),
    dots: hex(0xC4_C8_CE),
    panel: hex(0xFF_FF_FF),
    lane: hex(0xFF_FF_FF),
    card: hex(0xFA_FB_FC),
    raised: hex(0xFF_FF_FF),
    border: hex(0x4B_52_5C),
    text: hex(0x00_00_00),
    weak: hex(0x2E_34_3C),
    accent: hex(0x00_3F_A8),
    chosen: hex(0xC9_DD_FF),
    key: hex(0x00_37_8C),
    value: hex(0x00_4D_26),
    number: hex(0x66_36_00),
    ..LIGHT
};

/// Where the choice of contrast is kept in a context.
fn contrast_id() -> Id {
    Id::new("high contrast")
}

/// Gives themes and fonts to `ctx`; which theme is used follows the system until a person chooses.
pub fn install(ctx: &Context, high_contrast: bool) {
    fonts::install(ctx);
    set_contrast(ctx, high_contrast);
}

/// High contrast, or the usual one.
pub fn set_contrast(ctx: &Context, high: bool) {
    ctx.data_mut(|data| data.insert_temp(contrast_id(), high));
    for theme in [Theme::Dark, Theme::Light] {
        style::install(ctx, theme, table(theme, high));
    }
}

/// The tokens that `ui` is drawn with.
pub fn tokens(ctx: &Context) -> &'static Tokens {
    let high = ctx.data(|data| data.get_temp(contrast_id()).unwrap_or(false));
    table(ctx.theme(), high)
}

fn table(theme: Theme, high: bool) -> &'static Tokens {
    match (theme, high) {
        (Theme::Dark, false) => &DARK,
        (Theme::Dark, true) => &DARK_HIGH,
        (Theme::Light, false) => &LIGHT,
        (Theme::Light, true) => &LIGHT_HIGH,
    }
}

pub use fonts::{semibold, strong};

impl Tokens {
    /// Colour of a status' glyph, bar or outline.
    pub fn status(&self, status: Status) -> Color32 {
        let (dark, light) = match status {
            Status::Running => (0x17_FF_AC, 0x0E_A9_6F),
            Status::Busy => (0xBA_CF_F8, 0x00_47_ED),
            Status::Warning => (0xFA_C7_13, 0xB5_90_02),
            Status::Failed => (0xCD_29_00, 0x8F_16_01),
            Status::Changed => (0xC6_0B_D7, 0x97_18_8F),
            Status::Absent => (0x69_6B_6D, 0x1B_1E_22),
        };
        hex(if self.dark { dark } else { light })
    }

    /// Colour of a family's stripe and icon: the Okabe-Ito palette, safe for any colour vision.
    pub fn family(&self, family: Family) -> Color32 {
        match family {
            Family::Kubernetes if self.dark => hex(0x3D_9B_DC),
            Family::Kubernetes => hex(0x00_72_B2),
            Family::Swarm => hex(0x56_B4_E9),
            Family::Host => hex(0xE6_9F_00),
            Family::Network => hex(0x00_9E_73),
            Family::Proxy => hex(0xCC_79_A7),
            Family::Config => hex(0xF0_E4_42),
            Family::Other => hex(0x99_99_99),
        }
    }
}
