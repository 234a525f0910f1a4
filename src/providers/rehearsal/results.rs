//! What rehearsed operations leave: believable values for each type, the same for the same seed.

use std::net::Ipv4Addr;

use crate::check::Node;
use crate::engine::{Context, Failure, Outcome, Related};
use crate::model::{Map, Value};
use crate::plan::{Operation, Work, fingerprint, short_operation_name};

/// Free addresses begin here in a subnet; those below are left to fixed ones.
const FIRST_FREE: usize = 100;

/// A number that hangs on the seed and `what` alone.
pub(super) fn number(seed: u64, what: &[&str]) -> u64 {
    let text = format!("{seed}\0{}", what.join("\0"));
    // The last bytes of the text hardly reach the first bits of the fingerprint: take it twice.
    u64::from_str_radix(&fingerprint(fingerprint(text.as_bytes()).as_bytes()), 16).unwrap_or(seed)
}

/// How many parts (tasks, pods) of `node` there are, all of them ready.
pub(super) fn parts(node: &Node) -> Option<(u32, u32)> {
    let service = ["cloudify.swarm.Microservice", "cloudify.kubernetes.Microservice"];
    if !service.iter().any(|type_name| node.is_a(type_name)) {
        return None;
    }
    let count = node.properties.get("replicas").and_then(Value::as_int);
    let count = count.and_then(|count| u32::try_from(count).ok()).unwrap_or(1);
    Some((count, count))
}

/// What `operation` leaves.
pub(super) fn outcome(seed: u64, operation: &Operation, cx: &Context) -> Result<Outcome, Failure> {
    match (&operation.work, short_operation_name(&operation.name)) {
        (Work::Relationship { target, .. }, "preconfigure" | "postconfigure" | "establish") => {
            let related = cx.world.related(&cx.instance)?;
            let far = related.iter().find(|far| far.instance == *target);
            Ok(far.map(|far| linked(cx, far)).unwrap_or_default())
        }
        (_, "create" | "start") => made(seed, cx),
        _ => Ok(Outcome::default()),
    }
}

fn made(seed: u64, cx: &Context) -> Result<Outcome, Failure> {
    let node = &cx.node;
    let id = |length: usize| {
        let digits = fingerprint(number(seed, &["id", &cx.deployment, &cx.instance]).to_string().as_bytes());
        digits.chars().cycle().take(length).collect::<String>()
    };
    let done = Outcome::default();
    if node.is_a("cloudify.nodes.Compute") {
        return Ok(done.with("ip", host_address(cx)?).with("host_id", id(12)));
    }
    if node.is_a("cloudify.nodes.Network") || node.is_a("cloudify.nodes.Subnet") {
        let done = match cidr(&cx.properties) {
            Some(cidr) => done.with("cidr", cidr),
            None => done,
        };
        return Ok(done.with("network_id", id(12)));
    }
    if node.is_a("cloudify.nodes.Port") {
        return Ok(match port_address(cx)? {
            Some(ip) => done.with("ip", ip),
            None => done,
        }
        .with("mac", mac(seed, cx)));
    }
    if node.is_a("cloudify.nodes.Router") {
        return Ok(done.with("router_id", id(12)));
    }
    if node.is_a("cloudify.swarm.Manager") {
        let ip = text(&cx.properties, "ip").map_or_else(|| host_address(cx), Ok)?;
        let port = cx.properties.get("port").cloned().unwrap_or(Value::Int(2375));
        let info = Map::from([
            ("ID".into(), Value::from(id(25))),
            ("manager_ip".into(), Value::from(ip.clone())),
            ("manager_port".into(), port.clone()),
        ]);
        return Ok(done.with("ip", ip).with("port", port).with("swarm_info", Value::Map(info)));
    }
    if node.is_a("cloudify.kubernetes.Master") {
        let port = cx.properties.get("master_port").cloned().unwrap_or(Value::Int(8080));
        return Ok(done.with("ip", host_address(cx)?).with("master_port", port));
    }
    if node.is_a("cloudify.kubernetes.nodes.Master") {
        let context = text(&cx.properties, "context").filter(|name| !name.is_empty());
        let info =
            Map::from([("context".into(), Value::from(context.unwrap_or_else(|| "rehearsed".into())))]);
        let ip = "192.0.2.10";
        let listed = Map::from([("name".into(), Value::from("node1")), ("ip".into(), Value::from(ip))]);
        return Ok(done
            .with("ip", ip)
            .with("version", "v1.36.0")
            .with("addresses", Value::List(vec![ip.into()]))
            .with("nodes", Value::List(vec![Value::Map(listed)]))
            .with("kubernetes_info", Value::Map(info)));
    }
    if node.is_a("cloudify.swarm.Microservice") {
        return Ok(done.with("service_id", id(25)));
    }
    if node.is_a("cloudify.kubernetes.Microservice") {
        let name = text(&cx.properties, "name").unwrap_or_else(|| node.name.clone());
        let last = number(seed, &["cluster-ip", &cx.deployment, &cx.instance]);
        let address = Ipv4Addr::new(10, 96, (last >> 8) as u8, (last as u8).clamp(2, 250)).to_string();
        let service =
            Map::from([("name".into(), Value::from(name)), ("clusterIP".into(), Value::from(address))]);
        return Ok(done.with("service", Value::Map(service)));
    }
    Ok(done)
}

/// What a relationship operation hands from the far end to the near one, by its type (DSL reference, plugins).
fn linked(cx: &Context, far: &Related) -> Outcome {
    let is = |type_name: &str| far.relationship.iter().any(|ancestor| ancestor == type_name);
    let known = |name: &str| far.runtime.get(name).or_else(|| far.properties.get(name)).cloned();
    let mut outcome = Outcome::default();
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            outcome.runtime.insert(name.to_owned(), value);
        }
    };
    if is("cloudify.kubernetes.relationships.connected_to_master") {
        let info = far.runtime.get("kubernetes_info");
        let url = info.and_then(|info| info.get("url")).and_then(Value::as_str);
        if let Some((ip, port)) = url.and_then(address_of_url) {
            set("master_ip", Some(Value::from(ip)));
            set("master_port", port.map(Value::Int));
        } else {
            set("master_ip", known("ip"));
            set("master_port", known("master_port"));
        }
    } else if is("cloudify.kubernetes.relationships.contained_in_host") {
        set("ip", known("ip"));
    } else if is("cloudify.swarm.relationships.microservice_contained_in_manager") {
        let info = far.runtime.get("swarm_info");
        let from = |name: &str| info.and_then(|info| info.get(name)).cloned();
        set("ip", from("manager_ip").or_else(|| known("ip")));
        set("port", from("manager_port").or_else(|| known("port")));
    } else if is("cloudify.swarm.relationships.container_contained_in_microservice") {
        let image = Map::from([("Image".into(), known("image").unwrap_or_default())]);
        set(&format!("container_{}", far.instance), Some(Value::Map(image)));
    } else if is("cloudify.swarm.relationships.port_attached_to_microservice") {
        set(&format!("port_{}", far.instance), Some(Value::Map(far.properties.clone())));
    }
    let _ = cx;
    outcome
}

/// Address and port of `http://10.0.0.1:8080/`, with or without scheme.
fn address_of_url(url: &str) -> Option<(&str, Option<i64>)> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split('/').next().filter(|authority| !authority.is_empty())?;
    Some(match authority.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().ok()),
        None => (authority, None),
    })
}

fn text(map: &Map, name: &str) -> Option<String> {
    map.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// `cidr` of a network's or subnet's properties, as the plugins write it.
fn cidr(properties: &Map) -> Option<String> {
    text(properties, "cidr")
        .or_else(|| ["subnet", "network"].iter().find_map(|key| text(properties.get(key)?.as_map()?, "cidr")))
}

fn mac(seed: u64, cx: &Context) -> String {
    let bytes = number(seed, &["mac", &cx.deployment, &cx.instance]).to_be_bytes();
    // 02: an address that nobody has bought.
    format!("02:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", bytes[0], bytes[1], bytes[2], bytes[3], bytes[4])
}

/// The address of a host, or of what stands on one: its own property, its first port's, its host's, or one for examples.
fn host_address(cx: &Context) -> Result<String, Failure> {
    if let Some(ip) = text(&cx.properties, "ip").or_else(|| text(&cx.runtime, "ip")) {
        return Ok(ip);
    }
    let related = cx.world.related(&cx.instance)?;
    if let Some(ip) =
        related.iter().find_map(|far| text(&far.runtime, "ip").or_else(|| text(&far.properties, "ip")))
    {
        return Ok(ip);
    }
    let networks = related.iter().find_map(|far| Some((far, subnet(far)?)));
    if let Some((network, (base, prefix))) = networks {
        return free_address(cx, network, base, prefix);
    }
    // TEST-NET-1, which belongs to examples.
    let last = number(0, &["ip", &cx.deployment, &cx.instance]) % 250 + 2;
    Ok(Ipv4Addr::new(192, 0, 2, last as u8).to_string())
}

fn port_address(cx: &Context) -> Result<Option<String>, Failure> {
    let fixed =
        cx.properties.get("fixed_ip").and_then(Value::as_map).and_then(|fixed| text(fixed, "ip_address"));
    if let Some(ip) = text(&cx.properties, "ip").or(fixed) {
        return Ok(Some(ip));
    }
    let related = cx.world.related(&cx.instance)?;
    match related.iter().find_map(|far| Some((far, subnet(far)?))) {
        Some((network, (base, prefix))) => free_address(cx, network, base, prefix).map(Some),
        None => Ok(None),
    }
}

fn subnet(far: &Related) -> Option<(Ipv4Addr, u32)> {
    let cidr = cidr(&far.runtime).or_else(|| cidr(&far.properties))?;
    let (base, prefix) = cidr.split_once('/')?;
    Some((base.parse().ok()?, prefix.parse().ok().filter(|prefix| *prefix <= 32)?))
}

/// An address of the subnet for this instance alone: by its place among all that are in the network.
fn free_address(cx: &Context, network: &Related, base: Ipv4Addr, prefix: u32) -> Result<String, Failure> {
    let mut ids: Vec<String> =
        cx.world.related_to(&network.instance)?.into_iter().map(|near| near.instance).collect();
    ids.sort();
    let place = ids.iter().position(|id| *id == cx.instance).unwrap_or_default();
    let size = 1_u64 << (32 - prefix.min(32));
    let first = if size > 2 * FIRST_FREE as u64 { FIRST_FREE } else { 2 };
    let offset = (first + place) as u64;
    if offset + 1 >= size {
        return Err(Failure::fatal(format!("no address is left in {base}/{prefix}")));
    }
    let address = u64::from(u32::from(base)).wrapping_add(offset);
    Ok(Ipv4Addr::from(address as u32).to_string())
}
