//! [`View`]: how a person looks at the project: mode, selection, zoom, open panels. Nothing of it is in a file.

use egui::{Pos2, Vec2};

use super::ask::Ask;
use super::bringing::ImportForm;
pub use super::camera::Camera;
use super::canvas::{Bending, Drag, Hovered, Line, Pull};
use super::comparing::Compare;
use super::creating::NewForm;
use super::entering::{Inside, Looks};
use super::safety::LeftBehind;
pub use super::wish::Wish;
use crate::edit::Edit;
use crate::model::Point;
use crate::scene::Scene;

/// What is laid over the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Nothing: the blueprints as written.
    #[default]
    Design,
    /// The plan's waves.
    Plan,
    /// What exists.
    Live,
}

/// A tab of the bottom panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tab {
    /// The blueprint's text.
    #[default]
    Yaml,
    /// Diagnostics.
    Problems,
    /// The plan in waves.
    Plan,
    /// The journal.
    Events,
    /// Outputs of all lanes.
    Outputs,
    /// What depends on what, over all lanes.
    Map,
    /// What was changed, step by step.
    Changes,
}

/// What the panel at the left shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Left {
    /// Types to draw with.
    Palette,
    /// Lanes and nodes as a tree.
    #[default]
    Outline,
}

/// What is dragged from the palette of types: the full name of a node type. The payload of egui's drag and drop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeName(pub String);

/// How a project is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leave {
    /// The window closes.
    Close,
    /// It is read from disk again.
    Reload,
    /// Another one is opened.
    Open(std::path::PathBuf),
}

/// The list in which a command or node is found by its name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Finder {
    /// What was typed.
    pub text: String,
    /// Whether only nodes are listed, and the picture shows the chosen one.
    pub nodes_only: bool,
    /// Position of the chosen row.
    pub chosen: usize,
    /// Where the canvas looked before, to look there again if nothing is chosen.
    pub before: Option<(Camera, bool)>,
}

/// Finding text in the blueprints.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Finding {
    /// Whether the bar is shown.
    pub open: bool,
    /// What is looked for.
    pub text: String,
    /// Position of the place that is shown.
    pub at: usize,
    /// Give the field the keyboard in the next frame.
    pub focus: bool,
}

/// A section of the inspector.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Section {
    /// Properties as written and as evaluated.
    #[default]
    Properties,
    /// Relationships, both ways.
    Relationships,
    /// Mapped operations.
    Operations,
    /// Instances and runtime properties.
    Live,
}

/// A section of the inspector of a lane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LaneSection {
    /// How it does and where it is deployed.
    #[default]
    Deployment,
    /// What it is given.
    Inputs,
    /// What it tells others.
    Outputs,
    /// What others may read of it.
    Capabilities,
}

/// A node by lane position and name: survives a rebuilt picture.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeKey {
    /// Position of the lane.
    pub lane: usize,
    /// Name of the node template.
    pub name: String,
}

/// A group by lane position and name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GroupKey {
    /// Position of the lane.
    pub lane: usize,
    /// Its name.
    pub name: String,
}

/// A message that goes away by a click.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// What happened.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Whether it is bad news.
    pub bad: bool,
}

/// The view of a project.
#[derive(Debug, Default)]
pub struct View {
    /// What is laid over the picture.
    pub mode: Mode,
    /// Selected nodes.
    pub selection: Vec<NodeKey>,
    /// The line that is picked.
    pub line: Option<Line>,
    /// The group that is picked.
    pub group: Option<GroupKey>,
    /// The group whose tab is dragged.
    pub dragged_group: Option<GroupKey>,
    /// The lane whose text and state are shown.
    pub lane: Option<usize>,
    /// Where the canvas looks.
    pub camera: Camera,
    /// Where it is on its way to.
    pub flight: Option<super::flying::Flight>,
    /// Show everything, whatever the window's size, until a person looks elsewhere.
    pub fit: bool,
    /// Bring the selection into view in the next frame.
    pub show_selection: bool,
    /// The canvas' corner on the screen in the last frame.
    pub canvas_corner: Pos2,
    /// Size of the canvas in the last frame.
    pub canvas_size: Vec2,
    /// The open tab.
    pub tab: Tab,
    /// The open section of the inspector.
    pub section: Section,
    /// That of a lane.
    pub lane_section: LaneSection,
    /// What the inspector's forms remember.
    pub forms: super::panels::Forms,
    /// Panels that are closed.
    pub no_outline: bool,
    /// As above.
    pub no_inspector: bool,
    /// As above.
    pub no_bottom: bool,
    /// Filter of the outline.
    pub filter: String,
    /// What the panel at the left shows.
    pub left: Left,
    /// Filter of the palette of types.
    pub types: String,
    /// Give that filter the keyboard in the next frame.
    pub focus_types: bool,
    /// The command palette or the list of nodes, when one is open.
    pub finder: Option<Finder>,
    /// Finding text.
    pub find: Finding,
    /// Types that a person marked.
    pub favourites: Vec<String>,
    /// Types used lately, the last one first.
    pub recent: Vec<String>,
    /// Whether the cheat sheet is open.
    pub cheat_sheet: bool,
    /// A small question, if one is asked.
    pub ask: Option<Ask>,
    /// The form for a new project or lane, if it is open.
    pub creation: Option<NewForm>,
    /// What is about to be brought in, if something is.
    pub import: Option<ImportForm>,
    /// What an earlier window left behind, until it is answered.
    pub left_behind: Option<LeftBehind>,
    /// The file that another program changed in the same lines, until it is answered.
    pub clash: Option<String>,
    /// Projects that were opened lately.
    pub projects: Vec<std::path::PathBuf>,
    /// Nodes that were just added or renamed and are selected when they are there.
    pub awaited: Vec<NodeKey>,
    /// Why the project is to be left while something is not saved: asked about.
    pub leave: Option<Leave>,
    /// The lane whose undeployment is asked about.
    pub undeploy: Option<usize>,
    /// The file that is shown as text, relative to the project folder; the blueprint of the lane if none.
    pub file: Option<String>,
    /// Line to scroll the text to, once.
    pub scroll_to: Option<u32>,
    /// Position in the list of problems of the one shown last.
    pub problem: Option<usize>,
    /// Messages.
    pub toasts: Vec<Toast>,
    /// A rubber band, in canvas points: where it began.
    pub band: Option<Point>,
    /// A line that is being bent.
    pub bending: Option<Bending>,
    /// A drag of nodes.
    pub drag: Option<Drag>,
    /// The node of the canvas that had the keyboard in the last frame.
    pub focused: Option<NodeKey>,
    /// The container that one has gone into.
    pub inside: Option<Inside>,
    /// Where one looked before.
    pub looks: Looks,
    /// Whether the picture shows what differs from what is deployed.
    pub compare: Compare,
    /// Whether nodes come to rest anywhere, not at guides and grid.
    pub free: bool,
    /// Whether the grid is not drawn.
    pub no_grid: bool,
    /// The picture before things were put elsewhere: they glide from there in the next frame.
    pub begin_glide: Option<Scene>,
    /// What that drag would come to where it was last.
    pub hovered: Option<Hovered>,
    /// As above, for a lane.
    pub drag_lane: Option<(usize, Vec2)>,
    /// A line that is pulled.
    pub pull: Option<Pull>,
    /// The node whose handle for lines is shown.
    pub handle: Option<NodeKey>,
    /// What was asked for in this frame.
    pub wishes: Vec<Wish>,
}

impl View {
    /// Whether `lane`'s node `name` is selected.
    pub fn is_selected(&self, lane: usize, name: &str) -> bool {
        self.selection.iter().any(|key| key.lane == lane && key.name == name)
    }

    /// Whether something stands over the window that wants the keyboard for itself.
    pub fn asks(&self) -> bool {
        self.finder.is_some()
            || self.ask.is_some()
            || self.creation.is_some()
            || self.import.is_some()
            || self.left_behind.is_some()
            || self.clash.is_some()
            || self.cheat_sheet
            || self.undeploy.is_some()
            || self.leave.is_some()
    }

    /// Asks for a change of the blueprints.
    pub fn change(&mut self, edit: Edit) {
        self.wish(Wish::Edit(Box::new(edit)));
    }

    /// Queues a wish.
    pub fn wish(&mut self, wish: Wish) {
        self.wishes.push(wish);
    }

    /// Tells something.
    pub fn toast(&mut self, bad: bool, message: impl Into<String>, hint: Option<String>) {
        let toast = Toast { message: message.into(), hint, bad };
        self.toasts.retain(|known| *known != toast);
        self.toasts.push(toast);
        let surplus = self.toasts.len().saturating_sub(4);
        self.toasts.drain(..surplus);
    }
}
