//! Writes what was laid out as a tagged PDF.

use std::num::NonZeroU16;

use krilla::{
    Document, SerializeSettings,
    color::luma,
    configure::{Configuration, Validator},
    destination::XyzDestination,
    geom::{Path, PathBuilder, Point, Rect},
    metadata::Metadata,
    num::NormalizedF32,
    outline::{Outline, OutlineNode},
    page::PageSettings,
    paint::{Fill, FillRule, Stroke, StrokeDash},
    surface::Surface,
    tagging::{
        ArtifactType, ContentTag, Identifier, Node as TagNode, SpanTag, TableHeaderScope, Tag, TagGroup, TagKind,
        TagTree,
    },
};

use crate::face::Faces;
use crate::flow::{Laid, Mark, Meaning, Node, Role};
use crate::{Paper, PrintError};

pub(crate) fn written(paper: &Paper, faces: &Faces, laid: &Laid) -> Result<Vec<u8>, PrintError> {
    let settings = SerializeSettings {
        configuration: Configuration::new_with_validator(Validator::UA1),
        ..SerializeSettings::default()
    };
    let mut document = Document::new_with(settings);
    let (title, _) = faces.regular.writable(&paper.title);
    document
        .set_metadata(Metadata::new().title(title).language(paper.language.to_owned()).creator("Simpul".to_owned()));
    let mut said: Vec<Option<Identifier>> = vec![None; laid.said];
    for marks in &laid.pages {
        let settings = PageSettings::from_wh(laid.width, laid.height);
        let settings = settings.ok_or_else(|| PrintError::Pdf("a page has no size".to_owned()))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for mark in marks {
            draw(&mut surface, faces, mark, &mut said);
        }
        surface.finish();
        page.finish();
    }
    let mut tree = TagTree::new().with_lang(Some(paper.language.to_owned()));
    laid.tree.iter().filter_map(|node| tagged(node, &said)).for_each(|node| tree.push(node));
    document.set_tag_tree(tree);
    let mut outline = Outline::new();
    for entry in &laid.outline {
        let place = XyzDestination::new(entry.page, Point::from_xy(0.0, entry.y));
        outline.push_child(OutlineNode::new(entry.text.clone(), place));
    }
    document.set_outline(outline);
    document.finish().map_err(|error| PrintError::Pdf(format!("{error:?}")))
}

fn draw(surface: &mut Surface<'_>, faces: &Faces, mark: &Mark, said: &mut [Option<Identifier>]) {
    match mark {
        Mark::Text { means, x, y, size, bold, text } => {
            let tag = match means {
                Meaning::Said(_) => ContentTag::Span(SpanTag::empty()),
                Meaning::Header => ContentTag::Artifact(ArtifactType::Header),
                Meaning::Footer => ContentTag::Artifact(ArtifactType::Footer),
                Meaning::Again => ContentTag::Artifact(ArtifactType::Other),
            };
            let face = faces.of(*bold);
            surface.set_stroke(None);
            surface.set_fill(Some(black()));
            let id = surface.start_tagged(tag);
            surface.draw_glyphs(Point::from_xy(*x, *y), &face.glyphs(text), face.font.clone(), text, *size, false);
            surface.end_tagged();
            if let Meaning::Said(number) = means
                && let Some(place) = said.get_mut(*number)
            {
                *place = Some(id);
            }
        }
        Mark::Rule { from, to, width, dotted } => {
            let mut path = PathBuilder::new();
            path.move_to(from.0, from.1);
            path.line_to(to.0, to.1);
            let dash = dotted.then(|| StrokeDash { array: vec![1.0, 2.0], offset: 0.0 });
            stroke(surface, path.finish(), *width, dash);
        }
        Mark::Frame { x, y, width, height } => {
            let mut path = PathBuilder::new();
            if let Some(frame) = Rect::from_xywh(*x, *y, *width, *height) {
                path.push_rect(frame);
            }
            stroke(surface, path.finish(), 0.6, None);
        }
        Mark::Squares { side, at } => {
            let mut path = PathBuilder::new();
            at.iter().filter_map(|(x, y)| Rect::from_xywh(*x, *y, *side, *side)).for_each(|one| path.push_rect(one));
            let Some(path) = path.finish() else { return };
            surface.set_stroke(None);
            surface.set_fill(Some(black()));
            surface.start_tagged(ContentTag::Artifact(ArtifactType::Other));
            surface.draw_path(&path);
            surface.end_tagged();
        }
    }
}

fn black() -> Fill {
    Fill { paint: luma::Color::black().into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero }
}

fn stroke(surface: &mut Surface<'_>, path: Option<Path>, width: f32, dash: Option<StrokeDash>) {
    let Some(path) = path else { return };
    surface.set_fill(None);
    surface.set_stroke(Some(Stroke { paint: luma::Color::black().into(), width, dash, ..Stroke::default() }));
    surface.start_tagged(ContentTag::Artifact(ArtifactType::Other));
    surface.draw_path(&path);
    surface.end_tagged();
}

/// A part of the tree with everything below it; none where nothing was drawn.
fn tagged(node: &Node, said: &[Option<Identifier>]) -> Option<TagNode> {
    match node {
        Node::Said(number) => said.get(*number).copied().flatten().map(TagNode::Leaf),
        Node::Part(role, children) => {
            let children: Vec<TagNode> = children.iter().filter_map(|child| tagged(child, said)).collect();
            (!children.is_empty()).then(|| TagNode::Group(TagGroup::with_children(kind(role), children)))
        }
    }
}

fn kind(role: &Role) -> TagKind {
    match role {
        Role::Heading(level, text) => {
            Tag::Hn(NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN), Some(text.clone())).into()
        }
        Role::Paragraph => Tag::P.into(),
        Role::Table => Tag::Table.into(),
        Role::TableHead => Tag::THead.into(),
        Role::TableBody => Tag::TBody.into(),
        Role::Row => Tag::TR.into(),
        Role::ColumnHead => Tag::TH(TableHeaderScope::Column).into(),
        Role::RowHead => Tag::TH(TableHeaderScope::Row).into(),
        Role::Cell => Tag::TD.into(),
    }
}
