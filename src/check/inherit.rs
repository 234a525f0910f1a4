//! [`Definitions`]: the types of one kind, each with all that it inherits.
//!
//! A type is put together when it is first asked for, from what it and those above it say for themselves: what nobody uses
//! costs nothing, and types that build on each other thousands deep cost as much as their text.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use indexmap::IndexMap;

use super::interfaces::{self, Side, TypeInterfaces};
use super::schema::{self, DataTypes, Schema, Schemas};
use crate::model::Map;

/// A node type or relationship, resolved.
#[derive(Debug, Default)]
pub(super) struct TypeDefinition {
    /// The root first, itself last.
    pub hierarchy: Arc<[String]>,
    pub properties: Schemas,
    /// What a template has that gives none: see [`schema::plain`].
    pub plain: OnceLock<Option<(Arc<Map>, usize)>>,
    pub interfaces: Side,
    /// Of a relationship: those of the target side.
    pub target_interfaces: Side,
    /// Whether part of it could not be resolved: what it lacks is not told again.
    pub partial: bool,
}

/// What a type says for itself.
#[derive(Debug)]
pub(super) struct Own {
    /// Position of the type that it derives from.
    pub parent: Option<usize>,
    pub properties: Schemas,
    pub interfaces: TypeInterfaces,
    pub target_interfaces: TypeInterfaces,
    /// It derives from a type that could not be resolved.
    pub partial: bool,
    /// The type with all that it inherits, once somebody asked.
    pub whole: OnceLock<Arc<TypeDefinition>>,
}

/// Types by name, parents before what derives from them.
#[derive(Debug, Default)]
pub(super) struct Definitions(IndexMap<String, Own>);

impl Definitions {
    /// Adds a type, whose parent is there already.
    pub fn add(&mut self, name: &str, own: Own) {
        self.0.insert(name.to_owned(), own);
    }

    /// Where a type stands among the others.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.0.get_index_of(name)
    }

    /// Names of all types.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Every type with all that it inherits.
    pub fn all<'a>(&'a self, data: &'a DataTypes) -> impl Iterator<Item = (&'a str, Arc<TypeDefinition>)> {
        self.names().filter_map(|name| Some((name, self.get(name, data)?)))
    }

    /// A type with all that it inherits.
    pub fn get(&self, name: &str, data: &DataTypes) -> Option<Arc<TypeDefinition>> {
        let own = self.0.get(name)?;
        Some(Arc::clone(own.whole.get_or_init(|| Arc::new(self.whole(name, own, data)))))
    }

    fn whole(&self, name: &str, own: &Own, data: &DataTypes) -> TypeDefinition {
        let mut chain = vec![(name, own)];
        let mut parent = own.parent;
        while let Some((name, above)) = parent.and_then(|parent| self.0.get_index(parent)) {
            chain.push((name, above));
            parent = above.parent;
        }
        let mut values: HashMap<&str, Schema> = HashMap::new();
        let (mut source, mut target) = (TypeInterfaces::new(), TypeInterfaces::new());
        for (_, own) in chain.iter().rev() {
            for (key, schema) in &own.properties {
                let mut schema = schema.clone();
                if let Some(above) = values.get(key.as_str()) {
                    schema::build_on(&mut schema, above, data);
                }
                values.insert(key, schema);
            }
            interfaces::put_over(&mut source, &own.interfaces);
            interfaces::put_over(&mut target, &own.target_interfaces);
        }
        // A type's own properties stand before those that it inherits.
        let properties = chain
            .iter()
            .flat_map(|(_, own)| own.properties.keys())
            .filter_map(|key| Some((key.clone(), values.remove(key.as_str())?)))
            .collect();
        TypeDefinition {
            hierarchy: chain.iter().rev().map(|(name, _)| (*name).to_owned()).collect(),
            properties,
            plain: OnceLock::new(),
            interfaces: source.into(),
            target_interfaces: target.into(),
            partial: chain.iter().any(|(_, own)| own.partial),
        }
    }
}
