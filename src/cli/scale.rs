//! `--scale` of `gantry plan` and `gantry deploy`: which node or scaling group of which lane shall have how many
//! instances.
//!
//! Only reads the words: whether there can be so many is decided when it is planned.

use clap::Args;

use super::output::{self, exit};
use crate::plan::{Amount, Scaling, Scalings};
use crate::session::Session;

/// How many instances, where that is not what the blueprint says.
#[derive(Debug, Clone, Default, Args)]
pub struct ScaleOptions {
    /// Scale a node or scaling group: `NAME=4`, `NAME=+2`, `NAME=-1`, or `NAME=default` for what the blueprint says
    ///
    /// The number is that for each instance of what contains it. It is kept by later deploys, until the blueprint itself
    /// says another number or the deployment is taken down. What stays is not touched, except that it relates to more
    /// or fewer; the latest made go first.
    #[arg(long = "scale", value_name = "NAME=COUNT")]
    pub scale: Vec<String>,

    /// Scale the host of a node that is named, with all that is on it
    #[arg(long, requires = "scale")]
    pub scale_compute: bool,

    /// Instances that go first when scaling in; repeatable, or with commas
    #[arg(long, value_name = "INSTANCE", value_delimiter = ',', requires = "scale")]
    pub include_instances: Vec<String>,

    /// Instances that go last when scaling in; repeatable, or with commas
    #[arg(long, value_name = "INSTANCE", value_delimiter = ',', requires = "scale")]
    pub exclude_instances: Vec<String>,
}

/// Tells the session what is asked for; or the exit code, the reason told.
pub fn apply(session: &mut Session, lanes: &[String], options: &ScaleOptions) -> Result<(), u8> {
    for text in &options.scale {
        if let Err(message) = wish(text) {
            return Err(output::failed(message, exit::USAGE));
        }
    }
    let wishes: Vec<Scaling> = options.scale.iter().filter_map(|text| wish(text).ok()).collect();
    let mut of_lane: Vec<Scalings> = vec![Scalings::default(); lanes.len()];
    for wish in wishes {
        let having: Vec<usize> = (0..lanes.len())
            .filter(|place| {
                session.lane(&lanes[*place]).is_some_and(|lane| {
                    lane.topology.nodes.contains_key(&wish.entity)
                        || lane.topology.scaling_groups.contains_key(&wish.entity)
                })
            })
            .collect();
        match having.as_slice() {
            // Which is missing is told by the plan of a single lane.
            [] if lanes.len() == 1 => of_lane[0].wishes.push(wish),
            [] => {
                let message = format!("no lane has a node or scaling group `{}` to scale", wish.entity);
                return Err(output::failed(message, exit::PROBLEMS));
            }
            [one] => of_lane[*one].wishes.push(wish),
            [first, ..] => {
                let names: Vec<&str> = having.iter().map(|place| lanes[*place].as_str()).collect();
                let message = format!(
                    "`{}` is in several lanes: {}; name one of them as PROJECT/{}",
                    wish.entity,
                    names.join(", "),
                    lanes[*first]
                );
                return Err(output::failed(message, exit::USAGE));
            }
        }
    }
    for (lane, mut scalings) in lanes.iter().zip(of_lane) {
        if !scalings.wishes.is_empty() {
            scalings.compute = options.scale_compute;
            scalings.include.clone_from(&options.include_instances);
            scalings.exclude.clone_from(&options.exclude_instances);
            session.scale(lane, scalings);
        }
    }
    Ok(())
}

fn wish(text: &str) -> Result<Scaling, String> {
    let wrong = || format!("`--scale {text}`: expected NAME=COUNT, NAME=+MORE, NAME=-FEWER or NAME=default");
    let (entity, count) = text.rsplit_once('=').filter(|(entity, _)| !entity.is_empty()).ok_or_else(wrong)?;
    let amount = match count {
        "default" => Amount::Default,
        _ if count.starts_with(['+', '-']) => Amount::By(count.parse().map_err(|_| wrong())?),
        _ => Amount::To(count.parse().map_err(|_| wrong())?),
    };
    Ok(Scaling { entity: entity.to_owned(), amount })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_steps_are_told_apart() {
        let amount = |text: &str| wish(text).map(|wish| wish.amount);
        assert_eq!(amount("web=4"), Ok(Amount::To(4)));
        assert_eq!(amount("web=+2"), Ok(Amount::By(2)));
        assert_eq!(amount("web=-1"), Ok(Amount::By(-1)));
        assert_eq!(amount("web=default"), Ok(Amount::Default));
        for wrong in ["web", "=3", "web=", "web=x", "web=1.5", "web=--1", "web=99999999999999999999"] {
            assert!(amount(wrong).is_err(), "{wrong}");
        }
    }
}
