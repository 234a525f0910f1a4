//! [`TextPane`]: what the editor of texts remembers, and what keys do to it.
//!
//! Knows no project: whoever asks for a key's effect gives the text to whom it belongs.

use std::collections::HashMap;
use std::sync::Arc;

use egui::{Context, Event, Id, ImeEvent, Key, Modifiers};

use super::buffer::{Buffer, Motion};
use super::lexer::{self, State};
use super::offers::Offers;
use crate::gui::command::Command;

/// Seconds without a key after which typing is a step of its own.
const PAUSE: f64 = 2.0;

/// The editor of texts.
#[derive(Default)]
pub struct TextPane {
    /// The file that is shown, relative to the project folder.
    pub(super) file: String,
    pub(super) buffer: Buffer,
    pub(super) colours: Colours,
    /// What is offered at the caret.
    pub(super) offers: Offers,
    /// Bring the caret into view.
    pub(super) reveal: bool,
    /// A change from elsewhere takes the caret with it: it is an undone or redone step.
    pub(super) follow: bool,
    /// Lines that fit into the view.
    pub(super) page: usize,
    /// Text that an input method has not yet committed.
    pub(super) preedit: String,
    /// The caret and the text for which the selection on the canvas was last made.
    pub(super) told: Option<(usize, Arc<str>)>,
    /// Where the caret was in files that were shown before.
    pub(super) carets: HashMap<String, usize>,
    /// What could be written at the caret is to be listed; whether a person asked for it.
    pub(super) suggest: Option<bool>,
    /// Where it is defined what stands at the caret is asked for.
    pub(super) define: bool,
    /// The line that is shown next gets the caret, too, whoever has the keyboard.
    pub(super) jump: bool,
    /// It is read, not written.
    pub(super) locked: bool,
    /// Mends for the line of the caret are asked for.
    pub(super) mend: bool,
    /// What is typed next is a step of its own.
    apart: bool,
    typed_at: f64,
}

/// What does not change with the caret.
#[derive(Default)]
pub(super) struct Colours {
    text: Option<Arc<str>>,
    /// How each line begins.
    pub states: Vec<State>,
    /// Letters of the longest line.
    pub widest: usize,
}

impl Colours {
    pub fn follow(&mut self, buffer: &Buffer) {
        if self.text.as_ref().is_some_and(|text| Arc::ptr_eq(text, buffer.text())) {
            return;
        }
        self.text = Some(Arc::clone(buffer.text()));
        self.states = lexer::states((0..buffer.lines()).map(|line| buffer.line(line)));
        self.widest = (0..buffer.lines()).map(|line| buffer.range(line).len()).max().unwrap_or(0);
    }
}

/// What a key came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pressed {
    /// Nothing that anybody else must know.
    Nothing,
    /// The text is another; a step of its own, or part of the one before.
    Typed {
        /// Whether it is a step of its own.
        apart: bool,
        /// What the step is called, if it is not typing.
        label: Option<String>,
    },
    /// A command is to be run.
    Run(Command),
    /// What can be mended at the caret is asked for.
    Mend,
}

impl TextPane {
    /// Shows a file as the session has it.
    pub(super) fn take_over(&mut self, file: &str, text: &Arc<str>) {
        if self.file == file {
            if !Arc::ptr_eq(self.buffer.text(), text) {
                let follow = std::mem::take(&mut self.follow);
                let drift = self.buffer.set(text, follow);
                if !drift.is_none() {
                    self.reveal |= follow;
                    self.offers.close();
                }
            }
            return;
        }
        let mut fresh = Self { file: file.to_owned(), ..Self::default() };
        fresh.buffer.set(text, false);
        fresh.carets = std::mem::take(&mut self.carets);
        fresh.jump = self.jump;
        if !self.file.is_empty() {
            fresh.carets.insert(std::mem::take(&mut self.file), self.buffer.caret());
        }
        let caret = fresh.carets.get(file).copied().unwrap_or_default();
        fresh.buffer.go(Motion::To(caret), false);
        *self = fresh;
    }

    /// Puts the caret on a line, from 1.
    pub(super) fn stand(&mut self, line: u32) {
        let line = (line.max(1) as usize - 1).min(self.buffer.lines() - 1);
        self.buffer.go(Motion::To(self.buffer.range(line).start), false);
        self.told = Some((self.buffer.caret(), Arc::clone(self.buffer.text())));
    }

    /// The widget.
    pub(super) fn id() -> Id {
        Id::new("text of a file")
    }

    /// The file that is shown.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Its text as it is typed.
    pub fn text(&self) -> &Arc<str> {
        self.buffer.text()
    }

    /// Whether a person types into it.
    pub fn has_keyboard(ctx: &Context) -> bool {
        ctx.memory(|memory| memory.has_focus(Self::id()))
    }

    /// The next change from elsewhere is an undone or redone step.
    pub fn follow_next(&mut self) {
        self.follow = true;
    }

    /// What is selected on one line, while a person types here: what is looked for then.
    pub fn sought(&self, ctx: &Context) -> Option<String> {
        let selected =
            Some(self.buffer.selected()).filter(|text| !text.is_empty() && !text.contains('\n'))?;
        Self::has_keyboard(ctx).then(|| selected.to_owned())
    }

    /// The line that is shown next gets the caret.
    pub fn jump_next(&mut self) {
        self.jump = true;
    }

    /// Asks for the mends of the line of the caret.
    pub fn ask_mends(&mut self) {
        self.mend = true;
    }

    /// Takes the events that are for the text out of the input.
    pub fn claim(&mut self, ctx: &Context) -> Vec<Event> {
        if !Self::has_keyboard(ctx) || self.file.is_empty() {
            return Vec::new();
        }
        let open = self.offers.is_open();
        ctx.input_mut(|input| {
            let (own, others) =
                std::mem::take(&mut input.events).into_iter().partition(|event| is_for_text(event, open));
            input.events = others;
            own
        })
    }

    /// What an event does.
    pub fn press(&mut self, ctx: &Context, event: &Event) -> Pressed {
        let before = Arc::clone(self.buffer.text());
        let caret = self.buffer.selection();
        let mut label = None;
        let result = match event {
            Event::Text(text) => {
                self.preedit.clear();
                self.write(text)
            }
            Event::Ime(ImeEvent::Commit(text)) => {
                self.preedit.clear();
                self.write(text)
            }
            Event::Ime(ImeEvent::Preedit { text, .. }) => {
                self.preedit.clone_from(text);
                Pressed::Nothing
            }
            Event::Paste(text) => {
                self.apart = true;
                self.offers.close();
                self.buffer.insert(text);
                Pressed::Nothing
            }
            Event::Copy | Event::Cut => {
                if !self.buffer.selected().is_empty() {
                    ctx.copy_text(self.buffer.selected().to_owned());
                    if *event == Event::Cut {
                        self.apart = true;
                        self.buffer.insert("");
                    }
                }
                Pressed::Nothing
            }
            Event::Key { key, modifiers, pressed: true, .. } => {
                if let Some(accepted) = self.offers.key(*key, &mut self.buffer) {
                    // What was taken may ask for more: a key for its value.
                    self.suggest = (!Arc::ptr_eq(&before, self.buffer.text())).then_some(false);
                    label = accepted;
                    self.apart |= label.is_some();
                    Pressed::Nothing
                } else {
                    self.key(*key, *modifiers)
                }
            }
            _ => Pressed::Nothing,
        };
        if self.locked {
            self.buffer.set(&before, false);
            self.offers.close();
            self.suggest = None;
        }
        let typed = !Arc::ptr_eq(&before, self.buffer.text());
        self.reveal |= typed || caret != self.buffer.selection();
        if !typed {
            // What is typed elsewhere is another step.
            self.apart |= caret != self.buffer.selection();
            return result;
        }
        let now = ctx.input(|input| input.time);
        let apart = std::mem::take(&mut self.apart) || now - self.typed_at > PAUSE;
        self.typed_at = now;
        Pressed::Typed { apart, label }
    }

    fn write(&mut self, text: &str) -> Pressed {
        if !text.is_empty() && !text.chars().all(char::is_control) {
            self.buffer.insert(text);
            self.suggest = Some(false);
        }
        Pressed::Nothing
    }

    fn key(&mut self, key: Key, modifiers: Modifiers) -> Pressed {
        let (select, jump) = (modifiers.shift, modifiers.command || modifiers.alt);
        let buffer = &mut self.buffer;
        let motion = match key {
            Key::ArrowLeft if jump => Motion::WordLeft,
            Key::ArrowLeft => Motion::Left,
            Key::ArrowRight if jump => Motion::WordRight,
            Key::ArrowRight => Motion::Right,
            Key::ArrowUp => Motion::Lines(-1),
            Key::ArrowDown => Motion::Lines(1),
            Key::PageUp => Motion::Lines(-(self.page.max(2) as isize - 1)),
            Key::PageDown => Motion::Lines(self.page.max(2) as isize - 1),
            Key::Home if jump => Motion::Top,
            Key::Home => Motion::Home,
            Key::End if jump => Motion::Bottom,
            Key::End => Motion::End,
            Key::Backspace => {
                self.suggest = self.offers.is_open().then_some(false);
                buffer.delete(if jump { Motion::WordLeft } else { Motion::Left });
                return Pressed::Nothing;
            }
            Key::Delete => {
                buffer.delete(if jump { Motion::WordRight } else { Motion::Right });
                return Pressed::Nothing;
            }
            Key::Enter => {
                self.offers.close();
                buffer.break_line();
                return Pressed::Nothing;
            }
            Key::Tab => {
                buffer.indent(!modifiers.shift);
                return Pressed::Nothing;
            }
            Key::A => {
                buffer.select_all();
                return Pressed::Nothing;
            }
            Key::Z | Key::Y => {
                self.offers.close();
                let redo = key == Key::Y || modifiers.shift;
                return Pressed::Run(if redo { Command::Redo } else { Command::Undo });
            }
            Key::Space => {
                self.suggest = Some(true);
                return Pressed::Nothing;
            }
            Key::Period => return Pressed::Mend,
            Key::F12 => {
                self.define = true;
                return Pressed::Nothing;
            }
            Key::Escape => {
                self.offers.close();
                return Pressed::Nothing;
            }
            _ => return Pressed::Nothing,
        };
        self.offers.close();
        self.buffer.go(motion, select);
        Pressed::Nothing
    }
}

/// Whether an event is for the text while that has the keyboard; `open` while something is offered at the caret.
fn is_for_text(event: &Event, open: bool) -> bool {
    match event {
        Event::Text(_) | Event::Paste(_) | Event::Copy | Event::Cut => true,
        Event::Ime(ImeEvent::Commit(_) | ImeEvent::Preedit { .. }) => true,
        Event::Key { key, modifiers, .. } => match key {
            Key::Enter => !modifiers.command,
            Key::Escape => open,
            Key::A | Key::Z | Key::Y | Key::Space | Key::Period => modifiers.command && !modifiers.alt,
            Key::ArrowLeft
            | Key::ArrowRight
            | Key::ArrowUp
            | Key::ArrowDown
            | Key::Home
            | Key::End
            | Key::PageUp
            | Key::PageDown
            | Key::Backspace
            | Key::Delete
            | Key::F12
            | Key::Tab => true,
            _ => false,
        },
        _ => false,
    }
}
