//! A value in the form that suits it: text, number, choice, switch, list, entries, or the properties of its data type.
//!
//! A text is taken as the type of the property asks; what does not fit stays in the field with the reason.

use egui::{RichText, Ui, WidgetInfo, WidgetType};

use super::field::{Field, done, field_ui, small_ui};
use crate::check::PropertyInfo;
use crate::diag::Segment;
use crate::dsl;
use crate::gui::board::Board;
use crate::gui::editor::{Entry, Made, entry_ui, flow, parse, parse_entry};
use crate::gui::theme::tokens;
use crate::gui::view::View;
use crate::model::{Map, Value};

/// Entries of a map or list that are shown before the rest is folded away.
const SHOWN: usize = 40;

/// How a value is edited.
enum Shape {
    Choice(Vec<Value>),
    Switch,
    List,
    Entries,
    /// By the properties of a data type.
    Parts(Vec<(String, PropertyInfo)>),
    Text,
}

fn shape(board: &Board, field: &Field) -> Shape {
    let kind = field.info.kind.as_deref().unwrap_or_default();
    if let Some(choices) = field.info.choices() {
        return Shape::Choice(choices.to_vec());
    }
    let parts = || {
        let data = board.library.data.get(kind)?;
        Some(Shape::Parts(data.properties.iter().map(|(name, info)| (name.clone(), info.clone())).collect()))
    };
    match field.current().filter(|value| value.call().is_none()) {
        Some(Value::Map(_)) => parts().unwrap_or(Shape::Entries),
        Some(Value::List(_)) => Shape::List,
        Some(Value::Bool(_)) => Shape::Switch,
        Some(_) if kind != "boolean" => Shape::Text,
        _ => match kind {
            "boolean" => Shape::Switch,
            "list" => Shape::List,
            "dict" => Shape::Entries,
            _ => parts().unwrap_or(Shape::Text),
        },
    }
}

/// Whether the value is shown as several fields, each of which tells its own problems.
pub fn is_nested(field: &Field) -> bool {
    matches!(&field.written, Some(Value::List(_) | Value::Map(_)))
}

/// The value's form.
pub fn value_ui(ui: &mut Ui, board: &Board, view: &mut View, field: &Field) {
    if field.mixed {
        return text_ui(ui, view, field, "several values");
    }
    match shape(board, field) {
        Shape::Choice(choices) => choice_ui(ui, view, field, &choices),
        Shape::Switch => switch_ui(ui, view, field),
        Shape::List => list_ui(ui, board, view, field),
        Shape::Entries => entries_ui(ui, board, view, field),
        Shape::Parts(parts) => parts_ui(ui, board, view, field, &parts),
        Shape::Text => {
            let hint = match &field.default {
                Some(Value::String(text)) if text.is_empty() => "default: empty".to_owned(),
                Some(Value::Null) => "default: null".to_owned(),
                Some(default) => format!("default: {default}"),
                None if field.written.is_some() => "empty".to_owned(),
                None => "not set".to_owned(),
            };
            text_ui(ui, view, field, &hint);
        }
    }
}

/// A text that is what the property's type asks for, or why it isn't.
pub fn read(field: &Field, text: &str) -> Result<Value, String> {
    let kind = field.info.kind.as_deref().unwrap_or_default();
    let name = field.label.as_str();
    let value = match kind {
        "integer" | "float" | "boolean" => match parse(text.trim())? {
            Value::String(text) => return Err(format!("`{text}` is no {kind}")),
            Value::Null => return Err(format!("`{name}` is of type {kind} and needs a value")),
            value => value,
        },
        "" | "list" | "dict" => parse(text)?,
        _ => textual(field, text),
    };
    match field.info.refusal(name, &value) {
        Some(why) => Err(why),
        None => Ok(value),
    }
}

/// Text as it was typed. A function that is written out is one, and a number that stood there is a number again.
fn textual(field: &Field, text: &str) -> Value {
    let begins_call = text.trim_start().starts_with('{');
    if let Some(call) = parse(text).ok().filter(|value| begins_call && value.call().is_some()) {
        return call;
    }
    match (&field.written, parse(text)) {
        (Some(Value::Int(_)), Ok(value @ Value::Int(_)))
        | (Some(Value::Float(_)), Ok(value @ Value::Float(_))) => value,
        _ => Value::string(text),
    }
}

fn text_ui(ui: &mut Ui, view: &mut View, field: &Field, hint: &str) {
    let is_text = !matches!(field.info.kind.as_deref(), None | Some("list" | "dict"));
    let current = match &field.written {
        Some(Value::String(text)) if is_text => text.clone(),
        Some(value) => flow(value),
        None => String::new(),
    };
    let multiline = current.contains('\n') || field.info.kind.as_deref() == Some("textarea");
    let make = |text: &str| -> Made {
        let plain =
            field.info.kind.as_deref().is_some_and(|kind| matches!(kind, "integer" | "float" | "boolean"));
        if text.trim().is_empty() && field.written.is_none() {
            return Made::Nothing;
        }
        if text.trim().is_empty() && plain && (field.default.is_some() || !field.info.required) {
            return Made::Edit(Box::new(field.unset()));
        }
        read(field, text).map(|value| field.set(&value)).into()
    };
    typed_ui(ui, view, &field.key(), &format!("field {}", field.label), &current, hint, multiline, &make);
}

/// A field for text without suggestions.
#[expect(clippy::too_many_arguments, reason = "what a field is")]
pub fn typed_ui(
    ui: &mut Ui,
    view: &mut View,
    key: &str,
    spoken: &str,
    current: &str,
    hint: &str,
    multiline: bool,
    make: &dyn Fn(&str) -> Made,
) {
    let entry = Entry { key, current, spoken, hint, multiline };
    super::field::focus(ui, view, &entry);
    let edit = entry_ui(ui, &mut view.forms.drafts, entry, None, make);
    done(view, key, edit);
}

/// The value as YAML of several lines: always possible.
pub fn yaml_ui(ui: &mut Ui, view: &mut View, field: &Field) {
    let current = field.current().map(|value| dsl::write(value).trim_end().to_owned()).unwrap_or_default();
    let make = |text: &str| -> Made {
        let value = if text.trim().is_empty() && field.written.is_some() && !field.info.required {
            return Made::Edit(Box::new(field.unset()));
        } else {
            parse(text)
        };
        let judged = value.and_then(|value| match field.info.refusal(&field.label, &value) {
            Some(why) => Err(why),
            None => Ok(field.set(&value)),
        });
        judged.into()
    };
    typed_ui(ui, view, &field.key(), &format!("YAML of {}", field.label), &current, "YAML", true, &make);
}

fn choice_ui(ui: &mut Ui, view: &mut View, field: &Field, choices: &[Value]) {
    let current = field.current();
    let shown = current.map_or_else(|| "not set".to_owned(), ToString::to_string);
    let default = field.written.is_none() && current.is_some();
    let text = if default { format!("{shown} (default)") } else { shown };
    let weak = tokens(ui.ctx()).weak;
    let text = if field.written.is_some() { RichText::new(text) } else { RichText::new(text).color(weak) };
    let spoken = format!("field {}", field.label);
    let value = current.map(ToString::to_string).unwrap_or_default();
    let shown = egui::ComboBox::from_id_salt(field.key())
        .selected_text(text.monospace())
        .width(ui.available_width())
        .show_ui(ui, |ui| {
            for choice in choices {
                let is_it = field.written.as_ref() == Some(choice);
                let row = ui.selectable_label(is_it, RichText::new(choice.to_string()).monospace());
                if row.clicked() && !is_it {
                    view.change(field.set(choice));
                }
            }
        });
    shown.response.widget_info(|| WidgetInfo {
        current_text_value: Some(value.clone()),
        ..WidgetInfo::labeled(WidgetType::ComboBox, true, &spoken)
    });
}

fn switch_ui(ui: &mut Ui, view: &mut View, field: &Field) {
    let current = field.current().and_then(Value::as_bool);
    let mut on = current == Some(true);
    let word = match (current, field.written.is_some()) {
        (None, _) => "not set".to_owned(),
        (Some(on), true) => on.to_string(),
        (Some(on), false) => format!("{on} (default)"),
    };
    let weak = tokens(ui.ctx()).weak;
    let text = RichText::new(word).monospace().size(12.0);
    let text = if field.written.is_some() { text } else { text.color(weak) };
    let response = ui.checkbox(&mut on, text);
    let spoken = format!("field {}", field.label);
    response.widget_info(|| WidgetInfo::selected(WidgetType::Checkbox, true, on, &spoken));
    if response.changed() {
        view.change(field.set(&Value::Bool(on)));
    }
}

/// A default that is a whole list or map: it can be written out, to be changed.
fn default_ui(ui: &mut Ui, view: &mut View, field: &Field) -> bool {
    let Some(default) = field.default.as_ref().filter(|_| field.written.is_none()) else { return false };
    if matches!(default, Value::List(list) if list.is_empty())
        || matches!(default, Value::Map(map) if map.is_empty())
    {
        return false;
    }
    let weak = tokens(ui.ctx()).weak;
    ui.horizontal(|ui| {
        if small_ui(ui, "change", &format!("change {}", field.label), "Writes the default out, to be changed")
        {
            view.change(field.set(default));
        }
        let text = RichText::new(format!("default: {default}")).monospace().size(11.5).color(weak);
        ui.add(egui::Label::new(text).truncate()).on_hover_text(default.to_string());
    });
    true
}

/// What an element or entry may be: anything; what is text now stays text.
fn anything(value: Option<&Value>) -> PropertyInfo {
    let kind = matches!(value, Some(Value::String(_))).then(|| "string".to_owned());
    PropertyInfo { kind, ..PropertyInfo::default() }
}

/// A list, element by element, and a field for one more.
pub fn list_ui(ui: &mut Ui, board: &Board, view: &mut View, field: &Field) {
    if default_ui(ui, view, field) {
        return;
    }
    let items = field.written.as_ref().and_then(Value::as_list).unwrap_or_default();
    ui.indent(field.key(), |ui| {
        for (index, item) in items.iter().enumerate().take(SHOWN) {
            let inner = field.inner(&Segment::Index(index), anything(Some(item)));
            field_ui(ui, board, view, &Field { may_go: true, default: None, ..inner });
        }
        rest_ui(ui, items.len());
        let texts = !items.is_empty() && items.iter().all(|item| item.as_str().is_some());
        let make = |text: &str| -> Made {
            if text.is_empty() {
                return Made::Nothing;
            }
            let value = match parse(text) {
                Ok(value) if !texts || value.call().is_some() => Ok(value),
                Err(why) if !texts => Err(why),
                _ => Ok(Value::string(text)),
            };
            let edit = value.map(|value| match &field.written {
                Some(Value::List(list)) => {
                    field.inner(&Segment::Index(list.len()), PropertyInfo::default()).set(&value)
                }
                _ => field.set(&Value::List(vec![value])),
            });
            edit.into()
        };
        let key = format!("{}[+]", field.key());
        typed_ui(ui, view, &key, &format!("add to {}", field.label), "", "add an element", false, &make);
        super::field::wrong_ui(ui, view, &key);
    });
}

/// A map, entry by entry, and a field for one more.
fn entries_ui(ui: &mut Ui, board: &Board, view: &mut View, field: &Field) {
    if default_ui(ui, view, field) {
        return;
    }
    let empty = Map::new();
    let entries = field.written.as_ref().and_then(Value::as_map).unwrap_or(&empty);
    ui.indent(field.key(), |ui| {
        for (name, value) in entries.iter().take(SHOWN) {
            let step = Segment::Key(name.as_str().into());
            let inner = field.inner(&step, anything(Some(value)));
            let named = !field.in_manifest;
            field_ui(ui, board, view, &Field { may_go: true, named, default: None, ..inner });
        }
        rest_ui(ui, entries.len());
        let make = |text: &str| -> Made {
            if text.trim().is_empty() {
                return Made::Nothing;
            }
            let edit = parse_entry(text).and_then(|(name, value)| {
                if entries.contains_key(&name) {
                    return Err(format!("there is a `{name}` already"));
                }
                Ok(match &field.written {
                    Some(Value::Map(_)) => {
                        let step = Segment::Key(name.as_str().into());
                        field.inner(&step, PropertyInfo::default()).set(&value)
                    }
                    _ => field.set(&Value::Map(Map::from([(name, value)]))),
                })
            });
            edit.into()
        };
        let key = format!("{}.+", field.key());
        let spoken = format!("add to {}", field.label);
        let hint = "add a name, or NAME: VALUE";
        let entry = Entry { key: &key, current: "", spoken: &spoken, hint, multiline: false };
        let edit = entry_ui(ui, &mut view.forms.drafts, entry, None, &make);
        // A name alone: its value is what a person types next.
        if let (Some(crate::edit::Edit::Set { lane, at, value }), true) =
            (&edit, ui.input(|input| input.key_pressed(egui::Key::Enter)))
            && value.as_str() == Some("")
        {
            view.forms.focus = Some(format!("{lane}:{at}"));
        }
        done(view, &key, edit);
        super::field::wrong_ui(ui, view, &key);
    });
}

fn rest_ui(ui: &mut Ui, count: usize) {
    if count > SHOWN {
        ui.weak(format!("and {} more: see the YAML", count - SHOWN));
    }
}

/// A value of a data type, property by property.
fn parts_ui(ui: &mut Ui, board: &Board, view: &mut View, field: &Field, parts: &[(String, PropertyInfo)]) {
    ui.indent(field.key(), |ui| {
        for (name, info) in parts {
            let inner = field.inner(&Segment::Key(name.as_str().into()), info.clone());
            field_ui(ui, board, view, &inner);
        }
        let extra = field.written.as_ref().and_then(Value::as_map).into_iter().flatten();
        for (name, value) in extra.filter(|(name, _)| parts.iter().all(|(known, _)| known != *name)) {
            let step = Segment::Key(name.as_str().into());
            let inner = Field { may_go: true, ..field.inner(&step, anything(Some(value))) };
            field_ui(ui, board, view, &inner);
        }
    });
}
