//! Lanes of the project: renamed, deployed, undeployed, taken out. What a lane says is left alone.

use super::app::App;
use super::ask::{Ask, Named, Naming};
use crate::edit::Edit;
use crate::plan::Goal;

impl App {
    /// The lane that is picked: it is shown, and nothing in it is selected.
    pub(super) fn picked_lane(&self) -> Option<usize> {
        let view = &self.view;
        let alone = view.selection.is_empty() && view.line.is_none() && view.group.is_none();
        view.lane.filter(|lane| alone && *lane < self.board.lanes.len())
    }

    /// Asks for another name of the picked lane, on its title.
    pub(super) fn ask_lane_name(&mut self) {
        let Some(number) = self.picked_lane() else { return };
        let (Some(lane), Some(drawn)) = (self.lane_name(number), self.board.scene.lanes.get(number)) else {
            return;
        };
        let place = self.view.camera.to_screen(self.view.canvas_corner, drawn.frame.corner());
        let title = format!("New name of {lane}");
        self.view.ask = Some(Ask::Name(Naming::new(title, place, lane.clone(), Named::Lane(lane))));
    }

    /// Takes the picked lane out of the project. What is deployed of it could be undeployed by nobody then: that is refused.
    pub(super) fn remove_lane(&mut self) {
        let Some(number) = self.picked_lane() else { return };
        let Some(shown) = self.board.lanes.get(number) else { return };
        let lane = shown.lane.name.clone();
        if shown.state.exists() || shown.state.status.is_running() {
            let hint = Some("undeploy it first".to_owned());
            return self.view.toast(true, format!("{lane} is deployed"), hint);
        }
        if self.edit(&Edit::RemoveLane { lane }) {
            (self.view.lane, self.view.file, self.view.fit) = (None, None, true);
        }
    }

    /// Deploys the picked lane alone.
    pub(super) fn deploy_lane(&mut self) {
        let Some(shown) = self.picked_lane().and_then(|number| self.board.lanes.get(number)) else { return };
        let name = shown.lane.name.clone();
        if let Some(whose) = shown.hindrance.clone() {
            let why = format!("{name} can't be deployed: {whose} has errors");
            return self.view.toast(true, why, Some("see Problems".to_owned()));
        }
        self.start(&[name], Goal::Deploy);
    }

    /// Asks whether what is deployed of the picked lane goes.
    pub(super) fn undeploy_lane(&mut self) {
        let Some(number) = self.picked_lane() else { return };
        let Some(shown) = self.board.lanes.get(number) else { return };
        if !shown.state.is_there() {
            let why = format!("Nothing of {} is deployed", shown.lane.name);
            return self.view.toast(false, why, None);
        }
        self.ask_undeploy(number);
    }
}
