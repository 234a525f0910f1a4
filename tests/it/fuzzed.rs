//! What the fuzzer found, and what led it far: both laws hold of every one, again and again. See `tests/fuzz`.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::fuzz_laws::{evaluation, read_check};

/// An unoptimised build on a loaded machine; the fuzzer's own bar is far lower.
const BAR: Duration = Duration::from_secs(20);

#[test]
fn what_was_found_stays_mended() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/fuzz");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(
        (10..=60).contains(&files.len()),
        "{} files: enough to be of use, few enough to be kept",
        files.len()
    );
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        assert!(bytes.len() < 4_096, "{} is not small", file.display());
        println!("{}", file.display());
        let start = Instant::now();
        read_check(&bytes);
        evaluation(&bytes);
        assert!(start.elapsed() < BAR, "{} took {:?}", file.display(), start.elapsed());
    }
}
