//! Codes of problems that no single blueprint gives: those of evaluation, and of libraries without end.

use gantry::check::evaluate::{Here, Lookup, World, evaluate};
use gantry::check::{Catalog, check, read};
use gantry::diag::Source;
use gantry::dsl::{FileError, Files};
use gantry::model::{Map, Value};

#[test]
fn of_evaluation() {
    struct Chain(Map, Map);
    impl World for Chain {
        fn input(&self, name: &str) -> Lookup {
            self.0.get(name).cloned().into()
        }
        fn properties(&self, node: &str) -> Option<&Map> {
            (node == "a").then_some(&self.1)
        }
        fn secret(&self, _name: &str) -> Lookup {
            Lookup::Missing
        }
    }
    let call = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let inputs = Map::from([("server".to_owned(), call(r#"{"port": 80}"#))]);
    // Each property reads the next one.
    let properties =
        (0..200).map(|n| (format!("p{n}"), call(&format!(r#"{{"get_property": ["a", "p{}"]}}"#, n + 1))));
    let world = Chain(inputs, properties.chain([("p200".to_owned(), Value::Int(1))]).collect());
    for (code, text) in [
        ("input-evaluation", r#"{"get_input": ["server", "prot"]}"#),
        ("unknown-secret", r#"{"get_secret": "key"}"#),
        ("function-recursion", r#"{"get_property": ["a", "p0"]}"#),
    ] {
        let error = evaluate(&call(text), &Here::default(), &world).unwrap_err();
        assert_eq!(error.code, code, "{}", error.message);
    }
}

#[test]
fn of_too_many_imports() {
    /// A library without end: each file imports the next.
    struct Endless;
    impl Files for Endless {
        fn read(&self, address: &str, _from: &str) -> Result<Source, FileError> {
            let number: u32 = address.trim_end_matches(".yaml").parse().map_err(|_| FileError::NotFound)?;
            Ok(Source::new(address, format!("imports: [{}.yaml]\n", number + 1)))
        }
    }
    let catalog = Catalog::built_in();
    let text = "tosca_definitions_version: cloudify_dsl_1_3\nimports: [1.yaml]\n";
    let (_, problems) = check(&read(&Source::new("b.yaml", text), &Endless, &catalog), &catalog);
    assert_eq!(problems.iter().map(|problem| problem.code).collect::<Vec<_>>(), ["too-many-imports"]);
}

#[test]
fn of_two_blueprints_under_one_namespace() {
    struct Both;
    impl Files for Both {
        fn read(&self, address: &str, _from: &str) -> Result<Source, FileError> {
            Ok(Source::new(address, "inputs: {}\n"))
        }
    }
    let catalog = Catalog::built_in();
    let text =
        "tosca_definitions_version: cloudify_dsl_1_3\nimports: ['one--blueprint:a', 'one--blueprint:b']\n";
    let (_, problems) = check(&read(&Source::new("b.yaml", text), &Both, &catalog), &catalog);
    let found = problems.iter().find(|problem| problem.code == "namespace-reused").unwrap();
    assert_eq!(found.reference.as_ref().and_then(|reference| reference.code), Some(214));
}
