//! [`Operations`]: what a node, or one side of a relationship, runs.
//!
//! A type of the basic ones has over thirty operations, and thousands of nodes have the same: nodes share them with their
//! type, and change only what they say anew.

use std::fmt;
use std::sync::Arc;

use indexmap::IndexMap;
use serde::Serialize;

use super::Checker;
use super::interfaces::{self, Missing, Side, TypeInterfaces};
use super::mapping::Of;
use super::topology::Mapping;
use crate::diag::{Path, Trail};
use crate::model::Value;

/// Operations by full name `interface.operation`, in the order of the type; no-ops have an empty [`Mapping::plugin`].
///
/// A clone shares them. What is changed of one is its own from then on, and nothing else is copied.
#[derive(Clone, Default, PartialEq, Serialize)]
pub struct Operations(Arc<IndexMap<Arc<str>, Arc<Mapping>>>);

impl Operations {
    /// The operation of that full name.
    pub fn get(&self, name: &str) -> Option<&Mapping> {
        self.0.get(name).map(|mapping| &**mapping)
    }

    /// Whether there is one of that full name.
    pub fn contains_key(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Full names, in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.keys().map(|name| &**name)
    }

    /// Operations, in order.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Mapping> {
        self.0.values().map(|mapping| &**mapping)
    }

    /// Full names and operations, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&str, &Mapping)> {
        self.0.iter().map(|(name, mapping)| (&**name, &**mapping))
    }

    /// Operations, in order, to change them all.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Mapping> {
        Arc::make_mut(&mut self.0).values_mut().map(Arc::make_mut)
    }

    /// Puts an operation in the place of the one of that name, else at the end.
    pub fn insert(&mut self, name: &str, mapping: Mapping) {
        let all = Arc::make_mut(&mut self.0);
        match all.get_mut(name) {
            Some(known) => *known = Arc::new(mapping),
            None => drop(all.insert(name.into(), Arc::new(mapping))),
        }
    }

    /// Every operation as `change` has it; of those that it leaves alone (none), the same as now.
    ///
    /// # Errors
    /// The first of `change`.
    pub(super) fn changed<E>(
        &mut self,
        mut change: impl FnMut(&str, &Arc<Mapping>) -> Result<Option<Arc<Mapping>>, E>,
    ) -> Result<(), E> {
        let mut new = Vec::new();
        for (index, (name, mapping)) in self.0.iter().enumerate() {
            if let Some(changed) = change(name, mapping)? {
                new.push((index, changed));
            }
        }
        if !new.is_empty() {
            let all = Arc::make_mut(&mut self.0);
            for (index, mapping) in new {
                all[index] = mapping;
            }
        }
        Ok(())
    }
}

impl Checker<'_> {
    /// The operations of a template: those of its type with its own over them. What is wrong with one is told at `path`.
    pub(super) fn operations(
        &mut self,
        kind: Option<&Side>,
        own: Option<&Value>,
        of: Of,
        owner: fmt::Arguments<'_>,
        path: &Trail<'_>,
    ) -> Operations {
        let nothing = Side::default();
        let kind = kind.unwrap_or(&nothing);
        let own = interfaces::of_type(own);
        let plain = kind.plain.get_or_init(|| self.plain(&kind.all, of));
        if let Some(plain) = plain.as_ref().filter(|_| fits_over(&own, &kind.all)) {
            let mut all = plain.clone();
            self.overlay(&mut all, kind, own, of, owner, path);
            return all;
        }
        let (merged, missing) = interfaces::instantiate(&kind.all, &own);
        let path = path.path();
        self.missing_inputs(missing, owner, &path);
        self.mappings(&merged, of, &path)
    }

    /// What every template of a type has that says nothing itself, if that leaves nothing to tell.
    fn plain(&mut self, kind: &TypeInterfaces, of: Of) -> Option<Operations> {
        let before = std::mem::take(&mut self.diagnostics);
        let (merged, missing) = interfaces::instantiate(kind, &TypeInterfaces::new());
        let all = self.mappings(&merged, of, &Path::root());
        let told = std::mem::replace(&mut self.diagnostics, before);
        (missing.is_empty() && told.is_empty()).then_some(all)
    }

    /// Puts a template's own operations in the place of its type's, or behind them.
    fn overlay(
        &mut self,
        all: &mut Operations,
        kind: &Side,
        own: TypeInterfaces,
        of: Of,
        owner: fmt::Arguments<'_>,
        path: &Trail<'_>,
    ) {
        let mut lacking = Vec::new();
        for (interface, operations) in own {
            let above = kind.all.get(&interface);
            for (name, operation) in operations {
                let above = above.and_then(|above| above.get(&name));
                let Some((merged, inputs)) = interfaces::instance_of(above, Some(&operation)) else {
                    continue;
                };
                let full = format!("{interface}.{name}");
                let at = || path.key(&interface).key(&name).path();
                let mapping = self.mapping(&merged, of, &full, at).unwrap_or_default();
                all.insert(&full, mapping);
                if !inputs.is_empty() {
                    lacking.push(Missing { interface: interface.clone(), operation: name, inputs });
                }
            }
        }
        if !lacking.is_empty() {
            self.missing_inputs(lacking, owner, &path.path());
        }
    }
}

/// Whether each of a template's own operations takes the place of one of its type's, or stands behind all of them: one
/// that is new in an interface that the type has stands between its others.
fn fits_over(own: &TypeInterfaces, kind: &TypeInterfaces) -> bool {
    own.iter().all(|(interface, operations)| {
        kind.get(interface).is_none_or(|above| operations.keys().all(|name| above.contains_key(name)))
    })
}

impl fmt::Debug for Operations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<N: Into<Arc<str>>> FromIterator<(N, Mapping)> for Operations {
    fn from_iter<I: IntoIterator<Item = (N, Mapping)>>(operations: I) -> Self {
        let all = operations.into_iter().map(|(name, mapping)| (name.into(), Arc::new(mapping)));
        Self(Arc::new(all.collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_one_leaves_the_others_shared_and_what_was_shared_as_it_was() {
        let mapping = |plugin: &str| Mapping { plugin: plugin.into(), ..Mapping::default() };
        let kind: Operations =
            [("a.create", mapping("one")), ("a.start", mapping("one"))].into_iter().collect();
        let mut own = kind.clone();
        own.insert("a.start", mapping("two"));
        own.insert("a.stop", mapping("two"));
        assert_eq!(own.keys().collect::<Vec<_>>(), ["a.create", "a.start", "a.stop"]);
        assert_eq!(kind.get("a.start"), Some(&mapping("one")));
        assert!(Arc::ptr_eq(&own.0["a.create"], &kind.0["a.create"]));
        own.values_mut().for_each(|mapping| mapping.evaluated = true);
        assert!(kind.values().all(|mapping| !mapping.evaluated));
        assert!(own.values().all(|mapping| mapping.evaluated));
    }
}
