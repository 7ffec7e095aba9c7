//! What the compiler checks of a many-to-many: the two relationships that it is made of.
//!
//! Invariant: as in `checks`, these read tables, and no table's facts are made of what they find.

use super::checks::Side;
use super::sentence::Sentence;
use crate::model::{ForeignKey, Kind, Model, Relationship, RelationshipMarker, Table, Through};

/// A relationship of the link model leads to the far side.
#[diagnostic::on_unimplemented(
    message = "this relationship leads to `{Self}` and not to `{Target}`",
    label = "leads to `{Self}`",
    note = "`target` names the `belongs_to` of the link model that leads to the many-to-many's own target"
)]
pub trait LeadsTo<Target> {}

impl<M> LeadsTo<M> for M {}

/// A relationship of the link model leads back.
#[diagnostic::on_unimplemented(
    message = "this relationship leads to `{Self}` and not back to `{Source}`",
    label = "leads to `{Self}`",
    note = "`source` names the `belongs_to` of the link model that leads back to the model which says it"
)]
pub trait LeadsBack<Source> {}

impl<M> LeadsBack<M> for M {}

/// The relationship that `source` names: it leads back.
#[rustfmt::skip]
#[track_caller]
pub const fn source<R: RelationshipMarker, B: RelationshipMarker<Target: LeadsBack<R::Source>>>(relationship: Relationship<B>) -> Option<usize> {
    Some(key_holder(relationship))
}

/// The relationship that `target` names: it leads to the far side.
#[rustfmt::skip]
#[track_caller]
pub const fn target<R: RelationshipMarker, B: RelationshipMarker<Target: LeadsTo<R::Target>>>(relationship: Relationship<B>) -> Option<usize> {
    Some(key_holder(relationship))
}

#[track_caller]
const fn key_holder<B: RelationshipMarker>(relationship: Relationship<B>) -> usize {
    let side = Side { table: B::Source::TABLE, relationship: &B::Source::TABLE.relationships[B::INDEX] };
    if !matches!(side.relationship.kind, Kind::BelongsTo) {
        Sentence::new().side(&side).then(" holds no key: name a `belongs_to`").fail();
    }
    relationship.index()
}

/// The way of `R` over its link model, whose `belongs_to`s may be named.
#[track_caller]
pub const fn through<R: RelationshipMarker>(source: Option<usize>, target: Option<usize>) -> Through {
    let (own, link) = (R::Source::TABLE, R::Link::TABLE);
    let [links, near] = links::<R>(own, source);
    let far = match target {
        Some(far) => far,
        None => far::<R>(link, near),
    };
    Through::new([links, near, far], key(link, near).columns, key(link, far).columns)
}

const fn key(table: &'static Table, relationship: usize) -> &'static ForeignKey {
    &table.foreign_keys[table.relationships[relationship].foreign_key]
}

/// The own to-many that leads to the links, and the relationship of a link that leads back.
#[track_caller]
const fn links<R: RelationshipMarker>(own: &'static Table, source: Option<usize>) -> [usize; 2] {
    let mut found: Option<[usize; 2]> = None;
    let mut i = 0;
    while i < own.relationships.len() {
        let facts = &own.relationships[i];
        if let (Kind::HasMany, Some(near)) = (facts.kind, facts.inverse)
            && is_same(facts.target_path, R::Link::PATH)
            && is_meant(source, near)
        {
            if let Some([other, _]) = found {
                several::<R>(own, [other, i], "source");
            }
            found = Some([i, near]);
        }
        i += 1;
    }
    match found {
        Some(found) => found,
        None => no_links::<R>(own, source),
    }
}

/// Whether a relationship is the one that was named, if one was.
const fn is_meant(named: Option<usize>, relationship: usize) -> bool {
    match named {
        Some(named) => named == relationship,
        None => true,
    }
}

/// The link's relationship that leads to the far side.
#[track_caller]
const fn far<R: RelationshipMarker>(link: &'static Table, near: usize) -> usize {
    let mut found = None;
    let mut i = 0;
    while i < link.relationships.len() {
        let facts = &link.relationships[i];
        if i != near && matches!(facts.kind, Kind::BelongsTo) && is_same(facts.target_path, R::Target::PATH) {
            if let Some(other) = found {
                several::<R>(link, [other, i], "target");
            }
            found = Some(i);
        }
        i += 1;
    }
    match found {
        Some(found) => found,
        None => Sentence::new()
            .then("`")
            .then(link.model)
            .then("` has no `belongs_to` that leads to `")
            .then(R::Target::TABLE.model)
            .then("`: a many-to-many goes through a model that belongs to both sides")
            .fail(),
    }
}

#[track_caller]
const fn no_links<R: RelationshipMarker>(own: &'static Table, source: Option<usize>) -> ! {
    let link = R::Link::TABLE;
    let back = match source {
        Some(source) => link.relationships[source].name,
        None => "..",
    };
    Sentence::new()
        .then("`")
        .then(own.model)
        .then("::")
        .then(R::NAME)
        .then("` goes over rows of `")
        .then(link.model)
        .then("`: write `has_many(links: ")
        .then(link.model)
        .then(", back_populates = ")
        .then(back)
        .then(")` beside it, under a name of your own")
        .fail()
}

#[track_caller]
const fn several<R: RelationshipMarker>(table: &'static Table, found: [usize; 2], word: &str) -> ! {
    Sentence::new()
        .then("`")
        .then(table.model)
        .then("` has `")
        .then(table.relationships[found[0]].name)
        .then("` and `")
        .then(table.relationships[found[1]].name)
        .then("`, either of which could be meant: say which with `")
        .then(word)
        .then(" = ..` and a `belongs_to` of `")
        .then(R::Link::TABLE.model)
        .then("`")
        .fail()
}

/// Both sides go over the same links, each the other way.
#[track_caller]
pub(super) const fn check_mirrored<R, B>(here: &Side, there: &Side)
where
    R: RelationshipMarker,
    B: RelationshipMarker,
{
    let sentence = Sentence::new().side(here).then(" and ").side(there);
    match (R::THROUGH, B::THROUGH) {
        (Some(one), Some(other)) if is_same(R::Link::PATH, B::Link::PATH) => {
            if one.near != other.far || one.far != other.near {
                sentence.then(" go over the same links, but not each the other way").fail();
            }
        }
        (Some(_), Some(_)) => sentence
            .then(" go over different links: with `through` both name one model, and a table is named on one side only")
            .fail(),
        _ => sentence.then(" are not both a `many_to_many`").fail(),
    }
}

/// The position of the to-many that leads to the links of a many-to-many.
pub const fn links_of<R: RelationshipMarker>(_: Relationship<R>) -> Option<usize> {
    match R::THROUGH {
        Some(through) => Some(through.links),
        None => None,
    }
}

/// Whether two texts are the same.
pub(super) const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut i = 0;
    while i < one.len() && i < other.len() && one[i] == other[i] {
        i += 1;
    }
    i == one.len() && i == other.len()
}
