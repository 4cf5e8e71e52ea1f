//! Contrast where it counts: in the picture. Every text of every page is looked at as it was drawn, in three themes.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::time::Duration;

use i_slint_backend_testing::mock_elapsed_time;
use image::RgbaImage;
use slint::ComponentHandle;
use velkommen::app::gallery::{self, LOOKS};
use velkommen::app::headless::{Headless, SIZES};
use velkommen::domain::accent::{Rgb, contrast};
use velkommen::domain::language::Language;
use velkommen::gui::window::{ScreenHelp, Shown, ShownText};

use crate::accessibility::{drawn_texts, place};

/// The box of a text in the picture: its ground is what most of it is, its ink what differs most from that.
fn drawn(picture: &RgbaImage, text: &ShownText) -> Option<f64> {
    let edge = |at: f32, most: u32| (at.max(0.0) as u32).min(most);
    let (left, right) = (edge(text.x, picture.width()), edge(text.x + text.width, picture.width()));
    let (top, bottom) = (edge(text.y, picture.height()), edge(text.y + text.height, picture.height()));
    let mut colours: HashMap<Rgb, u32> = HashMap::new();
    for (x, y) in (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y))) {
        let [red, green, blue, _] = picture.get_pixel(x, y).0;
        *colours.entry(Rgb(red, green, blue)).or_default() += 1;
    }
    let ground = colours.iter().max_by_key(|(_, count)| **count).map(|(colour, _)| *colour)?;
    colours.keys().map(|colour| contrast(*colour, ground)).max_by(f64::total_cmp)
}

fn texts(kiosk: &Headless) -> Vec<ShownText> {
    let texts = Rc::new(RefCell::new(Vec::new()));
    let shown = kiosk.window().global::<Shown>();
    shown.on_answered({
        let texts = texts.clone();
        // Controls answer too; their words do by themselves.
        move |text: ShownText| texts.borrow_mut().extend((text.needs_height > 0.0).then_some(text))
    });
    shown.set_asked(shown.get_asked() + 1);
    mock_elapsed_time(Duration::from_millis(50));
    texts.take()
}

#[test]
fn every_text_of_every_page_can_be_read_in_every_theme() {
    let mut faint: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut seen = 0;
    gallery::walk(Language::En, SIZES[1], |state, kiosk| {
        for look in &LOOKS[..3] {
            look.put_on(kiosk);
            let picture = kiosk.shot()?;
            let least = if kiosk.window().global::<ScreenHelp>().get_contrast() { 7.0 } else { 4.5 };
            let whole: Vec<_> =
                drawn_texts(kiosk).into_iter().filter(|(element, seen)| place(element) == *seen).map(|(_, seen)| seen).collect();
            let is_whole = |text: &ShownText| whole.iter().any(|[left, top, ..]| (left - text.x).abs() < 1.0 && (top - text.y).abs() < 1.0);
            for text in texts(kiosk).into_iter().filter(is_whole) {
                seen += 1;
                if let Some(found) = drawn(&picture, &text).filter(|found| *found < least) {
                    faint.entry(format!("{:?} at {found:.1}", text.text)).or_default().insert(format!("{state}-{}", look.name));
                }
            }
        }
        LOOKS[0].put_on(kiosk);
        Ok(())
    })
    .unwrap();
    assert!(seen > 2_000, "only {seen}");
    assert!(faint.is_empty(), "{faint:#?}");
}

#[test]
fn a_faint_text_is_found() {
    let ink = image::Rgba([0x99, 0x99, 0x99, 255]);
    let picture = RgbaImage::from_fn(20, 20, |x, _| if x == 10 { ink } else { image::Rgba([255, 255, 255, 255]) });
    let text = ShownText { width: 20.0, height: 20.0, ..ShownText::default() };
    let found = drawn(&picture, &text).unwrap();
    assert!((2.8..2.9).contains(&found), "{found}");
}
