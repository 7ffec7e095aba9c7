//! The tour: every operation of a session, with its statements and round trips.

fn main() {}
