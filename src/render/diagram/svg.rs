//! The SVG: lanes, boxes, lines and tags, as the window paints them in design mode.

use std::fmt::Write as _;

use super::{Picture, escaped, fitted, project, width};
use crate::model::{Frame, Point, Value};
use crate::scene::{Course, FRAME_HEAD, Family, FlowStart, GROUP_TAB, LinkKind, NodeBox, Shape, TITLE};

/// Space around the picture.
const MARGIN: f32 = 24.0;
const FONT: &str = "Inter, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif";

/// The picture as an SVG document.
pub fn svg(picture: &Picture<'_>) -> String {
    let bounds = picture.scene.bounds.grown(MARGIN);
    let mut out = String::new();
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"{2} {3} {0} {1}\" \
         font-family=\"{FONT}\">\n<title>{4}</title>\n",
        n(bounds.width),
        n(bounds.height),
        n(bounds.x),
        n(bounds.y),
        escaped(picture.title),
    );
    if let Some(files) = picture.files {
        project::carry(&mut out, files);
    }
    let mut pen = Pen { out, picture };
    pen.rect(&bounds, 0.0, picture.palette.canvas, None);
    pen.draw();
    pen.out.push_str("</svg>\n");
    pen.out
}

/// A number as short as it may be.
fn n(number: f32) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

struct Pen<'a> {
    out: String,
    picture: &'a Picture<'a>,
}

/// How a text is written.
struct Text<'a> {
    size: f32,
    color: &'a str,
    heavy: bool,
    mono: bool,
    /// `start`, `middle` or `end`.
    anchor: &'static str,
    room: f32,
}

impl Text<'_> {
    fn new(size: f32, color: &str, room: f32) -> Text<'_> {
        Text { size, color, heavy: false, mono: false, anchor: "start", room }
    }
}

impl Pen<'_> {
    fn draw(&mut self) {
        let scene = self.picture.scene;
        for lane in 0..scene.lanes.len() {
            self.lane(lane);
        }
        let mut frames: Vec<usize> = (0..scene.nodes.len()).filter(|&at| !scene.nodes[at].hidden).collect();
        frames.sort_by_key(|&at| (scene.nodes[at].depth, at));
        // What holds others lies below the lines, everything else above them.
        let (below, above): (Vec<usize>, Vec<usize>) =
            frames.into_iter().partition(|&at| scene.nodes[at].shape == Shape::Frame);
        below.into_iter().for_each(|at| self.frame(&scene.nodes[at]));
        (0..scene.groups.len()).for_each(|at| self.group(at));
        self.links();
        self.flows();
        for at in above {
            let node = &scene.nodes[at];
            match node.shape {
                Shape::Card | Shape::Frame => self.card(node),
                Shape::Bus => self.bus(node),
                Shape::Port => self.port(node),
            }
        }
        self.tags();
    }

    fn rect(&mut self, frame: &Frame, radius: f32, fill: &str, stroke: Option<(&str, f32)>) {
        let _ = write!(
            self.out,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"",
            n(frame.x),
            n(frame.y),
            n(frame.width),
            n(frame.height)
        );
        if radius > 0.0 {
            let _ = write!(self.out, " rx=\"{}\"", n(radius));
        }
        let _ = write!(self.out, " fill=\"{fill}\"");
        if let Some((color, wide)) = stroke {
            let _ = write!(self.out, " stroke=\"{color}\" stroke-width=\"{}\"", n(wide));
        }
        self.out.push_str("/>\n");
    }

    fn text(&mut self, at: Point, text: &str, style: &Text<'_>) {
        let shown = fitted(text, style.size, style.room);
        if shown.is_empty() {
            return;
        }
        // Digits and small letters stand on a line a third of the size below their middle.
        let _ = write!(
            self.out,
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\" fill=\"{}\"",
            n(at.x),
            n(at.y + style.size * 0.36),
            n(style.size),
            style.color
        );
        if style.heavy {
            self.out.push_str(" font-weight=\"600\"");
        }
        if style.mono {
            self.out.push_str(" font-family=\"'DejaVu Sans Mono', Consolas, Inter, monospace\"");
        }
        if style.anchor != "start" {
            let _ = write!(self.out, " text-anchor=\"{}\"", style.anchor);
        }
        let _ = writeln!(self.out, ">{}</text>", escaped(&shown.replace(['\n', '\r', '\t'], " ")));
    }

    fn lane(&mut self, number: usize) {
        let (scene, palette) = (self.picture.scene, self.picture.palette);
        let lane = &scene.lanes[number];
        let frame = lane.frame;
        self.rect(&frame, 10.0, palette.lane, Some((palette.border, 1.0)));
        let bottom = frame.y + TITLE;
        let _ = writeln!(
            self.out,
            "<path d=\"M{} {}H{}\" stroke=\"{}\"/>",
            n(frame.x),
            n(bottom),
            n(frame.right()),
            palette.border
        );
        let middle = frame.y + TITLE / 2.0;
        let own = scene.nodes.iter().filter(|node| node.lane == number).map(|node| node.family);
        let family = most(own);
        let stripe = Frame { x: frame.x + 12.0, y: middle - 8.0, width: 4.0, height: 16.0 };
        self.rect(&stripe, 2.0, palette.family(family), None);
        let at = Point { x: frame.x + 26.0, y: middle };
        self.text(at, &lane.name, &Text { heavy: true, ..Text::new(14.0, palette.text, frame.width - 40.0) });
        if lane.deployment != lane.name {
            let room = frame.width - 60.0 - width(&lane.name) * 14.0;
            let style = Text { anchor: "end", ..Text::new(11.5, palette.weak, room) };
            let at = Point { x: frame.right() - 14.0, y: middle };
            self.text(at, &format!("deployed as {}", lane.deployment), &style);
        }
    }

    fn frame(&mut self, node: &NodeBox) {
        let palette = self.picture.palette;
        let color = palette.family(node.family);
        self.rect(&node.frame, 8.0, palette.raised, Some((palette.border, 1.0)));
        let middle = node.frame.y + FRAME_HEAD / 2.0;
        let stripe = Frame { x: node.frame.x + 8.0, y: middle - 7.0, width: 4.0, height: 14.0 };
        self.rect(&stripe, 2.0, color, None);
        let name = format!("{}{}", node.name, times(node));
        let room = node.frame.width - 28.0;
        let style = Text { heavy: true, ..Text::new(12.5, palette.text, room) };
        self.text(Point { x: node.frame.x + 18.0, y: middle }, &name, &style);
        let left = room - width(&name) * 13.5 - 12.0;
        if left > 30.0 {
            let style = Text { anchor: "end", ..Text::new(10.5, palette.weak, left) };
            self.text(Point { x: node.frame.right() - 10.0, y: middle }, node.short_type(), &style);
        }
    }

    /// A dashed frame with the group's name in its tab.
    fn group(&mut self, number: usize) {
        let (group, palette) = (&self.picture.scene.groups[number], self.picture.palette);
        let frame = group.frame;
        let _ = writeln!(
            self.out,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"8\" fill=\"none\" stroke=\"{}\" stroke-dasharray=\"4 3\"/>",
            n(frame.x),
            n(frame.y),
            n(frame.width),
            n(frame.height),
            palette.weak
        );
        let many = group.instances.as_ref().map(counted).unwrap_or_default();
        let at = Point { x: frame.x + 8.0, y: frame.y + GROUP_TAB / 2.0 };
        let name = format!("{}{many}", group.name);
        self.text(at, &name, &Text::new(10.5, palette.weak, frame.width - 16.0));
    }

    fn card(&mut self, node: &NodeBox) {
        let palette = self.picture.palette;
        let color = palette.family(node.family);
        let frame = node.frame;
        let many = times(node);
        if !many.is_empty() || node.folded {
            self.rect(&frame.shifted(5.0, 5.0), 6.0, palette.lane, Some((palette.border, 1.0)));
        }
        let outline = if node.family == Family::Proxy { color } else { palette.border };
        let radius = if node.family == Family::Host { 2.0 } else { 7.0 };
        self.rect(&frame, radius, palette.card, Some((outline, 1.0)));
        let stripe =
            Frame { x: frame.x, y: frame.y + 5.0, width: 4.0, height: (frame.height - 10.0).max(2.0) };
        self.rect(&stripe, 2.0, color, None);
        let left = frame.x + 14.0;
        let room = frame.width - 24.0;
        let name = Text { heavy: true, ..Text::new(13.5, palette.text, room - width(&many) * 13.0) };
        self.text(Point { x: left, y: frame.y + frame.height * 0.36 }, &node.name, &name);
        self.text(
            Point { x: left, y: frame.y + frame.height * 0.68 },
            node.short_type(),
            &Text::new(10.5, palette.weak, room),
        );
        if !many.is_empty() {
            let style = Text { anchor: "end", heavy: true, ..Text::new(11.5, palette.weak, room) };
            self.text(
                Point { x: frame.right() - 8.0, y: frame.y + frame.height * 0.36 },
                many.trim(),
                &style,
            );
        }
    }

    fn bus(&mut self, node: &NodeBox) {
        let palette = self.picture.palette;
        let color = palette.family(Family::Network);
        let frame = node.frame;
        self.rect(&frame, frame.height / 2.0, palette.raised, Some((color, 1.6)));
        let middle = frame.center().y;
        let _ = writeln!(
            self.out,
            "<circle cx=\"{}\" cy=\"{}\" r=\"4\" fill=\"{color}\"/>",
            n(frame.x + 15.0),
            n(middle)
        );
        let style = Text { heavy: true, ..Text::new(12.0, palette.text, frame.width - 40.0) };
        self.text(Point { x: frame.x + 27.0, y: middle }, &node.name, &style);
    }

    fn port(&mut self, node: &NodeBox) {
        let palette = self.picture.palette;
        let center = node.frame.center();
        let _ = writeln!(
            self.out,
            "<circle cx=\"{}\" cy=\"{}\" r=\"5\" fill=\"{}\" stroke=\"{}\" stroke-width=\"1.6\"><title>{}</title></circle>",
            n(center.x),
            n(center.y),
            palette.lane,
            palette.family(Family::Network),
            escaped(&node.name)
        );
    }

    fn line(&mut self, course: &Course, color: &str, wide: f32, dashes: &str, arrow: bool) {
        let points = course.flat(1.0);
        let mut path = String::new();
        for (position, point) in points.iter().enumerate() {
            let _ = write!(path, "{}{} {}", if position == 0 { 'M' } else { 'L' }, n(point.x), n(point.y));
        }
        let _ = writeln!(
            self.out,
            "<path d=\"{path}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"{}\"{dashes}/>",
            n(wide)
        );
        if let ([.., before, tip], true) = (points.as_slice(), arrow) {
            let (dx, dy) = (before.x - tip.x, before.y - tip.y);
            let length = dx.hypot(dy).max(0.001);
            let (dx, dy) = (dx / length * 8.0, dy / length * 8.0);
            let _ = writeln!(
                self.out,
                "<path d=\"M{} {}L{} {}L{} {}Z\" fill=\"{color}\"/>",
                n(tip.x),
                n(tip.y),
                n(tip.x + dx - dy / 2.0),
                n(tip.y + dy + dx / 2.0),
                n(tip.x + dx + dy / 2.0),
                n(tip.y + dy - dx / 2.0)
            );
        }
    }

    fn links(&mut self) {
        let palette = self.picture.palette;
        for link in &self.picture.scene.links {
            match link.kind {
                LinkKind::Leg => self.line(&link.course, palette.family(Family::Network), 1.6, "", false),
                LinkKind::Dependency => {
                    self.line(&link.course, palette.weak, 1.3, " stroke-dasharray=\"6 5\"", true);
                }
                LinkKind::Connection | LinkKind::Containment => {
                    self.line(&link.course, palette.weak, 1.3, "", true);
                }
            }
        }
    }

    fn flows(&mut self) {
        let palette = self.picture.palette;
        let color = palette.family(Family::Proxy);
        for flow in &self.picture.scene.flows {
            let dots = " stroke-dasharray=\"0 5.5\" stroke-linecap=\"round\"";
            self.line(&flow.course, color, 2.2, dots, true);
        }
        // The name of what flows, where the line does not begin at a tag that says it.
        for flow in &self.picture.scene.flows {
            if matches!(flow.start, FlowStart::Tag(_)) || flow.label.is_empty() {
                continue;
            }
            let shown = fitted(&flow.label, 10.5, 180.0);
            let wide = width(&shown) * 10.5 + 16.0;
            let center = flow.course.at(0.5);
            let chip = Frame { x: center.x - wide / 2.0, y: center.y - 9.0, width: wide, height: 18.0 };
            self.rect(&chip, 9.0, palette.raised, Some((color, 1.1)));
            let style = Text { anchor: "middle", ..Text::new(10.5, palette.weak, 200.0) };
            self.text(center, &shown, &style);
        }
    }

    fn tags(&mut self) {
        let palette = self.picture.palette;
        let color = palette.family(Family::Proxy);
        for tag in &self.picture.scene.tags {
            self.rect(&tag.frame, 4.0, palette.raised, Some((color, 1.0)));
            let middle = tag.frame.center().y;
            let style = Text { mono: true, ..Text::new(10.5, palette.text, tag.frame.width - 10.0) };
            self.text(Point { x: tag.frame.x + 6.0, y: middle }, &tag.label(), &style);
            let _ = writeln!(
                self.out,
                "<circle cx=\"{}\" cy=\"{}\" r=\"3.6\" fill=\"{}\" stroke=\"{color}\" stroke-width=\"1.4\"/>",
                n(tag.frame.right()),
                n(middle),
                palette.lane
            );
        }
    }
}

/// ` ×3`, where there is more than one, or a function that says how many.
fn times(node: &NodeBox) -> String {
    node.instances.as_ref().map(counted).unwrap_or_default()
}

fn counted(instances: &Value) -> String {
    match instances {
        Value::Int(count) => format!(" ×{count}"),
        _ => " ×n".to_owned(),
    }
}

/// The family that most are of; the first of several.
fn most(families: impl Iterator<Item = Family>) -> Family {
    let mut counts = [0usize; Family::ALL.len()];
    for family in families {
        if let Some(position) = Family::ALL.iter().position(|known| *known == family) {
            counts[position] += 1;
        }
    }
    let most = counts.iter().max().copied().unwrap_or(0);
    let position = counts.iter().position(|count| *count == most && most > 0);
    position.map_or(Family::Other, |position| Family::ALL[position])
}
