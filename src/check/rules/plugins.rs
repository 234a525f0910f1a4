//! Plugins: where they run, where they come from.

use crate::check::Checker;
use crate::diag::{Diagnostic, Path};
use crate::model::Value;

pub(in crate::check) const EXECUTORS: &[&str] = &["central_deployment_agent", "host_agent"];

/// Tells executors that do not exist and plugins that could not be installed.
pub(in crate::check) fn check(cx: &mut Checker<'_>) {
    for (name, plugin) in cx.blueprint.section("plugins").into_iter().flatten() {
        let path = Path::of(["plugins", name]);
        if plugin.as_map().is_none() {
            continue;
        }
        if let Some(executor) = plugin.get("executor").and_then(Value::as_str)
            && !EXECUTORS.contains(&executor)
        {
            let message = format!("plugin `{name}` runs on `{executor}`, which is no place to run");
            cx.diagnostics.push(
                Diagnostic::error("plugin-executor", path.key("executor"), message)
                    .with_hint(format!("executors: {}", EXECUTORS.join(", ")))
                    .with_reference("DSLParsingLogicException", Some(18)),
            );
        }
        let given = |key: &str| plugin.get(key).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
        let install =
            plugin.get("install").is_none_or(|install| *install == Value::Bool(true) || install.is_null());
        // Of a plugin that does not say where it runs, that is told.
        let placed = plugin.get("executor").is_some_and(|executor| !executor.is_null());
        if placed && install && !given("source") && !given("package_name") {
            let message = format!("plugin `{name}` is to be installed, and nothing says from where");
            cx.diagnostics.push(
                Diagnostic::error("plugin-without-source", path.clone(), message)
                    .with_hint("give it `package_name` or `source`, or `install: false`")
                    .with_reference("DSLParsingLogicException", Some(50)),
            );
        }
        let properties = plugin.get("properties");
        cx.schema_types(properties, &path.key("properties"));
    }
}
