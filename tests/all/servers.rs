//! Servers of others on loopback, for what leaves the house: SMTP and HTTP, with throw-away certificates.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use velkommen::devices::mail::{MailServer, Security};

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(20);
/// What no test waits for, and what is less than a slow server takes.
const PATIENCE: Duration = Duration::from_secs(10);

/// The servers' programs and Debian's Python, whose packages they use.
pub fn python(script: &str) -> Command {
    let mut command = Command::new("/usr/bin/python3");
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/messages").join(script));
    command
}

/// A throw-away authority and a certificate of `localhost` by it.
pub struct Certificates {
    place: TempDir,
}

impl Certificates {
    pub fn new() -> Certificates {
        Certificates::of("localhost")
    }

    pub fn of(name: &str) -> Certificates {
        let place = tempfile::tempdir().unwrap();
        let openssl = |arguments: &str| {
            let run = Command::new("openssl").args(arguments.split(' ')).current_dir(place.path()).output().unwrap();
            assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        };
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
        std::fs::write(place.path().join("names"), format!("subjectAltName=DNS:{name}")).unwrap();
        openssl(&format!("req -x509 {key} -keyout ca.key -out ca.pem -days 2 -subj /CN=Nobody"));
        openssl(&format!("req {key} -keyout server.key -out server.csr -subj /CN={name}"));
        openssl("x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.pem");
        Certificates { place }
    }

    pub fn ca(&self) -> PathBuf {
        self.place.path().join("ca.pem")
    }

    pub fn server(&self) -> [String; 2] {
        ["server.pem", "server.key"].map(|name| self.place.path().join(name).display().to_string())
    }
}

/// A mail server; at any free port where `port` is 0.
pub fn smtp(port: u16, security: &str, certificates: &Certificates) -> Server {
    let mut command = python("smtp_server.py");
    command.arg(port.to_string()).arg(security).args(certificates.server());
    Server::start(command)
}

/// How a desk reaches that mail server.
pub fn mail_server(port: u16, security: Security, certificates: &Certificates) -> MailServer {
    MailServer {
        server: "localhost".to_owned(),
        port,
        security,
        login: None,
        from: "reception@example.org".to_owned(),
        from_name: "Lærkehøj".to_owned(),
        ca_file: Some(certificates.ca()),
        patience: PATIENCE,
    }
}

/// A running server. It ends with this.
pub struct Server {
    child: Child,
    orders: ChildStdin,
    lines: Receiver<String>,
    pub port: u16,
}

impl Server {
    pub fn start(mut command: Command) -> Server {
        // What it complains of is what the test does to it.
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let orders = child.stdin.take().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (say, lines) = channel();
        std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| say.send(line)));
        let port = lines.recv_timeout(LONG).expect("are python3-aiosmtpd and python3-icalendar installed?").parse().unwrap();
        Server { child, orders, lines, port }
    }

    /// How it behaves from now on.
    pub fn behave(&mut self, way: &str) {
        writeln!(self.orders, "{way}").unwrap();
        assert_eq!(self.lines.recv_timeout(LONG).unwrap(), "ready");
    }

    /// What it took next.
    #[track_caller]
    pub fn took(&self) -> Value {
        serde_json::from_str(&self.lines.recv_timeout(LONG).expect("something was taken")).unwrap()
    }

    /// That it took nothing more. What was sent before is heard before its answer to an order.
    #[track_caller]
    pub fn took_nothing(&mut self, way: &str) {
        self.behave(way);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
