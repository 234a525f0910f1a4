//! [`pretty`]: a value as JSON text in which whole numbers of any length stay numbers, as JSON and the reference
//! implementation have them. (Libraries that know 64 bits turn longer ones into texts or lose their last digits.)

use super::Value;

/// JSON over several lines, two blanks a level. Numbers that are not finite are texts: JSON has none.
pub fn pretty(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value, 0);
    out
}

fn write(out: &mut String, value: &Value, depth: usize) {
    match value {
        Value::BigInt(digits) => out.push_str(digits),
        Value::List(list) if !list.is_empty() => {
            entries(out, ['[', ']'], list.len(), depth, |out, index| write(out, &list[index], depth + 1));
        }
        Value::Map(map) if !map.is_empty() => {
            entries(out, ['{', '}'], map.len(), depth, |out, index| {
                if let Some((key, value)) = map.get_index(index) {
                    out.push_str(&text(key));
                    out.push_str(": ");
                    write(out, value, depth + 1);
                }
            });
        }
        plain => out.push_str(&text(plain)),
    }
}

fn entries(
    out: &mut String,
    [open, close]: [char; 2],
    count: usize,
    depth: usize,
    mut entry: impl FnMut(&mut String, usize),
) {
    out.push(open);
    for index in 0..count {
        out.push_str(if index == 0 { "\n" } else { ",\n" });
        out.extend(std::iter::repeat_n("  ", depth + 1));
        entry(out, index);
    }
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
    out.push(close);
}

/// A scalar, or something empty. Nothing in these can fail to be written.
fn text(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_serde_writes_but_for_long_numbers() {
        let json = r#"{"a": [1, -2.5, true, null, "x\"\u001b\n", [], {}, {"b": {"c": [[1]]}}], "d": 1e300}"#;
        let value: Value = serde_json::from_str(json).unwrap();
        assert_eq!(pretty(&value), serde_json::to_string_pretty(&value).unwrap());
        let long = Value::List(vec![Value::BigInt("-18446744073709551617".into())]);
        assert_eq!(pretty(&long), "[\n  -18446744073709551617\n]");
    }
}
