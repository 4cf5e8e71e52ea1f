//! Lines of text: broken at words, within a word where it is wider than its place, and shrunk
//! where asked. What the faces lack becomes a box that still says what it stands for.

use krilla::text::KrillaGlyph;
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use super::fonts::{Typeface, Weight};

/// How a line looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Style {
    pub(super) weight: Weight,
    /// The em, in points.
    pub(super) size: f32,
}

/// A measured line, ready to draw.
pub(super) struct Line {
    pub(super) style: Style,
    /// In points, without the space at its end.
    pub(super) width: f32,
    pub(super) pieces: Vec<Piece>,
}

/// A part of a line.
pub(super) struct Piece {
    pub(super) shown: Shown,
    /// In points.
    pub(super) width: f32,
}

/// What a piece of a line shows.
pub(super) enum Shown {
    /// Text that the face has.
    Glyphs { text: String, glyphs: Vec<KrillaGlyph> },
    /// Boxes in the place of `actual`, which the face lacks altogether.
    Boxes { actual: String, count: usize },
    /// The letter of `actual`, and a small box below it for a mark that the face lacks.
    Marked { actual: String, glyphs: Vec<KrillaGlyph>, text: String },
}

/// The place of a box, in em: its step and its drawn width.
pub(super) const BOX_STEP: f32 = 0.66;

/// Sets `text` as one line.
pub(super) fn line(text: &str, style: Style) -> Line {
    let clusters: Vec<Cluster> =
        segments(text, style.weight).into_iter().flat_map(|segment| segment.joint.space().into_iter().chain(segment.clusters)).collect();
    set(&clusters, style)
}

/// Breaks `text` into lines no wider than `width` points: between words, after a hyphen, and
/// between letters where a single word is wider. No text, no line.
pub(super) fn wrap(text: &str, style: Style, width: f32) -> Vec<Line> {
    wrap_segments(&segments(text, style.weight), style, width).0
}

/// Breaks `text` into lines for a place of `width` × `height` points, at the largest size up to
/// `style.size` at which all of it fits and no word is broken; if there is none down to a third
/// of that size, at the largest at which all of it fits with broken words.
///
/// `leading` is the distance of two baselines, in em.
pub(super) fn fit(text: &str, style: Style, width: f32, height: f32, leading: f32) -> Vec<Line> {
    let segments = segments(text, style.weight);
    let at = |size: f32| {
        let (lines, breaks) = wrap_segments(&segments, Style { size, ..style }, width);
        let fits = lines.len() as f32 * leading * size <= height + 0.01;
        (lines, breaks, fits)
    };
    let mut size = style.size;
    while size >= style.size / 3.0 {
        match at(size) {
            (lines, Breaks::BetweenWords, true) => return balance(&segments, lines, width),
            _ => size *= STEP,
        }
    }
    let mut size = style.size;
    loop {
        match at(size) {
            (lines, _, true) => return lines,
            // A place of a point's height can hold nothing; what is drawn then is drawn over it.
            (lines, _, false) if size < 1.0 => return lines,
            _ => size *= STEP,
        }
    }
}

/// The height of these lines, in points.
pub(super) fn height(lines: &[Line], leading: f32) -> f32 {
    lines.iter().map(|line| leading * line.style.size).sum()
}

/// Breaks the same number of lines as evenly as their words allow, so that no last line holds
/// one short word alone.
fn balance(segments: &[Segment], lines: Vec<Line>, width: f32) -> Vec<Line> {
    let Some(style) = lines.first().map(|line| line.style) else {
        return lines;
    };
    let mut even = lines;
    let mut narrower = width * STEP;
    while narrower > width / 2.0 {
        match wrap_segments(segments, style, narrower) {
            (lines, Breaks::BetweenWords) if lines.len() == even.len() => even = lines,
            _ => break,
        }
        narrower *= STEP;
    }
    even
}

/// From one size or width tried to the next smaller.
const STEP: f32 = 0.96;

/// What a reader sees as one character, and how the face can show it.
#[derive(Clone, Debug, PartialEq)]
enum Cluster {
    Text(String),
    Box(String),
    Marked { actual: String, base: String },
}

impl Cluster {
    /// How the face of this weight shows `cluster`; `None` for what nobody sees.
    fn of(cluster: &str, weight: Weight) -> Option<Cluster> {
        let face = Typeface::of(weight);
        let visible: String = cluster
            .chars()
            .filter(|character| !is_invisible(*character))
            // The face has one hyphen; the two others look the same.
            .map(|character| match character {
                '\u{2010}' | '\u{2011}' => '-',
                other => other,
            })
            .collect();
        if visible.is_empty() {
            return None;
        }
        if face.has(&visible) {
            return Some(Cluster::Text(visible));
        }
        let composed: String = visible.nfc().collect();
        if face.has(&composed) {
            return Some(Cluster::Text(composed));
        }
        let parts: String = visible.nfd().collect();
        if face.has(&parts) {
            return Some(Cluster::Text(parts));
        }
        let actual = without_controls(cluster);
        // A letter whose mark is missing is still read by its letter.
        let base: String = parts.chars().filter(|part| face.has(part.encode_utf8(&mut [0; 4]))).collect();
        let missing_marks =
            parts.chars().filter(|part| !face.has(part.encode_utf8(&mut [0; 4]))).all(unicode_normalization::char::is_combining_mark);
        let begins_with_letter = base.chars().next().is_some_and(char::is_alphabetic);
        Some(if missing_marks && begins_with_letter { Cluster::Marked { actual, base } } else { Cluster::Box(actual) })
    }
}

/// What stands before a segment when it is not the first of its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Joint {
    Space,
    Nothing,
}

impl Joint {
    fn space(self) -> Option<Cluster> {
        match self {
            Joint::Space => Some(Cluster::Text(" ".to_owned())),
            Joint::Nothing => None,
        }
    }
}

/// A stretch between two places where a line may break.
struct Segment {
    joint: Joint,
    clusters: Vec<Cluster>,
}

/// Whether a line had to break within a word.
enum Breaks {
    BetweenWords,
    WithinWords,
}

fn segments(text: &str, weight: Weight) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    for word in text.split_whitespace() {
        let mut joint = if segments.is_empty() { Joint::Nothing } else { Joint::Space };
        let mut clusters = Vec::new();
        for cluster in word.graphemes(true) {
            clusters.extend(Cluster::of(cluster, weight));
            if matches!(cluster, "-" | "/" | "\u{2010}") {
                segments.push(Segment { joint, clusters: std::mem::take(&mut clusters) });
                joint = Joint::Nothing;
            }
        }
        if !clusters.is_empty() {
            segments.push(Segment { joint, clusters });
        }
    }
    segments
}

fn wrap_segments(segments: &[Segment], style: Style, width: f32) -> (Vec<Line>, Breaks) {
    let mut lines: Vec<Vec<Cluster>> = Vec::new();
    let mut current: Vec<Cluster> = Vec::new();
    let mut breaks = Breaks::BetweenWords;
    for segment in segments {
        if !current.is_empty() {
            let mut longer = current.clone();
            longer.extend(segment.joint.space());
            longer.extend(segment.clusters.iter().cloned());
            if measure(&longer, style) <= width {
                current = longer;
                continue;
            }
            // The space that the break stands for stays in the text, for whoever copies it.
            current.extend(segment.joint.space());
            lines.push(std::mem::take(&mut current));
        }
        let mut rest = segment.clusters.as_slice();
        while rest.len() > 1 && measure(rest, style) > width {
            let taken = longest_that_fits(rest, style, width);
            breaks = Breaks::WithinWords;
            lines.push(rest[..taken].to_vec());
            rest = &rest[taken..];
        }
        current = rest.to_vec();
    }
    if !current.is_empty() {
        lines.push(current);
    }
    let lines = lines.iter().map(|clusters| set(clusters, style)).collect();
    (lines, breaks)
}

/// How many of the first clusters fit into `width`; at least one, so that a break always ends.
fn longest_that_fits(clusters: &[Cluster], style: Style, width: f32) -> usize {
    let (mut fits, mut too_many) = (1, clusters.len());
    while fits + 1 < too_many {
        let middle = fits.midpoint(too_many);
        if measure(&clusters[..middle], style) <= width {
            fits = middle;
        } else {
            too_many = middle;
        }
    }
    fits
}

fn measure(clusters: &[Cluster], style: Style) -> f32 {
    set(clusters, style).width
}

fn set(clusters: &[Cluster], style: Style) -> Line {
    let face = Typeface::of(style.weight);
    let mut pieces = Vec::new();
    let mut rest = clusters;
    while let Some(first) = rest.first() {
        let alike = rest.iter().take_while(|cluster| std::mem::discriminant(*cluster) == std::mem::discriminant(first)).count();
        // Two marked letters are two pieces, each with its own text.
        let taken = match first {
            Cluster::Marked { .. } => 1,
            Cluster::Text(_) | Cluster::Box(_) => alike,
        };
        let together: String = rest[..taken]
            .iter()
            .map(|cluster| match cluster {
                Cluster::Text(text) | Cluster::Box(text) => text.as_str(),
                Cluster::Marked { base, .. } => base.as_str(),
            })
            .collect();
        let piece = match first {
            Cluster::Text(_) => {
                let shaped = face.shape(&together);
                Piece { width: shaped.width * style.size, shown: Shown::Glyphs { text: together, glyphs: shaped.glyphs } }
            }
            Cluster::Box(_) => {
                Piece { width: BOX_STEP * taken as f32 * style.size, shown: Shown::Boxes { actual: together, count: taken } }
            }
            Cluster::Marked { actual, .. } => {
                let shaped = face.shape(&together);
                Piece {
                    width: shaped.width * style.size,
                    shown: Shown::Marked { actual: actual.clone(), glyphs: shaped.glyphs, text: together },
                }
            }
        };
        pieces.push(piece);
        rest = &rest[taken..];
    }
    let trailing = match clusters.last() {
        Some(Cluster::Text(text)) if text == " " => face.shape(" ").width * style.size,
        _ => 0.0,
    };
    let width: f32 = pieces.iter().map(|piece| piece.width).sum::<f32>() - trailing;
    Line { style, width, pieces }
}

/// Characters without a picture of their own: controls, joiners, variation selectors, marks of
/// direction. Source: Unicode, `Default_Ignorable_Code_Point`.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// PDF/UA refuses a text with a control character or a byte order mark in it.
fn without_controls(text: &str) -> String {
    text.chars().filter(|character| !character.is_control() && !matches!(character, '\u{feff}' | '\u{fffe}')).collect()
}

/// What a line says, for tests.
#[cfg(test)]
pub(super) fn said(line: &Line) -> String {
    line.pieces
        .iter()
        .map(|piece| match &piece.shown {
            Shown::Glyphs { text, .. } => text.as_str(),
            Shown::Boxes { actual, .. } | Shown::Marked { actual, .. } => actual.as_str(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
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
    fn what_the_face_lacks_is_a_box_that_keeps_its_text() {
        let line = line("Åse 👩‍🚀مريم", STYLE);
        let Shown::Boxes { actual, count } = &line.pieces[1].shown else {
            panic!("boxes follow the text");
        };
        assert_eq!(actual, "👩‍🚀مريم");
        assert_eq!(*count, 5);
    }

    #[test]
    fn a_letter_whose_mark_is_missing_keeps_its_letter() {
        let line = line("Phạm", STYLE);
        assert_eq!(said(&line), "Phạm");
        assert!(matches!(&line.pieces[1].shown, Shown::Marked { text, .. } if text == "a"));
        assert_eq!(Cluster::of("ễ", Weight::Regular), Some(Cluster::Text("e\u{302}\u{303}".into())));
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
}
