//! What a mail server, or whoever sits on the way to it, can do to a kiosk: nothing that fills it, holds it up, or gets
//! a word in between the two.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant, UNIX_EPOCH};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use velkommen::devices::delivery::{Fault, Trouble};
use velkommen::devices::mail::{Letter, MailServer, Mailer, Security};

use crate::servers::{Certificates, mail_server};

/// How long the kiosk gives a server here, and what is long after that.
const PATIENCE: Duration = Duration::from_secs(1);
const LONG_AFTER: Duration = Duration::from_secs(4);
/// How long a server drips, where nobody hangs up on it.
const DRIPS_FOR: Duration = Duration::from_secs(8);
/// What an endless server sends at most, and what of it a machine's buffers may have taken.
const ENDLESS: usize = 96 << 20;
const BUFFERED: usize = 24 << 20;

/// Where a server begins to mean ill.
#[derive(Clone, Copy, Debug, PartialEq)]
enum When {
    AtOnce,
    OnceEncrypted,
    InPlaceOfTls,
}

/// A server for one conversation; what came of it.
fn serve<T: Send + 'static>(with: impl FnOnce(TcpStream) -> T + Send + 'static) -> (u16, JoinHandle<T>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (port, std::thread::spawn(move || with(listener.accept().unwrap().0)))
}

fn encrypt(stream: TcpStream, certificates: &[String; 2]) -> StreamOwned<ServerConnection, TcpStream> {
    let chain = CertificateDer::pem_file_iter(&certificates[0]).unwrap().map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_file(&certificates[1]).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    StreamOwned::new(ServerConnection::new(Arc::new(config)).unwrap(), stream)
}

/// Says its line and hears the next of the client.
fn say(stream: &mut (impl Read + Write), line: &str) -> std::io::Result<String> {
    stream.write_all(line.as_bytes())?;
    stream.flush()?;
    let mut heard = String::new();
    BufReader::with_capacity(1, stream).read_line(&mut heard)?;
    Ok(heard)
}

/// Meets a client up to the place where ill begins, and goes on from there with `ill`.
fn meet<T>(stream: TcpStream, when: When, certificates: &[String; 2], ill: impl FnOnce(&mut dyn Write) -> T) -> T {
    let mut stream = stream;
    if when == When::AtOnce {
        return ill(&mut stream);
    }
    say(&mut stream, "220 here\r\n").unwrap();
    say(&mut stream, "250-here\r\n250 STARTTLS\r\n").unwrap();
    stream.write_all(b"220 go\r\n").unwrap();
    match when {
        When::InPlaceOfTls => ill(&mut stream),
        _ => ill(&mut encrypt(stream, certificates)),
    }
}

fn letter() -> Letter {
    Letter {
        message_id: "1".to_owned(),
        date: UNIX_EPOCH,
        to: "karen@example.org".to_owned(),
        subject: "Din gæst er her".to_owned(),
        plain: "Ada".to_owned(),
        html: "Ada".to_owned(),
        files: Vec::new(),
    }
}

/// Sends through that server. What came of it, and how long that took.
fn send(port: u16, when: When, certificates: &Certificates) -> (Result<(), Fault>, Duration) {
    let security = if when == When::AtOnce { Security::Plain } else { Security::StartTls };
    let mailer = Mailer::new(MailServer { patience: PATIENCE, ..mail_server(port, security, certificates) });
    let begun = Instant::now();
    (mailer.send(&letter()), begun.elapsed())
}

#[test]
fn a_server_that_talks_without_end_is_hung_up_on() {
    let certificates = Certificates::new();
    for when in [When::AtOnce, When::OnceEncrypted, When::InPlaceOfTls] {
        for part in ["a".repeat(64 << 10), "250-a\r\n".repeat(8 << 10)] {
            let own = certificates.server();
            let (port, said) = serve(move |stream| {
                meet(stream, when, &own, |stream| {
                    let mut said = 0;
                    while said < ENDLESS && stream.write_all(part.as_bytes()).is_ok() {
                        said += part.len();
                    }
                    said
                })
            });
            let (sent, _) = send(port, when, &certificates);
            assert!(matches!(sent, Err(Fault::Temporary(_))), "{when:?}: {sent:?}");
            let said = said.join().unwrap();
            assert!(said < BUFFERED, "{when:?}: {said} bytes were listened to");
        }
    }
}

#[test]
fn a_server_that_drips_is_not_waited_for_longer_than_any_other() {
    let certificates = Certificates::new();
    for when in [When::AtOnce, When::OnceEncrypted, When::InPlaceOfTls] {
        let own = certificates.server();
        let (port, server) = serve(move |stream| {
            meet(stream, when, &own, |stream| {
                let begun = Instant::now();
                // What a handshake begins with, so that it is waited for.
                let mut drops = [22, 3, 3, 60, 0].into_iter().chain(std::iter::repeat(b'2'));
                while begun.elapsed() < DRIPS_FOR && stream.write_all(&[drops.next().unwrap()]).and_then(|()| stream.flush()).is_ok() {
                    std::thread::sleep(PATIENCE / 10);
                }
            });
        });
        let (sent, took) = send(port, when, &certificates);
        assert_eq!(sent, Err(Fault::Temporary(Trouble::TimedOut)), "{when:?}");
        assert!(took < LONG_AFTER, "{when:?}: {took:?}");
        server.join().unwrap();
    }
}

#[test]
fn what_stands_in_clear_behind_the_answer_to_starttls_is_no_answer_in_tls() {
    let certificates = Certificates::new();
    let own = certificates.server();
    let (port, heard) = serve(move |mut stream| {
        say(&mut stream, "220 here\r\n").unwrap();
        say(&mut stream, "250-here\r\n250 STARTTLS\r\n").unwrap();
        // Somebody on the way adds what the client would take for the server's first word in TLS.
        stream.write_all(b"220 go\r\n250-there\r\n250 AUTH PLAIN\r\n").unwrap();
        let mut stream = encrypt(stream, &own);
        say(&mut stream, "").unwrap_or_default()
    });
    let (sent, _) = send(port, When::OnceEncrypted, &certificates);
    assert_eq!(sent, Err(Fault::Temporary(Trouble::Certificate)));
    assert_eq!(heard.join().unwrap(), "", "nothing is said to such a server");
}
