//! What is shown while no project is open: where one comes from.

use egui::{Button, RichText, ScrollArea, Ui, WidgetInfo, WidgetType, vec2};

use crate::gui::command::Command;
use crate::gui::theme::tokens;
use crate::gui::view::{View, Wish};
use crate::session::templates;

/// Templates that are offered at once.
const OFFERED: [&str; 4] = ["hybrid-vnf", "kubernetes-service", "swarm-service", "empty"];

/// New, open, recent projects, and what can be dropped.
pub fn empty_ui(ui: &mut Ui, view: &mut View, why: Option<&str>) {
    let tokens = tokens(ui.ctx());
    ScrollArea::vertical().show(ui, |ui| {
        ui.vertical_centered(|ui| {
            ui.add_space((ui.ctx().content_rect().height() * 0.12).max(12.0));
            let title = "Design and deploy across Kubernetes, Docker Swarm and plain hosts";
            ui.label(RichText::new(title).size(20.0));
            ui.add_space(6.0);
            match why {
                Some(why) => ui.add(egui::Label::new(RichText::new(why).color(tokens.text)).wrap()),
                None => ui.label(RichText::new("No project is open.").color(tokens.weak)),
            };
            ui.add_space(16.0);
            let new = Button::new(RichText::new(Command::New.spec().name).color(tokens.on_accent)).fill(tokens.accent);
            if ui.add(new.min_size(vec2(220.0, 34.0))).clicked() {
                view.wish(Wish::Run(Command::New));
            }
            ui.add_space(6.0);
            let open = Button::new(Command::Open.spec().name);
            if ui.add(open.min_size(vec2(220.0, 34.0))).clicked() {
                view.wish(Wish::Run(Command::Open));
            }
            ui.add_space(18.0);
            ui.label(RichText::new("Begin with").strong());
            for template in templates::all().iter().filter(|template| OFFERED.contains(&template.name)) {
                let response = ui.add(Button::new(&template.title).min_size(vec2(220.0, 26.0)).frame(false));
                response.widget_info(|| {
                    WidgetInfo::labeled(WidgetType::Button, true, format!("begin with {}", template.title))
                });
                if response.on_hover_text(&template.description).clicked() {
                    view.wish(Wish::New(Some(template.name.to_owned())));
                }
            }
            if !view.projects.is_empty() {
                ui.add_space(14.0);
                ui.label(RichText::new("Recent projects").strong());
                for path in view.projects.clone() {
                    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
                    let response = ui.add(Button::new(&name).min_size(vec2(220.0, 26.0)).frame(false));
                    response.widget_info(|| {
                        WidgetInfo::labeled(WidgetType::Button, true, format!("recent project {name}"))
                    });
                    if response.on_hover_text(path.display().to_string()).clicked() {
                        view.wish(Wish::OpenPath(path));
                    }
                }
            }
            ui.add_space(18.0);
            let text = "Or drop something here: a project folder, a blueprint archive (zip, CSAR, tar.gz), a compose file, a \
                        Kubernetes manifest. A `docker run` line or YAML can be pasted.";
            ui.add(egui::Label::new(RichText::new(text).color(tokens.weak)).wrap());
        });
    });
}
