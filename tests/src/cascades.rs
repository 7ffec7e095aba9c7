//! Models whose relationships say what goes with what.

use orm_core::prelude::*;

/// The session deletes: no key has a rule.
pub mod studio {
    use super::*;

    #[derive(Model, Debug, Clone)]
    #[orm(table = "albums")]
    #[orm(has_many(tracks: Track, back_populates = album, cascade = delete_orphan))]
    #[orm(has_one(cover: Cover, back_populates = album, cascade = delete_orphan))]
    pub struct Album {
        #[orm(primary_key)]
        pub id: i64,
        pub title: String,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "tracks")]
    #[orm(has_many(takes: Take, back_populates = track, cascade = delete))]
    pub struct Track {
        #[orm(primary_key)]
        pub id: i64,
        pub title: String,
        #[orm(belongs_to(album: Album, back_populates = tracks))]
        pub album_id: i64,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "takes")]
    pub struct Take {
        #[orm(primary_key)]
        pub id: i64,
        #[orm(belongs_to(track: Track, back_populates = takes))]
        pub track_id: Option<i64>,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "covers")]
    pub struct Cover {
        #[orm(primary_key)]
        pub id: i64,
        pub colour: String,
        #[orm(unique, belongs_to(album: Album, back_populates = cover))]
        pub album_id: i64,
    }

    pub const TABLES: [&orm_core::model::Table; 4] = models![Album, Track, Take, Cover];
}

/// A tree of which no part stays without its parent, and one over which the database keeps watch.
pub mod forest {
    use super::*;

    #[derive(Model, Debug, Clone)]
    #[orm(table = "branches")]
    #[orm(has_many(branches: Branch, back_populates = parent, cascade = delete_orphan))]
    pub struct Branch {
        #[orm(primary_key)]
        pub id: i64,
        pub name: String,
        #[orm(belongs_to(parent: Branch, back_populates = branches))]
        pub parent_id: Option<i64>,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "roots")]
    #[orm(has_many(roots: Root, back_populates = parent, cascade = delete_orphan))]
    pub struct Root {
        #[orm(primary_key)]
        pub id: i64,
        #[orm(belongs_to(parent: Root, back_populates = roots, on_delete = cascade))]
        pub parent_id: Option<i64>,
    }

    pub const TABLES: [&orm_core::model::Table; 2] = models![Branch, Root];
}

/// What a row leads to belongs to it alone.
pub mod garage {
    use super::*;

    /// Its engine does not know it.
    #[derive(Model, Debug, Clone)]
    #[orm(table = "cars")]
    pub struct Car {
        #[orm(primary_key)]
        pub id: i64,
        #[orm(unique, belongs_to(engine: Engine, cascade = delete_orphan))]
        pub engine_id: Option<i64>,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "engines")]
    #[orm(has_many(bolts: Bolt, back_populates = engine, cascade = delete))]
    pub struct Engine {
        #[orm(primary_key)]
        pub id: i64,
        pub name: String,
        #[orm(unique, belongs_to(turbo: Turbo, back_populates = engine, cascade = delete_orphan))]
        pub turbo_id: Option<i64>,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "turbos")]
    #[orm(has_one(engine: Engine, back_populates = turbo))]
    pub struct Turbo {
        #[orm(primary_key)]
        pub id: i64,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "bolts")]
    pub struct Bolt {
        #[orm(primary_key)]
        pub id: i64,
        #[orm(belongs_to(engine: Engine, back_populates = bolts))]
        pub engine_id: i64,
    }

    pub const TABLES: [&orm_core::model::Table; 4] = models![Car, Engine, Turbo, Bolt];
}

/// A row with two parents, of which it needs both, and keys of two columns.
pub mod fair {
    use super::*;

    #[derive(Model, Debug, Clone)]
    #[orm(table = "guests")]
    #[orm(has_many(tickets: Ticket, back_populates = guest, cascade = delete_orphan))]
    pub struct Guest {
        #[orm(primary_key)]
        pub tenant_id: i32,
        #[orm(primary_key, identity)]
        pub id: i64,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "shows")]
    #[orm(has_many(tickets: Ticket, back_populates = show, cascade = delete_orphan))]
    pub struct Show {
        #[orm(primary_key)]
        pub tenant_id: i32,
        #[orm(primary_key, identity)]
        pub id: i64,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "tickets")]
    #[orm(belongs_to(guest: Guest, key = (tenant_id, guest_id), back_populates = tickets))]
    #[orm(belongs_to(show: Show, key = (tenant_id, show_id), back_populates = tickets))]
    pub struct Ticket {
        #[orm(primary_key)]
        pub id: i64,
        pub tenant_id: i32,
        pub guest_id: Option<i64>,
        pub show_id: Option<i64>,
    }

    pub const TABLES: [&orm_core::model::Table; 3] = models![Guest, Show, Ticket];
}

/// A row whose primary key is its parent's.
pub mod passports {
    use super::*;

    #[derive(Model, Debug, Clone)]
    #[orm(table = "people")]
    #[orm(has_one(passport: Passport, back_populates = person, cascade = delete))]
    pub struct Person {
        #[orm(primary_key)]
        pub id: i64,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "passports")]
    pub struct Passport {
        #[orm(primary_key, belongs_to(person: Person, back_populates = passport))]
        pub person_id: i64,
    }

    pub const TABLES: [&orm_core::model::Table; 2] = models![Person, Passport];
}

/// Links that are rows of their own; a clip is in one list alone.
pub mod clips {
    use super::*;

    #[derive(Model, Debug, Clone)]
    #[orm(table = "reels")]
    #[orm(has_many(entries: Entry, back_populates = reel, cascade = delete_orphan))]
    pub struct Reel {
        #[orm(primary_key)]
        pub id: i64,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "entries")]
    pub struct Entry {
        #[orm(primary_key, belongs_to(reel: Reel, back_populates = entries))]
        pub reel_id: i64,
        #[orm(primary_key, unique, belongs_to(clip: Clip, back_populates = entry, cascade = delete))]
        pub clip_id: i64,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "clips")]
    #[orm(has_one(entry: Entry, back_populates = clip))]
    #[orm(has_many(captions: Caption, back_populates = clip, cascade = delete))]
    pub struct Clip {
        #[orm(primary_key)]
        pub id: i64,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "captions")]
    pub struct Caption {
        #[orm(primary_key)]
        pub id: i64,
        #[orm(belongs_to(clip: Clip, back_populates = captions))]
        pub clip_id: i64,
    }

    pub const TABLES: [&orm_core::model::Table; 4] = models![Reel, Entry, Clip, Caption];
}

/// The database deletes, keeps, or lets go; what hangs on a comment is for the session to delete.
pub mod forum {
    use super::*;

    #[derive(Model, Debug, Clone)]
    #[orm(table = "topics")]
    #[orm(has_many(comments: Comment, back_populates = topic, cascade = delete_orphan))]
    #[orm(has_many(likes: Like, back_populates = topic, cascade = delete_orphan))]
    #[orm(has_many(pins: Pin, back_populates = topic))]
    #[orm(has_many(reports: Report, back_populates = topic))]
    #[orm(has_many(views: View, back_populates = topic))]
    pub struct Topic {
        #[orm(primary_key)]
        pub id: i64,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "comments")]
    #[orm(has_many(files: File, back_populates = comment, cascade = delete))]
    pub struct Comment {
        #[orm(primary_key)]
        pub id: i64,
        #[orm(belongs_to(topic: Topic, back_populates = comments, on_delete = cascade))]
        pub topic_id: i64,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "files")]
    pub struct File {
        #[orm(primary_key)]
        pub id: i64,
        #[orm(belongs_to(comment: Comment, back_populates = files))]
        pub comment_id: i64,
    }

    /// Nothing but the database is needed for it.
    #[derive(Model, Debug, Clone)]
    #[orm(table = "likes")]
    pub struct Like {
        #[orm(primary_key)]
        pub id: i64,
        #[orm(belongs_to(topic: Topic, back_populates = likes, on_delete = cascade))]
        pub topic_id: i64,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "pins")]
    pub struct Pin {
        #[orm(primary_key)]
        pub id: i64,
        #[orm(belongs_to(topic: Topic, back_populates = pins, on_delete = cascade))]
        pub topic_id: i64,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "reports")]
    pub struct Report {
        #[orm(primary_key)]
        pub id: i64,
        #[orm(belongs_to(topic: Topic, back_populates = reports, on_delete = restrict))]
        pub topic_id: i64,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "views")]
    pub struct View {
        #[orm(primary_key)]
        pub id: i64,
        #[orm(belongs_to(topic: Topic, back_populates = views, on_delete = set_null))]
        pub topic_id: Option<i64>,
    }

    pub const TABLES: [&orm_core::model::Table; 7] = models![Topic, Comment, File, Like, Pin, Report, View];
}
