//! The tabs below the canvas, which can be dragged beside each other.

use egui::{Ui, WidgetText, vec2};
use egui_tiles::{
    Behavior, Container, SimplificationOptions, TabState, Tile, TileId, Tiles, Tree, UiResponse,
};

use super::changes::{Changes, changes_ui};
use super::map::{Map, map_ui};
use super::tabs;
use super::yaml::{TextPane, Texts, yaml_ui};
use super::{events::events_ui, outputs::outputs_ui, plan::plan_ui, problems::problems_ui};
use crate::engine::Event;
use crate::gui::board::Board;
use crate::gui::theme::{semibold, tokens};
use crate::gui::view::{Tab, View};
use crate::session::Session;

/// The tabs and how they are arranged.
pub struct Tabs {
    tree: Tree<Tab>,
    map: Map,
    changes: Changes,
    /// The editor of texts.
    pub text: TextPane,
}

impl Default for Tabs {
    /// The text at the left, what happens at the right.
    fn default() -> Self {
        let mut tiles = Tiles::default();
        let mut tabs = |list: &[Tab]| {
            let panes = list.iter().map(|tab| tiles.insert_pane(*tab)).collect();
            tiles.insert_tab_tile(panes)
        };
        let left = tabs(&[Tab::Yaml, Tab::Problems]);
        let right = tabs(&[Tab::Plan, Tab::Events, Tab::Outputs, Tab::Map, Tab::Changes]);
        let mut linear = egui_tiles::Linear::new(egui_tiles::LinearDir::Horizontal, vec![left, right]);
        linear.shares.set_share(left, 0.42);
        linear.shares.set_share(right, 0.58);
        let root = tiles.insert_new(Tile::Container(Container::Linear(linear)));
        Self {
            tree: Tree::new("bottom", root, tiles),
            map: Map::default(),
            changes: Changes::default(),
            text: TextPane::default(),
        }
    }
}

impl Tabs {
    /// Brings a tab to the front.
    pub fn open(&mut self, tab: Tab) {
        self.tree.make_active(|_, tile| matches!(tile, Tile::Pane(pane) if *pane == tab));
    }
}

struct Panes<'a> {
    board: &'a Board,
    view: &'a mut View,
    events: &'a [Event],
    map: &'a mut Map,
    changes: &'a mut Changes,
    session: Option<&'a Session>,
    text: &'a mut TextPane,
    texts: Option<&'a Texts<'a>>,
}

impl Behavior<Tab> for Panes<'_> {
    fn pane_ui(&mut self, ui: &mut Ui, _: TileId, tab: &mut Tab) -> UiResponse {
        egui::Frame::new().inner_margin(egui::Margin::symmetric(8, 4)).show(ui, |ui| match tab {
            Tab::Yaml => yaml_ui(ui, self.text, self.board, self.view, self.texts),
            Tab::Problems => problems_ui(ui, self.board, self.view),
            Tab::Plan => plan_ui(ui, self.board, self.view),
            Tab::Events => events_ui(ui, self.board, self.view, self.events),
            Tab::Outputs => outputs_ui(ui, self.board, self.view),
            Tab::Map => map_ui(ui, self.map, self.board, self.view),
            Tab::Changes => {
                if let Some(session) = self.session {
                    changes_ui(ui, self.changes, self.view, session);
                }
            }
        });
        UiResponse::None
    }

    fn tab_title_for_pane(&mut self, tab: &Tab) -> WidgetText {
        match tab {
            Tab::Yaml => "YAML".into(),
            Tab::Problems if self.board.problems.is_empty() => "Problems".into(),
            Tab::Problems => format!("Problems {}", self.board.problems.len()).into(),
            Tab::Plan => "Plan".into(),
            Tab::Events => "Events".into(),
            Tab::Outputs => "Outputs".into(),
            Tab::Map => "Map".into(),
            Tab::Changes => "Changes".into(),
        }
    }

    fn tab_ui(
        &mut self,
        tiles: &mut Tiles<Tab>,
        ui: &mut Ui,
        id: egui::Id,
        tile: TileId,
        state: &TabState,
    ) -> egui::Response {
        let tokens = tokens(ui.ctx());
        let title = self.tab_title_for_tile(tiles, tile).text().to_owned();
        let galley = ui.painter().layout_no_wrap(title.clone(), semibold(12.5), tokens.text);
        let (_, rect) = ui.allocate_space(vec2(galley.size().x + 20.0, ui.available_height()));
        let response = ui.interact(rect, id, egui::Sense::click_and_drag());
        response.widget_info(|| {
            egui::WidgetInfo::selected(egui::WidgetType::Button, ui.is_enabled(), state.active, &title)
        });
        if ui.is_rect_visible(rect) && !state.is_being_dragged {
            let ink = tabs::ink(tokens, state.active, response.hovered() || response.has_focus());
            let font = if state.active { semibold(12.5) } else { egui::FontId::proportional(12.5) };
            ui.painter().text(rect.center(), egui::Align2::CENTER_CENTER, &title, font, ink);
            if state.active {
                tabs::underline(ui, rect.shrink2(vec2(8.0, 0.0)));
            }
        }
        self.on_tab_button(tiles, tile, response)
    }

    fn tab_bar_height(&self, _: &egui::Style) -> f32 {
        30.0
    }

    fn tab_bar_hline_stroke(&self, visuals: &egui::Visuals) -> egui::Stroke {
        visuals.widgets.noninteractive.bg_stroke
    }

    fn simplification_options(&self) -> SimplificationOptions {
        SimplificationOptions { all_panes_must_have_tabs: true, ..SimplificationOptions::default() }
    }

    fn tab_bar_color(&self, visuals: &egui::Visuals) -> egui::Color32 {
        visuals.panel_fill
    }
}

/// The tabs in what is left of `ui`.
pub fn bottom_ui(
    ui: &mut Ui,
    tabs: &mut Tabs,
    board: &Board,
    view: &mut View,
    session: Option<&Session>,
    texts: Option<&Texts<'_>>,
) {
    let line = tokens(ui.ctx()).border;
    ui.painter().hline(ui.max_rect().x_range(), ui.max_rect().top(), egui::Stroke::new(1.0, line));
    let events = session.map(Session::recent_events).unwrap_or_default();
    let panes = &mut Panes {
        board,
        view,
        events,
        map: &mut tabs.map,
        changes: &mut tabs.changes,
        session,
        text: &mut tabs.text,
        texts,
    };
    tabs.tree.ui(panes, ui);
}
