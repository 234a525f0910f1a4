//! The project inside an SVG: its files as JSON, in the picture's metadata.

use indexmap::IndexMap;

use super::escaped;

const OPEN: &str = "<gantry:project xmlns:gantry=\"https://gantry.invalid/project/1\">";
const START: &str = "<gantry:project";
const CLOSE: &str = "</gantry:project>";
/// More files are not taken out of a picture.
const MAX_FILES: usize = 2_000;

/// Why no project comes out of a picture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CarryError {
    /// It holds none.
    #[error("this picture carries no project; one that Gantry has exported does")]
    None,
    /// It was changed by somebody.
    #[error("the project that this picture carries can't be read: {0}")]
    Broken(String),
    /// A file would lie elsewhere.
    #[error("the project that this picture carries has a file `{0}`, which leads out of it")]
    Outside(String),
}

/// Writes the files into the picture's metadata.
pub(super) fn carry(out: &mut String, files: &IndexMap<String, String>) {
    let json = serde_json::to_string(files).unwrap_or_default();
    out.push_str("<metadata>");
    out.push_str(OPEN);
    out.push_str(&escaped(&json));
    out.push_str(CLOSE);
    out.push_str("</metadata>\n");
}

/// The files of the project that a picture carries, by path relative to it. A picture is a stranger's: names that lead
/// anywhere else are refused.
pub fn carried(svg: &str) -> Result<IndexMap<String, String>, CarryError> {
    let start = svg.find(START).ok_or(CarryError::None)?;
    let rest = &svg[start..];
    let (_, rest) = rest.split_once('>').ok_or(CarryError::None)?;
    let (json, _) = rest.split_once(CLOSE).ok_or_else(|| CarryError::Broken("it has no end".into()))?;
    let json = json.trim();
    let json = json
        .strip_prefix("<![CDATA[")
        .and_then(|json| json.strip_suffix("]]>"))
        .map_or_else(|| unescaped(json), str::to_owned);
    let files: IndexMap<String, String> =
        serde_json::from_str(&json).map_err(|error| CarryError::Broken(error.to_string()))?;
    if files.is_empty() || files.len() > MAX_FILES {
        return Err(CarryError::Broken(format!("it has {} files", files.len())));
    }
    for path in files.keys() {
        let strange = path.contains(['\\', ':']) || path.chars().any(char::is_control) || path.len() > 512;
        let leads = path.split('/').any(|part| matches!(part, "" | "." | ".."));
        if strange || leads {
            return Err(CarryError::Outside(path.chars().take(80).collect()));
        }
    }
    Ok(files)
}

/// The five names of XML and numbers; anything else stays.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.char_indices().take(12).find(|(_, c)| *c == ';').map(|(end, _)| end);
        let known = end.and_then(|end| {
            let character = match &rest[1..end] {
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                "apos" => '\'',
                name => {
                    let number = name.strip_prefix('#')?;
                    let code = match number.strip_prefix(['x', 'X']) {
                        Some(hex) => u32::from_str_radix(hex, 16),
                        None => number.parse(),
                    };
                    char::from_u32(code.ok()?)?
                }
            };
            Some((character, end))
        });
        match known {
            Some((character, end)) => {
                out.push(character);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}
