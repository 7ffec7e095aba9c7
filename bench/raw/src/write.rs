//! Writing: `BEGIN` and `COMMIT` travel with what is between them.

use futures_util::future::{try_join, try_join3, try_join4};
use harness::{NewGraph, NewPost, NewUser, Result};

use crate::Raw;
use crate::read::{Family, Post, Profile, User};

const BEGIN: &str = "begin";
const COMMIT: &str = "commit";
const INSERT_USER: &str = "insert into users (name, email) values ($1, $2) returning id, created_at";
const INSERT_USERS: &str =
    "insert into users (name, email) select * from unnest($1::text[], $2::text[]) returning id, created_at";
const INSERT_PROFILES: &str =
    "insert into profiles (bio, user_id) select * from unnest($1::text[], $2::bigint[]) returning id";
const INSERT_POSTS: &str = "insert into posts (title, body, user_id)
    select * from unnest($1::text[], $2::text[], $3::bigint[]) returning id";
const INSERT_POST: &str = "insert into posts (title, body, user_id) values ($1, $2, $3) returning id";
const RENAME: &str = "update users set name = $2 where id = $1";
const RENAME_ALL: &str = "update users u set name = n.name
    from unnest($1::bigint[], $2::text[]) n (id, name) where u.id = n.id";
const DELETE: &str = "delete from users where id = any($1::bigint[])";

impl Raw {
    async fn execute(
        &self,
        sql: &'static str,
        parameters: &[&(dyn tokio_postgres::types::ToSql + Sync)],
    ) -> Result<u64> {
        let statement = self.statement(sql).await?;
        Ok(self.client.execute(&statement, parameters).await?)
    }

    pub(crate) async fn insert_users(&self, users: Vec<NewUser>) -> Result<Vec<User>> {
        let begin = self.execute(BEGIN, &[]);
        let commit = self.execute(COMMIT, &[]);
        let (_, rows, _) = try_join3(begin, self.user_rows(&users), commit).await?;
        with_keys(users, &rows)
    }

    async fn user_rows(&self, users: &[NewUser]) -> Result<Vec<tokio_postgres::Row>> {
        if let [user] = users {
            return self.rows(INSERT_USER, &[&user.name, &user.email]).await;
        }
        let names: Vec<&str> = users.iter().map(|user| &*user.name).collect();
        let emails: Vec<&str> = users.iter().map(|user| &*user.email).collect();
        self.rows(INSERT_USERS, &[&names, &emails]).await
    }

    pub(crate) async fn insert_graphs(&self, graphs: Vec<NewGraph>) -> Result<Vec<Family>> {
        let users: Vec<NewUser> = graphs.iter().map(|graph| graph.user.clone()).collect();
        let (_, rows) = try_join(self.execute(BEGIN, &[]), self.user_rows(&users)).await?;
        let users = with_keys(users, &rows)?;

        let parents: Vec<i64> = users.iter().map(|user| user.id).collect();
        let authors: Vec<i64> =
            users.iter().zip(&graphs).flat_map(|(user, graph)| vec![user.id; graph.posts.len()]).collect();
        let bios: Vec<&str> = graphs.iter().map(|graph| &*graph.bio).collect();
        let posts = || graphs.iter().flat_map(|graph| &graph.posts);
        let titles: Vec<&str> = posts().map(|post| &*post.title).collect();
        let bodies: Vec<&str> = posts().map(|post| &*post.body).collect();
        let (profile_rows, post_rows, _) = try_join3(
            async { self.rows(INSERT_PROFILES, &[&bios, &parents]).await },
            async { self.rows(INSERT_POSTS, &[&titles, &bodies, &authors]).await },
            self.execute(COMMIT, &[]),
        )
        .await?;
        let mut post_rows = post_rows.iter();
        let mut families = Vec::with_capacity(users.len());
        for ((user, graph), profile) in users.into_iter().zip(graphs).zip(&profile_rows) {
            let profile = Profile { id: profile.try_get(0)?, bio: Some(graph.bio), user_id: user.id };
            let mut posts = Vec::with_capacity(graph.posts.len());
            for (post, row) in graph.posts.into_iter().zip(&mut post_rows) {
                posts.push(new_post(post, row.try_get(0)?, user.id));
            }
            families.push(Family { user, profile: Some(profile), posts });
        }
        Ok(families)
    }

    pub(crate) async fn save_names(&self, users: &[User]) -> Result<()> {
        let ids: Vec<i64> = users.iter().map(|user| user.id).collect();
        let names: Vec<&str> = users.iter().map(|user| &*user.name).collect();
        let update = async { self.execute(RENAME_ALL, &[&ids, &names]).await };
        try_join3(self.execute(BEGIN, &[]), update, self.execute(COMMIT, &[])).await?;
        Ok(())
    }

    pub(crate) async fn delete_users(&self, users: &[User]) -> Result<usize> {
        let ids: Vec<i64> = users.iter().map(|user| user.id).collect();
        let delete = async { self.execute(DELETE, &[&ids]).await };
        let (_, count, _) = try_join3(self.execute(BEGIN, &[]), delete, self.execute(COMMIT, &[])).await?;
        Ok(usize::try_from(count)?)
    }

    pub(crate) async fn edit(&self, id: i64, post: NewPost) -> Result<Family> {
        let mut family = self.family(id).await?;
        family.user.name = NewUser::changed(id);
        let update = async { self.execute(RENAME, &[&id, &family.user.name]).await };
        let insert = async { self.rows(INSERT_POST, &[&post.title, &post.body, &id]).await };
        let (_, _, rows, _) =
            try_join4(self.execute(BEGIN, &[]), update, insert, self.execute(COMMIT, &[])).await?;
        let key = rows.first().ok_or("no key came back")?.try_get(0)?;
        family.posts.push(new_post(post, key, id));
        Ok(family)
    }
}

/// PostgreSQL gives the rows of an insert from `unnest` back in their order.
fn with_keys(users: Vec<NewUser>, rows: &[tokio_postgres::Row]) -> Result<Vec<User>> {
    let user = |(user, row): (NewUser, &tokio_postgres::Row)| {
        Ok(User { id: row.try_get(0)?, name: user.name, email: user.email, created_at: row.try_get(1)? })
    };
    users.into_iter().zip(rows).map(user).collect()
}

fn new_post(post: NewPost, id: i64, user_id: i64) -> Post {
    Post { id, title: post.title, body: Some(post.body), user_id, tags: Vec::new() }
}
