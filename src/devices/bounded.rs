//! A connection that ends: nothing is read or written after its deadline, and nothing read beyond its limit. Whoever is
//! at its other end can neither hold a thread nor fill the memory, however slowly or much they talk.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

/// What one may last and bring, from the first knock to the last word.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    pub(super) patience: Duration,
    pub(super) bytes_max: usize,
}

pub(super) struct Bounded {
    tcp: TcpStream,
    until: Instant,
    bytes_left: usize,
}

impl Bounded {
    /// Knocks at each of the server's addresses until one opens.
    ///
    /// **Errors** that of the last address.
    pub(super) fn connect(server: impl ToSocketAddrs, bounds: Bounds) -> io::Result<Bounded> {
        let until = Instant::now() + bounds.patience;
        let mut last = io::Error::from(io::ErrorKind::NotFound);
        for address in server.to_socket_addrs()? {
            match left(until).and_then(|left| TcpStream::connect_timeout(&address, left)) {
                Ok(tcp) => return Ok(Bounded { tcp, until, bytes_left: bounds.bytes_max }),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// From now on it lasts so long.
    pub(super) fn end_in(&mut self, patience: Duration) {
        self.until = Instant::now() + patience;
    }

    pub(super) fn write_no_more(&self) -> io::Result<()> {
        self.tcp.shutdown(Shutdown::Write)
    }
}

/// The time until then.
fn left(until: Instant) -> io::Result<Duration> {
    match until.saturating_duration_since(Instant::now()) {
        Duration::ZERO => Err(io::ErrorKind::TimedOut.into()),
        left => Ok(left),
    }
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(self.bytes_left);
        if most == 0 && !buffer.is_empty() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "more than there can be to say"));
        }
        self.tcp.set_read_timeout(Some(left(self.until)?))?;
        let count = self.tcp.read(&mut buffer[..most])?;
        self.bytes_left -= count;
        Ok(count)
    }
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.tcp.set_write_timeout(Some(left(self.until)?))?;
        self.tcp.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.tcp.flush()
    }
}
