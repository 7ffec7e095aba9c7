//! What a many-to-many goes over: a model of the links, or a bare table that one of the two sides names.

use proc_macro2::Span;
use syn::{Ident, LitStr, Type};

use super::{Kind, Model};
use crate::attr::{Choice, Options, Place, Relation, Texts, Word};
use crate::context::Context;

/// What a many-to-many goes over.
pub(crate) enum Over {
    /// A model of the links, and its relationships to the two sides where they are named.
    Model { link: Box<Type>, source: Option<Ident>, target: Option<Ident> },
    /// A table that this side names.
    Table(Secondary),
    /// A table that the other side names.
    OtherSide,
}

/// A bare table.
pub(crate) struct Secondary {
    pub(crate) table: LitStr,
    pub(crate) schema: Option<LitStr>,
    pub(crate) columns: Option<Texts>,
    pub(crate) on_delete: Option<Choice>,
}

impl Model<'_> {
    pub(super) fn read_many_to_many(&mut self, context: &Context, word: &Word) {
        let Some((relation, options)) = Relation::read(context, word, Place::ManyToMany) else { return };
        belongs_to_its_word(context, &options);
        let Some(over) = self.read_over(context, &relation, &options) else { return };
        self.push_relationship(Kind::ManyToMany, relation, options, 0);
        if let Some(relationship) = self.relationships.last_mut() {
            relationship.over = Some(over);
        }
    }

    fn read_over(&self, context: &Context, relation: &Relation, options: &Options) -> Option<Over> {
        let Options { through, source, target, secondary, schema, columns, on_delete, .. } = options;
        let name = &relation.name;
        if let (Some(_), Some(table)) = (through, secondary) {
            let message = format!("`{name}` goes through a model or over a bare table: write one of the two");
            context.error(table.span(), message);
        }
        match (through, secondary, &options.back_populates) {
            (Some(link), _, _) => Some(Over::Model {
                link: Box::new(self.without_self(link.clone())),
                source: source.clone(),
                target: target.clone(),
            }),
            (None, Some(table), _) => Some(Over::Table(Secondary {
                table: table.clone(),
                schema: schema.clone(),
                columns: columns.as_ref().map(|columns| Texts(columns.0.clone())),
                on_delete: on_delete.clone(),
            })),
            (None, None, Some(_)) => Some(Over::OtherSide),
            (None, None, None) => {
                let message = "how are the two linked? write `secondary = \"..\"`, the name of a table, or `through = ..`, \
                               a model of the links";
                context.error(name.span(), message);
                None
            }
        }
    }

    /// The bare tables that this side names.
    pub(crate) fn secondaries(&self) -> impl Iterator<Item = &Secondary> {
        self.relationships.iter().filter_map(|relationship| match &relationship.over {
            Some(Over::Table(secondary)) => Some(secondary),
            _ => None,
        })
    }

    /// The position of the hidden to-many by which the relationship at this position reaches its links: behind all that
    /// have names.
    pub(crate) fn links_of(&self, position: usize) -> usize {
        let before = self.relationships[..position].iter();
        self.relationships.len()
            + before.filter(|other| other.over.as_ref().is_some_and(Over::is_bare)).count()
    }
}

impl Over {
    /// Whether the links are the rows of a bare table.
    pub(crate) fn is_bare(&self) -> bool {
        !matches!(self, Self::Model { .. })
    }
}

/// Some words describe the link model's relationships, others the table.
fn belongs_to_its_word(context: &Context, options: &Options) {
    let of_model = [("source", &options.source), ("target", &options.target)];
    for (word, name) in of_model {
        if let Some(name) = name.as_ref().filter(|_| options.through.is_none()) {
            let message = format!(
                "`{word}` names a `belongs_to` of the model that `through` names: write `through = ..`"
            );
            context.error(name.span(), message);
        }
    }
    let of_table: [(&str, Option<Span>); 3] = [
        ("columns", options.columns.as_ref().map(|columns| columns.0[0].span())),
        ("schema", options.schema.as_ref().map(LitStr::span)),
        ("on_delete", options.on_delete.as_ref().map(|action| action.word.span())),
    ];
    for (word, span) in of_table {
        if let Some(span) = span.filter(|_| options.secondary.is_none()) {
            let instead = match options.through {
                Some(_) => "the model that `through` names says it itself",
                None => "write it on the side that names the table with `secondary`",
            };
            context.error(span, format_args!("`{word}` describes a bare table: {instead}"));
        }
    }
}
