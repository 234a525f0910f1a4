//! The corpus: every file of `tests/corpus` is read and judged; each invalid one gives the code that it is named
//! after, with a place and the reference parser's class and number.

use std::path::{Path as File, PathBuf};

use gantry::check::{self, Catalog};
use gantry::diag::{Diagnostics, Severity, Source};
use gantry::dsl::{FileError, Files};
use gantry::model::Value;
use gantry::plan::expand;

/// A folder of the corpus.
pub struct Folder(pub PathBuf);

impl Files for Folder {
    fn read(&self, address: &str, _from: &str) -> Result<Source, FileError> {
        if address.contains("..") || address.starts_with('/') {
            return Err(FileError::Outside);
        }
        let text = std::fs::read_to_string(self.0.join(address))?;
        Ok(Source::new(address, text))
    }

    fn exists(&self, path: &str) -> bool {
        !path.contains("..") && !path.starts_with('/') && self.0.join(path).is_file()
    }
}

pub fn corpus(folder: &str) -> PathBuf {
    File::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(folder)
}

/// Everything that is wrong with a file.
pub fn judge(file: &File) -> (check::Topology, Diagnostics) {
    let catalog = Catalog::built_in();
    let text = String::from_utf8_lossy(&std::fs::read(file).unwrap()).into_owned();
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    let folder = Folder(file.parent().unwrap().to_owned());
    let reading = check::read(&Source::new(name, text), &folder, &catalog);
    check::check(&reading, &catalog)
}

fn files(folder: &str) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = std::fs::read_dir(corpus(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    all.sort();
    assert!(!all.is_empty());
    all
}

#[test]
fn valid_files_have_no_errors() {
    for file in files("valid") {
        let (topology, problems) = judge(&file);
        assert!(!problems.has_errors(), "{}: {problems:#?}", file.display());
        assert!(!topology.version.is_empty());
    }
}

/// The first line of some says what comes out: `# 14 nodes, 19 instances`.
#[test]
fn valid_files_have_the_nodes_and_instances_that_they_tell() {
    let mut told = 0;
    for file in files("valid") {
        let text = std::fs::read_to_string(&file).unwrap();
        let first = text.lines().next().unwrap_or_default();
        let Some((nodes, rest)) = first.trim_start_matches("# ").split_once(" nodes, ") else { continue };
        let (topology, _) = judge(&file);
        assert_eq!(topology.nodes.len().to_string(), nodes, "{}", file.display());
        let instances = expand("d", &topology, &gantry::model::Map::new()).unwrap();
        assert_eq!(format!("{} instances", instances.len()), rest, "{}", file.display());
        told += 1;
    }
    assert!(told >= 10, "{told}");
}

#[test]
fn the_blueprints_have_no_errors() {
    let root = File::new(env!("CARGO_MANIFEST_DIR")).join("blueprints/hybrid-vnf");
    for lane in ["kubernetes-cluster", "swarm-cluster", "service"] {
        let (topology, problems) = judge(&root.join(lane).join("blueprint.yaml"));
        assert!(!problems.has_errors(), "{lane}: {problems:#?}");
        assert!(!topology.nodes.is_empty());
    }
}

/// The first line of an invalid file says what is expected: `# CODE LINE CLASS NUMBER`, `-` for none.
#[test]
fn invalid_files_give_their_code_place_and_reference() {
    let mut wrong = Vec::new();
    for file in files("invalid") {
        let text = std::fs::read_to_string(&file).unwrap();
        let first = text.lines().next().unwrap_or_default();
        let words: Vec<&str> = first.trim_start_matches('#').split_whitespace().collect();
        let [code, line, class, number] = words.as_slice() else { panic!("{}: {first}", file.display()) };
        assert_eq!(file.file_stem().unwrap().to_string_lossy(), *code);
        let (topology, mut problems) = judge(&file);
        if !problems.has_errors() && problems.iter().all(|problem| problem.code != *code) {
            problems = deployed(&topology, text.lines().find_map(|line| line.strip_prefix("# given: ")));
        }
        let found = problems.iter().find(|problem| {
            let reference = problem.reference.as_ref();
            problem.code == *code
                && problem.place.as_ref().map(|place| place.span.line) == line.parse().ok()
                && reference.map_or("-", |reference| reference.class) == *class
                && reference.and_then(|reference| reference.code) == number.parse().ok()
        });
        if found.is_none() {
            wrong.push(format!("{}: {first}\n{problems:#?}", file.display()));
        }
        // One mistake gives one error.
        let errors = problems.count(Severity::Error);
        if errors > 1 {
            wrong.push(format!("{}: {errors} errors\n{problems:#?}", file.display()));
        }
    }
    assert!(
        wrong.is_empty(),
        "{}",
        wrong.join(
            "
"
        )
    );
}

/// What is wrong when a deployment is made: with its inputs (one of them `given`, as in `# given: NAME`), or with the
/// number of its instances.
pub fn deployed(topology: &check::Topology, given: Option<&str>) -> Diagnostics {
    let given = given.map(|name| (name.to_owned(), Value::Int(1))).into_iter().collect();
    let (inputs, mut problems) = check::bind_inputs(topology, &given);
    if let Err(found) = expand("d", topology, &inputs) {
        problems.extend(found);
    }
    problems
}

/// Codes that no single blueprint gives, and the file whose tests give each.
const ELSEWHERE: &[(&str, &str)] = &[
    ("archive-outside", "src/session/archive/tests.rs"),
    ("archive-too-large", "src/session/archive/tests.rs"),
    ("function-recursion", "tests/it/codes.rs"),
    ("input-evaluation", "tests/it/codes.rs"),
    ("missing-resource", "tests/it/cli.rs"),
    ("namespace-reused", "tests/it/codes.rs"),
    ("relationship-cycle", "tests/it/plan.rs"),
    ("target-does-not-serve", "tests/it/plan.rs"),
    ("too-many-imports", "tests/it/codes.rs"),
    ("unknown-instance", "tests/it/plan.rs"),
    ("unknown-secret", "tests/it/codes.rs"),
    ("unreadable-archive", "src/session/archive/tests.rs"),
];

/// Problems of a project as `CODE FILE:LINE`, and whether each is an error.
fn told_of(folder: &File, verb: &str) -> Vec<(String, bool)> {
    let output = crate::cli::Lab::hybrid_vnf().gantry(&[verb, folder.to_str().unwrap(), "--format", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let problems = report["problems"].as_array().cloned().unwrap_or_default();
    problems
        .iter()
        .map(|problem| {
            assert!(problem["reference"].is_null(), "{problem}");
            let word = |key: &str| problem[key].as_str().unwrap_or_default();
            (format!("{} {}:{}", word("code"), word("file"), problem["line"]), word("severity") == "error")
        })
        .collect()
}

/// Codes of projects have a folder each; the first line of its gantry.yaml says what is expected: `# CODE FILE:LINE`. They
/// are ours alone: the reference parser knows no projects.
#[test]
fn invalid_projects_give_their_code_and_place() {
    let mut projects = 0;
    for entry in std::fs::read_dir(corpus("invalid")).unwrap() {
        let folder = entry.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        let text = std::fs::read_to_string(folder.join("gantry.yaml")).unwrap();
        let words: Vec<&str> = text.lines().next().unwrap().split_whitespace().collect();
        let ["#", code, place] = words.as_slice() else { panic!("{words:?}") };
        assert_eq!(folder.file_name().unwrap().to_string_lossy(), *code);
        // What a target says of a node is told when there is a plan.
        let told = ["check", "plan"].map(|verb| told_of(&folder, verb)).concat();
        assert!(
            told.contains(&(format!("{code} {place}"), *code != "unreadable-layout")),
            "{code}: {told:?}"
        );
        let mut errors: Vec<_> = told.iter().filter(|(_, error)| *error).collect();
        errors.dedup();
        assert!(errors.len() <= 1, "{code}: {told:?}");
        projects += 1;
    }
    assert_eq!(projects, 10);
}

#[test]
fn every_code_has_a_file_or_a_test_elsewhere() {
    let root = File::new(env!("CARGO_MANIFEST_DIR"));
    for (code, _) in check::explain::CODES {
        let file = corpus("invalid").join(format!("{code}.yaml")).is_file()
            || corpus("invalid").join(code).join("gantry.yaml").is_file();
        let test = ELSEWHERE.iter().find(|(known, _)| known == code).map(|(_, test)| test);
        let tested = test.is_some_and(|test| {
            std::fs::read_to_string(root.join(test)).unwrap().contains(&format!("\"{code}\""))
        });
        assert!(file != tested, "{code}: file {file}, elsewhere {tested}");
    }
}

#[test]
fn broken_files_are_told_and_the_rest_is_read() {
    for file in files("broken") {
        let (_, problems) = judge(&file);
        assert!(problems.has_errors(), "{}", file.display());
        assert!(problems.iter().all(|problem| problem.place.is_some()), "{}: {problems:#?}", file.display());
    }
}

#[test]
fn every_code_of_the_corpus_is_explained() {
    for file in files("invalid") {
        let code = file.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(check::explain::explanation(&code).is_some(), "{code}");
    }
}

#[test]
fn the_mistakes_of_the_article_are_explained() {
    let (_, problems) = judge(&corpus("broken").join("article-service.yaml"));
    let told = |code: &str| {
        problems.iter().find(|problem| problem.code == code).unwrap_or_else(|| panic!("{problems:#?}"))
    };
    assert!(told("missing-property").message.contains("`name`"));
    let property = told("function-failed");
    assert_eq!(property.place.as_ref().map(|place| place.span.line), Some(13));
    assert!(property.hints.iter().any(|hint| hint.contains("get_attribute")), "{property:?}");
    let (_, problems) = judge(&corpus("broken").join("article-outputs.yaml"));
    assert!(problems.iter().any(|problem| problem.code == "syntax" && problem.place.is_some()));
}
