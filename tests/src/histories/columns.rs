//! What can be done with an entity of any model beyond its relationships.

use futures_util::future::BoxFuture;
use orm_core::prelude::*;
use orm_core::{Column, MergeSource, func};

use super::live::{Kind, Live, Modelled};
use super::models::{Album, Badge, Line, Node, Order, Passport, Post, Product, Take, Track, User};

macro_rules! each {
    ($live:expr, $entity:ident => $does:expr) => {
        match $live {
            Live::User($entity) => $does,
            Live::Badge($entity) => $does,
            Live::Passport($entity) => $does,
            Live::Post($entity) => $does,
            Live::Node($entity) => $does,
            Live::Order($entity) => $does,
            Live::Product($entity) => $does,
            Live::Line($entity) => $does,
            Live::Album($entity) => $does,
            Live::Track($entity) => $does,
            Live::Take($entity) => $does,
        }
    };
}

impl Live {
    pub(super) fn expire(&self, session: &Session) {
        each!(self, entity => session.expire(entity));
    }

    pub(super) fn expunge(&self, session: &Session) {
        each!(self, entity => session.expunge(entity));
    }

    /// The next flush lets the database compute the name.
    pub(super) fn raise_name(&self, session: &Session) {
        fn raise<M: Modelled>(session: &Session, entity: &Entity<M>, name: Column<M, String>) {
            session.set(entity, name, func::upper(name));
        }
        match self {
            Self::User(entity) => raise(session, entity, User::name),
            Self::Badge(entity) => raise(session, entity, Badge::name),
            Self::Passport(entity) => raise(session, entity, Passport::name),
            Self::Post(entity) => raise(session, entity, Post::name),
            Self::Node(entity) => raise(session, entity, Node::name),
            Self::Order(entity) => raise(session, entity, Order::name),
            Self::Product(entity) => raise(session, entity, Product::name),
            Self::Line(entity) => raise(session, entity, Line::name),
            Self::Album(entity) => raise(session, entity, Album::name),
            Self::Track(entity) => raise(session, entity, Track::name),
            Self::Take(entity) => raise(session, entity, Take::name),
        }
    }

    /// Gives a row that others may refer to another key.
    pub(super) fn rekey(&self, key: i64) {
        match self {
            Self::User(entity) => entity.edit().id = key,
            Self::Node(entity) => entity.edit().id = key,
            Self::Order(entity) => entity.edit().id = key,
            Self::Product(entity) => entity.edit().id = key,
            Self::Album(entity) => entity.edit().id = key,
            Self::Track(entity) => entity.edit().id = key,
            other => panic!("nobody refers to {other:?}"),
        }
    }
}

type Merging<'a> = BoxFuture<'a, orm_core::Result<Live>>;

fn merge<'a, S>(session: &'a Session, source: S) -> Merging<'a>
where
    S: MergeSource<Model: Modelled> + Send + 'a,
{
    let merge = session.merge(source);
    Box::pin(async move { merge.await.map(Modelled::wrap) })
}

impl Kind {
    /// Whether others refer to rows of the model.
    pub(super) fn is_referred_to(self) -> bool {
        matches!(self, Self::User | Self::Node | Self::Order | Self::Product | Self::Album | Self::Track)
    }

    /// Merges a name into the row with a key.
    pub(super) fn merge_name<'a>(
        self,
        session: &'a Session,
        (tenant, id): (i32, i64),
        name: &str,
    ) -> Merging<'a> {
        match self {
            Self::User => merge(session, User::builder().id(id).name(name)),
            Self::Badge => merge(session, Badge::builder().id(id).name(name)),
            Self::Passport => merge(session, Passport::builder().id(id).name(name)),
            Self::Post => merge(session, Post::builder().id(id).name(name)),
            Self::Node => merge(session, Node::builder().id(id).name(name)),
            Self::Order => merge(session, Order::builder().tenant_id(tenant).id(id).name(name)),
            Self::Product => merge(session, Product::builder().tenant_id(tenant).id(id).name(name)),
            Self::Line => merge(session, Line::builder().id(id).name(name)),
            Self::Album => merge(session, Album::builder().id(id).name(name)),
            Self::Track => merge(session, Track::builder().id(id).name(name)),
            Self::Take => merge(session, Take::builder().id(id).name(name)),
        }
    }

    /// Merges a whole value, with the keys that it refers to others by.
    pub(super) fn merge_value<'a>(
        self,
        session: &'a Session,
        tenant_id: i32,
        id: i64,
        name: &str,
        [one, other]: [Option<i64>; 2],
    ) -> Merging<'a> {
        let (name, needed) = (name.to_owned(), one.unwrap_or_default());
        match self {
            Self::User => merge(session, User { id, name }),
            Self::Badge => merge(session, Badge { id, name, user_id: one }),
            Self::Passport => merge(session, Passport { id, name, holder_id: needed }),
            Self::Post => merge(session, Post { id, name, author_id: needed, editor_id: other }),
            Self::Node => merge(session, Node { id, name, parent_id: one, version: 0 }),
            Self::Order => merge(session, Order { tenant_id, id, name }),
            Self::Product => merge(session, Product { tenant_id, id, name }),
            Self::Line => merge(session, Line { id, name, tenant_id, order_id: one, product_id: other }),
            Self::Album => merge(session, Album { id, name }),
            Self::Track => merge(session, Track { id, name, album_id: needed }),
            Self::Take => merge(session, Take { id, name, track_id: one }),
        }
    }
}
