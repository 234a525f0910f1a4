//! How many instances: `instances.deploy`, `capabilities.scalable` and the properties of scaling policies.

use super::Checker;
use super::topology::Scalable;
use crate::diag::{Diagnostic, Path, Trail};
use crate::model::Value;

impl Checker<'_> {
    fn count(&mut self, code: &'static str, number: i32, path: &Path, message: String) {
        self.diagnostics.push(
            Diagnostic::error(code, path.clone(), message)
                .with_reference("DSLParsingLogicException", Some(number)),
        );
    }

    /// Default, minimum and maximum, as `capabilities.scalable.properties` or a scaling policy gives them.
    pub(super) fn counts(&mut self, properties: Option<&Value>, path: &Path) -> Scalable {
        let mut counts = Scalable::default();
        // How they stand to each other says nothing more where one of them is none.
        let mut sound = true;
        let Some(Value::Map(map)) = properties else { return counts };
        for (key, slot) in [
            ("default_instances", &mut counts.default_instances),
            ("min_instances", &mut counts.min_instances),
            ("max_instances", &mut counts.max_instances),
        ] {
            let Some(value) = map.get(key).filter(|value| !value.is_null()) else { continue };
            let at = path.key(key);
            let maximum = key == "max_instances";
            match value {
                Value::Map(_) if value.call().is_none() => {
                    self.count(
                        "invalid-instance-count",
                        210,
                        &at,
                        format!("`{key}` is a number or a function"),
                    );
                    continue;
                }
                Value::String(text) if maximum && text == "UNBOUNDED" => {
                    *slot = Value::Int(-1);
                    continue;
                }
                Value::String(text) if maximum => {
                    let message = format!("`{text}` is no maximum; the only word is `UNBOUNDED`");
                    self.count("invalid-instance-count", 208, &at, message);
                    continue;
                }
                Value::Int(number) if maximum && *number < 1 && *number != -1 => {
                    sound = false;
                    self.count("invalid-instance-count", 207, &at, format!("`{key}` is at least 1"));
                }
                Value::Int(number) if !maximum && *number < 0 => {
                    sound = false;
                    self.count("invalid-instance-count", 207, &at, format!("`{key}` can't be negative"));
                }
                _ => {}
            }
            slot.clone_from(value);
        }
        let number = Value::as_int;
        let (default, min) = (number(&counts.default_instances), number(&counts.min_instances));
        let max = number(&counts.max_instances).filter(|max| *max != -1);
        let orders = [
            (default, min, "default_instances", "min_instances", true),
            (min, max, "min_instances", "max_instances", false),
            (default, max, "default_instances", "max_instances", false),
        ];
        for (a, b, name, other, at_least) in orders {
            let (Some(a), Some(b), true) = (a, b, sound) else { continue };
            if at_least && a < b || !at_least && a > b {
                let word = if at_least { "smaller" } else { "greater" };
                let message = format!("`{name}` ({a}) is {word} than `{other}` ({b})");
                self.count("invalid-instance-count", 207, path, message);
                break;
            }
        }
        counts
    }

    /// Counts of a node template.
    pub(super) fn node_counts(&mut self, node: &Value, path: &Trail<'_>) -> Scalable {
        let capabilities = node.get("capabilities").filter(|value| !value.is_null());
        let deploy = node.get("instances").and_then(|instances| instances.get("deploy"));
        if capabilities.is_none() && deploy.is_none() {
            return Scalable::default();
        }
        let path = path.path();
        let Some(capabilities) = capabilities else {
            let mut counts = Scalable::default();
            if let Some(deploy) = deploy.filter(|deploy| !deploy.is_null()) {
                if deploy.as_int().is_some_and(|number| number < 0) {
                    self.diagnostics.push(
                        Diagnostic::error(
                            "invalid-instance-count",
                            path.key("instances").key("deploy"),
                            "`deploy` can't be negative",
                        )
                        .with_reference("DSLParsingFormatException", Some(1)),
                    );
                }
                counts.default_instances = deploy.clone();
            }
            return counts;
        };
        if deploy.is_some_and(|deploy| !deploy.is_null()) {
            let message = "the node has both `instances.deploy` and `capabilities.scalable`".to_owned();
            self.count("two-instance-counts", 209, &path.key("instances"), message);
        }
        let scalable = capabilities.get("scalable");
        let at = path.key("capabilities").key("scalable").key("properties");
        self.counts(scalable.and_then(|scalable| scalable.get("properties")), &at)
    }
}
