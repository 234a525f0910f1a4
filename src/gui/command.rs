//! The registry of [`Command`]s: name, tooltip, shortcuts and when each can be used.
//!
//! Menu, buttons, tooltips, shortcuts, command palette and cheat sheet are all made from it. What a command does is in
//! [`super::App`].

use egui::{Key, KeyboardShortcut, Modifiers};

/// What a person can ask the window to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// Opens another project.
    Open,
    /// Writes the blueprints as folders and archives.
    Export,
    /// Reads the project from disk again.
    Reload,
    /// Shows what deploying would do.
    Plan,
    /// Deploys all lanes.
    Deploy,
    /// Stops what runs.
    Cancel,
    /// The picture as written.
    Design,
    /// The picture with the plan on it.
    PlanView,
    /// The picture with what exists on it.
    Live,
    /// Takes back the last edit.
    Undo,
    /// Does it again.
    Redo,
    /// Shows everything.
    Fit,
    /// Shows the selection.
    FitSelection,
    /// Closer.
    ZoomIn,
    /// Farther.
    ZoomOut,
    /// 100 %.
    ZoomReset,
    /// Selects every node.
    SelectAll,
    /// Selects nothing.
    SelectNone,
    /// Dark or light.
    Theme,
    /// Finds a command or node by its name.
    Palette,
    /// All shortcuts.
    CheatSheet,
    /// Outline on or off.
    Outline,
    /// Inspector on or off.
    Inspector,
    /// Bottom panel on or off.
    Bottom,
    /// The Problems tab.
    Problems,
    /// The next problem.
    NextProblem,
    /// Ends the program.
    Quit,
}

/// What a command looks like.
pub struct Spec {
    /// Name, as in the menu.
    pub name: &'static str,
    /// What it does, in one sentence.
    pub tooltip: &'static str,
    /// Keys; the first is shown.
    pub shortcuts: &'static [KeyboardShortcut],
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

impl Command {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 27] = [
        Self::Open,
        Self::Export,
        Self::Reload,
        Self::Plan,
        Self::Deploy,
        Self::Cancel,
        Self::Design,
        Self::PlanView,
        Self::Live,
        Self::Undo,
        Self::Redo,
        Self::Fit,
        Self::FitSelection,
        Self::ZoomIn,
        Self::ZoomOut,
        Self::ZoomReset,
        Self::SelectAll,
        Self::SelectNone,
        Self::Theme,
        Self::Palette,
        Self::CheatSheet,
        Self::Outline,
        Self::Inspector,
        Self::Bottom,
        Self::Problems,
        Self::NextProblem,
        Self::Quit,
    ];

    /// Its entry in the registry.
    pub fn spec(self) -> Spec {
        let (name, tooltip, shortcuts): (_, _, &'static [KeyboardShortcut]) = match self {
            Self::Open => ("Open project…", "Opens a project folder", const { &[keys(CTRL, Key::O)] }),
            Self::Export => (
                "Export blueprints…",
                "Writes the blueprints with their resources, as folders and archives, to an empty folder",
                const { &[keys(CTRL, Key::E)] },
            ),
            Self::Reload => ("Reload", "Reads the project from disk again", const { &[keys(NONE, Key::F5)] }),
            Self::Plan => (
                "Plan deployment",
                "Shows what deploying would do; touches nothing",
                const { &[keys(CTRL, Key::Enter)] },
            ),
            Self::Deploy => (
                "Deploy",
                "Deploys all lanes, each after those it uses",
                const { &[keys(CTRL_SHIFT, Key::Enter)] },
            ),
            Self::Cancel => (
                "Cancel",
                "Starts nothing new; a second time stops what runs",
                const { &[keys(CTRL, Key::Period)] },
            ),
            Self::Design => {
                ("Design", "The picture as the blueprints say it", const { &[keys(CTRL, Key::Num1)] })
            }
            Self::PlanView => {
                ("Plan view", "The picture with the plan's waves on it", const { &[keys(CTRL, Key::Num2)] })
            }
            Self::Live => ("Live", "The picture with what exists on it", const { &[keys(CTRL, Key::Num3)] }),
            Self::Undo => ("Undo", "Takes back the last edit", const { &[keys(CTRL, Key::Z)] }),
            Self::Redo => {
                ("Redo", "Does the edit again", const { &[keys(CTRL_SHIFT, Key::Z), keys(CTRL, Key::Y)] })
            }
            Self::Fit => ("Fit", "Shows the whole picture", const { &[keys(SHIFT, Key::Num1)] }),
            Self::FitSelection => (
                "Fit selection",
                "Shows what is selected as large as it fits",
                const { &[keys(SHIFT, Key::Num2)] },
            ),
            Self::ZoomIn => (
                "Zoom in",
                "Closer; Ctrl and the wheel zoom at the pointer",
                const { &[keys(CTRL, Key::Equals), keys(CTRL, Key::Plus)] },
            ),
            Self::ZoomOut => ("Zoom out", "Farther", const { &[keys(CTRL, Key::Minus)] }),
            Self::ZoomReset => ("Zoom 100 %", "Cards in their own size", const { &[keys(CTRL, Key::Num0)] }),
            Self::SelectAll => ("Select all", "Selects every node", const { &[keys(CTRL, Key::A)] }),
            Self::SelectNone => {
                ("Select nothing", "Ends the selection", const { &[keys(NONE, Key::Escape)] })
            }
            Self::Theme => ("Switch theme", "Dark or light", const { &[keys(ALT_SHIFT, Key::D)] }),
            Self::Palette => (
                "Find command or node…",
                "Finds a command or node by its name",
                const { &[keys(CTRL, Key::K), keys(CTRL_SHIFT, Key::P)] },
            ),
            Self::CheatSheet => (
                "Keyboard shortcuts",
                "All commands with their keys",
                const { &[keys(NONE, Key::Questionmark), keys(CTRL, Key::Slash)] },
            ),
            Self::Outline => ("Outline", "Shows or hides the outline", const { &[keys(CTRL, Key::B)] }),
            Self::Inspector => {
                ("Inspector", "Shows or hides the inspector", const { &[keys(CTRL_ALT, Key::B)] })
            }
            Self::Bottom => {
                ("Bottom panel", "Shows or hides the bottom panel", const { &[keys(CTRL, Key::J)] })
            }
            Self::Problems => {
                ("Show problems", "Opens the Problems tab", const { &[keys(CTRL_SHIFT, Key::M)] })
            }
            Self::NextProblem => {
                ("Next problem", "Goes to the next problem", const { &[keys(NONE, Key::F8)] })
            }
            Self::Quit => (
                "Quit",
                "Ends the program; what runs is resumed by the next deploy",
                const { &[keys(CTRL, Key::Q)] },
            ),
        };
        Spec { name, tooltip, shortcuts }
    }

    /// Whether it can be used now, or why not.
    pub fn usable(self, situation: Situation) -> Result<(), &'static str> {
        let need = |met: bool, why| if met { Ok(()) } else { Err(why) };
        match self {
            Self::Open
            | Self::Theme
            | Self::Palette
            | Self::CheatSheet
            | Self::Quit
            | Self::SelectNone
            | Self::Outline
            | Self::Inspector
            | Self::Bottom => Ok(()),
            Self::Cancel => need(situation.running, "Nothing runs"),
            Self::Undo => need(situation.undo, "Nothing to undo"),
            Self::Redo => need(situation.redo, "Nothing to redo"),
            Self::FitSelection => need(situation.selection, "Nothing is selected"),
            Self::Plan | Self::PlanView | Self::Deploy => {
                need(situation.project, "No project is open")?;
                need(!situation.errors, "The blueprints have errors: see Problems")?;
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

/// The commands whose keys were pressed. Keys without a modifier are dead while a person types.
pub fn pressed(ctx: &egui::Context) -> Vec<Command> {
    let typing = ctx.text_edit_focused();
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
            let plain = !keys.modifiers.command && !keys.modifiers.alt;
            let text = matches!(keys.logical_key, Key::A | Key::Z | Key::Y) || plain;
            if !(typing && text) && input.consume_shortcut(&keys) {
                found.push(command);
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
