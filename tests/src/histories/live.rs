//! Entities of any model.

use futures_util::future::BoxFuture;
use orm_core::prelude::*;
use orm_core::{EntityState, Live as Model, Select};

use super::models;

/// A model that histories know.
pub(super) trait Modelled: Model {
    const KIND: Kind;

    fn wrap(entity: Entity<Self>) -> Live;

    fn of(live: &Live) -> &Entity<Self>;

    fn named(name: &str) -> Select<Self>;

    fn with_key(tenant: i32, id: i64) -> Self::Key;
}

/// What a relationship leads to, as a list.
pub(super) trait Found {
    fn found(self) -> Vec<Live>;
}

impl<M: Modelled> Found for Entity<M> {
    fn found(self) -> Vec<Live> {
        vec![M::wrap(self)]
    }
}

impl<M: Modelled> Found for Option<Entity<M>> {
    fn found(self) -> Vec<Live> {
        self.into_iter().map(M::wrap).collect()
    }
}

impl<M: Modelled> Found for Vec<Entity<M>> {
    fn found(self) -> Vec<Live> {
        self.into_iter().map(M::wrap).collect()
    }
}

async fn get<M: Modelled>(session: &Session, key: M::Key) -> orm_core::Result<Vec<Live>>
where
    M::Key: orm_core::types::IntoKey<M::Key>,
{
    session.get::<M>(key).await.map(Found::found)
}

pub(super) async fn all<M: Modelled>(
    session: &Session,
    select: Select<M>,
    existing: bool,
) -> orm_core::Result<Vec<Live>> {
    let select = if existing { select.populate_existing() } else { select };
    session.scalars(select).await.map(|found| found.all().found())
}

macro_rules! kinds {
    ($($kind:ident: $tenant:expr, $key:expr;)+) => {
        /// The models.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Kind {
            $($kind),+
        }

        /// An entity of one of the models.
        #[derive(Debug, Clone, PartialEq)]
        pub(super) enum Live {
            $($kind(Entity<models::$kind>)),+
        }

        $(impl Modelled for models::$kind {
            const KIND: Kind = Kind::$kind;

            fn wrap(entity: Entity<Self>) -> Live {
                Live::$kind(entity)
            }

            fn of(live: &Live) -> &Entity<Self> {
                match live {
                    Live::$kind(entity) => entity,
                    other => panic!("{other:?} is no {:?}", Self::KIND),
                }
            }

            fn named(name: &str) -> Select<Self> {
                select().filter(models::$kind::name.eq(name))
            }

            fn with_key(tenant: i32, id: i64) -> Self::Key {
                ($key)(tenant, id)
            }
        })+

        impl Live {
            pub(super) fn kind(&self) -> Kind {
                match self {
                    $(Self::$kind(_) => Kind::$kind),+
                }
            }

            pub(super) fn id(&self) -> i64 {
                match self {
                    $(Self::$kind(entity) => entity.id),+
                }
            }

            pub(super) fn tenant(&self) -> i32 {
                match self {
                    $(Self::$kind(entity) => ($tenant)(entity)),+
                }
            }

            /// The tenant, where it is part of the key.
            pub(super) fn tenant_of_key(&self) -> i32 {
                if self.kind() == Kind::Line { 0 } else { self.tenant() }
            }

            pub(super) fn name(&self) -> &str {
                match self {
                    $(Self::$kind(entity) => &entity.name),+
                }
            }

            pub(super) fn rename(&self, name: &str) {
                match self {
                    $(Self::$kind(entity) => entity.edit().name = name.to_owned()),+
                }
            }

            pub(super) fn state(&self) -> EntityState {
                match self {
                    $(Self::$kind(entity) => Entity::state(entity)),+
                }
            }

            pub(super) fn is_row(&self, tenant: i32, id: i64) -> bool {
                match self {
                    $(Self::$kind(entity) => {
                        Entity::key(entity) == Some(<models::$kind as Modelled>::with_key(tenant, id))
                    })+
                }
            }

            pub(super) fn delete(&self, session: &Session) {
                match self {
                    $(Self::$kind(entity) => session.delete(entity)),+
                }
            }

            pub(super) fn add_again(&self, session: &Session) {
                match self {
                    $(Self::$kind(entity) => drop(session.add(entity))),+
                }
            }

            pub(super) async fn refresh(&self, session: &Session) -> orm_core::Result<()> {
                match self {
                    $(Self::$kind(entity) => session.refresh(entity).await),+
                }
            }
        }

        impl Kind {
            pub(super) const ALL: &[Self] = &[$(Self::$kind),+];

            pub(super) fn get(self, session: &Session, tenant: i32, id: i64) -> BoxFuture<'_, orm_core::Result<Vec<Live>>> {
                match self {
                    $(Self::$kind => {
                        Box::pin(get::<models::$kind>(session, models::$kind::with_key(tenant, id)))
                    })+
                }
            }

            /// All entities of the model, or those with a name.
            pub(super) fn select<'a>(
                self,
                session: &'a Session,
                name: Option<&str>,
                existing: bool,
            ) -> BoxFuture<'a, orm_core::Result<Vec<Live>>> {
                match self {
                    $(Self::$kind => {
                        let select = name.map_or_else(select, models::$kind::named);
                        Box::pin(all::<models::$kind>(session, select, existing))
                    })+
                }
            }
        }
    };
}

kinds! {
    User: |_| 0, |_, id| id;
    Badge: |_| 0, |_, id| id;
    Passport: |_| 0, |_, id| id;
    Post: |_| 0, |_, id| id;
    Node: |_| 0, |_, id| id;
    Order: |order: &models::Order| order.tenant_id, |tenant, id| (tenant, id);
    Product: |product: &models::Product| product.tenant_id, |tenant, id| (tenant, id);
    Line: |line: &models::Line| line.tenant_id, |_, id| id;
    Album: |_| 0, |_, id| id;
    Track: |_| 0, |_, id| id;
    Take: |_| 0, |_, id| id;
}

/// The entity at a place, if there is one.
fn parent<M: Modelled>(parents: &[Option<Live>; 2], slot: usize) -> Option<&Entity<M>> {
    parents[slot].as_ref().map(M::of)
}

/// The entity at a place, which a new row cannot be without.
fn needed<M: Modelled>(parents: &[Option<Live>; 2]) -> &Entity<M> {
    parent(parents, 0).expect("the row has a parent")
}

impl Kind {
    /// A new row, its parents given by object.
    pub(super) fn add(self, session: &Session, name: &str, tenant: i32, parents: &[Option<Live>; 2]) -> Live {
        use models::{Album, Badge, Node, Order, Passport, Post, Product, Take, Track, User};
        match self {
            Self::User => Live::User(session.add(User::builder().name(name))),
            Self::Badge => Live::Badge(match parent(parents, 0) {
                Some(user) => session.add(Badge::builder().name(name).user(user)),
                None => session.add(Badge::builder().name(name)),
            }),
            Self::Passport => {
                Live::Passport(session.add(Passport::builder().name(name).holder(needed(parents))))
            }
            Self::Post => {
                let post = Post::builder().name(name).author(needed(parents));
                Live::Post(match parent(parents, 1) {
                    Some(editor) => session.add(post.editor(editor)),
                    None => session.add(post),
                })
            }
            Self::Node => Live::Node(match parent(parents, 0) {
                Some(parent) => session.add(Node::builder().name(name).parent(parent)),
                None => session.add(Node::builder().name(name)),
            }),
            Self::Album => Live::Album(session.add(Album::builder().name(name))),
            Self::Track => Live::Track(session.add(Track::builder().name(name).album(needed(parents)))),
            Self::Take => Live::Take(match parent(parents, 0) {
                Some(track) => session.add(Take::builder().name(name).track(track)),
                None => session.add(Take::builder().name(name)),
            }),
            Self::Order => Live::Order(session.add(Order::builder().tenant_id(tenant).name(name))),
            Self::Product => Live::Product(session.add(Product::builder().tenant_id(tenant).name(name))),
            Self::Line => Live::Line(add_line(session, name, tenant, parents)),
        }
    }

    /// A new row without parents, its key given.
    pub(super) fn add_with_key(self, session: &Session, name: &str, key: i64) -> Live {
        use models::{Album, Badge, Node, User};
        match self {
            Self::User => Live::User(session.add(User::builder().id(key).name(name))),
            Self::Badge => Live::Badge(session.add(Badge::builder().id(key).name(name))),
            Self::Node => Live::Node(session.add(Node::builder().id(key).name(name))),
            Self::Album => Live::Album(session.add(Album::builder().id(key).name(name))),
            other => panic!("{other:?} is not added with a key"),
        }
    }

    /// A new row, its parents given by key.
    pub(super) fn add_by_key(
        self,
        session: &Session,
        name: &str,
        tenant: i32,
        [one, other]: [Option<i64>; 2],
    ) -> Live {
        use models::{Badge, Line, Node, Passport, Post, Take, Track};
        let needed = one.unwrap_or_default();
        match self {
            Self::User | Self::Order | Self::Product | Self::Album => {
                self.add(session, name, tenant, &[None, None])
            }
            Self::Badge => Live::Badge(session.add(Badge::builder().name(name).user_id(one))),
            Self::Passport => Live::Passport(session.add(Passport::builder().name(name).holder_id(needed))),
            Self::Post => {
                Live::Post(session.add(Post::builder().name(name).author_id(needed).editor_id(other)))
            }
            Self::Node => Live::Node(session.add(Node::builder().name(name).parent_id(one))),
            Self::Track => Live::Track(session.add(Track::builder().name(name).album_id(needed))),
            Self::Take => Live::Take(session.add(Take::builder().name(name).track_id(one))),
            Self::Line => Live::Line(
                session.add(Line::builder().name(name).tenant_id(tenant).order_id(one).product_id(other)),
            ),
        }
    }
}

fn add_line(session: &Session, name: &str, tenant: i32, parents: &[Option<Live>; 2]) -> Entity<models::Line> {
    let line = models::Line::builder().name(name).tenant_id(tenant);
    match (parent(parents, 0), parent(parents, 1)) {
        (Some(order), Some(product)) => session.add(line.order(order).product(product)),
        (Some(order), None) => session.add(line.order(order)),
        (None, Some(product)) => session.add(line.product(product)),
        (None, None) => session.add(line),
    }
}

/// A user in one builder: two posts, a badge, the user.
pub(super) fn add_family(session: &Session, name: &str) -> Vec<Live> {
    use models::{Badge, Post, User};
    let posts = ["first", "second"].map(|name| Post::builder().name(name));
    let user = session.add(User::builder().name(name).posts(posts).badge(Badge::builder().name("badge")));
    let posts = user.posts().get().expect("what comes with a new row is known");
    let badge = user.badge().get().expect("what comes with a new row is known");
    posts.found().into_iter().chain(badge.found()).chain([Live::User(user)]).collect()
}
