//! Lines that a person bent: they pass the points that were given, at right angles, and leave and enter as before.

use super::{Course, Link};
use crate::model::{Frame, Point};

fn is_level(a: Point, b: Point) -> bool {
    (a.x - b.x).abs() >= (a.y - b.y).abs()
}

/// A way at right angles from `start` over `bends` to `end`; whether it leaves and enters level, not upright.
pub(super) fn through(start: Point, leaves: bool, bends: &[Point], end: Point, enters: bool) -> Vec<Point> {
    let mut points = vec![start];
    let stops = bends.iter().copied().chain([end]);
    for (number, to) in stops.enumerate() {
        let from = points[points.len() - 1];
        let level_first = match number {
            0 => leaves,
            last if last == bends.len() => !enters,
            _ => true,
        };
        let corner = if level_first { Point { x: to.x, y: from.y } } else { Point { x: from.x, y: to.y } };
        let apart = |a: Point, b: Point| (a.x - b.x).abs() + (a.y - b.y).abs() > 0.5;
        if apart(from, corner) && apart(corner, to) {
            points.push(corner);
        }
        points.push(to);
    }
    points
}

/// The way that a line would take over `bends`.
pub fn bent(course: &Course, bends: &[Point]) -> Course {
    let points = course.points();
    let [start, second, ..] = points else { return course.clone() };
    let [.., before, end] = points else { return course.clone() };
    Course::Path(through(*start, is_level(*start, *second), bends, *end, is_level(*before, *end)))
}

/// Where another bend can be pulled out of a line: the middle of each part from bend to bend, with how many bends come
/// before it.
pub fn grips(link: &Link) -> Vec<(usize, Point)> {
    let points = link.course.points();
    let mut parts: Vec<Vec<Point>> = vec![Vec::new()];
    let mut bends = link.bends.iter().copied().peekable();
    for point in points {
        if let Some(part) = parts.last_mut() {
            part.push(*point);
        }
        let met = bends.peek().is_some_and(|bend| {
            let area = Frame::at(*bend, 0.0, 0.0).grown(0.5);
            area.contains(*point)
        });
        if met {
            bends.next();
            parts.push(vec![*point]);
        }
    }
    let middle = |part: Vec<Point>| if part.len() > 1 { Some(Course::Path(part).at(0.5)) } else { None };
    parts.into_iter().enumerate().filter_map(|(at, part)| Some((at, middle(part)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::LinkKind;

    fn point(x: f32, y: f32) -> Point {
        Point { x, y }
    }

    #[test]
    fn a_bent_line_turns_at_right_angles_and_passes_its_bends() {
        let course = Course::straight(point(0.0, 0.0), point(200.0, 0.0));
        let bends = [point(50.0, 80.0), point(150.0, 120.0)];
        let Course::Path(points) = bent(&course, &bends) else { panic!("a path") };
        assert!(bends.iter().all(|bend| points.contains(bend)), "{points:?}");
        for pair in points.windows(2) {
            let (dx, dy) = (pair[0].x - pair[1].x, pair[0].y - pair[1].y);
            assert!(dx.abs() < 0.01 || dy.abs() < 0.01, "{points:?}");
        }
        assert!((points[0].y - points[1].y).abs() < 0.01, "it leaves as before");
        let last = points.len() - 1;
        assert!((points[last].y - points[last - 1].y).abs() < 0.01, "it enters as before");
    }

    #[test]
    fn each_part_has_a_grip_on_the_line() {
        let course = Course::straight(point(0.0, 0.0), point(200.0, 0.0));
        let mut link = Link {
            source: 0,
            target: 1,
            label: String::new(),
            count: 1,
            bends: Vec::new(),
            kind: LinkKind::Connection,
            course,
        };
        assert_eq!(grips(&link), [(0, point(100.0, 0.0))]);
        link.bends = vec![point(50.0, 80.0), point(150.0, 120.0)];
        link.course = bent(&link.course, &link.bends);
        let found = grips(&link);
        assert_eq!(found.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [0, 1, 2]);
        assert!(found.iter().all(|(_, place)| link.course.distance(*place) < 0.1));
    }
}
