//! [`Camera`]: where the canvas looks, and how close.

use egui::{Pos2, Rect, Vec2, vec2};

use crate::model::{Frame, Point};

/// Where the canvas looks: screen = origin + (point − look) × zoom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// The canvas point at the top left corner of the view.
    pub look: Vec2,
    /// 1 is 100 %.
    pub zoom: f32,
}

/// Zoom limits.
pub const ZOOM: std::ops::RangeInclusive<f32> = 0.05..=4.0;

impl Default for Camera {
    fn default() -> Self {
        Self { look: vec2(-40.0, -40.0), zoom: 1.0 }
    }
}

impl Camera {
    /// Where `point` is on the screen, when the view's corner is at `corner`.
    pub fn to_screen(self, corner: Pos2, point: Point) -> Pos2 {
        corner + (vec2(point.x, point.y) - self.look) * self.zoom
    }

    /// The canvas point at a place of the screen.
    pub fn to_canvas(self, corner: Pos2, place: Pos2) -> Point {
        let point = (place - corner) / self.zoom + self.look;
        Point { x: point.x, y: point.y }
    }

    /// A rectangle on the screen.
    pub fn rect(&self, corner: Pos2, frame: &Frame) -> Rect {
        Rect::from_min_size(
            self.to_screen(corner, frame.corner()),
            vec2(frame.width, frame.height) * self.zoom,
        )
    }

    /// What is to be seen in a view of `size`.
    pub fn seen(&self, size: Vec2) -> Frame {
        Frame { x: self.look.x, y: self.look.y, width: size.x / self.zoom, height: size.y / self.zoom }
    }

    /// Zooms by `factor` so that what is at `place` of the view stays there.
    pub fn zoom_at(&mut self, place: Vec2, factor: f32) {
        let zoom = (self.zoom * factor).clamp(*ZOOM.start(), *ZOOM.end());
        self.look += place / self.zoom - place / zoom;
        self.zoom = zoom;
    }

    /// Looks at the whole of `frame`, not closer than 100 %.
    pub fn fit(&mut self, frame: &Frame, size: Vec2) {
        self.fit_up_to(1.0, frame, size);
    }

    /// Looks at the whole of `frame`, as close as it still fits, up to 160 %.
    pub fn fit_closely(&mut self, frame: &Frame, size: Vec2) {
        self.fit_up_to(1.6, frame, size);
    }

    fn fit_up_to(&mut self, most: f32, frame: &Frame, size: Vec2) {
        let margin = 24.0;
        let room = (size - vec2(2.0 * margin, 2.0 * margin)).max(vec2(40.0, 40.0));
        let zoom = (room.x / frame.width.max(1.0)).min(room.y / frame.height.max(1.0));
        self.zoom = zoom.clamp(*ZOOM.start(), most);
        let center = frame.center();
        self.look = vec2(center.x, center.y) - size / 2.0 / self.zoom;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zooming_keeps_what_is_under_the_pointer() {
        let mut camera = Camera::default();
        let place = vec2(300.0, 200.0);
        let before = camera.to_canvas(Pos2::ZERO, place.to_pos2());
        camera.zoom_at(place, 1.7);
        let after = camera.to_canvas(Pos2::ZERO, place.to_pos2());
        assert!((before.x - after.x).abs() < 0.01 && (before.y - after.y).abs() < 0.01);
        camera.zoom_at(place, 1000.0);
        assert!((camera.zoom - 4.0).abs() < f32::EPSILON);
    }

    #[test]
    fn fitting_shows_the_whole() {
        let mut camera = Camera::default();
        let frame = Frame { x: -100.0, y: 50.0, width: 3000.0, height: 700.0 };
        camera.fit(&frame, vec2(900.0, 600.0));
        assert!(camera.seen(vec2(900.0, 600.0)).encloses(&frame));
    }
}
