//! What printers say, without one.

use super::*;

fn printer(state: i32, reasons: &[&str], accepts: bool) -> IppAttributeGroup {
    let mut group = IppAttributeGroup::new(DelimiterTag::PrinterAttributes);
    let values = [
        ("printer-state", IppValue::Enum(state)),
        ("printer-state-reasons", keywords(reasons)),
        ("printer-is-accepting-jobs", IppValue::Boolean(accepts)),
    ];
    group.attributes_mut().extend(values.map(|(name, value)| IppAttribute::with_name(name, value).unwrap()));
    group
}

#[test]
fn what_a_printer_says_is_put_in_one_word_and_only_what_needs_somebody_holds_papers_back() {
    for (state, reasons, accepts, said, stuck) in [
        (3, &["none"][..], true, State::Ready, false),
        (4, &["none"], true, State::Printing, false),
        (5, &["paused"], true, State::Paused, true),
        (5, &["media-jam-error", "none"], true, State::Jammed, true),
        (3, &["media-empty-report"], true, State::NoPaper, false),
        (4, &["media-empty-warning", "media-needed-warning"], true, State::NoPaper, false),
        (3, &["media-empty-error"], true, State::NoPaper, true),
        (3, &["media-empty-warning", "media-low-report"], true, State::Ready, false),
        (5, &["cover-open"], true, State::CoverOpen, true),
        (5, &["marker-supply-empty-error"], true, State::NoInk, true),
        (3, &["none"], false, State::Refuses, true),
        (5, &["offline-report"], true, State::NoAnswer, true),
    ] {
        let printer = printer(state, reasons, accepts);
        assert_eq!((state_of(&printer), is_stuck(&printer)), (said, stuck), "{state} {reasons:?}");
    }
}

#[test]
fn a_sheet_is_called_by_its_name_and_a_label_by_its_size() {
    assert_eq!(media((210.0, 297.0)).0, "media");
    let (name, value) = media((62.0, 100.0));
    assert_eq!(name, "media-col");
    assert!(value.to_string().contains("6200") && value.to_string().contains("10000"), "{value}");
}
