//! The faces that papers carry inside themselves (as subsets), what they can draw, and the glyphs
//! of a short text. Two faces are ours; three more lend letters that ours lack; for the rest of
//! the world the fonts of this computer are asked. Lines and paragraphs are made in `text`.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::ttf_parser::{self, Tag};
use rustybuzz::{Direction, ShapePlan, UnicodeBuffer};
use unicode_script::Script;

use super::letters::{is_invisible, is_joiner};

/// One of the two faces of Atkinson Hyperlegible Next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    SemiBold,
}

/// A face, ready to measure and to draw.
pub(super) struct Typeface {
    /// The face as the PDF embeds it (as a subset).
    pub(super) font: Font,
    face: rustybuzz::Face<'static>,
    /// The weight it was drawn in.
    weight: Weight,
    /// For each script and direction that was shaped. There are few.
    plans: Mutex<Vec<(Script, Direction, Arc<ShapePlan>)>>,
    latin: Arc<ShapePlan>,
    /// For each of the first characters, whether this face draws it alone, from left to right. It
    /// is filled in for our own faces.
    plain: Vec<bool>,
    space: OnceLock<Shaped>,
}

/// The glyphs of a text in one face, as they stand from left to right.
#[derive(Clone)]
pub(super) struct Shaped {
    pub(super) glyphs: Vec<KrillaGlyph>,
    /// The advance of all glyphs, in em.
    pub(super) width: f32,
}

/// The height of a capital letter, in em. Both our faces agree.
pub(super) const CAPITAL: f32 = 0.668;

static REGULAR: LazyLock<Typeface> =
    LazyLock::new(|| Typeface::own(include_bytes!("../../assets/fonts/AtkinsonHyperlegibleNext-Regular.ttf"), Weight::Regular));
static SEMI_BOLD: LazyLock<Typeface> =
    LazyLock::new(|| Typeface::own(include_bytes!("../../assets/fonts/AtkinsonHyperlegibleNext-SemiBold.ttf"), Weight::SemiBold));
/// More Latin letters, Greek and Cyrillic; Hebrew; Arabic. `assets/fonts/README.md` says what is
/// left out of them.
static LENT: LazyLock<[Typeface; 3]> = LazyLock::new(|| {
    [
        Typeface::lent(include_bytes!("../../assets/fonts/NotoSans-Regular.ttf")),
        Typeface::lent(include_bytes!("../../assets/fonts/NotoSansHebrew-Regular.ttf")),
        Typeface::lent(include_bytes!("../../assets/fonts/NotoSansArabic-Regular.ttf")),
    ]
});
static INSTALLED: LazyLock<Mutex<Installed>> = LazyLock::new(|| Mutex::new(Installed::look()));

impl Typeface {
    /// Our face of this weight, read once.
    pub(super) fn of(weight: Weight) -> &'static Typeface {
        match weight {
            Weight::Regular => &REGULAR,
            Weight::SemiBold => &SEMI_BOLD,
        }
    }

    /// The faces inside the program, the one of this weight first.
    pub(super) fn all_carried(weight: Weight) -> impl Iterator<Item = &'static Typeface> {
        std::iter::once(Typeface::of(weight)).chain(LENT.iter())
    }

    /// A face of this computer's that has every character of `cluster`. Characters for private use
    /// mean something else on every computer and are not looked for.
    pub(super) fn installed(cluster: &str) -> Option<&'static Typeface> {
        if cluster.chars().any(is_private) {
            return None;
        }
        INSTALLED.lock().unwrap_or_else(PoisonError::into_inner).find(cluster)
    }

    fn own(bytes: &'static [u8], weight: Weight) -> Typeface {
        let mut own = Typeface::read(bytes, 0, weight).expect("the font is part of the program");
        own.plain = ('\0'..PLAIN_END).map(|c| is_plain(c) && glyph_of(&own.face, c).is_some()).collect();
        own
    }

    fn lent(bytes: &'static [u8]) -> Typeface {
        Typeface::read(bytes, 0, Weight::Regular).expect("the font is part of the program")
    }

    fn read(bytes: &'static [u8], index: u32, weight: Weight) -> Option<Typeface> {
        let face = rustybuzz::Face::from_slice(bytes, index)?;
        let font = Font::new(bytes.into(), index)?;
        let latin = Arc::new(plan(&face, Script::Latin, Direction::LeftToRight));
        let (plans, plain, space) = (Mutex::new(Vec::new()), Vec::new(), OnceLock::new());
        Some(Typeface { font, face, weight, plans, latin, plain, space })
    }

    /// Whether the face has every character of `text`. Joiners do not need a glyph.
    pub(super) fn has(&self, text: &str) -> bool {
        text.chars().all(|character| is_joiner(character) || glyph_of(&self.face, character).is_some())
    }

    /// Whether `text` is made of letters that this face draws one by one, from left to right.
    pub(super) fn is_plain(&self, text: &str) -> bool {
        text.chars().all(|character| self.plain.get(character as usize).copied().unwrap_or(false))
    }

    /// A space of this face.
    pub(super) fn space(&self) -> &Shaped {
        self.space.get_or_init(|| self.shape(" ", Script::Latin, Direction::LeftToRight))
    }

    /// How thick a line has to be drawn around the letters so that they look like `weight`, in em.
    /// Our bold face is never asked to look thin.
    pub(super) fn thicken(&self, weight: Weight) -> Option<f32> {
        (weight != self.weight).then_some(0.03)
    }

    /// Shapes `text`, of which the face must have every character ([`Typeface::has`]).
    pub(super) fn shape(&self, text: &str, script: Script, direction: Direction) -> Shaped {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.set_direction(direction);
        if let Some(script) = rusty(script) {
            buffer.set_script(script);
        }
        let shaped = rustybuzz::shape_with_plan(&self.face, &self.plan(script, direction), buffer);

        let em = self.face.units_per_em() as f32;
        let infos = shaped.glyph_infos();
        let mut width = 0.0;
        let mut glyphs: Vec<KrillaGlyph> = infos
            .iter()
            .zip(shaped.glyph_positions())
            .map(|(info, position)| {
                let advance = position.x_advance as f32 / em;
                width += advance;
                let start = info.cluster as usize;
                KrillaGlyph::new(
                    GlyphId::new(info.glyph_id),
                    advance,
                    position.x_offset as f32 / em,
                    position.y_offset as f32 / em,
                    position.y_advance as f32 / em,
                    start..start,
                    None,
                )
            })
            .collect();
        // Glyphs of one cluster stand for the same characters; those end where the next cluster
        // begins, which is the one before it where the text runs from right to left.
        let end_at = |glyphs: &mut dyn Iterator<Item = &mut KrillaGlyph>| {
            let (mut end, mut next) = (text.len(), text.len());
            for glyph in glyphs {
                if glyph.text_range.start != next {
                    (end, next) = (next, glyph.text_range.start);
                }
                glyph.text_range.end = end;
            }
        };
        match direction {
            Direction::RightToLeft => end_at(&mut glyphs.iter_mut()),
            _ => end_at(&mut glyphs.iter_mut().rev()),
        }
        Shaped { glyphs, width }
    }

    fn plan(&self, script: Script, direction: Direction) -> Arc<ShapePlan> {
        if script == Script::Latin && direction == Direction::LeftToRight {
            return self.latin.clone();
        }
        let mut plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((.., plan)) = plans.iter().find(|(s, d, _)| (*s, *d) == (script, direction)) {
            return plan.clone();
        }
        let made = Arc::new(plan(&self.face, script, direction));
        plans.push((script, direction, made.clone()));
        made
    }
}

/// The fonts of this computer. They are looked through when a letter is missing, not before.
struct Installed {
    fonts: fontdb::Database,
    /// The best to draw a name with first.
    order: Vec<fontdb::ID>,
    read: HashMap<fontdb::ID, Option<&'static Typeface>>,
    found: HashMap<String, Option<&'static Typeface>>,
}

impl Installed {
    fn look() -> Installed {
        let mut fonts = fontdb::Database::new();
        fonts.load_system_fonts();
        let mut faces: Vec<&fontdb::FaceInfo> = fonts.faces().collect();
        // Upright, of normal weight and width, not of one width, and then the same on every start.
        faces.sort_by_cached_key(|face| {
            (
                face.style != fontdb::Style::Normal,
                face.weight.0.abs_diff(fontdb::Weight::NORMAL.0),
                face.stretch != fontdb::Stretch::Normal,
                face.monospaced,
                face.post_script_name.contains("Serif"),
                face.post_script_name.clone(),
            )
        });
        let order = faces.into_iter().map(|face| face.id).collect();
        Installed { fonts, order, read: HashMap::new(), found: HashMap::new() }
    }

    fn find(&mut self, cluster: &str) -> Option<&'static Typeface> {
        if let Some(found) = self.found.get(cluster) {
            return *found;
        }
        let mut found = None;
        for id in &self.order {
            if self.fonts.with_face_data(*id, |bytes, index| draws(bytes, index, cluster)) != Some(true) {
                continue;
            }
            found = *self.read.entry(*id).or_insert_with(|| {
                let typeface = self.fonts.with_face_data(*id, |bytes, index| {
                    // Kept as long as the program runs: every later paper draws with it.
                    Typeface::read(Box::leak(bytes.into()), index, Weight::Regular)
                });
                typeface.flatten().map(|typeface| -> &'static Typeface { Box::leak(Box::new(typeface)) })
            });
            if found.is_some() {
                break;
            }
        }
        self.found.insert(cluster.to_owned(), found);
        found
    }
}

/// Whether the face has an outline for every character of `cluster` and may be embedded. Faces
/// with coloured pictures are left out: paper is black and white.
fn draws(bytes: &[u8], index: u32, cluster: &str) -> bool {
    let Ok(face) = ttf_parser::Face::parse(bytes, index) else { return false };
    let table = |name| face.raw_face().table(Tag::from_bytes(name)).is_some();
    let outlines = table(b"glyf") || table(b"CFF ");
    let coloured = table(b"COLR") || table(b"SVG ") || table(b"CBDT") || table(b"sbix");
    outlines
        && !coloured
        && face.is_subsetting_allowed()
        && face.permissions() != Some(ttf_parser::Permissions::Restricted)
        && cluster.chars().filter(|c| !is_joiner(*c)).all(|c| glyph_of(&face, c).is_some())
}

/// The characters in front of this one are asked for once for each face.
const PLAIN_END: char = '\u{2100}';

fn is_plain(c: char) -> bool {
    use unicode_script::UnicodeScript;
    !is_invisible(c)
        && !unicode_normalization::char::is_combining_mark(c)
        && (c == ' ' || !c.is_whitespace())
        && matches!(c.script(), Script::Latin | Script::Common)
}

fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..)
}

fn glyph_of(face: &ttf_parser::Face<'_>, c: char) -> Option<ttf_parser::GlyphId> {
    face.glyph_index(c).filter(|glyph| glyph.0 != 0)
}

fn plan(face: &rustybuzz::Face<'_>, script: Script, direction: Direction) -> ShapePlan {
    ShapePlan::new(face, direction, rusty(script), None, &[])
}

fn rusty(script: Script) -> Option<rustybuzz::Script> {
    rustybuzz::Script::from_iso15924_tag(Tag(script.as_iso15924_tag()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latin(weight: Weight, text: &str) -> Shaped {
        Typeface::of(weight).shape(text, Script::Latin, Direction::LeftToRight)
    }

    #[test]
    fn both_faces_have_the_danish_letters_and_the_same_capital_height() {
        for weight in [Weight::Regular, Weight::SemiBold] {
            let typeface = Typeface::of(weight);
            assert!(typeface.has("ÆØÅæøå »…« Þórður Łukasz Ñ 0123456789"));
            assert!(typeface.is_plain("Åse Brændgaard-Ñ »’«"));
            assert!(!typeface.has("Ж"));
            let capital = f32::from(typeface.face.capital_height().unwrap());
            let em = typeface.face.units_per_em() as f32;
            assert!((capital / em - CAPITAL).abs() < 0.002, "{}", capital / em);
        }
    }

    #[test]
    fn what_joins_or_turns_or_cannot_be_seen_is_not_plain() {
        let own = Typeface::of(Weight::Regular);
        for text in ["A\u{30a}", "a\u{ad}", "\u{200f}", "ש", "\n", "\u{a0}", "\u{feff}"] {
            assert!(!own.is_plain(text), "{text:?}");
        }
    }

    #[test]
    fn the_program_carries_the_scripts_of_its_neighbours() {
        for text in ["Ελένη Παπαδοπούλου", "Йордан Щукин Ґалаґан Ђорђе", "שָׂרָה", "مریم عبدالله گچپژ", "ễạừ Ỳ"]
        {
            for word in text.split(' ') {
                assert!(Typeface::all_carried(Weight::SemiBold).any(|face| face.has(word)), "{word}");
            }
        }
    }

    #[test]
    fn a_composed_letter_and_its_parts_are_as_wide() {
        let composed = latin(Weight::Regular, "Åse").width;
        let parts = latin(Weight::Regular, "A\u{30a}se").width;
        assert!((composed - parts).abs() < 0.001);
    }

    #[test]
    fn every_glyph_stands_for_its_characters() {
        let ranges = |shaped: Shaped| shaped.glyphs.into_iter().map(|g| g.text_range).collect::<Vec<_>>();
        assert_eq!(ranges(latin(Weight::SemiBold, "Åse Ø")), [0..2, 2..3, 3..4, 4..5, 5..7]);
        let hebrew = Typeface::all_carried(Weight::Regular).find(|face| face.has("ש")).unwrap();
        assert_eq!(ranges(hebrew.shape("שרה", Script::Hebrew, Direction::RightToLeft)), [4..6, 2..4, 0..2]);
    }

    #[test]
    fn arabic_letters_join() {
        let arabic = Typeface::all_carried(Weight::Regular).find(|face| face.has("م")).unwrap();
        let glyphs = |text| arabic.shape(text, Script::Arabic, Direction::RightToLeft).glyphs;
        let alone = glyphs("م")[0].glyph_id;
        assert!(glyphs("مم").iter().all(|glyph| glyph.glyph_id != alone));
    }

    #[test]
    fn a_private_character_is_not_looked_for() {
        // DejaVu, which is nearly everywhere, has a picture of its own for the second.
        assert!(Typeface::installed("\u{e000}").is_none());
        assert!(Typeface::installed("\u{f400}").is_none());
        assert!(Typeface::installed("\u{10fffd}").is_none());
    }

    #[test]
    fn a_lent_face_is_thickened_where_ours_would_be_bold() {
        let lent = &LENT[0];
        assert!(lent.thicken(Weight::SemiBold).is_some());
        assert_eq!(lent.thicken(Weight::Regular), None);
        assert_eq!(Typeface::of(Weight::SemiBold).thicken(Weight::SemiBold), None);
    }
}
