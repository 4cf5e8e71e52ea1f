//! Runs the real program on a throw-away folder.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use chrono::{TimeDelta, Timelike};
use serde_json::Value;
use tempfile::TempDir;

use velkommen::desk::clock::SystemClock;
use velkommen::domain::clock::Clock;

/// A data folder for the program.
pub struct Program {
    pub place: TempDir,
}

/// What came of one run.
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// The lines of standard output, each one JSON object.
    pub fn lines(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"))).collect()
    }

    /// The one line of standard output.
    pub fn line(&self) -> Value {
        let mut lines = self.lines();
        assert_eq!(lines.len(), 1, "{}{}", self.out, self.err);
        lines.remove(0)
    }

    #[track_caller]
    pub fn ends(self, code: i32) -> Ran {
        assert_eq!(self.code, Some(code), "{}{}", self.out, self.err);
        self
    }
}

/// The keys of an object, sorted.
pub fn keys(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

/// An empty place.
pub fn nowhere() -> Program {
    Program { place: tempfile::tempdir().unwrap() }
}

/// A new desk.
pub fn program() -> Program {
    let program = nowhere();
    program.json(&["init"]).ends(0);
    // The program runs on the machine's clock: closing time is half a day away, so that nobody leaves during the test.
    let now = SystemClock.read().wall.with_timezone(&chrono_tz::Europe::Copenhagen) + TimeDelta::hours(12);
    let config = program.folder().join("config.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    let later = format!("closes_at = \"{:02}:{:02}\"", now.hour(), now.minute());
    assert!(text.contains("closes_at = \"18:00\""));
    std::fs::write(&config, text.replace("closes_at = \"18:00\"", &later)).unwrap();
    program
}

impl Program {
    pub fn folder(&self) -> PathBuf {
        self.place.path().join("desk")
    }

    /// A file beside the data folder.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.place.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.display().to_string()
    }

    /// The program, pointed at the folder, in English, with no key from outside.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_velkommen"));
        command.arg("--data").arg(self.folder()).args(arguments);
        command.env_remove("CREDENTIALS_DIRECTORY").env_remove("VELKOMMEN_LOG").env("LC_ALL", "C.UTF-8");
        command.stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        ran(self.command(arguments).output().unwrap())
    }

    pub fn json(&self, arguments: &[&str]) -> Ran {
        self.run(&[&["--json"], arguments].concat())
    }

    pub fn json_with_input(&self, arguments: &[&str], input: &str) -> Ran {
        let mut command = self.command(&[&["--json"], arguments].concat());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A program that refuses early does not read its input.
        drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
        ran(child.wait_with_output().unwrap())
    }

    pub fn sign_in(&self, name: &str) -> Value {
        self.json(&["visit", "sign-in", "--name", name]).ends(0).line()
    }

    pub fn open_visits(&self) -> Vec<Value> {
        self.json(&["visit", "open"]).ends(0).lines()
    }
}

pub fn ran(output: Output) -> Ran {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}
