//! Floor 2: choosing among values: `CASE`, `nullif`, `greatest`, `least`; values and casts.

use std::marker::PhantomData;

use crate::query::argument::{argument, arguments, operand, own_arguments};
use crate::query::sources::Hidden;
use crate::query::{
    ArgumentType, Arguments, Both, Condition, Expr, Expression, FunctionArgument, Operand, Sources,
};
use crate::types::{ColumnType, Nullness, OrNull};

/// A value as an expression, with its data type in the text.
///
/// ```
/// # use orm_core::{func, prelude::*};
/// let sum = func::value(2_i32) + 3;
/// assert_eq!(format!("{sum:?}"), "Expr($1::integer + $2)");
/// ```
pub fn value<A: FunctionArgument>(value: A) -> Expr<A::Type, A::Sources> {
    Expr::new(argument(value))
}

/// The element, said to be NULL at times: for what wants an `Option`, as one side of a union may.
///
/// ```
/// # use orm_examples::blog::Post; use orm_core::{func, prelude::*, Expr};
/// let title: Expr<Option<String>, _> = func::nullable(Post::title);
/// assert_eq!(format!("{title:?}"), "Expr(posts.title)");
/// ```
pub fn nullable<A: FunctionArgument>(element: A) -> Expr<Option<ArgumentType<A>>, A::Sources> {
    Expr::new(argument(element))
}

/// `CASE WHEN condition THEN value ..`: further cases by [`when`](Case::when), the end by [`otherwise`](Case::otherwise) or
/// [`or_null`](Case::or_null).
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{func, prelude::*};
/// let size = func::when(User::id.gt(100), "large").when(User::id.gt(10), "middling").otherwise("small");
/// assert_eq!(
///     format!("{size:?}"),
///     "Expr(CASE WHEN users.id > $1 THEN $2::text WHEN users.id > $3 THEN $4::text ELSE $5::text END)"
/// );
/// ```
pub fn when<C: Sources, A: FunctionArgument>(
    condition: Condition<C>,
    value: A,
) -> Case<A::Type, Both<Hidden<C>, A::Sources>> {
    Case::new(vec!["CASE WHEN ", " THEN "], vec![condition.0, argument(value)])
}

/// `CASE` that is not at its end: its cases so far are of the type `T` and read `S`.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{func, func::Case, prelude::*};
/// let started: Case<String, _> = func::when(User::name.is_null(), "nobody");
/// let name = started.otherwise(User::name);
/// # let _ = name;
/// ```
#[must_use = "a case does nothing by itself"]
pub struct Case<T, S> {
    words: Vec<&'static str>,
    operands: Vec<Expression>,
    types: PhantomData<fn() -> (T, S)>,
}

impl<T, S> std::fmt::Debug for Case<T, S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Case").field(&self.operands).finish()
    }
}

impl<T, S> Case<T, S> {
    fn new(words: Vec<&'static str>, operands: Vec<Expression>) -> Self {
        Self { words, operands, types: PhantomData }
    }

    fn end<U, R>(mut self) -> Expr<U, R> {
        self.words.push(" END");
        Expr::new(Expression::Syntax(self.words, self.operands))
    }
}

/// What a case's value makes of the ones before.
type Joined<T, O> = OrNull<
    <<T as ColumnType>::Nullness as Nullness>::Or<<O as Operand<<T as ColumnType>::NotNull>>::Nullness>,
    <T as ColumnType>::NotNull,
>;

impl<T: ColumnType, S: Sources> Case<T, S> {
    /// `WHEN condition THEN value`: where none of the cases before holds.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::{func, prelude::*};
    /// let word = func::when(User::id.eq(1), "one").when(User::id.eq(2), "two").or_null();
    /// # let _ = word;
    /// ```
    pub fn when<C: Sources, O: Operand<T::NotNull>>(
        mut self,
        condition: Condition<C>,
        value: O,
    ) -> Case<Joined<T, O>, Both<S, Both<Hidden<C>, O::Sources>>> {
        self.words.extend([" WHEN ", " THEN "]);
        self.operands.extend([condition.0, operand(value)]);
        Case::new(self.words, self.operands)
    }

    /// `ELSE value END`
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::{func, prelude::*};
    /// let known = func::when(User::name.is_null(), 0).otherwise(1);
    /// assert_eq!(format!("{known:?}"), "Expr(CASE WHEN users.name IS NULL THEN $1::integer ELSE $2::integer END)");
    /// ```
    pub fn otherwise<O: Operand<T::NotNull>>(mut self, value: O) -> Expr<Joined<T, O>, Both<S, O::Sources>> {
        self.words.push(" ELSE ");
        self.operands.push(operand(value));
        self.end()
    }

    /// `END`: NULL where no case holds.
    ///
    /// ```
    /// # use orm_examples::blog::User; use orm_core::{func, prelude::*};
    /// let named = func::when(User::name.is_not_null(), User::id).or_null();
    /// assert_eq!(format!("{named:?}"), "Expr(CASE WHEN users.name IS NOT NULL THEN users.id END)");
    /// ```
    pub fn or_null(self) -> Expr<Option<T::NotNull>, S> {
        self.end()
    }
}

/// `nullif(element, value)`: NULL where they are equal.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{func, prelude::*};
/// assert_eq!(format!("{:?}", func::nullif(User::email, "")), "Expr(nullif(users.email, $1::text))");
/// ```
pub fn nullif<A: FunctionArgument, O: Operand<ArgumentType<A>>>(
    element: A,
    value: O,
) -> Expr<Option<ArgumentType<A>>, Both<A::Sources, O::Sources>> {
    Expr::call("nullif", vec![argument(element), operand(value)])
}

/// `greatest(element, other)`: the greater one. NULL does not count; call it again for a third.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{func, prelude::*};
/// let at_least = func::greatest(User::id, 10);
/// assert_eq!(format!("{at_least:?}"), "Expr(greatest(users.id, $1::bigint))");
/// ```
pub fn greatest<A: FunctionArgument, O: Operand<ArgumentType<A>>>(
    element: A,
    other: O,
) -> Expr<A::Type, Both<A::Sources, Hidden<O::Sources>>> {
    Expr::call("greatest", vec![argument(element), operand(other)])
}

/// `least(element, other)`: the lesser one. NULL does not count.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{func, prelude::*};
/// assert_eq!(format!("{:?}", func::least(User::id, 10)), "Expr(least(users.id, $1::bigint))");
/// ```
pub fn least<A: FunctionArgument, O: Operand<ArgumentType<A>>>(
    element: A,
    other: O,
) -> Expr<A::Type, Both<A::Sources, Hidden<O::Sources>>> {
    Expr::call("least", vec![argument(element), operand(other)])
}

/// `num_nulls(a, b, ..)`: how many of them are NULL.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{func, prelude::*};
/// assert_eq!(format!("{:?}", func::num_nulls((User::name, User::email))), "Expr(num_nulls(users.name, users.email))");
/// ```
pub fn num_nulls<A: Arguments>(elements: A) -> Expr<i32, Hidden<A::Sources>> {
    Expr::call("num_nulls", arguments(elements))
}

/// `num_nonnulls(a, b, ..)`: how many of them are not NULL.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{func, prelude::*};
/// let known = select::<User>().filter(func::num_nonnulls((User::name, User::email)).ge(1));
/// # let _ = known;
/// ```
pub fn num_nonnulls<A: Arguments>(elements: A) -> Expr<i32, Hidden<A::Sources>> {
    Expr::call("num_nonnulls", arguments(elements))
}

/// A function of the application's or of an extension, by its name, which is a part of the program and written as it is. `T` is
/// what it returns: an `Option` if it may be NULL.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{func, prelude::*, Expr};
/// let code: Expr<Option<String>, _> = func::call("app.soundex", (User::name,));
/// assert_eq!(format!("{code:?}"), "Expr(app.soundex(users.name))");
/// ```
pub fn call<T: ColumnType, A: Arguments>(function: &'static str, args: A) -> Expr<T, A::Sources> {
    Expr::call(function, own_arguments(args))
}

/// An aggregate of the application's or of an extension, by its name, as [`call`].
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{func, prelude::*};
/// let ids = select::<User>().columns(func::call_aggregate::<Option<i64>, _>("app.last", (User::id,)));
/// assert_eq!(ids.to_string(), "SELECT app.last(users.id) FROM users");
/// ```
pub fn call_aggregate<T: ColumnType, A: Arguments>(
    function: &'static str,
    args: A,
) -> crate::query::Aggregate<T, A::Sources> {
    crate::query::Aggregate::new(function, own_arguments(args))
}

/// `ANY (array)` or `ANY (query)`, on the right side of a comparison: it must hold for one element, or one row, at least.
///
/// ```
/// # use orm_core::{func, prelude::*};
/// let some = func::value(2).gt(func::any_of(vec![1, 2, 3]));
/// assert_eq!(format!("{some:?}"), "Condition($1::integer > ANY ($2::integer[]))");
/// ```
pub fn any_of<A: ManyValues>(values: A) -> Quantified<A::Type, A::Sources> {
    Quantified::new(["ANY (", "ANY "], values)
}

/// `ALL (array)` or `ALL (query)`, on the right side of a comparison: it must hold for all elements, or for all rows of the
/// query, which has one column.
///
/// ```
/// # use orm_core::{func, prelude::*};
/// let all = func::value(2).gt(func::all_of(vec![1, 2, 3]));
/// assert_eq!(format!("{all:?}"), "Condition($1::integer > ALL ($2::integer[]))");
/// # use orm_examples::blog::*;
/// let newest = Post::id.ge(func::all_of(select::<Post>().columns(Post::id)));
/// assert_eq!(format!("{newest:?}"), "Condition(posts.id >= ALL (SELECT posts.id FROM posts))");
/// ```
pub fn all_of<A: ManyValues>(values: A) -> Quantified<A::Type, A::Sources> {
    Quantified::new(["ALL (", "ALL "], values)
}

/// Values that something is compared with: an array, or a query of one column.
///
/// ```
/// # use orm_examples::blog::*; use orm_core::{func, func::ManyValues, prelude::*, Condition};
/// fn is_newest(ids: impl ManyValues<Type = Vec<i64>, Sources = ()>) -> Condition<Post> {
///     Post::id.ge(func::all_of(ids))
/// }
/// let newest = is_newest(vec![1, 2]);
/// # let _ = newest;
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not something to compare with element by element",
    label = "an array, or a query of one column, is expected"
)]
pub trait ManyValues {
    /// An array, or [`Columns`](crate::query::Columns) of one.
    type Type;
    /// What is read of the statement around it.
    type Sources: Sources;

    /// The values, and whether they are a query's.
    #[doc(hidden)]
    fn into_values(self) -> (crate::query::Term, bool);
}

#[diagnostic::do_not_recommend]
impl<A: FunctionArgument> ManyValues for A {
    type Type = ArgumentType<A>;
    type Sources = A::Sources;

    fn into_values(self) -> (crate::query::Term, bool) {
        (self.into_argument(), false)
    }
}

/// The elements of an array, any or all of them, for the right side of a comparison.
///
/// ```
/// # use orm_core::{func, func::Quantified};
/// let among: Quantified<Vec<i32>, ()> = func::any_of(vec![1, 2]);
/// # let _ = among;
/// ```
pub struct Quantified<T, S>(Expression, PhantomData<fn() -> (T, S)>);

impl<T, S> std::fmt::Debug for Quantified<T, S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Quantified").field(&self.0).finish()
    }
}

impl<T, S> Quantified<T, S> {
    /// Of the words the first one is for arrays. A query is in parentheses by itself: twice, it would be one value.
    fn new([array, query]: [&'static str; 2], values: impl ManyValues) -> Self {
        let (values, is_query) = values.into_values();
        let words = if is_query { vec![query, ""] } else { vec![array, ")"] };
        Self(Expression::Syntax(words, vec![values.0]), PhantomData)
    }
}

impl<T: crate::types::ArrayElement, S: Sources> crate::query::Side<T> for Quantified<Vec<T>, S> {
    type Sources = S;
    type Nullness = crate::types::MaybeNull;

    fn term(self) -> crate::query::Term {
        crate::query::Term(self.0)
    }
}

impl<T: crate::types::DataType, S: Sources> crate::query::Side<T>
    for Quantified<crate::query::Columns<T>, S>
{
    type Sources = S;
    type Nullness = crate::types::MaybeNull;

    fn term(self) -> crate::query::Term {
        crate::query::Term(self.0)
    }
}
