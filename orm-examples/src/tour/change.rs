//! Changed and deleted rows: nothing is sent before `commit`, and then only what changed.

use std::fmt::Write;

use orm_core::prelude::*;

use crate::Result;
use crate::blog::Profile;

/// Operation 6: fields are set, the commit finds out which.
pub(super) async fn update(session: &Session, profile: &Entity<Profile>, out: &mut String) -> Result {
    profile.edit().bio = Some("Senior Backend Engineer".into());
    session.commit().await?;
    session.refresh(profile).await?;
    writeln!(out, "{profile:?}")?;
    Ok(())
}

/// Operation 7: the row goes, its values stay readable.
pub(super) async fn delete(session: &Session, profile: &Entity<Profile>, out: &mut String) -> Result {
    session.delete(profile);
    session.commit().await?;
    writeln!(out, "{:?}, {:?}", profile.bio, Entity::state(profile))?;
    Ok(())
}
