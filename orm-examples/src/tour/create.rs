//! New rows: `add` makes a live object of a builder, `commit` inserts what was added.
//!
//! A builder without a column that is needed does not compile.

use std::fmt::Write;

use orm_core::prelude::*;

use crate::Result;
use crate::blog::{Profile, User};

/// Operation 2: the parent is given by its key.
pub(super) async fn by_key(session: &Session, user: &Entity<User>, out: &mut String) -> Result {
    let profile = session.add(Profile::builder().bio("Backend Engineer").user_id(user.id));
    session.commit().await?;
    session.refresh(&profile).await?;
    writeln!(out, "{profile:?}")?;
    Ok(())
}

/// Operation 3: the parent is given as the object. Both sides know of each other at once.
pub(super) async fn by_object(session: &Session, user: &Entity<User>, out: &mut String) -> Result {
    let profile = session.add(Profile::builder().bio("Backend Engineer").user(user));
    session.commit().await?;
    session.refresh(&profile).await?;
    writeln!(out, "{profile:?}")?;
    Ok(())
}

/// Operation 8: a graph of new objects. The profile's key to the user is filled in when the user has one.
pub(super) async fn graph(session: &Session, out: &mut String) -> Result {
    let user = session.add(User::builder().name("Nouman042").email("nouman042@gmail.com"));
    let profile = session.add(Profile::builder().bio("Full Stack Developer").user(&user));
    session.commit().await?;
    session.refresh(&user).await?;
    session.refresh(&profile).await?;
    writeln!(out, "{user:?}")?;
    Ok(())
}
