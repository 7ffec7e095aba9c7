//! An ORM for PostgreSQL with a real session: live objects, an identity map and a unit of work.
