//! Lines of text: broken at words, within a word where it is wider than its place, shrunk where
//! asked, and turned where a script runs from right to left. What no face has becomes a box that
//! still says what it stands for.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use krilla::text::KrillaGlyph;
use rustybuzz::Direction;
use unicode_bidi::{BidiInfo, Level};
use unicode_normalization::UnicodeNormalization;
use unicode_script::{Script, UnicodeScript};
use unicode_segmentation::UnicodeSegmentation;

use super::fonts::{Shaped, Typeface, Weight};
use super::letters::{is_invisible, is_joiner};

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
    /// In the order in which they are read.
    pub(super) pieces: Vec<Piece>,
    /// What the line says, if a letter is missing in what is drawn.
    pub(super) actual: Option<String>,
    /// What the line says, if no letter is missing and some run from right to left.
    pub(super) turned: Option<String>,
}

/// A part of a line.
pub(super) struct Piece {
    pub(super) shown: Drawn,
    /// From the beginning of the line, in points.
    pub(super) x: f32,
    /// In points.
    pub(super) width: f32,
}

/// What a piece of a line shows.
pub(super) enum Drawn {
    Glyphs {
        face: &'static Typeface,
        text: String,
        glyphs: Vec<KrillaGlyph>,
    },
    /// Boxes for characters that no face has.
    Boxes(usize),
    /// One letter, and a small box below it for a mark that no face has.
    Marked {
        face: &'static Typeface,
        text: String,
        glyphs: Vec<KrillaGlyph>,
    },
}

/// The place of a box, in em: its step and its drawn width.
pub(super) const BOX_STEP: f32 = 0.66;

/// Sets `text` as one line.
pub(super) fn line(text: &str, style: Style) -> Line {
    set(&segments(text, style.weight).iter().map(Cow::Borrowed).collect::<Vec<_>>(), style, Joint::Nothing)
}

/// Breaks `text` into lines no wider than `width` points: between words, after a hyphen, between
/// ideographs, and between letters where a single word is wider. No text, no line.
pub(super) fn wrap(text: &str, style: Style, width: f32) -> Vec<Line> {
    wrap_segments(&segments(text, style.weight), style, width).0
}

/// The words of one paper, so that what comes back is not shaped again. It holds names: it goes
/// with its paper.
#[derive(Default)]
pub(super) struct Memory {
    regular: HashMap<String, Shaped>,
    semi_bold: HashMap<String, Shaped>,
}

impl Memory {
    /// Breaks `text` into lines as [`wrap`] does, faster.
    pub(super) fn wrap(&mut self, text: &str, style: Style, width: f32) -> Vec<Line> {
        // Nearly every text of a long list is this: letters of our own that need no break.
        self.short_line(text, style).filter(|line| line.width <= width).map_or_else(|| wrap(text, style, width), |line| vec![line])
    }

    /// `text` as one line if it is plain, without looking where it may break.
    fn short_line(&mut self, text: &str, style: Style) -> Option<Line> {
        let own = Typeface::of(style.weight);
        if !own.is_plain(text) || text.split(' ').any(str::is_empty) {
            return None;
        }
        let known = match style.weight {
            Weight::Regular => &mut self.regular,
            Weight::SemiBold => &mut self.semi_bold,
        };
        let mut glyphs: Vec<KrillaGlyph> = Vec::with_capacity(text.len());
        let mut width = 0.0;
        let mut at = 0;
        for word in text.split_inclusive(' ') {
            if !known.contains_key(word) {
                known.insert(word.to_owned(), own.shape(word, Script::Latin, Direction::LeftToRight));
            }
            let shaped = &known[word];
            glyphs.extend(shaped.glyphs.iter().map(|glyph| moved(glyph, at)));
            width += shaped.width;
            at += word.len();
        }
        let width = width * style.size;
        let shown = Drawn::Glyphs { face: own, text: text.to_owned(), glyphs };
        Some(Line { style, width, pieces: vec![Piece { shown, x: 0.0, width }], actual: None, turned: None })
    }
}

/// A glyph that stands for the characters `by` bytes further on.
fn moved(glyph: &KrillaGlyph, by: usize) -> KrillaGlyph {
    let mut glyph = glyph.clone();
    glyph.text_range = glyph.text_range.start + by..glyph.text_range.end + by;
    glyph
}

/// The scripts of which neither the program nor this computer has every character of `text`, each
/// with one that is missing.
pub(super) fn missing(text: &str) -> BTreeMap<&'static str, char> {
    let mut missing = BTreeMap::new();
    if Typeface::of(Weight::Regular).is_plain(text) {
        return missing;
    }
    for segment in mixed_segments(text, Weight::Regular) {
        for run in segment.runs.iter().filter(|run| !matches!(run.kind, Kind::Text(_))) {
            for character in run.actual.chars().filter(|c| !is_invisible(*c)) {
                let alone = Cluster::of(&[character].iter().collect::<String>(), &[], Weight::Regular);
                if alone.is_some_and(|cluster| !matches!(cluster.kind, Kind::Text(_))) {
                    let script = if character.script() == Script::Inherited { run.script } else { character.script() };
                    missing.entry(script.full_name()).or_insert(character);
                }
            }
        }
    }
    missing
}

/// Breaks `text` into lines for a place of `width` × `height` points, at the largest size up to
/// `style.size` at which all of it fits and no word is broken; if there is none down to a third
/// of that size, at the largest at which all of it fits with broken words.
///
/// `leading` is the distance of two baselines, in em.
pub(super) fn fit(text: &str, style: Style, width: f32, height: f32, leading: f32) -> Vec<Line> {
    let segments = segments(text, style.weight);
    let widest = segments.iter().map(|segment| segment.width).fold(0.0, f32::max);
    let all: f32 = segments.iter().map(|segment| segment.width).sum();
    let fits = |lines: f32, size: f32| lines * leading * size <= height + 0.01;
    // Sizes at which even full lines would be too many need not be tried.
    let may_fit = |size: f32| fits((all * size / width).floor(), size);
    let at = |size: f32| {
        let (lines, breaks) = wrap_segments(&segments, Style { size, ..style }, width);
        let fits = fits(lines.len() as f32, size);
        (lines, breaks, fits)
    };
    let mut size = style.size;
    while size >= style.size / 3.0 {
        if widest * size <= width && may_fit(size) {
            let (lines, breaks, fits) = at(size);
            if fits && breaks == Breaks::BetweenWords {
                return balance(&segments, lines, width);
            }
        }
        size *= STEP;
    }
    let mut size = style.size;
    loop {
        // A place of a point's height can hold nothing; what is drawn then is drawn over it.
        let is_last = size < 1.0;
        if is_last || may_fit(size) {
            let (lines, _, fits) = at(size);
            if fits || is_last {
                return lines;
            }
        }
        size *= STEP;
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

/// How a face can show a character.
#[derive(Clone, Copy)]
enum Kind {
    Text(&'static Typeface),
    Marked(&'static Typeface),
    Box,
}

impl Kind {
    /// Whether two neighbours of these kinds are drawn as one.
    fn joins(self, other: Kind) -> bool {
        match (self, other) {
            (Kind::Text(own), Kind::Text(other)) => std::ptr::eq(own, other),
            (Kind::Box, Kind::Box) => true,
            _ => false,
        }
    }
}

/// What a reader sees as one character.
#[derive(Clone)]
struct Cluster {
    kind: Kind,
    /// The characters that are drawn.
    shown: String,
    /// The characters that it stands for.
    actual: String,
    /// `None` for what every script uses.
    script: Option<Script>,
    level: Level,
}

impl Cluster {
    /// How `cluster` can be shown: by the first of the faces `preferred`, else by any. `None` for
    /// what nobody sees.
    fn of(cluster: &str, preferred: &[&'static Typeface], weight: Weight) -> Option<Cluster> {
        let visible = visible(cluster)?;
        let script = visible.chars().map(|c| c.script()).find(|script| !matches!(script, Script::Common | Script::Inherited));
        let cluster = |kind, shown: String, actual| Some(Cluster { kind, shown, actual, script, level: Level::ltr() });
        let carried =
            preferred.iter().copied().chain(Typeface::all_carried(weight)).find_map(|face| Some((face, spelt_for(face, &visible)?)));
        if let Some((face, shown)) = carried.or_else(|| Some((Typeface::installed(&visible)?, visible.clone()))) {
            return cluster(Kind::Text(face), shown.clone(), shown);
        }
        // A letter whose mark is missing is still read by its letter.
        let parts: String = visible.nfd().collect();
        let (marks, base): (String, String) = parts.chars().partition(|part| unicode_normalization::char::is_combining_mark(*part));
        let face = Typeface::all_carried(weight).find(|face| face.has(&base));
        match face {
            Some(face) if !marks.is_empty() && base.chars().next().is_some_and(char::is_alphabetic) => {
                let shown = base.chars().chain(marks.chars().filter(|mark| face.has(mark.encode_utf8(&mut [0; 4])))).collect();
                cluster(Kind::Marked(face), shown, visible)
            }
            _ => cluster(Kind::Box, visible.clone(), visible),
        }
    }
}

/// `cluster` without what nobody sees; `None` if nothing is left.
fn visible(cluster: &str) -> Option<String> {
    let visible: String = cluster
        .chars()
        .filter(|c| is_joiner(*c) || !is_invisible(*c))
        // Our faces have one hyphen; the two others look the same.
        .map(|c| if matches!(c, '\u{2010}' | '\u{2011}') { '-' } else { c })
        .collect();
    visible.chars().any(|c| !is_joiner(c)).then_some(visible)
}

/// `text` in a spelling of which `face` has every character: as it is, composed or in parts.
fn spelt_for(face: &Typeface, text: &str) -> Option<String> {
    if face.has(text) {
        return Some(text.to_owned());
    }
    let composed: String = text.nfc().collect();
    if face.has(&composed) {
        return Some(composed);
    }
    let parts: String = text.nfd().collect();
    face.has(&parts).then_some(parts)
}

/// Neighbours that one face draws in one go.
#[derive(Clone)]
struct Run {
    kind: Kind,
    /// What is drawn, and what it stands for. They differ in a run of one marked letter.
    shown: String,
    actual: String,
    script: Script,
    level: Level,
    shaped: Shaped,
}

impl Run {
    fn of(kind: Kind, shown: String, actual: String, script: Script, level: Level) -> Run {
        let direction = if level.is_rtl() { Direction::RightToLeft } else { Direction::LeftToRight };
        let shaped = match kind {
            Kind::Text(face) | Kind::Marked(face) => face.shape(&shown, script, direction),
            Kind::Box => Shaped { glyphs: Vec::new(), width: BOX_STEP * shown.graphemes(true).count() as f32 },
        };
        Run { kind, shown, actual, script, level, shaped }
    }

    /// Adds the run that is read after this one, and is drawn by the same face in the same
    /// direction.
    fn append(&mut self, next: &Run) {
        let offset = self.shown.len();
        self.shown.push_str(&next.shown);
        self.actual.push_str(&next.actual);
        self.shaped.width += next.shaped.width;
        let later = next.shaped.glyphs.iter().map(|glyph| moved(glyph, offset));
        if self.level.is_rtl() {
            self.shaped.glyphs.splice(0..0, later);
        } else {
            self.shaped.glyphs.extend(later);
        }
    }

    fn into_piece(self, x: f32, size: f32) -> Piece {
        let glyphs = self.shaped.glyphs;
        let shown = match self.kind {
            Kind::Text(face) => Drawn::Glyphs { face, text: self.shown, glyphs },
            Kind::Marked(face) => Drawn::Marked { face, text: self.shown, glyphs },
            Kind::Box => Drawn::Boxes(self.shown.graphemes(true).count()),
        };
        Piece { shown, x: x * size, width: self.shaped.width * size }
    }
}

/// What stands before a segment when it is not the first of its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Joint {
    Space(Level),
    Nothing,
}

/// A stretch between two places where a line may break.
#[derive(Clone)]
struct Segment {
    joint: Joint,
    /// In the order in which they are read.
    runs: Vec<Run>,
    /// In em.
    width: f32,
}

impl Segment {
    fn of(joint: Joint, clusters: &[Cluster]) -> Segment {
        let known: Vec<Option<Script>> = clusters.iter().map(|cluster| cluster.script).collect();
        let mut runs: Vec<Run> = Vec::new();
        let mut first = 0;
        while let Some(begin) = clusters.get(first) {
            // What every script uses, a digit or a comma, is drawn with the letters around it.
            let script = known[..=first].iter().rev().chain(&known[first..]).flatten().next().copied().unwrap_or(Script::Latin);
            let alike = clusters[first + 1..]
                .iter()
                .take_while(|c| c.kind.joins(begin.kind) && c.level == begin.level && c.script.is_none_or(|own| own == script))
                .count();
            let together = &clusters[first..=first + alike];
            let shown = together.iter().map(|cluster| cluster.shown.as_str()).collect();
            let actual = together.iter().map(|cluster| cluster.actual.as_str()).collect();
            runs.push(Run::of(begin.kind, shown, actual, script, begin.level));
            first += alike + 1;
        }
        Segment::holding(joint, runs)
    }

    fn holding(joint: Joint, runs: Vec<Run>) -> Segment {
        let width = runs.iter().map(|run| run.shaped.width).sum();
        Segment { joint, runs, width }
    }

    /// The characters of the segment, for breaking it where no break belongs.
    fn clusters(&self) -> Vec<Cluster> {
        let mut clusters = Vec::new();
        for run in &self.runs {
            let cluster = |shown: &str, actual: &str| Cluster {
                kind: run.kind,
                shown: shown.to_owned(),
                actual: actual.to_owned(),
                script: Some(run.script),
                level: run.level,
            };
            match run.kind {
                Kind::Marked(_) => clusters.push(cluster(&run.shown, &run.actual)),
                Kind::Text(_) | Kind::Box => clusters.extend(run.shown.graphemes(true).map(|shown| cluster(shown, shown))),
            }
        }
        clusters
    }
}

/// Whether a line had to break within a word.
#[derive(Clone, Copy, PartialEq)]
enum Breaks {
    BetweenWords,
    WithinWords,
}

fn segments(text: &str, weight: Weight) -> Vec<Segment> {
    let own = Typeface::of(weight);
    if own.is_plain(text) { plain_segments(text, own) } else { mixed_segments(text, weight) }
}

/// Segments of a text that needs nothing but our own face: nearly all texts are such.
fn plain_segments(text: &str, own: &'static Typeface) -> Vec<Segment> {
    let mut segments = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let mut joint = if segments.is_empty() { Joint::Nothing } else { Joint::Space(Level::ltr()) };
        for part in word.split_inclusive(['-', '/']) {
            let run = Run::of(Kind::Text(own), part.to_owned(), String::new(), Script::Latin, Level::ltr());
            segments.push(Segment { joint, width: run.shaped.width, runs: vec![run] });
            joint = Joint::Nothing;
        }
    }
    segments
}

fn mixed_segments(text: &str, weight: Weight) -> Vec<Segment> {
    // Control characters separate paragraphs for the algorithm of directions; here they are nothing.
    // Nor may a mark turn letters round, so that one name reads as another.
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let words: Vec<String> = text.split_whitespace().map(|word| without_controls(word).replace(turns, "")).collect();
    let text = words.join(" ");
    let levels = BidiInfo::new(&text, None).levels;
    let spelt_by = |words: &[String]| {
        Typeface::all_carried(weight).find(|face| {
            words.iter().all(|word| word.graphemes(true).filter_map(visible).all(|cluster| spelt_for(face, &cluster).is_some()))
        })
    };
    // One face for a whole text, or else for a whole word, where there is one: letters of two
    // faces in one name look like a mistake.
    let of_text = spelt_by(&words);
    let mut segments: Vec<Segment> = Vec::new();
    let mut at: usize = 0;
    for word in &words {
        let of_word = of_text.or_else(|| spelt_by(std::slice::from_ref(word)));
        let preferred: Vec<&'static Typeface> = of_word.into_iter().collect();
        let mut joint = match at.checked_sub(1) {
            Some(space) if !segments.is_empty() => Joint::Space(levels[space]),
            _ => Joint::Nothing,
        };
        let mut clusters: Vec<Cluster> = Vec::new();
        let mut graphemes = word.grapheme_indices(true).peekable();
        while let Some((index, grapheme)) = graphemes.next() {
            clusters.extend(Cluster::of(grapheme, &preferred, weight).map(|cluster| Cluster { level: levels[at + index], ..cluster }));
            let next = graphemes.peek().map(|(_, next)| *next);
            if may_break_between(grapheme, next) && !clusters.is_empty() {
                segments.push(Segment::of(joint, &clusters));
                clusters.clear();
                joint = Joint::Nothing;
            }
        }
        if !clusters.is_empty() {
            segments.push(Segment::of(joint, &clusters));
        }
        at += word.len() + 1;
    }
    segments
}

/// Whether a line may break between these two characters of a word.
fn may_break_between(before: &str, after: Option<&str>) -> bool {
    let ideograph = |text: &str| {
        let script = text.chars().next().map(|c| c.script());
        matches!(script, Some(Script::Han | Script::Hiragana | Script::Katakana))
    };
    matches!(before, "-" | "/" | "\u{2010}") || (ideograph(before) && after.is_some_and(ideograph))
}

fn wrap_segments(segments: &[Segment], style: Style, width: f32) -> (Vec<Line>, Breaks) {
    let room = width / style.size;
    let mut lines = Vec::new();
    let mut current: Vec<Cow<'_, Segment>> = Vec::new();
    let mut current_width = 0.0;
    let mut breaks = Breaks::BetweenWords;
    for segment in segments {
        if !current.is_empty() {
            let longer = current_width + space_width(segment.joint, style.weight) + segment.width;
            if longer <= room {
                current.push(Cow::Borrowed(segment));
                current_width = longer;
                continue;
            }
            // The space that the break stands for stays in the text, for whoever copies it.
            lines.push(set(&current, style, segment.joint));
            current.clear();
        }
        let mut rest = Cow::Borrowed(segment);
        if segment.width > room {
            let clusters = segment.clusters();
            let mut left = clusters.as_slice();
            while left.len() > most_that_fit(room) || (left.len() > 1 && rest.width > room) {
                let (taken, first) = longest_that_fits(left, room);
                breaks = Breaks::WithinWords;
                lines.push(set(&[Cow::Owned(first)], style, Joint::Nothing));
                left = &left[taken..];
                if left.len() <= most_that_fit(room) {
                    rest = Cow::Owned(Segment::of(Joint::Nothing, left));
                }
            }
        }
        current_width = rest.width;
        current.push(rest);
    }
    if !current.is_empty() {
        lines.push(set(&current, style, Joint::Nothing));
    }
    (lines, breaks)
}

/// How many of the first clusters fit into `room` em, and these; at least one, so that a break
/// always ends, and never all.
fn longest_that_fits(clusters: &[Cluster], room: f32) -> (usize, Segment) {
    let (mut fits, mut too_many) = (1, clusters.len().min(most_that_fit(room)));
    while fits + 1 < too_many {
        let middle = fits.midpoint(too_many);
        if Segment::of(Joint::Nothing, &clusters[..middle]).width <= room {
            fits = middle;
        } else {
            too_many = middle;
        }
    }
    (fits, Segment::of(Joint::Nothing, &clusters[..fits]))
}

/// More characters than this are not tried beside each other in `room` em: no letters are narrower
/// than a tenth of an em for long. A word of thousands of letters is broken in time this way.
fn most_that_fit(room: f32) -> usize {
    ((room * 10.0) as usize).max(2)
}

fn space_width(joint: Joint, weight: Weight) -> f32 {
    match joint {
        Joint::Space(_) => Typeface::of(weight).space().width,
        Joint::Nothing => 0.0,
    }
}

/// Sets segments beside each other. A space in `after` is said, and drawn, but not measured.
fn set(segments: &[Cow<'_, Segment>], style: Style, after: Joint) -> Line {
    let space = |level| {
        let own = Typeface::of(style.weight);
        Run { kind: Kind::Text(own), shown: " ".into(), actual: String::new(), script: Script::Latin, level, shaped: own.space().clone() }
    };
    let mut runs: Vec<Run> = Vec::new();
    let mut push = |run: &Run| match runs.last_mut() {
        Some(last) if last.kind.joins(run.kind) && last.level == run.level => last.append(run),
        _ => runs.push(run.clone()),
    };
    for (index, segment) in segments.iter().enumerate() {
        if let (1.., Joint::Space(level)) = (index, segment.joint) {
            push(&space(level));
        }
        segment.runs.iter().for_each(&mut push);
    }
    let width = runs.iter().map(|run| run.shaped.width).sum::<f32>() * style.size;
    let is_whole = runs.iter().all(|run| matches!(run.kind, Kind::Text(_)));
    let said = || {
        let said = runs.iter().map(|run| if let Kind::Marked(_) = run.kind { run.actual.as_str() } else { run.shown.as_str() });
        said.chain((after != Joint::Nothing).then_some(" ")).collect::<String>()
    };
    let actual = (!is_whole).then(said);
    let turned = (is_whole && runs.iter().any(|run| run.level.is_rtl())).then(said);
    // Read in one order, drawn in another: each piece knows its place.
    let levels: Vec<Level> = runs.iter().map(|run| run.level).collect();
    let mut places = vec![0.0; runs.len()];
    let mut x = 0.0;
    for index in BidiInfo::reorder_visual(&levels) {
        places[index] = x;
        x += runs[index].shaped.width;
    }
    if let (true, Joint::Space(_)) = (is_whole, after) {
        // At the end of its line a space stands in the direction of the page.
        let last = space(Level::ltr());
        match runs.last_mut() {
            Some(run) if run.kind.joins(last.kind) && run.level == last.level => run.append(&last),
            _ => {
                runs.push(last);
                places.push(x);
            }
        }
    }
    let pieces = runs.into_iter().zip(places).map(|(run, x)| run.into_piece(x, style.size)).collect();
    Line { style, width, pieces, actual, turned }
}

/// PDF/UA refuses a text with a control character or a byte order mark in it.
fn without_controls(text: &str) -> String {
    text.chars().filter(|character| !character.is_control() && !matches!(character, '\u{feff}' | '\u{fffe}')).collect()
}

/// What a line says, for tests.
#[cfg(test)]
pub(super) fn said(line: &Line) -> String {
    line.actual.clone().unwrap_or_else(|| {
        line.pieces
            .iter()
            .map(|piece| match &piece.shown {
                Drawn::Glyphs { text, .. } => text.as_str(),
                Drawn::Boxes(_) | Drawn::Marked { .. } => panic!("a box stands in a line that says nothing of it"),
            })
            .collect()
    })
}

#[cfg(test)]
mod tests;
