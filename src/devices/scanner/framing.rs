//! From keys and bytes to scans. Pure: no device, no thread, no clock, so that recorded events can be played again.

use std::time::Duration;

/// The most bytes of a scan. Of a longer text one byte more is kept, from which the reader knows that it is no code.
pub const SCAN_BYTES_MAX: usize = 256;
/// The most bytes that are looked at, marks of the scanner included. What is longer is no code whatever it holds.
const RAW_BYTES_MAX: usize = 4 * SCAN_BYTES_MAX;

/// What a scanner sends after a code. A pause ends a scan too, whatever the suffix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suffix {
    /// Enter on a keyboard; CR, LF or both on a line.
    Enter,
    Tab,
    None,
}

/// Puts bytes together to scans.
pub struct Framer {
    suffix: Suffix,
    /// The shortest pause between two scans.
    gap: Duration,
    raw: Vec<u8>,
    /// When the last byte came.
    last: Duration,
    /// A part was lost.
    is_broken: bool,
}

impl Framer {
    pub fn new(suffix: Suffix, gap: Duration) -> Framer {
        Framer { suffix, gap, raw: Vec::new(), last: Duration::ZERO, is_broken: false }
    }

    /// Takes the byte that came at `at`, and hands out the scan that it ends or that a pause before it ended.
    ///
    /// **Units** `at` counts from any fixed moment.
    pub fn take(&mut self, at: Duration, byte: u8) -> Option<String> {
        let ended = self.arrive(at);
        let is_suffix = match self.suffix {
            Suffix::Enter => matches!(byte, b'\r' | b'\n'),
            Suffix::Tab => byte == b'\t',
            Suffix::None => false,
        };
        if is_suffix {
            return ended.or_else(|| self.pause());
        }
        // One byte over the limit is enough to know that it is too long.
        if !byte.is_ascii_control() && self.raw.len() <= RAW_BYTES_MAX {
            self.raw.push(byte);
        }
        ended
    }

    /// Something was lost at `at`, so what it belonged to is no scan. Hands out the scan that a pause before it ended.
    pub fn lose(&mut self, at: Duration) -> Option<String> {
        let ended = self.arrive(at);
        self.is_broken = true;
        ended
    }

    fn arrive(&mut self, at: Duration) -> Option<String> {
        let silence = at.saturating_sub(std::mem::replace(&mut self.last, at));
        if silence >= self.gap { self.pause() } else { None }
    }

    /// Nothing came for as long as the gap: whatever is there is a scan.
    pub fn pause(&mut self) -> Option<String> {
        let raw = std::mem::take(&mut self.raw);
        let is_whole = !std::mem::take(&mut self.is_broken);
        Some(text(raw)).filter(|text| is_whole && !text.is_empty())
    }

    /// Whether a pause would change anything.
    pub fn is_at_rest(&self) -> bool {
        self.raw.is_empty() && !self.is_broken
    }

    pub fn gap(&self) -> Duration {
        self.gap
    }
}

/// What a code says, without the marks of the scanner.
fn text(raw: Vec<u8>) -> String {
    let is_within = raw.len() <= RAW_BYTES_MAX;
    // Scanners send UTF-8 or Latin-1.
    let sent = String::from_utf8(raw).unwrap_or_else(|error| error.into_bytes().into_iter().map(char::from).collect());
    let mut text = if is_within { without_marks(&sent) } else { sent };
    text.retain(|letter| !letter.is_control());
    text.truncate(text.ceil_char_boundary(SCAN_BYTES_MAX + 1));
    text
}

/// Takes off the symbology identifier (`]Q1`) and the marks of extended channel interpretation (`\000026`).
///
/// **Source** ISO/IEC 15424, data carrier identifiers; AIM ITS/04-001, extended channel interpretations.
pub fn without_marks(sent: &str) -> String {
    let (symbology, code) = match sent.as_bytes() {
        [b']', kind, modifier, ..] if kind.is_ascii_alphabetic() && modifier.is_ascii_alphanumeric() => {
            (Some((*kind, *modifier)), &sent[3..])
        }
        _ => (None, sent),
    };
    // QR, Data Matrix, Aztec, PDF417, MaxiCode, Han Xin.
    let announces_eci = matches!(
        symbology,
        Some((b'Q', b'2' | b'4' | b'6') | (b'd', b'4'..=b'6') | (b'z', b'3'..=b'5') | (b'L', b'1') | (b'U', b'2' | b'3') | (b'h', b'1'))
    );
    let mut plain = String::with_capacity(code.len());
    let (mut rest, mut holds_eci) = (code, announces_eci);
    while let Some(at) = rest.find('\\') {
        let (before, after) = (&rest[..at], &rest[at + 1..]);
        plain.push_str(before);
        let digits = after.bytes().take(6).take_while(u8::is_ascii_digit).count();
        rest = if digits == 6 {
            holds_eci = true;
            &after[6..]
        } else if let Some(after) = after.strip_prefix('\\') {
            plain.push_str("\\\\");
            after
        } else {
            plain.push('\\');
            after
        };
    }
    plain.push_str(rest);
    // Where marks are sent, a backslash of the code is sent twice.
    if holds_eci { plain.replace("\\\\", "\\") } else { plain }
}

/// An event of an input device, as `linux/input.h` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyEvent {
    pub kind: u16,
    pub code: u16,
    pub value: i32,
}

const EV_SYN: u16 = 0;
const EV_KEY: u16 = 1;
const SYN_REPORT: u16 = 0;
const SYN_DROPPED: u16 = 3;

/// A scanner that types, on the US map whatever the desk's keyboard is.
pub struct Wedge {
    framer: Framer,
    /// The modifiers that are held, a bit each.
    held: u8,
    /// The kernel's buffer ran over: until the next report nothing counts.
    is_behind: bool,
}

/// Modifiers by their key: two of shift, then control, alt and meta, left and right.
const MODIFIERS: [u16; 8] = [42, 54, 29, 97, 56, 100, 125, 126];
const SHIFT: u8 = 0b11;

/// Keys that stand side by side: the code of the first, what they type, and what with shift.
///
/// **Source** `linux/input-event-codes.h`, and the layout `us` of xkeyboard-config.
const ROWS: [(u16, &[u8], &[u8]); 11] = [
    (2, b"1234567890-=", b"!@#$%^&*()_+"),
    (15, b"\tqwertyuiop[]\n", b"\tQWERTYUIOP{}\n"),
    (30, b"asdfghjkl;'`", b"ASDFGHJKL:\"~"),
    (43, b"\\zxcvbnm,./", b"|ZXCVBNM<>?"),
    // The number pad, whether the lock is on or not.
    (55, b"*", b"*"),
    (57, b" ", b" "),
    (71, b"789-456+1230.", b"789-456+1230."),
    (86, b"<", b">"),
    (96, b"\n", b"\n"),
    (98, b"/", b"/"),
    (117, b"=", b"="),
];

impl Wedge {
    pub fn new(framer: Framer) -> Wedge {
        Wedge { framer, held: 0, is_behind: false }
    }

    /// Takes an event, and hands out the scan that it ended.
    pub fn take(&mut self, at: Duration, event: KeyEvent) -> Option<String> {
        match (event.kind, event.code) {
            (EV_SYN, SYN_DROPPED) => {
                (self.held, self.is_behind) = (0, true);
                return self.framer.lose(at);
            }
            (EV_SYN, SYN_REPORT) => self.is_behind = false,
            (EV_KEY, code) if !self.is_behind => return self.key(at, code, event.value),
            _ => {}
        }
        None
    }

    fn key(&mut self, at: Duration, code: u16, value: i32) -> Option<String> {
        const PRESSED: i32 = 1;
        const RELEASED: i32 = 0;
        if let Some(place) = MODIFIERS.iter().position(|modifier| *modifier == code) {
            match value {
                PRESSED => self.held |= 1 << place,
                RELEASED => self.held &= !(1 << place),
                _ => {}
            }
            return None;
        }
        // A key that is held repeats (value 2); no scanner means that. With control, alt or meta it is a hotkey.
        if value != PRESSED || self.held & !SHIFT != 0 {
            return None;
        }
        let (first, plain, shifted) = ROWS.iter().rev().find(|(first, ..)| *first <= code)?;
        let row = if self.held & SHIFT == 0 { plain } else { shifted };
        self.framer.take(at, *row.get(usize::from(code - first))?)
    }

    pub fn framer(&mut self) -> &mut Framer {
        &mut self.framer
    }
}

#[cfg(test)]
mod tests;
