//! Chooses a front end.

fn main() {}
