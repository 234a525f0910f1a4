//! Directed acyclic graphs: waves, a named cycle, reverse order, ready set.
//!
//! Knows nothing about what the nodes are; edges run from a node to what it needs *first*.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

/// A graph whose edge `a → b` says "`a` needs `b` first". Order of insertion is the order of every answer.
#[derive(Clone, Debug)]
pub struct Dag<T> {
    nodes: Vec<T>,
    index: HashMap<T, usize>,
    needs: Vec<BTreeSet<usize>>,
}

impl<T: Clone + Eq + Hash> Default for Dag<T> {
    fn default() -> Self {
        Self { nodes: Vec::new(), index: HashMap::new(), needs: Vec::new() }
    }
}

impl<T: Clone + Eq + Hash> Dag<T> {
    /// An empty graph.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds `node` unless it is there.
    pub fn add(&mut self, node: T) {
        self.slot(node);
    }

    /// Adds both nodes and the edge "`node` needs `first` first".
    pub fn need(&mut self, node: T, first: T) {
        let (node, first) = (self.slot(node), self.slot(first));
        self.needs[node].insert(first);
    }

    fn slot(&mut self, node: T) -> usize {
        if let Some(&slot) = self.index.get(&node) {
            return slot;
        }
        let slot = self.nodes.len();
        self.nodes.push(node.clone());
        self.index.insert(node, slot);
        self.needs.push(BTreeSet::new());
        slot
    }

    /// The nodes in the order of their insertion.
    pub fn nodes(&self) -> &[T] {
        &self.nodes
    }

    /// Nodes grouped so that each needs only nodes of earlier groups; or a cycle, as `a, b, …, a`.
    pub fn waves(&self) -> Result<Vec<Vec<T>>, Vec<T>> {
        let mut missing: Vec<usize> = self.needs.iter().map(BTreeSet::len).collect();
        let mut wanted_by = vec![Vec::new(); self.nodes.len()];
        for (node, needs) in self.needs.iter().enumerate() {
            for &first in needs {
                wanted_by[first].push(node);
            }
        }
        let mut wave: Vec<usize> = (0..self.nodes.len()).filter(|&node| missing[node] == 0).collect();
        let mut waves = Vec::new();
        let mut done = 0;
        while !wave.is_empty() {
            done += wave.len();
            let mut next = Vec::new();
            for &node in &wave {
                for &waiting in &wanted_by[node] {
                    missing[waiting] -= 1;
                    if missing[waiting] == 0 {
                        next.push(waiting);
                    }
                }
            }
            next.sort_unstable();
            waves.push(wave.iter().map(|&node| self.nodes[node].clone()).collect());
            wave = next;
        }
        if done == self.nodes.len() { Ok(waves) } else { Err(self.cycle(&missing)) }
    }

    /// The nodes so that each comes after all it needs; or a cycle, as `a, b, …, a`.
    pub fn order(&self) -> Result<Vec<T>, Vec<T>> {
        Ok(self.waves()?.into_iter().flatten().collect())
    }

    /// Follows unfinished needs until a node comes twice. Every unfinished node has an unfinished need.
    fn cycle(&self, missing: &[usize]) -> Vec<T> {
        let mut seen: HashMap<usize, usize> = HashMap::new();
        let mut walk = Vec::new();
        let mut current = missing.iter().position(|&count| count > 0);
        while let Some(node) = current {
            if let Some(&start) = seen.get(&node) {
                walk.push(node);
                return walk[start..].iter().map(|&node| self.nodes[node].clone()).collect();
            }
            seen.insert(node, walk.len());
            walk.push(node);
            current = self.needs[node].iter().copied().find(|&first| missing[first] > 0);
        }
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waves_follow_needs_in_order_of_insertion() {
        let mut dag = Dag::new();
        for (node, first) in [("nginx", "swarm"), ("nginx", "kube"), ("quagga", "kube")] {
            dag.need(node, first);
        }
        dag.add("alone");
        assert_eq!(dag.waves(), Ok(vec![vec!["swarm", "kube", "alone"], vec!["nginx", "quagga"]]));
    }

    #[test]
    fn a_cycle_is_named() {
        let mut dag = Dag::new();
        for (node, first) in [("x", "a"), ("a", "b"), ("b", "c"), ("c", "a")] {
            dag.need(node, first);
        }
        assert_eq!(dag.waves(), Err(vec!["a", "b", "c", "a"]));
    }
}
