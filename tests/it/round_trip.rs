//! Text → blueprint → topology, and the text is what it was: of every file that there is, and of generated blueprints
//! in many hands. What differs only in ends of lines and blanks means the same, and every place stays true.

use std::path::{Path as File, PathBuf};

use gantry::check::{Options, resolved_plan};
use gantry::diag::{Inside, Mark, Path, Source, Span};
use gantry::dsl::patch::{Change, patch};
use gantry::dsl::read_value;
use gantry::edit::{Document, Edit, History, Project};
use gantry::model::{Value, same};
use proptest::prelude::*;

use crate::edit_random::hand::Hand;
use crate::edit_random::laws::{at, readable};
use crate::edit_random::projects;
use crate::fuzz_laws::{Judged, judge, places, unchanged};
use crate::generate::{Random, Shape};

/// Every YAML file of the corpus and of the blueprints.
fn files() -> Vec<(PathBuf, String)> {
    let root = File::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("tests/corpus"), root.join("blueprints"), root.join("assets/types")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
                let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
                found.push((path, text));
            }
        }
    }
    found.sort();
    assert!(found.len() > 130, "{}", found.len());
    found
}

fn document(text: &str) -> Project {
    let document = Document { file: "blueprint.yaml".into(), text: text.into(), ..Document::default() };
    Project { documents: [("lane".to_owned(), document)].into(), ..Project::default() }
}

fn text_of(project: &Project) -> &str {
    &project.documents["lane"].text
}

/// Everything that a text holds, with its path.
fn everything(value: &Value) -> Vec<(Path, Value)> {
    let found = projects::places(value).into_iter();
    found.filter_map(|path| Some((path.clone(), at(value, &path)?.clone()))).collect()
}

/// Places of one file that are asked, spread over all of it: each patch reads the whole file again.
const ASKED: usize = 40;

/// A change that asks for what is there changes no byte, wherever it asks.
#[test]
fn asking_for_what_is_there_changes_no_byte_of_any_file() {
    let mut asked = 0;
    for (file, text) in files() {
        unchanged(&text);
        let Ok(value) = readable(&text) else { continue };
        let all: Vec<_> = everything(&value).into_iter().collect();
        let step = all.len().div_ceil(ASKED).max(1);
        for (path, value) in all.into_iter().step_by(step) {
            let patched = patch(&text, &[Change::Set { at: path.clone(), value }]);
            assert!(patched.as_deref() == Ok(&text), "{} at {path}: {patched:?}", file.display());
            asked += 1;
        }
    }
    assert!(asked > 2_000, "{asked}");
}

/// Every file is edited and the edit taken back; the file's first bytes are there again.
#[test]
fn an_edit_that_is_taken_back_leaves_no_byte_changed() {
    let (mut edited, mut typed) = (0, 0);
    for (file, text) in files() {
        let before = document(&text);
        let (mut now, mut history) = (before.clone(), History::default());
        let name = before.free_name("lane", "node_templates", "new_node");
        let template = serde_json::from_str(r#"{"type": "cloudify.nodes.Root"}"#).unwrap();
        let edit = Edit::AddNode { lane: "lane".into(), name, template, at: None };
        match history.apply(&mut now, &edit) {
            Ok(changed) => {
                assert!(changed && text_of(&now) != text, "{}", file.display());
                edited += 1;
            }
            Err(_) => assert_eq!(now, before, "{}", file.display()),
        }
        // A text that can't be patched can be typed into.
        let more = format!("# typed\n{}", text_of(&now));
        let edit = Edit::Text { lane: "lane".into(), text: more.into() };
        assert_eq!(history.apply(&mut now, &edit), Ok(true), "{}", file.display());
        typed += 1;
        while history.undo(&mut now) {}
        assert!(text_of(&now) == text && now == before, "{}", file.display());
    }
    assert!(edited > 110 && typed > 130, "{edited} edited, {typed} typed into");
}

/// Adding an entry and removing it again, and a name changed there and back, leave what was.
#[test]
fn a_change_and_its_opposite_leave_no_byte_changed() {
    let (mut added, mut renamed) = (0, 0);
    for (file, text) in files() {
        let Ok(value) = readable(&text) else { continue };
        for section in ["node_templates", "inputs", "outputs", "node_types"] {
            let Some(Value::Map(entries)) = value.get(section).filter(|_| !text.contains('*')) else {
                continue;
            };
            // A key that is no text can't be written again: it becomes one.
            let Some((name, _)) = entries.iter().next().filter(|(name, _)| *name != "1") else { continue };
            let section = Path::of([section]);
            let new = section.key("new_entry");
            let there = Change::Set { at: new.clone(), value: Value::string("x") };
            let both = patch(&text, &[there, Change::Unset { at: new.clone() }]);
            assert!(both.as_deref() == Ok(&text), "{}: {both:?}", file.display());
            added += 1;
            let there = Change::Rename { at: section.key(name), to: "new_entry".into() };
            let both = patch(&text, &[there, Change::Rename { at: new, to: name.clone() }]);
            assert!(both.as_deref() == Ok(&text), "{}: {both:?}", file.display());
            renamed += 1;
        }
    }
    assert!(added > 100 && renamed > 100, "{added} {renamed}");
}

/// `gantry topology` and `gantry check` leave a folder as it is, and say the same twice.
#[test]
fn looking_at_a_file_changes_no_byte_of_its_folder() {
    let lab = crate::cli::Lab::hybrid_vnf();
    let folder = lab.project();
    crate::cli::copy(&crate::corpus::corpus("valid"), &folder);
    let before = crate::cli::snapshot(&folder);
    let names: Vec<PathBuf> = before.iter().map(|(path, _)| path.clone()).collect();
    let mut shown = 0;
    for name in names.iter().filter(|name| name.extension().is_some_and(|extension| extension == "yaml")) {
        let name = folder.join(name);
        let arguments = ["topology", name.to_str().unwrap(), "--format", "json"];
        let (once, twice) = (lab.gantry(&arguments), lab.gantry(&arguments));
        assert_eq!(once.stdout, twice.stdout, "{}", name.display());
        shown += usize::from(once.status.success());
    }
    assert!(shown >= 15, "{shown}");
    assert_eq!(crate::cli::snapshot(&folder), before);
}

fn generated(seed: u64) -> String {
    let mut random = Random::new(seed);
    let reads = (random.below(2) == 0).then_some("cluster");
    let value = projects::blueprint(&mut random, reads);
    Hand::new(&mut random, "r").write(&value).0
}

fn plan(judged: &Judged) -> String {
    serde_json::to_string(&resolved_plan(&judged.topology)).unwrap()
}

/// Marks of the blueprint's own file that have a key or a value there, by path.
fn marks(judged: &Judged) -> Vec<(Path, Option<Span>, Option<Span>)> {
    let mut found = Vec::new();
    let mut todo: Vec<(Path, &Mark)> = vec![(Path::root(), judged.reading.source_map.root())];
    while let Some((path, mark)) = todo.pop() {
        match &mark.inside {
            Inside::Nothing => {}
            Inside::List(list) => {
                todo.extend(list.iter().enumerate().map(|(index, mark)| (path.index(index), mark)));
            }
            Inside::Map(map) => todo.extend(map.iter().map(|(key, mark)| (path.key(key), mark))),
        }
        if mark.file == 0 {
            found.push((path, mark.key(), mark.value()));
        }
    }
    found
}

/// What stands at the place of a key is the key, and at that of a value the value.
fn words_stand_where_they_are_said_to(text: &str, judged: &Judged) -> usize {
    let Ok(value) = readable(text) else { return 0 };
    let mut read = 0;
    let says = |span: Span| read_value(&Source::new("part", &text[span.start..span.end])).0;
    for (path, key, own) in marks(judged) {
        let Some(value) = at(&value, &path) else { continue };
        if let (Some(gantry::diag::Segment::Key(name)), Some(key)) = (path.segments().last(), key) {
            let said = says(key);
            let said = said.as_str().map_or_else(|| text[key.start..key.end].to_owned(), str::to_owned);
            assert_eq!(said, **name, "{path} in\n{text}");
            read += 1;
        }
        // Texts over several lines are indented by what is around them; an alias stands for what is elsewhere.
        let Some(own) = own.filter(|own| own.line == own.end_line) else { continue };
        if value.as_map().is_none() && value.as_list().is_none() {
            let said = says(own);
            assert!(same(&said, value), "{path} is {value:?}, not {said:?}, in\n{text}");
            read += 1;
        }
    }
    read
}

/// Problems with their places as lines and columns, which no end of line moves.
fn told(judged: &Judged) -> Vec<String> {
    judged
        .problems
        .iter()
        .map(|problem| {
            let place = problem.place.as_ref().map(|place| (place.span.line, place.span.column));
            format!("{} {} {place:?} {}", problem.code, problem.path, problem.message)
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    /// Of a generated blueprint: topology and problems are the same each time, the text stays, places are true.
    #[test]
    fn a_generated_blueprint_reads_the_same_each_time(seed in any::<u64>()) {
        let text = generated(seed);
        let (once, twice) = (judge(&text, Options::default()), judge(&text, Options::default()));
        prop_assert_eq!(plan(&once), plan(&twice));
        prop_assert_eq!(&once.problems, &twice.problems);
        prop_assert_eq!(&*once.reading.sources[0].text, &text);
        places(&once.reading);
        unchanged(&text);
        prop_assert!(words_stand_where_they_are_said_to(&text, &once) > 3);
        let value = readable(&text).unwrap();
        for (at, value) in everything(&value) {
            let patched = patch(&text, &[Change::Set { at, value }]);
            prop_assert_eq!(patched.as_deref(), Ok(&*text));
        }
    }

    /// With other ends of lines it means the same, and every problem stands on its line and column.
    #[test]
    fn ends_of_lines_mean_nothing(seed in any::<u64>()) {
        let text = generated(seed).replace("\r\n", "\n");
        let windows = text.replace('\n', "\r\n");
        let (plain, other) = (judge(&text, Options::default()), judge(&windows, Options::default()));
        prop_assert_eq!(plan(&plain), plan(&other));
        prop_assert_eq!(told(&plain), told(&other));
        places(&other.reading);
        prop_assert!(words_stand_where_they_are_said_to(&windows, &other) > 3);
    }

    /// With blanks behind some lines it is read; where they say nothing, the rest stays as it was.
    #[test]
    fn blanks_behind_lines_move_nothing(seed in any::<u64>()) {
        let text = generated(seed);
        let mut random = Random::new(seed ^ 1);
        let blanks = |random: &mut Random| " ".repeat([0, 0, 1, 3][random.below(4)]);
        let mut blanked = String::new();
        for line in text.split_inclusive('\n') {
            let body = line.trim_end_matches(['\r', '\n']);
            blanked.extend([body, &blanks(&mut random), &line[body.len()..]]);
        }
        let (plain, other) = (judge(&text, Options::default()), judge(&blanked, Options::default()));
        places(&other.reading);
        // Inside a text of several lines a blank is part of it.
        if plan(&plain) == plan(&other) {
            prop_assert_eq!(told(&plain), told(&other));
            let lines = |judged: &Judged| {
                marks(judged).into_iter().map(|(path, key, _)| (path, key.map(|key| (key.line, key.column)))).collect::<Vec<_>>()
            };
            prop_assert_eq!(lines(&plain), lines(&other));
        }
    }

    /// Cut anywhere, or with a character put anywhere, it is read and told within its text.
    #[test]
    fn a_damaged_blueprint_is_told_within_its_text(seed in any::<u64>(), at in any::<prop::sample::Index>(), with in "[-\\[\\]{}:,#&*!|>'\"%@` \t\r\na\u{e9}\u{2028}\u{feff}]{0,3}") {
        let mut text = generated(seed);
        let mut at = at.index(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        if with.is_empty() {
            text.truncate(at);
        } else {
            text.insert_str(at, &with);
        }
        crate::fuzz_laws::read_check(text.as_bytes());
    }
}

/// The shape of the benchmarks too: what it says is what stands there.
#[test]
fn the_blueprints_of_the_benchmarks_read_the_same_each_time() {
    for seed in 0..3 {
        let text = crate::generate::blueprint(&Shape { seed, instances: 2, ..Shape::of(60) });
        let (once, twice) = (judge(&text, Options::default()), judge(&text, Options::default()));
        assert!(!once.problems.has_errors());
        assert_eq!(plan(&once), plan(&twice));
        places(&once.reading);
        unchanged(&text);
        assert!(words_stand_where_they_are_said_to(&text, &once) > 1_000);
    }
}
