//! What was typed in fields comes into the blueprints, or stays in its field with the reason why not.

use super::app::App;
use crate::edit::Edit;

impl App {
    /// Applies the edit of a field as one step. A refusal is told at the field.
    pub(super) fn fill_in(&mut self, edit: &Edit, field: &str) {
        let Some(session) = &self.session else { return };
        match edit.apply(session.documents()) {
            Err(error) => self.view.forms.drafts.refuse(field, error.to_string()),
            // Nothing will be read that could show it.
            Ok(project) if project == *session.documents() => self.view.forms.drafts.forget(field),
            Ok(_) => {
                self.edit(edit);
            }
        }
    }

    /// Takes what is typed and not yet taken: it belongs to what is saved, planned or left.
    pub(super) fn finish_typing(&mut self) {
        for (field, edit) in self.view.forms.drafts.finish() {
            self.fill_in(&edit, &field);
        }
    }

    /// Takes what was typed in fields that are not shown any more.
    pub(super) fn leave_vanished_fields(&mut self) {
        for (field, edit) in self.view.forms.drafts.next_frame() {
            self.fill_in(&edit, &field);
        }
    }
}
