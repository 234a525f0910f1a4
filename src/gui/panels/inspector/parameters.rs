//! What a lane takes and gives: its inputs, outputs and capabilities, each with all that the DSL lets it say.

use egui::{CollapsingHeader, RichText, Ui};

use super::constraints::constraints_ui;
use super::field::{Field, done, field_ui, small_ui, wrong_ui};
use super::mono;
use crate::check::PropertyInfo;
use crate::diag::Path;
use crate::dsl::PRIMITIVES;
use crate::edit::{Edit, references};
use crate::gui::ask::{Ask, Named, Naming};
use crate::gui::board::{Board, LaneView};
use crate::gui::editor::{Entry, Made, entry_ui};
use crate::gui::theme::tokens;
use crate::gui::values;
use crate::gui::view::{View, Wish};
use crate::model::{Map, Value};

/// A section of a blueprint whose entries are edited alike.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Parameters {
    /// What is asked for when it is deployed.
    Inputs,
    /// What it tells others.
    Outputs,
    /// What others may read by `get_capability`.
    Capabilities,
}

impl Parameters {
    fn section(self) -> &'static str {
        match self {
            Self::Inputs => "inputs",
            Self::Outputs => "outputs",
            Self::Capabilities => "capabilities",
        }
    }

    fn one(self) -> &'static str {
        match self {
            Self::Inputs => "input",
            Self::Outputs => "output",
            Self::Capabilities => "capability",
        }
    }
}

/// The entries of a section, and a field for one more.
pub fn parameters_ui(ui: &mut Ui, board: &Board, view: &mut View, number: usize, which: Parameters) {
    let Some(shown) = board.lanes.get(number) else { return };
    let section = which.section();
    let names: Vec<String> = shown
        .lane
        .reading
        .blueprint
        .section(section)
        .map(|all| all.keys().cloned().collect())
        .unwrap_or_default();
    if names.is_empty() {
        ui.weak(match which {
            Parameters::Inputs => "It has no inputs. An input is asked for when the lane is deployed.",
            Parameters::Outputs => "It has no outputs. An output is what other lanes can read of it.",
            Parameters::Capabilities => "It has no capabilities.",
        });
    }
    for name in &names {
        entry_of(ui, board, view, number, shown, which, name);
    }
    ui.add_space(6.0);
    add_ui(ui, view, shown, which, &names);
}

fn entry_of(
    ui: &mut Ui,
    board: &Board,
    view: &mut View,
    number: usize,
    shown: &LaneView,
    which: Parameters,
    name: &str,
) {
    let tokens = tokens(ui.ctx());
    let at = Path::of([which.section(), name]);
    let place = shown.lane.reading.source_map.key(&at);
    let foreign = place.filter(|place| place.file != shown.lane.source.name).map(|place| place.file);
    let title = RichText::new(name).size(12.5);
    let wanted = view.forms.wants(&shown.lane.name, &at).then_some(true);
    let header = CollapsingHeader::new(title).id_salt((number, which.section(), name));
    let header = header.open(wanted).show(ui, |ui| {
        if let Some(file) = &foreign {
            ui.weak(format!("It comes from {file}: what is imported is changed in its own file."));
        }
        ui.add_enabled_ui(foreign.is_none(), |ui| {
            if which == Parameters::Inputs {
                input_ui(ui, board, view, number, shown, name);
            } else {
                told_ui(ui, board, view, number, &at, name);
            }
            ui.horizontal(|ui| rename_and_remove_ui(ui, view, shown, which, name));
        });
        ui.add_space(6.0);
    });
    if !header.fully_open() {
        let now = match which {
            Parameters::Inputs => shown.lane.inputs.get(name).map(values::short),
            Parameters::Outputs => shown.state.output(&[name]).map(values::short),
            Parameters::Capabilities => None,
        };
        if let Some(now) = now {
            ui.horizontal(|ui| {
                ui.add_space(18.0);
                ui.add(egui::Label::new(mono(&now).color(tokens.weak)).truncate()).on_hover_text(&now);
            });
        }
    }
}

/// What an input says, and what this deployment is given for it.
fn input_ui(ui: &mut Ui, board: &Board, view: &mut View, number: usize, shown: &LaneView, name: &str) {
    let at = Path::of(["inputs", name]);
    let part = |key: &str, kind: Option<&str>, told: &str| {
        let mut field = Field::plain(board, number, at.key(key), &format!("{name}.{key}"), kind);
        field.info.description = Some(told.to_owned());
        field.brief = true;
        field
    };
    let text = |key: &str| {
        let value = shown.lane.reading.blueprint.at(&at.key(key));
        value.and_then(Value::as_str).map(str::to_owned)
    };
    let kind = text("type");
    let constraints = shown.lane.reading.blueprint.at(&at.key("constraints"));
    let constraints = constraints.and_then(Value::as_list).unwrap_or_default().to_vec();
    let default = shown.lane.reading.blueprint.at(&at.key("default")).cloned();
    if board.has_manifest {
        let mut given = part("value", kind.as_deref(), "What this deployment is given; kept in gantry.yaml.");
        given.places = vec![(shown.lane.name.clone(), Path::of(["lanes", &shown.lane.name, "inputs", name]))];
        given.in_manifest = true;
        given.label = format!("{name} given");
        given.written = shown.lane.given().get(name).cloned();
        given.default.clone_from(&default);
        given.info.constraints.clone_from(&constraints);
        given.info.required = default.is_none() && text("required").is_none();
        field_ui(ui, board, view, &given);
    }
    let mut default_field = part("default", kind.as_deref(), "What it is if nothing is given.");
    default_field.info.constraints = constraints;
    field_ui(ui, board, view, &default_field);
    let mut kind_field = part("type", Some("string"), "Of what type it is.");
    let kinds = PRIMITIVES.iter().map(|kind| Value::string(*kind));
    let kinds = kinds.chain(board.library.data.keys().map(Value::string)).collect();
    kind_field.info.constraints = vec![Value::Map([("valid_values".to_owned(), Value::List(kinds))].into())];
    field_ui(ui, board, view, &kind_field);
    field_ui(ui, board, view, &part("description", Some("string"), "What it is for, in words."));
    let mut required = part("required", Some("boolean"), "Whether a value has to be given.");
    required.default = Some(Value::Bool(true));
    field_ui(ui, board, view, &required);
    constraints_ui(ui, board, view, number, &at.key("constraints"), name);
}

/// What an output or capability says.
fn told_ui(ui: &mut Ui, board: &Board, view: &mut View, number: usize, at: &Path, name: &str) {
    let mut value = Field::plain(board, number, at.key("value"), &format!("{name}.value"), None);
    value.brief = true;
    value.info = PropertyInfo { required: true, ..value.info };
    value.info.description = Some("What is told: most often a function.".to_owned());
    field_ui(ui, board, view, &value);
    let label = format!("{name}.description");
    let mut description = Field::plain(board, number, at.key("description"), &label, Some("string"));
    description.info.description = Some("What it is, in words.".to_owned());
    description.brief = true;
    field_ui(ui, board, view, &description);
}

fn rename_and_remove_ui(ui: &mut Ui, view: &mut View, shown: &LaneView, which: Parameters, name: &str) {
    let at = Path::of([which.section(), name]);
    let place = ui.cursor().left_top();
    if small_ui(ui, "rename…", &format!("rename {} {name}", which.one()), "Everywhere it is named, too") {
        let of = Named::Other { lane: shown.lane.name.clone(), at: at.clone() };
        let title = format!("New name of {name}");
        view.wish(Wish::Ask(Box::new(Ask::Name(Naming::new(title, place, name, of)))));
    }
    let uses = if which == Parameters::Inputs { uses(shown, name) } else { Vec::new() };
    let spoken = format!("remove {} {name}", which.one());
    if let Some(first) = uses.first() {
        let more =
            if uses.len() > 1 { format!(" and {} more places", uses.len() - 1) } else { String::new() };
        let told = format!("It is read at {first}{more}: take that away first");
        ui.add_enabled_ui(false, |ui| small_ui(ui, "remove", &spoken, "")).response.on_hover_text(told);
    } else if small_ui(ui, "remove", &spoken, "Takes it away") {
        // The section goes with its last entry.
        let all = shown.lane.reading.blueprint.section(which.section());
        let at = if all.is_some_and(|all| all.len() == 1) { Path::of([which.section()]) } else { at };
        let edits = vec![Edit::Unset { lane: shown.lane.name.clone(), at }];
        view.change(Edit::All { label: format!("remove {} {name}", which.one()), edits });
    }
}

/// Where an input is read.
fn uses(shown: &LaneView, input: &str) -> Vec<Path> {
    let sections = shown.lane.reading.blueprint.sections.clone();
    let whole = Value::Map(sections.into_iter().collect());
    references::to_input(&whole, input).into_iter().map(|found| found.at).collect()
}

/// A field for the name of a new entry.
fn add_ui(ui: &mut Ui, view: &mut View, shown: &LaneView, which: Parameters, names: &[String]) {
    let section = which.section();
    let make = |text: &str| -> Made {
        let name = text.trim();
        let is_name = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-');
        if name.is_empty() {
            return Made::Nothing;
        }
        if names.iter().any(|known| known == name) {
            return Made::Wrong(format!("there is a `{name}` already"));
        }
        if !name.chars().all(is_name) {
            return Made::Wrong(format!("`{name}` can't be a name: it has letters, digits, _ and - only"));
        }
        let first = match which {
            Parameters::Inputs => ("type", Value::string("string")),
            _ => ("value", Value::string("")),
        };
        let value = Value::Map(Map::from([(first.0.to_owned(), first.1)]));
        let at = Path::of([section, name]);
        let edit = Edit::Set { lane: shown.lane.name.clone(), at, value };
        Made::Edit(Box::new(Edit::All { label: format!("add {} {name}", which.one()), edits: vec![edit] }))
    };
    let key = format!("{}:{section}.+", shown.lane.name);
    let (spoken, hint) = (format!("add {}", which.one()), format!("add an {}: its name", which.one()));
    let hint = hint.replace("an capability", "a capability");
    let entry = Entry { key: &key, current: "", spoken: &spoken, hint: &hint, multiline: false };
    let edit = entry_ui(ui, &mut view.forms.drafts, entry, None, &make);
    done(view, &key, edit);
    wrong_ui(ui, view, &key);
}
