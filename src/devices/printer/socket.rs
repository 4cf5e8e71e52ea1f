//! Label printers behind a bare TCP port (AppSocket, 9100): ZPL goes in, and what comes back says how the printer is.
//!
//! **Source** Zebra, ZPL II programming guide, `~HS`.

use std::io::{self, Read, Write};
use std::time::Duration;

use super::job::State;
use super::machine::{Attempt, Machine, Pause, Ticket};
use super::zpl::{self, Density};
use crate::devices::bounded::{Bounded, Bounds};

/// How long it may take to pick up, and to take in a label: some hang on a serial line.
const PATIENCE_CONNECT: Duration = Duration::from_secs(3);
const PATIENCE_LABEL: Duration = Duration::from_secs(120);
/// How long it may take to say how it is, or that it has a label. What only prints says nothing.
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

    fn connect(&self) -> io::Result<Bounded> {
        Bounded::connect((self.host.as_str(), self.port), Bounds { patience: PATIENCE_CONNECT, bytes_max: STATUS_MAX })
    }

    fn ask(&self) -> io::Result<State> {
        let mut connection = self.connect()?;
        connection.write_all(b"~HS\r\n")?;
        connection.end_in(PATIENCE_STATUS);
        let mut answer = Vec::new();
        let mut part = [0; STATUS_MAX];
        // Three lines, each between STX and ETX.
        while answer.iter().filter(|byte| **byte == 3).count() < 2 {
            match connection.read(&mut part) {
                Ok(0) | Err(_) => break,
                Ok(count) => answer.extend_from_slice(&part[..count]),
            }
        }
        Ok(state_of(&answer))
    }

    fn send(&self, zpl: &[u8]) -> io::Result<()> {
        let mut connection = self.connect()?;
        connection.end_in(PATIENCE_LABEL);
        connection.write_all(zpl)?;
        connection.write_no_more()?;
        // It hangs up when it has all of it. Some never do, and have it all the same.
        connection.end_in(PATIENCE_STATUS);
        let mut part = [0; STATUS_MAX];
        while matches!(connection.read(&mut part), Ok(1..)) {}
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
    use std::net::TcpListener;
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_printer_that_talks_on_and_on_holds_no_paper_up() {
        const TALKS_FOR: Duration = Duration::from_secs(5);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let uri = format!("socket://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let begun = Instant::now();
                while begun.elapsed() < TALKS_FOR && stream.write_all(b"-").is_ok() {
                    std::thread::sleep(Duration::from_millis(100));
                }
            }
        });
        let machine = SocketMachine::new(&uri, Density::of_dpi(203).unwrap()).unwrap();
        let begun = Instant::now();
        assert_eq!(machine.ask().unwrap(), State::Unknown);
        machine.send(b"^XA^XZ").unwrap();
        assert!(begun.elapsed() < TALKS_FOR, "{:?}", begun.elapsed());
    }

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
