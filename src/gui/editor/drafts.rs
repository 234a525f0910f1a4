//! [`Drafts`]: what was typed in fields and is not in the blueprints: not finished, sent, or wrong.
//!
//! A text that can't be taken stays here with the reason until a person mends it or presses Escape; nothing of it is
//! ever written.

use std::collections::HashMap;

use crate::edit::Edit;

/// What a text comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Made {
    /// Nothing that would have to be written.
    Nothing,
    /// This, once the person is done.
    Edit(Box<Edit>),
    /// It can't be taken, and why not.
    Wrong(String),
}

impl From<Result<Edit, String>> for Made {
    fn from(result: Result<Edit, String>) -> Self {
        result.map_or_else(Self::Wrong, |edit| Self::Edit(Box::new(edit)))
    }
}

#[derive(Clone, Debug)]
struct Draft {
    text: String,
    made: Made,
    /// It was given to the session, and what follows from it is not read yet.
    sent: bool,
    /// When its field was drawn last.
    drawn: u64,
}

/// The drafts of all fields, by the fields' names.
#[derive(Debug, Default)]
pub struct Drafts {
    all: HashMap<String, Draft>,
    frame: u64,
}

impl Drafts {
    /// What was typed in a field, if it is not what stands in the blueprint.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.all.get(key).map(|draft| draft.text.as_str())
    }

    /// Why the text of a field can't be taken.
    pub fn wrong(&self, key: &str) -> Option<&str> {
        match self.all.get(key).map(|draft| &draft.made) {
            Some(Made::Wrong(why)) => Some(why),
            _ => None,
        }
    }

    /// Keeps what was typed.
    pub fn keep(&mut self, key: &str, text: String, made: Made) {
        let draft = Draft { text, made, sent: false, drawn: self.frame };
        self.all.insert(key.to_owned(), draft);
    }

    /// The field is drawn in this frame.
    pub fn drawn(&mut self, key: &str) {
        if let Some(draft) = self.all.get_mut(key) {
            draft.drawn = self.frame;
        }
    }

    /// Forgets what was typed.
    pub fn forget(&mut self, key: &str) {
        self.all.remove(key);
    }

    /// Takes what a field's text comes to; the text is shown until it stands in the blueprint.
    pub fn take(&mut self, key: &str) -> Option<Edit> {
        let draft = self.all.get_mut(key).filter(|draft| !draft.sent)?;
        match &draft.made {
            Made::Edit(edit) => {
                draft.sent = true;
                Some((**edit).clone())
            }
            Made::Nothing => {
                self.all.remove(key);
                None
            }
            Made::Wrong(_) => None,
        }
    }

    /// The edit of a field was refused: its text stays, with the reason.
    pub fn refuse(&mut self, key: &str, why: String) {
        if let Some(draft) = self.all.get_mut(key) {
            draft.sent = false;
            draft.made = Made::Wrong(why);
        }
    }

    /// What was sent stands in the blueprints now.
    pub fn settled(&mut self) {
        self.all.retain(|_, draft| !draft.sent);
    }

    /// A frame begins. Takes what was typed in fields that vanished while a person was in them: as if they had left them.
    pub fn next_frame(&mut self) -> Vec<(String, Edit)> {
        self.frame += 1;
        let last = self.frame - 1;
        let gone = |draft: &Draft| draft.drawn < last && !draft.sent;
        self.take_all(gone)
    }

    /// Takes everything that is ready: the person saves, deploys or leaves.
    pub fn finish(&mut self) -> Vec<(String, Edit)> {
        self.take_all(|draft| !draft.sent)
    }

    fn take_all(&mut self, which: impl Fn(&Draft) -> bool) -> Vec<(String, Edit)> {
        let chosen = self.all.iter().filter(|(_, draft)| which(draft));
        let mut keys: Vec<String> = chosen.map(|(key, _)| key.clone()).collect();
        keys.sort_unstable();
        keys.into_iter().filter_map(|key| self.take(&key).map(|edit| (key, edit))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit() -> Edit {
        Edit::RemoveLane { lane: "a".into() }
    }

    #[test]
    fn what_is_wrong_stays_and_is_never_taken() {
        let mut drafts = Drafts::default();
        drafts.keep("port", "80x".into(), Made::Wrong("no integer".into()));
        assert_eq!(drafts.take("port"), None);
        assert!(drafts.finish().is_empty());
        assert_eq!((drafts.text("port"), drafts.wrong("port")), (Some("80x"), Some("no integer")));
    }

    #[test]
    fn a_field_that_vanishes_is_left() {
        let mut drafts = Drafts::default();
        drafts.next_frame();
        drafts.keep("port", "81".into(), Made::Edit(Box::new(edit())));
        assert!(drafts.next_frame().is_empty(), "it was drawn in the last frame");
        drafts.drawn("port");
        assert!(drafts.next_frame().is_empty());
        assert_eq!(drafts.next_frame(), [("port".to_owned(), edit())]);
        assert_eq!(drafts.take("port"), None, "once is enough");
        assert_eq!(drafts.text("port"), Some("81"), "shown until it is read");
        drafts.settled();
        assert_eq!(drafts.text("port"), None);
    }
}
