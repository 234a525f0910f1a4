//! How large boxes must be for what is written on them.
//!
//! Letters shrink less than boxes do, so that they can be read from far ([`NAME`]): a box has room for its name where the
//! whole picture is usually seen, at [`AFAR`]. Knows no fonts: widths are those of common letters.

use super::GRID;

/// How far away a picture of some lanes is usually seen.
const AFAR: f32 = 0.65;
/// Width of a common letter of a name, and of one of a subnet, at [`AFAR`] on the screen.
const NAME: f32 = 6.9;
const RANGE: f32 = 6.0;
/// What a card has beside its name, on the screen: its icon and edges.
const BESIDE: f32 = 32.0;
/// What a network has beside its name and its subnet.
const BESIDE_RANGE: f32 = 46.0;
/// Letters of the longest usual subnet of IPv4: `255.255.255.0/24`.
const SUBNET: f32 = 16.0;

/// Width of a card.
pub const CARD_WIDTH: f32 = 180.0;
/// The widest that a card becomes for its name: longer ones are cut.
const CARD_WIDEST: f32 = 280.0;
/// Height of a card.
pub const CARD_HEIGHT: f32 = 64.0;
/// Height of a bus.
pub const BUS_HEIGHT: f32 = 28.0;
/// Smallest and largest width of a bus by itself; it is as long as what hangs from it.
const BUS_WIDTH: f32 = 280.0;
const BUS_WIDEST: f32 = 460.0;

/// Height of a tag.
pub(super) const TAG_HEIGHT: f32 = 22.0;
/// Width of a letter of a tag, and what a tag has beside its text.
const TAG_CHARACTER: f32 = 6.7;
const TAG_REST: f32 = 30.0;

/// Width of a card that is called `name`.
pub(super) fn card_width(name: &str) -> f32 {
    fitting(BESIDE + NAME * letters(name)).clamp(CARD_WIDTH, CARD_WIDEST)
}

/// Smallest width of a bus that is called `name`, with its subnet beside the name.
pub(super) fn bus_width(name: &str) -> f32 {
    fitting(BESIDE_RANGE + NAME * letters(name) + RANGE * SUBNET).clamp(BUS_WIDTH, BUS_WIDEST)
}

/// Width of a tag that says `label`.
pub(super) fn tag_width(label: &str) -> f32 {
    letters(label) * TAG_CHARACTER + TAG_REST
}

fn letters(text: &str) -> f32 {
    text.chars().count() as f32
}

/// What is `wide` on the screen from afar, in whole steps of the grid.
fn fitting(wide: f32) -> f32 {
    (wide / AFAR / GRID).ceil() * GRID
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_grows_with_its_name_in_steps_of_the_grid_and_not_for_ever() {
        let same = |a: f32, b: f32| (a - b).abs() < f32::EPSILON;
        assert!(same(card_width("web"), CARD_WIDTH));
        let (longer, longest) = (card_width("kubernetes_proxy"), card_width(&"x".repeat(300)));
        assert!(CARD_WIDTH < longer && longer < longest && same(longest, CARD_WIDEST));
        assert!(same(longer % GRID, 0.0));
        assert!(bus_width("management") > bus_width("m") && same(bus_width(&"x".repeat(300)), BUS_WIDEST));
    }
}
