//! Rows, groups of rows and windows over them: what stands where.

use orm_core::func;
use orm_core::prelude::*;
use orm_core::query::window;

#[derive(Model, Clone)]
struct Post {
    #[orm(primary_key)]
    id: i64,
    title: String,
}

fn main() {}

fn an_aggregate_of_an_aggregate() {
    let _ = select::<Post>().columns(func::max(func::count(Post::id)));
}

fn an_aggregate_of_a_window_function() {
    let _ = select::<Post>().columns(func::max(func::row_number().over(window().order_by(Post::id))));
}

fn a_window_function_in_a_filter() {
    let _ = select::<Post>().filter(func::row_number().over(window().order_by(Post::id)).eq(1));
}

fn a_window_function_in_having() {
    let rank = func::rank().over(window().order_by(Post::title));
    let _ = select::<Post>().group_by(Post::title).having(rank.eq(1));
}

fn grouped_by_an_aggregate() {
    let _ = select::<Post>().group_by(func::count_all());
}

fn compared_with_an_aggregate_in_a_filter() {
    let _ = select::<Post>().filter(Post::id.eq(func::max(Post::id)));
}
