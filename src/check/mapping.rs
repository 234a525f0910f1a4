//! Operation and workflow mappings: which plugin runs a text such as `swarm.swarm_plugin.tasks.start_service`,
//! `scripts/start.sh` or an inline script (DSL reference, "interfaces and operations").

use indexmap::IndexMap;

use super::Checker;
use super::interfaces::{Operation, TypeInterfaces};
use super::operations::Operations;
use super::topology::Mapping;
use crate::diag::{Diagnostic, Path, closest};
use crate::dsl::DELIMITER;
use crate::model::{Map, Value};

const RUN_SCRIPT: &str = "script_runner.tasks.run";
const RUN_WORKFLOW: &str = "script_runner.tasks.execute_workflow";

/// What a mapping's text stands for.
pub(super) enum Target {
    /// A plugin's function.
    Plugin { plugin: String, operation: String },
    /// A script: its path, or its source.
    Script { plugin: String, source: bool },
}

/// For what a mapping stands, and the number of the error if for nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// A node's operation: 10.
    Node,
    /// A relationship's operation: 19.
    Relationship,
    /// A workflow: 21.
    Workflow,
}

/// The type that the value of an input carries along.
fn declared((name, value): (&String, &Value)) -> Option<(String, Value)> {
    Some((name.clone(), value.as_map()?.get("type")?.clone()))
}

/// Whether the text begins like an address: `http://…`.
fn is_address(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    })
}

impl Checker<'_> {
    /// The plugin of a mapping; told where there is none.
    pub(super) fn target(
        &mut self,
        text: &str,
        inputs: &Map,
        of: Of,
        name: &str,
        path: &Path,
    ) -> Option<Target> {
        let empty = Map::new();
        let plugins = self.blueprint.section("plugins").unwrap_or(&empty);
        let candidates: Vec<&String> = plugins
            .keys()
            .filter(|plugin| text.strip_prefix(plugin.as_str()).is_some_and(|rest| rest.starts_with('.')))
            .collect();
        let file = self.blueprint.scripts.contains(text);
        let address = is_address(text);
        let inline = !file && !address && text.trim().contains('\n');
        let foreign = candidates.is_empty()
            && text
                .split_once(DELIMITER)
                .is_some_and(|(namespace, _)| self.blueprint.blueprints.contains_key(namespace));
        let mut tell = |code: &'static str, number: i32, message: String, hint: Option<String>| {
            // What many inherit is told once.
            let told = |known: &Diagnostic| known.code == code && known.message == message;
            if self.source_map.key(path).is_none() && self.diagnostics.iter().any(told) {
                return;
            }
            let mut diagnostic = Diagnostic::error(code, path.clone(), message)
                .with_reference("DSLParsingLogicException", Some(number));
            if let Some(hint) = hint {
                diagnostic = diagnostic.with_hint(hint);
            }
            self.diagnostics.push(diagnostic);
        };
        if file || address || inline || foreign {
            for input in ["script_path", "script_source"] {
                if inputs.contains_key(input) {
                    let message = format!("`{name}` runs a script and has the input `{input}` too");
                    tell("script-input", 60, message, Some("remove the input".into()));
                    return None;
                }
            }
            let Some(plugin) = plugins.keys().find(|plugin| plugin.ends_with("script")) else {
                // What could not be read may declare it.
                if self.blueprint.incomplete {
                    return None;
                }
                let message = format!("`{name}` runs a script, and no script plugin is declared");
                tell(
                    "no-script-plugin",
                    61,
                    message,
                    Some("import `cloudify/types/types.yaml`, which declares it".into()),
                );
                return None;
            };
            return Some(Target::Script { plugin: plugin.clone(), source: inline });
        }
        match candidates.as_slice() {
            [plugin] => Some(Target::Plugin {
                plugin: (*plugin).clone(),
                operation: text[plugin.len() + 1..].to_owned(),
            }),
            [] => {
                if self.blueprint.incomplete {
                    return None;
                }
                let number = match of {
                    Of::Node => 10,
                    Of::Relationship => 19,
                    Of::Workflow => 21,
                };
                let message = format!(
                    "`{text}` of `{name}` is neither a plugin's function nor a file of the blueprint"
                );
                let first = text.split('.').next().unwrap_or_default();
                let hint = match closest(first, plugins.keys().map(String::as_str)) {
                    Some(near) => format!("did you mean the plugin `{near}`?"),
                    None if text.contains('/') => "scripts are looked for in the blueprint's folder".into(),
                    None => format!("import the plugin file that declares the plugin `{first}`"),
                };
                tell("unresolved-mapping", number, message, Some(hint));
                None
            }
            several => {
                let names: Vec<&str> = several.iter().map(|name| name.as_str()).collect();
                let message = format!("`{text}` could be of several plugins: {}", names.join(", "));
                tell("ambiguous-plugin", 91, message, Some("rename one of the plugins".into()));
                None
            }
        }
    }

    fn executor_of(&self, plugin: &str) -> Option<String> {
        self.blueprint.entity("plugins", plugin)?.get("executor")?.as_str().map(str::to_owned)
    }

    /// Every operation under its full name, with its plugin.
    pub(super) fn mappings(&mut self, interfaces: &TypeInterfaces, of: Of, path: &Path) -> Operations {
        let mut all = Vec::with_capacity(interfaces.values().map(IndexMap::len).sum());
        for (interface, operations) in interfaces {
            for (name, operation) in operations {
                let full = format!("{interface}.{name}");
                let at = || path.key(interface).key(name);
                let mapping = self.mapping(operation, of, &full, at).unwrap_or_default();
                all.push((full, mapping));
            }
        }
        all.into_iter().collect()
    }

    /// What one operation runs; none where nothing, and told where that can't be.
    pub(super) fn mapping(
        &mut self,
        operation: &Operation,
        of: Of,
        name: &str,
        path: impl Fn() -> Path,
    ) -> Option<Mapping> {
        if operation.implementation.is_empty() {
            return None;
        }
        let base = Mapping {
            plugin: String::new(),
            operation: String::new(),
            executor: operation.executor.clone(),
            inputs: operation.inputs.clone(),
            max_retries: operation.max_retries,
            retry_interval: operation.retry_interval,
            timeout: operation.timeout,
            timeout_recoverable: operation.timeout_recoverable,
            input_types: operation.inputs.iter().filter_map(declared).collect(),
            evaluated: false,
        };
        let path = path();
        match self.target(&operation.implementation, &operation.inputs, of, name, &path)? {
            Target::Plugin { plugin, operation } => {
                let executor = base.executor.clone().or_else(|| self.executor_of(&plugin));
                Some(Mapping { plugin, operation, executor, ..base })
            }
            Target::Script { plugin, source } => {
                let mut inputs = base.inputs.clone();
                let key = if source { "script_source" } else { "script_path" };
                inputs.insert(key.into(), operation.implementation.clone().into());
                let executor = base.executor.clone().or_else(|| Some("auto".into()));
                Some(Mapping { plugin, operation: RUN_SCRIPT.into(), executor, inputs, ..base })
            }
        }
    }

    /// A workflow's plugin, function and parameters.
    pub(super) fn workflow(
        &mut self,
        name: &str,
        mapping: &str,
        parameters: Map,
        path: &Path,
    ) -> Option<(String, String, Map)> {
        match self.target(mapping, &parameters, Of::Workflow, name, path)? {
            Target::Plugin { plugin, operation } => Some((plugin, operation, parameters)),
            Target::Script { plugin, source } => {
                let mut parameters = parameters;
                let key = if source { "script_source" } else { "script_path" };
                let schema = Map::from_iter([
                    ("default".to_owned(), Value::string(mapping)),
                    ("description".to_owned(), "Workflow script executed by the script plugin".into()),
                ]);
                parameters.insert(key.into(), Value::Map(schema));
                Some((plugin, RUN_WORKFLOW.into(), parameters))
            }
        }
    }
}
