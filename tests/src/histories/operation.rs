//! What a history is made of.

use proptest::prelude::*;

/// One step: what is done, and numbers that say to which rows. A step that fits nothing does nothing.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) what: What,
    pub(super) picks: [u8; 3],
}

macro_rules! operations {
    ($($name:ident $weight:literal $does:literal;)+) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum What {
            $(#[doc = $does] $name),+
        }

        fn what() -> impl Strategy<Value = What> {
            prop_oneof![$($weight => Just(What::$name)),+]
        }
    };
}

operations! {
    Add 16 "A new row, its parents given by object.";
    AddByKey 6 "A new row, its parents given by key.";
    AddFamily 3 "A user with posts and a badge in one builder.";
    AddAgain 3 "A row whose insert was rolled back, or that was taken out.";
    Switch 3 "A row is to go, and another comes with its key.";
    Rename 8 "A column.";
    Raise 3 "A column, by an expression.";
    Rekey 5 "A key.";
    MergeName 3 "A column, by a builder that is merged.";
    MergeValue 3 "All columns, by a value that is merged.";
    MergeNew 1 "A new row that is merged.";
    Expire 3 "What is known of a row is given up.";
    ExpireAll 1 "What is known of all rows is given up.";
    Expunge 3 "An entity leaves the session.";
    Return 2 "An entity that has left comes back.";
    Overtake 2 "Another session changes a row first, which a version shows.";
    SetParent 10 "A link from the child's side.";
    SetKey 6 "A link by the key's column.";
    AddChild 8 "A link from the parent's side.";
    ClearParent 4 "No link, from the child's side.";
    ClearKey 2 "No link, by the key's column.";
    RemoveChild 4 "No link, from the parent's side.";
    Tie 8 "Two rows are linked.";
    Untie 5 "Two rows are parted.";
    Delete 8 "A row is to go.";
    DeleteFamily 3 "A row and all that refer to it are to go.";
    Keep 2 "A row that was to go stays.";
    LoadParent 5 "A to-one is awaited.";
    LoadChildren 6 "A to-many is awaited.";
    SelectUp 3 "All children with their parents.";
    SelectDown 3 "All parents with their children.";
    LoadTied 4 "A many-to-many is awaited.";
    SelectTied 3 "All rows with who they are linked to.";
    SelectPart 2 "All parents with some of their children.";
    SelectNamed 4 "Rows with a name.";
    SelectStored 3 "All rows, without flushing.";
    Query 2 "A select that starts from a relationship.";
    Overwrite 1 "All rows, with what the database holds of them.";
    Get 4 "A row by its key.";
    Refresh 3 "A row's columns.";
    RefreshParent 2 "A row's to-one.";
    RefreshChildren 2 "A row's to-many.";
    RenameWhere 3 "A column, by a statement over rows.";
    LeadWhere 3 "A key, by a statement over rows.";
    DeleteWhere 3 "A row goes by a statement.";
    LeadUnseen 3 "The same in a new graph, which knows a parent's children and one that is to come.";
    DeleteUnseen 3 "The same in a new graph, which knows what goes along.";
    InsertPast 3 "A row comes that the session does not meet.";
    Flush 8 "Written, not committed.";
    Commit 6 "Written and committed.";
    Rollback 4 "As at the last commit.";
    Nest 6 "A savepoint.";
    Release 3 "A savepoint is kept, with those within it.";
    RollbackTo 4 "As when a savepoint began.";
    Abandon 2 "The same, since it is dropped.";
    Clear 3 "A new graph.";
    Fail 1 "A flush that the database refuses, and a rollback.";
}

fn step() -> impl Strategy<Value = Step> {
    (what(), any::<[u8; 3]>()).prop_map(|(what, picks)| Step { what, picks })
}

/// A history.
pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(), 1..50)
}
