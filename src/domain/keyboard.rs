//! What a scanner that types meant. As it comes from the factory it presses the keys of a US keyboard; the desk's keyboard
//! makes its own signs of them, and Caps Lock turns every letter. Codes of ours are the same on every Nordic keyboard,
//! those of other systems are not.
//!
//! **Source** E13; the layouts `us`, `dk`, `no` and `se` of xkeyboard-config, and the dead keys of their Compose table; ISO/IEC
//! 15424 for the mark before a code.

use unicode_normalization::UnicodeNormalization;

use crate::domain::code::ShortCode;

/// What the keys type that type something else on a Nordic keyboard.
const US: &str = "-_[{;:'\"\\|`~/?<>@$^&*()=]}+";
/// The same keys in Denmark, Norway, and Sweden and Finland. The last ones are mostly dead, and stand here as they look.
const NORDIC: [&str; 3] = ["+?åÅæÆøØ'*½§-_;:\"¤&/()=´¨^`", "+?åÅøØæÆ'*|§-_;:\"¤&/()=\\¨^`", "+?åÅöÖäÄ'*§½-_;:\"¤&/()=´¨^`"];
/// What a dead key leaves on the letter after it, and how the key looks.
const DEAD: [(char, char); 4] = [('\u{301}', '´'), ('\u{308}', '¨'), ('\u{302}', '^'), ('\u{300}', '`')];
/// The kinds of code whose mark may have lost its `]`: QR, Data Matrix, Aztec, PDF417, Code 128.
const KINDS: &str = "QdzLC";

/// The texts that may have been meant, the one that came first; which it was, only a look-up tells. Each is as good as a
/// code that was typed, so none is made but by a keyboard.
pub fn meant(text: &str) -> Vec<String> {
    let turned = caps_locked(text);
    let as_they_came = [text, &turned];
    let pressed = NORDIC.iter().flat_map(|layout| as_they_came.map(|text| pressed(text, layout)));
    let unmarked = as_they_came.iter().flat_map(|text| {
        let [code, short] = behind_lost_mark(text);
        code.into_iter().chain(short.filter(|short| ShortCode::parse(short).is_some())).map(str::to_owned)
    });
    let mut meant: Vec<String> = Vec::new();
    for text in as_they_came.map(str::to_owned).into_iter().chain(pressed).chain(unmarked) {
        if !meant.contains(&text) {
            meant.push(text);
        }
    }
    meant
}

/// The same text with Caps Lock on.
pub fn caps_locked(text: &str) -> String {
    let turned = |letter: char| -> Vec<char> {
        if letter.is_uppercase() { letter.to_lowercase().collect() } else { letter.to_uppercase().collect() }
    };
    text.chars().flat_map(turned).collect()
}

/// What a US keyboard types with the keys that typed this on another.
fn pressed(text: &str, layout: &str) -> String {
    let key = |sign: char| layout.chars().position(|own| own == sign).and_then(|place| US.chars().nth(place));
    let mut pressed = String::with_capacity(text.len());
    for sign in text.chars() {
        let parts: Vec<char> = std::iter::once(sign).nfd().collect();
        let dead = |mark: char| DEAD.iter().find(|(left, _)| *left == mark).and_then(|(_, looks)| key(*looks));
        match (key(sign), parts.as_slice()) {
            (Some(key), _) => pressed.push(key),
            (None, [letter, mark]) if dead(*mark).is_some() => pressed.extend(dead(*mark).into_iter().chain([*letter])),
            _ => pressed.push(sign),
        }
    }
    pressed
}

/// A text with the `]` of its mark (`]Q1`), where that is a dead key which came by itself or went up in the letter after it.
pub fn with_mark(text: &str) -> String {
    let mut signs = text.chars();
    let first: Vec<char> = signs.next().into_iter().nfd().collect();
    match first.as_slice() {
        ['¨'] => format!("]{}", signs.as_str()),
        [letter, '\u{308}'] if letter.is_ascii_alphabetic() && signs.as_str().starts_with(|c: char| c.is_ascii_digit()) => {
            format!("]{letter}{}", signs.as_str())
        }
        _ => text.to_owned(),
    }
}

/// What may follow a mark of which the dead `]` was lost, alone or with the letter after it, on which it leaves no trace.
/// The second is to be believed of a code of ours alone: anybody's number begins with a digit.
pub fn behind_lost_mark(text: &str) -> [Option<&str>; 2] {
    let is_kind = |kind: char| KINDS.contains(kind) || KINDS.contains(&caps_locked(kind.encode_utf8(&mut [0; 4])));
    let behind_digit = |text| str::strip_prefix(text, |modifier: char| matches!(modifier, '0'..='6')).filter(|code| !code.is_empty());
    [text.strip_prefix(is_kind).and_then(behind_digit), behind_digit(text)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a keyboard types when a scanner presses the keys of `code`; a dead key before a sign that takes none is lost, and the sign with it.
    fn typed(code: &str, layout: &str, is_locked: bool) -> String {
        let mut typed = String::new();
        let mut dead = None;
        for key in code.chars() {
            let sign = US.chars().position(|own| own == key).map_or(key, |place| layout.chars().nth(place).unwrap());
            match DEAD.iter().find(|(_, looks)| *looks == sign) {
                Some((mark, _)) => dead = Some(*mark),
                None => {
                    let with: String = std::iter::once(sign).chain(dead.take()).nfc().collect();
                    typed.push_str(if with.chars().count() == 1 { &with } else { "" });
                }
            }
        }
        if is_locked { caps_locked(&typed) } else { typed }
    }

    #[test]
    fn what_a_factory_scanner_types_on_a_nordic_keyboard_is_meant() {
        assert!(NORDIC.iter().all(|layout| layout.chars().count() == US.chars().count()));
        // Without a dead key before a sign that takes none: what that loses, nobody gives back.
        let codes = [
            "3f2a9c1e-7b64-4d0e-9a51-0c8f6de2b7a3",
            "KUNDE_2026/17:b;4",
            "[{'\"\\|`~<>@$^&*()",
            "a=e&b+A]o}u",
            "https://tickets.example.org/?t=Ab-7&u=iq",
        ];
        for layout in NORDIC {
            for (code, is_locked) in codes.iter().flat_map(|code| [(*code, false), (*code, true)]) {
                let typed = typed(code, layout, is_locked);
                assert!(meant(&typed).iter().any(|meant| meant == code), "{code} came as {typed}");
            }
        }
    }

    #[test]
    fn what_came_is_meant_first_and_most_codes_mean_little_else() {
        assert_eq!(meant("7Q4M2XKD"), ["7Q4M2XKD", "7q4m2xkd"]);
        assert_eq!(meant("10023"), ["10023"]);
        assert_eq!(meant("Q17Q4M2XKD")[..2], ["Q17Q4M2XKD", "q17q4m2xkd"]);
        assert!(meant("q17q4m2xkd").contains(&"7Q4M2XKD".to_owned()));
    }

    #[test]
    fn a_mark_is_known_with_its_dead_key_beside_it_in_it_or_lost() {
        for (came, mark) in [("¨Q1A", "]Q1A"), ("Ë0123", "]E0123"), ("ë0123", "]e0123"), ("Ëva", "Ëva"), ("Q1A", "Q1A"), ("", "")] {
            assert_eq!(with_mark(came), mark);
        }
        for (came, behind) in [
            ("Q1A", [Some("A"), None]),
            ("q3a", [Some("a"), None]),
            ("d10", [Some("0"), None]),
            ("1A", [None, Some("A")]),
            ("A1A", [None; 2]),
            ("Q9A", [None; 2]),
            ("Q1", [None; 2]),
            ("1", [None; 2]),
        ] {
            assert_eq!(behind_lost_mark(came), behind, "{came}");
        }
        assert_eq!(meant("110023"), ["110023"], "a number is one number");
    }
}
