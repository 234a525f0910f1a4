//! The constraints of an input, one line each: `in_range: [ 1, 65535 ]`.

use egui::{RichText, Ui};

use super::field::{Field, done, small_ui, wrong_ui};
use crate::diag::Path;
use crate::edit::Edit;
use crate::gui::board::Board;
use crate::gui::editor::suggest::{Suggestion, Suggestions};
use crate::gui::editor::{Entry, Made, entry_ui, flow, parse_entry};
use crate::gui::theme::tokens;
use crate::gui::view::View;
use crate::model::{Map, Value};

/// What a value can be made to keep, with an example.
const KNOWN: [(&str, &str); 11] = [
    ("in_range", "in_range: [ 1, 65535 ]"),
    ("valid_values", "valid_values: [ a, b ]"),
    ("pattern", "pattern: '[a-z]+'"),
    ("equal", "equal: 1"),
    ("greater_than", "greater_than: 0"),
    ("greater_or_equal", "greater_or_equal: 0"),
    ("less_than", "less_than: 100"),
    ("less_or_equal", "less_or_equal: 100"),
    ("length", "length: 8"),
    ("min_length", "min_length: 1"),
    ("max_length", "max_length: 64"),
];

/// All of them, and a field for one more.
pub fn constraints_ui(ui: &mut Ui, board: &Board, view: &mut View, lane: usize, at: &Path, name: &str) {
    let tokens = tokens(ui.ctx());
    let Some(shown) = board.lanes.get(lane) else { return };
    let written = shown.lane.reading.blueprint.at(at);
    let all = written.and_then(Value::as_list).unwrap_or_default();
    ui.label(RichText::new("constraints").size(11.5).color(tokens.weak));
    let lane_name = shown.lane.name.clone();
    let set = |at: Path, value: Value| Edit::Set { lane: lane_name.clone(), at, value };
    for (position, one) in all.iter().enumerate() {
        let own = at.index(position);
        let text = match one.as_map().and_then(|map| map.iter().next()) {
            Some((key, value)) => format!("{key}: {}", flow(value)),
            None => flow(one),
        };
        ui.horizontal(|ui| {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let spoken = format!("remove constraint {} of {name}", position + 1);
                if small_ui(ui, "×", &spoken, "Takes it away") {
                    let gone = if all.len() == 1 { at.clone() } else { own.clone() };
                    view.change(Edit::Unset { lane: lane_name.clone(), at: gone });
                }
                let make = |text: &str| read(text).map(|value| set(own.clone(), value)).into();
                let spoken = format!("constraint {} of {name}", position + 1);
                line_ui(ui, view, &format!("{lane_name}:{own}"), &text, &spoken, &make);
            });
        });
        wrong_ui(ui, view, &format!("{lane_name}:{own}"));
    }
    let make = |text: &str| -> Made {
        if text.trim().is_empty() {
            return Made::Nothing;
        }
        let value = read(text);
        let edit = value.map(|value| match all {
            [] => set(at.clone(), Value::List(vec![value])),
            all => set(at.index(all.len()), value),
        });
        edit.into()
    };
    let key = format!("{lane_name}:{at}[+]");
    line_ui(ui, view, &key, "", &format!("add constraint of {name}"), &make);
    wrong_ui(ui, view, &key);
}

fn line_ui(
    ui: &mut Ui,
    view: &mut View,
    key: &str,
    current: &str,
    spoken: &str,
    make: &dyn Fn(&str) -> Made,
) {
    let suggest = |before: &str| {
        if before.contains(':') {
            return Suggestions::default();
        }
        let known = KNOWN.iter().map(|(name, example)| Suggestion {
            name: (*name).to_owned(),
            insert: format!("{name}: "),
            detail: (*example).to_owned(),
        });
        Suggestions { typed: before.len(), ..Suggestions::fitting(before.trim(), known.collect()) }
    };
    let entry = Entry { key, current, spoken, hint: "add, as `in_range: [ 1, 9 ]`", multiline: false };
    let edit = entry_ui(ui, &mut view.forms.drafts, entry, Some(&suggest), make);
    done(view, key, edit);
}

/// The one constraint that a text says.
fn read(text: &str) -> Result<Value, String> {
    let (name, value) = parse_entry(text)?;
    if !KNOWN.iter().any(|(known, _)| *known == name) {
        let known: Vec<&str> = KNOWN.iter().map(|(known, _)| *known).collect();
        return Err(format!("`{name}` is no constraint; there are {}", known.join(", ")));
    }
    Ok(Value::Map(Map::from([(name, value)])))
}

impl Field {
    /// What its constraints say, in words that fit below it.
    pub fn limits(&self) -> String {
        let limits: Vec<String> = self.info.constraints.iter().map(limit).collect();
        limits.join(" · ")
    }
}

/// `1 … 65535` of `in_range: [ 1, 65535 ]`.
fn limit(constraint: &Value) -> String {
    let Some((name, value)) = constraint.as_map().and_then(|map| map.iter().next()) else {
        return constraint.to_string();
    };
    match (name.as_str(), value) {
        ("in_range", Value::List(list)) if list.len() == 2 => format!("{} … {}", list[0], list[1]),
        ("greater_or_equal", value) => format!("at least {value}"),
        ("less_or_equal", value) => format!("at most {value}"),
        ("greater_than", value) => format!("more than {value}"),
        ("less_than", value) => format!("less than {value}"),
        ("pattern", value) => format!("like {value}"),
        ("length", value) => format!("{value} long"),
        ("min_length", value) => format!("at least {value} long"),
        ("max_length", value) => format!("at most {value} long"),
        (name, value) => format!("{name} {value}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constraint_is_read_from_a_line_and_told_in_words() {
        let range = read("in_range: [ 1, 65535 ]").unwrap();
        assert_eq!(limit(&range), "1 … 65535");
        assert!(read("in_rage: [ 1, 2 ]").is_err_and(|why| why.contains("in_range")));
        assert!(read("in_range").is_ok(), "a name alone is read; the check tells what it lacks");
    }
}
