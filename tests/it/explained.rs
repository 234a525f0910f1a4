//! `gantry explain`: every wrong example gives its code, every right one gives nothing.

use std::collections::BTreeSet;
use std::io::Write as _;

use gantry::check::evaluate::{GivenState, Here, evaluate};
use gantry::check::examples::{Example, Kind, Moment, example};
use gantry::check::explain::CODES;
use gantry::check::{self, Catalog};
use gantry::diag::{Diagnostics, Source};
use gantry::dsl::{FileError, Files};
use gantry::model::Value;
use gantry::session::archive;

use crate::cli::Lab;
use crate::corpus::{corpus, deployed, judge};

struct Beside<'a>(&'a Example);

impl Files for Beside<'_> {
    fn read(&self, address: &str, _from: &str) -> Result<Source, FileError> {
        if address.contains("..") {
            return Err(FileError::Outside);
        }
        let found = self.0.library.iter().find(|(name, _)| name == address);
        found.map(|(name, text)| Source::new(name.as_str(), text.as_str())).ok_or(FileError::NotFound)
    }
}

/// Problems as (code, `CLASS NUMBER` of the reference, whether it is an error).
type Found = Vec<(String, Option<String>, bool)>;

fn found(problems: &Diagnostics) -> Found {
    let told = problems.iter().map(|problem| {
        let reference = problem.reference.as_ref().map(|reference| {
            let number = reference.code.map(|code| format!(" {code}")).unwrap_or_default();
            format!("{}{number}", reference.class)
        });
        (problem.code.to_owned(), reference, problem.severity == gantry::diag::Severity::Error)
    });
    told.collect()
}

fn of_blueprint(example: &Example, text: &str) -> Found {
    let catalog = Catalog::built_in();
    let source = Source::new("blueprint.yaml", example.whole(text));
    let (topology, mut problems) = check::check(&check::read(&source, &Beside(example), &catalog), &catalog);
    if example.moment == Moment::Deployment && !problems.has_errors() {
        problems.extend(deployed(&topology, example.given.as_deref()));
    }
    found(&problems)
}

fn of_project(example: &Example, files: &[(String, String)]) -> Found {
    let lab = Lab::hybrid_vnf();
    let folder = lab.project().with_file_name("example");
    std::fs::create_dir(&folder).unwrap();
    for (name, text) in files {
        std::fs::write(folder.join(name), text).unwrap();
    }
    let verb = if example.moment == Moment::Plan { "plan" } else { "check" };
    let output = lab.gantry(&[verb, "example", "--format", "json"]);
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let problems = told["problems"].as_array().cloned().unwrap_or_default();
    let told = problems.iter().map(|problem| {
        let error = problem["severity"] == "error";
        (problem["code"].as_str().unwrap().to_owned(), None, error)
    });
    told.collect()
}

fn of_archive(names: &str) -> Found {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("example.zip");
    let mut writer = zip::ZipWriter::new(std::fs::File::create(&file).unwrap());
    for name in names.lines() {
        let name = name.split('#').next().unwrap().trim();
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(b"tosca_definitions_version: cloudify_dsl_1_3\n").unwrap();
    }
    writer.finish().unwrap();
    archive::open(&file).err().into_iter().map(|problem| (problem.code.to_owned(), None, true)).collect()
}

fn of_evaluation(text: &str) -> Found {
    let (state, _, _) = gantry::dsl::read_value(&Source::new("state.yaml", text));
    let expression = state.get("expression").cloned().unwrap_or(Value::Null);
    let error = evaluate(&expression, &Here::default(), &GivenState::new(&state)).err();
    error.into_iter().map(|error| (error.code.to_owned(), Some(error.class.to_owned()), true)).collect()
}

fn problems(example: &Example, texts: &[(String, String)]) -> Found {
    match example.kind {
        Kind::Blueprint => of_blueprint(example, &texts[0].1),
        Kind::Project => of_project(example, texts),
        Kind::Archive => of_archive(&texts[0].1),
        Kind::Evaluation => of_evaluation(&texts[0].1),
        Kind::State => Found::new(),
    }
}

#[test]
fn every_example_is_what_it_says() {
    let mut wrong = Vec::new();
    let mut elsewhere = BTreeSet::new();
    for (code, _) in CODES {
        let example = example(code).unwrap();
        let right = problems(&example, &example.right);
        if right.iter().any(|(found, _, error)| found == code || *error) {
            wrong.push(format!("{code}: the right one gives {right:?}"));
        }
        // What is shown in part, or stands for what the engine keeps, is tried whole elsewhere.
        let whole = corpus("invalid").join(format!("{code}.yaml"));
        let given = match (example.shortened || example.kind == Kind::State, whole.is_file()) {
            (false, _) => problems(&example, &example.wrong),
            (true, true) => found(&judge(&whole).1),
            (true, false) => {
                elsewhere.insert(*code);
                continue;
            }
        };
        match given.iter().find(|(found, _, _)| found == code) {
            None => wrong.push(format!("{code}: the wrong one gives {given:?}")),
            // A project's problems are told without: they are ours alone.
            Some((_, reference, _)) if *reference != example.reference => {
                wrong.push(format!("{code}: {reference:?}, not {:?}", example.reference));
            }
            Some(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let known = [
        "archive-too-large",
        "function-recursion",
        "relationship-cycle",
        "target-does-not-serve",
        "too-many-imports",
        "unknown-instance",
    ];
    assert_eq!(elsewhere, BTreeSet::from(known), "each of these has a test of its own");
}

#[test]
fn explain_shows_the_meaning_and_both_examples() {
    let lab = Lab::hybrid_vnf();
    let said = lab.expect(0, &["explain", "unknown-target"]);
    for part in
        ["does not exist", "DSLParsingLogicException 25", "Wrong:", "target: nope", "Right:", "target: a}"]
    {
        assert!(said.contains(part), "`{part}` is missing in\n{said}");
    }
    assert!(lab.expect(0, &["explain", "lane-cycle"]).contains("  gantry.yaml\n    lanes:"));
    for (code, _) in CODES {
        let said = lab.expect(0, &["explain", code]);
        assert!(said.contains("Wrong") && said.contains("Right"), "{said}");
    }
}
