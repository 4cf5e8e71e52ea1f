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
mod tests {
    use std::os::unix::net::UnixListener;
    use std::thread::JoinHandle;

    use tempfile::TempDir;

    use super::super::status::DeviceState;
    use super::*;

    const LINES: fn() -> [Line; 3] = || [Line::public("Hvem er du?"), Line::private("Åse Ågård"), Line::public(" ")];

    /// How the server on the other side behaves.
    #[derive(Clone, Copy, PartialEq)]
    enum Manner {
        Polite,
        /// Says no to the first command.
        Refuses,
        /// Takes the text, and never answers.
        NeverAnswers,
        /// Goes away in the middle of the text.
        Dies,
    }

    /// A server that serves one client after the other, each with its manner, and writes down what they send.
    fn serve(manners: &'static [Manner]) -> (TempDir, Server, JoinHandle<Vec<String>>) {
        let place = tempfile::tempdir().unwrap();
        let socket = place.path().join("s");
        let listener = UnixListener::bind(&socket).unwrap();
        let serve = move || manners.iter().flat_map(|manner| serve_one(listener.accept().unwrap().0, *manner)).collect();
        (place, Server { socket, starts: false }, std::thread::spawn(serve))
    }

    fn serve_one(stream: UnixStream, manner: Manner) -> Vec<String> {
        let mut answers = stream.try_clone().unwrap();
        let (mut heard, mut is_text) = (Vec::new(), false);
        for line in BufReader::new(stream).lines() {
            let Ok(line) = line else { break };
            heard.push(line.clone());
            if is_text && line != "." {
                match manner {
                    Manner::Dies => return heard,
                    _ => continue,
                }
            }
            let answer = match line.split(' ').next().unwrap() {
                _ if manner == Manner::Refuses => "300 ERR INTERNAL",
                "." if manner == Manner::NeverAnswers => continue,
                "." => "225-7\r\n225 OK MESSAGE QUEUED",
                "SPEAK" => "230 OK RECEIVING DATA",
                "SET" | "CANCEL" => "210 OK",
                _ => "500 ERR INVALID COMMAND",
            };
            is_text = line == "SPEAK";
            if answers.write_all(format!("{answer}\r\n").as_bytes()).is_err() {
                break;
            }
        }
        heard
    }

    fn reader(server: Server) -> Reader {
        Reader { server, patience: Duration::from_millis(200), connection: None, is_there: Arc::default() }
    }

    fn is_there(reader: &Reader) -> bool {
        reader.is_there.load(Ordering::Relaxed)
    }

    const HELLO: [&str; 2] = ["SET SELF CLIENT_NAME velkommen:kiosk:main", "SET SELF PRIORITY message"];

    #[test]
    fn a_server_whose_reply_has_no_end_is_hung_up_on() {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let talks = std::thread::spawn(move || {
            let facts = b"225-7\r\n".repeat(1024);
            (0..2048).take_while(|_| theirs.write_all(&facts).is_ok()).count()
        });
        assert!(Connection::open(ours, PATIENCE).is_err());
        assert!(talks.join().unwrap() < 1024, "not even half of it was listened to");
    }

    #[test]
    fn a_conversation_that_panics_is_over_and_the_next_one_is_had() {
        let (_place, server, heard) = serve(&[Manner::Polite, Manner::Polite]);
        let mut reader = reader(server);
        let panics = Arc::new(AtomicBool::new(true));
        reader.note(|reader| {
            reader.connected()?;
            assert!(!panics.swap(false, Ordering::Relaxed), "a reply nobody thought of");
            Ok(())
        });
        assert!(!is_there(&reader) && reader.connection.is_none());
        reader.note(|reader| reader.connected().map(drop));
        assert!(is_there(&reader));
        drop(reader);
        assert_eq!(heard.join().unwrap(), [HELLO, HELLO].concat());
    }

    #[test]
    fn nothing_private_is_said_into_the_room() {
        let said = |outlet| {
            let voice = Recorder::new(outlet);
            voice.speak("da", &LINES());
            voice.stop();
            voice.transcript()
        };
        assert_eq!(said(Outlet::Speaker), ["da: Hvem er du?", "-"]);
        assert_eq!(said(Outlet::Headphones), ["da: Hvem er du?", "da: Åse Ågård", "-"]);
        assert_eq!(format!("{:?} {:?}", LINES(), Outlet::Headphones.audible(&LINES())), "[Line(..), Line(..), Line(..)] Audible(..)");
    }

    #[test]
    fn a_text_cannot_end_itself() {
        assert_eq!(body("Hej"), "Hej\r\n.");
        assert_eq!(body(".\n..\r\n.a\u{7}b\n\nc."), "..\r\n...\r\n..a b\r\n\r\nc.\r\n.");
    }

    #[test]
    fn a_polite_server_is_told_what_to_say_and_when_to_stop() {
        let (_place, server, heard) = serve(&[Manner::Polite]);
        let mut reader = reader(server);
        assert!(!is_there(&reader));
        reader.stop();
        assert!(reader.connection.is_none(), "nobody connects to be silent");
        reader.speak("da", &Outlet::Headphones.audible(&LINES()));
        assert!(is_there(&reader));
        reader.speak("da", &Outlet::Speaker.audible(&[Line::public("Farvel")]));
        reader.speak("en", &Outlet::Speaker.audible(&[Line::public("Goodbye")]));
        reader.speak("en", &Outlet::Speaker.audible(&[Line::private("Åse")]));
        reader.follow(Order::Stop);
        reader.follow(Order::Look);
        assert!(is_there(&reader));
        drop(reader);
        let expected = [
            &HELLO[..],
            &["CANCEL SELF", "SET SELF LANGUAGE da", "SPEAK", "Hvem er du?", ".", "SPEAK", "Åse Ågård", "."],
            &["CANCEL SELF", "SPEAK", "Farvel", "."],
            &["CANCEL SELF", "SET SELF LANGUAGE en", "SPEAK", "Goodbye", "."],
            &["CANCEL SELF", "CANCEL SELF"],
        ];
        assert_eq!(heard.join().unwrap(), expected.concat());
    }

    #[test]
    fn only_the_newest_is_said_and_the_end_is_silence() {
        let (_place, server, heard) = serve(&[Manner::Polite]);
        let (orders, received) = mpsc::channel();
        for text in ["one", "two", "three"] {
            orders.send(Order::Speak { language: "en", audible: Outlet::Speaker.audible(&[Line::public(text)]) }).unwrap();
        }
        orders.send(Order::Look).unwrap();
        drop(orders);
        reader(server).obey(&received);
        let expected = [&HELLO[..], &["CANCEL SELF", "SET SELF LANGUAGE en", "SPEAK", "three", ".", "CANCEL SELF"]];
        assert_eq!(heard.join().unwrap(), expected.concat());
    }

    #[test]
    fn a_server_that_refuses_or_does_not_answer_is_absent_and_asked_again_later() {
        for (manners, heard_last) in [
            (&[Manner::Refuses, Manner::Polite], HELLO[0]),
            (&[Manner::NeverAnswers, Manner::Polite], "."),
            (&[Manner::Dies, Manner::Polite], "Hvem er du?"),
        ] {
            let (_place, server, heard) = serve(manners);
            let mut reader = reader(server);
            reader.speak("da", &Outlet::Speaker.audible(&LINES()));
            assert!(!is_there(&reader));
            reader.speak("da", &Outlet::Speaker.audible(&LINES()));
            assert!(is_there(&reader));
            drop(reader);
            let heard = heard.join().unwrap();
            let second = heard.iter().rposition(|line| line == HELLO[0]).unwrap();
            assert_eq!(heard[second - 1], heard_last);
            assert_eq!(heard.last().unwrap(), ".");
        }
    }

    #[test]
    fn a_server_that_died_between_two_lines_is_found_anew_at_once() {
        let (_place, server, heard) = serve(&[Manner::Polite, Manner::Polite]);
        let mut reader = reader(server);
        reader.speak("da", &Outlet::Speaker.audible(&LINES()));
        reader.connection.as_ref().unwrap().stream.get_ref().shutdown(std::net::Shutdown::Both).unwrap();
        reader.speak("da", &Outlet::Speaker.audible(&[Line::public("Farvel")]));
        assert!(is_there(&reader));
        drop(reader);
        assert!(heard.join().unwrap().ends_with(&["Farvel".to_owned(), ".".to_owned()]));
    }

    #[test]
    fn a_voice_is_ready_where_somebody_listens_or_can_be_started() {
        let place = tempfile::tempdir().unwrap();
        let state = |name: &str, starts| look_at(&Server { socket: place.path().join(name), starts }).state;
        let _server = UnixListener::bind(place.path().join("server")).unwrap();
        assert_eq!(state("server", false), DeviceState::Ready);
        assert_eq!(state("nobody", false), DeviceState::Absent);
        let can_start = find_program(SPEECH_DISPATCHER).is_some();
        assert_eq!(state("nobody", true), if can_start { DeviceState::Ready } else { DeviceState::Absent });
    }

    #[test]
    fn without_a_server_nobody_is_there_and_nothing_breaks() {
        let mut reader = reader(Server { socket: "/nowhere/s".into(), starts: false });
        reader.speak("da", &Outlet::Speaker.audible(&LINES()));
        reader.stop();
        assert!(!is_there(&reader));
    }

    #[test]
    fn a_voice_looks_when_it_is_asked_and_ends_with_silence() {
        let (_place, server, heard) = serve(&[Manner::Polite]);
        let voice = SpeechDispatcher::with(Outlet::Speaker, server, Duration::from_millis(200));
        assert!(!voice.is_there());
        voice.speak("da", &LINES());
        drop(voice);
        let heard = heard.join().unwrap();
        assert_eq!(heard[..2], HELLO);
        assert!(heard.ends_with(&["Hvem er du?", ".", "CANCEL SELF"].map(String::from)), "{heard:?}");
    }

    /// The real server and voice, which speak into a pipe.
    #[test]
    fn speech_dispatcher_speaks() {
        let is_there = |program: &str| {
            let path = std::env::var_os("PATH").unwrap_or_default();
            std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
        };
        if !is_there("speech-dispatcher") || !is_there("espeak-ng") {
            return io::stderr().write_all(b"\n*** SKIPPED: speech-dispatcher and espeak-ng are not installed ***\n").unwrap();
        }
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        std::fs::create_dir_all(at("modules")).unwrap();
        let pipe = at("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let config = "AddModule \"pipe\" \"sd_generic\" \"pipe.conf\"\nDefaultModule pipe\nAudioOutputMethod \"libao\"\n";
        std::fs::write(at("speechd.conf"), config).unwrap();
        let module = format!(
            "GenericExecuteSynth \"printf '%s' \\'$DATA\\' | espeak-ng -v $VOICE --stdin --stdout > {}\"\n\
             AddVoice \"da\" \"MALE1\" \"da\"\nDefaultVoice \"da\"\n",
            pipe.display()
        );
        std::fs::write(at("modules/pipe.conf"), module).unwrap();
        let mut start = Command::new("speech-dispatcher");
        start.arg("--spawn").arg("-C").arg(place.path()).arg("-L").arg(place.path()).arg("-P").arg(at("pid"));
        start.env("XDG_RUNTIME_DIR", place.path()).env("HOME", place.path()).stdout(Stdio::null()).stderr(Stdio::null());
        assert!(start.status().unwrap().success());

        let mut reader = reader(Server { socket: at("speech-dispatcher/speechd.sock"), starts: false });
        reader.patience = PATIENCE;
        reader.speak("da", &Outlet::Speaker.audible(&[Line::public("Velkommen til Lærkehøj")]));
        assert!(self::is_there(&reader));
        let (done, sound) = mpsc::channel();
        std::thread::spawn(move || done.send(std::fs::read(pipe)));
        let sound = sound.recv_timeout(Duration::from_secs(30)).expect("somebody speaks").unwrap();
        reader.stop();
        assert!(self::is_there(&reader), "the server takes what we say");
        let pid = std::fs::read_to_string(at("pid")).unwrap();
        assert!(Command::new("kill").arg(pid.trim()).status().unwrap().success());
        assert!(sound.starts_with(b"RIFF") && sound.len() > 20_000, "{} bytes", sound.len());
    }
}
