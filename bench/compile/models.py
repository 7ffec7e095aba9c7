#!/usr/bin/env python3
"""Fifty models of twenty columns and five relationships each, as a crate for each library: what do they cost to compile?

    python3 bench/compile/models.py [--into DIRECTORY] [--rounds N] [ours] [diesel] [sea-orm]

Writes the crates (into bench/target/compile unless said), builds their dependencies, and then measures by turns, each with the
dependencies built and nothing of the crate itself: `check`, `build`, and `check` and `build` again after a column was added to
one model. Prints seconds: wall clock, and processor time in brackets. `--write` only writes the crates.

Model n belongs to the models n + 1, n + 7 and n + 13; the first two know of it (`has_many`; Diesel needs no word for that).
Each model has a function that reads by key, reads with a filter, an order and a relationship, changes, inserts and deletes.
"""

import argparse, os, resource, shutil, statistics, subprocess, sys, time
from pathlib import Path

MODELS = 50
PARENTS = [1, 7, 13]
TEXTS = ["name", "title", "city", "street", "email", "phone"]
OPTIONAL = ["note", "remark", "comment"]
NUMBERS = ["amount", "width", "height"]
COLUMNS = 20
HERE = Path(__file__).resolve().parent


def parents(n):
    return [(n + step) % MODELS for step in PARENTS]


def children(n):
    return [(n - step) % MODELS for step in PARENTS[:2]]


def columns(n):
    """Names with Rust types, without the key: 3 + 6 + 3 + 3 + 2 + 1 + 1 = 19."""
    keys = [(f"m{parent:02}_id", "Option<i64>" if place == 2 else "i64") for place, parent in enumerate(parents(n))]
    rest = [(name, "String") for name in TEXTS] + [(name, "Option<String>") for name in OPTIONAL]
    rest += [(name, "i32") for name in NUMBERS] + [("rank", "Option<i64>"), ("price", "f64"), ("active", "bool")]
    return keys + rest + [("created_at", "DateTime<Utc>")]


def value(name, type):
    if name.endswith("_id"): return "Some(1)" if type.startswith("Option") else "1"
    return {"String": f'"{name}".to_owned()', "Option<String>": "None", "i32": "1", "Option<i64>": "None", "f64": "0.5", "bool": "true",
            "DateTime<Utc>": "Utc::now()"}[type]


def ours(n, extra):
    back = "".join(f"#[orm(has_many(m{c:02}s: M{c:02}, back_populates = m{n:02}))]\n" for c in children(n))
    lines = ""
    for name, type in columns(n) + extra:
        if name.endswith("_id"):
            known = f", back_populates = m{n:02}s" if parents(n).index(int(name[1:3])) < 2 else ""
            lines += f"    #[orm(belongs_to({name[:3]}: M{name[1:3]}{known}))]\n"
        lines += f"    pub {name}: {type},\n"
    names = sorted({f"M{m:02}" for m in parents(n) + children(n)})
    new = "".join(f".{name}({value(name, type)})" for name, type in columns(n))
    return f"""//! Model {n}.

use chrono::{{DateTime, Utc}};
use orm_core::prelude::*;

use super::{{{", ".join(names)}}};

#[derive(Model, Debug, Clone)]
#[orm(table = "m{n:02}")]
{back}pub struct M{n:02} {{
    #[orm(primary_key)]
    pub id: i64,
{lines}}}

pub async fn work(session: &Session) -> orm_core::Result<usize> {{
    let one = session.get::<M{n:02}>(1).await?;
    let found = select::<M{n:02}>().filter(M{n:02}::name.eq("x")).order_by(M{n:02}::id);
    let found = session.scalars(found.options(selectinload(M{n:02}::m{children(n)[0]:02}s)).limit(10)).await?.all();
    for row in &found {{
        row.edit().amount = row.m{children(n)[0]:02}s().get()?.len() as i32;
    }}
    session.add(M{n:02}::builder(){new});
    if let Some(one) = one {{
        session.delete(&one);
    }}
    session.commit().await?;
    Ok(found.len())
}}
"""


def ours_main():
    mods = "".join(f"mod m{n:02};\n" for n in range(MODELS)) + "\n" + "".join(f"pub use m{n:02}::M{n:02};\n" for n in range(MODELS))
    calls = "".join(f"    rows += m{n:02}::work(&session).await?;\n" for n in range(MODELS))
    return f"""{mods}
#[tokio::main(flavor = "current_thread")]
async fn main() -> orm_core::Result<()> {{
    let session = orm_core::Database::connect(&std::env::args().nth(1).unwrap_or_default()).await?.session();
    let mut rows = 0;
{calls}    println!("{{rows}}");
    Ok(())
}}
"""


SQL = {"i64": "BigInt", "Option<i64>": "Nullable<BigInt>", "String": "Text", "Option<String>": "Nullable<Text>", "i32": "Integer", "f64": "Double",
       "bool": "Bool", "DateTime<Utc>": "Timestamptz"}


def diesel(n, extra):
    all = columns(n) + extra
    table = "".join(f"        {name} -> {SQL[type]},\n" for name, type in all)
    lines = "".join(f"    pub {name}: {type},\n" for name, type in all)
    new = "".join(f"        {name}: {value(name, type)},\n" for name, type in columns(n)) + ("        extra: None,\n" if extra else "")
    joinable = "".join(f"diesel::joinable!(m{n:02} -> m{p:02} (m{p:02}_id));\n" for p in parents(n))
    belongs = ", ".join(f"belongs_to(M{p:02}, foreign_key = m{p:02}_id)" for p in parents(n))
    names = sorted({f"m{m:02}::m{m:02}" for m in parents(n)} | {f"M{m:02}" for m in parents(n) + children(n)[:1]})
    child = children(n)[0]
    return f"""//! Model {n}.

use chrono::{{DateTime, Utc}};
use diesel::prelude::*;
use diesel_async::{{AsyncPgConnection, RunQueryDsl}};

use super::{{{", ".join(names)}}};

diesel::table! {{
    m{n:02} (id) {{
        id -> BigInt,
{table}    }}
}}
{joinable}
#[derive(Debug, Clone, Queryable, Selectable, Identifiable, Associations)]
#[diesel(table_name = m{n:02}, {belongs}, check_for_backend(diesel::pg::Pg))]
pub struct M{n:02} {{
    pub id: i64,
{lines}}}

#[derive(Insertable)]
#[diesel(table_name = m{n:02})]
pub struct New {{
{lines}}}

pub async fn work(connection: &mut AsyncPgConnection) -> QueryResult<usize> {{
    let one = m{n:02}::table.find(1).select(M{n:02}::as_select()).first(connection).await.optional()?;
    let found = m{n:02}::table.filter(m{n:02}::name.eq("x")).order(m{n:02}::id).limit(10);
    let found: Vec<M{n:02}> = found.select(M{n:02}::as_select()).load(connection).await?;
    let children: Vec<M{child:02}> = M{child:02}::belonging_to(&found).select(M{child:02}::as_select()).load(connection).await?;
    for (row, children) in found.iter().zip(children.grouped_by(&found)) {{
        let amount = children.len() as i32;
        diesel::update(row).set(m{n:02}::amount.eq(amount)).execute(connection).await?;
    }}
    let new = New {{
{new}    }};
    let _: M{n:02} = diesel::insert_into(m{n:02}::table).values(&new).returning(M{n:02}::as_returning()).get_result(connection).await?;
    if let Some(one) = one {{
        diesel::delete(&one).execute(connection).await?;
    }}
    Ok(found.len())
}}
"""


def diesel_main():
    mods = "".join(f"mod m{n:02};\n" for n in range(MODELS)) + "\n" + "".join(f"pub use m{n:02}::M{n:02};\n" for n in range(MODELS))
    calls = "".join(f"    rows += m{n:02}::work(&mut connection).await?;\n" for n in range(MODELS))
    return f"""{mods}
use diesel_async::{{AsyncConnection, AsyncPgConnection}};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {{
    let mut connection = AsyncPgConnection::establish(&std::env::args().nth(1).unwrap_or_default()).await?;
    let mut rows = 0;
{calls}    println!("{{rows}}");
    Ok(())
}}
"""


def sea_orm(n, extra):
    lines = "".join(f"    pub {name}: {type.replace('DateTime<Utc>', 'DateTimeUtc')},\n" for name, type in columns(n) + extra)
    for p in parents(n):
        optional = "Option<super::m{p:02}::Entity>".format(p=p) if p == parents(n)[2] else f"super::m{p:02}::Entity"
        lines += f'    #[sea_orm(belongs_to, from = "m{p:02}_id", to = "id")]\n    pub m{p:02}: BelongsTo<{optional}>,\n'
    for c in children(n):
        lines += f"    #[sea_orm(has_many)]\n    pub m{c:02}s: HasMany<super::m{c:02}::Entity>,\n"
    new = "".join(f"        {name}: Set({value(name, type)}),\n" for name, type in columns(n)).replace("Utc::now()", "chrono::Utc::now()")
    child = children(n)[0]
    return f"""//! Model {n}.

use sea_orm::entity::prelude::*;
use sea_orm::{{ActiveValue::Set, EntityLoaderTrait, IntoActiveModel, QueryOrder}};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "m{n:02}")]
pub struct Model {{
    #[sea_orm(primary_key)]
    pub id: i64,
{lines}}}

impl ActiveModelBehavior for ActiveModel {{}}

pub async fn work(database: &DatabaseConnection) -> Result<usize, DbErr> {{
    let one = Entity::find_by_id(1).one(database).await?;
    let found = Entity::load().filter(COLUMN.name.eq("x")).order_by_asc(COLUMN.id);
    let found = found.with(super::m{child:02}::Entity).all(database).await?;
    let rows = found.len();
    for row in found {{
        let amount = row.m{child:02}s.iter().count() as i32;
        let mut row = Model::from(row).into_active_model();
        row.amount = Set(amount);
        row.update(database).await?;
    }}
    let new = ActiveModel {{
{new}        ..Default::default()
    }};
    new.insert(database).await?;
    if let Some(one) = one {{
        one.delete(database).await?;
    }}
    Ok(rows)
}}
"""


def sea_orm_main():
    mods = "".join(f"mod m{n:02};\n" for n in range(MODELS))
    calls = "".join(f"    rows += m{n:02}::work(&database).await?;\n" for n in range(MODELS))
    # Its relations are evaluated one within the other.
    return f"""#![recursion_limit = "1024"]

{mods}
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), sea_orm::DbErr> {{
    let database = sea_orm::Database::connect(std::env::args().nth(1).unwrap_or_default()).await?;
    let mut rows = 0;
{calls}    println!("{{rows}}");
    Ok(())
}}
"""


COMMON = """tokio = { version = "1", features = ["rt", "macros"] }
chrono = { version = "0.4", default-features = false, features = ["std", "clock"] }
"""
LIBRARIES = {
    "ours": (ours, ours_main, f'orm-core = {{ path = "{HERE.parents[1]}/orm-core", features = ["chrono"] }}\n'),
    "diesel": (diesel, diesel_main, """diesel = { version = "2.3", default-features = false, features = ["postgres_backend", "chrono", "32-column-tables"] }
diesel-async = { version = "0.9", features = ["postgres"] }
"""),
    "sea-orm": (sea_orm, sea_orm_main, """sea-orm = { version = "2.0.4", default-features = false, features = ["macros", "with-chrono", "sqlx-postgres", "runtime-tokio"] }
"""),
}


def write(name, into):
    model, main, dependencies = LIBRARIES[name]
    source = into / name / "src"
    source.mkdir(parents=True, exist_ok=True)
    manifest = f'[workspace]\n\n[package]\nname = "models-{name}"\nversion = "0.1.0"\nedition = "2024"\n\n[dependencies]\n{COMMON}{dependencies}'
    (into / name / "Cargo.toml").write_text(manifest)
    for n in range(MODELS):
        assert len(columns(n)) + 1 == COLUMNS
        (source / f"m{n:02}.rs").write_text(model(n, []))
    (source / "main.rs").write_text(main())


def cargo(crate, *arguments):
    """Wall clock and processor time."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.time()
    target = {k: v for k, v in os.environ.items() if k != "CARGO_TARGET_DIR"}
    subprocess.run(["cargo", *arguments, "--quiet"], cwd=crate, check=True, env=target | {"RUSTFLAGS": "-Awarnings"})
    wall, after = time.time() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(name, into):
    crate, model = into / name, LIBRARIES[name][0]
    took = {}
    for command in ["check", "build"]:
        cargo(crate, command)
        cargo(crate, "clean", "--package", f"models-{name}")
        shutil.rmtree(crate / "target/debug/incremental", ignore_errors=True)
        took[command] = cargo(crate, command)
        (crate / "src/m25.rs").write_text(model(25, [("extra", "Option<String>")]))
        took[f"{command} after a column"] = cargo(crate, command)
        (crate / "src/m25.rs").write_text(model(25, []))
    print(name, took, file=sys.stderr, flush=True)
    return took


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, default=HERE.parent / "target/compile")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("libraries", nargs="*", default=list(LIBRARIES))
    said = parser.parse_args()
    for name in said.libraries:
        write(name, said.into.resolve())
    if said.write: return
    rounds = [{name: measure(name, said.into.resolve()) for name in said.libraries} for _ in range(said.rounds)]
    steps = list(rounds[0][said.libraries[0]])
    print("| library | " + " | ".join(steps) + " |\n| --- |" + " ---: |" * len(steps))
    for name in said.libraries:
        medians = [[statistics.median(round[name][step][part] for round in rounds) for part in (0, 1)] for step in steps]
        print(f"| {name} | " + " | ".join(f"{wall:.1f} ({cpu:.1f})" for wall, cpu in medians) + " |")


main()
