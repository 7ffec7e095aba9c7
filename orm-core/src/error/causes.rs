//! Floor 0: a constructor for each cause.

use std::error::Error as StdError;

use postgres_types::WasNull;

use super::Error;
use super::kind::Kind;

/// Constructors, one per cause.
impl Error {
    pub(crate) fn configuration(message: impl Into<String>) -> Self {
        Self::new(Kind::Configuration, message)
    }

    pub(crate) fn detached(model: &'static str) -> Self {
        let message =
            format!("this `{model}` is detached: its session has let it go, so nothing can be loaded for it");
        Self::new(Kind::Detached, message).with_model(model)
    }

    pub(crate) fn endless_hooks() -> Self {
        Self::new(Kind::Refused, "hooks kept making new work for a flush: they must come to an end")
    }

    pub(crate) fn refused(
        model: Option<&'static str>,
        event: &str,
        source: Box<dyn StdError + Send + Sync>,
    ) -> Self {
        let of = model.map(|model| format!(" of a `{model}`")).unwrap_or_default();
        let mut error = Self::new(Kind::Refused, format!("refused{of} by a hook, {event}: {source}"));
        error.0.names.model = model;
        error.with_source(source)
    }

    pub(crate) fn closed() -> Self {
        Self::new(Kind::Detached, "the session is closed")
    }

    pub(crate) fn foreign_entity(model: &'static str, with: &'static str) -> Self {
        let message = format!(
            "a `{model}` of another session, or from before `clear`, was used with a `{with}` of this one"
        );
        Self::new(Kind::ForeignEntity, message).with_model(model)
    }

    pub(crate) fn foreign_to_session(model: &'static str, call: &str) -> Self {
        let message = format!("{call}: this `{model}` is of another session, or from before `clear`");
        Self::new(Kind::ForeignEntity, message).with_model(model)
    }

    pub(crate) fn not_loaded(model: &'static str, relationship: &'static str) -> Self {
        let message = format!("`{model}::{relationship}` is not loaded: await it, or load it with an option");
        Self::new(Kind::NotLoaded, message).with_model(model).with_relationship(relationship)
    }

    pub(crate) fn column_not_loaded(model: &'static str, column: &'static str) -> Self {
        let message = format!(
            "`{model}::{column}` is not loaded: await it, as in `entity.{column}().await`, or load it with `undefer`"
        );
        Self::new(Kind::NotLoaded, message).with_model(model).with_column(column)
    }

    /// A column of a value that no session has seen.
    pub(crate) fn nowhere_loaded() -> Self {
        Self::new(Kind::NotLoaded, "this deferred column was given no value")
    }

    pub(crate) fn column_raise_load(model: &'static str, column: &'static str) -> Self {
        let message = format!(
            "`{model}::{column}` is not loaded, and its query or its model says `raise`: load it with `undefer`"
        );
        Self::new(Kind::RaiseLoad, message).with_model(model).with_column(column)
    }

    pub(crate) fn column_not_loadable(model: &'static str, column: &'static str) -> Self {
        let message =
            format!("`{model}::{column}` was not loaded, and this `{model}` is not a row of the database");
        Self::new(Kind::NotPersistent, message).with_model(model).with_column(column)
    }

    pub(crate) fn column_gone(model: &'static str, column: &'static str, key: &str) -> Self {
        let message =
            format!("`{model}::{column}` cannot be loaded: the row of `{model}` {key} is not there any more");
        Self::new(Kind::NoResult, message).with_model(model).with_column(column)
    }

    /// A row that was deleted is to be inserted again.
    pub(crate) fn unknown_column(model: &'static str, column: &'static str, key: &str) -> Self {
        let message = format!(
            "`{model}` {key} cannot be inserted again: `{column}` was not loaded when it was deleted, so set it first"
        );
        Self::new(Kind::NotLoaded, message).with_model(model).with_column(column)
    }

    pub(crate) fn raise_load(model: &'static str, relationship: &'static str) -> Self {
        let message = format!(
            "`{model}::{relationship}` is not loaded, and its query or its model says `raise`: load it with an option"
        );
        Self::new(Kind::RaiseLoad, message).with_model(model).with_relationship(relationship)
    }

    pub(crate) fn not_joined(model: &'static str, relationship: &'static str) -> Self {
        let message = format!(
            "contains_eager: the select does not join `{model}::{relationship}`: write `.join({model}::{relationship})`"
        );
        Self::new(Kind::NotJoined, message).with_model(model).with_relationship(relationship)
    }

    pub(crate) fn link_is_more(
        model: &'static str,
        relationship: &'static str,
        link: &'static str,
        column: &'static str,
    ) -> Self {
        let message = format!(
            "`{model}::{relationship}` links by a `{link}`, whose `{column}` must be given: add a `{link}` to the session"
        );
        Self::new(Kind::Unlinkable, message).with_model(link).with_relationship(relationship)
    }

    pub(crate) fn keys_differ(model: &'static str, relationship: &'static str, link: &'static str) -> Self {
        let message = format!(
            "`{model}::{relationship}`: the two keys of a `{link}` share a column, in which these two differ"
        );
        Self::new(Kind::Unlinkable, message).with_model(link).with_relationship(relationship)
    }

    pub(crate) fn link_not_loaded(
        model: &'static str,
        relationship: &'static str,
        link: &'static str,
    ) -> Self {
        let message = format!(
            "`{model}::{relationship}` is not loaded, and a `{link}` cannot be deleted by what it links: load it first"
        );
        Self::new(Kind::NotLoaded, message).with_model(model).with_relationship(relationship)
    }

    pub(crate) fn no_parent(model: &'static str, relationship: &'static str) -> Self {
        let message = format!("this `{model}` has no `{relationship}`, although its key is not nullable");
        Self::new(Kind::Orphan, message).with_model(model).with_relationship(relationship)
    }

    pub(crate) fn hidden(model: &'static str, relationship: &'static str) -> Self {
        let message = format!(
            "the `{relationship}` of this `{model}` is not to be seen: it is marked as deleted, or left out by criteria"
        );
        Self::new(Kind::Hidden, message).with_model(model).with_relationship(relationship)
    }

    pub(crate) fn orphan(model: &'static str, relationship: &'static str, key: &str) -> Self {
        let message = format!(
            "`{model}` {key} lost its `{relationship}`, and the key is not nullable: \
             give it another one, or delete it"
        );
        Self::new(Kind::Orphan, message).with_model(model).with_relationship(relationship)
    }

    pub(crate) fn not_persistent(model: &'static str, call: &str) -> Self {
        let message = format!("{call}: this `{model}` is not a row of the database");
        Self::new(Kind::NotPersistent, message).with_model(model)
    }

    pub(crate) fn already_present(model: &'static str, key: &str) -> Self {
        let message = format!(
            "add: another object stands for `{model}` {key} in this session: use that one, or `merge` this one into it"
        );
        Self::new(Kind::AlreadyPresent, message).with_model(model)
    }

    pub(crate) fn incomplete(model: &'static str, columns: &[&str]) -> Self {
        let columns: Vec<_> = columns.iter().map(|column| format!("`{column}`")).collect();
        let message =
            format!("merge: there is no such `{model}`, and a new one lacks {}", columns.join(" and "));
        Self::new(Kind::Incomplete, message).with_model(model)
    }

    pub(crate) fn not_loadable(model: &'static str, relationship: &'static str) -> Self {
        let message = format!(
            "`{model}::{relationship}` was not loaded, and this `{model}` is not a row of the database any more"
        );
        Self::new(Kind::NotPersistent, message).with_model(model).with_relationship(relationship)
    }

    pub(crate) fn row_gone(model: &'static str, key: &str, or_locked: bool) -> Self {
        let or_locked = if or_locked { ", or locked by another transaction" } else { "" };
        let message = format!("refresh: the row of `{model}` {key} is not there any more{or_locked}");
        Self::new(Kind::NoResult, message).with_model(model)
    }

    pub(crate) fn no_result(what: &str) -> Self {
        Self::new(Kind::NoResult, format!("no row was found when one was required: {what}"))
    }

    pub(crate) fn multiple_results(what: &str) -> Self {
        Self::new(
            Kind::MultipleResults,
            format!("several rows were found when at most one was expected: {what}"),
        )
    }

    pub(crate) fn rollback_needed(cause: &str) -> Self {
        let message =
            format!("the session's transaction has failed, roll it back first; the cause was: {cause}");
        Self::new(Kind::RollbackNeeded, message)
    }

    pub(crate) fn interrupted() -> Self {
        let message = "a flush or commit of this session, or what begins or ends a savepoint, was dropped before it was \
                       done: roll the session back first; \
                       a dropped commit may have been carried out";
        Self::new(Kind::Interrupted, message)
    }

    pub(crate) fn already_begun() -> Self {
        let message = "begin: a transaction is going on already: commit it or roll it back first";
        Self::new(Kind::AlreadyBegun, message)
    }

    pub(crate) fn savepoint_ended() -> Self {
        let message = "the savepoint has ended, with its transaction or with a savepoint around it";
        Self::new(Kind::SavepointEnded, message)
    }

    pub(crate) fn inside_transaction(call: &str) -> Self {
        let message = format!(
            "{call}: the session is inside `transaction`, which commits when its closure returns `Ok` and rolls \
             back when it returns `Err`"
        );
        Self::new(Kind::InsideTransaction, message)
    }

    /// Rows that are not there, and rows that are there with another version, by their keys.
    pub(crate) fn stale(model: &'static str, gone: &str, changed: &str) -> Self {
        let gone = (!gone.is_empty()).then(|| {
            format!("`{model}` {gone} is not in the database any more: it was deleted, or its key changed")
        });
        let changed = (!changed.is_empty())
            .then(|| format!("`{model}` {changed} was changed by someone else since it was read"));
        let parts: Vec<_> = gone.into_iter().chain(changed).collect();
        Self::new(Kind::Stale, format!("stale data: {}", parts.join("; "))).with_model(model)
    }

    pub(crate) fn read_only(model: &'static str, column: &'static str) -> Self {
        let message = format!("`{model}::{column}` is made by the database and cannot be changed");
        Self::new(Kind::ReadOnly, message).with_model(model).with_column(column)
    }

    pub(crate) fn unwritable(model: &'static str, column: &'static str, why: &str) -> Self {
        let message = format!("`{model}::{column}` cannot be set so: {why}");
        Self::new(Kind::Expression, message).with_model(model).with_column(column)
    }

    pub(crate) fn lost_rows(model: &'static str) -> Self {
        let message = format!(
            "the server did not answer for every new `{model}`: a trigger or rule changed its key or left rows out, \
             or its sequence does not count up"
        );
        Self::new(Kind::Stale, message).with_model(model)
    }

    pub(crate) fn unsolvable(circle: &str) -> Self {
        let message = format!("new rows need each other's keys in a circle and none is nullable: {circle}");
        Self::new(Kind::Unsolvable, message)
    }

    pub(crate) fn trade(model: &'static str, columns: &str, keys: &str, is_key: bool) -> Self {
        let what_to_do = match is_key {
            true => "flush with another key for one of them first",
            false => "write `unique = deferrable` there, or flush with another value for one of them first",
        };
        let message = format!(
            "`{model}` {keys} trade values of `{columns}` in a circle, and the database checks row by row that it is \
             unique: {what_to_do}"
        );
        Self::new(Kind::Unsolvable, message).with_model(model)
    }

    pub(crate) fn decode(
        model: &'static str,
        column: &'static str,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        let source = source.into();
        let message = match source.is::<WasNull>() {
            true => format!(
                "`{model}::{column}` is NULL in the database, which the field cannot hold: make it an `Option`"
            ),
            false => format!("`{model}::{column}` cannot be read: {source}"),
        };
        Self::new(Kind::Decode, message).with_model(model).with_column(column).with_source(source)
    }

    pub(crate) fn encode(parameter: usize, source: Box<dyn StdError + Send + Sync>) -> Self {
        Self::new(Kind::Decode, format!("parameter ${parameter} cannot be sent: {source}"))
            .with_source(source)
    }

    pub(crate) fn parameter_count(wanted: usize, given: usize) -> Self {
        Self::new(Kind::Decode, format!("the statement has {wanted} parameters, and {given} are given"))
    }

    pub(crate) fn stream_of_joins() -> Self {
        let message = "contains_eager: the rows of a stream come in parts, so that nothing can be taken from their joins: \
                       load it with `selectinload`";
        Self::new(Kind::NotJoined, message)
    }

    pub(crate) fn row_of_joins() -> Self {
        let message = "contains_eager: where a row holds several things, nothing can be taken from the select's own joins: \
                       yield the joined entity beside, or load it with `joinedload`";
        Self::new(Kind::NotJoined, message)
    }

    pub(crate) fn no_such_column(column: &str, known: &[&str]) -> Self {
        let known: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
        let message = format!("the rows have no column `{column}`: they have {}", known.join(", "));
        Self::new(Kind::Decode, message).with_column_called(column)
    }

    /// A cell that is read as a value by itself: its place and name.
    pub(crate) fn cell(
        (place, name): (usize, &str),
        rust: &str,
        source: Box<dyn StdError + Send + Sync>,
    ) -> Self {
        let column = format!("column {} (`{name}`)", place + 1);
        let message = match source.is::<WasNull>() {
            true => format!("{column} is NULL, which `{rust}` cannot hold: read an `Option<{rust}>`"),
            false => format!("{column} cannot be read as `{rust}`: {source}"),
        };
        Self::new(Kind::Decode, message).with_column_called(name).with_source(source)
    }

    pub(crate) fn cell_type((place, name): (usize, &str), found: &str, rust: &str, expected: &str) -> Self {
        let message = format!(
            "column {} (`{name}`) is `{found}`, and `{rust}` reads `{expected}`: cast it in the statement, or read another type",
            place + 1
        );
        Self::new(Kind::Decode, message).with_column_called(name)
    }

    pub(crate) fn row_width(names: &[String], read: usize) -> Self {
        let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
        let message =
            format!("the rows have {} columns ({}), and {read} are read", names.len(), names.join(", "));
        Self::new(Kind::Decode, message)
    }

    pub(crate) fn missing_column(
        model: &'static str,
        field: &'static str,
        column: &'static str,
        what: &str,
    ) -> Self {
        let message = format!("`{model}::{field}`: the rows have no column `{column}`, which {what} needs");
        Self::new(Kind::Decode, message).with_model(model).with_column(field)
    }

    pub(crate) fn ambiguous_column(model: &'static str, column: &str) -> Self {
        let message =
            format!("`{model}`: the rows have two columns `{column}`: give one of them another name");
        Self::new(Kind::Decode, message).with_model(model).with_column_called(column)
    }

    pub(crate) fn no_entity(model: &'static str) -> Self {
        let message = format!("a row has no `{model}`, its key is NULL: read an `Option<Entity<{model}>>`");
        Self::new(Kind::Decode, message).with_model(model)
    }

    pub(crate) fn column_type(
        model: &'static str,
        column: &'static str,
        expected: &str,
        found: &str,
    ) -> Self {
        let message =
            format!("`{model}::{column}` is declared as `{expected}` and the database has `{found}` there");
        Self::new(Kind::Decode, message).with_model(model).with_column(column)
    }
}
