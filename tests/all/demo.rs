//! The first minute: the demo on whatever screen there is, with a ticket to try, and nothing left afterwards.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use image::GrayImage;
use rustix::process::{Pid, Signal, kill_process};
use velkommen::app::demo::ThrowAway;
use velkommen::devices::code_reader::{self, Grey, read_file};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt, ImageFormat, MapState};

use crate::display::{Screen, Server};
use crate::program::ran;

const PATIENCE: Duration = Duration::from_secs(60);

/// The demo in a place of its own, and what it says first.
struct Demo {
    program: Server,
    place: tempfile::TempDir,
    said: String,
}

impl Demo {
    fn on(screen: &Screen) -> Demo {
        let place = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_velkommen"));
        command.arg("demo").env("TMPDIR", place.path()).env("DISPLAY", &screen.display).env_remove("WAYLAND_DISPLAY");
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        while !said.contains("Staff:") {
            assert!(out.read_line(&mut said).unwrap() > 0, "{said}");
        }
        // Whoever writes to a closed pipe dies of it.
        std::mem::forget(out);
        Demo { program: Server(child), place, said }
    }

    /// The folders in its place.
    fn folders(&self) -> Vec<PathBuf> {
        std::fs::read_dir(self.place.path()).unwrap().map(|entry| entry.unwrap().path()).collect()
    }

    fn ends_by(&mut self, signal: Signal) -> Option<i32> {
        kill_process(Pid::from_child(&self.program.0), signal).unwrap();
        let started = Instant::now();
        loop {
            if let Some(status) = self.program.0.try_wait().unwrap() {
                return status.code();
            }
            assert!(started.elapsed() < PATIENCE, "it does not end");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// Where the one window on a screen stands and how large it is, once there is one.
fn window(screen: &Screen) -> (i32, i32, i32, i32) {
    let (connection, number) = x11rb::connect(Some(&screen.display)).unwrap();
    let root = connection.setup().roots[number].root;
    let started = Instant::now();
    loop {
        for window in connection.query_tree(root).unwrap().reply().unwrap().children {
            let is_seen = connection.get_window_attributes(window).unwrap().reply().is_ok_and(|is| is.map_state == MapState::VIEWABLE);
            let place = connection.get_geometry(window).unwrap().reply();
            if let (true, Ok(place)) = (is_seen, place) {
                return (place.x.into(), place.y.into(), place.width.into(), place.height.into());
            }
        }
        assert!(started.elapsed() < PATIENCE, "no window came");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Whether nothing of the first page stands over the window's right edge: the edge is all of one colour once it is drawn.
fn is_whole(screen: &Screen, (width, height): (i32, i32)) -> bool {
    let (connection, number) = x11rb::connect(Some(&screen.display)).unwrap();
    let root = connection.setup().roots[number].root;
    let started = Instant::now();
    while started.elapsed() < PATIENCE / 4 {
        let (x, y, ..) = window(screen);
        let picture = connection.get_image(ImageFormat::Z_PIXMAP, root, x as i16, y as i16, width as u16, height as u16, !0).unwrap();
        let pixels = picture.reply().unwrap().data;
        let edge = pixels.chunks(width as usize * 4).map(|row| &row[row.len() - 4..]);
        let is_drawn = pixels.chunks(4).any(|pixel| pixel != &pixels[..4]);
        if is_drawn && edge.clone().all(|pixel| pixel == &pixels[..4]) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    false
}

#[test]
fn the_demo_s_window_is_in_sight_on_a_small_laptop_and_on_a_screen_that_stands() {
    for (width, height) in [(1024, 600), (1366, 768), (1080, 1920)] {
        let screen = Screen::of(width, height);
        let _demo = Demo::on(&screen);
        let (x, y, across, down) = window(&screen);
        assert!(
            x >= 0 && y >= 0 && x + across <= width as i32 && y + down <= height as i32,
            "{width}x{height}: {across}x{down} at {x} {y}"
        );
        assert_eq!(down > across, height > width, "{width}x{height}: {across}x{down}");
        assert!(is_whole(&screen, (across, down)), "{width}x{height}: something stands over the edge");
        // As large as there is room for.
        assert!(across * 10 >= width as i32 * 9 && down * 10 >= height as i32 * 8, "{width}x{height}: {across}x{down}");
    }
}

#[test]
fn the_demo_shows_a_ticket_that_is_not_used_and_leaves_nothing_behind() {
    let screen = Screen::of(1366, 768);
    let mut demo = Demo::on(&screen);
    let picture = demo.said.lines().find_map(|line| line.split("As a picture: ").nth(1)).unwrap();
    let codes = read_file(&std::fs::read(picture).unwrap()).unwrap();
    let seen = terminal(&demo.said);
    let in_terminal = code_reader::read(Grey { pixels: seen.as_raw(), width: seen.width(), height: seen.height() });
    assert_eq!((codes.len(), in_terminal[0].as_str()), (1, codes[0].as_str()));
    // The window is up by now, and a second program uses the ticket.
    window(&screen);
    let desk = demo.folders()[0].join("desk");
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_velkommen"));
        command.arg("--data").arg(&desk).arg("--json").args(arguments).env("LC_ALL", "C.UTF-8");
        ran(command.output().unwrap()).ends(0).line()
    };
    let event = run(&["event", "list"])["event"].as_str().unwrap().to_owned();
    assert_eq!(run(&["check-in", codes[0].as_str(), "--event", &event])["verdict"], "entered");
    assert_eq!((demo.ends_by(Signal::TERM), demo.folders()), (Some(0), vec![]));
}

#[test]
fn the_demo_s_folder_goes_on_any_signal_and_after_one_that_kills_with_the_next_demo() {
    for signal in [Signal::INT, Signal::HUP, Signal::QUIT] {
        let screen = Screen::of(1280, 800);
        let mut demo = Demo::on(&screen);
        window(&screen);
        assert_eq!((demo.ends_by(signal), demo.folders()), (Some(0), vec![]), "{signal:?}");
    }
    let place = tempfile::tempdir().unwrap();
    let of_somebody_killed = place.path().join("velkommen-demo-killed");
    std::fs::create_dir(&of_somebody_killed).unwrap();
    File::create(of_somebody_killed.join("alive")).unwrap();
    let of_somebody_else = place.path().join("velkommen-demo-is-a-good-name");
    std::fs::create_dir(&of_somebody_else).unwrap();
    let first = ThrowAway::within(place.path()).unwrap();
    let second = ThrowAway::within(place.path()).unwrap();
    let is_there = |path: &Path| path.exists();
    assert!(!is_there(&of_somebody_killed) && is_there(&of_somebody_else) && is_there(first.path()) && is_there(second.path()));
}

/// The blocks of a terminal as a picture, four pixels to a module.
fn terminal(said: &str) -> GrayImage {
    let lines: Vec<Vec<char>> = said.lines().filter(|line| line.contains(['█', '▀', '▄'])).map(|line| line.chars().collect()).collect();
    let side = lines[0].len() as u32;
    GrayImage::from_fn(side * 4, lines.len() as u32 * 8, |x, y| {
        let block = lines[(y / 8) as usize][(x / 4) as usize];
        let is_light = match block {
            '█' => true,
            '▀' => y % 8 < 4,
            '▄' => y % 8 >= 4,
            _ => false,
        };
        image::Luma([if is_light { 255 } else { 0 }])
    })
}
