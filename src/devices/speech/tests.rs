//! Reading aloud to a server of each manner.

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
