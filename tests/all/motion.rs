//! What moves obeys whoever asked for less movement, and nothing flashes.

use std::time::Duration;

use i_slint_backend_testing::mock_elapsed_time;
use slint::ComponentHandle;

use crate::kiosk_given::{Given, a_kiosk};
use crate::source::files;

/// How long a press, an offer or an opening holds is no movement, and the dot of a ring is how the time is read.
const STAY: [&str; 8] = ["press-hold", "hold", "repeat", "offer", "frame", "settle", "read", "dot"];

#[test]
fn less_movement_makes_every_duration_nothing() {
    let source = &files("ui/theme/measure.slint", "")[0].text;
    let durations: Vec<_> =
        source.lines().filter_map(|line| line.trim().strip_prefix("out property <duration> ")?.split_once(": ")).collect();
    assert!(durations.len() > STAY.len());
    for (name, value) in durations {
        assert!(STAY.contains(&name) || value.starts_with("ScreenHelp.less-motion ? 0ms : "), "{name}: {value}");
    }
}

#[test]
fn whatever_is_animated_takes_its_time_from_the_theme() {
    let mut animated = 0;
    for file in files("ui", "slint") {
        for (at, _) in file.text.match_indices("animate ") {
            animated += 1;
            let duration = file.text[at..].split_once("duration: ").map_or("", |(_, after)| after);
            assert!(duration.starts_with("Motion."), "{}: {:.60}", file.path, &file.text[at..]);
        }
    }
    assert!(animated > 0);
}

/// How many of so many tenths of a second bring another picture.
fn changes(kiosk: &Given, tenths: usize) -> usize {
    let picture = || {
        let shot = kiosk.window().window().take_snapshot().unwrap();
        shot.as_bytes().to_vec()
    };
    let mut last = picture();
    let mut changes = 0;
    for tenth in 1..=tenths {
        mock_elapsed_time(Duration::from_millis(100));
        if tenth % 10 == 0 {
            kiosk.pass(1);
        }
        let now = picture();
        changes += usize::from(now != last);
        last = now;
    }
    changes
}

/// WCAG 2.3.1: nothing flashes more than three times a second. A flash is two changes.
#[test]
fn nothing_flashes_more_than_three_times_a_second() {
    let kiosk = a_kiosk();
    kiosk.pass(1);
    assert!(changes(&kiosk, 50) <= 5 * 6, "on the first page");
    kiosk.press("Sign in");
    kiosk.pass(1);
    let with_cursor = changes(&kiosk, 50);
    assert!((1..=5 * 6).contains(&with_cursor), "{with_cursor} with the cursor of a field");
    kiosk.pass(60);
    assert!(kiosk.is_covered());
    let counting = changes(&kiosk, 50);
    assert!((1..=5 * 6).contains(&counting), "{counting} while the seconds count");
}

#[test]
fn a_page_glides_in_unless_less_movement_was_asked_for() {
    let kiosk = a_kiosk();
    let moves = || {
        kiosk.press("Sign in");
        let x = || kiosk.find("Who are you?").unwrap().absolute_position().x;
        let early = x();
        let late = (0..10).fold(early, |_, _| {
            mock_elapsed_time(Duration::from_millis(100));
            x()
        });
        kiosk.press("Back");
        kiosk.choose_language("English");
        (early, late)
    };
    let (on_the_way, arrived) = moves();
    assert!(on_the_way > arrived);
    kiosk.press("Screen help");
    kiosk.press("Less movement");
    kiosk.press("Done");
    assert_eq!(moves(), (arrived, arrived));
}
