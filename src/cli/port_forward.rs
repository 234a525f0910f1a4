//! `gantry port-forward`: a port of a node's pod at this machine's loopback.

use std::path::PathBuf;

use super::args::PortForwardArguments;
use super::logs::{refuse, running};
use super::output::{CARE, exit, line, note, paint};
use crate::diag::escape;

/// Runs the verb, until interrupted.
pub fn run(arguments: &PortForwardArguments, data_dir: Option<PathBuf>) -> u8 {
    let (near, far) = match ports(&arguments.ports) {
        Ok(ports) => ports,
        Err(message) => {
            note(format!("error: {message}"));
            return exit::USAGE;
        }
    };
    let instances = match running(&arguments.running, data_dir) {
        Ok(instances) => instances,
        Err(code) => return code,
    };
    let Some(first) = instances.first() else { return exit::PROBLEMS };
    let node = &arguments.running.node;
    let listening = |port| line(format!("127.0.0.1:{port} leads to port {far} of {node}; Ctrl-C ends it"));
    let complain = |why: String| note(paint(CARE, escape(&why)));
    // Pressed once, it ends as a person wants it to.
    let interrupt = super::interrupt::presses();
    match first.forward_while(near, far, listening, complain, || interrupt.count() == 0) {
        Ok(()) => exit::OK,
        Err(error) => refuse(&error),
    }
}

/// `8080:80`, or `80` for the same port at both ends; 0 in front lets the system choose.
fn ports(text: &str) -> Result<(u16, u16), String> {
    let wrong = || format!("`{text}` are no ports: give `HERE:THERE` or one number, up to 65535");
    let (near, far) = text.split_once(':').unwrap_or((text, text));
    let number = |text: &str| text.parse::<u16>().map_err(|_| wrong());
    match (number(near)?, number(far)?) {
        (_, 0) => Err(wrong()),
        ports => Ok(ports),
    }
}

#[cfg(test)]
mod tests {
    use super::ports;

    #[test]
    fn ports_are_read_strictly() {
        assert_eq!(ports("80"), Ok((80, 80)));
        assert_eq!(ports("0:80"), Ok((0, 80)));
        for text in ["", "80:", "a", "65536", "80:0", "1:2:3", "-1"] {
            assert!(ports(text).is_err(), "{text}");
        }
    }
}
