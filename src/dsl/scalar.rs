//! What a plain scalar means to a YAML 1.1 reader: `yes` is true, `014` is twelve, `12:30` is 750.
//!
//! Blueprints are read by YAML 1.1 programs (the reference parser, kubectl), so their rules decide. Does not know
//! quoted scalars: those are text. Timestamps stay text: the DSL has no type for them.

use crate::model::Value;

/// The value of a plain (unquoted) scalar.
pub(super) fn resolve(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => return Value::Bool(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Value::Bool(false);
        }
        _ => {}
    }
    // Only these can begin a number.
    if !matches!(text.as_bytes()[0], b'0'..=b'9' | b'+' | b'-' | b'.') {
        return Value::string(text);
    }
    integer(text).or_else(|| float(text)).unwrap_or_else(|| Value::string(text))
}

/// Whether a YAML 1.1 or 1.2 reader could take the plain text for something else than that text.
pub(super) fn is_ambiguous(text: &str) -> bool {
    if text.is_empty() || matches!(text, "=" | "<<" | "y" | "Y" | "n" | "N") {
        return true;
    }
    if resolve(text) != Value::string(text) {
        return true;
    }
    // Numbers of YAML 1.2 (`1e3`, `0o17`), and dates.
    let numeric = text.trim_start_matches(['+', '-', '.']).starts_with(|first: char| first.is_ascii_digit());
    numeric && (text.parse::<f64>().is_ok() || text.starts_with("0o") || is_date(text))
}

fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 8 && bytes[..4].iter().all(u8::is_ascii_digit) && bytes[4] == b'-'
}

fn split_sign(text: &str) -> (bool, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    }
}

/// Binary, octal (`0…`), decimal, hexadecimal and sexagesimal whole numbers, with `_` between digits.
fn integer(text: &str) -> Option<Value> {
    let (negative, body) = split_sign(text);
    let digits = |digits: &str, allowed: fn(u8) -> bool| {
        (!digits.is_empty() && digits.bytes().all(|byte| byte == b'_' || allowed(byte)))
            .then(|| digits.replace('_', ""))
    };
    if body == "0" {
        return Some(Value::Int(0));
    }
    if let Some(rest) = body.strip_prefix("0b") {
        return whole(negative, &digits(rest, |byte| matches!(byte, b'0' | b'1'))?, 2);
    }
    if let Some(rest) = body.strip_prefix("0x") {
        return whole(negative, &digits(rest, |byte| byte.is_ascii_hexdigit())?, 16);
    }
    if let Some(rest) = body.strip_prefix('0').filter(|rest| !rest.contains(':')) {
        return whole(negative, &digits(rest, |byte| matches!(byte, b'0'..=b'7'))?, 8);
    }
    if !body.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    if body.contains(':') {
        return sexagesimal(negative, body);
    }
    whole(negative, &digits(body, |byte| byte.is_ascii_digit())?, 10)
}

/// Digits of other bases than ten that are turned into decimal ones: longer numbers are refused as too long anyway.
const CONVERTED: usize = 1_000;

/// Digits that are too many for 64 bits stay digits.
fn whole(negative: bool, digits: &str, base: u32) -> Option<Value> {
    let sign = if negative { "-" } else { "" };
    if digits.is_empty() {
        return None;
    }
    match i64::from_str_radix(&format!("{sign}{digits}"), base) {
        Ok(number) => Some(Value::Int(number)),
        Err(_) if base == 10 => Some(Value::BigInt(format!("{sign}{}", digits.trim_start_matches('0')))),
        // Whoever counts the digits refuses these.
        Err(_) if digits.len() > CONVERTED => Some(Value::BigInt("9".repeat(digits.len().max(5_000)))),
        Err(_) => Some(Value::BigInt(format!("{sign}{}", decimal(digits, base)))),
    }
}

/// The decimal digits of a number of any length.
fn decimal(digits: &str, base: u32) -> String {
    const PART: u64 = 1_000_000_000;
    // Nine decimal digits each, the last ones first.
    let mut parts: Vec<u64> = vec![0];
    for digit in digits.chars().filter_map(|digit| digit.to_digit(base)) {
        let mut carry = u64::from(digit);
        for part in &mut parts {
            carry += *part * u64::from(base);
            *part = carry % PART;
            carry /= PART;
        }
        if carry > 0 {
            parts.push(carry);
        }
    }
    let (first, rest) = parts.split_last().unwrap_or((&0, &[]));
    rest.iter().rev().fold(first.to_string(), |text, part| format!("{text}{part:09}"))
}

fn sexagesimal(negative: bool, body: &str) -> Option<Value> {
    let mut total: i64 = 0;
    for (position, part) in body.split(':').enumerate() {
        let part = part.replace('_', "");
        if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        if position == 0 && part.starts_with('0') {
            return None;
        }
        let number: i64 = part.parse().ok()?;
        if position > 0 && (number > 59 || part.len() > 2) {
            return None;
        }
        total = total.checked_mul(60)?.checked_add(number)?;
    }
    Some(Value::Int(if negative { -total } else { total }))
}

/// A float needs a dot; its exponent needs a sign.
fn float(text: &str) -> Option<Value> {
    match text {
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Some(Value::Float(f64::INFINITY)),
        "-.inf" | "-.Inf" | "-.INF" => return Some(Value::Float(f64::NEG_INFINITY)),
        ".nan" | ".NaN" | ".NAN" => return Some(Value::Float(f64::NAN)),
        _ => {}
    }
    let (_, body) = split_sign(text);
    let (mantissa, exponent) = match body.find(['e', 'E']) {
        Some(at) => (&body[..at], Some(&body[at + 1..])),
        None => (body, None),
    };
    let dot = mantissa.find('.')?;
    let (whole, fraction) = (&mantissa[..dot], &mantissa[dot + 1..]);
    let numeric = |part: &str| part.bytes().all(|byte| byte == b'_' || byte.is_ascii_digit());
    if !numeric(whole) || !numeric(fraction) || whole.starts_with('_') {
        return None;
    }
    // `.5` is a float without a sign only, and needs a digit.
    if whole.is_empty() && (fraction.is_empty() || fraction.starts_with('_') || body.len() != text.len()) {
        return None;
    }
    if let Some(exponent) = exponent {
        let (sign, digits) = exponent.split_at_checked(1)?;
        if !matches!(sign, "+" | "-")
            || digits.is_empty()
            || !digits.bytes().all(|byte| byte.is_ascii_digit())
        {
            return None;
        }
    }
    text.replace('_', "").parse().ok().map(Value::Float)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_yaml_1_1() {
        for (text, value) in [
            ("yes", Value::Bool(true)),
            ("Off", Value::Bool(false)),
            ("014", Value::Int(12)),
            ("0x1F", Value::Int(31)),
            ("0b11", Value::Int(3)),
            ("1_000", Value::Int(1000)),
            ("12:30", Value::Int(750)),
            ("-7", Value::Int(-7)),
            ("1.5", Value::Float(1.5)),
            ("1.", Value::Float(1.0)),
            (".5", Value::Float(0.5)),
            ("1.0e+3", Value::Float(1000.0)),
            ("18446744073709551617", Value::BigInt("18446744073709551617".into())),
            ("0x10000000000000001", Value::BigInt("18446744073709551617".into())),
            ("-0x8000000000000001", Value::BigInt("-9223372036854775809".into())),
            (
                "0x100000000000000000000000000000000",
                Value::BigInt("340282366920938463463374607431768211456".into()),
            ),
        ] {
            assert_eq!(resolve(text), value, "{text}");
        }
    }

    #[test]
    fn the_rest_is_text() {
        for text in [
            "1e3",
            "0o17",
            "089",
            "12:75",
            "1.2.3",
            "10.0.0.1",
            "y",
            "-",
            "+.5",
            "2024-01-01",
            "_1",
            "0b",
            "1:",
        ] {
            assert_eq!(resolve(text), Value::string(text), "{text}");
        }
    }

    #[test]
    fn knows_what_must_be_quoted() {
        for text in ["yes", "014", "12:30", "=", "<<", "1e3", "2024-01-01", "", "null", "0o17"] {
            assert!(is_ambiguous(text), "{text}");
        }
        for text in ["nginx", "10.0.0.1", "a:b", "v1"] {
            assert!(!is_ambiguous(text), "{text}");
        }
    }
}
