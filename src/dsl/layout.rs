//! The layout sidecar (`blueprint.layout.yaml`): text ⇄ [`Layout`].
//!
//! Shape: `lane: {x: 0, y: 0}`, `nodes: {web: {x: 10, y: 20}}`, `bends: {web -> db: [{x: 5, y: 0}]}` and
//! `shares: {PLACE: {lane: …, output: …, proxy: …, made: […]}}`, `folded: [host]`, `locked: [web]`, `locked_lane: true`. What can't be read is told and skipped: a lost
//! position is no reason to stop.

use crate::diag::{Diagnostic, Diagnostics, Path, Source};
use crate::model::{Layout, Made, Map, Point, Shared, Value};

/// Reads a layout; unreadable positions are warnings.
pub fn read(source: &Source) -> (Layout, Diagnostics) {
    let (value, map, found) = super::read_value(source);
    let mut diagnostics = Diagnostics::new();
    for mut problem in found {
        problem.severity = crate::diag::Severity::Warning;
        diagnostics.push(problem);
    }
    let mut layout = Layout::default();
    let mut bad = |path: Path| {
        diagnostics.push(
            Diagnostic::warning("unreadable-layout", path, "this is no position `{x: …, y: …}`")
                .with_hint("it is placed automatically"),
        );
    };
    if let Some(lane) = value.get("lane").filter(|lane| !lane.is_null()) {
        layout.lane = point(lane);
        if layout.lane.is_none() {
            bad(Path::of(["lane"]));
        }
    }
    for (name, place) in value.get("nodes").and_then(Value::as_map).into_iter().flatten() {
        match point(place) {
            Some(point) => {
                layout.nodes.insert(name.clone(), point);
            }
            None => bad(Path::of(["nodes", name])),
        }
    }
    for (line, places) in value.get("bends").and_then(Value::as_map).into_iter().flatten() {
        let points: Option<Vec<Point>> =
            places.as_list().and_then(|places| places.iter().map(point).collect());
        match points.filter(|points| !points.is_empty()) {
            Some(points) => drop(layout.bends.insert(line.clone(), points)),
            None => bad(Path::of(["bends", line])),
        }
    }
    for (at, line) in value.get("shares").and_then(Value::as_map).into_iter().flatten() {
        match shared(line) {
            Some(shared) => {
                layout.shares.insert(at.clone(), shared);
            }
            None => diagnostics.push(
                Diagnostic::warning(
                    "unreadable-layout",
                    Path::of(["shares", at]),
                    "this does not say what was written for a line between lanes",
                )
                .with_hint("when the line goes, only the value that it reads goes with it"),
            ),
        }
    }
    for (key, set) in [("folded", &mut layout.folded), ("locked", &mut layout.locked)] {
        let Some(value) = value.get(key).filter(|value| !value.is_null()) else { continue };
        let names =
            value.as_list().and_then(|names| names.iter().map(Value::as_str).collect::<Option<Vec<_>>>());
        match names {
            Some(names) => set.extend(names.into_iter().map(str::to_owned)),
            None => diagnostics.push(
                Diagnostic::warning("unreadable-layout", Path::of([key]), "this is no list of names")
                    .with_hint("nothing is taken to be so"),
            ),
        }
    }
    layout.locked_lane = value.get("locked_lane") == Some(&Value::Bool(true));
    diagnostics.locate(&map);
    (layout, diagnostics)
}

fn shared(value: &Value) -> Option<Shared> {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let made = value.get("made").and_then(Value::as_list).unwrap_or_default();
    let made = made.iter().map(|word| Made::ALL.into_iter().find(|made| word.as_str() == Some(made.name())));
    Some(Shared {
        lane: text("lane")?,
        output: text("output")?,
        proxy: text("proxy")?,
        made: made.collect::<Option<_>>()?,
    })
}

fn line(shared: &Shared) -> Value {
    let made = shared.made.iter().map(|made| made.name().into()).collect();
    Value::Map(Map::from_iter([
        ("lane".to_owned(), shared.lane.as_str().into()),
        ("output".to_owned(), shared.output.as_str().into()),
        ("proxy".to_owned(), shared.proxy.as_str().into()),
        ("made".to_owned(), Value::List(made)),
    ]))
}

fn point(value: &Value) -> Option<Point> {
    let number = |key: &str| match value.get(key)? {
        Value::Int(number) => Some(*number as f32),
        Value::Float(number) if number.is_finite() => Some(*number as f32),
        _ => None,
    };
    Some(Point { x: number("x")?, y: number("y")? })
}

/// The text of a layout; the same layout always gives the same text.
pub fn write(layout: &Layout) -> String {
    let place = |point: &Point| {
        // A tenth of a point is more than anybody sees; whole numbers are written as such.
        let number = |number: f32| {
            let tenths = (f64::from(number) * 10.0).round() / 10.0;
            if tenths.fract() == 0.0 { Value::Int(tenths as i64) } else { Value::Float(tenths) }
        };
        Value::Map(Map::from_iter([("x".to_owned(), number(point.x)), ("y".to_owned(), number(point.y))]))
    };
    let mut map = Map::new();
    if let Some(lane) = &layout.lane {
        map.insert("lane".into(), place(lane));
    }
    let nodes: Map = layout.nodes.iter().map(|(name, point)| (name.clone(), place(point))).collect();
    if !nodes.is_empty() {
        map.insert("nodes".into(), Value::Map(nodes));
    }
    let shares: Map = layout.shares.iter().map(|(at, shared)| (at.clone(), line(shared))).collect();
    if !shares.is_empty() {
        map.insert("shares".into(), Value::Map(shares));
    }
    let bends: Map = layout
        .bends
        .iter()
        .filter(|(_, points)| !points.is_empty())
        .map(|(line, points)| (line.clone(), Value::List(points.iter().map(place).collect())))
        .collect();
    if !bends.is_empty() {
        map.insert("bends".into(), Value::Map(bends));
    }
    for (key, names) in [("folded", &layout.folded), ("locked", &layout.locked)] {
        if !names.is_empty() {
            let names = names.iter().map(|name| name.as_str().into()).collect();
            map.insert(key.into(), Value::List(names));
        }
    }
    if layout.locked_lane {
        map.insert("locked_lane".into(), Value::Bool(true));
    }
    super::write(&Value::Map(map))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layout_reads_back_as_written() {
        let mut layout = Layout { lane: Some(Point { x: -3.0, y: 7.5 }), ..Layout::default() };
        layout.nodes.insert("yes".into(), Point { x: 1.0, y: 2.0 });
        let made = vec![Made::Proxy, Made::Output];
        let shared = Shared { lane: "k".into(), output: "o".into(), proxy: "p".into(), made };
        layout.shares.insert("node_templates.a.properties[\"b.c\"]".into(), shared);
        layout.folded.insert("yes".into());
        layout.locked.extend(["b".to_owned(), "a".to_owned()]);
        layout.locked_lane = true;
        layout.bends.insert("a -> b".into(), vec![Point { x: 1.0, y: 2.0 }, Point { x: 3.5, y: -2.0 }]);
        let (back, problems) = read(&Source::new("l.yaml", write(&layout)));
        assert_eq!((back, problems.len()), (layout, 0));
    }

    #[test]
    fn a_bad_position_is_told_and_skipped() {
        let (layout, problems) = read(&Source::new("l.yaml", "nodes:\n  a: {x: 1, y: 2}\n  b: {x: one}\n"));
        assert_eq!(layout.nodes.len(), 1);
        assert_eq!(problems.iter().next().and_then(|p| p.place.as_ref()).map(|p| p.span.line), Some(3));
    }
}
