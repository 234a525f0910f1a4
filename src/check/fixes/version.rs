//! The version line: missing, unknown or too old for what the blueprint uses.

use super::text::Texts;
use crate::diag::{Diagnostic, Fix, Path, Place, Span};

const KEY: &str = "tosca_definitions_version";

/// Begins the text with the version that most published blueprints have.
pub(super) fn first_line(texts: &Texts<'_>) -> Option<Fix> {
    let source = texts.reading.sources.first()?;
    // Comments at the top stay there, and so does the start of the document.
    let mut at = 0;
    for line in source.text.split_inclusive('\n') {
        let plain = line.trim_start_matches('\u{feff}').trim();
        if !(plain.is_empty() || plain.starts_with('#') || plain == "---" || plain.starts_with('%')) {
            break;
        }
        at += line.len();
    }
    let place = Place { file: source.name.clone(), span: Span::default() };
    let begun = at == 0 || source.text[..at].ends_with('\n');
    let with = format!("{}{KEY}: cloudify_dsl_1_3\n", if begun { "" } else { "\n" });
    texts.write(&place, at, format!("add `{KEY}: cloudify_dsl_1_3`"), with)
}

/// The version that was probably meant: the newest for one that is too new, the usual one for another language.
pub(super) fn known(diagnostic: &Diagnostic, texts: &Texts<'_>) -> Option<Fix> {
    let written = texts.reading.blueprint.version()?;
    let newer = written.starts_with("cloudify_dsl_1_") && written.len() > "cloudify_dsl_1_".len();
    texts.replace(&diagnostic.path, if newer { "cloudify_dsl_1_5" } else { "cloudify_dsl_1_3" })
}

/// The version that the problem asks for.
pub(super) fn raise(diagnostic: &Diagnostic, texts: &Texts<'_>) -> Option<Fix> {
    let wanted = diagnostic.hints.iter().find_map(|hint| {
        let from = hint.find("cloudify_dsl_1_")?;
        let end = hint[from..].find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        Some(&hint[from..end.map_or(hint.len(), |end| from + end)])
    })?;
    let written = texts.reading.blueprint.version()?;
    if wanted <= written {
        return None;
    }
    let mut fix = texts.replace(&Path::of([KEY]), wanted)?;
    fix.label = format!("raise the version to `{wanted}`");
    Some(fix)
}
