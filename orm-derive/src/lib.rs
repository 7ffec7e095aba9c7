//! The derive macros of `orm-core`.
