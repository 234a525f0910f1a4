//! [`Course`]: the way of a line from box to box.
//!
//! Plain geometry: which way is taken is decided in `route`.

use crate::model::{Frame, Point};

/// The way of a line, start first.
#[derive(Clone, Debug, PartialEq)]
pub enum Course {
    /// A cubic curve: start, two controls, end.
    Curve([Point; 4]),
    /// Straight pieces; corners are rounded by whoever paints. At least two points.
    Path(Vec<Point>),
}

impl Default for Course {
    fn default() -> Self {
        Self::Path(vec![Point::default(); 2])
    }
}

/// The corner radius of a [`Course::Path`].
const ROUND: f32 = 8.0;

impl Course {
    /// A straight line.
    pub fn straight(start: Point, end: Point) -> Self {
        Self::Path(vec![start, end])
    }

    /// Its control points: of a path the corners.
    pub fn points(&self) -> &[Point] {
        match self {
            Self::Curve(points) => points,
            Self::Path(points) => points,
        }
    }

    /// Where it begins.
    pub fn start(&self) -> Point {
        self.points().first().copied().unwrap_or_default()
    }

    /// Where it ends.
    pub fn end(&self) -> Point {
        self.points().last().copied().unwrap_or_default()
    }

    /// A rectangle that it doesn't leave.
    pub fn bounds(&self) -> Frame {
        let corner = |point: &Point| Frame::at(*point, 0.0, 0.0);
        self.points().iter().map(corner).reduce(|all, point| all.union(&point)).unwrap_or_default()
    }

    /// The point at `share` of its length (of a curve: of its parameter), 0 to 1.
    pub fn at(&self, share: f32) -> Point {
        match self {
            Self::Curve(points) => on_curve(points, share),
            Self::Path(points) => {
                let lengths: Vec<f32> = points.windows(2).map(|pair| distance(pair[0], pair[1])).collect();
                let mut left = lengths.iter().sum::<f32>() * share.clamp(0.0, 1.0);
                for (pair, length) in points.windows(2).zip(lengths) {
                    if left <= length && length > 0.0 {
                        return between(pair[0], pair[1], left / length);
                    }
                    left -= length;
                }
                self.end()
            }
        }
    }

    /// As straight pieces short enough for the eye at `zoom`.
    pub fn flat(&self, zoom: f32) -> Vec<Point> {
        match self {
            Self::Curve(points) => {
                let steps = ((distance(points[0], points[3]) * zoom / 14.0) as usize).clamp(8, 40);
                (0..=steps).map(|step| on_curve(points, step as f32 / steps as f32)).collect()
            }
            Self::Path(points) => rounded(points),
        }
    }

    /// How far `point` is from it.
    pub fn distance(&self, point: Point) -> f32 {
        let flat = match self {
            Self::Curve(_) => self.flat(1.0),
            Self::Path(points) => points.clone(),
        };
        flat.windows(2).map(|pair| from_piece(point, pair[0], pair[1])).fold(f32::MAX, f32::min)
    }

    /// Moved.
    #[must_use]
    pub fn shifted(&self, dx: f32, dy: f32) -> Self {
        let moved = |point: &Point| Point { x: point.x + dx, y: point.y + dy };
        match self {
            Self::Curve(points) => Self::Curve(points.map(|point| moved(&point))),
            Self::Path(points) => Self::Path(points.iter().map(moved).collect()),
        }
    }
}

pub(super) fn distance(a: Point, b: Point) -> f32 {
    (a.x - b.x).hypot(a.y - b.y)
}

fn between(a: Point, b: Point, share: f32) -> Point {
    Point { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share }
}

fn on_curve(curve: &[Point; 4], share: f32) -> Point {
    let rest = 1.0 - share;
    let weights =
        [rest * rest * rest, 3.0 * rest * rest * share, 3.0 * rest * share * share, share * share * share];
    let mut point = Point::default();
    for (corner, weight) in curve.iter().zip(weights) {
        point.x += corner.x * weight;
        point.y += corner.y * weight;
    }
    point
}

fn from_piece(point: Point, a: Point, b: Point) -> f32 {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let length = dx * dx + dy * dy;
    let share = if length > 0.0 {
        (((point.x - a.x) * dx + (point.y - a.y) * dy) / length).clamp(0.0, 1.0)
    } else {
        0.0
    };
    distance(point, between(a, b, share))
}

/// `points` with each corner replaced by a short bow.
fn rounded(points: &[Point]) -> Vec<Point> {
    let [first, .., last] = points else { return points.to_vec() };
    let mut flat = vec![*first];
    for triple in points.windows(3) {
        let [before, corner, after] = [triple[0], triple[1], triple[2]];
        let (into, out) = (distance(before, corner), distance(corner, after));
        let radius = ROUND.min(into / 2.0).min(out / 2.0);
        if radius < 1.0 {
            flat.push(corner);
            continue;
        }
        let (from, to) = (between(corner, before, radius / into), between(corner, after, radius / out));
        flat.extend([0.0, 0.33, 0.67, 1.0].map(|share| {
            let (a, b) = (between(from, corner, share), between(corner, to, share));
            between(a, b, share)
        }));
    }
    flat.push(*last);
    flat
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(x: f32, y: f32) -> Point {
        Point { x, y }
    }

    #[test]
    fn a_path_is_measured_along_its_pieces() {
        let path = Course::Path(vec![point(0.0, 0.0), point(100.0, 0.0), point(100.0, 100.0)]);
        assert_eq!(path.at(0.5), point(100.0, 0.0));
        assert_eq!(path.at(0.75), point(100.0, 50.0));
        assert_eq!(path.at(2.0), point(100.0, 100.0));
        assert!((path.distance(point(50.0, 7.0)) - 7.0).abs() < 0.01);
        assert_eq!(path.bounds(), Frame { x: 0.0, y: 0.0, width: 100.0, height: 100.0 });
    }

    #[test]
    fn flattened_lines_keep_their_ends() {
        let curve = Course::Curve([point(0.0, 0.0), point(50.0, 0.0), point(50.0, 80.0), point(90.0, 80.0)]);
        let path = Course::Path(vec![point(0.0, 0.0), point(40.0, 0.0), point(40.0, 9.0)]);
        for course in [curve, path, Course::straight(point(1.0, 1.0), point(1.0, 1.0))] {
            let flat = course.flat(1.0);
            assert_eq!((flat[0], flat[flat.len() - 1]), (course.start(), course.end()));
        }
    }
}
