//! Questions of a business to the Chinook shop, each answered by hand-written SQL and in the typed language.

mod albums;
mod catalogue;
mod countries;
mod customers;
mod months;
mod people;
mod sales;
mod tracks;

type Result = std::result::Result<(), Box<dyn std::error::Error>>;

/// The shop; the test ends where its file is missing, which the last lines of a whole test run say.
macro_rules! shop {
    () => {
        match orm_tests::questions::Questions::about_the_shop().await {
            Some(shop) => shop,
            None => return Ok(()),
        }
    };
}
use shop;
