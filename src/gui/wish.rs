//! [`Wish`]: what a person asked for with the pointer or in a form. Said while drawing, granted before the next frame.

use egui::Pos2;

use super::ask::Ask;
use super::bringing::ImportForm;
use super::canvas::{Landing, Line};
use super::command::Command;
use super::connecting::Attached;
use super::entering::Inside;
use super::rereading::Reading;
use super::rewiring::{End, Wire};
use super::sharing::Origin;
use super::view::{GroupKey, Leave, NodeKey};
use crate::edit::Edit;
use crate::model::Point;

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
    /// Draws again what was left behind, or forgets it.
    Recover(bool),
    /// Keeps what is drawn of a file that another program changed, or takes what is on disk.
    SettleClash(bool),
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
    /// Asks where a node reads a value from then on.
    MoveReading {
        /// Where it is read.
        reading: Reading,
        /// The node.
        to: NodeKey,
        /// Where it is asked.
        place: Pos2,
    },
    /// Has another value read.
    Reread {
        /// Where.
        readings: Vec<Reading>,
        /// The value.
        origin: Origin,
    },
    /// Asks which value of a node is read from then on.
    AskOtherOrigin {
        /// Where.
        readings: Vec<Reading>,
        /// The node.
        from: NodeKey,
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
    /// Mends a problem where it stands.
    Mend(Box<crate::diag::Fix>),
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
    /// Picks a group.
    PickGroup(GroupKey),
    /// Asks for another name of a group.
    RenameGroup(GroupKey),
    /// Has a group scaled as a whole.
    ScaleGroup(GroupKey),
    /// Takes a group away; its members stay.
    Ungroup(GroupKey),
    /// Nodes join a group and leave others.
    Regroup {
        /// Position of the lane.
        lane: usize,
        /// The group that they join.
        joins: Option<String>,
        /// Groups that they leave, as far as they are in them.
        leaves: Vec<String>,
        /// Names of the nodes.
        nodes: Vec<String>,
    },
    /// Gives a line its bends.
    Bend {
        /// Where it begins.
        from: NodeKey,
        /// Where it ends.
        to: NodeKey,
        /// The points that it passes, on the canvas.
        bends: Vec<Point>,
    },
    /// Makes copies of nodes where they were let go.
    CopyTo {
        /// Which nodes were dragged.
        dragged: Vec<NodeKey>,
        /// Where the copies of the outermost of them stand, relative to their lanes.
        places: Vec<(NodeKey, Point)>,
        /// How far they were dragged.
        by: Point,
    },
    /// Puts an end of a line to another node.
    Rewire {
        /// The line.
        wire: Wire,
        /// Which end.
        end: End,
        /// Where it goes.
        onto: NodeKey,
    },
    /// Folds a frame to a card, or opens it.
    Fold {
        /// Whose frame it is.
        key: NodeKey,
        /// Whether it is folded.
        folded: bool,
    },
    /// Goes into a container; out of all of them if none.
    Enter(Option<Inside>),
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
