//! The cheat sheet: every command with its keys, group by group, searchable; then what the pointer can do.

use egui::{Context, Grid, RichText, ScrollArea, TextEdit, WidgetInfo, WidgetType};

use super::modal;
use crate::gui::command::{Command, Group};
use crate::gui::theme::tokens;
use crate::gui::view::View;

/// What the pointer does; there is no command for it.
const GESTURES: &[(&str, &str)] = &[
    ("Pan", "wheel · middle drag · right drag · Space and drag"),
    ("Zoom at the pointer", "Ctrl and wheel · pinch"),
    ("Select several", "drag over them · Shift and click"),
    ("Move", "drag a node or a lane's title · Shift keeps one direction · Alt without guides"),
    ("Leave outside", "hold O while dragging over a frame"),
    ("Copy", "Ctrl and drag"),
    ("Connect", "drag from the dot of a node"),
    ("Connect otherwise", "drag an end of the picked line"),
    ("Bend", "drag a line · double click takes the bend out"),
    ("Go inside", "double click on a frame · Escape goes out"),
    ("Rename", "double click on a name"),
    ("Add a node", "double click on the canvas · Tab"),
];

/// The sheet, when it is open.
pub fn cheat_sheet_ui(ctx: &Context, view: &mut View) {
    if !view.cheat_sheet {
        return;
    }
    let weak = tokens(ctx).weak;
    let id = egui::Id::new("cheat sheet filter");
    let mut filter: String = ctx.data(|data| data.get_temp(id)).unwrap_or_default();
    let response = modal(ctx, "cheat sheet").show(ctx, |ui| {
        ui.set_width(560.0);
        ui.heading("Keyboard shortcuts");
        let field =
            ui.add(TextEdit::singleline(&mut filter).hint_text("Name or key").desired_width(f32::INFINITY));
        field.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, "Filter the shortcuts"));
        field.request_focus();
        let wanted = filter.trim().to_lowercase();
        let fits = |name: &str, keys: &str| {
            wanted.is_empty()
                || name.to_lowercase().contains(&wanted)
                || keys.to_lowercase().contains(&wanted)
        };
        ScrollArea::vertical().max_height(420.0).auto_shrink(false).show(ui, |ui| {
            for group in Group::ALL {
                let rows: Vec<(Command, String)> = Command::ALL
                    .iter()
                    .filter(|command| command.spec().group == group)
                    .map(|command| {
                        let keys = command.spec().shortcuts.iter().map(|keys| ctx.format_shortcut(keys));
                        (*command, keys.collect::<Vec<_>>().join("   "))
                    })
                    .filter(|(command, keys)| fits(command.spec().name, keys))
                    .collect();
                if rows.is_empty() {
                    continue;
                }
                ui.add_space(6.0);
                ui.label(RichText::new(group.title()).color(weak).size(11.5));
                Grid::new(group.title()).num_columns(2).spacing([28.0, 4.0]).min_col_width(230.0).show(
                    ui,
                    |ui| {
                        for (command, keys) in rows {
                            ui.label(command.spec().name).on_hover_text(command.spec().tooltip);
                            ui.monospace(keys);
                            ui.end_row();
                        }
                    },
                );
            }
            ui.add_space(6.0);
            ui.label(RichText::new("Pointer").color(weak).size(11.5));
            Grid::new("pointer").num_columns(2).spacing([28.0, 4.0]).min_col_width(230.0).show(ui, |ui| {
                for (what, how) in GESTURES.iter().filter(|(what, how)| fits(what, how)) {
                    ui.label(*what);
                    ui.label(*how);
                    ui.end_row();
                }
            });
        });
        ui.button("Close").clicked()
    });
    let closed = response.inner || response.should_close();
    ctx.data_mut(|data| data.insert_temp(id, if closed { String::new() } else { filter }));
    if closed {
        view.cheat_sheet = false;
    }
}
