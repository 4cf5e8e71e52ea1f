//! `velkommen scan`, with the real program.

use serde_json::json;

use crate::code_pictures::{Draw, held_up, jpeg, shot, ticket};
use crate::program::nowhere;

#[test]
fn pictures_are_read_without_a_desk_and_one_that_cannot_be_is_named() {
    let program = nowhere();
    let code = ticket(&mut Draw::new(8));
    let held = program.file("held.jpg", jpeg(&held_up(&code, (640, 480)).draw()));
    let nothing = program.file("nothing.jpg", jpeg(&image::GrayImage::from_pixel(64, 64, image::Luma([128]))));
    let text = program.file("text.png", "no picture");
    let several = shot("several", 1, (1280, 720));
    let four = program.file("four.jpg", jpeg(&several.draw()));
    let lines = program.json(&["scan", &held, "not-there.png", &text, &nothing, &four]).ends(3).lines();
    assert_eq!((&lines[0]["picture"], &lines[0]["codes"]), (&json!(held), &json!([code])));
    assert!(lines[0]["ms"].as_f64().is_some_and(|ms| ms > 0.0));
    assert!(lines[1]["error"] == "file" && lines[1]["message"].as_str().unwrap().starts_with("not-there.png: "));
    assert!(lines[2]["message"].as_str().unwrap().starts_with(&text));
    assert_eq!(lines[3]["codes"], json!([]));
    assert_eq!(lines[4]["codes"].as_array().unwrap().len(), 4);
    assert_eq!(lines.len(), 5);
    assert!(!program.folder().exists(), "no data folder is made");
    let shown = program.run(&["scan", &held, &nothing]).ends(0).out;
    assert!(shown.contains(&format!("held.jpg: {code} (")) && shown.contains("nothing.jpg: no code ("), "{shown}");
    program.run(&["scan"]).ends(2);
}
