//! Random gestures on random projects: whatever is written how, an edit changes what it says it changes and nothing else.
//!
//! A walk is decided by its seed alone. A failing seed is printed with the edit and the text before it; it goes into
//! [`SEEDS`] with the mend. `GANTRY_WALKS=100000 cargo test edit_random` walks on from `GANTRY_SEED` (1 if it isn't set).

mod gestures;
pub mod hand;
pub mod laws;
pub mod projects;

use gantry::edit::{Edit, History, Project};

use super::generate::Random;

/// Gestures of one walk.
const STEPS: usize = 24;
/// Walks of each run of the tests.
const WALKS: u64 = 60;
/// Walks that found something once.
const SEEDS: &[u64] = &[];

/// Says where a walk was when it failed.
struct Witness {
    seed: u64,
    step: usize,
    edit: Option<Edit>,
    before: Project,
}

impl Drop for Witness {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        println!("seed {}, step {}: {:?}", self.seed, self.step, self.edit);
        if let Some(manifest) = &self.before.manifest {
            println!("──── gantry.yaml\n{manifest}");
        }
        for (name, document) in &self.before.documents {
            println!("──── {name}\n{}", document.text);
        }
    }
}

pub(crate) fn walk(seed: u64) {
    let mut random = Random::new(seed);
    let (first, mut comments) = projects::any(&mut random);
    // Typing moves comments to other things: how they are followed ends there.
    let types = random.below(4) == 0;
    let mut now = first.clone();
    let mut history = History::default();
    // Undo brings back whose the comments were.
    let mut seen = vec![(now.clone(), comments.clone())];
    let mut witness = Witness { seed, step: 0, edit: None, before: now.clone() };
    for step in 0..STEPS {
        match random.below(12) {
            0 | 1 => {
                let _ = if random.below(2) == 0 { history.undo(&mut now) } else { history.redo(&mut now) };
                let known = seen.iter().rev().find(|(project, _)| *project == now);
                comments = known.expect("undo and redo lead to what there was").1.clone();
            }
            _ => {
                let edit = gestures::any(&mut random, &now, types);
                witness.step = step;
                witness.edit = Some(edit.clone());
                witness.before = now.clone();
                let before = now.clone();
                match history.apply(&mut now, &edit) {
                    Ok(_) => {
                        laws::check(&before, &edit, &now, &mut comments, types);
                        seen.push((now.clone(), comments.clone()));
                    }
                    Err(error) => {
                        laws::refusal(&error, types);
                        assert_eq!(now, before, "a refused edit changes nothing");
                        assert!(edit.touches(&before).is_err(), "what is refused touches nothing");
                    }
                }
            }
        }
    }
    let last = now.clone();
    while history.redo(&mut now) {}
    let newest = now.clone();
    while history.undo(&mut now) {}
    assert_eq!(now, first, "undone to the beginning, the first bytes");
    while history.redo(&mut now) {}
    assert_eq!(now, newest, "done again to the end, the last bytes");
    laws::read(&last);
}

#[test]
fn random_gestures_change_what_they_name_and_nothing_else() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    SEEDS.iter().for_each(|seed| walk(*seed));
    let first = number("GANTRY_SEED").unwrap_or(1);
    for seed in first..first + number("GANTRY_WALKS").unwrap_or(WALKS) {
        walk(seed);
    }
}

/// The generator makes what it promises: texts that can be read, of every style.
#[test]
fn random_projects_are_readable_and_various() {
    let (mut windows, mut open_ended, mut anchors, mut flow) = (0, 0, 0, 0);
    for seed in 0..200 {
        let (project, comments) = projects::any(&mut Random::new(seed));
        for (name, document) in &project.documents {
            let text = &document.text;
            laws::readable(text).unwrap_or_else(|why| panic!("seed {seed}, {name}: {why}\n{text}"));
            windows += usize::from(text.contains("\r\n"));
            open_ended += usize::from(!text.ends_with('\n'));
            anchors += usize::from(text.contains("&a"));
            flow += usize::from(text.contains("{ ") || text.contains("{g"));
            let lost = comments.lost(name, text);
            assert!(lost.is_empty(), "seed {seed}, {name}: {lost:?}\n{text}");
        }
    }
    for (what, count) in [("CRLF", windows), ("no newline", open_ended), ("anchors", anchors), ("flow", flow)]
    {
        assert!(count > 20, "{what}: {count}");
    }
}
