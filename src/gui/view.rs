//! [`View`]: how a person looks at the project: mode, selection, zoom, open panels. Nothing of it is in a file.

use egui::{Pos2, Vec2};

use super::ask::Ask;
use super::bringing::ImportForm;
pub use super::camera::Camera;
use super::canvas::{Hovered, Landing, Line, Pull};
use super::command::Command;
use super::connecting::Attached;
use super::creating::NewForm;
use super::sharing::Origin;
use crate::edit::Edit;
use crate::model::Point;

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

/// What a person asked for while the window was drawn; done afterwards, all in one place.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    /// A command.
    Run(Command),
    /// A finished gesture.
    Edit(Box<Edit>),
    /// Asks for a new project, beginning with a template.
    New(Option<String>),
    /// Makes what the form for a new project or lane says.
    Create,
    /// Asks for the folder around a new project.
    PickAround,
    /// Opens another project.
    OpenPath(std::path::PathBuf),
    /// Brings something in.
    Import(Box<ImportForm>),
    /// Asks which type of node to add at a place of the screen.
    AskType(Pos2),
    /// Connects two nodes; asks at a place of the screen which relationship it is if several make sense.
    Connect {
        /// The node that gets the relationship.
        from: NodeKey,
        /// The node it points to.
        to: NodeKey,
        /// Where it is asked.
        place: Pos2,
    },
    /// Asks for a type of node to add and to connect to one that is there.
    AskAttached {
        /// The node that is there.
        from: NodeKey,
        /// Where, on the screen; beside the node if none.
        place: Option<Pos2>,
    },
    /// Adds a node with its line.
    Attach(Box<Attached>),
    /// Picks a line.
    Pick(Line),
    /// Asks where a node reads a value of another lane.
    Share {
        /// The value.
        origin: Origin,
        /// The node.
        to: NodeKey,
        /// Where it is asked.
        place: Pos2,
    },
    /// Asks who reads an output.
    AskReader {
        /// Position of its lane.
        lane: usize,
        /// Output and keys in it.
        path: Vec<String>,
        /// Where it is asked.
        place: Pos2,
    },
    /// Asks which value of another lane is read somewhere.
    AskSource {
        /// Lane and place that read it.
        to: Origin,
        /// Where it is asked.
        place: Pos2,
    },
    /// Asks something.
    Ask(Box<Ask>),
    /// Asks for another name of a node.
    Rename(NodeKey),
    /// Selects nodes; the old selection stays if `add`.
    Select {
        /// Which.
        nodes: Vec<NodeKey>,
        /// Whether to add (or take away what is selected already).
        add: bool,
        /// Whether to bring them into view.
        show: bool,
    },
    /// Looks into a node that runs, or puts it right.
    Node {
        /// Which.
        key: NodeKey,
        /// What is asked of it.
        deed: super::panels::NodeDeed,
    },
    /// Undoes or redoes until so many steps are done.
    Walk(usize),
    /// Goes that many found places on.
    Find(isize),
    /// Selects the node in whose lines the caret stands; the text stays where it is.
    SelectByText(NodeKey),
    /// Shows a file of the project in the editor of texts, by its path relative to the project folder.
    ShowFile(String),
    /// Shows a file that a node of a lane names in the editor of texts.
    OpenFile {
        /// Position of the lane.
        lane: usize,
        /// Relative to the lane's folder, as the blueprint names it.
        file: String,
    },
    /// Shows a line of a file of the project, or of the types that come with the program, and puts the caret there.
    ShowPlace {
        /// The file.
        file: String,
        /// From 1.
        line: u32,
    },
    /// The text in the editor is another.
    Typed {
        /// Whether that is a step of its own.
        apart: bool,
        /// What the step is called, if it is not typing.
        label: Option<String>,
    },
    /// Selects a lane.
    SelectLane(usize),
    /// Shows a line of a lane's text.
    ShowLine {
        /// Position of the lane.
        lane: usize,
        /// From 1.
        line: u32,
    },
    /// Nodes were dragged and let go.
    Land {
        /// What was dragged.
        moved: Vec<NodeKey>,
        /// Where each goes, relative to its lane; also what lies in them.
        nodes: Vec<(NodeKey, Point)>,
        /// What that comes to.
        landing: Landing,
    },
    /// Moves a lane.
    MoveLane {
        /// Position of the lane.
        lane: usize,
        /// Its new origin.
        to: Point,
    },
    /// Adds a node.
    AddNode {
        /// Full name of its type.
        kind: String,
        /// Position of the lane, and where it stands in it; in the lane that is shown, placed automatically, if none.
        place: Option<(usize, Point)>,
    },
    /// Changes the blueprints as it was typed in a field, which tells a refusal.
    Fill {
        /// How.
        edit: Box<Edit>,
        /// The field.
        field: String,
    },
    /// Saves, then leaves the project.
    SaveAndLeave(Leave),
    /// Leaves the project without saving.
    Abandon(Leave),
    /// Deploys one lane.
    DeployLane(usize),
    /// Asks before undeploying a lane.
    AskUndeploy(usize),
    /// Undeploys a lane.
    Undeploy(usize),
    /// Chooses a target for a lane, until the project is closed.
    Retarget {
        /// Position of the lane.
        lane: usize,
        /// For which of its platforms.
        platform: crate::model::Platform,
        /// As written in `gantry.yaml`.
        target: String,
    },
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
    /// The lane whose text and state are shown.
    pub lane: Option<usize>,
    /// Where the canvas looks.
    pub camera: Camera,
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
    /// A drag: what moves, and how far it was pulled.
    pub drag: Option<(Vec<NodeKey>, Vec2)>,
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
