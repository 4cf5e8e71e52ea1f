//! Files that come in and go out: none is waited for, none is read past its limit, and what is written is nobody else's.

use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::json;

use crate::program::{Program, Ran, nowhere, program, ran};

/// Most memory that the program takes for any file.
const MEMORY_MAX_KB: u64 = 256 * 1024;

/// Runs the program, and ends it where it waits for a file.
fn run_without_waiting(program: &Program, arguments: &[&str]) -> Ran {
    let inner = program.command(&[&["--json"], arguments].concat());
    let mut timed = Command::new("timeout");
    timed.arg("30").arg(inner.get_program()).args(inner.get_args());
    timed.env_remove("CREDENTIALS_DIRECTORY").env_remove("VELKOMMEN_LOG").env("LC_ALL", "C.UTF-8").stdin(Stdio::null());
    ran(timed.output().unwrap())
}

fn pipe(path: &Path) {
    rustix::fs::mknodat(rustix::fs::CWD, path, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
}

/// The program's answer, and the most memory it had.
fn measured(program: &Program, arguments: &[&str]) -> (Ran, u64) {
    let mut child = program.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut most_kb = 0;
    while child.try_wait().unwrap().is_none() {
        let now = std::fs::read_to_string(&status).unwrap_or_default();
        let kb = now.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse().ok());
        most_kb = most_kb.max(kb.unwrap_or(0));
        std::thread::sleep(Duration::from_millis(2));
    }
    (ran(child.wait_with_output().unwrap()), most_kb)
}

#[test]
fn no_file_of_the_folder_is_waited_for_or_read_past_its_limit_and_each_fault_is_said() {
    for (file, word) in [("config.toml", "config"), ("profile.toml", "profile"), ("key", "no_key")] {
        type Ruin = fn(&Path);
        let ruins: [(&str, Ruin); 5] = [
            ("no regular file", pipe),
            ("no regular file", |path| symlink("/dev/zero", path).unwrap()),
            ("larger", |path| std::fs::write(path, "#".repeat(2 << 20)).unwrap()),
            ("UTF-8", |path| std::fs::write(path, b"\xff\xfe").unwrap()),
            ("folder", |path| std::fs::create_dir(path).unwrap()),
        ];
        for (said, ruin) in ruins {
            let program = program();
            let path = program.folder().join(file);
            std::fs::remove_file(&path).unwrap();
            ruin(&path);
            let line = run_without_waiting(&program, &["visit", "open"]).ends(3).line();
            assert_eq!(line["error"], word, "{file}: {line}");
            let message = line["message"].as_str().unwrap();
            assert!(message.contains(file) && message.contains(said), "{file}, {said}: {message}");
        }
    }
    let program = program();
    std::fs::remove_file(program.folder().join("key")).unwrap();
    let missing = run_without_waiting(&program, &["visit", "open"]).ends(3).line();
    assert!(missing["message"].as_str().unwrap().contains("key is missing"), "{missing}");
    std::fs::write(program.folder().join("key"), "not a key").unwrap();
    let other = run_without_waiting(&program, &["visit", "open"]).ends(3).line();
    assert!(other["message"].as_str().unwrap().contains("64 hex digits"), "{other}");
}

#[test]
fn no_file_that_a_command_names_is_waited_for_or_read_past_its_limit() {
    let program = program();
    let event = event(&program);
    let a_pipe = program.place.path().join("pipe");
    pipe(&a_pipe);
    let large = program.file("large.csv", "name\n".repeat(2 << 20));
    for file in [a_pipe.to_str().unwrap(), "/dev/zero", &large] {
        let commands: [(&Program, &[&str]); 3] =
            [(&program, &["host", "import", file]), (&program, &["scan", file]), (&nowhere(), &["init", "--profile", file])];
        for (program, command) in commands {
            let ended = run_without_waiting(program, command);
            assert!(matches!(ended.code, Some(1 | 3)), "{command:?}: {:?} {}{}", ended.code, ended.out, ended.err);
        }
        if file != large {
            let ended = run_without_waiting(&program, &["participant", "import", file, "--event", &event]);
            assert!(matches!(ended.code, Some(1 | 3)), "{file}: {:?}", ended.code);
        }
    }
}

#[test]
fn a_long_list_stays_within_its_memory() {
    let program = program();
    let event = event(&program);
    let mut rows = String::from("ticket code,name,company,email,ticket type\n");
    for row in 0..400_000 {
        rows.push_str(&format!("{row:09x}k,Ada Lovelace {row},Company {},a{row}@b.dk,Standard\n", row % 5_000));
    }
    let file = program.file("long.csv", rows);
    let (ended, most_kb) = measured(&program, &["participant", "import", &file, "--event", &event, "--dry-run"]);
    assert!(ended.ends(0).out.starts_with("400000 added"));
    // A file may have a million.
    assert!(most_kb > 0 && most_kb <= MEMORY_MAX_KB / 2, "{most_kb} kB");
}

#[test]
fn a_colour_profile_that_unpacks_to_anything_is_passed_over() {
    let program = program();
    let bomb = program.file("bomb.png", profile_bomb(400 << 20));
    let (ended, most_kb) = measured(&program, &["scan", &bomb]);
    ended.ends(0);
    assert!(most_kb > 0 && most_kb <= MEMORY_MAX_KB, "{most_kb} kB");
}

/// A small picture with a colour profile of so many zeros.
fn profile_bomb(bytes: usize) -> Vec<u8> {
    let mut png = Vec::new();
    image::GrayImage::from_pixel(8, 8, image::Luma([200])).write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = vec![0; 1 << 20];
    (0..bytes >> 20).for_each(|_| packed.write_all(&zeros).unwrap());
    let kind_and_content = [&b"iCCPp\0\0"[..], &packed.finish().unwrap()].concat();
    let mut check = flate2::Crc::new();
    check.update(&kind_and_content);
    let length = u32::try_from(kind_and_content.len() - 4).unwrap().to_be_bytes();
    // Behind the signature and the header.
    png.splice(33..33, [&length[..], &kind_and_content, &check.sum().to_be_bytes()].concat());
    png
}

#[test]
fn what_is_exported_is_nobody_elses_and_goes_through_no_link() {
    let program = program();
    let event = event(&program);
    program.json(&["participant", "add", "--event", &event, "--name", "Ada"]).ends(0);
    program.sign_in("Bo");
    let database = program.folder().join("velkommen.db");
    let at = |name: &str| program.place.path().join(name);
    let path = |name: &str| at(name).display().to_string();
    let invite = ["visit", "invite", "--name", "Ib", "--host", "Karen", "--at", &tomorrow(), "--out"].map(str::to_owned);
    let commands: [(Vec<String>, &[&str]); 4] = [
        (["list", "--event", &event, "--out"].map(str::to_owned).to_vec(), &["list.csv"]),
        (["list", "--event", &event, "--out"].map(str::to_owned).to_vec(), &["list.pdf"]),
        (["roll-call", "--out"].map(str::to_owned).to_vec(), &["roll-call.pdf"]),
        (invite.to_vec(), &["invitation.ics", "invitation.png"]),
    ];
    for (command, written) in commands {
        let with = |out: &str| command.iter().map(String::as_str).chain([out]).map(str::to_owned).collect::<Vec<_>>();
        let run = |out: &str| program.json(&with(out).iter().map(String::as_str).collect::<Vec<_>>());
        run(&path(written[0])).ends(0);
        for name in written {
            let mode = std::fs::metadata(at(name)).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{name}");
            let linked = format!("linked-{name}");
            symlink(&database, at(&linked)).unwrap();
        }
        let before = std::fs::read(&database).unwrap().len();
        run(&path(&format!("linked-{}", written[0]))).ends(3);
        assert!(std::fs::read(&database).unwrap().len() >= before);
        assert_eq!(program.open_visits().len(), 1, "the database is as it was");
    }
    program.json(&["ticket", "issue", "--event", &event, "--out", &path("tickets")]).ends(0);
    let tickets: Vec<_> = std::fs::read_dir(at("tickets")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(tickets.len(), 1);
    assert_eq!(std::fs::metadata(&tickets[0]).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn nobody_is_invited_whose_calendar_file_cannot_be_written() {
    let program = program();
    let folder = program.place.path().join("folder.ics");
    std::fs::create_dir(&folder).unwrap();
    let beside = program.place.path().join("beside.ics");
    symlink("/dev/null", beside.with_extension("png")).unwrap();
    for out in ["/nowhere/at/all.ics", "/proc/nothing.ics", folder.to_str().unwrap(), beside.to_str().unwrap()] {
        program.json(&["visit", "invite", "--name", "Ib", "--host", "Karen", "--at", &tomorrow(), "--out", out]).ends(3);
    }
    let held = program.json(&["retention"]).ends(0).lines();
    let invitations = held.iter().find(|line| line["class"] == "invitation").unwrap();
    assert_eq!(invitations["records"], json!(0));
}

#[test]
fn no_code_and_no_name_of_a_picture_steers_the_terminal() {
    let program = program();
    let code = qrcode::QrCode::new(b"\x1b]0;taken\x07 \x1b[31m\xc2\x9b2J").unwrap();
    let (side, colours) = (code.width() as u32, code.to_colors());
    let picture = image::GrayImage::from_fn((side + 8) * 8, (side + 8) * 8, |x, y| {
        let (x, y) = ((x / 8).wrapping_sub(4), (y / 8).wrapping_sub(4));
        let is_dark = x < side && y < side && colours[(y * side + x) as usize] == qrcode::Color::Dark;
        image::Luma([if is_dark { 0 } else { 255 }])
    });
    let mut png = Vec::new();
    picture.write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
    let file = program.file("a\u{1b}[2Jb.png", png);
    let other = program.file("c\u{1b}[2Jd.png", "no picture");
    let ended = program.run(&["scan", &file, &other]).ends(3);
    assert!(ended.out.contains("31m"), "the code is read: {}", ended.out);
    for text in [&ended.out, &ended.err] {
        assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
    }
}

#[test]
fn letters_that_no_paper_here_can_show_are_said_with_whatever_is_made() {
    let program = program();
    let event = event(&program);
    // Nobody's script: no font has letters for it.
    let name = "Ada \u{e000}\u{e001}";
    program.json(&["participant", "add", "--event", &event, "--name", name]).ends(0);
    program.json(&["participant", "add", "--event", &event, "--name", "Bo"]).ends(0);
    program.sign_in(name);
    let at = |name: &str| program.place.path().join(name).display().to_string();
    let missing = json!([{ "script": "Unknown", "people": 1 }]);
    let tickets = program.json(&["ticket", "issue", "--event", &event, "--out", &at("tickets")]).ends(0).lines();
    assert_eq!(tickets.len(), 2);
    for ticket in tickets {
        assert_eq!(ticket["missing"], if ticket["name"] == name { missing.clone() } else { json!([]) }, "{ticket}");
    }
    let pictures = program.json(&["ticket", "issue", "--event", &event, "--out", &at("tickets"), "--format", "png"]).ends(0).lines();
    assert!(pictures.iter().all(|picture| picture["missing"] == json!([])), "a picture shows no name");
    assert_eq!(program.json(&["roll-call", "--out", &at("roll-call.pdf")]).ends(0).line()["missing"], missing);
    for command in [&["ticket", "issue", "--event", &event, "--out", &at("tickets")][..], &["roll-call", "--out", &at("roll-call.pdf")]] {
        assert!(program.run(command).ends(0).err.contains("no letters of the script Unknown"), "{command:?}");
    }
}

fn event(program: &Program) -> String {
    let day = tomorrow();
    let ends = format!("{}T23:00", &day[..10]);
    let line = program.json(&["event", "add", "--name", "Open day", "--starts", &day, "--ends", &ends]).ends(0).line();
    line["event"].as_str().unwrap().to_owned()
}

/// Nine in the morning of the next day, on the wall of a desk in Denmark.
fn tomorrow() -> String {
    use velkommen::domain::clock::Clock;
    let now = velkommen::desk::clock::SystemClock.read().wall.with_timezone(&chrono_tz::Europe::Copenhagen);
    (now + chrono::TimeDelta::days(1)).format("%Y-%m-%dT09:00").to_string()
}
