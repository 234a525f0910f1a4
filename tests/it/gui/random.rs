//! A monkey at the window: clicks, drags, keys, typing and rubbish on the clipboard, wherever they happen to fall. Nothing
//! it does ends the program, and all of it can be undone.
//!
//! `GANTRY_MONKEYS=50 cargo test gui::random` lets more of them in, from `GANTRY_SEED` on.

use egui::{Event, Key, Modifiers, PointerButton, Pos2, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use gantry::gui::App;

use super::Desk;
use crate::generate::Random;

const STEPS: usize = 40;
const CTRL: Modifiers = Modifiers::COMMAND;
const NONE: Modifiers = Modifiers::NONE;

/// Keys that change something, or lead to something that does. None opens a dialog of the system, or deploys.
const KEYS: &[(Modifiers, Key)] = &[
    (NONE, Key::Delete),
    (NONE, Key::Backspace),
    (CTRL, Key::Delete),
    (CTRL, Key::D),
    (CTRL, Key::Z),
    (CTRL, Key::Y),
    (NONE, Key::C),
    (NONE, Key::Tab),
    (NONE, Key::F2),
    (NONE, Key::Insert),
    (NONE, Key::Escape),
    (NONE, Key::Enter),
    (NONE, Key::Enter),
    (NONE, Key::ArrowDown),
    (NONE, Key::ArrowRight),
    (CTRL, Key::A),
    (CTRL, Key::G),
    (CTRL, Key::L),
    (Modifiers::ALT, Key::A),
    (Modifiers::ALT, Key::ArrowLeft),
    (NONE, Key::OpenBracket),
    (NONE, Key::CloseBracket),
    (NONE, Key::ArrowLeft),
    (Modifiers { shift: true, ..CTRL }, Key::L),
    (Modifiers { shift: true, ..CTRL }, Key::G),
    (CTRL, Key::K),
    (CTRL, Key::F),
    (CTRL, Key::M),
    (CTRL, Key::J),
    (CTRL, Key::Num0),
    (Modifiers::SHIFT, Key::Num1),
    (NONE, Key::Slash),
    (NONE, Key::F8),
    (NONE, Key::Space),
];

const WORDS: &[&str] =
    &["a", "web_9", "service", "port", "[", "{ get_input: x }", "a: b", "\u{1f980}", "nginx", " ", "-1", "'"];

const CLIPS: &[&str] = &[
    "x: {type: cloudify.nodes.Compute}\n",
    "node_templates:\n  q:\n    type: cloudify.nodes.WebServer\n    relationships:\n      - {type: cloudify.relationships.contained_in, target: quagga}\n",
    "[",
    "\u{0}",
    "- a\n- b",
];

struct Monkey {
    random: Random,
    harness: Harness<'static, App>,
}

impl Monkey {
    fn place(&mut self) -> Pos2 {
        // Mostly where something is drawn.
        if self.random.below(4) > 0 {
            let all: Vec<Pos2> = self
                .harness
                .query_all_by_label_contains("")
                .map(|node| node.rect().center())
                .filter(|place| place.is_finite() && place.x < 1600.0 && place.y < 1000.0 && place.y > 46.0)
                .collect();
            if !all.is_empty() {
                return all[self.random.below(all.len())];
            }
        }
        pos2(self.random.below(1600) as f32, 46.0 + self.random.below(954) as f32)
    }

    fn button(&mut self, place: Pos2, button: PointerButton, modifiers: Modifiers) {
        for pressed in [true, false] {
            let event = Event::PointerButton { pos: place, button, pressed, modifiers };
            self.harness.input_mut().events.push(event);
            self.harness.step();
        }
    }

    fn act(&mut self) {
        match self.random.below(14) {
            0..=2 => {
                let (modifiers, key) = KEYS[self.random.below(KEYS.len())];
                self.harness.key_press_modifiers(modifiers, key);
            }
            3 => {
                let word = WORDS[self.random.below(WORDS.len())];
                self.harness.input_mut().events.push(Event::Text(word.to_owned()));
            }
            4 => {
                let clip = CLIPS[self.random.below(CLIPS.len())];
                self.harness.input_mut().events.push(Event::Paste(clip.to_owned()));
            }
            5 => {
                let event = if self.random.below(2) == 0 { Event::Copy } else { Event::Cut };
                self.harness.input_mut().events.push(event);
            }
            6..=8 => {
                let (from, to) = (self.place(), self.place());
                self.harness.hover_at(from);
                self.harness.step();
                self.harness.drag_at(from);
                self.harness.step();
                for step in 1..=3u8 {
                    self.harness.hover_at(from + (to - from) * (f32::from(step) / 3.0));
                    self.harness.step();
                }
                if self.random.below(6) == 0 {
                    self.harness.key_press(Key::Escape);
                    self.harness.step();
                }
                self.harness.drop_at(to);
            }
            9 => {
                let place = self.place();
                self.harness.hover_at(place);
                self.button(place, PointerButton::Primary, NONE);
                self.button(place, PointerButton::Primary, NONE);
            }
            10 => {
                let place = self.place();
                self.button(place, PointerButton::Secondary, NONE);
            }
            11 => {
                let place = self.place();
                let modifiers = if self.random.below(2) == 0 { CTRL } else { Modifiers::SHIFT };
                let unit = egui::MouseWheelUnit::Point;
                let delta = vec2(0.0, self.random.below(200) as f32 - 100.0);
                let phase = egui::TouchPhase::Move;
                let events = &mut self.harness.input_mut().events;
                events.extend([
                    Event::PointerMoved(place),
                    Event::MouseWheel { unit, delta, modifiers, phase },
                ]);
            }
            _ => {
                let place = self.place();
                let modifiers = [NONE, NONE, Modifiers::SHIFT, CTRL][self.random.below(4)];
                self.harness.hover_at(place);
                self.harness.step();
                self.button(place, PointerButton::Primary, modifiers);
            }
        }
        self.harness.run_steps(2);
    }
}

/// Names what was going on when it fails.
struct Witness(u64);

impl Drop for Witness {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("monkey {}", self.0);
        }
    }
}

/// Whether it changed anything.
fn let_in(seed: u64) -> bool {
    let _witness = Witness(seed);
    let desk = Desk::new();
    let texts = |desk: &Desk| -> Vec<_> {
        let files = desk.files().into_iter();
        files.filter(|(path, _)| !path.to_string_lossy().ends_with(".layout.yaml")).collect()
    };
    let before = texts(&desk);
    let mut monkey = Monkey { random: Random::new(seed), harness: desk.open() };
    for _ in 0..STEPS {
        monkey.act();
    }
    let harness = &mut monkey.harness;
    let changed = harness.query_by_label_contains("not saved").is_some();
    // Whatever is open is closed, whatever is typed left; then back to the beginning.
    for _ in 0..4 {
        harness.key_press(Key::Escape);
        harness.run_steps(2);
    }
    for _ in 0..STEPS * 4 {
        harness.key_press_modifiers(CTRL, Key::Z);
        harness.run_steps(1);
    }
    harness.key_press_modifiers(CTRL, Key::S);
    for _ in 0..400 {
        harness.step();
        if harness.query_by_label_contains("not saved").is_none() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert!(harness.query_by_label("canvas").is_some(), "the canvas is still there");
    assert!(harness.query_by_label_contains("not saved").is_none(), "something can't be undone");
    assert_eq!(texts(&desk), before, "undone to the beginning, the first bytes");
    changed
}

#[test]
fn whatever_is_clicked_and_typed_can_be_undone() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let first = number("GANTRY_SEED").unwrap_or(1);
    let seeds = first..first + number("GANTRY_MONKEYS").unwrap_or(3);
    let busy = seeds.filter(|seed| let_in(*seed)).count();
    assert!(busy > 0, "no monkey has changed anything");
}
