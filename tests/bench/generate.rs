//! Blueprints of any size, the same every time for one seed: what benchmarks and property tests read.
//!
//! The default shape: every tenth node is a host, the nine after it are contained in it; nodes stand in layers of
//! about √N, each depends on two of the layer before; properties read inputs, properties and attributes of others; ten nodes
//! share an output. 1 000 nodes make about 0.7 MB and 2 640 relationships. Included by `#[path]`; uses `std` alone.

#![allow(dead_code, missing_docs)] // each includer uses its part

use std::fmt::Write as _;

/// What a generated blueprint looks like.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub nodes: usize,
    pub seed: u64,
    /// Each so-manieth node is a host of those after it; 0 for none.
    pub hosts_every: usize,
    /// Dependencies on the layer before.
    pub degree: usize,
    /// Instances of each node that is no host.
    pub instances: usize,
    /// Whether properties call functions.
    pub functions: bool,
}

impl Shape {
    /// The default shape with `nodes` node templates.
    pub fn of(nodes: usize) -> Self {
        Self { nodes, seed: 1, hosts_every: 10, degree: 2, instances: 1, functions: true }
    }

    /// Nodes of a layer: the root of the number of all, rounded up.
    pub fn layer(&self) -> usize {
        (1..=self.nodes).find(|side| side * side >= self.nodes).unwrap_or(1)
    }

    pub fn is_host(&self, node: usize) -> bool {
        self.hosts_every > 0 && node.is_multiple_of(self.hosts_every)
    }

    /// The node that `node` is contained in.
    pub fn host(&self, node: usize) -> Option<usize> {
        (self.hosts_every > 0 && !self.is_host(node)).then(|| node - node % self.hosts_every)
    }
}

/// Small, seeded, the same on every machine (xorshift*).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `end`; 0 if there is none.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let bits = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(bits).unwrap_or(0) % end.max(1)
    }
}

/// The nodes that each node depends on: up to `degree` different ones of the layer before; hosts on none.
pub fn dependencies(shape: &Shape) -> Vec<Vec<usize>> {
    let mut random = Random::new(shape.seed);
    let layer = shape.layer();
    (0..shape.nodes)
        .map(|node| {
            let first = (node / layer) * layer;
            let mut found = Vec::new();
            if first == 0 || shape.is_host(node) {
                return found;
            }
            for _ in 0..shape.degree {
                let target = first - layer + random.below(layer);
                if !found.contains(&target) && Some(target) != shape.host(node) {
                    found.push(target);
                }
            }
            found
        })
        .collect()
}

/// The name of a node template.
pub fn name(shape: &Shape, node: usize) -> String {
    format!("{}_{node:05}", if shape.is_host(node) { "host" } else { "app" })
}

const HEAD: &str = "\
tosca_definitions_version: cloudify_dsl_1_3

imports:
  - cloudify/types/types.yaml

inputs:
  registry: {type: string, default: registry.local}
  base_port: {type: integer, default: 8000}
  zone: {type: string, default: north}

node_types:
  bench.nodes.Host:
    derived_from: cloudify.nodes.Compute
    properties:
      zone: {type: string, default: {get_input: zone}}
      cpus: {type: integer, default: 2}
  bench.nodes.App:
    derived_from: cloudify.nodes.ApplicationModule
    properties:
      image: {type: string}
      release: {type: string, default: 1.0.0}
      port: {type: integer, default: {get_input: base_port}}
      zone: {type: string, default: north}
      upstream: {default: ''}
      environment: {default: {}}
      replicas: {type: integer, default: 1}

";

/// The text of the blueprint.
pub fn blueprint(shape: &Shape) -> String {
    let mut text = String::with_capacity(shape.nodes * 720 + HEAD.len());
    text.push_str(HEAD);
    text.push_str("node_templates:\n");
    for (node, targets) in dependencies(shape).iter().enumerate() {
        let own = name(shape, node);
        if shape.is_host(node) {
            let _ = write!(
                text,
                "  {own}:\n    type: bench.nodes.Host\n    properties:\n      ip: 10.{}.{}.{}\n      cpus: {}\n",
                node / 62_500 % 250,
                node / 250 % 250,
                node % 250 + 1,
                node % 7 + 1
            );
        } else {
            app(&mut text, shape, node, &own, targets);
        }
        let host = shape.host(node).map(|host| ("contained_in", host));
        let edges: Vec<_> =
            host.into_iter().chain(targets.iter().map(|&target| ("depends_on", target))).collect();
        if !edges.is_empty() {
            text.push_str("    relationships:\n");
        }
        for (kind, target) in edges {
            let target = name(shape, target);
            let _ = writeln!(text, "      - type: cloudify.relationships.{kind}\n        target: {target}");
        }
    }
    text.push_str("\noutputs:\n");
    for node in (0..shape.nodes).step_by(10) {
        let (own, property) = (name(shape, node), if shape.is_host(node) { "cpus" } else { "image" });
        let value = if shape.functions { format!("{{get_attribute: [{own}, ip]}}") } else { own.clone() };
        let _ = writeln!(text, "  {own}_{property}:\n    description: of {own}\n    value: {value}");
    }
    text
}

fn app(text: &mut String, shape: &Shape, node: usize, own: &str, targets: &[usize]) {
    let _ = write!(text, "  {own}:\n    type: bench.nodes.App\n");
    if shape.instances > 1 {
        let _ = writeln!(text, "    instances: {{deploy: {}}}", shape.instances);
    }
    let release = format!("{}.{}.{}", node % 5, node % 17, node % 3);
    let _ = write!(text, "    properties:\n      release: {release}\n");
    if shape.functions {
        let _ = writeln!(
            text,
            "      image: {{concat: [{{get_input: registry}}, '/app-{node}:', {{get_property: [SELF, release]}}]}}"
        );
        if let Some(host) = shape.host(node) {
            let _ = writeln!(text, "      zone: {{get_property: [{}, zone]}}", name(shape, host));
        }
        if let Some(&target) = targets.first() {
            let target = name(shape, target);
            let _ = writeln!(
                text,
                "      upstream: {{concat: ['http://', {{get_attribute: [{target}, ip]}}, ':', {{get_input: base_port}}]}}"
            );
        }
    } else {
        let _ = writeln!(text, "      image: registry.local/app-{node}:{release}");
    }
    let _ = write!(
        text,
        "      environment:\n        NAME: {own}\n        LEVEL: info\n        WORKERS: {}\n        CACHE: 'on'\n",
        node % 9 + 1
    );
    let _ = write!(
        text,
        "    interfaces:\n      cloudify.interfaces.lifecycle:\n        configure:\n          inputs:\n            \
         service: {own}\n            timeout: {}\n",
        node % 60 + 1
    );
}
