//! What holds of every edit, whatever the text looks like.

use std::collections::BTreeMap;

use gantry::check::{self, Catalog};
use gantry::diag::{Path, Segment, Source};
use gantry::dsl::patch::PatchError;
use gantry::dsl::{self, NoFiles};
use gantry::edit::{Edit, EditError, Project, Subject};
use gantry::model::{Value, diff};

use super::hand::Owned;

/// Which comments a text must have, and to what each belongs.
#[derive(Clone, Debug, Default)]
pub struct Comments {
    all: BTreeMap<String, Vec<Owned>>,
}

impl Comments {
    pub fn add(&mut self, text: &str, owned: Vec<Owned>) {
        self.all.insert(text.to_owned(), owned);
    }

    /// Those that the text does not hold.
    pub fn lost(&self, name: &str, text: &str) -> Vec<Owned> {
        let all = self.all.get(name).into_iter().flatten();
        all.filter(|(id, _)| !text.contains(&format!("# {id}"))).cloned().collect()
    }

    fn forget(&mut self, name: &str, text: &str) {
        if let Some(all) = self.all.get_mut(name) {
            all.retain(|(id, _)| text.contains(&format!("# {id}")));
        }
    }

    fn rename(&mut self, name: &str, at: &Path, to: &str) {
        let depth = at.segments().len();
        let start = at.parent().unwrap_or_default().key(to);
        for (_, owner) in self.all.get_mut(name).into_iter().flatten().filter(|(_, owner)| at.contains(owner))
        {
            *owner = owner.segments()[depth..].iter().fold(start.clone(), deeper);
        }
    }
}

fn deeper(path: Path, segment: &Segment) -> Path {
    match segment {
        Segment::Key(key) => path.key(key),
        Segment::Index(index) => path.index(*index),
    }
}

/// What a text says; why not, if it can't be read.
pub fn readable(text: &str) -> Result<Value, String> {
    let (value, _, problems) = dsl::read_value(&Source::new("text", text));
    match problems.iter().find(|one| matches!(one.code, "syntax" | "nested-too-deep" | "alias-bomb")) {
        Some(problem) => Err(problem.message.clone()),
        None => Ok(value),
    }
}

/// A refusal says something that a person can do something about. That a change can't be made safely is no such thing,
/// as long as the text is nobody's odd typing.
pub fn refusal(error: &EditError, typed: bool) {
    assert!(!error.to_string().is_empty());
    if let EditError::Text { source, .. } = error {
        assert!(typed || !matches!(source, PatchError::Unsafe(_)), "{error}");
    }
}

/// Every text of a project by name.
fn texts(project: &Project) -> BTreeMap<String, String> {
    let manifest = project.manifest.iter().map(|text| ("gantry.yaml".to_owned(), text.to_string()));
    manifest.chain(project.documents.iter().map(|(name, one)| (name.clone(), one.text.to_string()))).collect()
}

fn typed(edit: &Edit) -> bool {
    match edit {
        Edit::Text { .. } | Edit::ManifestText(_) | Edit::AddLane(_) | Edit::RemoveLane { .. } => true,
        Edit::RenameLane { .. } => true,
        Edit::All { edits, .. } => edits.iter().any(typed),
        _ => false,
    }
}

/// `edit` has made `after` of `before`; in a walk in which somebody types, lines may be odd ones.
pub fn check(before: &Project, edit: &Edit, after: &Project, comments: &mut Comments, types: bool) {
    assert!(!edit.label().is_empty());
    let touched = edit.touches(before).expect("what was applied touches something");
    let olds = texts(before);
    for (name, new) in texts(after) {
        let subject = if name == "gantry.yaml" { Subject::Manifest } else { Subject::Lane(name.clone()) };
        let touched: Vec<&Path> =
            touched.iter().filter(|(one, _)| *one == subject).map(|(_, path)| path).collect();
        let Some(old) = olds.get(&name) else {
            assert!(!touched.is_empty(), "{name} is new and nobody says so");
            continue;
        };
        if touched.is_empty() {
            assert_eq!(*old, new, "{name} is touched by nobody");
            continue;
        }
        if *old == new {
            continue;
        }
        if touched.iter().any(|path| path.segments().is_empty()) {
            comments.forget(&name, &new);
            continue;
        }
        let (old_value, new_value) = match (readable(old), readable(&new)) {
            (Ok(old), Ok(new)) => (old, new),
            (Ok(_), Err(why)) => panic!("{name} can't be read any more: {why}\n{new}"),
            (Err(why), _) => panic!("{name} was broken ({why}) and was changed"),
        };
        let differs = diff(&old_value, &new_value);
        for path in &differs {
            let named = touched.iter().any(|touched| touched.contains(path))
                // A map that is made on the way.
                || touched.iter().any(|touched| path.contains(touched));
            assert!(named, "{name}: {path} differs, only {touched:?} may\n{new}");
        }
        endings(old, &new);
        if adds(edit) && !types {
            lines(old, &new, touched.len(), &differs, (&old_value, &new_value));
        }
        if let Edit::Rename { at, to, .. } = edit
            && touched.contains(&at)
        {
            comments.rename(&name, at, to);
            let lost = comments.lost(&name, &new);
            assert!(lost.is_empty(), "{name}: a new name has cost {lost:?}\n{new}");
        }
        for (id, owner) in comments.lost(&name, &new) {
            let gone = differs.iter().any(|path| goes_with(path, &owner, &old_value, &new_value))
                // Taken away and made again.
                || !adds(edit) && touched.iter().any(|path| path.contains(&owner));
            assert!(gone, "{name}: comment {id} of {owner} is lost; {differs:?} differ\n{new}");
        }
        comments.forget(&name, &new);
    }
    if typed(edit) {
        *comments = Comments::default();
    }
}

/// What stands at a path.
pub fn at<'v>(value: &'v Value, path: &Path) -> Option<&'v Value> {
    path.segments().iter().try_fold(value, |value, segment| match segment {
        Segment::Key(key) => value.get(key),
        Segment::Index(index) => value.as_list()?.get(*index),
    })
}

fn is_scalar(value: &Value) -> bool {
    value.as_map().is_none() && value.as_list().is_none()
}

/// Whether a comment of `owner` may go because `path` differs.
fn goes_with(path: &Path, owner: &Path, old: &Value, new: &Value) -> bool {
    // What stands in a list has another place when an element before it goes.
    let list = owner.segments().iter().rposition(|segment| matches!(segment, Segment::Index(_)));
    let in_list = list.is_some_and(|list| {
        let list = owner.segments()[..list].iter().fold(Path::root(), deeper);
        list.contains(path) || path.contains(&list)
    });
    if let (Some(old), Some(new)) = (at(old, path), at(new, path))
        && is_scalar(old)
        && is_scalar(new)
    {
        return in_list;
    }
    in_list || path.contains(owner)
}

/// The ends of lines stay what they are.
fn endings(old: &str, new: &str) {
    let windows = |text: &str| text.matches("\r\n").count();
    let all = |text: &str| text.matches('\n').count();
    if all(old) > 0 && windows(old) == all(old) {
        assert_eq!(windows(new), all(new), "an end of line is another\n{new:?}");
    } else if windows(old) == 0 {
        assert_eq!(windows(new), 0, "an end of line is another\n{new:?}");
    }
}

/// Whether nothing goes: what there is may say something else, or more.
fn adds(edit: &Edit) -> bool {
    match edit {
        Edit::All { edits, .. } => edits.iter().all(adds),
        Edit::Member { joins, .. } => *joins,
        Edit::AddNode { .. } | Edit::Connect { .. } | Edit::Rename { .. } | Edit::Reconnect { .. } => true,
        Edit::Set { .. } | Edit::Group { .. } => true,
        Edit::Configure { value, .. } => value.is_some(),
        _ => false,
    }
}

/// No more lines are rewritten than things differ.
fn lines(old: &str, new: &str, touched: usize, differs: &[Path], (old_value, new_value): (&Value, &Value)) {
    // Where something goes or is of another kind its lines go, too.
    let is_line = |value: &Value| is_scalar(value) && value.as_str().is_none_or(|text| !text.contains('\n'));
    let grows =
        |path: &Path| at(old_value, path).is_none_or(|value| is_line(value) && at(new_value, path).is_some());
    if !differs.iter().all(grows) {
        return;
    }
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let kept = common(&old, &new);
    let limit = touched.max(differs.len());
    assert!(
        old.len() - kept <= limit,
        "{} lines rewritten, {limit} expected\n{}",
        old.len() - kept,
        new.join("\n")
    );
}

/// Lines that both have, in the same order.
fn common(old: &[&str], new: &[&str]) -> usize {
    let head = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let (old, new) = (&old[head..], &new[head..]);
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new).count();
    let (old, new) = (&old[..old.len() - tail], &new[..new.len() - tail]);
    let mut row = vec![0; new.len() + 1];
    for line in old {
        let mut above = 0;
        for (column, other) in new.iter().enumerate() {
            let next = row[column + 1];
            row[column + 1] = if line == other { above + 1 } else { next.max(row[column]) };
            above = next;
        }
    }
    head + tail + row[new.len()]
}

/// Whatever the texts say, they can be read and checked.
pub fn read(project: &Project) {
    let catalog = Catalog::built_in();
    for document in project.documents.values() {
        let source = Source::new(document.file.clone(), document.text.clone());
        let reading = check::read(&source, &NoFiles, &catalog);
        let _ = check::check(&reading, &catalog);
    }
    let _ = project.settings();
}
