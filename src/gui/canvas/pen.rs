//! [`Pen`]: paints in canvas points on the screen, and makes text fit.

use std::sync::Arc;

use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align2, Color32, FontId, Galley, Painter, Pos2, Rect, Response, Shape, Stroke, Vec2, WidgetText, pos2,
    vec2,
};

use crate::gui::theme::{Tokens, semibold};
use crate::gui::view::Camera;
use crate::model::{Frame, Point};
use crate::scene::{Course, Detail, NodeIndex};

/// The smallest names, and the smallest other text, in points of the screen.
const NAME: f32 = 11.5;
const DETAIL: f32 = 9.5;

/// Where and how the canvas is painted in this frame.
pub struct Pen {
    /// Clipped to the canvas.
    pub painter: Painter,
    /// The canvas' corner on the screen.
    pub corner: Pos2,
    /// Where it looks.
    pub camera: Camera,
    /// Colours.
    pub tokens: &'static Tokens,
    /// How much of a box is painted.
    pub detail: Detail,
    /// Which nodes are selected, by their position in the scene; empty if none is.
    pub chosen: Vec<bool>,
    /// Whether something stands over the canvas that wants to be read.
    pub quiet: bool,
}

impl Pen {
    /// Whether the node at `index` is selected.
    pub fn is_chosen(&self, index: NodeIndex) -> bool {
        self.chosen.get(index).copied().unwrap_or(false)
    }

    /// Tells more of what is under the pointer. Not below a dialog: what is told already would stay, over it.
    pub fn tip(&self, response: Response, text: impl Into<WidgetText>) {
        if !self.quiet {
            response.on_hover_text(text);
        }
    }

    /// A rectangle of the canvas on the screen.
    pub fn rect(&self, frame: &Frame) -> Rect {
        self.camera.rect(self.corner, frame)
    }

    /// A point of the canvas on the screen.
    pub fn pos(&self, point: Point) -> Pos2 {
        self.camera.to_screen(self.corner, point)
    }

    /// A length of the canvas on the screen.
    pub fn len(&self, points: f32) -> f32 {
        points * self.camera.zoom
    }

    /// A corner radius of the canvas on the screen.
    pub fn radius(&self, points: f32) -> u8 {
        self.len(points).clamp(0.0, 120.0) as u8
    }

    /// The height of text that is `size` points high at 100 %, on the screen: it shrinks less than boxes do, so that it can
    /// be read from far; in half points, so that zooming needs few sizes of letters.
    pub fn size(&self, size: f32) -> f32 {
        let least = if size >= 11.5 { NAME } else { DETAIL };
        (self.len(size).max(least.min(size)) * 2.0).round() / 2.0
    }

    /// A font of `size` points at 100 %.
    pub fn font(&self, size: f32) -> FontId {
        FontId::proportional(self.size(size))
    }

    /// A font for values.
    pub fn mono(&self, size: f32) -> FontId {
        FontId::monospace(self.size(size))
    }

    /// `text` on one line, cut with `…` at `width` screen points.
    pub fn fitted(&self, text: &str, font: FontId, color: Color32, width: f32) -> Arc<Galley> {
        let mut job = LayoutJob::simple_singleline(text.to_owned(), font, color);
        job.wrap = TextWrapping::truncate_at_width(width.max(1.0));
        self.painter.layout_job(job)
    }

    /// Paints `text` within `width` screen points; gives the place it takes.
    pub fn text(
        &self,
        at: Pos2,
        align: Align2,
        text: &str,
        font: FontId,
        color: Color32,
        width: f32,
    ) -> Rect {
        let galley = self.fitted(text, font, color, width);
        let rect = align.anchor_size(at, galley.size());
        self.painter.galley(rect.min, galley, color);
        rect
    }

    /// Paints the first of `texts` that fits into `width` screen points as it is, else the last one cut.
    pub fn first_fitting(
        &self,
        at: Pos2,
        align: Align2,
        texts: &[&str],
        font: FontId,
        color: Color32,
        width: f32,
    ) -> Rect {
        let mut place = align.anchor_size(at, Vec2::ZERO);
        for (position, text) in texts.iter().enumerate() {
            let galley = self.fitted(text, font.clone(), color, width);
            if !galley.elided || position + 1 == texts.len() {
                place = align.anchor_size(at, galley.size());
                self.painter.galley(place.min, galley, color);
                break;
            }
        }
        place
    }

    /// A heavier font for names, of `size` points at 100 %.
    pub fn heavy(&self, size: f32) -> FontId {
        semibold(self.size(size))
    }

    /// A line as points on the screen, as many as it needs.
    pub fn points(&self, course: &Course) -> Vec<Pos2> {
        let (from, to) = (self.pos(course.start()), self.pos(course.end()));
        if self.detail <= Detail::Outline && matches!(course, Course::Curve(_)) {
            return vec![from, to];
        }
        course.flat(self.camera.zoom).into_iter().map(|point| self.pos(point)).collect()
    }

    /// An arrow head at the end of `points`.
    pub fn arrow(&self, points: &[Pos2], color: Color32) {
        let [.., before, tip] = points else { return };
        let size = self.len(8.0).max(4.0);
        let back = (*before - *tip).normalized() * size;
        let side = back.rot90() * 0.5;
        self.painter.add(Shape::convex_polygon(
            vec![*tip, *tip + back + side, *tip + back - side],
            color,
            Stroke::NONE,
        ));
    }

    /// A dashed outline.
    pub fn dashed(&self, rect: Rect, stroke: Stroke) {
        let corners =
            [rect.left_top(), rect.right_top(), rect.right_bottom(), rect.left_bottom(), rect.left_top()];
        let dash = self.len(6.0).max(3.0);
        self.painter.extend(Shape::dashed_line(&corners, stroke, dash, dash * 0.7));
    }

    /// The dots of the grid, where there is room for them.
    pub fn dots(&self, area: Rect) {
        let step = self.len(crate::scene::GRID * 2.0);
        if self.camera.zoom < 0.6 {
            return;
        }
        let start = |edge: f32, look: f32| edge + step - (look * self.camera.zoom).rem_euclid(step);
        let mut y = start(area.top(), self.camera.look.y);
        while y < area.bottom() {
            let mut x = start(area.left(), self.camera.look.x);
            while x < area.right() {
                self.painter.rect_filled(
                    Rect::from_center_size(pos2(x, y), vec2(1.5, 1.5)),
                    0,
                    self.tokens.dots,
                );
                x += step;
            }
            y += step;
        }
    }
}
