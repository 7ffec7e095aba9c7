//! Chapter 9.3: numbers.

use orm_core::func;
use orm_core::prelude::*;
use orm_tests::manual::Sample;

use super::{at, dec, section, value};

section! {
    /// 9.3, the operators.
    mathematical_operators {
        value(2) + 3 => "2 + 3" = "5";
        value(2) - 3 => "2 - 3" = "-1";
        -value(-4) => "- (-4)" = "4";
        value(2) * 3 => "2 * 3" = "6";
        value(dec("5.0")) / dec("2") => "5.0 / 2" = "2.5000000000000000";
        value(5) / 2 => "5 / 2" = "2";
        value(-5) / 2 => "(-5) / 2" = "-2";
        value(5) % 4 => "5 % 4" = "1";
        func::power(2, 3.0) => "2 ^ 3" = "8";
        func::power(func::power(2, 3.0), 3.0) => "2 ^ 3 ^ 3" = "512";
        func::sqrt(25.0) => "|/ 25.0" = "5";
        func::cbrt(64.0) => "||/ 64.0" = "4";
        func::abs(dec("-5.0")) => "@ -5.0" = "5.0";
        value(91).bit_and(15) => "91 & 15" = "11";
        value(32).bit_or(3) => "32 | 3" = "35";
        value(17).bit_xor(5) => "17 # 5" = "20";
        value(1).shift_left(4) => "1 << 4" = "16";
        value(8).shift_right(2) => "8 >> 2" = "2";
        value(1).bit_not()
            => "~1" = "-2";
    }
}

section! {
    /// 9.3, the functions: mathematical, random, trigonometric and hyperbolic.
    mathematical_functions {
        func::abs(-17.4) => "abs(-17.4)" = "17.4";
        func::cbrt(64.0) => "cbrt(64.0)" = "4";
        func::ceil(dec("42.2")) => "ceil(42.2)" = "43";
        func::ceil(-42.8) => "ceil(-42.8)" = "-42";
        func::ceil(95.3) => "ceiling(95.3)" = "96";
        func::degrees(Sample::ratio) => "degrees(0.5)" = "28.64788975654116";
        func::div(dec("9"), dec("4")) => "div(9, 4)" = "2";
        func::exp(dec("1.0")) => "exp(1.0)" = "2.7182818284590452";
        func::factorial(5) => "factorial(5)" = "120";
        func::floor(42.8) => "floor(42.8)" = "42";
        func::floor(dec("-42.8")) => "floor(-42.8)" = "-43";
        func::gcd(1071, 462) => "gcd(1071, 462)" = "21";
        func::lcm(1071, 462) => "lcm(1071, 462)" = "23562";
        func::ln(2.0) => "ln(2.0)" = "0.6931471805599453";
        func::log10(100) => "log(100)" = "2";
        func::log10(1000) => "log10(1000)" = "3";
        func::log(dec("2.0"), dec("64.0")) => "log(2.0, 64.0)" = "6.0000000000000000";
        func::min_scale(dec("8.4100")) => "min_scale(8.4100)" = "2";
        func::modulo(Sample::large, 4) => "mod(9, 4)" = "1";
        func::pi() => "pi()" = "3.141592653589793";
        func::power(Sample::large, 3.0) => "power(9, 3)" = "729";
        func::radians(45.0) => "radians(45.0)" = "0.7853981633974483";
        func::round(42.4) => "round(42.4)" = "42";
        func::round_to(Sample::amount, 2) => "round(42.4382, 2)" = "42.44";
        func::round_to(dec("1234.56"), -1) => "round(1234.56, -1)" = "1230";
        func::scale(dec("8.4100")) => "scale(8.4100)" = "4";
        func::sign(-8.4) => "sign(-8.4)" = "-1";
        func::sqrt(2) => "sqrt(2)" = "1.4142135623730951";
        func::trim_scale(dec("8.4100")) => "trim_scale(8.4100)" = "8.41";
        func::trunc(42.8) => "trunc(42.8)" = "42";
        func::trunc(dec("-42.8")) => "trunc(-42.8)" = "-42";
        func::trunc_to(Sample::amount, 2) => "trunc(42.4382, 2)" = "42.43";
        func::width_bucket(5.35, 0.024, 10.06, 5) => "width_bucket(5.35, 0.024, 10.06, 5)" = "3";
        func::call::<f64, _>("acosd", (0.5,)) => "acosd(0.5)" = "60";
        func::call::<f64, _>("asind", (0.5,)) => "asind(0.5)" = "30";
        func::call::<f64, _>("atand", (1.0,)) => "atand(1)" = "45";
        func::cosd(60) => "cosd(60)" = "0.5";
        func::sind(30) => "sind(30)" = "0.5";
        func::tand(45) => "tand(45)" = "1";
        func::call::<f64, _>("cosh", (0.0,)) => "cosh(0)" = "1";
        func::random().lt(1.0) => "random() < 1" = "true";
        func::call::<i32, _>("width_bucket", (at("2026-01-02T12:00:00"), ["2026-01-01", "2026-01-02", "2026-01-03"].map(|day| at(&format!("{day}T00:00:00"))).to_vec()))
            => "width_bucket(now(), array['yesterday', 'today', 'tomorrow']::timestamptz[])" = "2";
        func::call::<f64, _>("atan2d", (1.0, 0.0))
            => "atan2d(1, 0)" = "90";
        func::call::<f64, _>("cotd", (45.0,))
            => "cotd(45)" = "1";
        func::call::<f64, _>("sinh", (0.0,))
            => "sinh(0)" = "0";
        func::call::<f64, _>("tanh", (0.0,))
            => "tanh(0)" = "0";
    }
}
