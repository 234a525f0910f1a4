//! Lining boxes up, and giving them the same distances.

use crate::model::{Frame, Point};

/// How boxes are lined up or spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Alignment {
    /// Left edges below each other.
    Left,
    /// Right edges below each other.
    Right,
    /// Top edges beside each other.
    Top,
    /// Bottom edges beside each other.
    Bottom,
    /// Centres below each other.
    Center,
    /// Middles beside each other.
    Middle,
    /// The same distance from each to the next on the right; the outer two stay.
    Across,
    /// The same distance from each to the next below; the outer two stay.
    Down,
}

/// New corners for `frames`, in their order.
pub fn align(frames: &[Frame], how: Alignment) -> Vec<Point> {
    let Some(all) = frames.iter().copied().reduce(|all, frame| all.union(&frame)) else { return Vec::new() };
    let each = |place: &dyn Fn(&Frame) -> Point| frames.iter().map(place).collect();
    match how {
        Alignment::Left => each(&|frame| Point { x: all.x, y: frame.y }),
        Alignment::Right => each(&|frame| Point { x: all.right() - frame.width, y: frame.y }),
        Alignment::Top => each(&|frame| Point { x: frame.x, y: all.y }),
        Alignment::Bottom => each(&|frame| Point { x: frame.x, y: all.bottom() - frame.height }),
        Alignment::Center => each(&|frame| Point { x: all.center().x - frame.width / 2.0, y: frame.y }),
        Alignment::Middle => each(&|frame| Point { x: frame.x, y: all.center().y - frame.height / 2.0 }),
        Alignment::Across => {
            let edges: Vec<(f32, f32)> = frames.iter().map(|frame| (frame.x, frame.width)).collect();
            let spread = spread(&edges);
            frames.iter().zip(spread).map(|(frame, x)| Point { x, y: frame.y }).collect()
        }
        Alignment::Down => {
            let edges: Vec<(f32, f32)> = frames.iter().map(|frame| (frame.y, frame.height)).collect();
            let spread = spread(&edges);
            frames.iter().zip(spread).map(|(frame, y)| Point { x: frame.x, y }).collect()
        }
    }
}

/// New starts for pieces (start, length), with the same gap between all; the first and the last stay.
fn spread(pieces: &[(f32, f32)]) -> Vec<f32> {
    let mut order: Vec<usize> = (0..pieces.len()).collect();
    order.sort_by(|&a, &b| {
        let middle = |at: usize| pieces[at].0 + pieces[at].1 / 2.0;
        middle(a).total_cmp(&middle(b)).then(a.cmp(&b))
    });
    let mut starts: Vec<f32> = pieces.iter().map(|(start, _)| *start).collect();
    if let ([first, .., last], true) = (order.as_slice(), order.len() > 2) {
        let room = pieces[*last].0 + pieces[*last].1 - pieces[*first].0;
        let filled: f32 = pieces.iter().map(|(_, length)| length).sum();
        let gap = (room - filled) / (pieces.len() - 1) as f32;
        let mut at = pieces[*first].0;
        for &piece in &order {
            starts[piece] = at;
            at += pieces[piece].1 + gap;
        }
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAMES: [Frame; 3] = [
        Frame { x: 0.0, y: 5.0, width: 10.0, height: 10.0 },
        Frame { x: 90.0, y: 0.0, width: 10.0, height: 30.0 },
        Frame { x: 20.0, y: 7.0, width: 20.0, height: 10.0 },
    ];

    #[test]
    fn edges_and_centres_come_in_line() {
        let xs = |how| align(&FRAMES, how).iter().map(|corner| corner.x).collect::<Vec<_>>();
        let ys = |how| align(&FRAMES, how).iter().map(|corner| corner.y).collect::<Vec<_>>();
        assert_eq!(xs(Alignment::Left), [0.0; 3]);
        assert_eq!(xs(Alignment::Right), [90.0, 90.0, 80.0]);
        assert_eq!(xs(Alignment::Center), [45.0, 45.0, 40.0]);
        assert_eq!(ys(Alignment::Top), [0.0; 3]);
        assert_eq!(ys(Alignment::Bottom), [20.0, 0.0, 20.0]);
        assert_eq!(ys(Alignment::Middle), [10.0, 0.0, 10.0]);
    }

    #[test]
    fn distances_become_the_same_and_the_outer_two_stay() {
        let across: Vec<f32> = align(&FRAMES, Alignment::Across).iter().map(|corner| corner.x).collect();
        assert_eq!(across, [0.0, 90.0, 40.0]);
        assert_eq!(
            align(&FRAMES[..2], Alignment::Across),
            FRAMES[..2].iter().map(Frame::corner).collect::<Vec<_>>()
        );
        assert!(align(&[], Alignment::Down).is_empty());
    }
}
