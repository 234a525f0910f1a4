//! The expression of a field: a function chosen from a list, its arguments completed from the graph and from what the last
//! run left behind.
//!
//! A function with no arguments yet is not written: it is remembered until it has what it needs.

use egui::{RichText, Ui, WidgetInfo, WidgetType};

use super::field::{Field, done};
use super::value;
use crate::check::PropertyInfo;
use crate::diag::Segment;
use crate::gui::board::Board;
use crate::gui::editor::{Entry, Made, entry_ui, flow, parse, suggest};
use crate::gui::theme::tokens;
use crate::gui::view::{View, Wish};
use crate::model::{FUNCTIONS, Map, Value};

/// A function that a list of values is given to.
fn takes_values(name: &str) -> bool {
    matches!(name, "concat" | "merge")
}

/// A function whose arguments are names: how many at least.
fn takes_names(name: &str) -> Option<usize> {
    Some(match name {
        "get_input" | "get_secret" | "get_environment_capability" | "get_label" | "get_consumers" => 1,
        "get_property"
        | "get_attribute"
        | "get_attributes_list"
        | "get_attributes_dict"
        | "get_capability"
        | "get_group_capability"
        | "get_sys" => 2,
        _ => return None,
    })
}

/// What a function is, in a few words.
pub fn told(name: &str) -> &'static str {
    match name {
        "get_input" => "an input of this blueprint",
        "get_property" => "a property of a node",
        "get_attribute" => "a runtime property of a node, once it is there",
        "get_attributes_list" => "a runtime property of all instances, as a list",
        "get_attributes_dict" => "runtime properties of all instances, by instance",
        "get_secret" => "a secret, looked up when it is needed; never shown",
        "get_capability" => "a capability of another deployment",
        "get_group_capability" => "a capability of all deployments of a group",
        "get_environment_capability" => "a capability of the environment",
        "get_label" => "a label of the deployment",
        "get_sys" => "what the system knows of tenant or deployment",
        "get_consumers" => "the deployments that use this one",
        "concat" => "texts or lists, one after the other",
        "merge" => "maps laid over each other",
        "string_find" => "where a text stands in another",
        "string_replace" => "a text with a part of it replaced",
        "string_split" => "the parts of a text",
        "string_lower" => "a text in small letters",
        "string_upper" => "a text in capital letters",
        _ => "",
    }
}

/// The switch of a field: value, one of the functions, or YAML.
pub fn menu_ui(ui: &mut Ui, board: &Board, view: &mut View, field: &Field) {
    let tokens = tokens(ui.ctx());
    let key = field.key();
    let call = field.current().and_then(Value::call).map(|call| call.name.to_owned());
    let on = call.is_some() || view.forms.begun(&key).is_some_and(|name| !name.is_empty());
    let color = if on { tokens.accent } else { tokens.weak };
    let shown = ui.menu_button(RichText::new("ƒ").size(12.5).strong().color(color), |ui| {
        ui.set_min_width(210.0);
        let begun = view.forms.begun(&key).is_some();
        if (call.is_some() || begun) && item_ui(ui, "value", "written as it is") {
            view.forms.begin(&key, "");
        }
        for name in FUNCTIONS.iter().filter(|name| takes_names(name).is_some() || takes_values(name)) {
            if item_ui(ui, name, told(name)) {
                begin(view, field, name);
            }
        }
        ui.menu_button("more", |ui| {
            for name in FUNCTIONS.iter().filter(|name| takes_names(name).is_none() && !takes_values(name)) {
                if item_ui(ui, name, told(name)) {
                    view.forms.show_text(&key, true);
                    let made = Made::Wrong(format!("`{name}` needs its arguments"));
                    view.forms.drafts.keep(&key, format!("{{ {name}: [  ] }}"), made);
                }
            }
        });
        if let [(lane, at)] = field.places.as_slice()
            && field.node.is_some()
            && board.lanes.len() > 1
            && at.segments().get(2).is_some_and(|step| *step == Segment::Key("properties".into()))
            && item_ui(ui, "from another lane…", "an output or value, with all that it takes to read it")
        {
            let place = ui.min_rect().left_top();
            view.wish(Wish::AskSource { to: (lane.clone(), at.clone()), place });
        }
        ui.separator();
        let text = view.forms.is_text(&key);
        if item_ui(ui, if text { "as a form" } else { "as YAML" }, "free text; a function, a list, anything")
        {
            view.forms.show_text(&key, !text);
        }
    });
    let spoken = format!("expression of {}", field.label);
    shown.response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &spoken));
    shown.response.on_hover_text("Value, function or YAML");
}

fn item_ui(ui: &mut Ui, name: &str, told: &str) -> bool {
    let weak = tokens(ui.ctx()).weak;
    let text = RichText::new(name).monospace().size(12.0);
    let button = egui::Button::new(text)
        .shortcut_text(RichText::new(told).size(11.0).color(weak))
        .frame_when_inactive(false);
    let response = ui.add(button);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, name));
    response.clicked()
}

/// Begins a function: one that takes values is written at once, around what was there.
fn begin(view: &mut View, field: &Field, name: &str) {
    let key = field.key();
    if takes_values(name) {
        view.forms.forget(&key);
        let inside = match (field.current(), name) {
            (Some(value), _) if field.written.is_some() => value.clone(),
            (_, "merge") => Value::Map(Map::new()),
            _ => Value::string(""),
        };
        let list = Value::List(vec![inside]);
        view.change(field.set(&Value::Map(Map::from([(name.to_owned(), list)]))));
        return;
    }
    view.forms.begin(&key, name);
    view.forms.drafts.forget(&arguments_key(field, name));
    view.forms.focus = Some(arguments_key(field, name));
}

fn arguments_key(field: &Field, name: &str) -> String {
    format!("{}.{name}()", field.key())
}

/// The function's form; false if the field holds none.
pub fn function_ui(ui: &mut Ui, board: &Board, view: &mut View, field: &Field) -> bool {
    let key = field.key();
    let begun = view.forms.begun(&key).map(str::to_owned);
    let written = field.written.as_ref().and_then(Value::call);
    if begun.as_deref() == Some("") && written.is_none() {
        view.forms.end(&key);
        return false;
    }
    match (begun.as_deref(), written) {
        (Some(""), _) => {
            // The value instead of the function: typed anew.
            let plain = Field { written: None, ..field.clone() };
            value::value_ui(ui, board, view, &plain);
            true
        }
        (Some(name), written) if written.is_none_or(|call| call.name != name) => {
            arguments_ui(ui, board, view, field, name, None);
            true
        }
        (_, Some(call)) if takes_values(call.name) && call.argument.as_list().is_some() => {
            let step = Segment::Key(call.name.into());
            value::list_ui(ui, board, view, &field.inner(&step, PropertyInfo::default()));
            true
        }
        (_, Some(call)) => {
            if view.forms.begun(&key).is_some() {
                view.forms.end(&key);
            }
            arguments_ui(ui, board, view, field, call.name, Some(call.argument));
            true
        }
        (_, None) => false,
    }
}

/// The function that a field holds, or that was begun for it.
pub fn named(view: &View, field: &Field) -> Option<String> {
    let key = field.key();
    if view.forms.is_text(&key) {
        return None;
    }
    let written = field.written.as_ref().and_then(Value::call).map(|call| call.name);
    view.forms.begun(&key).or(written).filter(|name| !name.is_empty()).map(str::to_owned)
}

/// The name of a function.
pub fn chip_ui(ui: &mut Ui, name: &str) {
    let tokens = tokens(ui.ctx());
    let text = RichText::new(name).monospace().size(11.5).color(tokens.accent);
    ui.label(text).on_hover_text(told(name));
}

/// The arguments.
fn arguments_ui(
    ui: &mut Ui,
    board: &Board,
    view: &mut View,
    field: &Field,
    name: &str,
    argument: Option<&Value>,
) {
    let names = argument.map_or(Some(String::new()), as_names).filter(|_| takes_names(name).is_some());
    let is_names = names.is_some();
    let current = names.unwrap_or_else(|| argument.map(flow).unwrap_or_default());
    let make = |text: &str| -> Made {
        let value = if is_names { of_names(name, text, argument) } else { parse(text) };
        let edit = value.map(|value| match argument {
            Some(_) => field.inner(&Segment::Key(name.into()), PropertyInfo::default()).set(&value),
            None => field.set(&Value::Map(Map::from([(name.to_owned(), value)]))),
        });
        edit.into()
    };
    let suggest = |before: &str| {
        if is_names {
            suggest::in_arguments(board, field.lane, field.node.as_deref(), name, before)
        } else {
            suggest::in_function(board, field.lane, before).unwrap_or_default()
        }
    };
    let hint = match name {
        "get_input" => "input",
        "get_secret" => "secret",
        "get_property" => "node, property",
        "get_attribute" | "get_attributes_list" => "node, attribute",
        "get_capability" => "deployment, capability",
        _ => "arguments",
    };
    let key = arguments_key(field, name);
    let spoken = format!("{name} of {}", field.label);
    let entry = Entry { key: &key, current: &current, spoken: &spoken, hint, multiline: false };
    super::field::focus(ui, view, &entry);
    let edit = entry_ui(ui, &mut view.forms.drafts, entry, Some(&suggest), &make);
    let left = ui.memory(|memory| memory.had_focus_last_frame(entry.id()) && !memory.has_focus(entry.id()));
    if left && edit.is_none() && argument.is_none() && view.forms.drafts.text(&key).is_none() {
        view.forms.end(&field.key());
    }
    done(view, &key, edit);
    super::field::wrong_ui(ui, view, &key);
}

/// Arguments that are plain names, with commas between them; none if they are more than that.
fn as_names(argument: &Value) -> Option<String> {
    let plain = |value: &Value| match value {
        Value::String(text) if !text.is_empty() && !text.contains([',', '{', '[', '\n']) => {
            Some(text.clone())
        }
        Value::Int(number) => Some(number.to_string()),
        _ => None,
    };
    match argument {
        Value::List(list) => Some(list.iter().map(plain).collect::<Option<Vec<_>>>()?.join(", ")),
        single => plain(single),
    }
}

/// The argument that names with commas between them say; what was there before stays as it was.
fn of_names(name: &str, text: &str, before: Option<&Value>) -> Result<Value, String> {
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    let parts = parts.strip_suffix(&[""]).unwrap_or(&parts);
    let least = takes_names(name).unwrap_or(1);
    if parts.len() < least || parts.iter().any(|part| part.is_empty()) {
        let wanted = if least == 1 { "a name" } else { "two names or more, with commas between them" };
        return Err(format!("`{name}` takes {wanted}"));
    }
    let was_list = before.is_some_and(|value| value.as_list().is_some());
    let old = |at: usize| before.and_then(|value| value.as_list().map_or(Some(value), |list| list.get(at)));
    let values: Vec<Value> = parts
        .iter()
        .enumerate()
        .map(|(at, part)| match old(at) {
            Some(old) if old.to_string() == **part => old.clone(),
            // An index into a list.
            _ if at > 0 => part.parse().map_or_else(|_| Value::string(*part), Value::Int),
            _ => Value::string(*part),
        })
        .collect();
    Ok(match values.as_slice() {
        [single] if !was_list => single.clone(),
        _ => Value::List(values),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_names_with_commas_and_come_back_as_they_were() {
        let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let list = json(r#"["web","ips",0,"12"]"#);
        let text = as_names(&list).unwrap();
        assert_eq!(text, "web, ips, 0, 12");
        assert_eq!(of_names("get_attribute", &text, Some(&list)), Ok(list));
        assert_eq!(of_names("get_input", "port", None), Ok(Value::string("port")));
        assert_eq!(of_names("get_attribute", "web, a,", None), Ok(json(r#"["web","a"]"#)));
        assert!(of_names("get_attribute", "web", None).is_err());
        assert_eq!(as_names(&json(r#"[{"get_input":"x"}]"#)), None);
    }
}
