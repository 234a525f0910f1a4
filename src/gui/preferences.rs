//! [`Preferences`]: how a person wants the window, whatever project it shows. Kept between runs.

use egui::{Context, ThemePreference};
use serde::{Deserialize, Serialize};

use super::theme;

/// Steps of the size of everything, in percent.
const SCALES: [u16; 9] = [80, 90, 100, 110, 125, 140, 160, 180, 200];

/// How a person wants the window.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// Dark, light, or as the system is.
    pub theme: ThemePreference,
    /// Stronger colours and outlines.
    pub high_contrast: bool,
    /// Size of everything, in percent: from 80 to 200.
    pub scale: u16,
    /// Nothing moves that was not moved.
    pub still: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self { theme: ThemePreference::System, high_contrast: false, scale: 100, still: false }
    }
}

impl Preferences {
    /// Makes `ctx` so.
    pub fn apply(self, ctx: &Context) {
        ctx.set_theme(self.theme);
        theme::set_contrast(ctx, self.high_contrast);
        let scale = self.scale.clamp(SCALES[0], SCALES[SCALES.len() - 1]);
        ctx.set_zoom_factor(f32::from(scale) / 100.0);
        let seconds = if self.still { 0.0 } else { 0.15 };
        ctx.all_styles_mut(|style| style.animation_time = seconds);
    }

    /// The next larger or smaller size.
    pub fn step(&mut self, larger: bool) {
        let next = if larger {
            SCALES.iter().find(|scale| **scale > self.scale)
        } else {
            SCALES.iter().rev().find(|scale| **scale < self.scale)
        };
        self.scale = next.copied().unwrap_or(self.scale);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_go_in_steps_and_end() {
        let mut wanted = Preferences::default();
        wanted.step(true);
        assert_eq!(wanted.scale, 110);
        (0..20).for_each(|_| wanted.step(true));
        assert_eq!(wanted.scale, 200);
        (0..20).for_each(|_| wanted.step(false));
        assert_eq!(wanted.scale, 80);
    }

    #[test]
    fn what_an_older_version_kept_is_read() {
        let read: Preferences = serde_json::from_str(r#"{"high_contrast":true,"gone":1}"#).unwrap();
        assert_eq!(read, Preferences { high_contrast: true, ..Preferences::default() });
    }
}
