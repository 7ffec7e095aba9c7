//! The words there are, where each stands and how it is written.

use crate::suggest;

/// Where a word stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In `#[orm(..)]` above the struct.
    Struct,
    /// In `#[orm(..)]` on a field.
    Field,
    /// In `has_many(..)` and `has_one(..)`.
    Has,
    /// In `many_to_many(..)`.
    ManyToMany,
    /// In `belongs_to(..)` above the struct.
    StructBelongsTo,
    /// In `belongs_to(..)` on a field.
    BelongsTo,
    /// In `references(..)` on a field.
    References,
    /// In `deferred(..)` on a field.
    Deferred,
    /// In `#[orm(..)]` above a struct that derives `FromRow`.
    RowStruct,
    /// In `#[orm(..)]` on a field of one.
    RowField,
}

/// A word and how it is written.
type Entry = (&'static str, &'static str);

const STRUCT: &[Entry] = &[
    ("table", "table = \"users\""),
    ("schema", "schema = \"shop\""),
    ("has_many", "has_many(posts: Post, back_populates = user)"),
    ("has_one", "has_one(profile: Profile, back_populates = user)"),
    ("many_to_many", "many_to_many(tags: Tag, secondary = \"post_tags\", back_populates = posts)"),
    ("belongs_to", "belongs_to(order: Order, key = (tenant_id, order_id))"),
    ("unique", "unique(first_name, last_name)` or `unique(first_name, last_name; deferrable)"),
    ("index", "index(last_name, first_name)"),
];

const FIELD: &[Entry] = &[
    ("primary_key", "primary_key"),
    ("identity", "identity = false"),
    ("column", "column = \"name_in_the_database\""),
    ("type", "type = \"varchar(120)\""),
    ("unique", "unique` or `unique = deferrable"),
    ("index", "index"),
    ("default", "default = now()"),
    ("generated", "generated = price * quantity"),
    ("version", "version` or `version = xmin"),
    ("fetched", "fetched"),
    ("deferred", "deferred` or `deferred(group = scan, raise)"),
    ("on_update", "on_update = now()"),
    ("created_at", "created_at"),
    ("updated_at", "updated_at"),
    ("soft_delete", "soft_delete"),
    ("belongs_to", "belongs_to(user: User, back_populates = posts)"),
    ("references", "references(User)"),
];

const BACK_POPULATES: Entry = ("back_populates", "back_populates = user");
const ON_DELETE: Entry = ("on_delete", "on_delete = cascade");
const ON_UPDATE: Entry = ("on_update", "on_update = cascade");

const LAZY: Entry = ("lazy", "lazy = selectin");
const WRITE_ONLY: Entry = ("write_only", "write_only");
const CASCADE: Entry = ("cascade", "cascade = delete_orphan");

const HAS: &[Entry] = &[BACK_POPULATES, LAZY, CASCADE, WRITE_ONLY];
const MANY_TO_MANY: &[Entry] = &[
    ("secondary", "secondary = \"post_tags\""),
    ("through", "through = PostTag"),
    ("back_populates", "back_populates = posts"),
    ("columns", "columns = (\"post_id\", \"tag_id\")"),
    ("schema", "schema = \"shop\""),
    ON_DELETE,
    LAZY,
    WRITE_ONLY,
    ("source", "source = follower"),
    ("target", "target = followee"),
];
const STRUCT_BELONGS_TO: &[Entry] = &[
    ("key", "key = (tenant_id, order_id)"),
    ("references", "references = (tenant_id, id)"),
    BACK_POPULATES,
    LAZY,
    ON_DELETE,
    ON_UPDATE,
    CASCADE,
];
const BELONGS_TO: &[Entry] =
    &[("references", "references = email"), BACK_POPULATES, LAZY, ON_DELETE, ON_UPDATE, CASCADE];
const REFERENCES: &[Entry] = &[ON_DELETE, ON_UPDATE];
const DEFERRED: &[Entry] = &[("group", "group = scan"), ("raise", "raise")];

const ROW_STRUCT: &[Entry] = &[("name", "name = \"revenue\"")];
const ROW_FIELD: &[Entry] = &[("column", "column = \"name_in_the_query\"")];

impl Place {
    fn entries(self) -> &'static [Entry] {
        match self {
            Self::Struct => STRUCT,
            Self::Field => FIELD,
            Self::Has => HAS,
            Self::ManyToMany => MANY_TO_MANY,
            Self::StructBelongsTo => STRUCT_BELONGS_TO,
            Self::BelongsTo => BELONGS_TO,
            Self::References => REFERENCES,
            Self::Deferred => DEFERRED,
            Self::RowStruct => ROW_STRUCT,
            Self::RowField => ROW_FIELD,
        }
    }

    /// The word as it is written with its value; empty if there is no such word here.
    pub(crate) fn usage(self, word: &str) -> &'static str {
        self.entries().iter().find(|entry| entry.0 == word).map_or("", |entry| entry.1)
    }

    /// One of the words, for messages.
    pub(crate) fn example(self) -> &'static str {
        self.entries()[0].1
    }

    /// Whether each use of the word says something new.
    pub(crate) fn may_repeat(self, word: &str) -> bool {
        self == Self::Struct && !matches!(word, "table" | "schema")
    }

    /// What to say about a word that is not known here.
    pub(crate) fn unknown(self, word: &str) -> String {
        if let Some(why) = self.elsewhere(word) {
            return why;
        }
        let known: Vec<_> = self.entries().iter().map(|entry| entry.0).collect();
        format!("unknown attribute `{word}`{}", suggest::nearest_or_all(word, &known))
    }

    /// What to say about a word that belongs in another place.
    fn elsewhere(self, word: &str) -> Option<String> {
        let known = |entries: &[Entry]| entries.iter().any(|entry| entry.0 == word);
        match self {
            Self::Struct if word == "references" => None,
            Self::Struct if known(FIELD) => Some(format!("`{word}` stands on a field, not above the struct")),
            Self::Field if known(STRUCT) => Some(format!("`{word}` stands above the struct, not on a field")),
            Self::RowStruct if known(ROW_FIELD) => {
                Some(format!("`{word}` stands on a field, not above the struct"))
            }
            Self::RowField if known(ROW_STRUCT) => {
                Some(format!("`{word}` stands above the struct, not on a field"))
            }
            Self::RowStruct | Self::RowField if known(STRUCT) || known(FIELD) => {
                Some(format!("`{word}` is a word of `derive(Model)`: a row of a query has columns only"))
            }
            Self::Has if known(STRUCT_BELONGS_TO) => Some(format!(
                "`{word}` is said on the side that has the key: write it in that side's `belongs_to`"
            )),
            Self::BelongsTo if word == "key" => {
                Some("the key is this field: write `belongs_to` with a `key` above the struct".to_owned())
            }
            Self::References if word == "back_populates" => Some(
                "`references` makes no relationship: write `belongs_to(user: User, ..)` for one".to_owned(),
            ),
            _ => None,
        }
    }
}
