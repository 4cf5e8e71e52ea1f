//! The two faces that every paper carries inside itself, what they can draw, and the glyphs of a
//! short text. Lines and paragraphs are made in `text`.

use std::sync::LazyLock;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::{Direction, ShapePlan, UnicodeBuffer, script};

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
    plan: ShapePlan,
}

/// The glyphs of a text in one face.
pub(super) struct Shaped {
    pub(super) glyphs: Vec<KrillaGlyph>,
    /// The advance of all glyphs, in em.
    pub(super) width: f32,
}

/// The height of a capital letter, in em. Both faces agree.
pub(super) const CAPITAL: f32 = 0.668;

static REGULAR: LazyLock<Typeface> =
    LazyLock::new(|| Typeface::read(include_bytes!("../../assets/fonts/AtkinsonHyperlegibleNext-Regular.ttf")));
static SEMI_BOLD: LazyLock<Typeface> =
    LazyLock::new(|| Typeface::read(include_bytes!("../../assets/fonts/AtkinsonHyperlegibleNext-SemiBold.ttf")));

impl Typeface {
    /// The face of this weight, read once.
    pub(super) fn of(weight: Weight) -> &'static Typeface {
        match weight {
            Weight::Regular => &REGULAR,
            Weight::SemiBold => &SEMI_BOLD,
        }
    }

    fn read(bytes: &'static [u8]) -> Typeface {
        let face = rustybuzz::Face::from_slice(bytes, 0).expect("the font is part of the program");
        // What the faces lack is never shaped, and they hold nothing but scripts that run from
        // left to right: one plan serves every text.
        let plan = ShapePlan::new(&face, Direction::LeftToRight, Some(script::LATIN), None, &[]);
        Typeface { font: Font::new(bytes.into(), 0).expect("the font is part of the program"), face, plan }
    }

    /// Whether the face has every character of `text`.
    pub(super) fn has(&self, text: &str) -> bool {
        text.chars().all(|character| self.face.glyph_index(character).is_some_and(|glyph| glyph.0 != 0))
    }

    /// Shapes `text`, of which the face must have every character ([`Typeface::has`]).
    pub(super) fn shape(&self, text: &str) -> Shaped {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.set_direction(Direction::LeftToRight);
        buffer.set_script(script::LATIN);
        let shaped = rustybuzz::shape_with_plan(&self.face, &self.plan, buffer);

        let em = self.face.units_per_em() as f32;
        let infos = shaped.glyph_infos();
        let positions = shaped.glyph_positions();
        let mut glyphs = Vec::with_capacity(infos.len());
        let mut width = 0.0;
        for (index, (info, position)) in infos.iter().zip(positions).enumerate() {
            // Glyphs of one cluster stand for the same characters; those end where the next
            // cluster begins.
            let end = infos[index..].iter().find(|later| later.cluster != info.cluster).map_or(text.len(), |later| later.cluster as usize);
            let advance = position.x_advance as f32 / em;
            width += advance;
            glyphs.push(KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                advance,
                position.x_offset as f32 / em,
                position.y_offset as f32 / em,
                position.y_advance as f32 / em,
                info.cluster as usize..end,
                None,
            ));
        }
        Shaped { glyphs, width }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_faces_have_the_danish_letters_and_the_same_capital_height() {
        for weight in [Weight::Regular, Weight::SemiBold] {
            let typeface = Typeface::of(weight);
            assert!(typeface.has("ÆØÅæøå »…« Þórður Łukasz Ñ 0123456789"));
            assert!(!typeface.has("Ж"));
            let capital = f32::from(typeface.face.capital_height().unwrap());
            let em = typeface.face.units_per_em() as f32;
            assert!((capital / em - CAPITAL).abs() < 0.002, "{}", capital / em);
        }
    }

    #[test]
    fn a_composed_letter_and_its_parts_are_as_wide() {
        let typeface = Typeface::of(Weight::Regular);
        let composed = typeface.shape("Åse").width;
        let parts = typeface.shape("A\u{30a}se").width;
        assert!((composed - parts).abs() < 0.001);
    }

    #[test]
    fn every_glyph_stands_for_its_characters() {
        let shaped = Typeface::of(Weight::SemiBold).shape("Åse Ø");
        let ranges: Vec<_> = shaped.glyphs.iter().map(|g| g.text_range.clone()).collect();
        assert_eq!(ranges, [0..2, 2..3, 3..4, 4..5, 5..7]);
    }
}
