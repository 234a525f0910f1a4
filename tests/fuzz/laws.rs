//! What holds of every text, however it came to be: the fuzz targets, the replay of what they found and the
//! property tests ask the same.
//!
//! A second file, for imports of `lib.yaml`, may follow the blueprint behind a line [`LIBRARY`].

use gantry::check::evaluate::{GivenState, Here, evaluate};
use gantry::check::{self, Catalog, Options, Preview, Topology};
use gantry::diag::{Diagnostic, Diagnostics, Inside, Mark, Place, Source, Span, escape, render};
use gantry::dsl::patch::{Change, patch};
use gantry::dsl::{FileError, Files, Reading, read_value};
use gantry::model::{Map, Value};
use gantry::plan::expand;

/// What separates a blueprint from the library beside it.
pub const LIBRARY: &str = "\n#### lib.yaml\n";

/// The one file beside a blueprint.
struct Beside<'a>(Option<&'a str>);

impl Files for Beside<'_> {
    fn read(&self, address: &str, _from: &str) -> Result<Source, FileError> {
        match self.0.filter(|_| address == "lib.yaml") {
            Some(text) => Ok(Source::new("lib.yaml", text)),
            None => Err(FileError::NotFound),
        }
    }
}

/// A blueprint, read and judged.
pub struct Judged {
    pub reading: Reading,
    pub topology: Topology,
    pub problems: Diagnostics,
}

/// Reads and judges a text, with the library that may stand behind it.
pub fn judge(text: &str, options: Options) -> Judged {
    let (main, library) = match text.split_once(LIBRARY) {
        Some((main, library)) => (main, Some(library)),
        None => (text, None),
    };
    let catalog = Catalog::built_in();
    let reading = check::read(&Source::new("blueprint.yaml", main), &Beside(library), &catalog);
    let (topology, problems) = check::check_with(&reading, &catalog, options);
    Judged { reading, topology, problems }
}

/// Any bytes: they are read, checked and expanded; every place lies within its text; the same comes out again; nothing
/// that is told could steer a terminal; every quick fix fits where it says; the text is what it was.
pub fn read_check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let main = text.split_once(LIBRARY).map_or(&*text, |(main, _)| main);
    let judged = judge(&text, Options::default());
    assert_eq!(&*judged.reading.sources[0].text, main, "reading changes no text");
    places(&judged.reading);
    let mut problems = judged.problems.clone();
    let defaults = Map::new();
    if !judged.problems.has_errors() {
        let (inputs, bound) = check::bind_inputs(&judged.topology, &defaults);
        problems.extend(bound.clone());
        if !bound.has_errors() {
            let world = Preview::of_deployment(&judged.topology, &inputs);
            let _ = check::evaluated(&judged.topology, &world);
            if let Err(found) = expand("d", &judged.topology, &inputs) {
                problems.extend(found);
            }
        }
    }
    for problem in &problems {
        told(problem, &judged.reading);
    }
    let again = judge(&text, Options::default());
    assert_eq!(again.problems, judged.problems, "the same text, the same problems");
    let plan = |judged: &Judged| {
        serde_json::to_string(&check::resolved_plan(&judged.topology)).expect("a plan is JSON")
    };
    assert_eq!(plan(&again), plan(&judged), "the same text, the same topology");
    let strict = judge(&text, Options { strict_compat: true });
    assert!(strict.problems.iter().all(|problem| problem.reference.is_some()));
    unchanged(main);
}

/// A patch that asks for what is there changes no byte.
pub fn unchanged(text: &str) {
    let (value, _, _) = read_value(&Source::new("blueprint.yaml", text));
    let root = Change::Set { at: gantry::diag::Path::root(), value };
    if let Ok(patched) = patch(text, &[root]) {
        assert_eq!(patched, text, "a patch that asks for nothing");
    }
}

/// Every place that a reading knows lies within the text that it is of.
pub fn places(reading: &Reading) {
    let text = &*reading.sources[0].text;
    let lines = Lines::of(text);
    let mut todo: Vec<&Mark> = vec![reading.source_map.root()];
    while let Some(mark) = todo.pop() {
        if mark.file == 0 {
            for span in [mark.key(), mark.value()].into_iter().flatten() {
                lines.fits(text, span);
            }
        }
        match &mark.inside {
            Inside::Nothing => {}
            Inside::List(list) => todo.extend(list),
            Inside::Map(map) => todo.extend(map.values()),
        }
    }
}

fn told(problem: &Diagnostic, reading: &Reading) {
    let find = |name: &str| reading.sources.iter().find(|source| *source.name == *name);
    let within = |place: &Place| {
        if let Some(source) = find(&place.file) {
            Lines::of(&source.text).fits(&source.text, place.span);
        }
    };
    problem.place.iter().for_each(within);
    problem.related.iter().for_each(|related| within(&related.place));
    let shown = render(problem, find);
    assert_eq!(shown, escape(&shown), "what is told must not steer a terminal");
    if let Some(fix) = &problem.fix {
        within(&fix.place);
        let source = find(&fix.place.file).expect("a quick fix is for a text that was read");
        let mut mended = source.text.to_string();
        mended.replace_range(fix.place.span.start..fix.place.span.end, &fix.replacement);
        assert_ne!(mended, *source.text, "a quick fix changes something");
    }
}

/// Where the lines of a text begin.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self(std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect())
    }

    fn fits(&self, text: &str, span: Span) {
        assert!(span.start <= span.end && span.end <= text.len(), "{span:?} of {} bytes", text.len());
        assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end), "{span:?}");
        let line = self.0.partition_point(|&start| start <= span.start);
        assert_eq!(span.line as usize, line, "{span:?}");
        // Marks of byte order have no width: the YAML reader counts some of them and some not.
        let before = &text[self.0[line - 1]..span.start];
        let widest = before.chars().count() + 1;
        let narrowest = widest - before.matches('\u{feff}').count();
        assert!((narrowest..=widest).contains(&(span.column as usize)), "{span:?}: {narrowest} to {widest}");
        assert!(span.line <= span.end_line && span.end_line as usize <= self.0.len(), "{span:?}");
    }
}

/// Any bytes as a state with an `expression`: it has a value or an error with its reasons, and once known, evaluating
/// the value again does not go on for ever.
pub fn evaluation(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (state, _, _) = read_value(&Source::new("state.yaml", &*text));
    let nothing = Value::Null;
    let expression = state.get("expression").unwrap_or(&nothing);
    let named = |key: &str| state.get(key).and_then(Value::as_str).map(str::to_owned);
    let here = Here { self_: named("self"), source: named("source"), target: named("target") };
    let world = GivenState::new(&state);
    match evaluate(expression, &here, &world) {
        Ok(evaluated) => {
            let _ = evaluate(&evaluated.value, &here, &world);
            assert_eq!(evaluate(expression, &here, &world).as_ref(), Ok(&evaluated), "the same again");
        }
        Err(error) => {
            assert!(
                !error.message.is_empty() && check::explain::explanation(error.code).is_some(),
                "{error:?}"
            );
        }
    }
}
