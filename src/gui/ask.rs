//! [`Ask`]: a small question beside what it is about: a name, or one of several choices.
//!
//! Owns what is asked and what was typed so far. How it is drawn is [`super::dialogs`]' matter, what the answer does that
//! of [`super::App`].

use egui::Pos2;

use super::rereading::Moving;
use super::sharing::Origin;
use super::view::Wish;
use crate::diag::Path;
use crate::edit::Edit;

/// What a person is asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// A name.
    Name(Naming),
    /// One of several.
    Choice(Choosing),
}

/// What gets the name.
#[derive(Clone, Debug, PartialEq)]
pub enum Named {
    /// Something that has another name until now.
    Other {
        /// Its lane.
        lane: String,
        /// What it is: `node_templates.web`.
        at: Path,
    },
    /// A lane.
    Lane(String),
    /// A new group.
    Group {
        /// Its lane.
        lane: String,
        /// Nodes that are in it.
        members: Vec<String>,
        /// Whether it is scaled as a whole.
        scaled: bool,
    },
    /// An entry of a map that reads a value of another lane.
    Entry {
        /// The value.
        origin: Origin,
        /// The lane that reads it.
        lane: String,
        /// The map.
        at: Path,
    },
    /// An entry of a map that something is put to.
    Moved {
        /// What.
        moving: Moving,
        /// The lane.
        lane: String,
        /// The map.
        at: Path,
    },
}

/// Asking for a name. It is judged with each letter.
#[derive(Clone, Debug, PartialEq)]
pub struct Naming {
    /// What the field is called: `New name of web`.
    pub title: String,
    /// Where it stands on the screen.
    pub place: Pos2,
    /// What was typed.
    pub text: String,
    /// What it is for.
    pub of: Named,
    /// Why what was typed can't be the name.
    pub refused: Option<String>,
    /// Where the name stands on the screen: the field is put over it, as wide and its letters as high.
    pub over: Option<egui::Rect>,
    /// Whether it is shown for the first time: the field takes the keyboard then, all its text marked.
    pub fresh: bool,
}

impl Naming {
    /// A question at a place of the screen, with `text` to begin with.
    pub fn new(title: impl Into<String>, place: Pos2, text: impl Into<String>, of: Named) -> Self {
        Self { title: title.into(), place, text: text.into(), of, refused: None, over: None, fresh: true }
    }

    /// The edit that the answer is.
    pub fn edit(&self) -> Edit {
        let text = self.text.trim().to_owned();
        match &self.of {
            Named::Entry { origin, lane, at } => {
                Edit::Share { from: origin.clone(), to: (lane.clone(), at.key(&text)) }
            }
            Named::Moved { moving, lane, at } => moving.edit(lane, &at.key(&text)),
            Named::Group { lane, members, scaled } => Edit::Group {
                lane: lane.clone(),
                name: text,
                members: members.clone(),
                instances: scaled.then_some(crate::model::Value::Int(1)),
            },
            Named::Lane(lane) => Edit::RenameLane { lane: lane.clone(), to: text },
            Named::Other { lane, at } => Edit::Rename { lane: lane.clone(), at: at.clone(), to: text },
        }
    }
}

/// Asking for one of several.
#[derive(Clone, Debug, PartialEq)]
pub struct Choosing {
    /// What is asked, as a heading.
    pub title: String,
    /// Where it stands on the screen.
    pub place: Pos2,
    /// What was typed to find one.
    pub text: String,
    /// Position of the chosen one among those that fit the text.
    pub chosen: usize,
    /// All of them, the most sensible one first.
    pub choices: Vec<Choice>,
    /// Whether the letter that a name begins with chooses it at once.
    pub by_letter: bool,
}

/// One of several.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Its name.
    pub name: String,
    /// What there is to say of it.
    pub hint: String,
    /// Why it can't be chosen.
    pub refused: Option<String>,
    /// What choosing it does.
    pub wish: Wish,
}

impl Choosing {
    /// A question at a place of the screen.
    pub fn new(title: impl Into<String>, place: Pos2, choices: Vec<Choice>) -> Self {
        Self { title: title.into(), place, text: String::new(), chosen: 0, choices, by_letter: false }
    }

    /// The choice that a single letter means, if one does.
    pub fn lettered(&self) -> Option<&Choice> {
        let typed = self.text.trim().to_lowercase();
        let single = self.by_letter && typed.chars().count() == 1;
        self.choices.iter().find(|choice| single && choice.name.to_lowercase().starts_with(&typed))
    }

    /// The choices that fit what was typed.
    pub fn fitting(&self) -> Vec<&Choice> {
        let wanted = self.text.trim().to_lowercase();
        let words: Vec<&str> = wanted.split_whitespace().collect();
        let fits = |choice: &&Choice| {
            let name = choice.name.to_lowercase();
            let hint = choice.hint.to_lowercase();
            words.iter().all(|word| name.contains(word) || hint.contains(word))
        };
        let mut found: Vec<&Choice> = self.choices.iter().filter(fits).collect();
        // The very name, and what begins with the text, is meant before what only has it somewhere.
        found.sort_by_key(|choice| {
            let name = choice.name.to_lowercase();
            (choice.refused.is_some(), name != wanted, !name.starts_with(&wanted))
        });
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::command::Command;

    #[test]
    fn what_begins_with_the_text_comes_first_and_what_is_refused_last() {
        let choice = |name: &str, refused: Option<&str>| Choice {
            name: name.to_owned(),
            hint: String::new(),
            refused: refused.map(str::to_owned),
            wish: Wish::Run(Command::Fit),
        };
        let mut asked = Choosing::new(
            "Where to?",
            Pos2::ZERO,
            vec![choice("web", Some("a circle")), choice("my_web", None), choice("website", None)],
        );
        asked.text = "WEB".to_owned();
        let names: Vec<&str> = asked.fitting().iter().map(|choice| choice.name.as_str()).collect();
        assert_eq!(names, ["website", "my_web", "web"]);
        asked.text = "nothing".to_owned();
        assert!(asked.fitting().is_empty());
    }
}
