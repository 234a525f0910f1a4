//! [`Operations`]: what a node, or one side of a relationship, runs.
//!
//! A type of the basic ones has over thirty operations, and thousands of nodes have the same: nodes share them with their
//! type, and change only what they say anew.

use std::fmt;
use std::sync::Arc;

use indexmap::IndexMap;
use serde::{Serialize, Serializer};

use super::Checker;
use super::interfaces::{self, Missing, Side, TypeInterfaces};
use super::mapping::Of;
use super::topology::Mapping;
use crate::diag::{Path, Trail};
use crate::model::Value;

/// Operations by full name `interface.operation`, in the order of the type; no-ops have an empty [`Mapping::plugin`].
///
/// A clone shares them. What is changed of one is its own from then on, and nothing else is copied.
#[derive(Clone, Default)]
pub struct Operations {
    shared: Arc<IndexMap<Arc<str>, Arc<Mapping>>>,
    /// What stands in the place of some of them, by position, in order.
    #[expect(
        clippy::box_collection,
        reason = "every relationship has two of these, and hardly any has operations of its own"
    )]
    own: Option<Box<Vec<Own>>>,
}

/// An operation in the place of the shared one at a position.
type Own = (u32, Arc<Mapping>);

impl Operations {
    fn own(&self) -> &[Own] {
        self.own.as_deref().map_or(&[], Vec::as_slice)
    }

    fn at(&self, position: usize) -> Option<&Arc<Mapping>> {
        match self.own().binary_search_by_key(&position, |(own, _)| *own as usize) {
            Ok(found) => self.own().get(found).map(|(_, mapping)| mapping),
            Err(_) => self.shared.get_index(position).map(|(_, mapping)| mapping),
        }
    }

    fn set(&mut self, position: usize, mapping: Arc<Mapping>) {
        let own = self.own.get_or_insert_default();
        match own.binary_search_by_key(&position, |(own, _)| *own as usize) {
            Ok(found) => own[found].1 = mapping,
            Err(place) => own.insert(place, (position as u32, mapping)),
        }
    }

    /// The operation of that full name.
    pub fn get(&self, name: &str) -> Option<&Mapping> {
        self.at(self.shared.get_index_of(name)?).map(|mapping| &**mapping)
    }

    /// Whether there is one of that full name.
    pub fn contains_key(&self, name: &str) -> bool {
        self.shared.contains_key(name)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.shared.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.shared.is_empty()
    }

    /// Full names, in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.shared.keys().map(|name| &**name)
    }

    /// Operations, in order.
    pub fn values(&self) -> impl Iterator<Item = &Mapping> {
        self.entries().map(|(_, mapping)| &**mapping)
    }

    /// Full names and operations, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Mapping)> {
        self.entries().map(|(name, mapping)| (&**name, &**mapping))
    }

    fn entries(&self) -> impl Iterator<Item = (&Arc<str>, &Arc<Mapping>)> {
        let mut own = self.own().iter().peekable();
        self.shared.iter().enumerate().map(move |(position, (name, shared))| {
            let own = own.next_if(|(at, _)| *at as usize == position);
            (name, own.map_or(shared, |(_, own)| own))
        })
    }

    /// Puts an operation in the place of the one of that name, else at the end.
    pub fn insert(&mut self, name: &str, mapping: Mapping) {
        match self.shared.get_index_of(name) {
            Some(position) => self.set(position, Arc::new(mapping)),
            None => drop(Arc::make_mut(&mut self.shared).insert(name.into(), Arc::new(mapping))),
        }
    }

    /// Changes every operation.
    pub fn change_each(&mut self, mut change: impl FnMut(&mut Mapping)) {
        for position in 0..self.len() {
            if let Some(mapping) = self.at(position) {
                let mut mapping = (**mapping).clone();
                change(&mut mapping);
                self.set(position, Arc::new(mapping));
            }
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
        for (position, (name, mapping)) in self.entries().enumerate() {
            if let Some(changed) = change(name, mapping)? {
                new.push((position, changed));
            }
        }
        new.into_iter().for_each(|(position, mapping)| self.set(position, mapping));
        Ok(())
    }
}

/// The same operations, whichever of them are shared, and in whatever order.
impl PartialEq for Operations {
    fn eq(&self, other: &Self) -> bool {
        let same = Arc::ptr_eq(&self.shared, &other.shared) && self.own == other.own;
        same || self.len() == other.len()
            && self.iter().all(|(name, mapping)| other.get(name) == Some(mapping))
    }
}

impl Serialize for Operations {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
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
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<N: Into<Arc<str>>> FromIterator<(N, Mapping)> for Operations {
    fn from_iter<I: IntoIterator<Item = (N, Mapping)>>(operations: I) -> Self {
        let all = operations.into_iter().map(|(name, mapping)| (name.into(), Arc::new(mapping)));
        Self { shared: Arc::new(all.collect()), own: None }
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
        assert!(Arc::ptr_eq(own.at(0).unwrap(), kind.at(0).unwrap()));
        let evaluated = |mapping: &Arc<Mapping>| Arc::new(Mapping { evaluated: true, ..(**mapping).clone() });
        own.changed(|_, mapping| Ok::<_, ()>(Some(evaluated(mapping)))).unwrap();
        assert!(kind.values().all(|mapping| !mapping.evaluated));
        assert!(own.values().all(|mapping| mapping.evaluated));
        assert_eq!((own.len(), own.get("a.stop").unwrap().plugin.as_str()), (3, "two"));
        let again: Operations = own.iter().map(|(name, mapping)| (name, mapping.clone())).collect();
        assert!(again == own && again != kind);
    }
}
