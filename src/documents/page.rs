//! A PDF that anybody can read, also by ear: pages, what is drawn on them, and the tree of tags
//! (PDF/UA-1). Millimetres and layouts belong to the documents themselves; here all is points,
//! from the top left.

use std::num::NonZeroU16;

use chrono::{DateTime, Datelike, Timelike, Utc};
use chrono_tz::Tz;
use krilla::color::luma;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::error::KrillaError;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime as PdfInstant, Metadata};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, LineCap, LineJoin, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, Node, SpanTag, Tag, TagGroup, TagTree};
use krilla::text::KrillaGlyph;
use krilla::{Document, SerializeSettings};

use super::fonts::{CAPITAL, Typeface};
use super::text::{BOX_STEP, Drawn, Line, Style};
use crate::domain::language::Language;

/// Why a paper could not be made. None of them holds a word of what was to be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// The label is too small or too large to lay anything out on.
    #[error("the label's size is outside what a badge can be printed on")]
    Size,
    /// The code does not fit the QR.
    #[error("the code does not fit into the QR code")]
    Code,
    /// The PDF breaks a rule of PDF/UA-1.
    #[error("the PDF would break {0} rules of PDF/UA-1")]
    Accessibility(usize),
    /// The PDF could not be written.
    #[error("the PDF could not be written: {0}")]
    Pdf(&'static str),
}

/// Points per millimetre.
pub(super) const MM: f32 = 72.0 / 25.4;

/// Black on white, or white on black: paper knows nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Black,
    White,
}

/// Whether a drawing is part of what is read, or furniture of the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Role {
    /// Read in the order of its tag.
    Content,
    /// Skipped by who reads by ear.
    Furniture(ArtifactType),
}

/// What the PDF says about itself.
pub(super) struct About {
    pub(super) title: String,
    pub(super) language: Language,
    pub(super) made_at: DateTime<Tz>,
    /// A name for each page, for jumping.
    pub(super) pages: Vec<String>,
}

/// A PDF while it is being made.
pub(super) struct Paper {
    document: Document,
}

/// A page while it is being drawn.
pub(super) struct Canvas<'p> {
    surface: Surface<'p>,
    /// The tag that was begun and not yet ended.
    open: Option<Identifier>,
}

impl Paper {
    pub(super) fn new() -> Paper {
        let configuration = ConfigurationBuilder::new()
            .with_accessibility_validator(Accessibility::UA1)
            .finish()
            .expect("one validator cannot contradict itself");
        Paper { document: Document::new_with(SerializeSettings { configuration, enable_tagging: true, ..SerializeSettings::default() }) }
    }

    /// Adds a page of `width` × `height` points.
    pub(super) fn page(&mut self, width: f32, height: f32, draw: impl FnOnce(&mut Canvas<'_>)) -> Result<(), DocumentError> {
        let settings = PageSettings::from_wh(width, height).ok_or(DocumentError::Size)?;
        let mut page = self.document.start_page_with(settings);
        let mut canvas = Canvas { surface: page.surface(), open: None };
        draw(&mut canvas);
        drop(canvas);
        page.finish();
        Ok(())
    }

    /// Writes the PDF. `content` is the tree of all that was drawn as content, in reading order.
    pub(super) fn finish(mut self, about: About, content: Vec<TagGroup>) -> Result<Vec<u8>, DocumentError> {
        let mut outline = Outline::new();
        for (index, name) in about.pages.into_iter().enumerate() {
            let top = XyzDestination::new(index, Point::from_xy(0.0, 0.0));
            outline.push_child(OutlineNode::new(name, top));
        }
        let mut tree = TagTree::new();
        for group in content {
            tree.push(group);
        }
        let metadata = Metadata::new()
            .title(about.title)
            .language(about.language.code().to_owned())
            .creator("Velkommen".to_owned())
            .creation_date(instant(&about.made_at));
        self.document.set_outline(outline);
        self.document.set_tag_tree(tree);
        self.document.set_metadata(metadata);
        // The texts of krilla's errors can quote what was to be printed; a count cannot.
        self.document.finish().map_err(|error| match error {
            KrillaError::Validation(rules) => DocumentError::Accessibility(rules.len()),
            KrillaError::Font(..) => DocumentError::Pdf("font"),
            KrillaError::Limit(_) => DocumentError::Pdf("limit"),
            _ => DocumentError::Pdf("structure"),
        })
    }
}

impl Canvas<'_> {
    /// Draws `line` with its baseline beginning at `x`, `y`. Returns what to hang into the tree of
    /// tags; nothing for furniture, and for a line of nothing.
    pub(super) fn text(&mut self, x: f32, y: f32, line: &Line, ink: Ink, role: Role) -> Option<Node> {
        if line.pieces.is_empty() {
            return None;
        }
        let Style { size, weight } = line.style;
        self.begin(role, line.actual.as_deref());
        self.surface.set_fill(Some(fill(ink, FillRule::EvenOdd)));
        for piece in &line.pieces {
            let x = x + piece.x;
            match &piece.shown {
                Drawn::Glyphs { face, text, glyphs } => self.glyphs(x, y, face, text, glyphs, line.style, ink),
                Drawn::Marked { face, text, glyphs } => {
                    self.glyphs(x, y, face, text, glyphs, line.style, ink);
                    let side = 0.14 * size;
                    let left = x + (piece.width - side) / 2.0;
                    self.hollow(left, y + 0.08 * size, side, side, 0.035 * size);
                }
                Drawn::Boxes(count) => {
                    // A space holds the place of the text for those who search and copy: their
                    // programs forget a text without any glyph.
                    let own = Typeface::of(weight);
                    self.glyphs(x, y, own, " ", &own.space().glyphs, line.style, ink);
                    let step = BOX_STEP * size;
                    for index in 0..*count {
                        let left = x + step * index as f32 + 0.06 * size;
                        let width = step - 0.12 * size;
                        self.hollow(left, y - CAPITAL * size, width, CAPITAL * size, 0.06 * size);
                    }
                }
            }
        }
        let leaf = self.end(role)?;
        Some(match &line.turned {
            // Of letters from right to left some programs read the places and others the order.
            // The first are served by the page, the others by the tree.
            Some(said) => group(Tag::Span.with_actual_text(Some(said.clone())), [leaf]).into(),
            None => leaf.into(),
        })
    }

    #[expect(clippy::too_many_arguments, reason = "a run of glyphs is no less, and has one caller")]
    fn glyphs(&mut self, x: f32, y: f32, face: &Typeface, text: &str, glyphs: &[KrillaGlyph], style: Style, ink: Ink) {
        let stroke = face.thicken(style.weight).map(|width| Stroke {
            paint: color(ink).into(),
            width: width * style.size,
            line_join: LineJoin::Round,
            ..Stroke::default()
        });
        let is_thickened = stroke.is_some();
        if is_thickened {
            self.surface.set_stroke(stroke);
        }
        self.surface.draw_glyphs(Point::from_xy(round(x), round(y)), glyphs, face.font.clone(), text, style.size, false);
        if is_thickened {
            self.surface.set_stroke(None);
        }
    }

    /// Draws an empty frame that says `actual` to who reads by ear. `line` is its thickness.
    pub(super) fn frame(&mut self, place: Place, line: f32, style: Style, actual: &str) -> Identifier {
        let face = Typeface::of(style.weight);
        self.surface.set_fill(Some(fill(Ink::Black, FillRule::EvenOdd)));
        let span = SpanTag::empty().with_actual_text(Some(actual));
        let identifier = self.surface.start_tagged(ContentTag::Span(span));
        let start = Point::from_xy(place.x, place.y + place.height);
        self.surface.draw_glyphs(start, &face.space().glyphs, face.font.clone(), " ", style.size, false);
        self.hollow(place.x, place.y, place.width, place.height, line);
        self.surface.end_tagged();
        identifier
    }

    /// Draws lines under each other, the first line's box beginning at `top`. `leading` is the
    /// distance of two baselines, in em.
    pub(super) fn block(&mut self, x: f32, top: f32, lines: &[Line], leading: f32, role: Role) -> Vec<Node> {
        let mut leaves = Vec::new();
        let mut top = top;
        for line in lines {
            let size = line.style.size;
            // Capitals stand in the middle of their line.
            leaves.extend(self.text(x, top + (leading + CAPITAL) / 2.0 * size, line, Ink::Black, role));
            top += leading * size;
        }
        leaves
    }

    /// Draws lines across from `left` to `right` with their lower edges at `bottoms`, as a part of
    /// the layout.
    pub(super) fn rules(&mut self, left: f32, right: f32, bottoms: impl Iterator<Item = f32>, thickness: f32) {
        let role = Role::Furniture(ArtifactType::Layout);
        self.begin(role, None);
        let mut path = PathBuilder::new();
        for bottom in bottoms {
            let middle = round(bottom - thickness / 2.0);
            path.move_to(round(left), middle);
            path.line_to(round(right), middle);
        }
        if let Some(path) = path.finish() {
            self.surface.set_fill(None);
            self.surface.set_stroke(Some(Stroke { paint: color(Ink::Black).into(), width: thickness, ..Stroke::default() }));
            self.surface.draw_path(&path);
            self.surface.set_stroke(None);
        }
        self.end(role);
    }

    /// Draws along `path` with a round pen of this width, as a part of the layout.
    pub(super) fn outline(&mut self, path: PathBuilder, width: f32, ink: Ink) {
        let role = Role::Furniture(ArtifactType::Layout);
        self.begin(role, None);
        if let Some(path) = path.finish() {
            let (line_cap, line_join) = (LineCap::Round, LineJoin::Round);
            self.surface.set_fill(None);
            self.surface.set_stroke(Some(Stroke { paint: color(ink).into(), width, line_cap, line_join, ..Stroke::default() }));
            self.surface.draw_path(&path);
            self.surface.set_stroke(None);
        }
        self.end(role);
    }

    /// Fills rectangles as a part of the layout.
    pub(super) fn rectangles(&mut self, places: impl Iterator<Item = Place>) {
        let role = Role::Furniture(ArtifactType::Layout);
        self.begin(role, None);
        self.fill(places);
        self.end(role);
    }

    /// Fills a rectangle with rounded corners as a part of the layout.
    pub(super) fn rounded(&mut self, place: Place, radius: f32) {
        let role = Role::Furniture(ArtifactType::Layout);
        self.begin(role, None);
        self.surface.set_fill(Some(fill(Ink::Black, FillRule::NonZero)));
        let Place { x, y, width, height } = place;
        let (right, bottom) = (x + width, y + height);
        // The distance of the control points that makes a cubic curve a quarter of a circle.
        let bend = radius * (1.0 - 0.552_28);
        let mut path = PathBuilder::new();
        path.move_to(x + radius, y);
        path.line_to(right - radius, y);
        path.cubic_to(right - bend, y, right, y + bend, right, y + radius);
        path.line_to(right, bottom - radius);
        path.cubic_to(right, bottom - bend, right - bend, bottom, right - radius, bottom);
        path.line_to(x + radius, bottom);
        path.cubic_to(x + bend, bottom, x, bottom - bend, x, bottom - radius);
        path.line_to(x, y + radius);
        path.cubic_to(x, y + bend, x + bend, y, x + radius, y);
        path.close();
        if let Some(path) = path.finish() {
            self.surface.draw_path(&path);
        }
        self.end(role);
    }

    /// Fills many rectangles as one picture, without seams between neighbours.
    pub(super) fn picture(&mut self, places: impl Iterator<Item = Place>) -> Identifier {
        let identifier = self.surface.start_tagged(ContentTag::Other);
        self.fill(places);
        self.surface.end_tagged();
        identifier
    }

    fn fill(&mut self, places: impl Iterator<Item = Place>) {
        self.surface.set_fill(Some(fill(Ink::Black, FillRule::NonZero)));
        let mut path = PathBuilder::new();
        for Place { x, y, width, height } in places {
            if let Some(rect) = Rect::from_xywh(x, y, width, height) {
                path.push_rect(rect);
            }
        }
        if let Some(path) = path.finish() {
            self.surface.draw_path(&path);
        }
    }

    fn begin(&mut self, role: Role, actual: Option<&str>) {
        let tag = match role {
            Role::Content => ContentTag::Span(SpanTag::empty().with_actual_text(actual)),
            Role::Furniture(kind) => ContentTag::Artifact(Artifact::with_kind(kind)),
        };
        self.open = Some(self.surface.start_tagged(tag));
    }

    fn end(&mut self, role: Role) -> Option<Identifier> {
        self.surface.end_tagged();
        self.open.take().filter(|_| role == Role::Content)
    }

    fn hollow(&mut self, x: f32, y: f32, width: f32, height: f32, line: f32) {
        let outer = Rect::from_xywh(x, y, width, height);
        let inner = Rect::from_xywh(x + line, y + line, width - 2.0 * line, height - 2.0 * line);
        let mut path = PathBuilder::new();
        for rect in outer.into_iter().chain(inner) {
            path.push_rect(rect);
        }
        if let Some(path) = path.finish() {
            self.surface.draw_path(&path);
        }
    }
}

/// A rectangle on the page, in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
    pub(super) height: f32,
}

/// A group of the tree of tags with these leaves.
pub(super) fn group(tag: impl Into<krilla::tagging::TagKind>, leaves: impl IntoIterator<Item: Into<Node>>) -> TagGroup {
    let mut group = TagGroup::new(tag);
    for leaf in leaves {
        group.push(leaf);
    }
    group
}

/// The heading of a document, which PDF/UA-1 wants named.
pub(super) fn heading(title: &str, leaves: impl IntoIterator<Item: Into<Node>>) -> TagGroup {
    group(Tag::Hn(NonZeroU16::MIN, Some(title.to_owned())), leaves)
}

/// To hundredths of a point: nobody sees less, and a long list is written faster.
fn round(length: f32) -> f32 {
    (length * 100.0).round() / 100.0
}

fn fill(ink: Ink, rule: FillRule) -> Fill {
    Fill { paint: color(ink).into(), opacity: NormalizedF32::ONE, rule }
}

fn color(ink: Ink) -> luma::Color {
    match ink {
        Ink::Black => luma::Color::black(),
        Ink::White => luma::Color::white(),
    }
}

fn instant(at: &DateTime<Tz>) -> PdfInstant {
    // Fields of a calendar fit their types: a month is at most 12.
    let at = at.with_timezone(&Utc);
    PdfInstant::new(u16::try_from(at.year()).unwrap_or(0))
        .month(at.month() as u8)
        .day(at.day() as u8)
        .hour(at.hour() as u8)
        .minute(at.minute() as u8)
        .second(at.second() as u8)
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}
