//! Icons of the node families, drawn as lines so that they are crisp at any zoom.

use egui::{Color32, CornerRadius, Painter, Pos2, Rect, Stroke, StrokeKind, Vec2, vec2};

use crate::scene::Family;

/// Paints the icon of `family`, `size` points wide, around `center`.
pub fn family(painter: &Painter, center: Pos2, size: f32, family: Family, color: Color32) {
    let unit = size / 2.0;
    let line = Stroke::new((size / 13.0).max(1.0), color);
    let at = |x: f32, y: f32| center + vec2(x, y) * unit;
    let segment = |from: Pos2, to: Pos2| {
        painter.line_segment([from, to], line);
    };
    let frame = |middle: Pos2, width: f32, height: f32, radius: f32| {
        let rect = Rect::from_center_size(middle, vec2(width, height) * unit);
        let radius = CornerRadius::same((radius * unit).clamp(0.0, 40.0) as u8);
        painter.rect_stroke(rect, radius, line, StrokeKind::Middle);
    };
    match family {
        Family::Kubernetes => {
            painter.circle_stroke(center, unit * 0.82, line);
            for spoke in 0..6u8 {
                let direction = Vec2::angled(f32::from(spoke) * std::f32::consts::FRAC_PI_3);
                segment(center + direction * unit * 0.25, center + direction * unit * 0.95);
            }
            painter.circle_filled(center, unit * 0.2, color);
        }
        Family::Swarm => {
            for y in [-0.6, 0.0, 0.6] {
                frame(at(0.0, y), 1.7, 0.48, 0.1);
                painter.circle_filled(at(-0.58, y), unit * 0.1, color);
            }
        }
        Family::Host => {
            frame(at(0.0, -0.18), 1.8, 1.2, 0.15);
            segment(at(0.0, 0.45), at(0.0, 0.8));
            segment(at(-0.5, 0.82), at(0.5, 0.82));
        }
        Family::Network => {
            for (x, y) in [(-0.6, 0.6), (0.6, -0.6), (0.6, 0.6)] {
                painter.circle_stroke(at(x, y), unit * 0.25, line);
            }
            segment(at(-0.35, 0.6), at(0.35, 0.6));
            segment(at(-0.42, 0.42), at(0.42, -0.42));
        }
        Family::Proxy => {
            for (x, y) in [(-0.35, 0.35), (0.35, -0.35)] {
                painter.circle_stroke(at(x, y), unit * 0.42, line);
            }
            segment(at(-0.3, 0.3), at(0.3, -0.3));
        }
        Family::Config => {
            painter.line(
                vec![
                    at(0.3, -0.85),
                    at(-0.65, -0.85),
                    at(-0.65, 0.85),
                    at(0.65, 0.85),
                    at(0.65, -0.5),
                    at(0.3, -0.85),
                ],
                line,
            );
            segment(at(-0.3, 0.0), at(0.3, 0.0));
            segment(at(-0.3, 0.4), at(0.3, 0.4));
        }
        Family::Other => {
            frame(center, 1.4, 1.4, 0.2);
            painter.circle_filled(center, unit * 0.18, color);
        }
    }
}
