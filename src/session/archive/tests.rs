//! What an archive may not do: each kind of attack is one packed here, byte by byte where no packer would make it.

use std::io::Write as _;
use std::path::PathBuf;

use zip::write::SimpleFileOptions;

use super::*;

const BLUEPRINT: &str = "tosca_definitions_version: cloudify_dsl_1_3\n";

fn in_folder(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn zipped(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A tar entry with any name: packers refuse the bad ones.
fn entry(name: &str, kind: u8, link: &str, content: &[u8]) -> Vec<u8> {
    let mut header = [0u8; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[100..108].copy_from_slice(b"0000755\0");
    header[124..136].copy_from_slice(format!("{:011o}\0", content.len()).as_bytes());
    header[136..148].copy_from_slice(b"00000000000\0");
    header[148..156].fill(b' ');
    header[156] = kind;
    header[157..157 + link.len()].copy_from_slice(link.as_bytes());
    header[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut all = header.to_vec();
    all.extend_from_slice(content);
    all.resize(all.len().next_multiple_of(512), 0);
    all
}

fn code(name: &str, bytes: &[u8]) -> (&'static str, String) {
    let (folder, path) = in_folder(name, bytes);
    let refused = open(&path).unwrap_err();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "something was written");
    assert!(refused.place.is_some());
    (refused.code, refused.message)
}

#[test]
fn zips_and_tars_are_read_without_their_folder() {
    let zip = zipped(&[("bp/blueprint.yaml", BLUEPRINT), ("bp/scripts/a.sh", "echo")]);
    let mut tar = entry("bp/", b'5', "", b"");
    tar.extend(entry("./bp/blueprint.yaml", b'0', "", BLUEPRINT.as_bytes()));
    tar.extend(entry("bp/scripts/a.sh", b'0', "", b"echo"));
    tar.resize(tar.len() + 1024, 0);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&tar).unwrap();
    for (name, bytes) in [("bp.zip", zip), ("bp.tar", tar), ("bp.tar.gz", packed.finish().unwrap())] {
        let (_folder, path) = in_folder(name, &bytes);
        assert!(is_archive(&path));
        let archive = open(&path).unwrap();
        assert_eq!((archive.name.as_str(), archive.blueprint.as_str()), ("bp", "blueprint.yaml"), "{name}");
        assert_eq!(archive.files.keys().collect::<Vec<_>>(), ["blueprint.yaml", "scripts/a.sh"]);
        assert_eq!(archive.files["scripts/a.sh"].bytes, b"echo");
        assert_eq!(archive.files["scripts/a.sh"].executable, name != "bp.zip");
    }
}

#[test]
fn names_that_lead_out_are_refused() {
    for name in [
        "../evil",
        "a/../../evil",
        "a/../b",
        "/etc/evil",
        "C:/evil",
        "a\\..\\evil",
        "a\u{1b}[31m",
        "a\u{202e}b",
    ] {
        let (refused, message) = code("a.zip", &zipped(&[("blueprint.yaml", BLUEPRINT), (name, "x")]));
        assert_eq!(refused, "archive-outside", "{name:?}: {message}");
        assert_eq!(message, escape(&message));
        let mut tar = entry("blueprint.yaml", b'0', "", BLUEPRINT.as_bytes());
        tar.extend(entry(name, b'0', "", b"x"));
        assert_eq!(code("a.tar", &tar).0, "archive-outside", "{name:?}");
    }
}

#[test]
fn links_and_devices_are_refused() {
    for kind in [b'1', b'2', b'3', b'4', b'6'] {
        let tar = entry("link", kind, "/etc/passwd", b"");
        assert_eq!(code("a.tar", &tar).0, "archive-outside", "{}", char::from(kind));
    }
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.add_symlink("link", "/etc", SimpleFileOptions::default()).unwrap();
    zip.start_file("link/evil", SimpleFileOptions::default()).unwrap();
    assert_eq!(code("a.zip", &zip.finish().unwrap().into_inner()).0, "archive-outside");
}

#[test]
fn bombs_are_refused_by_what_they_unpack_to() {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for number in 0..8 {
        zip.start_file(format!("{number}"), SimpleFileOptions::default()).unwrap();
        zip.write_all(&vec![0; 1024 * 1024]).unwrap();
    }
    assert_eq!(code("a.zip", &zip.finish().unwrap().into_inner()).0, "archive-too-large");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(&entry("zeros", b'0', "", &vec![0; 8 * 1024 * 1024])).unwrap();
    assert_eq!(code("a.tgz", &packed.finish().unwrap()).0, "archive-too-large");
}

#[test]
fn too_many_entries_are_refused_before_they_are_read() {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for number in 0..=MAX_ENTRIES {
        zip.start_file(format!("{number}"), SimpleFileOptions::default()).unwrap();
    }
    assert_eq!(code("a.zip", &zip.finish().unwrap().into_inner()).0, "archive-too-large");
}

#[test]
fn two_of_one_name_and_files_as_folders_are_refused() {
    let mut tar = entry("a", b'0', "", b"1");
    tar.extend(entry("./a", b'0', "", b"2"));
    assert_eq!(code("a.tar", &tar).0, "unreadable-archive");
    assert_eq!(code("a.zip", &zipped(&[("a", "1"), ("a/b", "2")])).0, "unreadable-archive");
    assert_eq!(code("a.zip", &zipped(&[("a/b", "1"), ("a", "2")])).0, "unreadable-archive");
}

#[test]
fn cut_and_changed_archives_are_errors_or_read() {
    let whole = zipped(&[("blueprint.yaml", BLUEPRINT), ("b/c", "text")]);
    let (_folder, path) = in_folder("a.zip", &whole);
    for at in 0..whole.len() {
        std::fs::write(&path, &whole[..at]).unwrap();
        assert!(open(&path).is_err(), "{at}");
        let mut changed = whole.clone();
        changed[at] ^= 0xff;
        std::fs::write(&path, &changed).unwrap();
        let _ = open(&path);
    }
}

#[test]
fn what_is_no_regular_file_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(open(folder.path()).unwrap_err().code, "unreadable-archive");
    assert_eq!(open(Path::new("/dev/zero")).unwrap_err().code, "unreadable-archive");
    assert_eq!(open(&folder.path().join("none.zip")).unwrap_err().code, "unreadable-archive");
}

#[test]
fn a_csar_says_which_file_to_open() {
    let meta = "TOSCA-Meta-File-Version: 1.0\nEntry-Definitions: defs/app.yaml\n";
    let zip = zipped(&[("TOSCA-Metadata/TOSCA.meta", meta), ("defs/app.yaml", BLUEPRINT), ("a.yaml", "")]);
    let (_folder, path) = in_folder("app.csar", &zip);
    assert_eq!(open(&path).unwrap().blueprint, "defs/app.yaml");
}

#[test]
fn imports_stay_in_the_archive() {
    let zip = zipped(&[("blueprint.yaml", BLUEPRINT), ("types/a.yaml", "a: 1"), ("types/b.yaml", "b: 1")]);
    let (_folder, path) = in_folder("a.zip", &zip);
    let archive = open(&path).unwrap();
    assert_eq!(&*archive.read("types/a.yaml", "blueprint.yaml").unwrap().name, "types/a.yaml");
    assert_eq!(&*archive.read("b.yaml", "types/a.yaml").unwrap().name, "types/b.yaml");
    assert_eq!(&*archive.read("types/b.yaml", "types/a.yaml").unwrap().name, "types/b.yaml");
    assert_eq!(archive.read("../../etc/passwd", "blueprint.yaml"), Err(FileError::Outside));
    assert_eq!(archive.read("/etc/passwd", "blueprint.yaml"), Err(FileError::Outside));
    assert_eq!(archive.read("none.yaml", "blueprint.yaml"), Err(FileError::NotFound));
    assert!(archive.exists("types/a.yaml") && !archive.exists("../types/a.yaml"));
}
