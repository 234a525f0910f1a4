//! What is not there: imports, values of properties, counts of instances in today's form.

use super::text::Texts;
use crate::check::schema::reads_as;
use crate::check::topology::Topology;
use crate::diag::{Diagnostic, Fix, Inside, Path, Segment};
use crate::model::Value;

/// Imports the file of the catalog that defines what nothing defines.
pub(super) fn import(diagnostic: &Diagnostic, texts: &Texts<'_>) -> Option<Fix> {
    let rest = diagnostic.hints.iter().find_map(|hint| hint.strip_prefix("import `"))?;
    let address = rest.split('`').next()?;
    let label = format!("import `{address}`");
    let path = Path::of(["imports"]);
    let listed = texts.reading.blueprint.at(&path).and_then(Value::as_list).unwrap_or_default();
    let Some(last) = listed.len().checked_sub(1) else {
        if listed.is_empty() && texts.reading.blueprint.at(&path).is_some_and(|imports| !imports.is_null()) {
            let place = texts.value(&path)?;
            return texts.over(&place, label, format!("[ '{address}' ]"));
        }
        return texts
            .insert_after(&Path::of(["tosca_definitions_version"]), "imports", &format!("[ '{address}' ]"))
            .map(|fix| Fix { label, ..fix });
    };
    // A map at the end of the list (an import with properties) ends somewhere below.
    texts.reading.blueprint.at(&path.index(last)).and_then(Value::as_str)?;
    let place = texts.value(&path.index(last))?;
    let text = &texts.source(&place.file)?.text;
    let start = text.get(..place.span.start)?.rfind('\n').map_or(0, |end| end + 1);
    let head = &text[start..place.span.start];
    let quoted = if address.contains(':') { format!("'{address}'") } else { address.to_owned() };
    let with = match head.strip_suffix("- ").filter(|blanks| blanks.trim().is_empty()) {
        Some(blanks) => format!("\n{blanks}- {quoted}"),
        None => format!(", {quoted}"),
    };
    texts.write(&place, place.span.end, label, with)
}

/// A mandatory property gets the plainest value of its type, to be filled in.
pub(super) fn property(diagnostic: &Diagnostic, texts: &Texts<'_>, topology: &Topology) -> Option<Fix> {
    let key = diagnostic.message.rsplit('`').nth(1)?;
    let path = &diagnostic.path;
    let kind = kind_of(path, key, texts, topology).unwrap_or_default();
    let value = match kind.as_str() {
        "integer" => "0",
        "float" => "0.0",
        "boolean" => "false",
        "list" => "[]",
        "dict" => "{}",
        "" | "string" | "textarea" => "''",
        kind if crate::dsl::PRIMITIVES.contains(&kind) => "''",
        // A data type has mandatory properties of its own.
        _ => "{}",
    };
    let written = texts.reading.blueprint.at(path).and_then(Value::as_map).is_some_and(|map| !map.is_empty());
    let empty =
        texts.value(path).is_some_and(|place| texts.at(&place).is_some_and(|text| text.starts_with('{')));
    if written || empty {
        return texts.insert(path, key, value);
    }
    // There are no properties yet: they follow the type.
    let parent =
        path.parent().filter(|_| path.segments().last() == Some(&Segment::Key("properties".into())))?;
    let behind = if parent.segments().iter().any(|step| matches!(step, Segment::Index(_))) {
        "target"
    } else {
        "type"
    };
    let fix = texts.insert_after(&parent.key(behind), "properties", &format!("{{ {key}: {value} }}"))?;
    Some(Fix { label: format!("add `{key}: {value}`"), ..fix })
}

/// The declared type of a property of a node or of one of its relationships.
fn kind_of(path: &Path, key: &str, texts: &Texts<'_>, topology: &Topology) -> Option<String> {
    let [_, Segment::Key(node), rest @ ..] = path.segments() else { return None };
    let node = topology.nodes.get(&**node)?;
    let (section, chain) = match rest {
        [Segment::Key(_)] => ("node_types", &node.type_hierarchy),
        [Segment::Key(_), Segment::Index(at), Segment::Key(_)] => {
            ("relationships", &node.relationships.get(*at)?.type_hierarchy)
        }
        _ => return None,
    };
    chain.iter().rev().find_map(|name| {
        let schema = texts.reading.blueprint.entity(section, name)?.get("properties")?.get(key)?;
        Some(schema.get("type").and_then(Value::as_str).unwrap_or_default().to_owned())
    })
}

/// `5` of `"5"`, where a number or a truth value is wanted.
pub(super) fn unquoted(diagnostic: &Diagnostic, texts: &Texts<'_>) -> Option<Fix> {
    let place = texts.value(&diagnostic.path)?;
    let text = texts.at(&place)?;
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let inner = inner.or_else(|| text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')))?;
    let kind = diagnostic.message.split(" wants a value of type ").nth(1)?.split(' ').next()?;
    let fits = reads_as(inner, kind);
    fits.then(|| texts.over(&place, format!("write `{inner}` without quotes"), inner))?
}

/// Of two ways of counting the newer stays.
pub(super) fn one_count(path: &Path, texts: &Texts<'_>) -> Option<Fix> {
    let [Segment::Key(section), Segment::Key(name), ..] = path.segments() else { return None };
    let node = Path::of([section, name]);
    texts.remove(&node.key("instances"), "remove `instances`")
}

/// `capabilities.scalable` instead of `instances.deploy`.
pub(super) fn scalable(path: &Path, texts: &Texts<'_>, topology: &Topology) -> Option<Fix> {
    let node = path.parent()?;
    let [_, Segment::Key(name)] = node.segments() else { return None };
    topology.nodes.get(&**name)?;
    let count = texts.value(&path.key("deploy"))?;
    let written = texts.at(&count)?.trim_end();
    if written.contains('\n') {
        return None;
    }
    let (key, whole) = (texts.key(path)?, texts.value(path)?);
    let text = &texts.source(&key.file)?.text;
    let end = match text.get(whole.span.start..)?.chars().next()? {
        '{' => whole.span.end,
        _ => count.span.start + written.len(),
    };
    let only = matches!(&texts.reading.source_map.mark(path)?.inside, Inside::Map(marks) if marks.values().count() == 1);
    let with = format!("capabilities: {{ scalable: {{ properties: {{ default_instances: {written} }} }} }}");
    let mut place = key;
    place.span.end = end;
    place.span.end_line = whole.span.end_line;
    only.then(|| texts.over(&place, "write `capabilities.scalable`".to_owned(), with))?
}
