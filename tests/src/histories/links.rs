//! A relationship, whatever its models: both of its sides read, loaded and changed.

use futures_util::future::BoxFuture;
use orm_core::prelude::*;

use super::live::{Found as _, Live, Modelled as _, all};
use super::models;

type Loading<'a, T = Vec<Live>> = BoxFuture<'a, orm_core::Result<T>>;

/// What can be done with a relationship. The child holds the key.
pub(super) trait Link: Sync {
    fn parent(&self, child: &Live) -> orm_core::Result<Vec<Live>>;
    fn children(&self, parent: &Live) -> orm_core::Result<Vec<Live>>;
    fn load_parent<'a>(&'a self, child: &'a Live) -> Loading<'a>;
    fn load_children<'a>(&'a self, parent: &'a Live) -> Loading<'a>;
    fn refresh_parent<'a>(&'a self, session: &'a Session, child: &'a Live) -> Loading<'a, ()>;
    fn refresh_children<'a>(&'a self, session: &'a Session, parent: &'a Live) -> Loading<'a, ()>;
    /// All children with their parents.
    fn select_up<'a>(&'a self, session: &'a Session, joined: bool) -> Loading<'a>;
    /// All parents with their children.
    fn select_down<'a>(&'a self, session: &'a Session, joined: bool) -> Loading<'a>;
    /// All parents, with those of their children that have a name, if there may be many.
    fn select_part<'a>(&'a self, session: &'a Session, name: &'a str) -> Loading<'a>;
    /// Whether the parent shows only a part of its children.
    fn is_partial(&self, parent: &Live) -> bool;
    /// From the child's side.
    fn set(&self, child: &Live, parent: Option<&Live>);
    /// By the key's column.
    fn set_key(&self, child: &Live, parent: Option<i64>);
    /// From the parent's side.
    fn add(&self, parent: &Live, child: &Live);
    /// From the parent's side.
    fn remove(&self, parent: &Live, child: &Live);
    /// What the key's column holds.
    fn key(&self, child: &Live) -> Option<i64>;
    /// What the database says that the parent's children are.
    fn query<'a>(&'a self, session: &'a Session, parent: &'a Live) -> Loading<'a>;
}

macro_rules! link {
    ($link:ident: $child:ident.$to:ident($key:ident) $need:ident, $parent:ident.$back:ident $many:ident) => {
        pub(super) struct $link;

        impl Link for $link {
            fn parent(&self, child: &Live) -> orm_core::Result<Vec<Live>> {
                Ok(models::$child::of(child).$to().get()?.found())
            }

            fn children(&self, parent: &Live) -> orm_core::Result<Vec<Live>> {
                Ok(models::$parent::of(parent).$back().get()?.found())
            }

            fn load_parent<'a>(&'a self, child: &'a Live) -> Loading<'a> {
                Box::pin(async move { Ok(models::$child::of(child).$to().await?.found()) })
            }

            fn load_children<'a>(&'a self, parent: &'a Live) -> Loading<'a> {
                Box::pin(async move { Ok(models::$parent::of(parent).$back().await?.found()) })
            }

            fn refresh_parent<'a>(&'a self, session: &'a Session, child: &'a Live) -> Loading<'a, ()> {
                Box::pin(async move {
                    session.refresh(models::$child::of(child)).attribute(models::$child::$to).await
                })
            }

            fn refresh_children<'a>(&'a self, session: &'a Session, parent: &'a Live) -> Loading<'a, ()> {
                Box::pin(async move {
                    session.refresh(models::$parent::of(parent)).attribute(models::$parent::$back).await
                })
            }

            fn select_up<'a>(&'a self, session: &'a Session, joined: bool) -> Loading<'a> {
                let select = select::<models::$child>();
                Box::pin(all(
                    session,
                    match joined {
                        true => select.options(joinedload(models::$child::$to)),
                        false => select.options(selectinload(models::$child::$to)),
                    },
                    false,
                ))
            }

            fn select_down<'a>(&'a self, session: &'a Session, joined: bool) -> Loading<'a> {
                let select = select::<models::$parent>();
                Box::pin(all(
                    session,
                    match joined {
                        true => select.options(joinedload(models::$parent::$back)),
                        false => select.options(selectinload(models::$parent::$back)),
                    },
                    false,
                ))
            }

            fn select_part<'a>(&'a self, session: &'a Session, name: &'a str) -> Loading<'a> {
                let select = select::<models::$parent>();
                Box::pin(all(session, link!(@part $many select, models::$parent::$back, $child, name), false))
            }

            fn is_partial(&self, parent: &Live) -> bool {
                link!(@is_partial $many models::$parent::of(parent).$back())
            }

            fn set(&self, child: &Live, parent: Option<&Live>) {
                let link = models::$child::of(child).$to();
                match parent {
                    Some(parent) => link.set(models::$parent::of(parent)),
                    None => link!(@clear $need link),
                }
            }

            fn set_key(&self, child: &Live, parent: Option<i64>) {
                let mut edit = models::$child::of(child).edit();
                match parent {
                    Some(parent) => edit.$key = parent.into(),
                    None => link!(@null $need edit.$key),
                }
            }

            fn add(&self, parent: &Live, child: &Live) {
                link!(@add $many models::$parent::of(parent).$back(), models::$child::of(child));
            }

            fn remove(&self, parent: &Live, child: &Live) {
                link!(@remove $many models::$parent::of(parent).$back(), models::$child::of(child));
            }

            fn key(&self, child: &Live) -> Option<i64> {
                models::$child::of(child).$key.into()
            }

            fn query<'a>(&'a self, session: &'a Session, parent: &'a Live) -> Loading<'a> {
                link!(@query $many session, self, models::$parent::of(parent).$back(), parent)
            }
        }
    };
    (@clear optional $link:ident) => { $link.clear() };
    (@clear required $link:ident) => { unreachable!("{:?} cannot be cleared", $link) };
    (@null optional $edit:ident.$key:ident) => { $edit.$key = None };
    (@null required $edit:ident.$key:ident) => { unreachable!("{:?} has no NULL", $edit) };
    (@add many $back:expr, $child:expr) => { $back.add($child) };
    (@add one $back:expr, $child:expr) => { $back.set($child) };
    (@remove many $back:expr, $child:expr) => { $back.remove($child) };
    (@remove one $back:expr, $child:expr) => {{
        let _ = $child;
        $back.clear();
    }};
    (@part many $select:ident, $back:expr, $child:ident, $name:ident) => {
        $select.options(selectinload($back).filter(models::$child::name.eq($name)))
    };
    (@part one $select:ident, $back:expr, $child:ident, $name:ident) => {{
        let _ = $name;
        $select
    }};
    (@is_partial many $back:expr) => { $back.is_partial() };
    (@is_partial one $back:expr) => {{
        drop($back);
        false
    }};
    (@query many $session:ident, $self:ident, $back:expr, $parent:ident) => { Box::pin(all($session, $back.query(), false)) };
    (@query one $session:ident, $self:ident, $back:expr, $parent:ident) => {{
        let _ = $session;
        $self.load_children($parent)
    }};
}

link!(BadgeUser: Badge.user(user_id) optional, User.badge one);
link!(PassportHolder: Passport.holder(holder_id) required, User.passport one);
link!(PostAuthor: Post.author(author_id) required, User.posts many);
link!(PostEditor: Post.editor(editor_id) optional, User.edited many);
link!(NodeParent: Node.parent(parent_id) optional, Node.children many);
link!(LineOrder: Line.order(order_id) optional, Order.lines many);
link!(TrackAlbum: Track.album(album_id) required, Album.tracks many);
link!(TakeTrack: Take.track(track_id) optional, Track.takes many);
link!(LineProduct: Line.product(product_id) optional, Product.lines many);
