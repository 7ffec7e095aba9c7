//! A query speaks of what it reads from, and what may be NULL is an `Option`.

use orm_core::func;
use orm_core::prelude::*;

#[derive(Model, Clone)]
#[orm(has_many(posts: Post, back_populates = user))]
struct User {
    #[orm(primary_key)]
    id: i64,
    email: String,
}

#[derive(Model, Clone)]
struct Post {
    #[orm(primary_key)]
    id: i64,
    title: String,
    #[orm(belongs_to(user: User, back_populates = posts))]
    user_id: i64,
}

#[derive(FromRow)]
struct Author {
    email: String,
    title: String,
}

fn main() {}

fn ordered_by_what_is_not_there() {
    let _ = select::<User>().order_by(Post::title);
}

fn filtered_by_what_is_not_there() {
    let _ = select::<User>().filter(Post::title.eq("x"));
}

fn columns_of_what_is_not_there() {
    let _ = select::<User>().columns((User::email, Post::title));
}

fn joined_along_what_is_not_there() {
    let _ = select::<User>().join(Post::user);
}

fn compared_with_a_wrong_type() {
    let _ = select::<User>().filter(User::id.eq("1"));
}

fn looked_for_among_wrong_types() {
    let _ = select::<User>().filter(User::id.in_(["a", "b"]));
}

fn null_into_a_field_that_is_not_null() {
    let _ = select::<User>()
        .left_join(User::posts)
        .columns(row!(Author { email: User::email, title: Post::title }));
}

fn a_field_too_few() {
    let _ = select::<User>().columns(row!(Author { email: User::email }));
}

fn a_field_of_another_name() {
    let _ = select::<User>().columns(row!(Author { email: User::email, titel: User::email }));
}

fn an_aggregate_in_a_filter() {
    let _ = select::<Post>().filter(func::count_all().gt(1));
}

fn no_sum_of_text() {
    let _ = select::<Post>().columns(func::sum(Post::title));
}

async fn null_into_a_value(session: &Session) -> orm_core::Result<()> {
    let query = select::<User>().left_join(User::posts).columns(Post::title);
    let titles: Vec<String> = session.scalars(query).await?.all();
    Ok(())
}

fn a_subquery_of_another_type() {
    let _ = select::<User>().filter(User::id.in_(select::<Post>().columns(Post::title)));
}

fn text_operators_of_numbers() {
    let _ = select::<User>().filter(User::id.like("1%"));
}

fn a_window_function_without_a_window() {
    let _ = select::<User>().columns(func::row_number());
}

fn different_rows_in_a_union() {
    let _ = select::<User>().columns(User::id).union(select::<Post>().columns(Post::title));
}

async fn columns_before_a_rollup(session: &Session) -> orm_core::Result<()> {
    let query = select::<Post>().columns(Post::title).group_by_rollup(Post::title);
    session.execute(query).await?;
    Ok(())
}

fn a_right_join_is_not_forgotten() {
    let _ = select::<Post>().right_join(Post::user).forget_joins();
}
