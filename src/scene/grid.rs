//! [`Grid`]: which boxes lie near a point or in a rectangle, without asking all of them.

use std::collections::HashMap;

use crate::model::Frame;

/// Edge of a cell, in points. A card is a third of it: most boxes are in one or two cells.
const CELL: f32 = 600.0;

/// Boxes wider than this many cells in either direction are kept apart and always asked.
const WIDE: i32 = 16;

/// A spatial index of numbered boxes.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    cells: HashMap<(i32, i32), Vec<usize>>,
    wide: Vec<usize>,
}

fn cells(frame: &Frame) -> (i32, i32, i32, i32) {
    let cell = |edge: f32| (edge / CELL).floor() as i32;
    (cell(frame.x), cell(frame.y), cell(frame.right()), cell(frame.bottom()))
}

impl Grid {
    /// An index of `frames`, numbered in their order.
    pub fn new<'a>(frames: impl IntoIterator<Item = &'a Frame>) -> Self {
        let mut grid = Self::default();
        for (number, frame) in frames.into_iter().enumerate() {
            let (left, top, right, bottom) = cells(frame);
            if right.saturating_sub(left) > WIDE || bottom.saturating_sub(top) > WIDE {
                grid.wide.push(number);
                continue;
            }
            for x in left..=right {
                for y in top..=bottom {
                    grid.cells.entry((x, y)).or_default().push(number);
                }
            }
        }
        grid
    }

    /// Numbers of the boxes that may touch `area`, each once, ascending.
    pub fn near(&self, area: &Frame) -> Vec<usize> {
        let (left, top, right, bottom) = cells(area);
        let wanted = i64::from(right.saturating_sub(left).saturating_add(1))
            * i64::from(bottom.saturating_sub(top).saturating_add(1));
        let mut found = self.wide.clone();
        if wanted > self.cells.len() as i64 {
            for ((x, y), numbers) in &self.cells {
                if (left..=right).contains(x) && (top..=bottom).contains(y) {
                    found.extend_from_slice(numbers);
                }
            }
        } else {
            for x in left..=right {
                for y in top..=bottom {
                    found.extend(self.cells.get(&(x, y)).into_iter().flatten());
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_is_near_and_nothing_far() {
        let frame = |x: f32, y: f32| Frame { x, y, width: 180.0, height: 64.0 };
        let frames: Vec<Frame> =
            (0..100u8).map(|n| frame(f32::from(n % 10) * 700.0, f32::from(n / 10) * 700.0)).collect();
        let grid = Grid::new(&frames);
        assert_eq!(grid.near(&frame(0.0, 0.0)), [0]);
        let all = grid.near(&Frame { x: -1e6, y: -1e6, width: 2e6, height: 2e6 });
        assert_eq!(all.len(), 100);
        assert!(grid.near(&frame(-5000.0, 0.0)).is_empty());
    }

    #[test]
    fn a_huge_box_is_found_everywhere() {
        let grid = Grid::new(&[Frame { x: 0.0, y: 0.0, width: 1e6, height: 10.0 }]);
        assert_eq!(grid.near(&Frame { x: 5e5, y: 0.0, width: 1.0, height: 1.0 }), [0]);
    }
}
