//! Reading: by a condition, by key, lazily and eagerly.

use std::fmt::Write;

use orm_core::prelude::*;

use crate::Result;
use crate::blog::{Profile, User};

/// Operation 1: a select. The entity is a live object, and reads like the struct.
pub(super) async fn select_one(session: &Session, out: &mut String) -> Result {
    let result = session.execute(select::<User>().filter(User::id.eq(1))).await?;
    let user = result.scalar_one_or_none()?;
    writeln!(out, "{user:?}")?;
    Ok(())
}

/// Operation 4: a relationship that was not asked for. Awaiting it loads it; `get` only looks at what is in memory.
pub(super) async fn lazy(session: &Session, out: &mut String) -> Result {
    let result = session.execute(select::<Profile>().filter(Profile::id.eq(2))).await?;
    let profile = result.scalar_one()?;
    writeln!(out, "{profile:?}")?;

    if let Err(error) = profile.user().get() {
        writeln!(out, "get: {error}")?;
    }
    let user = profile.user().await?;
    writeln!(out, "await: {:?}", user.name)?;
    Ok(())
}

/// Operation 5: the same relationship, loaded along with the select.
pub(super) async fn eager(session: &Session, out: &mut String) -> Result {
    let query = select::<Profile>().options(selectinload(Profile::user)).filter(Profile::id.eq(2));
    let profile = session.execute(query).await?.scalar_one()?;
    writeln!(out, "{:?}", profile.user().get()?)?;
    Ok(())
}

/// Operation 9: from the other side. The profile may be missing, so the relationship is an `Option`.
pub(super) async fn eager_user(session: &Session, out: &mut String) -> Result {
    let query = select::<User>().options(selectinload(User::profile)).filter(User::name.eq("Nouman042"));
    let user = session.execute(query).await?.scalar_one()?;
    writeln!(out, "{user:?}")?;
    Ok(())
}

/// Operation 10: one relationship of an entity is read again; its other end leads back to the same object.
pub(super) async fn there_and_back(session: &Session, out: &mut String) -> Result {
    let user = session.get::<User>(1).await?.ok_or("there is no user 1")?;
    session.refresh(&user).attribute(User::profile).await?;

    let profile = user.profile().get()?.ok_or("user 1 has no profile")?;
    let back = profile.user().get()?;
    writeln!(out, "{:?}", profile.bio)?;
    writeln!(out, "{:?}, the same object: {}", back.name, back == user)?;
    Ok(())
}
