//! The palette: every node type of the project and of the catalog, to be dragged onto the canvas or added by a double click or Enter.
//!
//! Favourites and what was used lately come first. Does not know what adding a node does to a text.

use egui::{
    Align2, CursorIcon, FontId, Key, LayerId, Order, RichText, ScrollArea, Sense, TextEdit, Ui, WidgetInfo,
    WidgetType, pos2, vec2,
};

use crate::check::{PropertyInfo, TypeInfo};
use crate::gui::board::Board;
use crate::gui::icons;
use crate::gui::theme::{strong, tokens};
use crate::gui::view::{TypeName, View, Wish};
use crate::scene::Family;

const ROW: f32 = 26.0;

/// The types with their filter.
pub fn types_ui(ui: &mut Ui, board: &Board, view: &mut View) {
    let field = TextEdit::singleline(&mut view.types).hint_text("filter").desired_width(f32::INFINITY);
    let field = ui.add(field);
    field.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, "Filter the types"));
    if std::mem::take(&mut view.focus_types) {
        field.request_focus();
    }
    ui.add_space(2.0);
    let wanted = view.types.trim().to_lowercase();
    let fits = |info: &&TypeInfo| {
        let described =
            || info.description.as_ref().is_some_and(|text| text.to_lowercase().contains(&wanted));
        wanted.is_empty() || info.name.to_lowercase().contains(&wanted) || described()
    };
    let named = |names: &[String]| -> Vec<&TypeInfo> {
        names.iter().filter_map(|name| board.library.nodes.get(name)).filter(fits).collect()
    };
    let mut groups: Vec<(&str, Vec<&TypeInfo>)> =
        vec![("★ Favourites", named(&view.favourites)), ("Used lately", named(&view.recent))];
    let own = |info: &&TypeInfo| info.import.is_none() && !info.file.starts_with("built-in:");
    let all = || board.library.nodes.values().filter(fits);
    groups.push(("Of this project", all().filter(own).collect()));
    for family in Family::ALL {
        let of = all().filter(|info| !own(info) && Family::of_hierarchy(&info.hierarchy) == family);
        groups.push((title(family), of.collect()));
    }
    ScrollArea::vertical().auto_shrink(false).id_salt("types").show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (title, list) in groups.iter().filter(|(_, list)| !list.is_empty()) {
            ui.add_space(8.0);
            ui.label(strong(*title, 11.5).color(tokens(ui.ctx()).weak));
            for info in list {
                // Several plugins, and several versions of one, have types of the same short name.
                let shared = list.iter().filter(|other| other.short() == info.short()).count() > 1;
                row_ui(ui, view, info, title, shared.then(|| origin(&info.name)));
            }
        }
        if groups.iter().all(|(_, list)| list.is_empty()) {
            ui.weak("No type matches.");
        }
    });
}

fn title(family: Family) -> &'static str {
    match family {
        Family::Host => "Hosts and software",
        Family::Network => "Networks",
        Family::Proxy => "Between deployments",
        Family::Other => "Basic",
        family => family.name(),
    }
}

/// What stands before the short name: `kubernetes.resources` of `cloudify.kubernetes.resources.Pod`.
fn origin(name: &str) -> &str {
    let before = name.rsplit_once('.').map_or("", |(before, _)| before);
    before.strip_prefix("cloudify.").unwrap_or(before)
}

/// A type; `origin` tells it from others of the same short name.
fn row_ui(ui: &mut Ui, view: &mut View, info: &TypeInfo, group: &str, origin: Option<&str>) {
    let tokens = tokens(ui.ctx());
    let id = ui.make_persistent_id((group, &info.name));
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), ROW));
    let response = ui.interact(rect, id, Sense::click_and_drag());
    let family = Family::of_hierarchy(&info.hierarchy);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, format!("type {}", info.name)));
    let spoken = info.description.clone().unwrap_or_else(|| family.name().to_owned());
    ui.ctx().accesskit_node_builder(response.id, |built| built.set_description(spoken));
    response.dnd_set_drag_payload(TypeName(info.name.clone()));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, 4, tokens.card);
    }
    let paint = |painter: &egui::Painter, corner: egui::Pos2, width: f32| {
        let middle = corner + vec2(0.0, ROW / 2.0);
        icons::family(painter, middle + vec2(14.0, 0.0), 15.0, family, tokens.family(family));
        let mut job = egui::text::LayoutJob::simple_singleline(
            info.short().to_owned(),
            FontId::proportional(12.5),
            tokens.text,
        );
        job.wrap = egui::text::TextWrapping::truncate_at_width(width - 50.0);
        let galley = painter.layout_job(job);
        let at = Align2::LEFT_CENTER.anchor_size(middle + vec2(30.0, 0.0), galley.size()).min;
        let (end, room) = (at.x + galley.size().x + 7.0, corner.x + width - 24.0);
        painter.galley(at, galley, tokens.text);
        if let Some(origin) = origin.filter(|_| room - end > 24.0) {
            let font = FontId::proportional(10.5);
            let mut job = egui::text::LayoutJob::simple_singleline(origin.to_owned(), font, tokens.weak);
            job.wrap = egui::text::TextWrapping::truncate_at_width(room - end);
            let galley = painter.layout_job(job);
            let at = Align2::LEFT_CENTER.anchor_size(pos2(end, middle.y + 0.5), galley.size()).min;
            painter.galley(at, galley, tokens.weak);
        }
    };
    paint(ui.painter(), rect.min, rect.width());
    if response.dragged()
        && let Some(pointer) = ui.ctx().pointer_interact_pos()
    {
        ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
        let layer = LayerId::new(Order::Tooltip, id.with("ghost"));
        let painter = ui.ctx().layer_painter(layer);
        let ghost = egui::Rect::from_min_size(pointer + vec2(8.0, 8.0), vec2(180.0, ROW + 6.0));
        painter.rect(ghost, 6, tokens.card, egui::Stroke::new(1.0, tokens.accent), egui::StrokeKind::Inside);
        paint(&painter, ghost.min + vec2(2.0, 3.0), ghost.width());
    }
    if response.double_clicked() || response.has_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
        view.wish(Wish::AddNode { kind: info.name.clone(), place: None });
    }
    let star = egui::Rect::from_center_size(pos2(rect.right() - 12.0, rect.center().y), vec2(20.0, 20.0));
    let marked = view.favourites.contains(&info.name);
    let star_response = ui.interact(star, id.with("star"), Sense::click());
    let spoken = format!("favourite {}", info.name);
    star_response.widget_info(|| WidgetInfo::selected(WidgetType::Checkbox, true, marked, &spoken));
    if marked || response.hovered() || star_response.hovered() {
        let (glyph, color) = if marked { ("★", tokens.accent) } else { ("☆", tokens.weak) };
        ui.painter().text(star.center(), Align2::CENTER_CENTER, glyph, FontId::proportional(13.0), color);
    }
    if star_response.clicked() {
        match view.favourites.iter().position(|known| *known == info.name) {
            Some(at) => drop(view.favourites.remove(at)),
            None => view.favourites.push(info.name.clone()),
        }
    }
    response.on_hover_ui(|ui| documentation_ui(ui, info));
}

/// What a type is: description, ancestors, properties.
fn documentation_ui(ui: &mut Ui, info: &TypeInfo) {
    let tokens = tokens(ui.ctx());
    ui.set_max_width(380.0);
    ui.strong(&info.name);
    if let Some(text) = &info.description {
        ui.label(text);
    }
    if let [.., parent, _] = info.hierarchy.as_slice() {
        ui.label(RichText::new(format!("a {parent}")).color(tokens.weak).size(11.5));
    }
    for (name, property) in info.properties.iter().take(14) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            ui.label(RichText::new(name).monospace().size(11.5));
            ui.label(RichText::new(summary(property)).color(tokens.weak).size(11.5));
        });
    }
    if info.properties.len() > 14 {
        ui.weak(format!("and {} more", info.properties.len() - 14));
    }
    let from = info.import.as_ref().map_or_else(
        || format!("from {}", info.file),
        |import| format!("comes with `{import}`, which is imported when it is used"),
    );
    ui.label(RichText::new(from).color(tokens.weak).size(11.0));
}

/// A property in one line: kind, default, what it is for.
pub fn summary(property: &PropertyInfo) -> String {
    let mut parts = Vec::new();
    if property.required {
        parts.push("required".to_owned());
    }
    parts.extend(property.kind.clone());
    let given = property.default.as_ref().filter(|value| !value.is_null() && value.as_str() != Some(""));
    parts.extend(given.map(|value| {
        let text = value.to_string();
        let short: String = text.chars().take(40).collect();
        format!("default {short}{}", if short.len() < text.len() { "…" } else { "" })
    }));
    parts.extend(property.description.clone());
    parts.join(" · ")
}
