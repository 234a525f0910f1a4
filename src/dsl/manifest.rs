//! `gantry.yaml` → [`Manifest`]. Does not look whether the blueprints exist.

use indexmap::IndexMap;

use crate::diag::{Diagnostic, Diagnostics, Path, Source, closest, did_you_mean};
use crate::model::{Lane, Manifest, Map, Platform, TargetSpec, Value};

/// Reads a manifest: what can be understood, and what is wrong with the rest.
pub fn read(source: &Source) -> (Manifest, Diagnostics) {
    let (value, map, mut diagnostics) = super::read_value(source);
    let mut reader = Reader { diagnostics: &mut diagnostics };
    let manifest = reader.manifest(&value);
    diagnostics.locate(&map);
    (manifest, diagnostics)
}

struct Reader<'a> {
    diagnostics: &'a mut Diagnostics,
}

impl Reader<'_> {
    fn error(&mut self, path: Path, message: String) {
        self.diagnostics.push(Diagnostic::error("manifest", path, message));
    }

    fn keys(&mut self, map: &Map, path: &Path, known: &[&str]) {
        for key in map.keys().filter(|key| !known.contains(&key.as_str())) {
            let hint = closest(key, known.iter().copied())
                .map_or_else(|| format!("known keys: {}", known.join(", ")), did_you_mean);
            self.diagnostics.push(
                Diagnostic::error("manifest", path.key(key), format!("`{key}` means nothing here"))
                    .with_hint(hint),
            );
        }
    }

    fn text(&mut self, value: Option<&Value>, path: &Path) -> Option<String> {
        match value {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text.clone()),
            Some(other) => {
                self.error(path.clone(), format!("text is expected here, not {}", other.a_kind()));
                None
            }
        }
    }

    fn map<'v>(&mut self, value: Option<&'v Value>, path: &Path) -> Option<&'v Map> {
        match value {
            None | Some(Value::Null) => None,
            Some(Value::Map(map)) => Some(map),
            Some(other) => {
                self.error(path.clone(), format!("a map is expected here, not {}", other.a_kind()));
                None
            }
        }
    }

    fn manifest(&mut self, value: &Value) -> Manifest {
        let root = Path::root();
        let Some(map) = self.map(Some(value), &root) else {
            if value.is_null() {
                self.error(root, "the manifest is empty; it names the project's lanes".into());
            }
            return Manifest::default();
        };
        self.keys(map, &root, &["name", "lanes"]);
        let name = self.text(map.get("name"), &root.key("name"));
        let path = root.key("lanes");
        let mut lanes = IndexMap::new();
        for (lane, value) in self.map(map.get("lanes"), &path).into_iter().flatten() {
            if let Some(read) = self.lane(lane, value, &path.key(lane)) {
                lanes.insert(lane.clone(), read);
            }
        }
        Manifest { name, lanes }
    }

    fn lane(&mut self, name: &str, value: &Value, path: &Path) -> Option<Lane> {
        let Some(map) = self.map(Some(value), path) else {
            if value.is_null() {
                self.error(path.clone(), format!("lane `{name}` names no blueprint"));
            }
            return None;
        };
        self.keys(map, path, &["blueprint", "deployment", "target", "targets", "inputs"]);
        let blueprint = self.text(map.get("blueprint"), &path.key("blueprint"));
        if blueprint.is_none() && !map.contains_key("blueprint") {
            self.error(path.clone(), format!("lane `{name}` names no blueprint"));
        }
        let deployment =
            self.text(map.get("deployment"), &path.key("deployment")).unwrap_or_else(|| name.to_owned());
        let mut targets = IndexMap::new();
        if let Some(target) = self.target(map.get("target"), &path.key("target")) {
            let served: Vec<Platform> =
                Platform::ALL.into_iter().filter(|platform| target.serves(*platform)).collect();
            targets.extend(served.into_iter().map(|platform| (platform, target.clone())));
        }
        let at = path.key("targets");
        for (platform, value) in self.map(map.get("targets"), &at).into_iter().flatten() {
            let Some(known) = Platform::ALL.into_iter().find(|known| known.name() == platform) else {
                let names: Vec<&str> = Platform::ALL.iter().map(|platform| platform.name()).collect();
                self.diagnostics.push(
                    Diagnostic::error("manifest", at.key(platform), format!("`{platform}` is no platform"))
                        .with_hint(format!("platforms: {}", names.join(", "))),
                );
                continue;
            };
            let Some(target) = self.target(Some(value), &at.key(platform)) else { continue };
            if target.serves(known) {
                targets.insert(known, target);
            } else {
                self.error(
                    at.key(platform),
                    format!("the target `{target}` can't run {platform} operations"),
                );
            }
        }
        let inputs = self.map(map.get("inputs"), &path.key("inputs")).cloned().unwrap_or_default();
        Some(Lane { blueprint: blueprint?, deployment, targets, inputs })
    }

    fn target(&mut self, value: Option<&Value>, path: &Path) -> Option<TargetSpec> {
        let text = self.text(value, path)?;
        match text.parse() {
            Ok(target) => Some(target),
            Err(error) => {
                self.error(path.clone(), format!("{error}"));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_have_defaults() {
        let text = "name: demo\nlanes:\n  a: { blueprint: a/b.yaml }\n  b:\n    blueprint: b.yaml\n    deployment: x\n    \
                    target: docker\n    targets: { kubernetes: \"kubernetes:lab\" }\n    inputs: { n: 1 }\n";
        let (manifest, problems) = read(&Source::new("gantry.yaml", text));
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(manifest.lanes["a"].deployment, "a");
        assert_eq!(manifest.lanes["a"].target(Platform::Swarm), TargetSpec::Rehearsal);
        assert_eq!(manifest.lanes["b"].target(Platform::Swarm), TargetSpec::Docker);
        assert_eq!(manifest.lanes["b"].target(Platform::Kubernetes).to_string(), "kubernetes:lab");
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        let text = "nam: demo\nlanes:\n  a: { blueprnt: x }\n  b: { blueprint: b, target: podman }\n";
        let (manifest, problems) = read(&Source::new("gantry.yaml", text));
        let lines: Vec<u32> = problems.iter().filter_map(|p| p.place.as_ref()).map(|p| p.span.line).collect();
        assert_eq!(lines, [1, 3, 3, 4]);
        assert_eq!(manifest.lanes.len(), 1);
    }
}
