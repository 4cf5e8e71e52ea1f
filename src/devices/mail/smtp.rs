//! The client's side of SMTP, as much as one mail to one host needs. Nothing is read ahead: what stands in clear behind
//! the answer to STARTTLS meets the handshake, which it spoils, and is never an answer.
//!
//! **Source** M1; RFC 5321; RFC 3207 (STARTTLS); RFC 4954 (AUTH), RFC 4616 (PLAIN).

use std::io::{self, Read, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::{ClientConnection, StreamOwned};

use crate::devices::bounded::Bounded;

/// Why a conversation did not go on.
#[derive(Debug)]
pub(super) enum Fault {
    /// The server said so, with this code of 400 to 599.
    Said(u16),
    /// The connection failed, or what came from there is no SMTP.
    Broken(io::Error),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Fault {
        Fault::Broken(error)
    }
}

trait Stream: Read + Write {}

impl<S: Read + Write> Stream for S {}

/// The first digit of the answer that goes on.
#[derive(Clone, Copy)]
enum Wanted {
    Done = 2,
    More = 3,
}

/// A conversation with a server.
pub(super) struct Conversation {
    stream: Box<dyn Stream>,
    /// What the server said it can, in capitals.
    offers: Vec<String>,
}

impl Conversation {
    /// In clear, or in TLS from the first byte.
    pub(super) fn open(connection: Bounded, tls: Option<ClientConnection>, own_name: &str) -> Result<Conversation, Fault> {
        let clear = Conversation { stream: Box::new(connection), offers: Vec::new() };
        let mut opened = match tls {
            Some(tls) => clear.within(tls),
            None => clear,
        };
        opened.answer(Wanted::Done)?;
        opened.hello(own_name)?;
        Ok(opened)
    }

    pub(super) fn offers_tls(&self) -> bool {
        self.offered("STARTTLS").is_some()
    }

    /// Goes on in TLS. What the server said before counts for nothing.
    pub(super) fn encrypt(mut self, tls: ClientConnection, own_name: &str) -> Result<Conversation, Fault> {
        self.command("STARTTLS", Wanted::Done)?;
        let mut encrypted = self.within(tls);
        encrypted.hello(own_name)?;
        Ok(encrypted)
    }

    /// Says who we are, in a way that the server offers.
    pub(super) fn log_in(&mut self, user: &str, password: &str) -> Result<(), Fault> {
        let ways = self.offered("AUTH").unwrap_or_default();
        let offers = |way: &str| ways.split(' ').any(|offered| offered == way);
        if offers("PLAIN") {
            self.command(&format!("AUTH PLAIN {}", STANDARD.encode(format!("\0{user}\0{password}"))), Wanted::Done)?;
        } else if offers("LOGIN") {
            self.command("AUTH LOGIN", Wanted::More)?;
            self.command(&STANDARD.encode(user), Wanted::More)?;
            self.command(&STANDARD.encode(password), Wanted::Done)?;
        } else {
            // What it would say itself.
            return Err(Fault::Said(504));
        }
        Ok(())
    }

    /// Hands over a mail of ASCII lines. Both addresses are such as end no line and no bracket.
    pub(super) fn send(&mut self, from: &str, to: &str, mail: &[u8]) -> Result<(), Fault> {
        self.command(&format!("MAIL FROM:<{from}>"), Wanted::Done)?;
        self.command(&format!("RCPT TO:<{to}>"), Wanted::Done)?;
        self.command("DATA", Wanted::More)?;
        self.stream.write_all(&stuffed(mail))?;
        self.stream.flush()?;
        self.answer(Wanted::Done)
    }

    /// Says goodbye. Whether it is heard changes nothing.
    pub(super) fn quit(mut self) {
        drop(self.command("QUIT", Wanted::Done));
    }

    fn within(self, tls: ClientConnection) -> Conversation {
        Conversation { stream: Box::new(StreamOwned::new(tls, self.stream)), offers: Vec::new() }
    }

    fn hello(&mut self, own_name: &str) -> Result<(), Fault> {
        self.command(&format!("EHLO {own_name}"), Wanted::Done)
    }

    /// What stands behind a word of the server's offers.
    fn offered(&self, word: &str) -> Option<&str> {
        self.offers.iter().find_map(|offer| match offer.strip_prefix(word)? {
            "" => Some(""),
            rest => rest.strip_prefix(' '),
        })
    }

    fn command(&mut self, command: &str, wanted: Wanted) -> Result<(), Fault> {
        self.stream.write_all(format!("{command}\r\n").as_bytes())?;
        self.stream.flush()?;
        self.answer(wanted)
    }

    /// Reads an answer, and keeps its lines as what the server offers.
    fn answer(&mut self, wanted: Wanted) -> Result<(), Fault> {
        let foreign = || io::Error::new(io::ErrorKind::InvalidData, "no answer of SMTP");
        self.offers.clear();
        loop {
            let line = self.line()?;
            let code: u16 = line.get(..3).and_then(|code| code.parse().ok()).ok_or_else(foreign)?;
            self.offers.push(line.get(4..).unwrap_or_default().to_ascii_uppercase());
            match (line.as_bytes().get(3), code) {
                (Some(b'-'), _) => {}
                (None | Some(b' '), 400..=599) => return Err(Fault::Said(code)),
                (None | Some(b' '), _) if code / 100 == wanted as u16 => return Ok(()),
                _ => return Err(foreign().into()),
            }
        }
    }

    /// Reads a line byte by byte: what follows it may be another's.
    fn line(&mut self) -> io::Result<String> {
        let (mut line, mut byte) = (Vec::new(), [0]);
        while !line.ends_with(b"\n") {
            self.stream.read_exact(&mut byte)?;
            line.extend(byte);
        }
        Ok(String::from_utf8_lossy(line.trim_ascii_end()).into_owned())
    }
}

/// A mail as it is sent: a dot alone on a line ends it, so a dot that begins a line is doubled.
fn stuffed(mail: &[u8]) -> Vec<u8> {
    let mut sent = Vec::with_capacity(mail.len() + mail.len() / 64 + 5);
    for line in mail.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            sent.push(b'.');
        }
        sent.extend_from_slice(line);
    }
    if !sent.ends_with(b"\r\n") {
        sent.extend(b"\r\n");
    }
    sent.extend(b".\r\n");
    sent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dot_that_begins_a_line_ends_no_mail() {
        assert_eq!(stuffed(b"a\r\n.\r\n..b\n.c"), b"a\r\n..\r\n...b\n..c\r\n.\r\n");
        assert_eq!(stuffed(b"a\r\n"), b"a\r\n.\r\n");
    }
}
