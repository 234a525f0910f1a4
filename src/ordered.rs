//! [`Ordered`]: a map in the order of its text, small where it is small.
//!
//! A blueprint is made of maps of a few entries, a third of a million of them in a large one: up to eight entries are
//! looked through, only more have an index. The methods are named as those of other ordered maps. Keys are text.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Index;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Maps of more entries have an index.
const FEW: usize = 8;

/// A map in the order in which its entries came. Two are equal if they have the same entries, in whatever order.
#[derive(Clone)]
pub struct Ordered<K, V> {
    entries: Vec<(K, V)>,
    /// None while there are few.
    #[expect(
        clippy::box_collection,
        reason = "most maps are small and have none: a pointer instead of six words"
    )]
    index: Option<Box<HashMap<K, u32>>>,
}

/// The text of a key.
pub trait Key: Borrow<str> + Clone + Eq + std::hash::Hash {}

impl<K: Borrow<str> + Clone + Eq + std::hash::Hash> Key for K {}

impl<K, V> Ordered<K, V> {
    /// No entries yet.
    pub const fn new() -> Self {
        Self { entries: Vec::new(), index: None }
    }

    /// No entries yet, with room for some.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { entries: Vec::with_capacity(capacity), index: None }
    }

    /// How many entries it has.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entry at a position, from 0.
    pub fn get_index(&self, position: usize) -> Option<(&K, &V)> {
        self.entries.get(position).map(|(key, value)| (key, value))
    }

    /// The first entry.
    pub fn first(&self) -> Option<(&K, &V)> {
        self.get_index(0)
    }

    /// The last entry.
    pub fn last(&self) -> Option<(&K, &V)> {
        self.entries.last().map(|(key, value)| (key, value))
    }

    /// Entries, in order.
    pub fn iter(&self) -> Iter<'_, K, V> {
        self.entries.iter().map(|(key, value)| (key, value))
    }

    /// Entries, in order, their values to be changed.
    pub fn iter_mut(&mut self) -> IterMut<'_, K, V> {
        self.entries.iter_mut().map(|(key, value)| (&*key, value))
    }

    /// Keys, in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + ExactSizeIterator + Clone {
        self.entries.iter().map(|(key, _)| key)
    }

    /// Values, in order.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator + Clone {
        self.entries.iter().map(|(_, value)| value)
    }

    /// Values, in order, to be changed.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut V> + ExactSizeIterator {
        self.entries.iter_mut().map(|(_, value)| value)
    }

    /// Keys alone.
    pub fn into_keys(self) -> impl DoubleEndedIterator<Item = K> + ExactSizeIterator {
        self.entries.into_iter().map(|(key, _)| key)
    }

    /// Values alone.
    pub fn into_values(self) -> impl DoubleEndedIterator<Item = V> + ExactSizeIterator {
        self.entries.into_iter().map(|(_, value)| value)
    }
}

impl<K: Key, V> Ordered<K, V> {
    /// The position of a key, from 0.
    pub fn get_index_of(&self, key: &str) -> Option<usize> {
        match &self.index {
            Some(index) => index.get(key).map(|&position| position as usize),
            None => self.entries.iter().position(|(known, _)| known.borrow() == key),
        }
    }

    /// Whether there is such a key.
    pub fn contains_key(&self, key: &str) -> bool {
        self.get_index_of(key).is_some()
    }

    /// The value at a key.
    pub fn get(&self, key: &str) -> Option<&V> {
        self.entries.get(self.get_index_of(key)?).map(|(_, value)| value)
    }

    /// The key as it is kept, and its value.
    pub fn get_key_value(&self, key: &str) -> Option<(&K, &V)> {
        self.get_index(self.get_index_of(key)?)
    }

    /// The value at a key, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        let position = self.get_index_of(key)?;
        self.entries.get_mut(position).map(|(_, value)| value)
    }

    /// Puts a value at a key; one that is there is replaced, in its place, and given back.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        if let Some(known) = self.get_mut(key.borrow()) {
            return Some(std::mem::replace(known, value));
        }
        self.push(key, value);
        None
    }

    /// Adds an entry whose key is not there.
    fn push(&mut self, key: K, value: V) -> &mut V {
        let position = self.entries.len();
        if let Some(index) = &mut self.index {
            index.insert(key.clone(), position as u32);
        }
        self.entries.push((key, value));
        if self.index.is_none() && position >= FEW {
            self.find_anew();
        }
        &mut self.entries[position].1
    }

    /// The value at a key; where there is none, what `value` gives is put there.
    pub fn get_or_insert_with(&mut self, key: K, value: impl FnOnce() -> V) -> &mut V {
        match self.get_index_of(key.borrow()) {
            Some(position) => &mut self.entries[position].1,
            None => self.push(key, value()),
        }
    }

    /// Takes the entry at a key away; those behind it move up.
    pub fn shift_remove(&mut self, key: &str) -> Option<V> {
        let position = self.get_index_of(key)?;
        let (_, value) = self.entries.remove(position);
        self.find_anew();
        Some(value)
    }

    /// Takes all entries away.
    pub fn clear(&mut self) {
        *self = Self::new();
    }

    /// Keeps only the entries that are wanted.
    pub fn retain(&mut self, mut wanted: impl FnMut(&K, &mut V) -> bool) {
        self.entries.retain_mut(|(key, value)| wanted(key, value));
        self.find_anew();
    }

    /// Makes the index that the entries need.
    fn find_anew(&mut self) {
        let entries = self.entries.iter().zip(0..);
        self.index = (self.entries.len() > FEW)
            .then(|| Box::new(entries.map(|((key, _), position)| (key.clone(), position)).collect()));
    }
}

impl<K, V> Default for Ordered<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Ordered<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K: Key, V: PartialEq> PartialEq for Ordered<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self.iter().zip(other.iter()).all(|((key, value), (same, equal))| {
                if key == same { value == equal } else { other.get(key.borrow()) == Some(value) }
            })
    }
}

impl<K: Key, V: Eq> Eq for Ordered<K, V> {}

impl<K: Key, V> Index<&str> for Ordered<K, V> {
    type Output = V;

    /// The value at a key that is there.
    ///
    /// # Panics
    ///
    /// If it is not.
    fn index(&self, key: &str) -> &V {
        let position = self.get_index_of(key).unwrap_or(usize::MAX);
        &self.entries[position].1
    }
}

impl<K: Key, V> Extend<(K, V)> for Ordered<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<K: Key, V> FromIterator<(K, V)> for Ordered<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let entries = entries.into_iter();
        let mut all = Self::with_capacity(entries.size_hint().0);
        all.extend(entries);
        all
    }
}

impl<K: Key, V, const N: usize> From<[(K, V); N]> for Ordered<K, V> {
    fn from(entries: [(K, V); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<K, V> IntoIterator for Ordered<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<K: Serialize, V: Serialize> Serialize for Ordered<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de, K: Key + Deserialize<'de>, V: Deserialize<'de>> Deserialize<'de> for Ordered<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<K, V>(PhantomData<(K, V)>);

        impl<'de, K: Key + Deserialize<'de>, V: Deserialize<'de>> Visitor<'de> for Entries<K, V> {
            type Value = Ordered<K, V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
                let mut all = Ordered::new();
                while let Some((key, value)) = entries.next_entry()? {
                    all.insert(key, value);
                }
                Ok(all)
            }
        }

        deserializer.deserialize_map(Entries(PhantomData))
    }
}

/// Entries, in order.
pub type Iter<'a, K, V> = std::iter::Map<std::slice::Iter<'a, (K, V)>, fn(&'a (K, V)) -> (&'a K, &'a V)>;

/// Entries, in order, their values to be changed.
pub type IterMut<'a, K, V> =
    std::iter::Map<std::slice::IterMut<'a, (K, V)>, fn(&'a mut (K, V)) -> (&'a K, &'a mut V)>;

impl<'a, K, V> IntoIterator for &'a Ordered<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, K, V> IntoIterator for &'a mut Ordered<K, V> {
    type Item = (&'a K, &'a mut V);
    type IntoIter = IterMut<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_are_found_replaced_and_taken_away_in_place() {
        for count in [1, FEW, FEW + 1, 100] {
            let mut map: Ordered<String, usize> = (0..count).map(|n| (format!("k{n}"), n)).collect();
            assert!((0..count).all(|n| map.get(&format!("k{n}")) == Some(&n)), "{count}");
            assert_eq!(map.insert("k0".into(), 999), Some(0));
            assert_eq!((map.get("none"), map.first()), (None, Some((&"k0".to_owned(), &999))));
            *map.get_or_insert_with("last".into(), || 1) += 1;
            assert_eq!((map["last"], map.len()), (2, count + 1));
            assert_eq!(map.shift_remove("k0"), Some(999));
            assert!((1..count).all(|n| map.get_index_of(&format!("k{n}")) == Some(n - 1)), "{count}");
            map.retain(|_, value| *value != 1);
            assert!(!map.contains_key("k1"));
            assert_eq!(map.keys().last().map(String::as_str), Some("last"));
        }
    }

    #[test]
    fn equal_whatever_the_order() {
        let of = |keys: &[&str]| keys.iter().map(|key| (key.to_string(), 1)).collect::<Ordered<_, _>>();
        assert_eq!(of(&["a", "b"]), of(&["b", "a"]));
        assert_ne!(of(&["a", "b"]), of(&["a", "c"]));
        assert_ne!(of(&["a"]), of(&["a", "b"]));
    }
}
