//! `volumes` and `tmpfs` of a service, the short form (`data:/var/lib/data:ro`) and the long one.

use super::super::{Ingested, scalar};
use super::variables;
use crate::model::{Map, Value};

/// The properties of a `cloudify.swarm.Volume` for each mount; `named` are the volumes that the file declares.
pub(super) fn mounts(list: &[Value], named: Option<&Map>, at: &str, out: &mut Ingested) -> Vec<Map> {
    let mut found = Vec::new();
    for (position, entry) in list.iter().enumerate() {
        let at = format!("{at}[{position}]");
        let made = match entry {
            Value::Map(map) => long(map, named, &at, out),
            other => scalar(other).map_or_else(|| Err("it is no mount".into()), |text| short(&text, named)),
        };
        match made {
            Ok(mount) => found.push(mount),
            Err(why) => out.leave(at, why, Some(entry)),
        }
    }
    found
}

/// `tmpfs: /run`, or a list of such.
pub(super) fn memory(value: &Value) -> Vec<Map> {
    let one = std::slice::from_ref(value);
    let paths = value.as_list().unwrap_or(one).iter().filter_map(scalar);
    let target = |path: String| variables::plain(path.split(':').next().unwrap_or_default());
    paths.map(|path| mount("tmpfs", "", &target(path), false)).collect()
}

/// `[SOURCE:]TARGET[:OPTIONS]`.
fn short(text: &str, named: Option<&Map>) -> Result<Map, String> {
    let text = variables::plain(text);
    let mut parts: Vec<&str> = text.split(':').collect();
    let mut read_only = false;
    if parts.len() > 1 && parts.last().is_some_and(|last| !last.starts_with('/')) {
        read_only = parts.pop().is_some_and(|options| options.split(',').any(|option| option == "ro"));
    }
    match parts.as_slice() {
        [target] => finished("volume", "", target, read_only, named),
        [source, target] => finished(kind_of(source), source, target, read_only, named),
        _ => Err(format!("`{text}` is no mount: SOURCE:TARGET")),
    }
}

fn kind_of(source: &str) -> &'static str {
    if source.starts_with(['/', '.', '~', '$']) { "bind" } else { "volume" }
}

fn long(map: &Map, named: Option<&Map>, at: &str, out: &mut Ingested) -> Result<Map, String> {
    let text = |key: &str| map.get(key).and_then(scalar).map(|text| variables::plain(&text));
    let first = |keys: [&str; 3]| keys.into_iter().find_map(text);
    let source = first(["source", "src", "source"]).unwrap_or_default();
    let target = first(["target", "destination", "dst"]).ok_or("it has no `target`")?;
    let kind = text("type").unwrap_or_else(|| kind_of(&source).into());
    if !matches!(kind.as_str(), "volume" | "bind" | "tmpfs") {
        return Err(format!("the Swarm types have no mount of type `{kind}`"));
    }
    let read_only = ["read_only", "readonly", "ro"].into_iter().any(|key| {
        map.get(key)
            .is_some_and(|value| matches!(value, Value::Bool(true)) || text(key).as_deref() == Some("true"))
    });
    let mut made = finished(&kind, &source, &target, read_only, named)?;
    for key in ["bind", "tmpfs", "consistency"] {
        if let Some(value) = map.get(key) {
            out.leave(format!("{at}.{key}"), "mounts of the Swarm types have no such options", Some(value));
        }
    }
    let options = map.get("volume");
    if options.and_then(|options| options.get("nocopy")).and_then(Value::as_bool) == Some(true) {
        made.insert("volume_options".into(), Value::Map([("no_copy".to_owned(), Value::Bool(true))].into()));
    }
    Ok(made)
}

/// Bind mounts need a folder that is there on every node of the swarm.
fn finished(
    kind: &str,
    source: &str,
    target: &str,
    read_only: bool,
    named: Option<&Map>,
) -> Result<Map, String> {
    if !target.starts_with('/') {
        return Err(format!("`{target}` is no absolute path in the container"));
    }
    if kind == "bind" && !source.starts_with('/') {
        return Err(format!(
            "`{source}` is a path on this machine, which the nodes of a swarm don't have: give an absolute one, or a volume"
        ));
    }
    let declared = named.and_then(|named| named.get(source)).filter(|_| kind == "volume");
    let text = |key: &str| declared.and_then(|declared| declared.get(key)).and_then(scalar);
    let mut made = mount(kind, &text("name").unwrap_or_else(|| source.to_owned()), target, read_only);
    if let Some(driver) = text("driver").filter(|driver| driver != "local" || text_map(declared).is_some()) {
        let mut config = Map::from_iter([("name".to_owned(), Value::from(driver))]);
        if let Some(options) = text_map(declared) {
            config.insert("options".into(), Value::Map(options));
        }
        let options = Map::from_iter([("driver_config".to_owned(), Value::Map(config))]);
        made.insert("volume_options".into(), Value::Map(options));
    }
    Ok(made)
}

/// `driver_opts` of a volume that says something.
fn text_map(declared: Option<&Value>) -> Option<Map> {
    let options = declared?.get("driver_opts")?.as_map()?;
    let text =
        |(key, value): (&String, &Value)| Some((key.clone(), Value::from(variables::plain(&scalar(value)?))));
    Some(options.iter().filter_map(text).collect::<Map>()).filter(|options| !options.is_empty())
}

fn mount(kind: &str, source: &str, target: &str, read_only: bool) -> Map {
    Map::from_iter([
        ("type".to_owned(), kind.into()),
        ("source".to_owned(), source.into()),
        ("target".to_owned(), target.into()),
        ("readonly".to_owned(), Value::Bool(read_only)),
        // The type asks for one; mounts have none, the container's own user reads and writes.
        ("user".to_owned(), "".into()),
    ])
}
