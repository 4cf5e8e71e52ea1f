//! Tickets: what stands in the QR, signed so that nobody else can make one. The byte table is in `docs/ticket-format.md`.

use std::borrow::Cow;
use std::fmt;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use crate::domain::code::{ALPHABET, CODE_BYTES_MAX};
use crate::domain::ids::TicketId;

/// The version of this form.
const VERSION: u8 = 1;
/// What is signed begins with this, so that a signature never means anything else.
const DOMAIN: &[u8] = b"velkommen ticket 1\0";
/// Version, key, event tag and ticket id.
const CLAIM_BYTES: usize = 22;
const BYTES: usize = CLAIM_BYTES + Signature::BYTE_SIZE;
/// Characters of the text in the QR.
pub const CODE_LEN: usize = (BYTES * 8).div_ceil(5);

/// What tells one event's tickets from another's: 4 random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EventTag(pub [u8; 4]);

/// The text of a ticket's QR: 138 characters of Crockford's base 32.
///
/// **Source** E11.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TicketCode(String);

impl TicketCode {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A ticket code opens a door, so no log shows it.
impl fmt::Debug for TicketCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TicketCode(..)")
    }
}

/// What a ticket says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    pub event: EventTag,
    pub ticket: TicketId,
}

/// A key that signs tickets.
#[derive(Clone)]
pub struct TicketKey {
    id: u8,
    signing: SigningKey,
}

impl TicketKey {
    /// The key of 32 random bytes.
    pub fn new(id: u8, secret: &[u8; 32]) -> TicketKey {
        TicketKey { id, signing: SigningKey::from_bytes(secret) }
    }

    pub fn id(&self) -> u8 {
        self.id
    }

    /// Signs a claim.
    pub fn sign(&self, claim: &Claim) -> TicketCode {
        let mut bytes = [0; BYTES];
        bytes[0] = VERSION;
        bytes[1] = self.id;
        bytes[2..6].copy_from_slice(&claim.event.0);
        bytes[6..CLAIM_BYTES].copy_from_slice(&claim.ticket.bytes());
        let signature = self.signing.sign(&message(&bytes[..CLAIM_BYTES]));
        bytes[CLAIM_BYTES..].copy_from_slice(&signature.to_bytes());
        TicketCode(encode(&bytes))
    }

    fn verifying(&self) -> VerifyingKey {
        self.signing.verifying_key()
    }
}

impl fmt::Debug for TicketKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TicketKey({})", self.id)
    }
}

/// What a scanned or typed text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading<'t> {
    /// Empty, too long or with control characters: nobody's code.
    Unreadable,
    /// In our own form, but not signed by one of our keys.
    Forged,
    Ours(Claim),
    /// Anything else: a short code, or another system's.
    Other(&'t str),
}

/// A code as it was printed, whichever way it came in: without the blanks at its ends that scanners and hands add, and a
/// ticket of ours in capitals where Caps Lock has turned every letter. A mixture of both is nobody's doing, and stays.
pub fn printed(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    let is_turned = text.len() == CODE_LEN && text.bytes().all(|byte| !byte.is_ascii_uppercase() && is_ours(byte.to_ascii_uppercase()));
    if is_turned { Cow::Owned(text.to_ascii_uppercase()) } else { Cow::Borrowed(text) }
}

/// Whether a text, as it was printed, has the form of our tickets. Whether it is one, [`read`] says.
pub fn looks_like_ticket(text: &str) -> bool {
    text.len() == CODE_LEN && text.bytes().all(is_ours)
}

fn is_ours(byte: u8) -> bool {
    ALPHABET.contains(&byte)
}

/// Reads a code. Every text has exactly one reading, and every ticket exactly one text once it is [`printed`].
pub fn read<'t>(text: &'t str, keys: &[TicketKey]) -> Reading<'t> {
    let (text, printed) = (text.trim(), printed(text));
    if text.is_empty() || text.len() > CODE_BYTES_MAX || text.chars().any(char::is_control) {
        return Reading::Unreadable;
    }
    if !looks_like_ticket(&printed) {
        return Reading::Other(text);
    }
    match decode(&printed).and_then(|bytes| verify(&bytes, keys)) {
        Some(claim) => Reading::Ours(claim),
        None => Reading::Forged,
    }
}

fn verify(bytes: &[u8; BYTES], keys: &[TicketKey]) -> Option<Claim> {
    let (claim, signature) = bytes.split_at(CLAIM_BYTES);
    let (version, key) = (claim[0], claim[1]);
    if version != VERSION {
        return None;
    }
    let key = keys.iter().find(|ours| ours.id == key)?;
    let signature = Signature::from_slice(signature).ok()?;
    key.verifying().verify_strict(&message(claim), &signature).ok()?;
    Some(Claim { event: EventTag(claim[2..6].try_into().ok()?), ticket: TicketId::from_bytes(claim[6..].try_into().ok()?) })
}

fn message(claim: &[u8]) -> Vec<u8> {
    [DOMAIN, claim].concat()
}

/// Five bits a character, the last character filled up with zeroes.
fn encode(bytes: &[u8; BYTES]) -> String {
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
    (0..CODE_LEN)
        .map(|place| {
            let value = (0..5).fold(0, |value, offset| value << 1 | bit(5 * place + offset));
            char::from(ALPHABET[usize::from(value)])
        })
        .collect()
}

/// The bytes of a text of [`CODE_LEN`] characters of the alphabet; none when what fills up is not zero.
fn decode(text: &str) -> Option<[u8; BYTES]> {
    let mut bytes = [0; BYTES];
    let (mut held, mut bits, mut place) = (0u32, 0, 0);
    for character in text.bytes() {
        let value = ALPHABET.iter().position(|letter| *letter == character)?;
        held = held << 5 | value as u32;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            *bytes.get_mut(place)? = (held >> bits) as u8;
            place += 1;
            held &= (1 << bits) - 1;
        }
    }
    (place == BYTES && held == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::keyboard::caps_locked;

    fn key(id: u8) -> TicketKey {
        TicketKey::new(id, &[id; 32])
    }

    fn claim(number: u8) -> Claim {
        Claim { event: EventTag([number, 2, 3, 4]), ticket: TicketId::from_bytes([number; 16]) }
    }

    #[test]
    fn a_ticket_reads_back() {
        let keys = [key(1), key(2)];
        for (number, key) in (0..=255).zip(keys.iter().cycle()) {
            let code = key.sign(&claim(number));
            assert_eq!(code.as_str().len(), 138);
            assert_eq!(read(code.as_str(), &keys), Reading::Ours(claim(number)));
        }
    }

    #[test]
    fn blanks_at_the_ends_and_caps_lock_change_no_ticket() {
        let keys = [key(1)];
        let code = key(1).sign(&claim(9));
        let code = code.as_str();
        for typed in
            [format!(" {code}"), format!("{code} "), format!("\t{code}\r\n"), code.to_lowercase(), format!(" {} ", caps_locked(code))]
        {
            assert_eq!(read(&typed, &keys), Reading::Ours(claim(9)), "{typed:?}");
            assert_eq!(printed(&typed), code);
        }
        assert_eq!(read(" Kunde-7 \t", &keys), Reading::Other("Kunde-7"));
        assert_eq!(printed(" kunde-7 "), "kunde-7", "another system's letters are its own");
        let (first, rest) = code.split_at(CODE_LEN / 2);
        assert!(matches!(read(&format!("{first}{}", rest.to_lowercase()), &keys), Reading::Other(_)));
    }

    #[test]
    fn each_changed_character_is_a_forgery() {
        let keys = [key(1)];
        let code = key(1).sign(&claim(9));
        for place in 0..CODE_LEN {
            for letter in ALPHABET {
                let mut changed = code.as_str().as_bytes().to_vec();
                if changed[place] == *letter {
                    continue;
                }
                changed[place] = *letter;
                let changed = String::from_utf8(changed).expect("ASCII");
                assert_eq!(read(&changed, &keys), Reading::Forged, "{place}");
            }
        }
    }

    #[test]
    fn another_desks_key_signs_nothing_here() {
        let other = TicketKey::new(1, &[7; 32]).sign(&claim(1));
        assert_eq!(read(other.as_str(), &[key(1)]), Reading::Forged);
        assert_eq!(read(other.as_str(), &[]), Reading::Forged);
    }

    #[test]
    fn what_is_not_in_our_form_is_read_as_it_is_or_not_at_all() {
        let code = key(1).sign(&claim(1));
        let code = code.as_str();
        let longer = format!("{code}0");
        for other in ["7nc3x8t46pejaxv9xt4hdkdjg7vycvvh", &code[1..], &longer, "K7PQ 2M9X", "Ø"] {
            assert_eq!(read(other, &[key(1)]), Reading::Other(other), "{other}");
        }
        for unreadable in ["", "  ", "a\0b", "a\nb", "\u{1b}[A", &"1".repeat(257), &"æ".repeat(129)] {
            assert_eq!(read(unreadable, &[key(1)]), Reading::Unreadable, "{unreadable:?}");
        }
    }

    /// Made by another implementation (Python's `cryptography`); the same three stand in `docs/ticket-format.md`.
    #[test]
    fn the_golden_vectors_hold() {
        let seed = |text: &str| -> [u8; 32] { bytes(text).try_into().expect("32 bytes") };
        for (secret, key, tag, ticket, code) in [
            (
                "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
                1,
                "0badcafe",
                "000102030405060708090a0b0c0d0e0f",
                "040GQBEAZR0020G30G2GC1R81450P30D1R7XX9WJPHH94PRY5KVB5PKNBMG550YTRVSEJ51J611BETKAPPJZZMPH8X92BHQ7Q45G0CP21GA58E5A4ZJ0RMG4B7SE6EZC7AF598J51R",
            ),
            (
                "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                255,
                "00000000",
                "ffffffffffffffffffffffffffffffff",
                "07ZG000003ZZZZZZZZZZZZZZZZZZZZZZZZZNJQ130JX7P59ZAER23A85TN8C2A2WZSYTGGWEWY1XGV2G5XE3WHCWFXPMH1718C2XTHRNXY8SNNK198GEWS53VQAWE69RXG128BYV00",
            ),
            (
                "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                7,
                "12345678",
                "f81d4fae7dec41d0a76500a0c91e6bf6",
                "043H4D2PF3W1TKXEFQP43M57CM0A1J8YDFV9TQMYRYKC3XS3JSGAZ52TYTPEMYK946XR5PNF03KH60HR6TP09Q4RTX4HNXMAAGTB7NFGGPHVCGCY3D0JH8HHQTYZZ4BBQFVN9E3Y0M",
            ),
        ] {
            let key = TicketKey::new(key, &seed(secret));
            let claim = Claim {
                event: EventTag(bytes(tag).try_into().expect("4 bytes")),
                ticket: TicketId::from_bytes(bytes(ticket).try_into().expect("16 bytes")),
            };
            assert_eq!(key.sign(&claim).as_str(), code);
            assert_eq!(read(code, &[key]), Reading::Ours(claim));
        }
    }

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex")).collect()
    }
}
