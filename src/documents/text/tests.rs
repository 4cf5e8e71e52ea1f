//! How lines of every script are set.

use super::*;

const STYLE: Style = Style { weight: Weight::SemiBold, size: 10.0 };

fn wrapped(text: &str, width: f32) -> Vec<String> {
    wrap(text, STYLE, width).iter().map(said).collect()
}

#[test]
fn a_line_breaks_between_words_and_after_a_hyphen() {
    assert_eq!(wrapped("Åse Brændgaard", 60.0), ["Åse ", "Brændgaard"]);
    assert_eq!(wrapped("Anne-Grethe", 40.0), ["Anne-", "Grethe"]);
    assert_eq!(wrapped("Åse  Brændgaard", 500.0), ["Åse Brændgaard"]);
    assert!(wrapped(" \n ", 60.0).is_empty());
}

#[test]
fn a_word_wider_than_its_place_is_broken_and_nothing_of_it_is_lost() {
    let word = "Æ".repeat(200);
    let lines = wrap(&word, STYLE, 70.0);
    assert!((20..40).contains(&lines.len()), "{} lines", lines.len());
    assert!(lines.iter().all(|line| line.width <= 70.0));
    assert_eq!(lines.iter().map(said).collect::<String>(), word);
}

#[test]
fn a_place_narrower_than_a_letter_still_ends() {
    assert_eq!(wrapped("Åse", 0.1), ["Å", "s", "e"]);
}

#[test]
fn a_combining_name_stays_together() {
    assert_eq!(wrapped("A\u{30a}\u{30a}A\u{30a}", 0.1), ["A\u{30a}\u{30a}", "A\u{30a}"]);
}

#[test]
fn what_no_face_has_is_a_box_that_keeps_its_text() {
    let line = line("Åse \u{e000}\u{e001}\u{301}", STYLE);
    assert_eq!(said(&line), "Åse \u{e000}\u{e001}\u{301}");
    assert!(matches!(&line.pieces[0].shown, Drawn::Glyphs { text, .. } if text == "Åse "));
    assert!(matches!(line.pieces[1].shown, Drawn::Boxes(2)));
    assert_eq!(missing("Åse \u{e000}\u{e001}"), BTreeMap::from([("Unknown", '\u{e000}')]));
    assert!(missing("Åse Phạm Иван مريم שרה").is_empty());
    // A Mayan numeral belongs to no script, whatever stands beside it.
    assert!(missing("Åse\u{1d2e0}").keys().all(|script| *script == "Common"));
}

#[test]
fn a_letter_whose_mark_is_missing_keeps_its_letter() {
    // A mark of a script that has no Latin letters.
    let line = line("Bo\u{1e8d0}", STYLE);
    assert_eq!(said(&line), "Bo\u{1e8d0}");
    assert!(matches!(&line.pieces[1].shown, Drawn::Marked { text, .. } if text == "o"));
    assert_eq!(spelt_for(Typeface::of(Weight::Regular), "ễ").as_deref(), Some("e\u{302}\u{303}"));
}

/// What the pieces show from left to right, without spaces.
fn shown(text: &str) -> Vec<String> {
    let mut pieces = line(text, STYLE).pieces;
    pieces.sort_by(|a, b| a.x.total_cmp(&b.x));
    let texts = pieces.into_iter().filter_map(|piece| match piece.shown {
        Drawn::Glyphs { text, .. } => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        _ => panic!("a letter is missing"),
    });
    texts.collect()
}

#[test]
fn a_name_from_right_to_left_is_drawn_in_its_order_and_said_as_it_is_read() {
    assert_eq!(shown("مريم عبد الله"), ["الله", "عبد", "مريم"]);
    assert_eq!(shown("Bo\u{202e}Ib"), ["BoIb"]);
    assert_eq!(said(&line("مريم عبد الله", STYLE)), "مريم عبد الله");
    // Within a text that begins from left to right, and the other way round.
    assert_eq!(shown("Bo שרה לוי 7"), ["Bo", "7", "לוי", "שרה"]);
    assert_eq!(shown("שרה Bo"), ["Bo", "שרה"]);
    let lines = wrap("مريم عبد الله", STYLE, 40.0);
    assert!(lines.len() > 1);
    assert_eq!(lines.iter().map(said).collect::<String>(), "مريم عبد الله");
}

#[test]
fn a_bracket_turns_with_its_text() {
    let line = line("(שרה)", STYLE);
    let Drawn::Glyphs { face, text, glyphs } = &line.pieces[2].shown else { panic!("the letters are there") };
    // At the left stands the bracket that ends the text, and it is drawn as the other one.
    assert_eq!((text.as_str(), line.pieces[2].x), (")", 0.0));
    let opening = face.shape("(", Script::Latin, Direction::LeftToRight).glyphs[0].glyph_id;
    assert_eq!(glyphs[0].glyph_id, opening);
}

#[test]
fn a_name_is_set_in_one_face_if_one_has_all_of_it() {
    for (text, faces) in [("Åse Brændgaard", 1), ("Phạm Thị Hồng", 1), ("Иван Petrov", 1), ("Åse مريم", 2)] {
        let line = line(text, STYLE);
        let mut seen: Vec<*const Typeface> = Vec::new();
        for piece in &line.pieces {
            if let Drawn::Glyphs { face, text, .. } = &piece.shown
                && text != " "
                && !seen.contains(&std::ptr::from_ref(*face))
            {
                seen.push(*face);
            }
        }
        assert_eq!(seen.len(), faces, "{text}");
    }
}

#[test]
fn what_is_remembered_looks_as_if_it_were_new() {
    let mut memory = Memory::default();
    for text in ["Åse Brændgaard", "Brændgaard, Åse", "Åse Brændgaard", "Anne-Grethe Åse", "Phạm Åse", " Åse  Bo ", "", &"Æ".repeat(200)]
    {
        let known = memory.wrap(text, STYLE, 60.0);
        let new = wrap(text, STYLE, 60.0);
        assert_eq!(known.iter().map(said).collect::<Vec<_>>(), new.iter().map(said).collect::<Vec<_>>());
        assert!(known.iter().zip(&new).all(|(known, new)| (known.width - new.width).abs() < 0.3), "{text}");
    }
}

#[test]
fn every_piece_is_drawn_with_the_glyphs_of_its_own_face() {
    let lines = wrap("Phạm Thị Hồng Hạnh Åse", STYLE, 40.0);
    assert!(lines.len() > 2);
    for piece in lines.iter().flat_map(|line| &line.pieces) {
        let Drawn::Glyphs { face, text, glyphs } = &piece.shown else { panic!("the letters are there") };
        let own = face.shape(text, Script::Latin, Direction::LeftToRight).glyphs;
        assert!(own.iter().map(|glyph| glyph.glyph_id).eq(glyphs.iter().map(|glyph| glyph.glyph_id)), "{text}");
    }
}

#[test]
fn ideographs_break_anywhere() {
    let segments = |text| segments(text, Weight::Regular).len();
    assert_eq!(segments("李小龍"), 3);
    assert_eq!(segments("Anne-Grethe"), 2);
    assert_eq!(segments("Anne"), 1);
}

#[test]
fn a_name_without_end_is_broken_in_time() {
    let lines = wrap(&"i".repeat(20_000), STYLE, 70.0);
    assert_eq!(lines.iter().map(|line| said(line).len()).sum::<usize>(), 20_000);
    assert!(lines.iter().all(|line| line.width <= 70.0));
}

#[test]
fn what_nobody_sees_is_not_drawn() {
    assert_eq!(wrapped("A\u{feff}s\u{0}e\u{ad}", 500.0), ["Ase"]);
    assert!(line("\u{200e}\u{7}", STYLE).pieces.is_empty());
}

#[test]
fn the_trailing_space_does_not_count_for_the_width() {
    let broken = &wrap("Åse Brændgaard", STYLE, 60.0)[0];
    let alone = line("Åse", STYLE);
    assert!((broken.width - alone.width).abs() < 0.5);
}

#[test]
fn a_text_shrinks_until_all_of_it_fits_without_breaking_words() {
    let style = Style { weight: Weight::SemiBold, size: 40.0 };
    let short = fit("Bo", style, 150.0, 100.0, 1.1);
    assert_eq!(short[0].style.size, 40.0);
    let long = fit("Sofie Amalie Brændgaard-Kærulff", style, 150.0, 100.0, 1.1);
    let size = long[0].style.size;
    assert!(size < 40.0 && long.len() as f32 * 1.1 * size <= 100.01);
    assert!(said(&long[0]).starts_with("Sofie "));
    let even = fit("Scan koden, når du går", style, 370.0, 120.0, 1.2);
    assert_eq!(even.iter().map(said).collect::<Vec<_>>(), ["Scan koden, ", "når du går"]);
    let endless = fit(&"W".repeat(200), style, 150.0, 100.0, 1.1);
    assert!(endless.len() as f32 * 1.1 * endless[0].style.size <= 100.01);
    assert_eq!(endless.iter().map(said).collect::<String>().len(), 200);
}
