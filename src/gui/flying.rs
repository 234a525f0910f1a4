//! [`Flight`]: the camera glides to where it is to look, unless a person wants no motion. What a person does with the
//! camera meanwhile ends it.

use egui::{Context, Vec2};

use super::theme;
use super::view::{Camera, View};
use crate::model::Frame;

/// The camera on its way.
#[derive(Clone, Copy, Debug)]
pub struct Flight {
    from: Camera,
    to: Camera,
    /// Where it was put last: elsewhere, somebody else has taken it.
    last: Camera,
    /// When it began; in the next frame if that is not known yet.
    began: Option<f64>,
    /// Whether everything is shown from then on, whatever the window's size.
    fit: bool,
}

impl View {
    /// Looks there in a moment.
    pub fn fly(&mut self, to: Camera) {
        self.fit = false;
        self.set_out(to, false);
    }

    /// Looks at everything in a moment, and from then on.
    pub fn fly_to_all(&mut self, bounds: &Frame) {
        if self.fit {
            return;
        }
        let mut to = self.camera;
        to.fit(bounds, self.canvas_size);
        self.set_out(to, true);
    }

    fn set_out(&mut self, to: Camera, fit: bool) {
        if self
            .flight
            .is_some_and(|flight| flight.to == to && flight.fit == fit && flight.last == self.camera)
        {
            return;
        }
        self.flight = Some(Flight { from: self.camera, to, last: self.camera, began: None, fit });
    }

    /// Is where the camera flies to, at once: what follows is about what is seen there.
    pub fn arrive(&mut self) {
        if let Some(flight) = self.flight.take().filter(|flight| flight.last == self.camera && !self.fit) {
            (self.camera, self.fit) = (flight.to, flight.fit);
        }
    }

    /// Where the camera is by now.
    pub fn follow_flight(&mut self, ctx: &Context) {
        let Some(mut flight) = self.flight.take() else { return };
        if self.camera != flight.last || self.fit {
            return;
        }
        let now = ctx.input(|input| input.time);
        let share = ((now - *flight.began.get_or_insert(now)) / theme::GLIDE) as f32;
        if share >= 1.0 || theme::is_still(ctx) {
            (self.camera, self.fit) = (flight.to, flight.fit);
        } else {
            self.camera = between(flight.from, flight.to, theme::eased(share), self.canvas_size);
            flight.last = self.camera;
            self.flight = Some(flight);
        }
        ctx.request_repaint();
    }
}

/// What is seen moves and grows evenly from the one to the other.
fn between(from: Camera, to: Camera, share: f32, size: Vec2) -> Camera {
    let (a, b) = (from.seen(size), to.seen(size));
    let mix = |a: f32, b: f32| a + (b - a) * share;
    let width = mix(a.width, b.width).max(1.0);
    let zoom = if size.x > 0.0 { size.x / width } else { mix(from.zoom, to.zoom) };
    Camera { look: egui::vec2(mix(a.x, b.x), mix(a.y, b.y)), zoom }
}

#[cfg(test)]
mod tests {
    use egui::vec2;

    use super::*;

    #[test]
    fn a_flight_begins_and_ends_where_it_should() {
        let (from, to) = (Camera::default(), Camera { look: vec2(400.0, -30.0), zoom: 0.5 });
        let size = vec2(900.0, 600.0);
        for (share, wanted) in [(0.0, from), (1.0, to)] {
            let there = between(from, to, share, size);
            assert!((there.zoom - wanted.zoom).abs() < 1e-4 && (there.look - wanted.look).length() < 1e-2);
        }
        let middle = between(from, to, 0.5, size);
        assert!(middle.zoom < from.zoom && middle.zoom > to.zoom);
    }

    #[test]
    fn who_looks_elsewhere_meanwhile_ends_it_and_the_next_command_is_there_at_once() {
        let mut view = View { canvas_size: vec2(900.0, 600.0), ..View::default() };
        let to = Camera { look: vec2(400.0, -30.0), zoom: 0.5 };
        view.fly(to);
        view.camera.look.x += 10.0;
        let panned = view.camera;
        view.arrive();
        assert_eq!(view.camera, panned);
        view.fly(to);
        view.arrive();
        assert_eq!(view.camera, to);
        view.fly_to_all(&Frame { x: 0.0, y: 0.0, width: 300.0, height: 100.0 });
        assert!(!view.fit);
        view.arrive();
        assert!(view.fit);
    }
}
