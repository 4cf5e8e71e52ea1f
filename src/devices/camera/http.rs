//! An MJPEG stream over HTTP, as network cameras have it. Whatever stands between two pictures is passed over, so the
//! parts of the reply need not be understood.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::source::{Fault, SILENCE, WAIT};
use super::stream::{Arrived, Bytes, Stream};

const CONNECT_PATIENCE: Duration = Duration::from_secs(3);
/// The longest reply before the first picture.
const HEAD_MAX: usize = 16 << 10;

/// An address such as `http://user:password@host:port/path`, in its parts.
#[derive(Debug, PartialEq, Eq)]
struct Address<'a> {
    who: Option<&'a str>,
    host: &'a str,
    port: u16,
    path: &'a str,
}

impl Address<'_> {
    fn parse(address: &str) -> Option<Address<'_>> {
        let rest = address.strip_prefix("http://")?;
        let (place, path) = rest.find('/').map_or((rest, "/"), |slash| rest.split_at(slash));
        let (who, place) = place.rsplit_once('@').map_or((None, place), |(who, place)| (Some(who), place));
        let (host, port) = match place.rsplit_once(':') {
            // A colon within the brackets of IPv6 is none before a port.
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
            _ => (place, 80),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let is_plain = |text: &str| !text.chars().any(|c| c.is_control() || c.is_whitespace());
        (!host.is_empty() && is_plain(address)).then_some(Address { who, host, port, path })
    }
}

/// Asks for the stream and reads until the reply's head has ended.
pub(super) fn open(address: &str) -> Result<Stream<Connection>, Fault> {
    let Address { who, host, port, path } = Address::parse(address).ok_or(Fault::Gone)?;
    let mut connected = Err(Fault::Gone);
    for place in (host, port).to_socket_addrs()? {
        connected = TcpStream::connect_timeout(&place, CONNECT_PATIENCE).map_err(Fault::from);
        if connected.is_ok() {
            break;
        }
    }
    let mut stream = connected?;
    stream.set_write_timeout(Some(CONNECT_PATIENCE))?;
    stream.set_read_timeout(Some(CONNECT_PATIENCE))?;
    let login = who.map(|who| format!("Authorization: Basic {}\r\n", BASE64_STANDARD.encode(who))).unwrap_or_default();
    // Version 1.0, so that the reply does not come in chunks.
    stream.write_all(format!("GET {path} HTTP/1.0\r\nHost: {host}:{port}\r\n{login}\r\n").as_bytes())?;
    let head = read_head(&mut stream)?;
    match head.split(' ').nth(1) {
        Some("200") => {}
        Some("401" | "403") => return Err(Fault::NotAllowed),
        _ => return Err(Fault::NoPictures),
    }
    stream.set_read_timeout(Some(WAIT))?;
    Ok(Stream::of(Connection { stream, heard_at: Instant::now() }))
}

/// Reads to the blank line, byte by byte: what follows is the stream's.
fn read_head(stream: &mut TcpStream) -> Result<String, Fault> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    let until = Instant::now() + CONNECT_PATIENCE;
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() > HEAD_MAX || Instant::now() > until {
            return Err(Fault::NoPictures);
        }
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// A camera that answered.
pub(super) struct Connection {
    stream: TcpStream,
    heard_at: Instant,
}

impl Bytes for Connection {
    fn read(&mut self, chunk: &mut [u8]) -> Result<Arrived, Fault> {
        match self.stream.read(chunk) {
            Ok(0) => Err(Fault::Gone),
            Ok(count) => {
                self.heard_at = Instant::now();
                Ok(Arrived::Bytes(count))
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted) => {
                if self.heard_at.elapsed() > SILENCE { Err(Fault::Gone) } else { Ok(Arrived::Nothing) }
            }
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        let parts = |address| Address::parse(address).map(|Address { who, host, port, path }| (who, host, port, path));
        assert_eq!(parts("http://camera"), Some((None, "camera", 80, "/")));
        assert_eq!(parts("http://ida:s@cret@10.0.0.5:8080/a/b?c=1"), Some((Some("ida:s@cret"), "10.0.0.5", 8080, "/a/b?c=1")));
        assert_eq!(parts("http://[::1]:81/x"), Some((None, "::1", 81, "/x")));
        assert_eq!(parts("http://[fe80::1]/"), Some((None, "fe80::1", 80, "/")));
        for none in ["https://camera", "http://", "http://camera:x/", "http://camera/a b", "http://camera/\r\nHost: other"] {
            assert_eq!(parts(none), None, "{none}");
        }
    }
}
