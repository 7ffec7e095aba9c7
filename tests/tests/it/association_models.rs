//! Many-to-many relationships through models of the links: reachable both as entities and through.

use orm_core::EntityState;
use orm_core::prelude::*;
use orm_tests::Setup;
use orm_tests::links::school::{self, Course, Enrolment, Mark, Student, Visit};
use orm_tests::links::tenants::{self, Doc, Label, Labelling, Summary};

type Result = orm_core::Result<()>;

/// Two students and two courses; the first student is enrolled for the first course. Loaded again, nothing of it linked.
async fn school(setup: &Setup) -> orm_core::Result<(Session, Vec<Entity<Student>>, Vec<Entity<Course>>)> {
    let session = setup.db.session();
    let maths = session.add(Course::builder().title("maths"));
    session.add(Course::builder().title("art"));
    session.add(Student::builder().name("ann").courses([&maths]));
    session.add(Student::builder().name("bob"));
    session.commit().await?;
    session.clear();
    let students = session.scalars(select::<Student>().order_by(Student::id)).await?.all();
    let courses = session.scalars(select::<Course>().order_by(Course::id)).await?.all();
    session.commit().await?;
    setup.shapes();
    Ok((session, students, courses))
}

const ENROLMENTS: &str = "SELECT student_id, course_id, note FROM enrolments ORDER BY 1, 2";

#[tokio::test]
async fn links_are_entities_and_both_views_agree() -> Result {
    let setup = Setup::new(&school::TABLES).await;
    let (session, students, courses) = school(&setup).await?;
    let [ann, bob] = [&students[0], &students[1]];
    // One statement for both students, and the links are loaded with it.
    ann.courses().await?;
    let enrolment = ann.enrolments().get()?.remove(0);
    assert_eq!(setup.shapes().concat(), ["SELECT enrolments"]);
    enrolment.edit().note = Some("late".into());

    // By an entity, with more than the pair; by the relationship; and away again by the link.
    let second = session.add(Enrolment::builder().student(bob).course(&courses[0]).note("early"));
    bob.courses().add(&courses[1]);
    bob.courses().add(&courses[0]);
    assert_eq!(bob.courses().get()?, courses);
    session.delete(&second);
    assert_eq!(bob.courses().get()?, [courses[1].clone()]);
    session.commit().await?;
    assert_eq!(setup.rows(ENROLMENTS).await, ["1|1|late", "2|2|-"]);

    // The note is kept: nothing was parted in the end.
    setup.shapes();
    courses[0].students().remove(ann);
    assert!(ann.courses().get()?.is_empty());
    ann.courses().add(&courses[0]);
    session.commit().await?;
    assert!(setup.shapes().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_link_with_columns_of_its_own_is_deleted_by_its_pair() -> Result {
    let setup = Setup::new(&school::TABLES).await;
    let (session, students, courses) = school(&setup).await?;
    students[0].courses().remove(&courses[0]);
    // What is read meanwhile is the row, and not what stands for it.
    session
        .no_autoflush(async {
            let link = session.get::<Enrolment>((1, 1)).await?.expect("it is there");
            assert_eq!((link.student_id, link.course_id), (1, 1));
            orm_core::Result::Ok(())
        })
        .await?;
    session.commit().await?;
    assert!(setup.rows(ENROLMENTS).await.is_empty());
    assert!(students[0].courses().await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_link_with_a_key_of_its_own_must_be_loaded_to_be_deleted() -> Result {
    let setup = Setup::new(&school::TABLES).await;
    let (session, students, courses) = school(&setup).await?;
    let (ann, maths) = (&students[0], &courses[0]);
    session.add_all([(); 2].map(|()| Visit::builder().student(ann).course(maths)));
    session.commit().await?;
    session.clear();
    let ann = session.get::<Student>(1).await?.expect("there");
    let maths = session.get::<Course>(1).await?.expect("there");

    ann.visited().remove(&maths);
    let error = session.flush().await.expect_err("which rows?");
    assert!(error.is_not_loaded());
    assert_eq!(
        error.to_string(),
        "`Student::visited` is not loaded, and a `Visit` cannot be deleted by what it links: load it first"
    );
    session.rollback().await?;

    // From either side; all that link the two go.
    assert_eq!(maths.visitors().await?, std::slice::from_ref(&ann));
    assert_eq!(maths.visits().get()?.len(), 2);
    ann.visited().remove(&maths);
    assert!(maths.visitors().get()?.is_empty());
    session.commit().await?;
    assert_eq!(setup.rows("SELECT count(*) FROM visits").await, ["0"]);

    // Twice added is one link, also if there may be several.
    ann.visited().add(&maths);
    maths.visitors().add(&ann);
    session.commit().await?;
    ann.visited().add(&maths);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT count(*) FROM visits").await, ["1"]);
    Ok(())
}

#[tokio::test]
async fn a_link_that_needs_more_than_the_pair_is_added_as_an_entity() -> Result {
    let setup = Setup::new(&school::TABLES).await;
    let (session, students, courses) = school(&setup).await?;
    students[0].marked().add(&courses[0]);
    let error = session.commit().await.expect_err("which mark?");
    assert!(error.is_unlinkable());
    assert_eq!(
        error.to_string(),
        "`Student::marked` links by a `Mark`, whose `mark` must be given: add a `Mark` to the session"
    );
    session.add(Mark::builder().student(&students[0]).course(&courses[0]).mark(1));
    session.commit().await?;
    assert_eq!(students[0].marked().await?, courses[..1]);
    assert_eq!(setup.rows("SELECT student_id, course_id, mark FROM marks").await, ["1|1|1"]);
    Ok(())
}

#[tokio::test]
async fn a_row_that_goes_takes_its_links_along_as_their_keys_say() -> Result {
    let setup = Setup::new(&school::TABLES).await;
    let (session, students, courses) = school(&setup).await?;
    courses[0].students().await?;
    session.commit().await?;
    setup.shapes();
    session.delete(&students[0]);
    session.commit().await?;
    assert_eq!(setup.shapes(), [["BEGIN", "DELETE students", "COMMIT"]]);
    assert!(courses[0].students().get()?.is_empty());
    assert!(setup.rows(ENROLMENTS).await.is_empty());

    // Without a rule the database refuses.
    students[1].visited().add(&courses[0]);
    session.commit().await?;
    session.delete(&students[1]);
    assert!(session.commit().await.is_err_and(|error| error.is_foreign_key_violation()));
    session.rollback().await?;
    Ok(())
}

#[tokio::test]
async fn a_rollback_brings_links_back_and_takes_new_ones_away() -> Result {
    let setup = Setup::new(&school::TABLES).await;
    let (session, students, courses) = school(&setup).await?;
    let [ann, bob] = [&students[0], &students[1]];
    ann.courses().await?;
    let kept = ann.enrolments().get()?.remove(0);
    session.commit().await?;

    ann.courses().replace([&courses[1]]);
    bob.courses().remove(&courses[0]); // not loaded
    session.flush().await?;
    assert_eq!(Entity::state(&kept), EntityState::Deleted);
    courses[0].students().add(bob);
    session.rollback().await?;
    assert_eq!(ann.courses().get()?, courses[..1]);
    assert_eq!(ann.enrolments().get()?, [kept]);
    assert!(bob.courses().await?.is_empty());
    assert!(courses[1].students().await?.is_empty());
    assert_eq!(setup.rows(ENROLMENTS).await, ["1|1|-"]);
    setup.shapes();
    session.commit().await?;
    assert!(setup.shapes().concat().is_empty());

    // Entities that left the session come back with their links.
    let eve = session.add(Student::builder().name("eve"));
    let new = session.add(Course::builder().title("music").students([&eve]));
    session.rollback().await?;
    assert_eq!(eve.courses().get()?, std::slice::from_ref(&new));
    session.add(&new);
    session.commit().await?;
    assert_eq!(setup.rows("SELECT count(*) FROM enrolments").await, ["2"]);
    assert_eq!(Entity::state(&eve), EntityState::Persistent);
    Ok(())
}

#[tokio::test]
async fn a_savepoint_brings_links_back() -> Result {
    let setup = Setup::new(&school::TABLES).await;
    let (session, students, courses) = school(&setup).await?;
    let [ann, bob] = [&students[0], &students[1]];
    ann.courses().await?;
    bob.courses().add(&courses[0]);
    let savepoint = session.begin_nested().await?;
    ann.courses().replace([&courses[1]]);
    bob.courses().remove(&courses[0]);
    session.flush().await?;
    assert_eq!(setup.rows(ENROLMENTS).await, ["1|1|-"]); // as others see it
    ann.courses().remove(&courses[1]);
    savepoint.rollback().await?;
    assert_eq!(ann.courses().get()?, courses[..1]);
    assert_eq!(bob.courses().get()?, courses[..1]);
    setup.shapes();
    session.commit().await?;
    assert_eq!(setup.shapes(), [["COMMIT"]]);
    assert_eq!(setup.rows(ENROLMENTS).await, ["1|1|-", "2|1|-"]);
    Ok(())
}

const LABELLINGS: &str = "SELECT tenant, doc_id, label_name FROM labellings ORDER BY 1, 2, 3";

/// Two documents of a tenant with two labels, and what else refers to them, loaded again.
async fn documents(setup: &Setup) -> orm_core::Result<(Session, Vec<Entity<Doc>>)> {
    let session = setup.db.session();
    let doc = |id: i64, slug: &str| Doc::builder().tenant(1).id(id).slug(slug);
    let [draft, plan] = [(1, "draft"), (2, "plan")].map(|(id, slug)| session.add(doc(id, slug)));
    let [hot, old] =
        [(1, "hot"), (2, "old")].map(|(id, name)| session.add(Label::builder().tenant(1).id(id).name(name)));
    draft.labels().add(&hot);
    hot.docs().add(&plan);
    plan.labels().add(&old);
    // A circle, which the shared column, never NULL, does not keep from being written.
    plan.parent().set(&draft);
    draft.next().set(&plan);
    session.add(Summary::builder().doc(&draft).text("short"));
    session.commit().await?;
    session.clear();
    setup.shapes();
    let docs = select::<Doc>().options(selectinload(Doc::labels)).options(joinedload(Doc::summary));
    let docs = docs.options(selectinload(Doc::parts)).options(joinedload(Doc::next)).order_by(Doc::id);
    let docs = session.scalars(docs).await?.all();
    Ok((session, docs))
}

fn labels(doc: &Entity<Doc>) -> orm_core::Result<String> {
    let names = doc.labels().get()?;
    Ok(names.iter().map(|label| &*label.name).collect::<Vec<_>>().join(" "))
}

#[tokio::test]
async fn keys_that_share_a_column_link_too() -> Result {
    let setup = Setup::new(&tenants::TABLES).await;
    let (_session, docs) = documents(&setup).await?;
    assert_eq!(setup.rows(LABELLINGS).await, ["1|1|hot", "1|2|hot", "1|2|old"]);
    assert_eq!(setup.shapes().concat(), ["SELECT docs", "SELECT labellings", "SELECT docs"]);
    let [draft, plan] = [&docs[0], &docs[1]];
    assert_eq!((labels(draft)?, labels(plan)?), ("hot".to_owned(), "hot old".to_owned()));
    assert_eq!((draft.parts().get()?, draft.next().get()?), (vec![plan.clone()], Some(plan.clone())));
    assert_eq!((plan.parent().get()?, plan.next().get()?), (Some(draft.clone()), None));
    assert_eq!(draft.summary().get()?.map(|summary| summary.text.clone()), Some("short".to_owned()));
    assert_eq!(plan.summary().get()?, None);
    Ok(())
}

#[tokio::test]
async fn links_over_keys_that_share_a_column_are_deleted_unseen() -> Result {
    let setup = Setup::new(&tenants::TABLES).await;
    let (session, docs) = documents(&setup).await?;
    let hot = docs[0].labels().get()?.remove(0);
    // Not loaded from this side, but from the other.
    hot.docs().remove(&docs[1]);
    assert_eq!(labels(&docs[1])?, "old");
    session.commit().await?;
    assert_eq!(setup.rows(LABELLINGS).await, ["1|1|hot", "1|2|old"]);

    session.clear();
    let (plan, old) = (session.get::<Doc>((1, 2)).await?, session.get::<Label>((1, 2)).await?);
    plan.expect("there").labels().remove(&old.expect("there"));
    session.commit().await?;
    assert_eq!(setup.rows(LABELLINGS).await, ["1|1|hot"]);

    // Of another tenant: there is nothing that could link the two, and no other link goes.
    setup
        .sql(
            "INSERT INTO labels VALUES (2, 1, 'hot'); INSERT INTO docs (tenant, id, slug) VALUES (2, 1, 'x')",
        )
        .await;
    setup.sql("INSERT INTO labellings VALUES (2, 1, 'hot')").await;
    let (draft, hot) = (session.get::<Doc>((1, 1)).await?, session.get::<Label>((2, 1)).await?);
    draft.expect("there").labels().remove(&hot.expect("there"));
    session.commit().await?;
    assert_eq!(setup.rows(LABELLINGS).await, ["1|1|hot", "2|1|hot"]);
    Ok(())
}

#[tokio::test]
async fn what_no_key_can_link_is_refused() -> Result {
    let setup = Setup::new(&tenants::TABLES).await;
    let session = setup.db.session();
    let doc = session.add(Doc::builder().tenant(1).id(1).slug("draft"));
    let label = session.add(Label::builder().tenant(2).id(1).name("hot"));
    doc.labels().add(&label);
    let error = session.commit().await.expect_err("one column cannot hold two tenants");
    assert!(error.is_unlinkable(), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_labelling_is_an_entity_with_both_ends() -> Result {
    let setup = Setup::new(&tenants::TABLES).await;
    let session = setup.db.session();
    let doc = session.add(Doc::builder().tenant(1).id(1).slug("draft"));
    let label = session.add(Label::builder().tenant(1).id(1).name("hot"));
    let link = session.add(Labelling::builder().doc(&doc).label(&label));
    assert_eq!((doc.labels().get()?, label.docs().get()?), (vec![label.clone()], vec![doc.clone()]));
    assert_eq!((link.doc().get()?, link.label().get()?), (doc, label));
    session.commit().await?;
    assert_eq!((link.tenant, link.doc_id, &*link.label_name), (1, 1, "hot"));
    Ok(())
}
