//! The first page as assistive technology meets it: the real window on an X server, its tree on an accessibility bus.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use velkommen::app::demo;
use velkommen::desk::clock::SystemClock;
use zbus::blocking::{Connection, Proxy, connection};
use zbus::zvariant::OwnedObjectPath;

use crate::display::{Screen, Server, start};

/// How long the window may take until its tree is whole.
const PATIENCE: Duration = Duration::from_secs(60);
const ACCESSIBLE: &str = "org.a11y.atspi.Accessible";

fn text(proxy: &Proxy<'_>, property: &str) -> String {
    proxy.get_property(property).unwrap_or_default()
}

/// The elements under one, a line each, indented as deep as they stand.
fn describe(bus: &Connection, name: &str, path: &str, depth: usize, tree: &mut String) {
    let proxy = Proxy::new(bus, name.to_owned(), path.to_owned(), ACCESSIBLE).unwrap();
    let role = role(proxy.call("GetRole", &()).unwrap_or_default());
    let line = format!("{}{role}: {}", "  ".repeat(depth), at_any_hour(&text(&proxy, "Name")));
    let _ = writeln!(tree, "{}", line.trim_end_matches([':', ' ']));
    let children: Vec<(String, OwnedObjectPath)> = proxy.call("GetChildren", &()).unwrap_or_default();
    for (name, path) in children {
        describe(bus, &name, path.as_str(), depth + 1, tree);
    }
}

/// The names of `AtspiRole` for what a first page has.
fn role(number: u32) -> String {
    let known = [
        (23, "frame"),
        (29, "label"),
        (67, "unknown"),
        (39, "panel"),
        (43, "button"),
        (44, "radio button"),
        (75, "application"),
        (85, "form"),
        (98, "grouping"),
    ];
    known.into_iter().find(|(known, _)| *known == number).map_or_else(|| format!("role {number}"), |(_, name)| name.to_owned())
}

/// What the hour and the date change.
fn at_any_hour(name: &str) -> String {
    match name {
        "Godmorgen." | "Goddag." | "God dag." | "Godaften." => "Goddag.".to_owned(),
        _ if name.contains(|c: char| c.is_ascii_digit()) => "#".to_owned(),
        _ => name.to_owned(),
    }
}

/// The tree of the program whose window opens on a display, once it no longer changes.
fn tree(bus: &Connection) -> String {
    let started = Instant::now();
    let mut last = String::new();
    loop {
        let root = Proxy::new(bus, "org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root", ACCESSIBLE).unwrap();
        let programs: Vec<(String, OwnedObjectPath)> = root.call("GetChildren", &()).unwrap_or_default();
        let mut tree = String::new();
        for (name, path) in programs {
            describe(bus, &name, path.as_str(), 0, &mut tree);
        }
        if tree.contains("button") && tree == last {
            return tree;
        }
        assert!(started.elapsed() < PATIENCE, "no tree came: {tree}");
        last = tree;
        std::thread::sleep(Duration::from_millis(500));
    }
}

#[test]
fn the_first_page_is_told_to_assistive_technology_as_it_stands() {
    let place = tempfile::tempdir().unwrap();
    let mut desk = demo::bare(place.path(), Arc::new(SystemClock)).unwrap();
    demo::furnish(&mut desk).unwrap();
    let folder = desk.folder().path().to_owned();
    drop(desk);

    let (_session, address) = start(Command::new("dbus-daemon").args(["--session", "--nofork", "--print-address=1"]));
    let screen = Screen::of(1080, 1920);
    let launcher =
        ["/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher"].into_iter().find(|file| Path::new(file).exists());
    let mut launch = Command::new(launcher.expect("at-spi2-core is installed, as packaging/debian-packages-test says"));
    launch.arg("--launch-immediately").env("DBUS_SESSION_BUS_ADDRESS", &address).env("DISPLAY", &screen.display);
    let _launcher = Server(launch.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());

    let session = connection::Builder::address(address.as_str()).unwrap().build().unwrap();
    let accessibility = Proxy::new(&session, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus").unwrap();
    let started = Instant::now();
    let bus = loop {
        if let Ok(address) = accessibility.call::<_, _, String>("GetAddress", &()) {
            break connection::Builder::address(address.as_str()).unwrap().build().unwrap();
        }
        assert!(started.elapsed() < PATIENCE, "there is no accessibility bus");
        std::thread::sleep(Duration::from_millis(100));
    };
    let status = Proxy::new(&session, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Status").unwrap();
    status.set_property("IsEnabled", true).unwrap();
    status.set_property("ScreenReaderEnabled", true).unwrap();

    let program = Command::new(env!("CARGO_BIN_EXE_velkommen"))
        .arg("--data")
        .arg(&folder)
        .env("DISPLAY", &screen.display)
        .env("DBUS_SESSION_BUS_ADDRESS", &address)
        .env_remove("WAYLAND_DISPLAY")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let _program = Server(program.unwrap());
    let told = tree(&bus);
    let expected = include_str!("../fixtures/at_spi_home.txt");
    assert_eq!(told.trim(), expected.trim(), "what is told now:\n{told}");
}
