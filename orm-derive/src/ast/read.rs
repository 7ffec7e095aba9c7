//! From the struct and its attributes to the model.

use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Field, Fields, Ident, Type};

use super::{
    Automatic, Column, Deferral, Expression, ForeignKey, Identity, Kind, Model, Relationship, Version,
    VersionKind,
};
use crate::attr::{self, Deferrable, Names, Options, Place, Reference, Relation, Word};
use crate::context::Context;
use crate::{names, sql, suggest};

impl<'a> Model<'a> {
    /// Reads the struct; `None` if it has no named fields that could be columns.
    pub(crate) fn read(context: &Context, input: &'a DeriveInput) -> Option<Self> {
        let fields = named_fields(context, input, "a model", "one struct is one table")?;
        let mut model = Self {
            vis: &input.vis,
            ident: &input.ident,
            table: None,
            schema: None,
            columns: fields.iter().filter_map(Column::new).collect(),
            primary_key: Vec::new(),
            foreign_keys: Vec::new(),
            relationships: Vec::new(),
            uniques: Vec::new(),
            deferrable: Vec::new(),
            indexes: Vec::new(),
        };
        for word in attr::words(context, &input.attrs, Place::Struct) {
            model.read_struct_word(context, &word);
        }
        for (position, field) in fields.iter().enumerate() {
            for word in attr::words(context, &field.attrs, Place::Field) {
                model.read_field_word(context, &word, position);
            }
        }
        Some(model)
    }

    fn read_struct_word(&mut self, context: &Context, word: &Word) {
        match word.text().as_str() {
            "table" => self.table = word.string(context),
            "schema" => self.schema = word.string(context),
            "has_many" => self.read_has(context, word, Kind::HasMany),
            "has_one" => self.read_has(context, word, Kind::HasOne),
            "many_to_many" => self.read_many_to_many(context, word),
            "belongs_to" => self.read_belongs_to(context, word),
            "unique" => {
                let columns = self.read_columns(context, word, Names::unique);
                if let Some((columns, is_deferrable)) = columns {
                    self.deferrable.extend(is_deferrable.then(|| columns.clone()));
                    self.uniques.push(columns);
                }
            }
            "index" => {
                let columns = self.read_columns(context, word, |input| Ok((Names::list(input)?, ())));
                self.indexes.extend(columns.map(|columns| columns.0));
            }
            _ => word.unknown(context),
        }
    }

    fn read_has(&mut self, context: &Context, word: &Word, kind: Kind) {
        if let Some((relation, options)) = Relation::read(context, word, Place::Has) {
            self.push_relationship(kind, relation, options, 0);
        }
    }

    fn read_belongs_to(&mut self, context: &Context, word: &Word) {
        let Some((relation, options)) = Relation::read(context, word, Place::StructBelongsTo) else { return };
        let Some(key) = &options.key else {
            let names = relation.name;
            context.error(
                names.span(),
                format_args!("which fields are the key of `{names}`? write `key = (..)`"),
            );
            return;
        };
        let Some(columns) = self.find_all(context, key) else { return };
        let foreign_key = self.push_foreign_key(columns, &relation.target, &options, key.span());
        self.push_relationship(Kind::BelongsTo, relation, options, foreign_key);
    }

    fn read_columns<T>(
        &self,
        context: &Context,
        word: &Word,
        parser: impl FnOnce(ParseStream<'_>) -> syn::Result<(Names, T)>,
    ) -> Option<(Vec<usize>, T)> {
        let (names, rest) = word.list(context, parser)?;
        if let [name] = names.0.as_slice() {
            let message = format!("one column: write `{0}` on the field `{name}`", word.text());
            context.error(name.span(), message);
            return None;
        }
        Some((self.find_all(context, &names)?, rest))
    }

    /// The positions of these fields.
    fn find_all(&self, context: &Context, names: &Names) -> Option<Vec<usize>> {
        let mut columns = Vec::new();
        for name in &names.0 {
            let Some(column) = self.column(name) else {
                self.no_field(context, name);
                continue;
            };
            if columns.contains(&column) {
                context.error(name.span(), format_args!("`{name}` is written twice"));
            }
            columns.push(column);
        }
        (!columns.is_empty() && columns.len() == names.0.len()).then_some(columns)
    }

    fn no_field(&self, context: &Context, name: &Ident) {
        let fields: Vec<_> = self.columns.iter().map(|column| names::plain(column.ident)).collect();
        let fields: Vec<_> = fields.iter().map(String::as_str).collect();
        let hint = suggest::nearest(&names::plain(name), &fields);
        let hint = hint.map_or_else(String::new, |near| format!(", did you mean `{near}`?"));
        context.error(name.span(), format_args!("`{}` has no field `{name}`{hint}", self.ident));
    }

    fn read_field_word(&mut self, context: &Context, word: &Word, position: usize) {
        let column = &mut self.columns[position];
        match word.text().as_str() {
            "primary_key" => {
                column.primary_key = word.flag(context);
                self.primary_key.extend((!self.primary_key.contains(&position)).then_some(position));
            }
            "identity" => {
                column.identity = word.switch(context).map(|wanted| Identity { wanted, span: word.span() });
            }
            "column" => column.name = word.string(context),
            "type" => column.declared_type = word.string(context),
            "unique" => {
                column.unique = Some(word.span());
                let is_deferrable = !word.is_alone() && word.equals::<Deferrable>(context).is_some();
                self.deferrable.extend(is_deferrable.then(|| vec![position]));
            }
            "index" => column.index = word.flag(context).then(|| word.span()),
            "default" => column.default = expression(context, word),
            "generated" => column.generated = expression(context, word),
            "version" => column.version = version(context, word),
            "deferred" => column.deferred = Some(Deferral::read(context, word)),
            "fetched" => column.fetched = word.flag(context).then(|| word.span()),
            "on_update" => column.automatic.on_update = expression(context, word),
            "created_at" => column.automatic.created_at = word.flag(context).then(|| word.span()),
            "updated_at" => column.automatic.updated_at = word.flag(context).then(|| word.span()),
            "soft_delete" => {
                let is_alone = word.is_alone().then(|| Expression::now(word.span()));
                column.automatic.soft_delete = is_alone.or_else(|| expression(context, word));
            }
            "belongs_to" => self.read_field_belongs_to(context, word, position),
            "references" => self.read_references(context, word, position),
            _ => word.unknown(context),
        }
    }

    fn read_field_belongs_to(&mut self, context: &Context, word: &Word, position: usize) {
        if let Some((relation, options)) = Relation::read(context, word, Place::BelongsTo) {
            self.columns[position].take_key(context, word);
            let foreign_key = self.push_foreign_key(vec![position], &relation.target, &options, word.span());
            self.push_relationship(Kind::BelongsTo, relation, options, foreign_key);
        }
    }

    fn read_references(&mut self, context: &Context, word: &Word, position: usize) {
        let Some((reference, mut options)) = Reference::read(context, word) else { return };
        self.columns[position].take_key(context, word);
        options.references = reference.column.map(|column| Names(vec![column]));
        self.push_foreign_key(vec![position], &reference.target, &options, word.span());
    }

    fn push_foreign_key(
        &mut self,
        columns: Vec<usize>,
        target: &Type,
        options: &Options,
        span: proc_macro2::Span,
    ) -> usize {
        self.foreign_keys.push(ForeignKey {
            columns,
            target: self.without_self(target.clone()),
            references: options.references.as_ref().map_or_else(Vec::new, |names| names.0.clone()),
            on_delete: options.on_delete.clone(),
            on_update: options.on_update.clone(),
            span,
            is_paired: true,
        });
        self.foreign_keys.len() - 1
    }

    pub(super) fn push_relationship(
        &mut self,
        kind: Kind,
        relation: Relation,
        options: Options,
        foreign_key: usize,
    ) {
        let target = self.without_self(relation.target);
        self.relationships.push(Relationship {
            vis: relation.vis,
            ident: relation.name,
            kind,
            target,
            back_populates: options.back_populates,
            lazy: options.lazy,
            cascade: options.cascade,
            write_only: options.write_only,
            foreign_key,
            over: None,
        });
    }

    /// `Self` as a target is this model; generated code stands outside of any `impl` where it says so.
    pub(super) fn without_self(&self, mut target: Type) -> Type {
        if let Type::Path(path) = &mut target
            && path.path.is_ident("Self")
        {
            let span = path.path.span();
            path.path = Ident::new(&self.ident.to_string(), span).into();
        }
        target
    }
}

impl<'a> Column<'a> {
    fn new(field: &'a Field) -> Option<Self> {
        Some(Self {
            vis: &field.vis,
            ident: field.ident.as_ref()?,
            ty: &field.ty,
            primary_key: false,
            unique: None,
            index: None,
            identity: None,
            default: None,
            generated: None,
            version: None,
            fetched: None,
            deferred: None,
            automatic: Automatic::default(),
            name: None,
            declared_type: None,
            is_key: false,
        })
    }

    /// A field is one foreign key: `belongs_to` makes it, or `references` does.
    fn take_key(&mut self, context: &Context, word: &Word) {
        if self.is_key {
            context.error(word.span(), "`belongs_to` makes the foreign key already: take `references` away");
        }
        self.is_key = true;
    }
}

/// A default is SQL: as tokens, or in one string if Rust cannot read it.
fn expression(context: &Context, word: &Word) -> Option<Expression> {
    let tokens = word.tokens(context)?;
    let sql = match syn::parse2::<syn::LitStr>(tokens.clone()) {
        Ok(text) => text.value(),
        Err(_) => sql::text(tokens),
    };
    Some(Expression { sql, span: word.span() })
}

/// Who makes the versions: the session, if nothing is said.
fn version(context: &Context, word: &Word) -> Option<Version> {
    let span = word.span();
    let Some(source) = word.source(context)? else {
        return Some(Version { kind: VersionKind::Counter, span });
    };
    let kind = match source.to_string().as_str() {
        "server" => VersionKind::Server,
        "xmin" => VersionKind::Xmin,
        other => {
            let hint = suggest::nearest_or_all(other, &["server", "xmin"]);
            context.error(source.span(), format_args!("unknown source of versions `{other}`{hint}"));
            return None;
        }
    };
    Some(Version { kind, span })
}

/// The fields, if this is a struct with names for them and without parameters.
pub(crate) fn named_fields<'a>(
    context: &Context,
    input: &'a DeriveInput,
    what: &str,
    why_no_parameters: &str,
) -> Option<&'a syn::punctuated::Punctuated<Field, syn::Token![,]>> {
    if !input.generics.params.is_empty() {
        let message = format!("{what} has no type parameters or lifetimes: {why_no_parameters}");
        context.error(input.generics.params.span(), message);
        return None;
    }
    let shape = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => return Some(&fields.named),
            _ => "this struct has no named fields",
        },
        Data::Enum(_) => "this is an enum",
        Data::Union(_) => "this is a union",
    };
    let ident = &input.ident;
    let message = format!("{what} is a struct with named fields, one for each column; {shape}");
    context.error(ident.span(), message);
    None
}
