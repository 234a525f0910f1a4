//! The YAML tab: the blueprint of the selected lane, or another file of the project, as a text to type in.
//!
//! Colours, numbers, problems in place with their mends, the selected node's lines marked: the caret selects on the
//! canvas, and what is selected there is shown here. What is typed goes to the session at once; the picture follows when
//! the text is read.

mod area;
mod banner;
mod buffer;
mod complete;
mod definition;
mod drift;
mod lexer;
mod marks;
mod offers;
mod pane;

use std::sync::Arc;

use egui::{ComboBox, RichText, Ui, WidgetInfo, WidgetType};

use crate::check::resources;
use crate::edit::Project;
use crate::gui::board::{Board, LaneView};
use crate::gui::theme::tokens;
use crate::gui::view::{NodeKey, View, Wish};
use crate::session::FileText;
pub use banner::stale_ui;
use drift::Drift;
pub use pane::{Pressed, TextPane};

/// What the tab shows of the project as it is drawn.
pub struct Texts<'a> {
    /// The documents.
    pub project: &'a Project,
    /// The text of the file that is shown; none until it is read.
    pub shown: Option<FileText>,
}

/// The file that is to be shown: the one that was asked for, or the blueprint of the lane.
pub fn file_of(board: &Board, view: &View) -> Option<String> {
    let lane = || board.lanes.get(view.lane.unwrap_or(0)).map(|shown| shown.lane.source.name.to_string());
    view.file.clone().or_else(lane)
}

/// The text, with the files at its head.
pub fn yaml_ui(ui: &mut Ui, pane: &mut TextPane, board: &Board, view: &mut View, texts: Option<&Texts<'_>>) {
    let (Some(file), Some(texts)) = (file_of(board, view), texts) else { return };
    head_ui(ui, board, view, texts, &file);
    let text = match &texts.shown {
        Some(Ok(text)) => text.clone(),
        Some(Err(why)) => {
            ui.label(format!("{file} can't be shown: {why}"));
            return;
        }
        None => {
            ui.weak("reading …");
            return;
        }
    };
    pane.take_over(&file, &text);
    pane.locked = file.starts_with("built-in:");
    let read = marks::as_read(board, &file);
    let drift = read.as_ref().map_or(Drift::default(), |read| {
        if Arc::ptr_eq(read, pane.buffer.text()) {
            Drift::default()
        } else {
            Drift::between(read, pane.buffer.text())
        }
    });
    let marks = marks::marks(board, &file, &pane.buffer, drift);
    let lane = board.lanes.iter().position(|shown| *shown.lane.source.name == *file);
    let chosen = chosen_lines(board, view, &file, pane, read.as_deref().unwrap_or_default(), drift);
    let show = view.scroll_to.take();
    let jumps = show.is_some() && std::mem::take(&mut pane.jump);
    if let Some(line) = show.filter(|_| jumps || !TextPane::has_keyboard(ui.ctx())) {
        pane.stand(line);
    }
    let wanted = if view.find.open { view.find.text.trim().to_lowercase() } else { String::new() };
    let name = format!("text of {file}");
    let told = {
        let text = pane.buffer.text().clone();
        move |at: usize| definition::told(board, lane?, &text, at)
    };
    let around = area::Around {
        chosen: &chosen,
        marks: &marks,
        wanted: &wanted,
        show,
        name: &name,
        locked: pane.locked,
        told: &told,
    };
    let asked = area::area_ui(ui, pane, &around);
    let defined = std::mem::take(&mut pane.define).then(|| pane.buffer.caret());
    if let Some(at) = asked.definition.or(defined) {
        definition::go_to(board, view, lane, pane.buffer.text(), at);
    }
    if let Some(line) = asked.mend {
        pane.offers.open(marks::mends(&marks, &file, line, drift));
    }
    if std::mem::take(&mut pane.mend) {
        let line = pane.buffer.line_of(pane.buffer.caret());
        let mends = marks::mends(&marks, &file, line, drift);
        if mends.is_empty() {
            view.toast(false, "Nothing on this line can be mended by itself", None);
        }
        pane.offers.open(mends);
    }
    if let (Some(asked), Some(lane)) = (pane.suggest.take(), lane) {
        pane.offers.open(complete::complete(board, lane, pane.buffer.text(), pane.buffer.caret(), asked));
    }
    if let Some(at) = asked.caret
        && let Some(row) = pane.offers.ui(ui.ctx(), at, area::LINE)
    {
        let label = pane.offers.take(row, &mut pane.buffer);
        view.wish(Wish::Typed { apart: label.is_some(), label });
    }
    let current = read.as_ref().is_some_and(|read| **read == **pane.buffer.text());
    if let Some(lane) = lane.filter(|_| current && TextPane::has_keyboard(ui.ctx())) {
        follow_caret(board, view, pane, lane, &file);
    }
}

/// Selects the node in whose lines the caret stands.
fn follow_caret(board: &Board, view: &mut View, pane: &mut TextPane, lane: usize, file: &str) {
    let caret = pane.buffer.caret();
    if pane.told.as_ref().is_some_and(|(at, text)| *at == caret && Arc::ptr_eq(text, pane.buffer.text())) {
        return;
    }
    pane.told = Some((caret, Arc::clone(pane.buffer.text())));
    let Some(shown) = board.lanes.get(lane) else { return };
    let line = pane.buffer.line_of(caret) as u32 + 1;
    let path = shown.lane.reading.source_map.at_line(file, line);
    let Some(name) = path.as_ref().and_then(|path| path.node()) else { return };
    let key = NodeKey { lane, name: name.to_owned() };
    if view.selection != [key.clone()] {
        view.wish(Wish::SelectByText(key));
    }
}

/// Lines of the selected nodes in the text as it is typed, from 1.
fn chosen_lines(
    board: &Board,
    view: &View,
    file: &str,
    pane: &TextPane,
    read: &str,
    drift: Drift,
) -> Vec<(u32, u32)> {
    let lines = view.selection.iter().filter_map(|key| board.lines(key));
    let lines = lines.filter(|(name, _, _)| **name == *file).map(|(_, first, last)| (first, last));
    if drift.is_none() {
        return lines.collect();
    }
    // Lines behind what was typed since have moved by as many as there are more.
    let more = pane.buffer.lines() as i64 - read.split('\n').count() as i64;
    let changed = pane.buffer.line_of(drift.start) as i64 + 1;
    let moved =
        |line: u32| if i64::from(line) > changed { (i64::from(line) + more).max(1) as u32 } else { line };
    lines.map(|(first, last)| (moved(first), moved(last))).collect()
}

/// Which file is shown, and the others.
fn head_ui(ui: &mut Ui, board: &Board, view: &mut View, texts: &Texts<'_>, file: &str) {
    let tokens = tokens(ui.ctx());
    ui.horizontal(|ui| {
        let small = RichText::new(file).size(11.5);
        let chosen = ComboBox::from_id_salt("files").selected_text(small).width(230.0).show_ui(ui, |ui| {
            for name in files(board, view, texts) {
                if ui.selectable_label(name == file, &name).clicked() && name != file {
                    view.wish(Wish::ShowFile(name));
                }
            }
        });
        let spoken = format!("File {file}");
        chosen.response.widget_info(|| WidgetInfo::labeled(WidgetType::ComboBox, true, &spoken));
        if board.lanes.iter().any(|shown| shown.lane.is_stale && *shown.lane.source.name == *file) {
            let text = RichText::new("broken: the picture is the last one that could be read").size(11.0);
            ui.label(text.color(tokens.status(crate::gui::status::Status::Warning)));
        }
    });
}

/// Files that can be shown: blueprints, `gantry.yaml`, what the shown lane imports and what its nodes name.
fn files(board: &Board, view: &View, texts: &Texts<'_>) -> Vec<String> {
    let mut names: Vec<String> =
        texts.project.documents.values().map(|document| document.file.to_string()).collect();
    if texts.project.manifest.is_some() {
        names.push(crate::session::project::MANIFEST.to_owned());
    }
    if let Some(shown) = board.lanes.get(view.lane.unwrap_or(0)) {
        names.extend(shown.lane.reading.sources.iter().map(|source| source.name.to_string()));
        names.extend(
            resources(&shown.lane.topology).iter().filter_map(|resource| file_in(shown, &resource.file)),
        );
    }
    names.extend(texts.project.files.iter().filter(|(_, text)| text.is_some()).map(|(name, _)| name.clone()));
    // Types that come with the program are no files of the project.
    names.retain(|name| !name.starts_with("built-in:"));
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}

/// A file of a lane's folder, relative to the project folder; none if it leads out of that.
pub fn file_in(shown: &LaneView, file: &str) -> Option<String> {
    let blueprint = &*shown.lane.source.name;
    let folder = blueprint.rfind('/').map_or("", |end| &blueprint[..end]);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in file.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    (!parts.is_empty() && !file.starts_with('/')).then(|| parts.join("/"))
}
