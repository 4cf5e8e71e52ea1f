//! The machine's clock, and its simulated twin for tests, the gallery and the tour.

use std::sync::Mutex;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, SubsecRound, TimeDelta, Utc};

use crate::domain::clock::{Clock, Reading};

/// The day this program was built.
pub fn build_date() -> NaiveDate {
    env!("VELKOMMEN_BUILD_DATE").parse().expect("the build script writes a date")
}

/// The only place that reads the machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    fn read(&self) -> Reading {
        #[expect(clippy::disallowed_methods, reason = "this is the clock that the ban points to")]
        let wall = Utc::now();
        // The file keeps milliseconds: whatever is told of a moment is what the file says later.
        let wall = wall.trunc_subsecs(3);
        let boot = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        let since_boot = Duration::new(boot.tv_sec.unsigned_abs(), boot.tv_nsec.unsigned_abs() as u32);
        Reading { wall, since_boot, synchronised: kernel_vouches_for(wall) }
    }
}

/// Whether the kernel says its clock is synchronised, and that clock is the one just read.
fn kernel_vouches_for(wall: DateTime<Utc>) -> bool {
    // SAFETY: an all-zero timex with `modes` 0 only asks; the kernel fills it in.
    #[expect(unsafe_code, reason = "no crate in use wraps adjtimex")]
    let (state, kernel) = unsafe {
        let mut kernel: libc::timex = std::mem::zeroed();
        (libc::adjtimex(&mut kernel), kernel)
    };
    let is_synchronised = (0..libc::TIME_ERROR).contains(&state) && kernel.status & libc::STA_UNSYNC == 0;
    // A faked or offset clock is not the one the kernel speaks of.
    is_synchronised && (wall.timestamp() - kernel.time.tv_sec).abs() <= 2
}

/// A clock that stands still until it is told to move.
pub struct SimulatedClock(Mutex<Reading>);

impl SimulatedClock {
    pub fn at(wall: DateTime<Utc>) -> SimulatedClock {
        SimulatedClock(Mutex::new(Reading { wall, since_boot: Duration::from_secs(3600), synchronised: false }))
    }

    /// Time passes.
    pub fn advance(&self, by: TimeDelta) {
        self.change(|reading| {
            reading.wall += by;
            reading.since_boot += by.to_std().unwrap_or_default();
        });
    }

    /// The wall clock alone is set, as a wrong battery or a wrong hand does.
    pub fn set_wall(&self, wall: DateTime<Utc>) {
        self.change(|reading| reading.wall = wall);
    }

    /// The kernel starts or stops vouching for the wall clock.
    pub fn set_synchronised(&self, synchronised: bool) {
        self.change(|reading| reading.synchronised = synchronised);
    }

    fn change(&self, change: impl FnOnce(&mut Reading)) {
        change(&mut self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }
}

impl Clock for SimulatedClock {
    fn read(&self) -> Reading {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
