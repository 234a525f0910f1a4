//! [`Value`]: a scalar, list or map of a blueprint, and the view of a map as a function [`Call`].

use std::fmt;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A map in the order of its text.
pub type Map = crate::ordered::Ordered<String, Value>;

/// A value of a blueprint. Functions are maps (`{ get_input: port }`), seen through [`Value::call`].
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// `null`, `~` or nothing.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number that fits 64 bits.
    Int(i64),
    /// A whole number that does not, as its digits: never rounded.
    BigInt(String),
    /// A number with a fraction or exponent.
    Float(f64),
    /// Text.
    String(String),
    /// A list.
    List(Vec<Value>),
    /// A map.
    Map(Map),
}

/// The names of the intrinsic functions (DSL reference, "intrinsic functions").
pub const FUNCTIONS: &[&str] = &[
    "get_input",
    "get_property",
    "get_attribute",
    "get_attributes_list",
    "get_attributes_dict",
    "get_secret",
    "get_capability",
    "get_group_capability",
    "get_environment_capability",
    "get_label",
    "get_sys",
    "get_consumers",
    "concat",
    "merge",
    "string_find",
    "string_replace",
    "string_split",
    "string_lower",
    "string_upper",
];

/// A map read as a call of an intrinsic function.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Call<'a> {
    /// Its name, one of [`FUNCTIONS`].
    pub name: &'a str,
    /// What stands after the colon.
    pub argument: &'a Value,
    /// The declared type of the result, where the optional second key `type` is given.
    pub result_type: Option<&'a Value>,
}

impl Value {
    /// Text.
    pub fn string(text: impl Into<String>) -> Self {
        Self::String(text.into())
    }

    /// The text, if this is text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The map, if this is one.
    pub fn as_map(&self) -> Option<&Map> {
        match self {
            Self::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The list, if this is one.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Self::List(list) => Some(list),
            _ => None,
        }
    }

    /// The number, if this is a whole one.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The truth value, if this is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(truth) => Some(*truth),
            _ => None,
        }
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The element of a map by key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_map()?.get(key)
    }

    /// This map as a call: exactly one key, a function's name, or that and `type`. Any other map is data.
    pub fn call(&self) -> Option<Call<'_>> {
        // Looked at for every map there is: most have more keys than a call.
        let map = self.as_map().filter(|map| map.len() <= 2)?;
        let (name, argument) = map.iter().find(|(key, _)| FUNCTIONS.contains(&key.as_str()))?;
        match map.len() {
            1 => Some(Call { name, argument, result_type: None }),
            2 => map.get("type").map(|kind| Call { name, argument, result_type: Some(kind) }),
            _ => None,
        }
    }

    /// Whether this is a call or holds one at any depth.
    pub fn has_calls(&self) -> bool {
        self.call().is_some()
            || match self {
                Self::List(list) => list.iter().any(Self::has_calls),
                Self::Map(map) => map.values().any(Self::has_calls),
                _ => false,
            }
    }

    /// How much it is, in values: itself and all that it holds; long text counts for one more each 64 bytes.
    pub fn weight(&self) -> usize {
        match self {
            Self::List(list) => 1 + list.iter().map(Self::weight).sum::<usize>(),
            Self::Map(map) => 1 + map.values().map(Self::weight).sum::<usize>(),
            Self::String(text) => 1 + text.len() / 64,
            _ => 1,
        }
    }

    /// What kind of value it is, in the words of the DSL: `string`, `integer`, `dict` …
    pub fn kind(&self) -> &'static str {
        let told = self.a_kind();
        told.split_once(' ').map_or(told, |(_, kind)| kind)
    }

    /// Its kind as a sentence says it: `a list`, `an integer`, `null`.
    pub fn a_kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Int(_) | Self::BigInt(_) => "an integer",
            Self::Float(_) => "a float",
            Self::String(_) => "a string",
            Self::List(_) => "a list",
            Self::Map(_) => "a dict",
        }
    }

    /// As JSON. Numbers that JSON can't hold (infinite, not a number) become text.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// On one line, as flow YAML would show it: for tables, chips and messages.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(truth) => write!(f, "{truth}"),
            Self::Int(number) => write!(f, "{number}"),
            Self::BigInt(digits) => f.write_str(digits),
            Self::Float(number) => write!(f, "{number:?}"),
            Self::String(text) => f.write_str(text),
            Self::List(list) => {
                f.write_str("[")?;
                for (position, item) in list.iter().enumerate() {
                    write!(f, "{}{item}", if position == 0 { "" } else { ", " })?;
                }
                f.write_str("]")
            }
            Self::Map(map) => {
                f.write_str("{")?;
                for (position, (key, item)) in map.iter().enumerate() {
                    write!(f, "{}{key}: {item}", if position == 0 { "" } else { ", " })?;
                }
                f.write_str("}")
            }
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl From<serde_json::Value> for Value {
    fn from(json: serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(truth) => Self::Bool(truth),
            serde_json::Value::Number(number) => number.as_i64().map_or_else(
                || {
                    if number.is_u64() {
                        Self::BigInt(number.to_string())
                    } else {
                        Self::Float(number.as_f64().unwrap_or_default())
                    }
                },
                Self::Int,
            ),
            serde_json::Value::String(text) => Self::String(text),
            serde_json::Value::Array(list) => Self::List(list.into_iter().map(Self::from).collect()),
            serde_json::Value::Object(map) => {
                Self::Map(map.into_iter().map(|(key, value)| (key, Self::from(value))).collect())
            }
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(truth) => serializer.serialize_bool(*truth),
            Self::Int(number) => serializer.serialize_i64(*number),
            Self::BigInt(digits) => match digits.parse::<u64>() {
                Ok(number) => serializer.serialize_u64(number),
                Err(_) => serializer.serialize_str(digits),
            },
            Self::Float(number) if number.is_finite() => serializer.serialize_f64(*number),
            Self::Float(number) => serializer.serialize_str(&number.to_string()),
            Self::String(text) => serializer.serialize_str(text),
            Self::List(list) => list.serialize(serializer),
            Self::Map(map) => map.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyValue;

        impl<'de> Visitor<'de> for AnyValue {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }

            fn visit_bool<E>(self, truth: bool) -> Result<Value, E> {
                Ok(Value::Bool(truth))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
                Ok(Value::Int(number))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
                Ok(i64::try_from(number).map_or_else(|_| Value::BigInt(number.to_string()), Value::Int))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
                Ok(Value::Float(number))
            }

            fn visit_str<E>(self, text: &str) -> Result<Value, E> {
                Ok(Value::String(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(Value::List(list))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
                let mut map = Map::new();
                while let Some((key, value)) = items.next_entry()? {
                    map.insert(key, value);
                }
                Ok(Value::Map(map))
            }
        }

        deserializer.deserialize_any(AnyValue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_map_is_a_call_only_with_one_key_or_a_type_beside_it() {
        assert_eq!(
            json(r#"{"get_input":"a"}"#).call().map(|call| call.name.to_owned()),
            Some("get_input".into())
        );
        assert!(json(r#"{"get_input":"a","type":"string"}"#).call().is_some());
        assert!(json(r#"{"get_input":"a","other":1}"#).call().is_none());
        assert!(json(r#"{"a":[{"concat":["x"]}]}"#).has_calls());
    }

    #[test]
    fn numbers_survive_json() {
        for text in ["18446744073709551615", "-9223372036854775808", "1.5"] {
            assert_eq!(serde_json::to_string(&json(text)).unwrap(), text);
        }
    }
}
