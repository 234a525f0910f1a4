//! What differs, on the picture: what is new framed with a plus, what is gone drawn once more with a minus, what has changed
//! with a triangle and what that is. Everything else steps back.

use egui::{
    Align2, Color32, Pos2, Rect, Sense, Shape as Drawn, Stroke, StrokeKind, Ui, WidgetInfo, WidgetType, vec2,
};

use super::pen::Pen;
use crate::gui::board::Board;
use crate::gui::comparing::{Compare, Compared};
use crate::gui::status::Status;
use crate::gui::view::View;
use crate::model::Frame;
use crate::scene::{Course, Detail, NodeBox, Scene, Shape};
use crate::session::{Base, NodeChange};

/// Radius of a sign on the screen.
const SIGN: f32 = 8.0;
/// Changes of one node that are written on the picture.
const TOLD: usize = 3;

/// How something differs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Added,
    Gone,
    Changed,
}

impl Mark {
    fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Gone => "gone",
            Self::Changed => "changed",
        }
    }

    /// Told apart with any colour vision; the signs say the same by their shapes.
    fn color(self, pen: &Pen) -> Color32 {
        pen.tokens.status(match self {
            Self::Added => Status::Running,
            Self::Gone => Status::Failed,
            Self::Changed => Status::Changed,
        })
    }

    fn paint(self, pen: &Pen, center: Pos2) {
        let color = self.color(pen);
        let at = |x: f32, y: f32| center + vec2(x, y) * SIGN;
        pen.painter.circle(center, SIGN, pen.tokens.canvas, Stroke::new(2.0, color));
        let stroke = Stroke::new(2.0, pen.tokens.text);
        if self == Self::Changed {
            let corners = vec![at(0.0, -0.5), at(0.5, 0.4), at(-0.5, 0.4)];
            pen.painter.add(Drawn::closed_line(corners, Stroke::new(1.6, pen.tokens.text)));
            return;
        }
        pen.painter.line_segment([at(-0.5, 0.0), at(0.5, 0.0)], stroke);
        if self == Self::Added {
            pen.painter.line_segment([at(0.0, -0.5), at(0.0, 0.5)], stroke);
        }
    }
}

/// How often each kind of difference is there: nodes and lines.
#[derive(Default)]
struct Count([usize; 3]);

impl Count {
    fn note(&mut self, mark: Mark) {
        self.0[mark as usize] += 1;
    }

    fn text(&self) -> String {
        let words = [Mark::Added, Mark::Changed, Mark::Gone].map(|mark| (self.0[mark as usize], mark.word()));
        let words: Vec<String> = words
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        if words.is_empty() { "Nothing differs".to_owned() } else { words.join(" · ") }
    }
}

/// All that differs, and with what it is compared.
pub fn differences_ui(ui: &mut Ui, pen: &Pen, board: &Board, view: &View, seen: &Frame, area: Rect) {
    if view.compare == Compare::Off {
        return;
    }
    let Some(compared) = &board.compared else {
        return legend(ui, pen, area, "Comparing…");
    };
    let mut count = Count::default();
    let marks = marks(board, compared);
    let dim = pen.tokens.canvas.gamma_multiply(0.6);
    for index in board.scene.visible(seen) {
        let node = &board.scene.nodes[index];
        let plain = !marks.iter().any(|mark| mark.node == Some(index));
        if plain && matches!(node.shape, Shape::Card | Shape::Bus) {
            pen.painter.rect_filled(pen.rect(&node.frame).expand(1.0), pen.radius(7.0), dim);
        }
    }
    lines_ui(ui, pen, board, compared, &mut count);
    for mark in &marks {
        count.note(mark.mark);
        node_ui(ui, pen, mark);
    }
    legend(ui, pen, area, &format!("{}, compared with {}", count.text(), bases(board, compared)));
}

/// A node that differs.
struct Marked<'a> {
    mark: Mark,
    node_box: &'a NodeBox,
    /// Its position in the picture that is.
    node: Option<usize>,
    changes: Vec<String>,
}

fn marks<'a>(board: &'a Board, compared: &'a Compared) -> Vec<Marked<'a>> {
    let mut found: Vec<Marked<'_>> = Vec::new();
    for (number, view) in board.lanes.iter().enumerate() {
        let Some(lane) = compared.difference.lanes.get(&view.lane.name) else { continue };
        for (name, change) in &lane.nodes {
            let (scene, mark, changes) = match change {
                NodeChange::Added => (&board.scene, Mark::Added, Vec::new()),
                NodeChange::Gone => (&compared.then, Mark::Gone, Vec::new()),
                NodeChange::Changed(told) => (&board.scene, Mark::Changed, told.clone()),
            };
            let Some(index) = scene.find(number, name) else { continue };
            // What lies in a folded card is marked there.
            let shown = scene.shown(index);
            let node = (mark != Mark::Gone).then_some(shown);
            found.push(Marked { mark, node_box: &scene.nodes[shown], node, changes });
        }
        // What somebody else has changed at the target differs, too.
        for (name, status) in view.statuses.iter().filter(|(_, status)| !status.differences.is_empty()) {
            if lane.base != Base::Deployed {
                continue;
            }
            let told = status.differences.iter().map(|change| format!("at the target: {change}"));
            let Some(index) = board.scene.find(number, name).map(|index| board.scene.shown(index)) else {
                continue;
            };
            match found.iter_mut().find(|mark| mark.node == Some(index) && mark.mark == Mark::Changed) {
                Some(mark) => mark.changes.extend(told),
                None => found.push(Marked {
                    mark: Mark::Changed,
                    node_box: &board.scene.nodes[index],
                    node: Some(index),
                    changes: told.collect(),
                }),
            }
        }
    }
    found
}

fn node_ui(ui: &mut Ui, pen: &Pen, marked: &Marked<'_>) {
    let (node, color) = (marked.node_box, marked.mark.color(pen));
    let rect = pen.rect(&node.frame);
    if !pen.painter.clip_rect().intersects(rect.expand(40.0)) {
        return;
    }
    let ring = rect.expand(pen.len(4.0).max(2.0));
    if marked.mark == Mark::Gone {
        if node.shape != Shape::Frame {
            pen.painter.rect_filled(rect, pen.radius(7.0), pen.tokens.canvas.gamma_multiply(0.85));
        }
        pen.dashed(rect, Stroke::new(2.0, color));
        if pen.detail > Detail::Outline && node.shape != Shape::Port {
            let row = rect.height().min(pen.len(40.0));
            let at = egui::pos2(rect.left() + 8.0, rect.top() + row / 2.0);
            let name = pen.text(
                at,
                Align2::LEFT_CENTER,
                &node.name,
                pen.heavy(13.5),
                pen.tokens.weak,
                rect.width() - 16.0,
            );
            let middle = [name.left_center(), name.right_center()];
            pen.painter.line_segment(middle, Stroke::new(1.2, pen.tokens.weak));
        }
    } else if marked.mark == Mark::Added {
        pen.dashed(ring, Stroke::new(2.5, color));
    } else {
        pen.painter.rect_stroke(ring, pen.radius(9.0), Stroke::new(2.5, color), StrokeKind::Middle);
        told_ui(pen, rect, &marked.changes, color);
    }
    let told =
        if marked.changes.is_empty() { String::new() } else { format!(": {}", marked.changes.join("; ")) };
    sign_ui(ui, pen, ring.left_top(), marked.mark, &format!("{} {}{told}", marked.mark.word(), node.name));
}

/// What has changed, below the node.
fn told_ui(pen: &Pen, rect: Rect, changes: &[String], color: Color32) {
    if pen.detail < Detail::Full || changes.is_empty() {
        return;
    }
    let mut lines: Vec<String> = changes.iter().take(TOLD).cloned().collect();
    if changes.len() > TOLD {
        lines.push(format!("and {} more", changes.len() - TOLD));
    }
    let width = rect.width().max(pen.len(180.0)).max(180.0) - 12.0;
    let galleys: Vec<_> =
        lines.iter().map(|line| pen.fitted(line, pen.mono(10.5), pen.tokens.text, width)).collect();
    let height: f32 = galleys.iter().map(|galley| galley.size().y).sum();
    let least = galleys.iter().map(|galley| galley.size().x).fold(0.0, f32::max);
    let place = Rect::from_min_size(rect.left_bottom() + vec2(0.0, 2.0), vec2(least + 12.0, height + 6.0));
    pen.painter.rect(place, 4, pen.tokens.panel, Stroke::new(1.0, color), StrokeKind::Inside);
    let mut at = place.min + vec2(6.0, 3.0);
    for galley in galleys {
        let step = galley.size().y;
        pen.painter.galley(at, galley, pen.tokens.text);
        at.y += step;
    }
}

fn lines_ui(ui: &mut Ui, pen: &Pen, board: &Board, compared: &Compared, count: &mut Count) {
    let link = |scene: &Scene, number: usize| {
        let link = scene.links.get(number)?;
        let told = format!("line {} → {}", scene.nodes[link.source].name, scene.nodes[link.target].name);
        Some((link.course.clone(), told))
    };
    let flow = |scene: &Scene, number: usize| {
        let flow = scene.flows.get(number)?;
        Some((flow.course.clone(), format!("value {} → {}", flow.label, scene.nodes[flow.end].name)))
    };
    let (now, then, lines) = (&board.scene, &compared.then, &compared.lines);
    let mut show = |mark: Mark, found: Option<(Course, String)>| {
        let Some((course, told)) = found else { return };
        count.note(mark);
        let (points, color) = (pen.points(&course), mark.color(pen));
        if mark == Mark::Gone {
            pen.painter.extend(Drawn::dashed_line(&points, Stroke::new(2.0, color), 7.0, 5.0));
        } else {
            pen.painter.line(points.clone(), Stroke::new(2.5, color));
        }
        pen.arrow(&points, color);
        sign_ui(ui, pen, pen.pos(course.at(0.5)), mark, &format!("{} {told}", mark.word()));
    };
    lines.links_gone.iter().for_each(|number| show(Mark::Gone, link(then, *number)));
    lines.flows_gone.iter().for_each(|number| show(Mark::Gone, flow(then, *number)));
    lines.links_added.iter().for_each(|number| show(Mark::Added, link(now, *number)));
    lines.flows_added.iter().for_each(|number| show(Mark::Added, flow(now, *number)));
}

/// The sign, with all that there is to say.
fn sign_ui(ui: &mut Ui, pen: &Pen, center: Pos2, mark: Mark, told: &str) {
    let rect = Rect::from_center_size(center, vec2(SIGN, SIGN) * 2.0);
    if !pen.painter.clip_rect().intersects(rect) {
        return;
    }
    mark.paint(pen, center);
    let response = ui.interact(rect, ui.id().with(("differs", told)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, told));
    pen.tip(response, told);
}

/// With what the lanes are compared.
fn bases(board: &Board, compared: &Compared) -> String {
    let of = |base: Base| {
        let lanes = board.lanes.iter().map(|view| view.lane.name.as_str());
        let fits = |name: &&str| compared.difference.lanes.get(*name).is_some_and(|lane| lane.base == base);
        lanes.filter(fits).collect::<Vec<_>>()
    };
    match (of(Base::Deployed).as_slice(), of(Base::Saved).as_slice()) {
        (_, []) => Base::Deployed.name().to_owned(),
        ([], _) => Base::Saved.name().to_owned(),
        (deployed, _) => format!(
            "{} of {}, and {} of the rest",
            Base::Deployed.name(),
            deployed.join(", "),
            Base::Saved.name()
        ),
    }
}

/// What is shown, at the upper edge of the canvas.
fn legend(ui: &mut Ui, pen: &Pen, area: Rect, told: &str) {
    let galley = pen.fitted(told, egui::FontId::proportional(12.5), pen.tokens.text, area.width() - 60.0);
    let size = galley.size() + vec2(20.0, 10.0);
    let place = Align2::CENTER_TOP.anchor_size(area.center_top() + vec2(0.0, 12.0), size);
    pen.painter.rect(
        place,
        6,
        pen.tokens.panel,
        Stroke::new(1.2, pen.tokens.status(Status::Changed)),
        StrokeKind::Inside,
    );
    pen.painter.galley(place.min + vec2(10.0, 5.0), galley, pen.tokens.text);
    let response = ui.interact(place, ui.id().with("differences"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, told));
    pen.tip(response, "Shift: compared with what is saved");
}
