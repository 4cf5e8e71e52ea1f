//! Reading aloud, through speech-dispatcher. What is about a person is never said into the room: a voice gets only
//! what its outlet may say.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::guard::{guarded, start};
use super::programs::find_program;
use super::status::{DeviceKind, DeviceStatus};

/// Something to be read aloud. `Debug` says nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Line {
    text: String,
    privacy: Privacy,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Privacy {
    Public,
    Private,
}

impl Line {
    /// What stands there for everybody: questions, labels, help.
    pub fn public(text: impl Into<String>) -> Line {
        Line { text: text.into(), privacy: Privacy::Public }
    }

    /// What is about somebody, or was typed by them.
    pub fn private(text: impl Into<String>) -> Line {
        Line { text: text.into(), privacy: Privacy::Private }
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Line(..)")
    }
}

/// Who hears what is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlet {
    /// Everybody near by.
    Speaker,
    /// One person.
    Headphones,
}

/// What may be said through an outlet. Only [`Outlet::audible`] makes one, so no voice can say anything else.
#[derive(Clone, PartialEq, Eq)]
pub struct Audible(Vec<String>);

impl Outlet {
    /// Leaves out what is private where everybody hears it, and what is blank.
    pub fn audible(self, lines: &[Line]) -> Audible {
        let may = |line: &&Line| self == Outlet::Headphones || line.privacy == Privacy::Public;
        let is_text = |line: &&Line| !line.text.trim().is_empty();
        Audible(lines.iter().filter(may).filter(is_text).map(|line| line.text.clone()).collect())
    }
}

impl fmt::Debug for Audible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Audible(..)")
    }
}

/// Somebody who reads aloud. Nothing here waits.
pub trait Voice: Send + Sync {
    fn outlet(&self) -> Outlet;

    /// Says this soon in the place of everything said before. `language` is an ISO 639-1 code.
    fn speak_audible(&self, language: &'static str, audible: Audible);

    /// Says no more.
    fn stop(&self);

    /// Whether somebody is there to read. Asking an absent voice makes it look once more, so the next answer may differ.
    fn is_there(&self) -> bool;

    fn look(&self) -> DeviceStatus {
        DeviceStatus::ready(DeviceKind::Speech, "")
    }

    /// Says what the outlet may say of these lines, in the place of everything said before.
    fn speak(&self, language: &'static str, lines: &[Line]) {
        self.speak_audible(language, self.outlet().audible(lines));
    }
}

/// How long each line of a reply may take, and how long a reply may be.
const PATIENCE: Duration = Duration::from_secs(2);
const REPLY_BYTES_MAX: u64 = 4096;

/// The voice of the desktop. It connects when it is first asked for anything, on a thread of its own; a server that
/// refuses or dies makes it absent until the next thing to say.
pub struct SpeechDispatcher {
    outlet: Outlet,
    orders: Sender<Order>,
    is_there: Arc<AtomicBool>,
}

enum Order {
    Speak { language: &'static str, audible: Audible },
    Stop,
    Look,
}

impl SpeechDispatcher {
    /// The server at `$SPEECHD_ADDRESS` (`unix_socket:PATH`), else the one of this session, which is started if need be.
    pub fn new(outlet: Outlet) -> SpeechDispatcher {
        SpeechDispatcher::with(outlet, Server::of_session(), PATIENCE)
    }

    fn with(outlet: Outlet, server: Server, patience: Duration) -> SpeechDispatcher {
        let (orders, received) = mpsc::channel();
        let is_there = Arc::new(AtomicBool::new(false));
        let mut reader = Reader { server, patience, connection: None, is_there: is_there.clone() };
        // Without its thread nobody is there, now and ever.
        drop(start("speech", move || reader.obey(&received)));
        SpeechDispatcher { outlet, orders, is_there }
    }

    fn order(&self, order: Order) {
        // Without its thread there is nobody to read, which was said when it did not start.
        let _ = self.orders.send(order);
    }
}

impl Voice for SpeechDispatcher {
    fn outlet(&self) -> Outlet {
        self.outlet
    }

    fn speak_audible(&self, language: &'static str, audible: Audible) {
        self.order(Order::Speak { language, audible });
    }

    fn stop(&self) {
        self.order(Order::Stop);
    }

    fn look(&self) -> DeviceStatus {
        look_at(&Server::of_session())
    }

    fn is_there(&self) -> bool {
        let is_there = self.is_there.load(Ordering::Relaxed);
        if !is_there {
            self.order(Order::Look);
        }
        is_there
    }
}

const SPEECH_DISPATCHER: &str = "speech-dispatcher";

/// Where the server listens.
struct Server {
    socket: PathBuf,
    /// Ours to start when nobody listens there.
    starts: bool,
}

impl Server {
    fn of_session() -> Server {
        match std::env::var("SPEECHD_ADDRESS") {
            // Another way than a socket of this machine leads nowhere, and an empty path says so when it is tried.
            Ok(address) => Server { socket: address.strip_prefix("unix_socket:").unwrap_or_default().into(), starts: false },
            Err(_) => {
                let session = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).unwrap_or_default();
                Server { starts: session.is_absolute(), socket: session.join("speech-dispatcher/speechd.sock") }
            }
        }
    }

    fn connect(&self) -> io::Result<UnixStream> {
        UnixStream::connect(&self.socket).or_else(|error| {
            if !self.starts {
                return Err(error);
            }
            // It puts itself into the background when it listens.
            let mut command = Command::new(SPEECH_DISPATCHER);
            command.arg("--spawn").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
            UnixStream::connect(&self.socket)
        })
    }
}

/// How the voice of this session is, as far as can be seen without saying anything.
fn look_at(server: &Server) -> DeviceStatus {
    let failed = |error: &io::Error| DeviceStatus::failed(DeviceKind::Speech, SPEECH_DISPATCHER, error);
    match UnixStream::connect(&server.socket) {
        Ok(_) => DeviceStatus::ready(DeviceKind::Speech, SPEECH_DISPATCHER),
        Err(_) if find_program(SPEECH_DISPATCHER).is_none() => failed(&io::Error::new(io::ErrorKind::NotFound, "it is not installed")),
        Err(_) if server.starts => DeviceStatus::ready(DeviceKind::Speech, SPEECH_DISPATCHER),
        Err(error) => failed(&error),
    }
}

/// Who talks to the server.
struct Reader {
    server: Server,
    patience: Duration,
    connection: Option<Connection>,
    is_there: Arc<AtomicBool>,
}

impl Reader {
    /// Does what is ordered until nobody can order any more, then is silent.
    fn obey(&mut self, orders: &Receiver<Order>) {
        while let Ok(order) = orders.recv() {
            // Only the newest is worth saying.
            let newest = orders.try_iter().fold(order, |older, newer| if matches!(newer, Order::Look) { older } else { newer });
            self.follow(newest);
        }
        self.stop();
    }

    fn follow(&mut self, order: Order) {
        match order {
            Order::Speak { language, audible } => self.speak(language, &audible),
            Order::Stop => self.stop(),
            Order::Look => self.note(|reader| reader.connected().map(drop)),
        }
    }

    fn speak(&mut self, language: &'static str, audible: &Audible) {
        if audible.0.is_empty() {
            return self.stop();
        }
        self.note(|reader| reader.connected()?.speak(language, audible));
    }

    fn stop(&mut self) {
        if self.connection.is_some() {
            self.note(|reader| reader.connected()?.command("CANCEL SELF"));
        }
    }

    /// Tries it, once more with a new connection if it was an old one that failed, and notes whether anybody is there.
    fn note(&mut self, attempt: impl Fn(&mut Reader) -> io::Result<()>) {
        let is_old = self.connection.is_some();
        let attempt = |reader: &mut Reader| {
            guarded("speech", || attempt(reader)).unwrap_or_else(|| Err(io::Error::other("the conversation could not be had")))
        };
        let mut done = attempt(self);
        if done.is_err() {
            self.connection = None;
            if is_old {
                done = attempt(self);
            }
        }
        let was_there = self.is_there.swap(done.is_ok(), Ordering::Relaxed);
        if let Err(error) = done {
            self.connection = None;
            if was_there {
                tracing::warn!(%error, "nobody reads aloud any more");
            } else {
                tracing::debug!(%error, "nobody reads aloud");
            }
        }
    }

    fn connected(&mut self) -> io::Result<&mut Connection> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => Connection::open(self.server.connect()?, self.patience)?,
        };
        Ok(self.connection.insert(connection))
    }
}

/// A conversation with the server.
///
/// **Source** SSIP, the protocol of speech-dispatcher.
struct Connection {
    stream: BufReader<UnixStream>,
    language: Option<&'static str>,
}

impl Connection {
    fn open(stream: UnixStream, patience: Duration) -> io::Result<Connection> {
        stream.set_read_timeout(Some(patience))?;
        stream.set_write_timeout(Some(patience))?;
        let mut connection = Connection { stream: BufReader::new(stream), language: None };
        connection.command("SET SELF CLIENT_NAME velkommen:kiosk:main")?;
        connection.command("SET SELF PRIORITY message")?;
        Ok(connection)
    }

    fn speak(&mut self, language: &'static str, audible: &Audible) -> io::Result<()> {
        self.command("CANCEL SELF")?;
        if self.language != Some(language) {
            self.command(&format!("SET SELF LANGUAGE {language}"))?;
            self.language = Some(language);
        }
        audible.0.iter().try_for_each(|text| {
            self.command("SPEAK")?;
            self.command(&body(text))
        })
    }

    /// Sends a command and reads its reply.
    fn command(&mut self, command: &str) -> io::Result<()> {
        self.stream.get_mut().write_all(format!("{command}\r\n").as_bytes())?;
        let mut lines = (&mut self.stream).take(REPLY_BYTES_MAX);
        let mut reply = String::new();
        // Facts come on lines of their own, `225-7`; the last line is `225 OK`.
        loop {
            reply.clear();
            if lines.read_line(&mut reply)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            match (reply.as_bytes().first(), reply.as_bytes().get(3)) {
                (_, Some(b'-')) => {}
                (Some(b'2'), Some(b' ')) => return Ok(()),
                _ => return Err(io::Error::other(reply.trim_end().to_owned())),
            }
        }
    }
}

/// A text as it is sent: a dot alone ends it, so a dot that begins a line is doubled.
fn body(text: &str) -> String {
    let mut body = String::with_capacity(text.len() + 8);
    for line in text.lines() {
        let line: String = line.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
        body.push_str(if line.starts_with('.') { "." } else { "" });
        body.push_str(&line);
        body.push_str("\r\n");
    }
    body + "."
}

/// Writes down what it would say instead, for tests: `da: Velkommen`, and `-` where it is stopped.
pub struct Recorder {
    outlet: Outlet,
    said: Mutex<Vec<String>>,
}

impl Recorder {
    pub fn new(outlet: Outlet) -> Recorder {
        Recorder { outlet, said: Mutex::default() }
    }

    /// Everything so far.
    pub fn transcript(&self) -> Vec<String> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, said: impl IntoIterator<Item = String>) {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).extend(said);
    }
}

impl Voice for Recorder {
    fn outlet(&self) -> Outlet {
        self.outlet
    }

    fn speak_audible(&self, language: &'static str, audible: Audible) {
        self.note(audible.0.into_iter().map(|text| format!("{language}: {text}")));
    }

    fn stop(&self) {
        self.note(["-".to_owned()]);
    }

    fn is_there(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests;
