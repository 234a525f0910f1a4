//! `ports` of a service: the short form (`8080:80/udp`, ranges) and the long one.

use super::super::{Ingested, scalar};
use super::variables;
use crate::model::{Map, Value};

/// Ports of one range.
const MAX_RANGE: u32 = 100;

/// The properties of a `cloudify.swarm.Port` for each port.
pub(super) fn ports(list: &[Value], at: &str, out: &mut Ingested) -> Vec<Map> {
    let mut found = Vec::new();
    for (position, entry) in list.iter().enumerate() {
        let at = format!("{at}[{position}]");
        let made = match entry {
            Value::Map(map) => long(map, &at, out),
            other => scalar(other).map_or_else(|| Err("it is no port".into()), |text| short(&text, &at, out)),
        };
        match made {
            Ok(ports) => found.extend(ports),
            Err(why) => out.leave(at, why, Some(entry)),
        }
    }
    found
}

/// `[[HOST:]PUBLISHED:]TARGET[/PROTOCOL]`.
fn short(text: &str, at: &str, out: &mut Ingested) -> Result<Vec<Map>, String> {
    let (text, protocol) = text.rsplit_once('/').unwrap_or((text, "tcp"));
    let mut parts = apart(text);
    let target = variables::plain(&parts.pop().unwrap_or_default());
    let published = parts.pop();
    if !parts.is_empty() {
        let address = parts.join(":");
        let why =
            format!("a Swarm service can't be open at one address only: it is open at all, not at {address}");
        out.leave(at, why, None);
    }
    let Some(published) = published else {
        let why = format!("the port that is open to the outside was left to chance: it is {target}, too");
        out.leave(at, why, None);
        let targets = range(&target)?;
        return Ok(targets.map(|port| port_of(Value::Int(port.into()), port, protocol)).collect());
    };
    if published.contains('$') {
        let target = number(&target)?;
        return Ok(vec![port_of(variables::value(&published, at, out), target, protocol)]);
    }
    let (published, target) = (range(&published)?, range(&target)?);
    if published.clone().count() != target.clone().count() {
        return Err("the two ranges have not the same length".into());
    }
    Ok(published
        .zip(target)
        .map(|(published, target)| port_of(Value::Int(published.into()), target, protocol))
        .collect())
}

fn long(map: &Map, at: &str, out: &mut Ingested) -> Result<Vec<Map>, String> {
    let text = |key: &str| map.get(key).and_then(scalar);
    let target = number(&variables::plain(&text("target").ok_or("it has no `target`")?))?;
    let published = match text("published") {
        Some(text) if text.contains('$') => variables::value(&text, at, out),
        Some(text) => Value::Int(number(&text)?.into()),
        None => Value::Int(target.into()),
    };
    let mut port = port_of(published, target, &text("protocol").unwrap_or_else(|| "tcp".into()));
    if text("mode").as_deref() == Some("host") {
        port.insert("mode".into(), "host".into());
    }
    if let Some(address) = text("host_ip") {
        let why =
            format!("a Swarm service can't be open at one address only: it is open at all, not at {address}");
        out.leave(at, why, None);
    }
    Ok(vec![port])
}

/// Splits at `:`, but not within `${…}` or `[…]`.
fn apart(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0;
    for character in text.chars() {
        match character {
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            _ => {}
        }
        if character == ':' && depth <= 0 {
            parts.push(String::new());
        } else if let Some(last) = parts.last_mut() {
            last.push(character);
        }
    }
    parts
}

fn number(text: &str) -> Result<u32, String> {
    match text.trim().parse::<u32>() {
        Ok(port) if (1..=65_535).contains(&port) => Ok(port),
        _ => Err(format!("`{text}` is no port: 1 to 65535")),
    }
}

fn range(text: &str) -> Result<std::ops::RangeInclusive<u32>, String> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (number(first)?, number(last)?);
    if last < first {
        return Err(format!("the range `{text}` ends before it begins"));
    }
    if last - first >= MAX_RANGE {
        return Err(format!("`{text}` are more than {MAX_RANGE} ports"));
    }
    Ok(first..=last)
}

fn port_of(published: Value, target: u32, protocol: &str) -> Map {
    let mut port = Map::from_iter([
        ("published_port".to_owned(), published),
        ("target_port".to_owned(), Value::Int(i64::from(target))),
    ]);
    if !protocol.eq_ignore_ascii_case("tcp") {
        port.insert("protocol".into(), protocol.to_lowercase().into());
    }
    port
}
