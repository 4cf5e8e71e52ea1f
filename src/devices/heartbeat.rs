//! The heartbeat: tells systemd that the kiosk is up and that its window lives, so that a hung one is started again.

use std::cell::Cell;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

/// How often the window beats. systemd asks for a beat in half of its limit.
pub const BEAT: Duration = Duration::from_secs(1);

/// The service manager's ear. Where there is none, nothing is ever sent.
///
/// **Source** sd_notify(3), sd_watchdog_enabled(3).
pub struct Heartbeat {
    ear: Option<(UnixDatagram, SocketAddr)>,
    is_watched: bool,
    is_up: Cell<bool>,
}

impl Heartbeat {
    /// As systemd tells a service through its environment.
    ///
    /// `$WATCHDOG_PID` is not asked: it names the compositor that the kiosk runs in.
    pub fn of_service() -> Heartbeat {
        let limit = std::env::var("WATCHDOG_USEC").ok().and_then(|limit| limit.parse().ok());
        Heartbeat::to(std::env::var_os("NOTIFY_SOCKET"), limit.map(Duration::from_micros))
    }

    /// `socket` as in `$NOTIFY_SOCKET`: a path, or `@` and an abstract name. `limit` is how long the window may be silent.
    pub fn to(socket: Option<OsString>, limit: Option<Duration>) -> Heartbeat {
        let ear =
            socket.and_then(|socket| open(&socket).inspect_err(|error| tracing::warn!(%error, "systemd cannot be told anything")).ok());
        if limit.is_some_and(|limit| limit < 2 * BEAT) {
            tracing::warn!("WatchdogSec is too short: the window beats once a second");
        }
        Heartbeat { ear, is_watched: limit.is_some(), is_up: Cell::new(false) }
    }

    /// The window's own thread calls this each [`BEAT`], and never waits. The first beat says that the kiosk is up.
    pub fn beat(&self) {
        if !self.is_up.get() {
            self.is_up.set(self.send("READY=1"));
        }
        if self.is_watched {
            self.send("WATCHDOG=1");
        }
    }

    fn send(&self, state: &str) -> bool {
        let Some((socket, ear)) = &self.ear else { return true };
        let sent = socket.send_to_addr(state.as_bytes(), ear);
        sent.inspect_err(|error| tracing::warn!(%error, state, "systemd was not told")).is_ok()
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        self.send("STOPPING=1");
    }
}

fn open(socket: &OsStr) -> io::Result<(UnixDatagram, SocketAddr)> {
    let ear = match socket.as_bytes() {
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
        _ => SocketAddr::from_pathname(socket)?,
    };
    let own = UnixDatagram::unbound()?;
    own.set_nonblocking(true)?;
    Ok((own, ear))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What arrived so far.
    fn heard(ear: &UnixDatagram) -> Vec<String> {
        let mut bytes = [0; 64];
        let mut next = || ear.recv(&mut bytes).ok().map(|count| String::from_utf8_lossy(&bytes[..count]).into_owned());
        std::iter::from_fn(&mut next).collect()
    }

    fn ear(address: &SocketAddr) -> UnixDatagram {
        let ear = UnixDatagram::bind_addr(address).unwrap();
        ear.set_nonblocking(true).unwrap();
        ear
    }

    #[test]
    fn it_says_ready_once_and_beats_until_it_stops() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("notify");
        let name = format!("@velkommen-test-{}", std::process::id());
        let paths = [path.clone().into_os_string(), name.clone().into()];
        let addresses = [SocketAddr::from_pathname(path).unwrap(), SocketAddr::from_abstract_name(&name[1..]).unwrap()];
        for (socket, address) in paths.into_iter().zip(addresses) {
            let ear = ear(&address);
            let heart = Heartbeat::to(Some(socket), Some(Duration::from_secs(5)));
            assert_eq!(heard(&ear), [""; 0], "a kiosk without a picture is not up");
            heart.beat();
            assert_eq!(heard(&ear), ["READY=1", "WATCHDOG=1"]);
            heart.beat();
            heart.beat();
            assert_eq!(heard(&ear), ["WATCHDOG=1", "WATCHDOG=1"]);
            drop(heart);
            assert_eq!(heard(&ear), ["STOPPING=1"]);
        }
    }

    #[test]
    fn who_is_not_watched_does_not_beat() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("notify");
        let ear = ear(&SocketAddr::from_pathname(&path).unwrap());
        let heart = Heartbeat::to(Some(path.into()), None);
        heart.beat();
        heart.beat();
        drop(heart);
        assert_eq!(heard(&ear), ["READY=1", "STOPPING=1"]);
    }

    #[test]
    fn an_ear_that_is_full_or_gone_holds_nobody_up_and_ready_is_said_later() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("notify");
        let heart = Heartbeat::to(Some(path.clone().into()), Some(Duration::from_secs(5)));
        heart.beat();
        let ear = ear(&SocketAddr::from_pathname(&path).unwrap());
        (0..10_000).for_each(|_| heart.beat());
        let heard = heard(&ear);
        assert_eq!(heard[0], "READY=1");
        assert!(heard[1..].iter().all(|beat| beat == "WATCHDOG=1") && heard.len() < 10_000, "{}", heard.len());
        for nobody in [None, Some("".into()), Some("vsock:2:1".into())] {
            Heartbeat::to(nobody, None).beat();
        }
    }
}
