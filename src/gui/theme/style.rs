//! Sizes, distances and the look of widgets, made from the tokens.

use egui::{Context, CornerRadius, FontFamily, FontId, Stroke, TextStyle, Theme, Visuals};

use super::{Tokens, semibold};

/// Gives the look of `theme` to `ctx`.
pub(super) fn install(ctx: &Context, theme: Theme, tokens: &Tokens) {
    ctx.set_visuals_of(theme, visuals(tokens));
    ctx.style_mut_of(theme, |style| {
        style.spacing.item_spacing = egui::vec2(8.0, 6.0);
        style.spacing.button_padding = egui::vec2(10.0, 4.0);
        style.spacing.interact_size.y = 26.0;
        style.spacing.menu_margin = egui::Margin::same(6);
        let sizes = [
            (TextStyle::Body, 13.0, FontFamily::Proportional),
            (TextStyle::Button, 13.0, FontFamily::Proportional),
            (TextStyle::Small, 11.0, FontFamily::Proportional),
            (TextStyle::Monospace, 12.0, FontFamily::Monospace),
        ];
        for (text, size, family) in sizes {
            style.text_styles.insert(text, FontId::new(size, family));
        }
        style.text_styles.insert(TextStyle::Heading, semibold(16.0));
    });
}

fn visuals(tokens: &Tokens) -> Visuals {
    let mut visuals = if tokens.dark { Visuals::dark() } else { Visuals::light() };
    visuals.panel_fill = tokens.panel;
    visuals.window_fill = tokens.panel;
    visuals.window_stroke = Stroke::new(1.0, tokens.border);
    visuals.window_corner_radius = CornerRadius::same(10);
    visuals.menu_corner_radius = CornerRadius::same(8);
    visuals.extreme_bg_color = tokens.raised;
    visuals.text_edit_bg_color = Some(tokens.raised);
    visuals.faint_bg_color = tokens.raised;
    visuals.hyperlink_color = tokens.accent;
    visuals.weak_text_color = Some(tokens.weak);
    visuals.selection.bg_fill = tokens.chosen;
    visuals.selection.stroke = Stroke::new(1.0, tokens.text);
    visuals.striped = false;
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
        // Nothing grows under the pointer: neighbours would seem to move.
        state.expansion = 0.0;
    }
    widgets.noninteractive.bg_fill = tokens.panel;
    widgets.inactive.bg_fill = tokens.raised;
    widgets.inactive.weak_bg_fill = tokens.panel;
    widgets.hovered.bg_fill = tokens.card;
    widgets.hovered.weak_bg_fill = tokens.card;
    widgets.hovered.bg_stroke = Stroke::new(1.0, tokens.accent);
    widgets.active.bg_fill = tokens.chosen;
    widgets.active.weak_bg_fill = tokens.chosen;
    widgets.open.bg_fill = tokens.card;
    widgets.open.weak_bg_fill = tokens.card;
    visuals
}
