//! Label printers behind a bare TCP port (AppSocket, 9100): ZPL goes in, and what comes back says how the printer is.
//!
//! **Source** Zebra, ZPL II programming guide, `~HS`.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::time::Duration;

use super::State;
use super::queue::{Attempt, Machine, Pause, Ticket};
use super::zpl::{self, Density};

const PATIENCE_CONNECT: Duration = Duration::from_secs(3);
/// How long it may take to take something in, and to say that it did.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long it may take to say how it is. What only prints says nothing.
const PATIENCE_STATUS: Duration = Duration::from_millis(700);
/// More than the three lines of a status.
const STATUS_MAX: usize = 256;

pub(super) struct SocketMachine {
    host: String,
    port: u16,
    density: Density,
}

impl SocketMachine {
    /// At `socket://HOST[:9100]`; `None` for another kind of address.
    pub(super) fn new(uri: &str, density: Density) -> Option<SocketMachine> {
        let uri: ureq::http::Uri = uri.parse().ok().filter(|uri: &ureq::http::Uri| uri.scheme_str() == Some("socket"))?;
        let host = uri.host().filter(|host| !host.is_empty())?.trim_matches(['[', ']']).to_owned();
        Some(SocketMachine { host, port: uri.port_u16().unwrap_or(9100), density })
    }

    fn connect(&self) -> io::Result<TcpStream> {
        let mut last = io::Error::from(io::ErrorKind::NotFound);
        for address in (self.host.as_str(), self.port).to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, PATIENCE_CONNECT) {
                Ok(stream) => {
                    stream.set_write_timeout(Some(PATIENCE))?;
                    return Ok(stream);
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn ask(&self) -> io::Result<State> {
        let mut stream = self.connect()?;
        stream.write_all(b"~HS\r\n")?;
        stream.set_read_timeout(Some(PATIENCE_STATUS))?;
        let mut answer = Vec::new();
        let mut part = [0; STATUS_MAX];
        // Three lines, each between STX and ETX.
        while answer.len() < STATUS_MAX && answer.iter().filter(|byte| **byte == 3).count() < 2 {
            match stream.read(&mut part) {
                Ok(0) | Err(_) => break,
                Ok(count) => answer.extend_from_slice(&part[..count]),
            }
        }
        Ok(state_of(&answer))
    }

    fn send(&self, zpl: &[u8]) -> io::Result<()> {
        let mut stream = self.connect()?;
        stream.write_all(zpl)?;
        stream.shutdown(Shutdown::Write)?;
        // It hangs up when it has all of it. Some never do, and have it all the same.
        stream.set_read_timeout(Some(PATIENCE_STATUS))?;
        let mut part = [0; STATUS_MAX];
        while matches!(stream.read(&mut part), Ok(1..)) {}
        Ok(())
    }
}

/// The first line's second field is paper, its third pause; the second line's third field is the head.
fn state_of(answer: &[u8]) -> State {
    let text = String::from_utf8_lossy(answer);
    let mut lines = text.split('\u{2}').skip(1).map(|line| line.split(['\u{3}', ',']).map(str::trim).collect::<Vec<_>>());
    let (Some(first), Some(second)) = (lines.next(), lines.next()) else { return State::Unknown };
    let is_set = |line: &[&str], field: usize| line.get(field) == Some(&"1");
    if is_set(&second, 2) {
        State::CoverOpen
    } else if is_set(&first, 1) {
        State::NoPaper
    } else if is_set(&second, 3) {
        State::NoInk
    } else if is_set(&first, 2) {
        State::Paused
    } else {
        State::Ready
    }
}

impl Machine for SocketMachine {
    fn look(&mut self) -> State {
        self.ask().unwrap_or(State::NoAnswer)
    }

    fn attempt(&mut self, ticket: &mut Ticket, _pause: &mut Pause<'_>) -> Attempt {
        let state = self.look();
        if !state.can_print() {
            return Attempt::Away(state);
        }
        let zpl = match zpl::of_pdf(&ticket.pdf, self.density) {
            Ok(zpl) => zpl,
            Err(fault) => return Attempt::Never(fault),
        };
        // A label that broke off does not come out: its end is missing.
        match self.send(&zpl) {
            Ok(()) => Attempt::Done,
            Err(_) => Attempt::Away(State::NoAnswer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_as_the_manual_has_it() {
        let status = |paper: u8, pause: u8, head: u8, ribbon: u8| {
            format!(
                "\u{2}030,{paper},{pause},0800,000,0,0,0,000,0,0,0\u{3}\r\n\u{2}000,0,{head},{ribbon},0,2,4,0,00000000,1,000\u{3}\r\n\u{2}1234,0\u{3}\r\n"
            )
        };
        let states = [status(0, 0, 0, 0), status(1, 1, 0, 0), status(0, 1, 0, 0), status(1, 0, 1, 0), status(0, 0, 0, 1), String::new()]
            .map(|answer| state_of(answer.as_bytes()));
        use State::{CoverOpen, NoInk, NoPaper, Paused, Ready, Unknown};
        assert_eq!(states, [Ready, NoPaper, Paused, CoverOpen, NoInk, Unknown]);
        assert_eq!(state_of(&[0xff, 2, 3, 2, 2]), Ready);
    }
}
