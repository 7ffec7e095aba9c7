//! Floor 2: functions on `jsonb`, behind the feature `serde_json`.

use serde_json::Value;

use crate::query::argument::{Like, argument, arguments};
use crate::query::sources::Hidden;
use crate::query::{
    Aggregate, ArgumentType, Arguments, ColumnElement, Expr, Expression, FunctionArgument, JsonType,
};
use crate::types::{ColumnType, SqlType};

/// `name -> ..`: functions of one document.
macro_rules! unary {
    ($($(#[$doc:meta])* $name:ident -> $output:ty;)+) => {
        $(
            $(#[$doc])*
            #[doc = concat!("\n```\n# use orm_core::func; use serde_json::json;\nlet found = func::", stringify!($name), "(json!([1, 2]));\nassert_eq!(format!(\"{found:?}\"), \"Expr(", stringify!($name), "($1::jsonb))\");\n```")]
            pub fn $name<A: FunctionArgument>(document: A) -> Expr<$output, A::Sources>
            where
                ArgumentType<A>: JsonType,
            {
                Expr::call(stringify!($name), vec![argument(document)])
            }
        )+
    };
}

unary! {
    /// How many elements it has; an error of the server's if it is no array.
    jsonb_array_length -> Like<A, i32>;
    /// `object`, `array`, `string`, `number`, `boolean` or `null`.
    jsonb_typeof -> Like<A, String>;
    /// Without members that are `null`.
    jsonb_strip_nulls -> Like<A, Value>;
    /// As text with line breaks.
    jsonb_pretty -> Like<A, String>;
    /// A row for each element, in place of the one row: among the columns of a select, or as a source by [`Expr::table`].
    jsonb_array_elements -> Option<Value>;
    /// The same as texts.
    jsonb_array_elements_text -> Option<String>;
    /// A row for the name of each member.
    jsonb_object_keys -> Option<String>;
}

/// `to_jsonb(value)`: any value as JSON.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{func, prelude::*};
/// assert_eq!(format!("{:?}", func::to_jsonb(User::name)), "Expr(to_jsonb(users.name))");
/// ```
pub fn to_jsonb<A: FunctionArgument>(value: A) -> Expr<Like<A, Value>, A::Sources> {
    Expr::call("to_jsonb", vec![argument(value)])
}

/// `jsonb_build_object(name, value, ..)`: an object of names and values in turn.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{func, prelude::*};
/// let object = func::jsonb_build_object(("id", User::id, "name", User::name));
/// assert_eq!(format!("{object:?}"), "Expr(jsonb_build_object($1::text, users.id, $2::text, users.name))");
/// ```
pub fn jsonb_build_object<A: Arguments>(members: A) -> Expr<Value, Hidden<A::Sources>> {
    Expr::call("jsonb_build_object", arguments(members))
}

/// `jsonb_build_array(a, b, ..)`: an array of these.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{func, prelude::*};
/// let array = func::jsonb_build_array((User::id, User::name, "x"));
/// assert_eq!(format!("{array:?}"), "Expr(jsonb_build_array(users.id, users.name, $1::text))");
/// ```
pub fn jsonb_build_array<A: Arguments>(elements: A) -> Expr<Value, Hidden<A::Sources>> {
    Expr::call("jsonb_build_array", arguments(elements))
}

fn keys<'a>(path: impl IntoIterator<Item = &'a str>) -> Expression {
    argument(path.into_iter().map(str::to_owned).collect::<Vec<_>>())
}

macro_rules! with_path {
    ($($(#[$doc:meta])* $name:ident $flag:ident;)+) => {
        $(
            $(#[$doc])*
            #[doc = concat!("\n```\n# use orm_core::func; use serde_json::json;\nlet changed = func::", stringify!($name), "(json!({\"a\": [1]}), [\"a\", \"0\"], json!(2), true);\nassert!(format!(\"{changed:?}\").starts_with(\"Expr(", stringify!($name), "($1::jsonb, $2::text[], $3::jsonb, $4::boolean\"));\n```")]
            pub fn $name<'a, A: FunctionArgument, V: FunctionArgument>(
                document: A,
                path: impl IntoIterator<Item = &'a str>,
                value: V,
                $flag: bool,
            ) -> Expr<Like<A, Value>, crate::query::Both<A::Sources, V::Sources>>
            where
                ArgumentType<A>: JsonType,
                ArgumentType<V>: JsonType,
            {
                let all = vec![argument(document), keys(path), argument(value), argument($flag)];
                Expr::call(stringify!($name), all)
            }
        )+
    };
}

with_path! {
    /// With this value where the path leads; what is not there is made if that is wanted, in its last step only. A NULL as the
    /// value makes all of it NULL.
    jsonb_set create;
    /// With this value before the element that the path leads to, or behind it; a member only where there is none of the name.
    jsonb_insert behind;
}

macro_rules! with_jsonpath {
    ($($(#[$doc:meta])* $name:ident -> $output:ty;)+) => {
        $(
            $(#[$doc])*
            #[doc = concat!("\n```\n# use orm_core::func; use serde_json::json;\nlet found = func::", stringify!($name), "(json!({\"a\": [1, 5]}), \"$.a[*] ? (@ > $min)\", json!({\"min\": 2}));\nassert!(format!(\"{found:?}\").ends_with(\"($1::jsonb, $2::text::jsonpath, $3::jsonb))\"));\n```")]
            pub fn $name<A: FunctionArgument>(
                document: A,
                path: &str,
                variables: Value,
            ) -> Expr<$output, A::Sources>
            where
                ArgumentType<A>: JsonType,
            {
                let path = Expression::Cast(Box::new(argument(path)), SqlType::new("jsonpath"));
                Expr::call(stringify!($name), vec![argument(document), path, argument(variables)])
            }
        )+
    };
}

with_jsonpath! {
    /// Whether the path of SQL/JSON finds something.
    jsonb_path_exists -> Like<A, bool>;
    /// What the path's predicate says.
    jsonb_path_match -> Option<bool>;
    /// All that the path finds, as an array.
    jsonb_path_query_array -> Like<A, Value>;
    /// The first that the path finds; NULL if it finds nothing.
    jsonb_path_query_first -> Option<Value>;
    /// A row for each that the path finds; among the columns of a select.
    jsonb_path_query -> Option<Value>;
}

/// `jsonb_each(document)`: a row for each member of an object, with its name and its value; a source by [`Expr::table`].
///
/// ```
/// # use orm_core::{func, prelude::*}; use serde_json::{Value, json};
/// #[derive(FromRow)]
/// struct Member {
///     name: String,
///     value: Value,
/// }
/// let members = func::jsonb_each(json!({"a": 1})).table::<Member>().select().filter(Member::name.eq("a"));
/// assert!(members.to_string().contains("FROM jsonb_each($1::jsonb) AS member (name, value)"));
/// ```
pub fn jsonb_each<A: FunctionArgument<Type: ColumnType<NotNull: JsonType>>>(
    document: A,
) -> Expr<(String, Value), A::Sources> {
    Expr::call("jsonb_each", vec![argument(document)])
}

/// `jsonb_each_text(document)`: as [`jsonb_each`], the values being texts; that of `null` is NULL.
///
/// ```
/// # use orm_core::{func, prelude::*}; use serde_json::json;
/// #[derive(FromRow)]
/// struct Member {
///     name: String,
///     value: Option<String>,
/// }
/// let members = func::jsonb_each_text(json!({"a": 1})).table::<Member>();
/// # let _ = members;
/// ```
pub fn jsonb_each_text<A: FunctionArgument<Type: ColumnType<NotNull: JsonType>>>(
    document: A,
) -> Expr<(String, Option<String>), A::Sources> {
    Expr::call("jsonb_each_text", vec![argument(document)])
}

/// `jsonb_agg(element)`: all values as an array, NULL among them; NULL without any.
///
/// ```
/// # use orm_examples::blog::Post; use orm_core::{func, prelude::*};
/// let titles = func::jsonb_agg(Post::title).order_by(Post::id);
/// let query = select::<Post>().group_by(Post::user_id).columns((Post::user_id, titles));
/// assert!(query.to_string().contains("jsonb_agg(posts.title ORDER BY posts.id)"));
/// ```
pub fn jsonb_agg<E: ColumnElement>(element: E) -> Aggregate<Option<Value>, E::Sources> {
    Aggregate::new("jsonb_agg", vec![element.into_expr().expression])
}

/// `jsonb_object_agg(name, value)`: names and values as an object; NULL without any. A name that is NULL is an error.
///
/// ```
/// # use orm_examples::blog::Post; use orm_core::{func, prelude::*};
/// let titles = select::<Post>().columns(func::jsonb_object_agg(Post::id, Post::title));
/// assert!(titles.to_string().starts_with("SELECT jsonb_object_agg(posts.id, posts.title)"));
/// ```
pub fn jsonb_object_agg<N: ColumnElement, V: ColumnElement>(
    name: N,
    value: V,
) -> Aggregate<Option<Value>, crate::query::Both<N::Sources, V::Sources>> {
    Aggregate::new("jsonb_object_agg", vec![name.into_expr().expression, value.into_expr().expression])
}
