//! The registry of [`Command`]s: name, tooltip, shortcuts and when each can be used.
//!
//! Menu, buttons, tooltips, shortcuts, command palette and cheat sheet are all made from it. What a command does is in
//! [`super::App`].

use egui::{Key, KeyboardShortcut, Modifiers};

/// What a command looks like.
pub struct Spec {
    /// Name, as in the menu.
    pub name: &'static str,
    /// What it does, in one sentence.
    pub tooltip: &'static str,
    /// Where it stands in menu and cheat sheet.
    pub group: Group,
    /// Keys; the first is shown.
    pub shortcuts: &'static [KeyboardShortcut],
}

/// Commands that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Group {
    /// The project and its files.
    File,
    /// Changing the blueprints.
    Edit,
    /// What is selected, and finding it.
    Find,
    /// How the picture is looked at.
    View,
    /// Panels and tabs.
    Panels,
    /// What changes the world.
    Run,
    /// The window itself.
    Window,
}

impl Group {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 7] =
        [Self::File, Self::Edit, Self::Find, Self::View, Self::Panels, Self::Run, Self::Window];

    /// Heading in menu and cheat sheet.
    pub fn title(self) -> &'static str {
        match self {
            Self::File => "Project",
            Self::Edit => "Edit",
            Self::Find => "Select and find",
            Self::View => "View",
            Self::Panels => "Panels",
            Self::Run => "Deploy",
            Self::Window => "Window",
        }
    }
}

/// What the registry must know to say whether a command can be used.
#[derive(Clone, Copy, Debug, Default)]
pub struct Situation {
    /// A project is open.
    pub project: bool,
    /// Its blueprints have errors.
    pub errors: bool,
    /// Something is being deployed or undeployed.
    pub running: bool,
    /// There is an edit to take back.
    pub undo: bool,
    /// There is an edit to do again.
    pub redo: bool,
    /// Something is selected.
    pub selection: bool,
    /// A line is picked.
    pub line: bool,
    /// A group is picked.
    pub group: bool,
    /// A lane is picked, and no node, line or group.
    pub lane: bool,
}

const fn keys(modifiers: Modifiers, key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(modifiers, key)
}

const CTRL: Modifiers = Modifiers::COMMAND;
const SHIFT: Modifiers = Modifiers::SHIFT;
const NONE: Modifiers = Modifiers::NONE;
const CTRL_SHIFT: Modifiers =
    Modifiers { alt: false, ctrl: false, shift: true, mac_cmd: false, command: true };
const CTRL_ALT: Modifiers = Modifiers { alt: true, ctrl: false, shift: false, mac_cmd: false, command: true };
const ALT_SHIFT: Modifiers =
    Modifiers { alt: true, ctrl: false, shift: true, mac_cmd: false, command: false };
const ALT: Modifiers = Modifiers::ALT;

/// Makes the registry from one line for each command: group, name, tooltip, keys.
macro_rules! commands {
    ($($command:ident($group:ident, $name:literal, $tooltip:literal, [$($keys:expr),*]);)*) => {
        /// What a person can ask the window to do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Command {
            $(#[doc = $tooltip] $command,)*
        }

        impl Command {
            /// All of them, in the order of the menu.
            pub const ALL: &'static [Self] = &[$(Self::$command),*];

            /// Its entry in the registry.
            pub fn spec(self) -> Spec {
                match self {
                    $(Self::$command => Spec {
                        name: $name,
                        tooltip: $tooltip,
                        group: Group::$group,
                        shortcuts: const { &[$($keys),*] },
                    },)*
                }
            }
        }
    };
}

commands! {
    New(File, "New project…", "Makes a project from a template", [keys(CTRL, Key::N)]);
    NewLane(File, "New lane…", "Adds a lane from a template", [keys(CTRL_SHIFT, Key::N)]);
    RemoveLane(File, "Remove lane", "Takes the selected lane out of the project; its files stay", []);
    Open(File, "Open project…", "Opens a project folder", [keys(CTRL, Key::O)]);
    Picture(File, "Export picture…",
        "Writes the whole picture as SVG, PNG or DOT; an SVG can be opened again", [keys(CTRL_SHIFT, Key::E)]);
    Reload(File, "Reload", "Reads the project from disk again", [keys(NONE, Key::F5)]);
    Save(File, "Save", "Writes what was drawn into the blueprints", [keys(CTRL, Key::S)]);
    SaveAs(File, "Save as…", "Writes a copy of the project into an empty folder and goes on there",
        [keys(CTRL_SHIFT, Key::S)]);
    Import(File, "Import…",
        "Brings in a compose file, a Kubernetes manifest, an archive or a blueprint; it can be dropped or pasted, too",
        [keys(CTRL, Key::I)]);
    Export(File, "Export blueprints…",
        "Writes the blueprints with their resources, as folders and archives, to an empty folder",
        [keys(CTRL, Key::E)]);
    Undo(Edit, "Undo", "Takes back the last edit", [keys(CTRL, Key::Z)]);
    Redo(Edit, "Redo", "Does the edit again", [keys(CTRL_SHIFT, Key::Z), keys(CTRL, Key::Y)]);
    Cut(Edit, "Cut", "Copies the selected nodes, then removes them", [keys(CTRL, Key::X)]);
    Copy(Edit, "Copy", "Puts the selected nodes on the clipboard, as YAML", [keys(CTRL, Key::C)]);
    Paste(Edit, "Paste", "Makes nodes of the YAML on the clipboard", [keys(CTRL, Key::V)]);
    Duplicate(Edit, "Duplicate", "Copies the selected nodes with the links between them", [keys(CTRL, Key::D)]);
    CloneLeft(Edit, "Copy and connect left", "Puts a copy of the selected node at its left, with a line to it",
        [keys(CTRL, Key::ArrowLeft)]);
    CloneRight(Edit, "Copy and connect right", "Puts a copy of the selected node at its right, with a line to it",
        [keys(CTRL, Key::ArrowRight)]);
    CloneUp(Edit, "Copy and connect above", "Puts a copy of the selected node above it, with a line to it",
        [keys(CTRL, Key::ArrowUp)]);
    CloneDown(Edit, "Copy and connect below", "Puts a copy of the selected node below it, with a line to it",
        [keys(CTRL, Key::ArrowDown)]);
    Add(Edit, "Add node…", "Asks for a type and adds a node; Tab does it at the pointer", [keys(NONE, Key::Insert)]);
    Connect(Edit, "Connect…", "Asks for a node and connects the selected one to it", [keys(NONE, Key::C)]);
    Rename(Edit, "Rename…", "Gives the selected node, group or lane another name, everywhere", [keys(NONE, Key::F2)]);
    Delete(Edit, "Delete", "Removes the selected nodes and what points to them",
        [keys(NONE, Key::Delete), keys(NONE, Key::Backspace)]);
    DeleteReconnect(Edit, "Delete and reconnect",
        "Removes the selected nodes; what pointed to one then points to what it pointed to",
        [keys(CTRL, Key::Delete)]);
    Arrange(Edit, "Arrange", "Puts the selected nodes, or all, in layers by what they need", [keys(CTRL, Key::L)]);
    ArrangeByForces(Edit, "Arrange by forces",
        "Draws what is tied near and keeps the rest at a distance: the selected nodes, or all", []);
    Align(Edit, "Line up…", "Lines up the selected nodes: a letter says how", [keys(ALT, Key::A)]);
    AlignLeft(Edit, "Align left edges", "Left edges of the selected nodes below each other", []);
    AlignRight(Edit, "Align right edges", "Right edges of the selected nodes below each other", []);
    AlignTop(Edit, "Align top edges", "Top edges of the selected nodes beside each other", []);
    AlignBottom(Edit, "Align bottom edges", "Bottom edges of the selected nodes beside each other", []);
    AlignCenter(Edit, "Align centres", "Centres of the selected nodes below each other", []);
    AlignMiddle(Edit, "Align middles", "Middles of the selected nodes beside each other", []);
    SpreadAcross(Edit, "Even horizontal distances", "The same distance from each selected node to the next", []);
    SpreadDown(Edit, "Even vertical distances", "The same distance from each selected node to the one below", []);
    NudgeLeft(Edit, "Move left", "By one step of the grid, with Shift by five, with Ctrl and Shift by a point",
        [keys(NONE, Key::ArrowLeft), keys(SHIFT, Key::ArrowLeft), keys(CTRL_SHIFT, Key::ArrowLeft)]);
    NudgeRight(Edit, "Move right", "By one step of the grid, with Shift by five, with Ctrl and Shift by a point",
        [keys(NONE, Key::ArrowRight), keys(SHIFT, Key::ArrowRight), keys(CTRL_SHIFT, Key::ArrowRight)]);
    NudgeUp(Edit, "Move up", "By one step of the grid, with Shift by five, with Ctrl and Shift by a point",
        [keys(NONE, Key::ArrowUp), keys(SHIFT, Key::ArrowUp), keys(CTRL_SHIFT, Key::ArrowUp)]);
    NudgeDown(Edit, "Move down", "By one step of the grid, with Shift by five, with Ctrl and Shift by a point",
        [keys(NONE, Key::ArrowDown), keys(SHIFT, Key::ArrowDown), keys(CTRL_SHIFT, Key::ArrowDown)]);
    Straighten(Edit, "Straighten line", "Takes the bends out of the picked line", []);
    Group(Edit, "Group…", "Makes a group of the selected nodes", [keys(CTRL, Key::G)]);
    ScaleGroup(Edit, "Scale together…",
        "Makes a group that is scaled as a whole of the selected nodes, or of the picked group", []);
    Ungroup(Edit, "Ungroup", "Takes the picked group away, or those of the selected nodes; the nodes stay",
        [keys(CTRL_SHIFT, Key::G)]);
    JoinGroup(Edit, "Add to group…", "Puts the selected nodes into a group", []);
    LeaveGroup(Edit, "Take out of group", "Takes the selected nodes out of their groups", []);
    Lock(Edit, "Lock or unlock", "Lets no gesture move the selected nodes, or the lane; or frees them again",
        [keys(CTRL_SHIFT, Key::L)]);
    SelectAll(Find, "Select all", "Selects every node", [keys(CTRL, Key::A)]);
    SelectNone(Find, "Select nothing", "Ends the selection", [keys(NONE, Key::Escape)]);
    Palette(Find, "Find command or node…", "Finds a command or node by its name",
        [keys(CTRL, Key::K), keys(CTRL_SHIFT, Key::P)]);
    GoTo(Find, "Go to node…", "Finds a node by name or type and shows it", [keys(CTRL, Key::P)]);
    GoLeft(Find, "Go left", "Selects the next node at the left, along a line if there is one; with Shift beside the others",
        [keys(ALT, Key::ArrowLeft), keys(ALT_SHIFT, Key::ArrowLeft)]);
    GoRight(Find, "Go right", "Selects the next node at the right, along a line if there is one; with Shift beside the others",
        [keys(ALT, Key::ArrowRight), keys(ALT_SHIFT, Key::ArrowRight)]);
    GoUp(Find, "Go up", "Selects the next node above, along a line if there is one; with Shift beside the others",
        [keys(ALT, Key::ArrowUp), keys(ALT_SHIFT, Key::ArrowUp)]);
    GoDown(Find, "Go down", "Selects the next node below, along a line if there is one; with Shift beside the others",
        [keys(ALT, Key::ArrowDown), keys(ALT_SHIFT, Key::ArrowDown)]);
    Find(Find, "Find…", "Finds text in names, types and blueprints", [keys(CTRL, Key::F)]);
    FindNext(Find, "Find next", "The next place that was found", [keys(NONE, Key::F3)]);
    FindPrevious(Find, "Find previous", "The place found before", [keys(SHIFT, Key::F3)]);
    Types(Find, "Find type", "Goes to the filter of the palette of types", [keys(NONE, Key::Slash)]);
    NextProblem(Find, "Next problem", "Goes to the next problem", [keys(NONE, Key::F8)]);
    PreviousProblem(Find, "Previous problem", "Goes to the problem before", [keys(SHIFT, Key::F8)]);
    Design(View, "Design", "The picture as the blueprints say it", [keys(CTRL, Key::Num1)]);
    PlanView(View, "Plan view", "The picture with the plan's waves on it", [keys(CTRL, Key::Num2)]);
    Live(View, "Live", "The picture with what exists on it", [keys(CTRL, Key::Num3)]);
    // With Shift the 1 of most keyboards is a sign with a key of its own.
    Fit(View, "Fit", "Shows the whole picture", [keys(SHIFT, Key::Num1), keys(SHIFT, Key::Exclamationmark)]);
    FitSelection(View, "Fit selection", "Shows what is selected as large as it fits", [keys(SHIFT, Key::Num2)]);
    ZoomIn(View, "Zoom in", "Closer; Ctrl and the wheel zoom at the pointer",
        [keys(CTRL, Key::Equals), keys(CTRL, Key::Plus)]);
    ZoomOut(View, "Zoom out", "Farther", [keys(CTRL, Key::Minus)]);
    ZoomReset(View, "Zoom 100 %", "Cards in their own size", [keys(CTRL, Key::Num0)]);
    Grid(View, "Grid", "Shows or hides the grid", [keys(CTRL, Key::Quote)]);
    Snap(View, "Snap", "Nodes that are dragged come to guides and grid, or not; holding Alt does it once",
        [keys(ALT, Key::S)]);
    Enter(View, "Go inside", "Looks at the selected frame, or lane, as large as it fits; Escape goes out again",
        [keys(NONE, Key::Enter)]);
    Differences(View, "Differences",
        "Shows what differs from what is deployed as long as the key is held, with Shift from what is saved; from the menu until Escape",
        [keys(NONE, Key::Backtick)]);
    Back(View, "Look back", "Looks where you looked before", [keys(CTRL, Key::OpenBracket)]);
    Forward(View, "Look forward", "Looks where you looked before looking back", [keys(CTRL, Key::CloseBracket)]);
    Fold(View, "Fold", "Draws the selected frame as a card, without what is in it", [keys(NONE, Key::OpenBracket)]);
    Unfold(View, "Open folded", "Draws what is in the selected card again", [keys(NONE, Key::CloseBracket)]);
    FoldAll(View, "Fold all", "Draws every frame as a card", []);
    UnfoldAll(View, "Open all", "Draws what is in every folded card", []);
    Outline(Panels, "Left panel", "Shows or hides palette and outline", [keys(CTRL, Key::B)]);
    Inspector(Panels, "Inspector", "Shows or hides the inspector", [keys(CTRL_ALT, Key::B)]);
    Bottom(Panels, "Bottom panel", "Shows or hides the bottom panel",
        [keys(CTRL, Key::J), keys(CTRL, Key::Backtick)]);
    Zen(Panels, "Only the canvas", "Hides all panels, or brings them back", [keys(ALT, Key::Z)]);
    Problems(Panels, "Show problems", "Opens the Problems tab", [keys(CTRL_SHIFT, Key::M)]);
    Map(Panels, "Relationship map", "Opens the map of what depends on what", [keys(CTRL, Key::M)]);
    Changes(Panels, "Show changes", "Opens the list of what was changed, step by step", [keys(CTRL, Key::H)]);
    Plan(Run, "Plan deployment", "Shows what deploying would do; touches nothing", [keys(CTRL, Key::Enter)]);
    Deploy(Run, "Deploy", "Deploys all lanes, each after those it uses", [keys(CTRL_SHIFT, Key::Enter)]);
    DeployLane(Run, "Deploy lane", "Deploys the selected lane alone", []);
    UndeployLane(Run, "Undeploy lane…", "Asks, then stops and deletes what is deployed of the selected lane", []);
    Cancel(Run, "Cancel", "Starts nothing new; a second time stops what runs", [keys(CTRL, Key::Period)]);
    Theme(Window, "Switch theme", "Dark or light", [keys(ALT_SHIFT, Key::D)]);
    Contrast(Window, "High contrast", "Stronger colours and outlines, or the usual ones", [keys(ALT_SHIFT, Key::H)]);
    Larger(Window, "Larger interface", "Text and controls one size larger, up to 200 %", [keys(CTRL_ALT, Key::Equals), keys(CTRL_ALT, Key::Plus)]);
    Smaller(Window, "Smaller interface", "Text and controls one size smaller, down to 80 %", [keys(CTRL_ALT, Key::Minus)]);
    UsualSize(Window, "Usual size", "Text and controls in their own size", [keys(CTRL_ALT, Key::Num0)]);
    Still(Window, "Reduced motion", "Nothing glides, turns or fades, or does again", []);
    FullScreen(Window, "Full screen", "The window fills the screen, or does no more", [keys(NONE, Key::F11)]);
    CheatSheet(Window, "Keyboard shortcuts", "All commands with their keys",
        [keys(NONE, Key::Questionmark), keys(CTRL, Key::Slash)]);
    Quit(Window, "Quit", "Ends the program; what runs is resumed by the next deploy", [keys(CTRL, Key::Q)]);
}

impl Command {
    /// Whether it can be used now, or why not.
    pub fn usable(self, situation: Situation) -> Result<(), &'static str> {
        let need = |met: bool, why| if met { Ok(()) } else { Err(why) };
        match self {
            Self::New
            | Self::Open
            | Self::Theme
            | Self::Contrast
            | Self::Larger
            | Self::Smaller
            | Self::UsualSize
            | Self::Still
            | Self::FullScreen
            | Self::Palette
            | Self::CheatSheet
            | Self::Quit
            | Self::SelectNone
            | Self::Outline
            | Self::Inspector
            | Self::Bottom
            | Self::Zen => Ok(()),
            Self::Cancel => need(situation.running, "Nothing runs"),
            Self::Undo => need(situation.undo, "Nothing to undo"),
            Self::Redo => need(situation.redo, "Nothing to redo"),
            Self::Delete if situation.line => Ok(()),
            Self::Delete | Self::Rename | Self::Ungroup | Self::ScaleGroup if situation.group => Ok(()),
            Self::Rename if situation.lane => Ok(()),
            Self::RemoveLane => need(situation.lane, "No lane is selected"),
            Self::DeployLane | Self::UndeployLane => {
                need(situation.lane, "No lane is selected")?;
                need(!situation.running, "Something runs already")
            }
            Self::Straighten => need(situation.line, "No line is picked"),
            Self::FitSelection
            | Self::Group
            | Self::ScaleGroup
            | Self::Ungroup
            | Self::JoinGroup
            | Self::LeaveGroup
            | Self::Align
            | Self::AlignLeft
            | Self::AlignRight
            | Self::AlignTop
            | Self::AlignBottom
            | Self::AlignCenter
            | Self::AlignMiddle
            | Self::SpreadAcross
            | Self::SpreadDown
            | Self::Cut
            | Self::Copy
            | Self::Duplicate
            | Self::CloneLeft
            | Self::CloneRight
            | Self::CloneUp
            | Self::CloneDown
            | Self::Rename
            | Self::Connect
            | Self::Delete
            | Self::DeleteReconnect => need(situation.selection, "Nothing is selected"),
            Self::Plan | Self::PlanView | Self::Deploy => {
                need(situation.project, "No project is open")?;
                need(
                    !situation.errors,
                    "The blueprints have errors: see Problems. A lane without any can be deployed by itself",
                )?;
                need(!situation.running || self != Self::Deploy, "Something runs already")
            }
            _ => need(situation.project, "No project is open"),
        }
    }

    /// Its tooltip with its keys, and why it can't be used.
    pub fn hover(self, ctx: &egui::Context, situation: Situation) -> String {
        let spec = self.spec();
        let keys = spec.shortcuts.first().map(|keys| format!(" ({})", ctx.format_shortcut(keys)));
        let why = self.usable(situation).err().map(|why| format!("\n{why}"));
        format!("{}{}{}", spec.tooltip, keys.unwrap_or_default(), why.unwrap_or_default())
    }
}

/// Keys that mean nothing in a text field.
const FUNCTION_KEYS: &[Key] = &[
    Key::F1,
    Key::F2,
    Key::F3,
    Key::F4,
    Key::F5,
    Key::F6,
    Key::F7,
    Key::F8,
    Key::F9,
    Key::F10,
    Key::F11,
    Key::F12,
];

/// Keys that lead through lists and texts, where something else has the keyboard.
const ARROWS: &[Key] = &[Key::ArrowLeft, Key::ArrowRight, Key::ArrowUp, Key::ArrowDown];

/// The commands whose keys were pressed, with the modifiers that were held. Keys without a modifier are dead while a person types, or `typed` in the last
/// frame: Escape takes the keyboard from a field before anybody can ask who had it. `elsewhere` tells that something other
/// than the canvas has the keyboard: arrows are not for us then.
pub fn pressed(ctx: &egui::Context, typed: bool, elsewhere: bool) -> Vec<(Command, Modifiers)> {
    let typing = typed || ctx.text_edit_focused();
    // Longer combinations first: Ctrl+Shift+Z must not count as Ctrl+Z.
    let mut all: Vec<(KeyboardShortcut, Command)> = Command::ALL
        .iter()
        .flat_map(|command| command.spec().shortcuts.iter().map(|keys| (*keys, *command)))
        .collect();
    all.sort_by_key(|(keys, _)| {
        std::cmp::Reverse(u8::from(keys.modifiers.shift) + u8::from(keys.modifiers.alt))
    });
    let mut found = Vec::new();
    ctx.input_mut(|input| {
        for (keys, command) in all {
            let text = if keys.modifiers.command || keys.modifiers.alt {
                matches!(keys.logical_key, Key::A | Key::C | Key::V | Key::X | Key::Y | Key::Z)
            } else {
                !FUNCTION_KEYS.contains(&keys.logical_key)
            };
            let arrow = ARROWS.contains(&keys.logical_key);
            let enter = keys.logical_key == Key::Enter && !keys.modifiers.command;
            if (arrow || enter) && (typing || elsewhere) {
                continue;
            }
            if !(typing && text) && input.consume_shortcut(&keys) {
                found.push((command, keys.modifiers));
            }
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_commands_share_a_name_or_a_key() {
        for (position, a) in Command::ALL.iter().enumerate() {
            for b in &Command::ALL[position + 1..] {
                assert_ne!(a.spec().name, b.spec().name);
                for keys in a.spec().shortcuts {
                    assert!(!b.spec().shortcuts.contains(keys), "{a:?} and {b:?} share {keys:?}");
                }
            }
        }
    }

    #[test]
    fn errors_stop_a_deploy_and_say_why() {
        let situation = Situation { project: true, errors: true, ..Situation::default() };
        assert!(Command::Deploy.usable(situation).is_err_and(|why| why.contains("Problems")));
        assert!(Command::Deploy.usable(Situation { errors: false, ..situation }).is_ok());
    }
}
