//! Floor 2: functions on numbers.

use crate::query::argument::{Like, LikeBoth, argument, operand};
use crate::query::{ArgumentType, Both, Expr, FunctionArgument, Operand};
use crate::types::{DataType, Number};

/// A number whose roots, powers and rounding have a type: `double precision`, or `numeric` for `numeric`.
///
/// ```
/// # use orm_core::func::Fractional;
/// fn roots_are_double<T: Fractional<Fraction = f64>>() {}
/// roots_are_double::<i32>();
/// ```
#[diagnostic::on_unimplemented(message = "`{Self}` is not a number", label = "a number is expected")]
pub trait Fractional: Number {
    /// What it is with a fraction.
    type Fraction: Number;
}

macro_rules! fractional {
    ($($type:ty => $fraction:ty),+) => { $(impl Fractional for $type { type Fraction = $fraction; })+ };
}

fractional!(i16 => f64, i32 => f64, i64 => f64, f32 => f64, f64 => f64);
#[cfg(feature = "rust_decimal")]
fractional!(rust_decimal::Decimal => rust_decimal::Decimal);

type Fraction<A> = <ArgumentType<A> as Fractional>::Fraction;

/// `name "sql" -> ..`: functions of one number.
macro_rules! unary {
    ($($(#[$doc:meta])* $name:ident $sql:literal -> $output:ty $(where $bound:ident)? = $text:literal;)+) => {
        $(
            $(#[$doc])*
            #[doc = super::define::example!($name (User::id) $text)]
            pub fn $name<A: FunctionArgument>(number: A) -> Expr<Like<A, $output>, A::Sources>
            where
                ArgumentType<A>: DataType $(+ $bound)?,
            {
                Expr::call($sql, vec![argument(number)])
            }
        )+
    };
}

unary! {
    /// Without its sign.
    abs "abs" -> ArgumentType<A> where Number = "abs(users.id)";
    /// -1, 0 or 1.
    sign "sign" -> Fraction<A> where Fractional = "sign(users.id)";
    /// The whole number that is next and not less.
    ceil "ceil" -> Fraction<A> where Fractional = "ceil(users.id)";
    /// The whole number that is next and not greater.
    floor "floor" -> Fraction<A> where Fractional = "floor(users.id)";
    /// The whole number that is nearest; a half goes away from zero in `numeric`, to the even number in `double precision`.
    round "round" -> Fraction<A> where Fractional = "round(users.id)";
    /// Without its fraction.
    trunc "trunc" -> Fraction<A> where Fractional = "trunc(users.id)";
    /// The square root.
    sqrt "sqrt" -> Fraction<A> where Fractional = "sqrt(users.id)";
    /// The cube root.
    cbrt "cbrt" -> f64 where Number = "cbrt(users.id)";
    /// *e* to this power.
    exp "exp" -> Fraction<A> where Fractional = "exp(users.id)";
    /// The natural logarithm.
    ln "ln" -> Fraction<A> where Fractional = "ln(users.id)";
    /// The logarithm to the base of 10.
    log10 "log" -> Fraction<A> where Fractional = "log(users.id)";
    /// Radians as degrees.
    degrees "degrees" -> f64 where Number = "degrees(users.id)";
    /// Degrees as radians.
    radians "radians" -> f64 where Number = "radians(users.id)";
    /// The sine, of radians.
    sin "sin" -> f64 where Number = "sin(users.id)";
    /// The cosine, of radians.
    cos "cos" -> f64 where Number = "cos(users.id)";
    /// The tangent, of radians.
    tan "tan" -> f64 where Number = "tan(users.id)";
    /// The arc sine, in radians.
    asin "asin" -> f64 where Number = "asin(users.id)";
    /// The arc cosine, in radians.
    acos "acos" -> f64 where Number = "acos(users.id)";
    /// The arc tangent, in radians.
    atan "atan" -> f64 where Number = "atan(users.id)";
    /// The sine, of degrees.
    sind "sind" -> f64 where Number = "sind(users.id)";
    /// The cosine, of degrees.
    cosd "cosd" -> f64 where Number = "cosd(users.id)";
    /// The tangent, of degrees.
    tand "tand" -> f64 where Number = "tand(users.id)";
}

super::define::functions! {
    /// The angle of the point at x, y, in radians.
    atan2 "atan2" (A y: f64, B x: f64) -> like f64
        = (1.0, 0.5) => "atan2($1::double precision, $2::double precision)";
}

#[cfg(feature = "rust_decimal")]
mod exact {
    use rust_decimal::Decimal;

    use crate::query::func::define::functions;

    functions! {
        /// Rounded to so many digits behind the point, or before it if the number is negative.
        round_to "round" (A number: Decimal, B digits: i32) -> like Decimal
            = (rust_decimal::Decimal::TEN, 2) => "round($1::numeric, $2::integer)";
        /// Cut off behind so many digits.
        trunc_to "trunc" (A number: Decimal, B digits: i32) -> like Decimal
            = (rust_decimal::Decimal::TEN, 2) => "trunc($1::numeric, $2::integer)";
        /// The logarithm to a base.
        log "log" (A base: Decimal, B number: Decimal) -> like Decimal
            = (rust_decimal::Decimal::TWO, rust_decimal::Decimal::TEN) => "log($1::numeric, $2::numeric)";
        /// The whole part of a quotient.
        div "div" (A dividend: Decimal, B divisor: Decimal) -> like Decimal
            = (rust_decimal::Decimal::TEN, rust_decimal::Decimal::TWO) => "div($1::numeric, $2::numeric)";
        /// How many digits stand behind the point.
        scale "scale" (A number: Decimal) -> like i32 = (rust_decimal::Decimal::TEN) => "scale($1::numeric)";
        /// How many digits behind the point are needed.
        min_scale "min_scale" (A number: Decimal) -> like i32 = (rust_decimal::Decimal::TEN) => "min_scale($1::numeric)";
        /// Without zeros at the end of the fraction.
        trim_scale "trim_scale" (A number: Decimal) -> like Decimal
            = (rust_decimal::Decimal::TEN) => "trim_scale($1::numeric)";
        /// The product of all whole numbers up to this one.
        factorial "factorial" (A number: i64) -> like Decimal = (5) => "factorial($1::bigint)";
        /// The number that a text holds in this pattern: `99G999D9S`.
        to_number "to_number" (A text: String, B pattern: String) -> like Decimal
            = ("12,454.8-", "99G999D9S") => "to_number($1::text, $2::text)";
    }
}

#[cfg(feature = "rust_decimal")]
pub use exact::{div, factorial, log, min_scale, round_to, scale, to_number, trim_scale, trunc_to};

macro_rules! binary {
    ($($(#[$doc:meta])* $name:ident $sql:literal = ($($example:tt)*) => $text:literal;)+) => {
        $(
            $(#[$doc])*
            #[doc = super::define::example!($name ($($example)*) $text)]
            pub fn $name<A: FunctionArgument, O: Operand<ArgumentType<A>>>(
                number: A,
                other: O,
            ) -> Expr<LikeBoth<A, O, ArgumentType<A>, ArgumentType<A>>, Both<A::Sources, O::Sources>>
            where
                ArgumentType<A>: Number,
            {
                Expr::call($sql, vec![argument(number), operand(other)])
            }
        )+
    };
}

binary! {
    /// The remainder; `%` is the same.
    modulo "mod" = (User::id, 4) => "mod(users.id, $1::bigint)";
    /// The greatest common divisor, of whole numbers.
    gcd "gcd" = (User::id, 462) => "gcd(users.id, $1::bigint)";
    /// The least common multiple, of whole numbers.
    lcm "lcm" = (User::id, 462) => "lcm(users.id, $1::bigint)";
}

/// `power(number, exponent)`. Of whole numbers it is a `double precision`, and so is the exponent.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{func, prelude::*};
/// assert_eq!(format!("{:?}", func::power(User::id, 2.0)), "Expr(power(users.id, $1::double precision))");
/// ```
pub fn power<A: FunctionArgument, O: Operand<Fraction<A>>>(
    number: A,
    exponent: O,
) -> Expr<LikeBoth<A, O, Fraction<A>, Fraction<A>>, Both<A::Sources, O::Sources>>
where
    ArgumentType<A>: Fractional,
{
    Expr::call("power", vec![argument(number), operand(exponent)])
}

/// `width_bucket(number, low, high, count)`: in which of so many buckets of equal width between these it is, from 1; 0 below
/// them and `count + 1` above.
///
/// ```
/// # use orm_core::{func, prelude::*};
/// let bucket = func::width_bucket(5.35, 0.024, 10.06, 5);
/// assert!(format!("{bucket:?}").starts_with("Expr(width_bucket($1::double precision, $2::double precision"));
/// ```
pub fn width_bucket<A: FunctionArgument>(
    number: A,
    low: ArgumentType<A>,
    high: ArgumentType<A>,
    count: i32,
) -> Expr<Like<A, i32>, A::Sources>
where
    ArgumentType<A>: Number,
{
    Expr::call("width_bucket", vec![argument(number), argument(low), argument(high), argument(count)])
}

/// `pi()`
///
/// ```
/// # use orm_core::func;
/// assert_eq!(format!("{:?}", func::pi()), "Expr(pi())");
/// ```
pub fn pi() -> Expr<f64> {
    Expr::call("pi", Vec::new())
}

/// `random()`: a number from 0 on and below 1, another one in each row.
///
/// ```
/// # use orm_examples::blog::User; use orm_core::{func, prelude::*};
/// let someone = select::<User>().order_by(func::random()).limit(1);
/// assert!(someone.to_string().ends_with("ORDER BY random() LIMIT $1"));
/// ```
pub fn random() -> Expr<f64> {
    Expr::call("random", Vec::new())
}
