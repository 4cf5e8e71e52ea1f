//! A screen without glass for the real window: an X server of the test's own.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

/// A program of the test's own, gone with it.
pub struct Server(pub Child);

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Starts a program, and reads the line with which it says where it listens.
pub fn start(command: &mut Command) -> (Server, String) {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap_or_else(|error| {
        panic!("{:?} does not start ({error}): packaging/debian-packages-test lists what the tests need", command.get_program())
    });
    let mut line = String::new();
    let mut said: BufReader<ChildStdout> = BufReader::new(child.stdout.take().unwrap());
    said.read_line(&mut line).unwrap();
    // Whoever writes to a closed pipe dies of it.
    std::mem::forget(said);
    (Server(child), line.trim().to_owned())
}

/// A screen of so many pixels, with nothing on it and no window manager.
pub struct Screen {
    _server: Server,
    /// What `DISPLAY` is for it.
    pub display: String,
}

impl Screen {
    pub fn of(width: u32, height: u32) -> Screen {
        let size = format!("{width}x{height}x24");
        let (server, number) = start(Command::new("Xvfb").args(["-displayfd", "1", "-screen", "0", &size, "-nolisten", "tcp"]));
        Screen { _server: server, display: format!(":{number}") }
    }
}
