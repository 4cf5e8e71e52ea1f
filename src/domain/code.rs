//! Short codes: what a badge's QR holds and what a person can type. And the limit on trying them.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

/// Crockford's base 32: no I, L, O or U.
pub(crate) const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The most bytes a scanned or typed code may have.
pub const CODE_BYTES_MAX: usize = 256;

/// Eight characters of Crockford's base 32 (40 random bits), unique over visits and tickets.
///
/// **Source** E11.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ShortCode(String);

impl ShortCode {
    pub const LEN: usize = 8;

    /// Makes a code of 40 random bits.
    pub fn from_random(bits: [u8; 5]) -> ShortCode {
        let number = bits.iter().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
        let text = (0..Self::LEN).rev().map(|place| char::from(ALPHABET[(number >> (5 * place) & 31) as usize]));
        ShortCode(text.collect())
    }

    /// Reads what was typed or scanned. Blanks at the ends, spaces and hyphens do not count, letters may be small,
    /// and the look-alikes O, I and L are taken for 0 and 1, as Crockford asks.
    pub fn parse(text: &str) -> Option<ShortCode> {
        if text.len() > CODE_BYTES_MAX {
            return None;
        }
        let mut code = String::with_capacity(Self::LEN);
        for c in text.trim().chars().filter(|c| !matches!(c, ' ' | '-')) {
            let c = match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                c => c,
            };
            if !c.is_ascii() || !ALPHABET.contains(&(c as u8)) {
                return None;
            }
            code.push(c);
        }
        (code.len() == Self::LEN).then_some(ShortCode(code))
    }

    /// As in the QR and in the database.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As people read it: 4 + 4.
    pub fn shown(&self) -> String {
        format!("{} {}", &self.0[..4], &self.0[4..])
    }
}

/// A code opens a visit, so no log shows it.
impl fmt::Debug for ShortCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShortCode(..)")
    }
}

/// Five wrong codes in five minutes, then somebody at the desk has to help.
///
/// **Source** T4.
#[derive(Debug, Default)]
pub struct TryLimit {
    wrong: VecDeque<Duration>,
}

impl TryLimit {
    pub const TRIES: usize = 5;
    pub const WINDOW: Duration = Duration::from_secs(5 * 60);

    /// Whether one more code may be tried at `since_boot`.
    pub fn allows(&mut self, since_boot: Duration) -> bool {
        while self.wrong.front().is_some_and(|tried| since_boot.saturating_sub(*tried) >= Self::WINDOW) {
            self.wrong.pop_front();
        }
        self.wrong.len() < Self::TRIES
    }

    /// Notes a code that nobody knows.
    pub fn note_wrong(&mut self, since_boot: Duration) {
        self.wrong.push_back(since_boot);
    }
}

/// What somebody tries by hand. Trying one kind again and again closes no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TryKind {
    /// The code of a ticket or an invitation, to come in.
    Code,
    /// A name and a company.
    Name,
    /// The code of a badge, to leave.
    Badge,
}

/// The limit of each kind of try. What a scanner or a camera reads is none.
#[derive(Debug, Default)]
pub struct TryLimits([TryLimit; 3]);

impl TryLimits {
    pub fn of(&mut self, kind: TryKind) -> &mut TryLimit {
        let TryLimits([code, name, badge]) = self;
        match kind {
            TryKind::Code => code,
            TryKind::Name => name,
            TryKind::Badge => badge,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_back_however_it_is_typed() {
        let code = ShortCode::from_random([0x24, 0x1f, 0xa0, 0x01, 0xff]);
        assert_eq!(code.as_str().len(), 8);
        for typed in [
            code.as_str().to_owned(),
            code.shown(),
            code.as_str().to_lowercase(),
            code.shown().replace(' ', "-"),
            format!("\t{}\r\n", code.shown()),
        ] {
            assert_eq!(ShortCode::parse(&typed).as_ref(), Some(&code));
        }
        assert_eq!(ShortCode::parse("oil0 OIL1"), ShortCode::parse("01100111"));
    }

    #[test]
    fn what_is_no_code_is_none() {
        for text in ["", "1234567", "123456789", "UUUUUUUU", "1234567\0", "1234567é", "ſ2345678", &"1".repeat(4096)] {
            assert_eq!(ShortCode::parse(text), None);
        }
    }

    #[test]
    fn all_bits_make_all_codes() {
        assert_eq!(ShortCode::from_random([0; 5]).as_str(), "00000000");
        assert_eq!(ShortCode::from_random([0xff; 5]).as_str(), "ZZZZZZZZ");
    }

    #[test]
    fn one_kind_of_try_closes_no_other() {
        let (mut limits, now) = (TryLimits::default(), Duration::ZERO);
        (0..TryLimit::TRIES).for_each(|_| limits.of(TryKind::Name).note_wrong(now));
        assert_eq!([TryKind::Code, TryKind::Name, TryKind::Badge].map(|kind| limits.of(kind).allows(now)), [true, false, true]);
    }

    #[test]
    fn the_sixth_wrong_code_in_five_minutes_waits() {
        let mut limit = TryLimit::default();
        let at = Duration::from_secs;
        for second in 0..5 {
            assert!(limit.allows(at(second)));
            limit.note_wrong(at(second));
        }
        assert!(!limit.allows(at(299)));
        assert!(limit.allows(at(300)));
    }
}
