//! Tickets that nobody signed: changed, cut, lengthened, mixed, signed by others. A hundred thousand of them in the gate;
//! `VELKOMMEN_FORGERIES=1000000` for as many as somebody has time for.

use std::collections::BTreeMap;

use velkommen::domain::check_in::{Reason, Verdict};
use velkommen::domain::ids::TicketId;
use velkommen::domain::ticket::{CODE_LEN, Claim, EventTag, Reading, TicketKey, read};

use crate::given::given;

const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// How many tickets are changed.
const TICKETS: u64 = 64;

/// Numbers without a pattern, the same in every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn letter(&mut self) -> char {
        char::from(LETTERS[self.below(32)])
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.next() as u8)
    }
}

fn key(id: u8, seed: u64) -> TicketKey {
    TicketKey::new(id, &Dice(seed).bytes())
}

/// A way to make a ticket that is none.
type Forge = fn(&mut Dice, &str, &str, &Claim) -> String;

const WAYS: [(&str, Forge); 14] = [
    ("one letter changed", |dice, ticket, _, _| changed(dice, ticket, 1)),
    ("a few letters changed", |dice, ticket, _, _| {
        let places = 2 + dice.below(5);
        changed(dice, ticket, places)
    }),
    ("many letters changed", |dice, ticket, _, _| {
        let places = 10 + dice.below(128);
        changed(dice, ticket, places)
    }),
    ("one character of any kind", |dice, ticket, _, _| {
        let place = dice.below(CODE_LEN);
        let any = char::from_u32(dice.next() as u32 % 0x11_0000).unwrap_or('\u{FFFD}');
        ticket.chars().enumerate().map(|(at, c)| if at == place { any } else { c }).collect()
    }),
    ("cut at the end", |dice, ticket, _, _| ticket[..dice.below(CODE_LEN)].to_owned()),
    ("cut at the beginning", |dice, ticket, _, _| ticket[1 + dice.below(CODE_LEN - 1)..].to_owned()),
    ("one letter left out", |dice, ticket, _, _| {
        let place = dice.below(CODE_LEN);
        [&ticket[..place], &ticket[place + 1..]].concat()
    }),
    ("lengthened", |dice, ticket, _, _| {
        let tail: String = (0..1 + dice.below(40)).map(|_| dice.letter()).collect();
        if dice.below(2) == 0 { format!("{ticket}{tail}") } else { format!("{tail}{ticket}") }
    }),
    ("one letter too many inside", |dice, ticket, _, _| {
        let place = dice.below(CODE_LEN);
        format!("{}{}{}", &ticket[..place], dice.letter(), &ticket[place..])
    }),
    ("two letters exchanged", |dice, ticket, _, _| {
        let mut letters = ticket.as_bytes().to_vec();
        let (one, other) = (dice.below(CODE_LEN), dice.below(CODE_LEN));
        letters.swap(one, other);
        String::from_utf8(letters).unwrap()
    }),
    ("two tickets in one", |dice, ticket, other, _| {
        let (from, to) = (dice.below(CODE_LEN), dice.below(CODE_LEN + 1));
        let (from, to) = (from.min(to), from.max(to));
        [&ticket[..from], &other[from..to], &ticket[to..]].concat()
    }),
    ("signed by another key under our number", |dice, _, _, claim| TicketKey::new(1, &dice.bytes()).sign(claim).as_str().to_owned()),
    ("signed under a number we do not have", |dice, _, _, claim| key(3 + dice.below(253) as u8, 1).sign(claim).as_str().to_owned()),
    ("in small letters", |dice, ticket, _, _| {
        let small: String = ticket.chars().map(|c| if dice.below(3) == 0 { c.to_ascii_lowercase() } else { c }).collect();
        if small == ticket { ticket.to_lowercase() } else { small }
    }),
];

fn changed(dice: &mut Dice, ticket: &str, places: usize) -> String {
    let mut letters = ticket.as_bytes().to_vec();
    for _ in 0..places {
        letters[dice.below(CODE_LEN)] = LETTERS[dice.below(32)];
    }
    String::from_utf8(letters).unwrap()
}

#[test]
fn not_one_of_many_forged_tickets_is_taken() {
    let count: usize = std::env::var("VELKOMMEN_FORGERIES").map_or(100_000, |count| count.parse().unwrap());
    // Two keys that count, as after a change of keys; the second's claims are of a second event.
    let keys = [key(1, 1), key(2, 2)];
    let mut dice = Dice(47);
    let tickets: BTreeMap<String, Claim> = (0..TICKETS)
        .map(|number| {
            let claim = Claim { event: EventTag([number as u8 % 2; 4]), ticket: TicketId::from_bytes(dice.bytes()) };
            (keys[number as usize % 2].sign(&claim).as_str().to_owned(), claim)
        })
        .collect();
    for (ticket, claim) in &tickets {
        assert_eq!(read(ticket, &keys), Reading::Ours(*claim));
    }
    let originals: Vec<(&String, &Claim)> = tickets.iter().collect();
    let mut readings: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut done = 0;
    while done < count {
        let (way, forge) = WAYS[done % WAYS.len()];
        let (ticket, claim) = originals[dice.below(originals.len())];
        let (other, _) = originals[dice.below(originals.len())];
        let forged = forge(&mut dice, ticket, other, claim);
        // A letter changed to itself is no forgery.
        if tickets.contains_key(&forged) {
            continue;
        }
        done += 1;
        let reading = match read(&forged, &keys) {
            Reading::Ours(_) => panic!("taken: {way}: {forged:?}"),
            Reading::Forged => "forged",
            Reading::Other(text) => {
                assert_eq!(text, forged);
                "other"
            }
            Reading::Unreadable => "unreadable",
        };
        *readings.entry((way, reading)).or_default() += 1;
    }
    // Every way was gone, and where the form is ours it was the signature that told.
    for (way, _) in WAYS {
        let of = |reading: &'static str| readings.get(&(way, reading)).copied().unwrap_or(0);
        let all = of("forged") + of("other") + of("unreadable");
        assert!(all >= count / WAYS.len(), "{way}: {all}");
        let has_our_form = ["changed", "exchanged", "two tickets", "signed"].iter().any(|sign| way.contains(sign));
        assert_eq!(of("forged") == all, has_our_form, "{way}: {readings:?}");
    }
}

#[test]
fn a_door_takes_no_forged_ticket_and_writes_each_down() {
    let mut given = given().event("Open day").participant("Ada").participant("Bo").at("2026-03-02T09:00");
    let [ada, bo] = [0, 1].map(|number: usize| given.participants[number].ticket.as_str().to_owned());
    let claim = Claim { event: EventTag([0; 4]), ticket: TicketId::random() };
    let mut dice = Dice(11);
    let mut read = 0;
    for (way, forge) in WAYS.iter().cycle().take(10 * WAYS.len()) {
        let forged = forge(&mut dice, &ada, &bo, &claim);
        if forged == ada || forged == bo {
            continue;
        }
        read += 1;
        let judged = given.scan(&forged);
        assert_eq!((judged.verdict, judged.participant), (Verdict::Unknown, None), "{way}: {forged:?}");
        assert!(matches!(judged.reason, Some(Reason::Signature | Reason::NoMatch | Reason::Format)), "{way}");
    }
    assert!(read > 100);
    assert_eq!(given.count("SELECT count(*) FROM scans WHERE verdict = 'unknown'"), read);
    assert_eq!(given.scan(&ada).verdict, Verdict::Entered);
}
