//! A disk that takes no more: told, survived, and nothing lost that was acknowledged.

use std::collections::BTreeSet;
use std::process::Command;

use crate::program::{Program, Ran, nowhere, program, ran};

/// Runs the program where no file may grow past so many blocks of 512 bytes.
fn with_files_up_to(blocks: u64, program: &Program, arguments: &[&str]) -> Ran {
    let inner = program.command(&[&["--json"], arguments].concat());
    let mut shell = Command::new("sh");
    // Without the trap the kernel would end the program instead of failing its write.
    shell.arg("-c").arg(format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"")).arg("sh").arg(inner.get_program()).args(inner.get_args());
    shell.env_remove("CREDENTIALS_DIRECTORY").env_remove("VELKOMMEN_LOG").env("LC_ALL", "C.UTF-8");
    ran(shell.output().unwrap())
}

fn blocks_of(program: &Program, file: &str) -> u64 {
    std::fs::metadata(program.folder().join(file)).map_or(0, |facts| facts.len().div_ceil(512))
}

#[test]
fn a_full_disk_is_told_and_loses_nobody_who_was_acknowledged() {
    let program = program();
    let mut acknowledged: BTreeSet<String> =
        (0..5).map(|number| program.sign_in(&format!("Early {number}"))["visit"].to_string()).collect();
    let size = blocks_of(&program, "velkommen.db");
    assert!(size > 100);
    let (mut failed, mut done) = (0, 0);
    // From no byte at all to more than is needed, in steps that also end within a page.
    for blocks in (0..200).step_by(9).chain(size..size + 30) {
        let ended = with_files_up_to(
            blocks,
            &program,
            &["visit", "sign-in", "--name", &format!("Squeezed {blocks}"), "--company", &"å".repeat(200)],
        );
        assert!(!ended.err.contains("panicked"), "{}", ended.err);
        match ended.code {
            Some(0) => {
                done += 1;
                acknowledged.insert(ended.line()["visit"].to_string());
            }
            code => {
                failed += 1;
                assert_eq!(code, Some(3), "{blocks} blocks: {}{}", ended.out, ended.err);
                let error = ended.line()["error"].as_str().unwrap().to_owned();
                assert!(["full", "io"].contains(&error.as_str()), "{blocks} blocks: {error}");
            }
        }
        let open: BTreeSet<_> = program.open_visits().iter().map(|visit| visit["visit"].to_string()).collect();
        assert_eq!(acknowledged.difference(&open).collect::<Vec<_>>(), [""; 0], "{blocks} blocks");
    }
    assert!(failed > 5 && done > 5, "{failed} failed, {done} done");
}

#[test]
fn a_desk_that_did_not_fit_can_be_made_when_there_is_room() {
    for blocks in [0, 1, 8, 9, 50, 100] {
        let program = nowhere();
        let ended = with_files_up_to(blocks, &program, &["init"]).ends(3);
        assert!(ended.line()["error"].is_string());
        program.json(&["init"]).ends(0);
        program.sign_in("Ada");
    }
}

#[test]
fn erasing_works_on_a_full_disk_from_the_room_that_is_kept_for_it() {
    let program = program();
    for number in 0..30 {
        program.sign_in(&format!("Ada {number}"));
    }
    let raw = crate::given::raw(program.folder().join("velkommen.db"), program.folder().join("key"));
    raw.execute_batch("UPDATE visits SET erase_after = 1").unwrap();
    drop(raw);
    let (disk, desk) = (program.place.path().join("disk"), program.folder());
    std::fs::create_dir(&disk).unwrap();
    for (prepare, code, said) in [("rm ballast", 3, "full"), ("true", 0, "\"class\":\"visit\",\"erased\":30")] {
        // A small disk of its own, which goes with the shell.
        let script = format!(
            "mount -t tmpfs -o size=16m tmpfs {disk} && cp -r {desk} {disk}/desk && cd {disk}/desk && {prepare}
             cat /dev/zero > {disk}/everything 2>/dev/null
             exec {velkommen} --json --data {disk}/desk erase-due",
            disk = disk.display(),
            desk = desk.display(),
            velkommen = env!("CARGO_BIN_EXE_velkommen"),
        );
        let mut shell = Command::new("unshare");
        shell.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script]);
        shell.env_remove("CREDENTIALS_DIRECTORY").env_remove("VELKOMMEN_LOG").env("LC_ALL", "C.UTF-8");
        let ended = ran(shell.output().unwrap()).ends(code);
        assert!(ended.out.contains(said), "{prepare}: {}{}", ended.out, ended.err);
    }
}

#[test]
fn who_is_in_the_house_can_be_read_from_a_full_disk() {
    let program = program();
    program.sign_in("Ada");
    // Beside a kiosk, and alone.
    for kiosk in [true, false] {
        let kiosk = kiosk.then(|| {
            velkommen::desk::Desk::open(
                velkommen::desk::Folder::at(program.folder()),
                std::sync::Arc::new(velkommen::desk::clock::SystemClock),
                crate::given::build(),
            )
            .unwrap()
        });
        for command in [&["visit", "open"][..], &["roll-call"]] {
            let ended = with_files_up_to(0, &program, command).ends(0);
            assert!(ended.out.contains("Ada"), "{command:?}: {}", ended.out);
        }
        with_files_up_to(0, &program, &["retention"]).ends(0);
        let refused = with_files_up_to(0, &program, &["visit", "sign-in", "--name", "Bo"]).ends(3).line();
        assert!(["full", "io", "read_only"].contains(&refused["error"].as_str().unwrap()), "{refused}");
        drop(kiosk);
    }
    assert_eq!(program.open_visits().len(), 1);
}

#[test]
fn who_is_in_the_house_can_be_read_from_a_file_that_cannot_be_written() {
    use std::os::unix::fs::PermissionsExt;
    let program = program();
    program.sign_in("Ada");
    std::fs::set_permissions(program.folder().join("velkommen.db"), PermissionsExt::from_mode(0o400)).unwrap();
    for command in [&["visit", "open"][..], &["roll-call"]] {
        assert!(program.json(command).ends(0).out.contains("Ada"), "{command:?}");
    }
    program.json(&["retention"]).ends(0);
    assert_eq!(program.json(&["visit", "sign-in", "--name", "Bo"]).ends(3).line()["error"], "read_only");
    assert_eq!(program.json(&["erase-due"]).ends(3).line()["error"], "read_only");
}

#[test]
fn each_file_that_cannot_be_read_is_named() {
    for file in ["config.toml", "profile.toml", "key", "velkommen.db"] {
        for (ruin, words) in [("bytes", ["config", "profile", "no_key", "damaged"]), ("folder", ["config", "profile", "no_key", "foreign"])]
        {
            let program = program();
            let path = program.folder().join(file);
            std::fs::remove_file(&path).unwrap();
            match ruin {
                "bytes" => std::fs::write(&path, b"\xff\xfe").unwrap(),
                _ => std::fs::create_dir(&path).unwrap(),
            }
            let line = program.json(&["visit", "open"]).ends(3).line();
            assert!(words.contains(&line["error"].as_str().unwrap()), "{file} as {ruin}: {line}");
            assert!(line["message"].as_str().unwrap().contains(file), "{file} as {ruin}: {line}");
        }
    }
}

#[test]
fn a_missing_profile_is_named() {
    let program = program();
    std::fs::remove_file(program.folder().join("profile.toml")).unwrap();
    let line = program.json(&["visit", "open"]).ends(3).line();
    assert!(line["message"].as_str().unwrap().contains("profile.toml"), "{line}");
}
