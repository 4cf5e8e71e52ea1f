//! Recorded keys and bytes, and random ones.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::*;

const GAP: Duration = Duration::from_millis(100);

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// Every printable character with its key and whether shift is held, written down apart from `ROWS`.
const US: &str = "1 2 2 3 3 4 4 5 5 6 6 7 7 8 8 9 9 10 0 11 - 12 = 13 q 16 w 17 e 18 r 19 t 20 y 21 u 22 i 23 o 24 p 25 [ 26 ] 27 \
    a 30 s 31 d 32 f 33 g 34 h 35 j 36 k 37 l 38 ; 39 ' 40 ` 41 \\ 43 z 44 x 45 c 46 v 47 b 48 n 49 m 50 , 51 . 52 / 53";
const US_SHIFT: &str = "! 2 @ 3 # 4 $ 5 % 6 ^ 7 & 8 * 9 ( 10 ) 11 _ 12 + 13 Q 16 W 17 E 18 R 19 T 20 Y 21 U 22 I 23 O 24 P 25 { 26 } 27 \
    A 30 S 31 D 32 F 33 G 34 H 35 J 36 K 37 L 38 : 39 \" 40 ~ 41 | 43 Z 44 X 45 C 46 V 47 B 48 N 49 M 50 < 51 > 52 ? 53";

fn key_of(letter: u8) -> (u16, bool) {
    static KEYS: LazyLock<HashMap<u8, (u16, bool)>> = LazyLock::new(|| {
        let read = |table: &'static str, is_shifted: bool| {
            let words: Vec<&str> = table.split_whitespace().collect();
            words.chunks(2).map(|pair| (pair[0].as_bytes()[0], (pair[1].parse().unwrap(), is_shifted))).collect::<Vec<_>>()
        };
        let others = [(b' ', (57, false)), (b'\n', (28, false)), (b'\t', (15, false))];
        read(US, false).into_iter().chain(read(US_SHIFT, true)).chain(others).collect()
    });
    KEYS[&letter]
}

/// What a scanner sends, as it would stand in a recording.
#[derive(Default)]
struct Recording {
    at: Duration,
    events: Vec<(Duration, KeyEvent)>,
}

impl Recording {
    fn event(&mut self, kind: u16, code: u16, value: i32) {
        self.events.push((self.at, KeyEvent { kind, code, value }));
    }

    /// A key goes down or up, with the scan code before and the report after it.
    fn key(&mut self, code: u16, value: i32) {
        self.event(4, 4, 0x7_0000 + i32::from(code));
        self.event(EV_KEY, code, value);
        self.event(EV_SYN, SYN_REPORT, 0);
        self.at += ms(1);
    }

    fn press(&mut self, modifiers: &[u16], code: u16) {
        modifiers.iter().for_each(|modifier| self.key(*modifier, 1));
        self.key(code, 1);
        self.key(code, 0);
        modifiers.iter().rev().for_each(|modifier| self.key(*modifier, 0));
    }

    fn letter(&mut self, letter: u8) {
        match key_of(letter) {
            (code, true) => self.press(&[if letter.is_multiple_of(2) { 42 } else { 54 }], code),
            (code, false) => self.press(&[], code),
        }
    }

    fn text(&mut self, text: &str) {
        text.bytes().for_each(|letter| self.letter(letter));
    }

    fn play(&self, suffix: Suffix) -> Vec<String> {
        let mut wedge = Wedge::new(Framer::new(suffix, GAP));
        let scans = self.events.iter().filter_map(|(at, event)| wedge.take(*at, *event)).collect::<Vec<_>>();
        scans.into_iter().chain(wedge.framer().pause()).collect()
    }
}

/// Random numbers that are the same in every run.
///
/// **Source** Vigna, SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

const HOTKEYS: [&[u16]; 7] = [&[29], &[97], &[56], &[100], &[125], &[29, 56], &[42, 29]];
/// Escape, the lock keys, F1 to F12, arrows, home, delete, power, mute, a button of a mouse, keys that no keyboard has.
const DEAD_KEYS: [u16; 18] = [1, 14, 58, 69, 59, 60, 68, 87, 88, 99, 102, 103, 105, 111, 113, 116, 272, 767];

/// Something that is no part of any scan.
fn garbage(random: &mut Random, out: &mut Recording) {
    match random.below(5) {
        // Ctrl+Alt+F2, Win+R and their like, Ctrl with what would be a suffix, and every control character by its letter.
        0 | 1 => {
            let code = random.pick(&[60, 19, 28, 15, 96, 46, 47, 50, 36, 26, 27, 30, 57]);
            out.press(random.pick(&HOTKEYS), code);
        }
        2 => {
            let code = random.pick(&DEAD_KEYS);
            out.press(&[], code);
        }
        // A key that is held.
        3 => (0..3).for_each(|_| {
            let code = random.below(120) as u16;
            out.event(EV_KEY, code, 2);
        }),
        // What is no key at all.
        _ => {
            let (code, value) = (random.below(64) as u16, random.next() as i32);
            let kind = random.pick(&[2, 3, 5, 17, 18, 20, 21, 22, 31]);
            out.event(kind, code, value);
        }
    }
}

/// A burst and what it says. `own` keeps two scanners apart.
fn burst(random: &mut Random, own: &str, suffix: Suffix, out: &mut Recording) -> Option<String> {
    let length = if random.one_in(200) { 240 + random.below(40) } else { 1 + random.below(12) };
    let printable: String = (0..length).map(|_| char::from(b' ' + random.below(95) as u8)).collect();
    // A text of its own begins with letters, so it is no mark, and what it holds is doubled where marks are sent.
    let said = format!("{own}{printable}");
    let has_marks = random.one_in(4);
    let (before, sent) = if has_marks {
        (random.pick(&["]Q2\\000026", "\\000003", "]d4", "]z3\\000026"]), said.replace('\\', "\\\\"))
    } else {
        (random.pick(&["", "", "]Q1", "]C0", "]E0"]), said.clone())
    };
    let lost = random.one_in(50).then(|| random.below(sent.len()));
    out.text(before);
    for (place, letter) in sent.bytes().enumerate() {
        if random.one_in(12) {
            garbage(random, out);
        }
        if lost == Some(place) {
            // The buffer ran over: whatever comes until the report is rubble.
            out.event(EV_SYN, SYN_DROPPED, 0);
            out.event(EV_KEY, 28, 1);
            out.event(EV_KEY, 29, 1);
            out.event(EV_SYN, SYN_REPORT, 0);
        }
        out.letter(letter);
    }
    match suffix {
        Suffix::Enter => out.letter(b'\n'),
        Suffix::Tab => out.letter(b'\t'),
        Suffix::None => out.at += GAP,
    }
    if random.one_in(10) {
        out.at += GAP + ms(random.below(2000) as u64);
    }
    // A text that holds a backslash before six digits cannot be told from one with a mark, unless it is doubled.
    let means = if has_marks { said } else { without_marks(&said) };
    let cut = means.chars().take(SCAN_BYTES_MAX + 1).collect();
    lost.is_none().then_some(cut)
}

#[test]
fn a_hundred_thousand_bursts_in_rubble_are_exactly_their_scans() {
    let mut random = Random(5);
    let mut wedges = [Suffix::Enter, Suffix::Tab, Suffix::None].map(|suffix| (suffix, Wedge::new(Framer::new(suffix, GAP))));
    let mut recordings = [(); 3].map(|()| Recording::default());
    let (mut expected, mut read) = ([(); 3].map(|()| Vec::new()), [(); 3].map(|()| Vec::new()));
    for round in 0..100_000 / 3 + 1 {
        for (place, (suffix, _)) in wedges.iter().enumerate() {
            let own = format!("{}{round}:", char::from(b'A' + place as u8));
            expected[place].extend(burst(&mut random, &own, *suffix, &mut recordings[place]));
        }
        // Three scanners at once, their events in turn.
        let mut queues = recordings.each_mut().map(|recording| std::mem::take(&mut recording.events).into_iter());
        loop {
            let mut is_empty = true;
            for (place, queue) in queues.iter_mut().enumerate() {
                if let Some((at, event)) = queue.next() {
                    is_empty = false;
                    read[place].extend(wedges[place].1.take(at, event));
                }
            }
            if is_empty {
                break;
            }
        }
    }
    for ((suffix, wedge), (read, expected)) in wedges.iter_mut().zip(read.iter_mut().zip(&expected)) {
        read.extend(wedge.framer().pause());
        assert_eq!(read.len(), expected.len(), "{suffix:?}");
        assert!(read.len() > 30_000);
        for (read, expected) in read.iter().zip(expected) {
            assert_eq!(read, expected, "{suffix:?}");
        }
    }
}

#[test]
fn every_key_types_what_the_us_map_says_and_the_number_pad_too() {
    for letter in b' '..=b'~' {
        let mut one = Recording::default();
        one.letter(letter);
        assert_eq!(one.play(Suffix::Enter), [char::from(letter).to_string()]);
    }
    let mut pad = Recording::default();
    for code in [82, 79, 80, 81, 75, 76, 77, 71, 72, 73, 83, 98, 55, 74, 78, 117, 96] {
        pad.press(&[], code);
    }
    assert_eq!(pad.play(Suffix::Enter), ["0123456789./*-+="]);
}

#[test]
fn both_shifts_count_and_what_is_held_with_control_types_nothing() {
    let mut keys = Recording::default();
    for (code, value) in [(42, 1), (54, 1), (30, 1), (42, 0), (48, 1), (54, 0), (46, 1)] {
        keys.key(code, value);
    }
    for hotkey in HOTKEYS {
        // Release and press of the letter on either side of the modifier.
        keys.press(hotkey, 32);
    }
    keys.letter(b'e');
    assert_eq!(keys.play(Suffix::Enter), ["ABce"]);
}

#[test]
fn control_characters_and_hotkeys_alone_are_no_scan() {
    let mut random = Random(7);
    let mut rubble = Recording::default();
    for code in 0..=767 {
        for hotkey in HOTKEYS.into_iter().filter(|_| !MODIFIERS.contains(&code)) {
            rubble.press(hotkey, code);
        }
    }
    (0..10_000).for_each(|_| garbage(&mut random, &mut rubble));
    rubble.text("\n\n\t\n");
    assert_eq!(rubble.play(Suffix::Enter), [""; 0]);
    let mut line = Framer::new(Suffix::Enter, GAP);
    let bytes = (0..32).chain([127]).cycle().take(1000);
    assert_eq!(bytes.filter_map(|byte| line.take(Duration::ZERO, byte)).next(), None);
    assert!(line.is_at_rest());
    let sent = [[0x1b; 5000].as_slice(), b"code\r"].concat();
    assert_eq!(sent.into_iter().find_map(|byte| line.take(Duration::ZERO, byte)).as_deref(), Some("code"));
}

#[test]
fn a_key_that_is_held_types_once() {
    let mut keys = Recording::default();
    keys.key(30, 1);
    (0..50).for_each(|_| keys.key(30, 2));
    keys.key(30, 0);
    keys.text("b\n");
    assert_eq!(keys.play(Suffix::Enter), ["ab"]);
}

#[test]
fn what_the_kernel_dropped_is_missing_from_no_scan() {
    let mut keys = Recording::default();
    keys.text("AB");
    keys.key(42, 1);
    keys.event(EV_SYN, SYN_DROPPED, 0);
    keys.event(EV_KEY, 28, 1);
    keys.event(EV_SYN, SYN_REPORT, 0);
    // Shift came up in what was dropped.
    keys.text("cd\nef\n");
    assert_eq!(keys.play(Suffix::Enter), ["ef"]);
    // The suffix was dropped: the pause ends what is broken.
    let mut keys = Recording::default();
    keys.text("ab");
    keys.event(EV_SYN, SYN_DROPPED, 0);
    keys.event(EV_SYN, SYN_REPORT, 0);
    keys.at += GAP;
    keys.text("cd");
    assert_eq!(keys.play(Suffix::Enter), ["cd"]);
}

#[test]
fn what_is_lost_after_a_pause_leaves_the_scan_before_it_whole() {
    let mut framer = Framer::new(Suffix::None, GAP);
    assert_eq!(framer.take(ms(0), b'a'), None);
    assert_eq!(framer.lose(ms(100)).as_deref(), Some("a"));
    assert_eq!([framer.take(ms(101), b'b'), framer.pause()], [None, None]);
}

#[test]
fn a_pause_of_the_gap_ends_a_scan_and_a_shorter_one_does_not() {
    let scans = |pauses: [u64; 3]| {
        let mut framer = Framer::new(Suffix::None, GAP);
        let mut at = Duration::from_secs(1_700_000_000);
        let mut scans = Vec::new();
        for (pause, byte) in pauses.into_iter().zip(*b"abc") {
            at += ms(pause);
            scans.extend(framer.take(at, byte));
        }
        assert!(!framer.is_at_rest());
        scans.extend(framer.pause());
        assert!(framer.is_at_rest());
        scans.join(" ")
    };
    assert_eq!(scans([0, 99, 99]), "abc");
    assert_eq!(scans([0, 100, 99]), "a bc");
    assert_eq!(scans([5000, 99, 100]), "ab c");
    // A clock that was set back is no pause.
    let mut framer = Framer::new(Suffix::None, GAP);
    assert_eq!([framer.take(ms(5000), b'a'), framer.take(ms(10), b'b'), framer.pause()], [None, None, Some("ab".to_owned())]);
}

#[test]
fn each_suffix_ends_a_scan_and_the_others_are_no_part_of_it() {
    let sent = b"a\tb\rc\nd\r\n";
    let scans = |suffix| {
        let mut framer = Framer::new(suffix, GAP);
        let scans: Vec<_> = sent.iter().filter_map(|byte| framer.take(Duration::ZERO, *byte)).collect();
        scans.into_iter().chain(framer.pause()).collect::<Vec<_>>()
    };
    assert_eq!(scans(Suffix::Enter), ["ab", "c", "d"]);
    assert_eq!(scans(Suffix::Tab), ["a", "bcd"]);
    assert_eq!(scans(Suffix::None), ["abcd"]);
}

#[test]
fn a_long_scan_is_one_byte_too_long_however_long_it_is() {
    let scan = |text: &str| {
        let mut framer = Framer::new(Suffix::Enter, GAP);
        text.bytes().chain(*b"\n").find_map(|byte| framer.take(Duration::ZERO, byte)).unwrap()
    };
    for length in [1, 255, 256, 257] {
        assert_eq!(scan(&"x".repeat(length)).len(), length);
        assert_eq!(scan(&format!("]Q2\\000026{}", "x".repeat(length))).len(), length);
    }
    for length in [258, 1024, 1025, 100_000] {
        assert_eq!(scan(&"x".repeat(length)).len(), 257, "{length}");
    }
    // Marks beyond what is looked at do not make a long text short.
    assert_eq!(scan(&format!("{}x", "\\000026".repeat(200))).len(), 257);
    // No letter is cut in two.
    assert_eq!(scan(&"€".repeat(100)).len(), 258);
}

#[test]
fn the_marks_of_the_scanner_are_taken_off() {
    for (sent, said) in [
        ("K7QM2NXP", "K7QM2NXP"),
        // Symbology identifiers of QR, Code 128, EAN, Data Matrix, Aztec (hexadecimal and beyond), PDF417, GS1 DataBar.
        ("]Q1K7QM2NXP", "K7QM2NXP"),
        ("]C0ABC", "ABC"),
        ("]E05701234567899", "5701234567899"),
        ("]d1ABC", "ABC"),
        ("]zCABC", "ABC"),
        ("]L2ABC", "ABC"),
        ("]e0ABC", "ABC"),
        // Only one, only in front, only a whole one.
        ("]Q1]Q1ABC", "]Q1ABC"),
        ("A]Q1", "A]Q1"),
        ("]QABC", "BC"),
        ("]1AB", "]1AB"),
        ("]Q", "]Q"),
        ("]Q-A", "]Q-A"),
        // Extended channel interpretation, with and without an identifier, in front and between.
        ("]Q2\\000026K7QM2NXP", "K7QM2NXP"),
        ("\\000026K7QM2NXP", "K7QM2NXP"),
        ("\\000026A\\000003B\\000026", "AB"),
        ("]d4\\000026A", "A"),
        // A backslash of the code is doubled where marks are sent, and only there.
        ("]Q2A\\\\B", "A\\B"),
        ("]Q1A\\\\B", "A\\\\B"),
        ("A\\\\B", "A\\\\B"),
        ("\\000026A\\\\000026", "A\\000026"),
        ("]Q2\\\\000026", "\\000026"),
        ("A\\B", "A\\B"),
        ("A\\00002", "A\\00002"),
        ("A\\00002x", "A\\00002x"),
        ("A\\", "A\\"),
        ("\\æ", "\\æ"),
    ] {
        assert_eq!(without_marks(sent), said, "{sent}");
    }
}

#[test]
fn a_line_may_say_utf8_or_latin1() {
    for sent in [&b"\x02\\000026\xc3\x86re\x1d\x7f\r"[..], b"\\000003\xc6re\x85\r"] {
        let mut framer = Framer::new(Suffix::Enter, GAP);
        assert_eq!(sent.iter().find_map(|byte| framer.take(Duration::ZERO, *byte)).as_deref(), Some("Ære"));
    }
}
