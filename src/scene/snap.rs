//! Snapping: where a dragged box comes to rest.

use super::GRID;
use crate::model::Point;

/// The nearest point of the grid.
pub fn snap(point: Point) -> Point {
    let near = |edge: f32| (edge / GRID).round() * GRID;
    Point { x: near(point.x), y: near(point.y) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snapping_twice_is_snapping_once() {
        let once = snap(Point { x: 31.0, y: -29.0 });
        assert_eq!(once, Point { x: 40.0, y: -20.0 });
        assert_eq!(snap(once), once);
    }
}
