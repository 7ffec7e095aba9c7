//! Floor 6: a many-to-many is loaded as what it is made of: the links, each joined with its far side.

use std::borrow::Cow;

use super::option::{Load, Strategy};

/// The options with each many-to-many as the two relationships that it is made of, at any depth.
pub(super) fn composed(options: &[Load]) -> Cow<'_, [Load]> {
    match options.iter().any(Load::is_composed) {
        true => options.iter().map(Load::composed).collect(),
        false => Cow::Borrowed(options),
    }
}

impl Load {
    fn is_composed(&self) -> bool {
        self.facts().through.is_some() || self.below.iter().any(Self::is_composed)
    }

    /// The same without a many-to-many: one that loads the links, and joined below it one for their far side.
    pub(super) fn composed(&self) -> Self {
        let below = composed(&self.below).into_owned();
        let Some(through) = self.facts().through.map(|through| through()) else {
            return Self { below, ..self.clone() };
        };
        let links = Self { relationship: through.links, below: Vec::new(), ..self.clone() };
        let far = Self {
            source: links.target(),
            relationship: through.far,
            strategy: Strategy::Joined,
            below,
            ..links
        };
        Self { below: vec![far], ..links }
    }
}
