//! `docker run` lines → the services that a compose file would have for them.
//!
//! Words are split as a shell splits them; nothing is expanded or run. Source of the options: the reference of the Docker
//! command line.

use super::{Format, IngestError, Ingested, compose};
use crate::model::{Map, Value};

/// Longer texts are no command line.
const MAX_BYTES: usize = 200_000;

/// Options that are followed by a value; the short ones by their letter.
const WITH_VALUE: &str = "add-host annotation attach a blkio-weight blkio-weight-device cap-add cap-drop cgroup-parent cgroupns \
    cidfile cpu-count cpu-percent cpu-period cpu-quota cpu-rt-period cpu-rt-runtime cpu-shares c cpus cpuset-cpus \
    cpuset-mems detach-keys device device-cgroup-rule device-read-bps device-read-iops device-write-bps device-write-iops \
    dns dns-opt dns-option dns-search domainname entrypoint env e env-file expose gpus group-add health-cmd health-interval \
    health-retries health-start-interval health-start-period health-timeout hostname h io-maxbandwidth io-maxiops ip ip6 ipc \
    isolation kernel-memory label l label-file link link-local-ip log-driver log-opt mac-address memory m \
    memory-reservation memory-swap memory-swappiness mount name network net network-alias oom-score-adj pid pids-limit \
    platform publish p pull restart runtime security-opt shm-size stop-signal stop-timeout storage-opt sysctl tmpfs ulimit \
    user u userns uts volume v volume-driver volumes-from workdir w";

/// What an option is called in a compose file; those with an `s` hold a list.
const KEYS: &[(&str, &str)] = &[
    ("add-host", "extra_hosts"),
    ("cap-add", "cap_add"),
    ("cap-drop", "cap_drop"),
    ("device", "devices"),
    ("dns", "dns"),
    ("env-file", "env_file"),
    ("expose", "expose"),
    ("hostname", "hostname"),
    ("h", "hostname"),
    ("label", "labels"),
    ("l", "labels"),
    ("link", "links"),
    ("network", "networks"),
    ("net", "networks"),
    ("platform", "platform"),
    ("restart", "restart"),
    ("shm-size", "shm_size"),
    ("sysctl", "sysctls"),
    ("ulimit", "ulimits"),
    ("user", "user"),
    ("u", "user"),
    ("workdir", "working_dir"),
    ("w", "working_dir"),
];

/// Whether a text begins with such a line.
pub(super) fn is_one(text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '$' || c == '#');
    let words: Vec<&str> = text.split_whitespace().take(4).collect();
    let words = if words.first() == Some(&"sudo") { &words[1..] } else { &words[..] };
    matches!(words, ["docker" | "podman", "run", ..] | ["docker" | "podman", "container", "run"])
}

pub(super) fn read(origin: &str, text: &str) -> Result<Ingested, IngestError> {
    let wrong = |message: String, hint: &str| IngestError::new(origin, None, message, hint);
    if text.len() > MAX_BYTES {
        return Err(wrong(
            format!("a command line of {} bytes is not read", text.len()),
            "paste only the commands",
        ));
    }
    let commands = commands(text).map_err(|message| wrong(message, "close the quote"))?;
    let mut out = Ingested::new(Format::DockerRun, origin);
    let mut services = Map::new();
    for words in commands {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let words = words.strip_prefix(&["sudo"]).unwrap_or(&words);
        let after = words
            .strip_prefix(&["docker", "run"])
            .or_else(|| words.strip_prefix(&["podman", "run"]))
            .or_else(|| words.strip_prefix(&["docker", "container", "run"]))
            .or_else(|| words.strip_prefix(&["podman", "container", "run"]));
        let Some(after) = after else {
            let shown: String = words.join(" ").chars().take(60).collect();
            out.leave(shown, "only `docker run` is understood", None);
            continue;
        };
        let (name, service) =
            service(after).map_err(|message| wrong(message, "docker run [OPTIONS] IMAGE [COMMAND]"))?;
        let mut free = name.clone();
        let mut number = 2;
        while services.contains_key(&free) {
            free = format!("{name}_{number}");
            number += 1;
        }
        services.insert(free, Value::Map(service));
    }
    if services.is_empty() {
        return Err(wrong("there is no `docker run` in it".into(), "docker run [OPTIONS] IMAGE [COMMAND]"));
    }
    out.name = super::clean(services.keys().next().map_or("service", String::as_str));
    let whole = Value::Map(Map::from_iter([("services".to_owned(), Value::Map(services))]));
    compose::fill(&whole, &mut out);
    Ok(out)
}

/// The commands of a text, each as its words. What stood in single quotes keeps its `$`, as `$$`.
fn commands(text: &str) -> Result<Vec<Vec<String>>, String> {
    let mut commands: Vec<Vec<String>> = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut characters = text.chars().peekable();
    let finish = |word: &mut Option<String>, commands: &mut Vec<Vec<String>>| {
        if let (Some(word), Some(last)) = (word.take(), commands.last_mut()) {
            last.push(word);
        }
    };
    while let Some(character) = characters.next() {
        match (quote, character) {
            (Some(open), close) if open == close => quote = None,
            (Some('\''), '$') => word.get_or_insert_default().push_str("$$"),
            (Some('\''), other) => word.get_or_insert_default().push(other),
            (None, '"' | '\'') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (_, '\\') => match characters.next() {
                // A line that goes on.
                Some('\n') => {}
                Some('\r') if characters.next_if_eq(&'\n').is_some() => {}
                Some('$') => word.get_or_insert_default().push_str("$$"),
                Some(next) if quote.is_none() || matches!(next, '"' | '\\' | '`') => {
                    word.get_or_insert_default().push(next);
                }
                Some(next) => word.get_or_insert_default().extend(['\\', next]),
                None => {}
            },
            (Some(_), other) => word.get_or_insert_default().push(other),
            (None, '#') if word.is_none() => while characters.next_if(|c| *c != '\n').is_some() {},
            (None, '\n' | ';' | '|' | '&') => {
                finish(&mut word, &mut commands);
                if commands.last().is_some_and(|last| !last.is_empty()) {
                    commands.push(Vec::new());
                }
            }
            // The sign of a shell that waits, copied along.
            (None, '$') if word.is_none() && commands.last().is_some_and(Vec::is_empty) => {}
            (None, blank) if blank.is_whitespace() => finish(&mut word, &mut commands),
            (None, other) => word.get_or_insert_default().push(other),
        }
    }
    if quote.is_some() {
        return Err("a quote is not closed".into());
    }
    finish(&mut word, &mut commands);
    commands.retain(|words| !words.is_empty());
    Ok(commands)
}

/// Name and content of the service that one command comes to.
fn service(words: &[&str]) -> Result<(String, Map), String> {
    let mut options: Vec<(String, Option<String>)> = Vec::new();
    let takes = |option: &str| WITH_VALUE.split_whitespace().any(|known| known == option);
    let mut words = words.iter();
    let mut image = None;
    while let Some(word) = words.next() {
        if *word == "--" {
            image = words.next();
            break;
        }
        if let Some(long) = word.strip_prefix("--") {
            match long.split_once('=') {
                Some((option, value)) => options.push((option.to_owned(), Some(value.to_owned()))),
                None if takes(long) => {
                    let value = words.next().ok_or_else(|| format!("`--{long}` has no value"))?;
                    options.push((long.to_owned(), Some((*value).to_owned())));
                }
                None => options.push((long.to_owned(), None)),
            }
        } else if let Some(short) = word.strip_prefix('-').filter(|short| !short.is_empty()) {
            // `-itd`, `-p80:80`, `-e=A=1`.
            for (at, letter) in short.char_indices() {
                let option = letter.to_string();
                if !takes(&option) {
                    options.push((option, None));
                    continue;
                }
                let rest = &short[at + letter.len_utf8()..];
                let rest = rest.strip_prefix('=').unwrap_or(rest);
                let value = match rest {
                    "" => (*words.next().ok_or_else(|| format!("`-{letter}` has no value"))?).to_owned(),
                    rest => rest.to_owned(),
                };
                options.push((option, Some(value)));
                break;
            }
        } else {
            image = Some(word);
            break;
        }
    }
    let image = image.ok_or("it names no image")?;
    let mut service = Map::from_iter([("image".to_owned(), Value::from(*image))]);
    let command: Vec<Value> = words.map(|word| Value::from(*word)).collect();
    if !command.is_empty() {
        service.insert("command".into(), Value::List(command));
    }
    let mut name = None;
    for (option, value) in options {
        apply(&mut service, &mut name, &option, value);
    }
    let base = image.rsplit('/').next().unwrap_or(image);
    let base = base.split([':', '@']).next().unwrap_or(base);
    let name = name.unwrap_or_else(|| base.replace('$', ""));
    Ok((if name.is_empty() { "service".into() } else { name }, service))
}

fn apply(service: &mut Map, name: &mut Option<String>, option: &str, value: Option<String>) {
    let mut add = |key: &str, value: Value| {
        if let Value::List(list) = service.get_or_insert_with(key.to_owned(), || Value::List(Vec::new())) {
            list.push(value);
        }
    };
    let text = value.clone().unwrap_or_else(|| "true".to_owned());
    match option {
        "name" => *name = Some(text),
        // How it is run from a shell says nothing of the service.
        "d" | "detach" | "i" | "interactive" | "t" | "tty" | "rm" | "q" | "quiet" | "pull" | "sig-proxy"
        | "a" | "attach" | "cidfile" | "detach-keys" => {}
        "p" | "publish" => add("ports", text.into()),
        "e" | "env" => add("environment", text.into()),
        "v" | "volume" => add("volumes", text.into()),
        "mount" => add("volumes", mount(&text)),
        "tmpfs" => add("tmpfs", text.into()),
        "entrypoint" => drop(service.insert("entrypoint".into(), Value::List(vec![text.into()]))),
        "m" | "memory" => drop(service.insert("mem_limit".into(), text.into())),
        "memory-reservation" => drop(service.insert("mem_reservation".into(), text.into())),
        "cpus" => drop(service.insert("cpus".into(), text.into())),
        "pids-limit" => drop(service.insert("pids_limit".into(), text.into())),
        other => {
            let key = KEYS.iter().find(|(known, _)| *known == other).map(|(_, key)| *key);
            let key = key.map_or_else(|| other.replace('-', "_"), str::to_owned);
            let value = value.map_or(Value::Bool(true), Value::from);
            match service.get_mut(&key) {
                Some(Value::List(list)) => list.push(value),
                Some(first) => {
                    let first = std::mem::take(first);
                    service.insert(key, Value::List(vec![first, value]));
                }
                None => drop(service.insert(key, value)),
            }
        }
    }
}

/// `type=volume,source=data,target=/data,readonly`.
fn mount(text: &str) -> Value {
    let entry = |part: &str| {
        let (key, value) = part.split_once('=').unwrap_or((part, "true"));
        (key.trim().to_owned(), Value::from(value))
    };
    let mut map: Map = text.split(',').map(entry).collect();
    map.get_or_insert_with("type".to_owned(), || "volume".into());
    Value::Map(map)
}
