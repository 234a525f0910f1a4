//! `cloudify.swarm.Container` and `cloudify.swarm.Volume` as the API's container spec.

use std::collections::HashMap;

use bollard::models::{
    Mount, MountType, MountVolumeOptions, MountVolumeOptionsDriverConfig, TaskSpecContainerSpec,
};

use super::{Problem, Taker, text};
use crate::model::{Map, Value};

/// The container spec, or none when a property is wrong.
pub(super) fn container(
    owner: &str,
    properties: &Map,
    volumes: &[(&str, &Map)],
    problems: &mut Vec<Problem>,
) -> Option<TaskSpecContainerSpec> {
    let mut take = Taker { owner, properties, problems };
    let image = take.required("image", image);
    let command = take.optional("entry_point", words).filter(|words| !words.is_empty());
    let args = take.optional("args", words).filter(|words| !words.is_empty());
    let env = take.optional("env", env).filter(|env| !env.is_empty());
    let mounts: Vec<_> =
        volumes.iter().filter_map(|(owner, properties)| mount(owner, properties, problems)).collect();
    Some(TaskSpecContainerSpec {
        image: Some(image?),
        command,
        args,
        env,
        mounts: Some(mounts).filter(|mounts| !mounts.is_empty()),
        ..TaskSpecContainerSpec::default()
    })
}

/// Problems of a container's properties taken alone.
pub(super) fn literal_problems(properties: &Map, problems: &mut Vec<Problem>) {
    let mut take = Taker { owner: "", properties, problems };
    take.optional("image", image);
    take.optional("entry_point", words);
    take.optional("args", words);
    take.optional("env", env);
}

fn image(value: &Value) -> Result<String, String> {
    match text(value)? {
        image if image.trim().is_empty() => Err("is empty: name an image, `nginx:1.27` for example".into()),
        image if image.contains(char::is_whitespace) => {
            Err(format!("`{image}` is no image name: it holds a space"))
        }
        image => Ok(image),
    }
}

/// A list of words, or one text split as a shell splits it (quotes, backslash; nothing is expanded).
pub(super) fn words(value: &Value) -> Result<Vec<String>, String> {
    match value {
        Value::List(list) => list.iter().map(text).collect(),
        _ => split(&text(value)?),
    }
}

fn split(line: &str) -> Result<Vec<String>, String> {
    let (mut words, mut word, mut quote): (Vec<String>, Option<String>, Option<char>) =
        (Vec::new(), None, None);
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (Some(open), close) if open == close => quote = None,
            (None, '"' | '\'') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => word.get_or_insert_default().extend(characters.next()),
            (None, blank) if blank.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    if quote.is_some() { Err(format!("a quote is not closed in `{line}`")) } else { Ok(words) }
}

/// `NAME=value` in the order of the text, from a map or from a list of such words; a list as value is comma-joined, which is
/// what the start scripts of the service images split on.
fn env(value: &Value) -> Result<Vec<String>, String> {
    let named = |(name, value): (&String, &Value)| {
        if name.is_empty() || name.contains(['=', '\0']) {
            return Err(format!("`{name}` is no name of an environment variable"));
        }
        let value = match value {
            Value::List(list) => {
                list.iter().map(text).collect::<Result<Vec<_>, _>>().map(|items| items.join(","))
            }
            other => text(other),
        };
        value.map(|value| format!("{name}={value}")).map_err(|message| format!("{name}: {message}"))
    };
    match value {
        Value::Map(map) => map.iter().map(named).collect(),
        Value::List(list) => list.iter().map(text).collect(),
        _ => Err(format!("a map of variables or a list of `NAME=value` expected, not {}", value.a_kind())),
    }
}

/// A map of texts.
pub(super) fn labels(value: &Value) -> Result<HashMap<String, String>, String> {
    let map = value.as_map().ok_or_else(|| format!("a map of labels expected, not {}", value.a_kind()))?;
    map.iter()
        .map(|(key, value)| Ok((key.clone(), text(value).map_err(|message| format!("{key}: {message}"))?)))
        .collect()
}

/// A `cloudify.swarm.Volume`. Docker's key is `ReadOnly`. The type requires a `user`, which no mount of the API has: the
/// container's own user reads and writes.
fn mount(owner: &str, properties: &Map, problems: &mut Vec<Problem>) -> Option<Mount> {
    let mut take = Taker { owner, properties, problems };
    let typ = take.optional("type", |value| match text(value)?.as_str() {
        "" | "volume" => Ok(MountType::VOLUME),
        "bind" => Ok(MountType::BIND),
        "tmpfs" => Ok(MountType::TMPFS),
        other => Err(format!("`{other}` is no kind of mount: volume, bind or tmpfs")),
    });
    let target = take.required("target", |value| {
        text(value).and_then(|path| {
            if path.starts_with('/') {
                Ok(path)
            } else {
                Err(format!("`{path}` is no absolute path in the container"))
            }
        })
    });
    let source = take.optional("source", text).filter(|source| !source.is_empty());
    let read_only = take.optional("readonly", |value| {
        value.as_bool().ok_or_else(|| format!("true or false expected, not `{value}`"))
    });
    let volume_options = take.optional("volume_options", volume_options).flatten();
    Some(Mount {
        target: Some(target?),
        source,
        typ: typ.or(Some(MountType::VOLUME)),
        read_only,
        volume_options,
        ..Mount::default()
    })
}

fn volume_options(value: &Value) -> Result<Option<MountVolumeOptions>, String> {
    let map = value.as_map().ok_or_else(|| format!("a map expected, not {}", value.a_kind()))?;
    let mut options = MountVolumeOptions::default();
    for (key, value) in map {
        match key.to_lowercase().replace('_', "").as_str() {
            "nocopy" => options.no_copy = Some(value.as_bool().ok_or("`no_copy` is true or false")?),
            "labels" => options.labels = Some(labels(value)?),
            "driverconfig" | "driver" => {
                let part = |lower: &str, upper: &str| value.get(lower).or_else(|| value.get(upper));
                let name = if value.as_str().is_some() { Some(value) } else { part("name", "Name") };
                options.driver_config = Some(MountVolumeOptionsDriverConfig {
                    name: name.map(text).transpose()?,
                    options: part("options", "Options").map(labels).transpose()?,
                });
            }
            _ => return Err(format!("`{key}` is no volume option: no_copy, labels, driver_config")),
        }
    }
    Ok((!map.is_empty()).then_some(options))
}
