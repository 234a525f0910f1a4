//! Paths into values: keys of maps and indexes of lists, the rule that all functions share.

use std::fmt;

use super::{EvaluationError, illegal};
use crate::model::Value;

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A key of a map.
    Key(String),
    /// An index of a list; negative from its end.
    Index(i64),
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => f.write_str(key),
            Self::Index(index) => write!(f, "{index}"),
        }
    }
}

/// Why a path leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// "has no key `x`".
    pub message: String,
    /// Whether it went on behind a scalar.
    pub on_scalar: bool,
}

/// The path of a function's arguments.
pub(super) fn steps(name: &str, arguments: &[Value]) -> Result<Vec<Step>, EvaluationError> {
    arguments
        .iter()
        .map(|argument| match argument {
            Value::String(key) => Ok(Step::Key(key.clone())),
            Value::Int(index) => Ok(Step::Index(*index)),
            Value::Bool(truth) => Ok(Step::Index(i64::from(*truth))),
            other => Err(illegal(format!("`{name}` takes names and indexes, not {}", other.a_kind()))),
        })
        .collect()
}

/// The element at `index`, from the end if negative.
pub(super) fn index(list: &[Value], index: i64) -> Option<&Value> {
    let index = if index < 0 { index.checked_add(i64::try_from(list.len()).ok()?)? } else { index };
    list.get(usize::try_from(index).ok()?)
}

/// What stands at the end of a path.
///
/// # Errors
/// A key that is not there, an index out of range, a name where a list wants an index, a step into a scalar.
pub fn walk<'v>(value: &'v Value, path: &[Step]) -> Result<&'v Value, Fault> {
    path.iter().try_fold(value, |value, step| {
        let fault = |message: String, on_scalar: bool| Fault { message, on_scalar };
        match (value, step) {
            (Value::Map(map), Step::Key(key)) => {
                map.get(key).ok_or_else(|| fault(format!("has no key `{key}`"), false))
            }
            (Value::Map(map), Step::Index(position)) => {
                map.get(&position.to_string()).ok_or_else(|| fault(format!("has no key `{position}`"), false))
            }
            (Value::List(list), Step::Index(position)) => index(list, *position).ok_or_else(|| {
                fault(format!("has {} elements, and {position} is asked for", list.len()), false)
            }),
            (Value::List(_), Step::Key(key)) => {
                Err(fault(format!("is a list there: an index is expected, not `{key}`"), false))
            }
            (other, step) => Err(fault(format!("is {} there and has no `{step}`", other.a_kind()), true)),
        }
    })
}
