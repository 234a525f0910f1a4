//! That colours can be read and told apart, and that every sign has a letter.

use super::*;
use crate::gui::status::Status;

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
    for (tokens, least) in [(&DARK, 38.0), (&LIGHT, 33.0), (&DARK_HIGH, 38.0), (&LIGHT_HIGH, 33.0)] {
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
    for tokens in [&DARK, &LIGHT, &DARK_HIGH, &LIGHT_HIGH] {
        for ground in [tokens.panel, tokens.canvas, tokens.card, tokens.lane, tokens.raised] {
            assert!(contrast(tokens.text, ground) >= 7.0);
            assert!(contrast(tokens.weak, ground) >= 4.5, "{ground:?} {}", contrast(tokens.weak, ground));
        }
        assert!(contrast(tokens.on_accent, tokens.accent) >= 4.5);
    }
}

#[test]
fn high_contrast_is_higher() {
    for (usual, high) in [(&DARK, &DARK_HIGH), (&LIGHT, &LIGHT_HIGH)] {
        for ground in [high.panel, high.canvas, high.card, high.lane, high.raised, high.chosen] {
            assert!(contrast(high.text, ground) >= 10.0, "{ground:?}");
            assert!(contrast(high.weak, ground) >= 7.0, "{ground:?} {}", contrast(high.weak, ground));
        }
        assert!(contrast(high.border, high.card) >= 4.5, "{}", contrast(high.border, high.card));
        assert!(contrast(high.text, high.panel) > contrast(usual.text, usual.panel));
    }
}

/// Letters outside ASCII that stand in texts of the window.
fn signs() -> std::collections::BTreeSet<char> {
    fn walk(folder: &std::path::Path, found: &mut std::collections::BTreeSet<char>) {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ext| ext == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
                    found.extend(
                        line.split("//").next().unwrap_or_default().chars().filter(|c| !c.is_ascii()),
                    );
                }
            }
        }
    }
    let mut found = std::collections::BTreeSet::new();
    walk(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/gui"), &mut found);
    found
}

#[test]
fn every_sign_of_the_window_has_a_letter() {
    let ctx = Context::default();
    install(&ctx, false);
    ctx.run_ui(egui::RawInput::default(), |_| {}).textures_delta.clear();
    let missing: String = ctx.fonts_mut(|fonts| {
        signs()
            .into_iter()
            .filter(|sign| {
                let text = sign.to_string();
                !fonts.has_glyphs(&egui::FontId::proportional(13.0), &text)
                    || !fonts.has_glyphs(&semibold(13.0), &text)
            })
            .collect()
    });
    assert_eq!(missing, "");
}
