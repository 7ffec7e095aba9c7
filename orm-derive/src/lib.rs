//! The derive macros of `orm-core`.
//!
//! What the user wrote becomes `ast` through the words of `attr`; `valid` holds one function per rule; `expand`
//! writes facts and thin code, and does so beside errors too (`fallback` says how), so that one mistake is one error.
//! Invariant: nothing here decides by how a type is spelled; generated code names the type and a trait decides.

mod ast;
mod attr;
#[cfg(test)]
mod budget;
mod column_attributes;
mod column_enum;
mod column_newtype;
mod context;
mod expand;
mod fallback;
mod from_row;
mod names;
mod sql;
mod sql_text;
mod suggest;
mod valid;

use proc_macro2::TokenStream;
use syn::DeriveInput;

/// Makes a struct a model: its values are the rows of a table.
///
/// ```
/// use orm_core::Model;
///
/// #[derive(Model, Debug, Clone)]
/// #[orm(table = "users")]
/// #[orm(has_many(posts: Post, back_populates = author))]
/// pub struct User {
///     #[orm(primary_key)]
///     pub id: i64,
///     pub name: Option<String>,
///     #[orm(unique)]
///     pub email: String,
/// }
///
/// #[derive(Model, Debug, Clone)]
/// #[orm(table = "posts")]
/// pub struct Post {
///     #[orm(primary_key)]
///     pub id: i64,
///     pub title: String,
///     #[orm(index, belongs_to(author: User, back_populates = posts, on_delete = cascade))]
///     pub author_id: i64,
/// }
///
/// let column = User::email;          // a typed column
/// let relationship = User::posts;    // a typed relationship
/// let new = User::builder().email("a@b.c").posts([Post::builder().title("first")]);
/// # let _ = (column, relationship, new);
/// ```
///
/// Each field is a column, and the struct holds nothing else; its type says whether the column takes NULL (`Option`).
/// Relationships are declared in attributes. What the derive makes:
///
/// * for each column a constant of the field's name and visibility, `User::email`; for each relationship a constant,
///   `User::posts`, and an accessor on entities, `user.posts()`; one also for each deferred column. So no function of the
///   struct can be called like one of its columns or relationships;
/// * `User::builder()`, with a setter for each column and each relationship. A builder can be added when every column
///   has a value that is neither nullable nor made by the server; what is missing is named by the compiler.
///
/// The struct also derives `Clone`. A model has named fields, no type parameters and at most 256 columns. Models may be
/// declared in any module and inside functions; within one crate they may refer to each other in any way.
///
/// # Above the struct
///
/// | word | meaning |
/// | --- | --- |
/// | `table = "users"` | the table's name; without it the struct's name in snake case |
/// | `schema = "shop"` | the schema that the table is in |
/// | `unique(a, b)`, `unique(a, b; deferrable)` | a unique constraint over several columns, named by their fields |
/// | `index(a, b)` | an index over several columns |
/// | `has_many(posts: Post, back_populates = author)` | any number of rows of another model, over the key of its relationship `author` |
/// | `has_one(profile: Profile, back_populates = user)` | one row or none; the other side's key is unique |
/// | `has_many(.., write_only)`, `many_to_many(.., write_only)` | too many rows to be in memory: there are `add`, `remove`, `query` and `count`, and nothing is ever loaded |
/// | `has_many(.., cascade = delete)`, `has_one(.., cascade = delete_orphan)` | what is deleted along, see below |
/// | `many_to_many(tags: Tag, secondary = "post_tags", back_populates = posts)` | any number of rows of another model, over rows that link the two; see below |
/// | `belongs_to(order: Order, key = (tenant_id, order_id))` | the one row that a key of several columns refers to; takes the options below |
///
/// A visibility may stand before a relationship's name, `has_many(pub(crate) drafts: Draft, ..)`; without it the
/// relationship is as visible as the struct. It cannot be more visible than its target.
///
/// # On a field
///
/// | word | meaning |
/// | --- | --- |
/// | `primary_key` | the column is the primary key, or with others part of it |
/// | `identity`, `identity = false` | the server numbers the rows, or does not; without the word it does if the column alone is the primary key, is no foreign key, and its type is an integer |
/// | `column = "Name"` | the column's name in the database; without it the field's |
/// | `type = "varchar(120)"` | the column's type in DDL; without it what the field's type stands for |
/// | `unique`, `unique = deferrable` | the column alone is unique; if deferrable, it is checked at the end of a statement and not row by row, so that rows can trade their values. No foreign key can refer to it then |
/// | `index` | the column alone has an index |
/// | `default = now()` | what the server puts in, as SQL; in one string if Rust cannot read it: `default = "'new'"` |
/// | `generated = price * quantity` | the database computes the column from others of its row; it comes back from every INSERT and UPDATE and is never written |
/// | `deferred` | queries leave the column out: the field is a `Deferred<..>`, and `entity.text()` loads the column `text` when it is awaited, for all entities of a result at once |
/// | `deferred(group = scan)` | the same; all columns of the group are loaded with the first of them that is awaited |
/// | `deferred(raise)` | the same, but to await it is an error unless a query has loaded it with `undefer` |
/// | `fetched` | a trigger may make a value in every INSERT and UPDATE: it comes back from those that do not write the column |
/// | `on_update = now()` | what every UPDATE of the session sets the column to, as SQL, unless the application writes the column; it comes back with the UPDATE. A row of which nothing else is written is not updated. A column that the expression reads is named with its table: `on_update = "posts.edits + 1"` |
/// | `created_at` | in one word: `default = now()` |
/// | `updated_at` | in one word: `default = now()` and `on_update = now()` |
/// | `soft_delete` | a row that is deleted stays, with `now()` in this column, or with what is said: `soft_delete = TRUE`. The field is an `Option`, and `None` in all other rows; see [what is only marked](#what-is-only-marked-as-deleted) |
/// | `version` | an integer that counts the row's UPDATEs, from 1: who writes a version that he has not seen gets an error that `is_stale` |
/// | `version = server` | the same with values of the server's, for example a trigger's; with `default = ..` every UPDATE sets the column to its default |
/// | `version = xmin` | the same with the system column `xmin`, which every table has; the field is an `Xid` |
/// | `belongs_to(user: User, ..)` | the column refers to a row, which is this relationship |
/// | `references(User)`, `references(User::email)` | the column refers to a row, without a relationship; takes `on_delete` and `on_update`. A path that ends in lower case names a column |
///
/// # In every relationship
///
/// | word | meaning |
/// | --- | --- |
/// | `lazy = selectin` | how it is loaded unless a query says otherwise: `select`, when it is awaited (the default); `selectin`, `joined` or `subquery`, with the entities; `raise`, not at all; `raise_on_sql`, only from memory |
///
/// # In `belongs_to`
///
/// | word | meaning |
/// | --- | --- |
/// | `back_populates = posts` | the relationship of the other model that leads back; each names the other, and a change of one shows in both |
/// | `references = email` | the unique column that is referred to; without it the primary key. Several for a key of several columns: `references = (a, b)` |
/// | `on_delete = cascade` | what happens when the row that is referred to goes: `cascade`, `set_null`, `set_default`, `restrict` or `no_action` |
/// | `on_update = cascade` | what happens when its key changes |
/// | `cascade = delete`, `cascade = delete_orphan` | what this row refers to belongs to it alone and is deleted along, see below |
///
/// The relationship may be absent if one of the key's fields is an `Option`.
///
/// # What is deleted along
///
/// The key's `on_delete` says what the database does to the rows that refer to a deleted one, the relationship's `cascade`
/// what the session does about them. Without both, a key that takes NULL becomes NULL, and over any other the database
/// refuses.
///
/// | word | meaning |
/// | --- | --- |
/// | `cascade = delete` | what the relationship leads to is deleted with this one. What is not loaded is loaded by the flush and deleted, one statement for a relationship and level. Beside `on_delete = cascade` on the key it is left to the database, and nothing is loaded, unless what hangs on it in turn is for the session to delete |
/// | `cascade = delete_orphan` | also what this one lets go, if no other takes it up before the flush: what is removed from its list, displaced from a one-to-one, or loses its key. What was only added and not flushed leaves the session at once |
///
/// `cascade` on a key with `on_delete = restrict`, `set_null` or `set_default` does not compile. In a `belongs_to` it runs the
/// other way: the row that is referred to goes with the one that refers to it, so nothing else may refer to it. To delete
/// posts with their author, say it in the author's `has_many`, or as `on_delete = cascade` in the post's `belongs_to`.
///
/// ```
/// use orm_core::Model;
///
/// #[derive(Model, Clone)]
/// #[orm(has_many(lines: Line, back_populates = order, cascade = delete_orphan))]
/// struct Order {
///     #[orm(primary_key)]
///     id: i64,
///     #[orm(belongs_to(address: Address, cascade = delete_orphan))]
///     address_id: Option<i64>,
/// }
///
/// #[derive(Model, Clone)]
/// struct Line {
///     #[orm(primary_key)]
///     id: i64,
///     #[orm(index, belongs_to(order: Order, back_populates = lines, on_delete = cascade))]
///     order_id: i64,
/// }
///
/// #[derive(Model, Clone)]
/// struct Address {
///     #[orm(primary_key)]
///     id: i64,
/// }
/// ```
///
/// # In `many_to_many`
///
/// Over a bare table, which one of the two sides names: it has a column for each side, which together are its primary key,
/// and `create_all` creates it. The other side, if it is to know, writes
/// `many_to_many(posts: Post, back_populates = tags)`.
///
/// | word | meaning |
/// | --- | --- |
/// | `secondary = "post_tags"` | the table's name |
/// | `schema = "shop"` | the schema that it is in |
/// | `columns = ("post_id", "tag_id")` | its columns: the one that refers to this side, and the other; without it the models' names in snake case with their keys' columns. A model that is linked with itself must say it |
/// | `on_delete = cascade` | the database deletes the links of a row that goes; `restrict`: it refuses. Without it the session deletes them |
/// | `back_populates = posts` | the `many_to_many` of the other model |
///
/// Or through a model, which has a `belongs_to` to each side and any other columns; the links are then entities too. Both
/// sides say it, and have a `has_many` to the links:
///
/// ```
/// use orm_core::Model;
///
/// #[derive(Model, Clone)]
/// #[orm(has_many(enrolments: Enrolment, back_populates = student))]
/// #[orm(many_to_many(courses: Course, through = Enrolment, back_populates = students))]
/// struct Student {
///     #[orm(primary_key)]
///     id: i64,
/// }
///
/// #[derive(Model, Clone)]
/// #[orm(has_many(enrolments: Enrolment, back_populates = course))]
/// #[orm(many_to_many(students: Student, through = Enrolment, back_populates = courses))]
/// struct Course {
///     #[orm(primary_key)]
///     id: i64,
/// }
///
/// #[derive(Model, Clone)]
/// struct Enrolment {
///     #[orm(primary_key, belongs_to(student: Student, back_populates = enrolments, on_delete = cascade))]
///     student_id: i64,
///     #[orm(primary_key, index, belongs_to(course: Course, back_populates = enrolments, on_delete = cascade))]
///     course_id: i64,
///     mark: Option<i32>,
/// }
/// ```
///
/// | word | meaning |
/// | --- | --- |
/// | `through = Enrolment` | the model of the links |
/// | `source = follower` | its relationship that leads back, if several do |
/// | `target = followee` | its relationship that leads to the other side, if several do |
///
/// # What is only marked as deleted
///
/// With `soft_delete` on a column, `session.delete` makes an UPDATE that sets it, with what else was
/// edited of the row. To the session it is a delete: the entity leaves it, collections lose it, hooks before and after a
/// delete are called, versions are checked and counted. From then on no query shows the row, whatever leads
/// to it, unless it asks (`with_deleted`). To the database it is an update: the row keeps its unique values, what refers
/// to it goes on to, and no `on_delete` is carried out.
///
/// * `cascade = delete` marks what stays too, and leaves alone what would go for good: a row that can come back finds it.
/// * With a row that goes for good what hangs on it by a cascade goes for good, since it would refer to nothing. What a
///   `belongs_to` leads to is marked, if it can be.
/// * `session.add` of the deleted entity, or `None` in the column of one that a query `with_deleted`
///   brought, brings the row back; what was marked along stays marked.
/// * `session.delete_hard` deletes for good, and what goes along too.
///
/// ```
/// use orm_core::Model;
///
/// #[derive(Model, Clone)]
/// #[orm(has_many(chapters: Chapter, back_populates = book, cascade = delete))]
/// struct Book {
///     #[orm(primary_key)]
///     id: i64,
///     #[orm(created_at)]
///     made_at: String,
///     #[orm(updated_at)]
///     changed_at: String,
///     #[orm(soft_delete)]
///     deleted_at: Option<String>,
/// }
///
/// #[derive(Model, Clone)]
/// struct Chapter {
///     #[orm(primary_key)]
///     id: i64,
///     #[orm(index, belongs_to(book: Book, back_populates = chapters))]
///     book_id: i64,
///     #[orm(soft_delete)]
///     deleted_at: Option<String>,
/// }
///
/// let book = Book::builder(); // nothing is required
/// # let _ = book;
/// ```
///
/// # Several relationships, keys of several columns, a model that refers to itself
///
/// ```
/// use orm_core::Model;
///
/// #[derive(Model, Clone)]
/// #[orm(unique(tenant_id, email))]
/// #[orm(has_many(written: Note, back_populates = author), has_many(reviewed: Note, back_populates = reviewer))]
/// #[orm(has_many(reports: Person, back_populates = manager))]
/// #[orm(belongs_to(manager: Person, key = (tenant_id, manager_id), back_populates = reports))]
/// struct Person {
///     #[orm(primary_key)]
///     tenant_id: i32,
///     #[orm(primary_key)]
///     id: i64,
///     email: String,
///     manager_id: Option<i64>,
/// }
///
/// #[derive(Model, Clone)]
/// #[orm(belongs_to(author: Person, key = (tenant_id, author_id), back_populates = written))]
/// #[orm(belongs_to(
///     reviewer: Person,
///     key = (tenant_id, reviewer_email),
///     references = (tenant_id, email),
///     back_populates = reviewed,
///     on_update = cascade,
/// ))]
/// struct Note {
///     #[orm(primary_key)]
///     id: i64,
///     tenant_id: i32,
///     author_id: i64,
///     reviewer_email: Option<String>,
///     #[orm(default = now(), type = "timestamptz", column = "written at")]
///     written_at: String,
/// }
///
/// let note = Note::builder().tenant_id(1).author_id(2);
/// # let _ = note;
/// ```
///
/// Mistakes are found when the application is compiled, each at its word: a `back_populates` that names nothing, leads
/// elsewhere or is not named back; a `has_one` over a key that is not unique; a `many_to_many` without its links; a key
/// whose type differs from what it references; a misspelled word.
#[proc_macro_derive(Model, attributes(orm))]
pub fn derive_model(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    match syn::parse(input) {
        Ok(input) => model(&input).into(),
        Err(error) => error.into_compile_error().into(),
    }
}

/// The expansion of `derive(Model)`: every error, and everything that can be said in spite of them.
fn model(input: &DeriveInput) -> TokenStream {
    let context = context::Context::default();
    let model = ast::Model::read(&context, input).inspect(|model| valid::check(&context, model));
    let expansion = model.and_then(fallback::complete).map(|model| expand::model(&model));
    let errors = context.into_errors();
    quote::quote!(#errors #expansion)
}

/// Makes an enum without data a column's type.
///
/// The enum is stored as text, or as a PostgreSQL enum with `#[orm(type = "mood")]`, which `create_all` then creates.
/// A variant's label is its name in snake case, or as `#[orm(rename_all = "kebab-case")]` on the enum or
/// `#[orm(rename = "..")]` on the variant says. The enum needs `Clone`, `PartialEq` and `Debug`; as a key also `Eq` and
/// `Hash`.
///
/// ```
/// use orm_core::types::{ColumnEnum as _, DataType as _};
///
/// #[derive(Debug, Clone, PartialEq, orm_derive::ColumnEnum)]
/// #[orm(type = "mood")]
/// enum Mood {
///     Happy,
///     #[orm(rename = "so-so")]
///     SoSo,
/// }
///
/// assert_eq!(Mood::SoSo.label(), "so-so");
/// assert_eq!(Mood::from_label("happy"), Some(Mood::Happy));
/// assert_eq!(Mood::SQL_TYPE.name, "mood");
/// ```
#[proc_macro_derive(ColumnEnum, attributes(orm))]
pub fn derive_column_enum(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    column_enum::expand(&syn::parse_macro_input!(input as DeriveInput)).into()
}

/// Makes a struct around one value a column's type: to the database it is what the inner type is.
///
/// The struct needs `Clone`, `PartialEq` and `Debug`; as a key also `Eq` and `Hash`.
///
/// ```
/// use orm_core::types::DataType as _;
///
/// #[derive(Debug, Clone, PartialEq, Eq, Hash, orm_derive::ColumnNewtype)]
/// struct UserId(i64);
///
/// assert_eq!(UserId::SQL_TYPE.name, "bigint");
/// ```
#[proc_macro_derive(ColumnNewtype, attributes(orm))]
pub fn derive_column_newtype(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    column_newtype::expand(&syn::parse_macro_input!(input as DeriveInput)).into()
}

#[doc = include_str!("from_row.md")]
#[proc_macro_derive(FromRow, attributes(orm))]
pub fn derive_from_row(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    from_row::expand(&syn::parse_macro_input!(input as DeriveInput)).into()
}

#[doc = include_str!("sql_text.md")]
#[proc_macro]
pub fn sql(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    sql_text::expand(&syn::parse_macro_input!(input as sql_text::Input)).into()
}
