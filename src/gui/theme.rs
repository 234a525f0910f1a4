//! Every colour, size and radius of the window: one token table for dark, one for light.
//!
//! Status colours are told apart by people with any colour vision (see the test); they are never used for text.

use egui::{Color32, CornerRadius, FontFamily, FontId, Stroke, TextStyle, Theme, Visuals};

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

/// The tokens that `ui` is drawn with.
pub fn tokens(ctx: &egui::Context) -> &'static Tokens {
    if ctx.theme() == Theme::Dark { &DARK } else { &LIGHT }
}

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

/// Gives both themes to `ctx`; which one is used follows the system until a person chooses.
pub fn install(ctx: &egui::Context) {
    for (theme, tokens) in [(Theme::Dark, &DARK), (Theme::Light, &LIGHT)] {
        ctx.set_visuals_of(theme, visuals(tokens));
    }
    ctx.all_styles_mut(|style| {
        style.spacing.item_spacing = egui::vec2(8.0, 6.0);
        style.spacing.button_padding = egui::vec2(10.0, 4.0);
        style.spacing.interact_size.y = 24.0;
        let sizes = [
            (TextStyle::Heading, 16.0, FontFamily::Proportional),
            (TextStyle::Body, 13.0, FontFamily::Proportional),
            (TextStyle::Button, 13.0, FontFamily::Proportional),
            (TextStyle::Small, 11.0, FontFamily::Proportional),
            (TextStyle::Monospace, 12.0, FontFamily::Monospace),
        ];
        for (text, size, family) in sizes {
            style.text_styles.insert(text, FontId::new(size, family));
        }
    });
}

fn visuals(tokens: &Tokens) -> Visuals {
    let mut visuals = if tokens.dark { Visuals::dark() } else { Visuals::light() };
    visuals.panel_fill = tokens.panel;
    visuals.window_fill = tokens.panel;
    visuals.window_stroke = Stroke::new(1.0, tokens.border);
    visuals.extreme_bg_color = tokens.raised;
    visuals.faint_bg_color = tokens.raised;
    visuals.hyperlink_color = tokens.accent;
    visuals.selection.bg_fill = tokens.chosen;
    visuals.selection.stroke = Stroke::new(1.0, tokens.text);
    let widgets = &mut visuals.widgets;
    for state in [
        &mut widgets.noninteractive,
        &mut widgets.inactive,
        &mut widgets.hovered,
        &mut widgets.active,
        &mut widgets.open,
    ] {
        state.corner_radius = CornerRadius::same(6);
        state.fg_stroke = Stroke::new(1.0, tokens.text);
        state.bg_stroke = Stroke::new(1.0, tokens.border);
    }
    widgets.noninteractive.bg_fill = tokens.panel;
    widgets.inactive.bg_fill = tokens.raised;
    widgets.inactive.weak_bg_fill = tokens.panel;
    widgets.hovered.weak_bg_fill = tokens.card;
    widgets.hovered.bg_stroke = Stroke::new(1.0, tokens.accent);
    widgets.active.weak_bg_fill = tokens.chosen;
    widgets.open.weak_bg_fill = tokens.card;
    visuals
}

#[cfg(test)]
mod tests {
    use super::*;

    type Rgb = [f64; 3];

    fn linear(color: Color32) -> Rgb {
        [color.r(), color.g(), color.b()].map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        })
    }

    fn luminance(color: Color32) -> f64 {
        let [r, g, b] = linear(color);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    fn contrast(a: Color32, b: Color32) -> f64 {
        let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
        a.max(b) / a.min(b)
    }

    /// Full protanopia, deuteranopia and tritanopia (Machado, Oliveira and Fernandes 2009), on linear colour.
    const VISIONS: [[Rgb; 3]; 4] = [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ],
        [
            [1.255_528, -0.076_749, -0.178_779],
            [-0.078_411, 0.930_809, 0.147_602],
            [0.004_733, 0.691_367, 0.303_900],
        ],
    ];

    /// CIE L*a*b*, D65.
    fn lab(color: Rgb) -> Rgb {
        let [red, green, blue] = color.map(|part| part.clamp(0.0, 1.0));
        let xyz = [
            (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.950_47,
            0.2126 * red + 0.7152 * green + 0.0722 * blue,
            (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.088_83,
        ];
        let [x, y, z] =
            xyz.map(|part: f64| if part > 0.008_856 { part.cbrt() } else { 7.787 * part + 16.0 / 116.0 });
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    #[test]
    fn status_colours_differ_for_every_colour_vision_and_stand_out() {
        for (tokens, least) in [(&DARK, 38.0), (&LIGHT, 33.0)] {
            for (position, a) in Status::ALL.iter().enumerate() {
                let on_ground = contrast(tokens.status(*a), tokens.panel);
                // The dark theme's red is given a light outline where it is painted.
                let outlined = tokens.dark && matches!(a, Status::Failed | Status::Absent);
                assert!(on_ground >= if outlined { 2.4 } else { 3.0 }, "{a:?}: {on_ground:.2}:1");
                for b in &Status::ALL[position + 1..] {
                    for vision in VISIONS {
                        let seen = |status: Status| {
                            let color = linear(tokens.status(status));
                            lab(vision.map(|row| row[0] * color[0] + row[1] * color[1] + row[2] * color[2]))
                        };
                        let (one, two) = (seen(*a), seen(*b));
                        let apart = one.iter().zip(two).map(|(x, y)| (x - y).powi(2)).sum::<f64>().sqrt();
                        assert!(apart >= least, "{a:?} and {b:?} are {apart:.1} apart");
                    }
                }
            }
        }
    }

    #[test]
    fn text_can_be_read() {
        for tokens in [&DARK, &LIGHT] {
            for ground in [tokens.panel, tokens.canvas, tokens.card, tokens.lane, tokens.raised] {
                assert!(contrast(tokens.text, ground) >= 7.0);
                assert!(contrast(tokens.weak, ground) >= 4.5, "{ground:?} {}", contrast(tokens.weak, ground));
            }
            assert!(contrast(tokens.on_accent, tokens.accent) >= 4.5);
        }
    }
}
