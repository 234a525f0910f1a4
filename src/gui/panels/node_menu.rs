//! The menu of a node that runs: its logs, a command in it, a port of it, putting it right; and the window with what
//! these tell.
//!
//! Owns what is typed and shown there. The work is done on a thread of its own by [`crate::session::inside`].

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use egui::{Context, Response, RichText, ScrollArea, TextEdit, Ui, Window};

use crate::check::{Resource, resources};
use crate::diag::escape;
use crate::gui::board::Board;
use crate::gui::view::{NodeKey, View, Wish};
use crate::session::inside::{self, Inside, InsideError, LogOptions};

/// Lines that are kept.
const LINES: usize = 2000;

/// What is asked of a node that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeDeed {
    /// Shows what its containers write; of those before the last restart if so.
    Logs {
        /// Before the last restart.
        previous: bool,
    },
    /// Runs a command in it.
    Exec,
    /// Leads a port of this machine to one of its pod.
    Forward,
    /// Puts it right, and nothing else.
    Heal,
}

/// What a thread tells the window, and whether it is still wanted.
#[derive(Clone, Debug, Default)]
struct Told {
    lines: Arc<Mutex<VecDeque<String>>>,
    wanted: Arc<AtomicBool>,
}

impl Told {
    fn add(&self, ctx: &Context, line: String) {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() >= LINES {
            lines.pop_front();
        }
        lines.push_back(line);
        drop(lines);
        ctx.request_repaint();
    }
}

/// Takes what a command says, line by line.
struct Lines(Told, Context, Vec<u8>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.2.extend_from_slice(bytes);
        while let Some(end) = self.2.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.2.drain(..=end).collect();
            self.0.add(&self.1, String::from_utf8_lossy(&line).trim_end().to_owned());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The last line may have no end.
impl Drop for Lines {
    fn drop(&mut self) {
        if !self.2.is_empty() {
            self.0.add(&self.1, String::from_utf8_lossy(&self.2).into_owned());
        }
    }
}

/// The window of a node that is looked into. Closing it ends what goes on for it.
#[derive(Debug)]
pub struct Inspection {
    node: String,
    deed: NodeDeed,
    instances: Vec<Inside>,
    typed: String,
    told: Told,
}

impl Drop for Inspection {
    fn drop(&mut self) {
        self.told.wanted.store(false, Ordering::Relaxed);
    }
}

impl Inspection {
    /// Of `instances` of `node`.
    pub fn new(ctx: &Context, node: String, deed: NodeDeed, instances: Vec<Inside>) -> Self {
        let mut inspection = Self { node, deed, instances, typed: String::new(), told: Told::default() };
        if let NodeDeed::Logs { .. } = deed {
            inspection.begin(ctx);
        }
        inspection
    }

    /// Does what was asked for, on a thread of its own; what went on before ends.
    fn begin(&mut self, ctx: &Context) {
        self.told.wanted.store(false, Ordering::Relaxed);
        self.told.wanted = Arc::new(AtomicBool::new(true));
        let (told, ctx, deed) = (self.told.clone(), ctx.clone(), self.deed);
        let (instances, typed) = (self.instances.clone(), self.typed.clone());
        let work = move || {
            let end = match done(&told, &ctx, deed, &instances, &typed) {
                Ok(end) => end,
                Err(error) => format!("error: {error}"),
            };
            told.add(&ctx, end);
        };
        if let Err(error) = std::thread::Builder::new().name("look inside".into()).spawn(work) {
            let why = format!("error: no thread can be started: {error}");
            self.told.lines.lock().unwrap_or_else(PoisonError::into_inner).push_back(why);
        }
    }
}

fn done(
    told: &Told,
    ctx: &Context,
    deed: NodeDeed,
    instances: &[Inside],
    typed: &str,
) -> Result<String, InsideError> {
    let wanted = || told.wanted.load(Ordering::Relaxed);
    let Some(first) = instances.first() else { return Ok(String::new()) };
    match deed {
        NodeDeed::Logs { previous } => {
            let options =
                LogOptions { follow: !previous, previous, tail: Some(500), ..LogOptions::default() };
            let print = |said: Result<inside::LogLine, InsideError>| match said {
                Ok(line) => told.add(ctx, format!("{}/{}: {}", line.pod, line.container, line.text)),
                Err(why) => told.add(ctx, format!("({why})")),
            };
            inside::logs_while(instances, &options, print, wanted)?;
            Ok("the log ends".into())
        }
        NodeDeed::Exec => {
            told.add(ctx, format!("$ {typed}"));
            let lines = || Lines(told.clone(), ctx.clone(), Vec::new());
            let shell = ["sh", "-c", typed].map(str::to_owned);
            let code = first.exec_while(&shell, None, false, (lines(), lines()), wanted)?;
            Ok(format!("exit code {code}"))
        }
        NodeDeed::Forward => {
            let number = |text: &str| text.trim().parse::<u16>().ok();
            let (near, far) = typed.split_once(':').unwrap_or((typed, typed));
            let (Some(near), Some(far)) = (number(near), number(far)) else {
                return Ok("two numbers are wanted, HERE:THERE, or one for both".into());
            };
            let listening = |port| told.add(ctx, format!("http://127.0.0.1:{port} leads to port {far}"));
            let (heard, window) = (told.clone(), ctx.clone());
            let complain = move |why: String| heard.add(&window, format!("({why})"));
            first.forward_while(near, far, listening, complain, wanted)?;
            Ok("forwarding has ended".into())
        }
        NodeDeed::Heal => Ok(String::new()),
    }
}

/// The menu of a card.
pub fn node_menu(response: &Response, board: &Board, view: &mut View, key: &NodeKey) {
    response.context_menu(|ui| {
        let named = board.lanes.get(key.lane).map(|shown| resources(&shown.lane.topology));
        let named = named.into_iter().flatten().filter(|named| named.path.node() == Some(key.name.as_str()));
        for Resource { file, .. } in named {
            if ui.button(format!("Open {file}")).on_hover_text("In the editor of texts").clicked() {
                view.wish(Wish::OpenFile { lane: key.lane, file });
                ui.close();
            }
        }
        for (name, hint, deed) in [
            ("Logs", "What its containers write, as it comes", NodeDeed::Logs { previous: false }),
            (
                "Logs before the last restart",
                "Of the containers that ran before",
                NodeDeed::Logs { previous: true },
            ),
            ("Run a command…", "In the first container of its first pod", NodeDeed::Exec),
            ("Forward a port…", "From this machine to its first pod", NodeDeed::Forward),
            ("Heal", "Puts this node right, as it was deployed, and nothing else", NodeDeed::Heal),
        ] {
            if ui.button(name).on_hover_text(hint).clicked() {
                view.wish(Wish::Node { key: key.clone(), deed });
                ui.close();
            }
        }
    });
}

/// The window with what was asked for; gone when a person closes it.
pub fn inspection_ui(ctx: &Context, open: &mut Option<Inspection>) {
    let Some(inspection) = open else { return };
    let title = match inspection.deed {
        NodeDeed::Logs { previous: false } => "logs",
        NodeDeed::Logs { previous: true } => "logs before the last restart",
        NodeDeed::Exec => "command",
        NodeDeed::Forward | NodeDeed::Heal => "port",
    };
    let mut stays = true;
    Window::new(format!("{}: {title}", inspection.node))
        .open(&mut stays)
        .default_size([640.0, 360.0])
        .show(ctx, |ui| content_ui(ui, inspection));
    if !stays {
        *open = None;
    }
}

fn content_ui(ui: &mut Ui, inspection: &mut Inspection) {
    let asks = match inspection.deed {
        NodeDeed::Exec => Some(("command", "ls /")),
        NodeDeed::Forward => Some(("ports", "8080:80")),
        NodeDeed::Logs { .. } | NodeDeed::Heal => None,
    };
    if let Some((label, example)) = asks {
        ui.horizontal(|ui| {
            let name = ui.label(label);
            let field = TextEdit::singleline(&mut inspection.typed).hint_text(example);
            let field = ui.add(field).labelled_by(name.id);
            let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
            if (ui.button("Run").clicked() || entered) && !inspection.typed.trim().is_empty() {
                inspection.begin(ui.ctx());
            }
        });
    }
    let lines: Vec<String> =
        inspection.told.lines.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect();
    let height = ui.text_style_height(&egui::TextStyle::Monospace);
    ScrollArea::both().stick_to_bottom(true).auto_shrink(false).show_rows(
        ui,
        height,
        lines.len(),
        |ui, rows| {
            for line in lines.get(rows).unwrap_or_default() {
                ui.label(RichText::new(escape(line)).monospace().size(11.5));
            }
        },
    );
}
