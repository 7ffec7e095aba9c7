//! Many-to-many relationships: over bare tables and through models of the links.

use orm_core::prelude::*;

/// Over a bare table, from both sides and from one.
pub mod plain {
    use super::*;

    #[derive(Model, Debug, Clone)]
    #[orm(table = "items")]
    #[orm(many_to_many(keywords: Keyword, secondary = "item_keywords", back_populates = items))]
    #[orm(many_to_many(colours: Colour, secondary = "item_colours", columns = ("item", "colour"), on_delete = cascade))]
    pub struct Item {
        #[orm(primary_key)]
        pub id: i64,
        pub name: String,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "keywords")]
    #[orm(many_to_many(items: Item, back_populates = keywords))]
    pub struct Keyword {
        #[orm(primary_key)]
        pub id: i64,
        #[orm(unique)]
        pub name: String,
    }

    /// Does not know its items; the database deletes its links.
    #[derive(Model, Debug, Clone)]
    #[orm(table = "colours")]
    pub struct Colour {
        #[orm(primary_key)]
        pub code: String,
    }

    pub const TABLES: [&orm_core::model::Table; 3] = models![Item, Keyword, Colour];
}

/// A model that is linked with itself, each side under a name of its own.
pub mod circle {
    use super::*;

    #[derive(Model, Debug, Clone)]
    #[orm(table = "people")]
    #[orm(many_to_many(
        follows: Person,
        secondary = "follows",
        schema = "social",
        columns = ("follower_id", "followee_id"),
        back_populates = followers,
    ))]
    #[orm(many_to_many(followers: Person, back_populates = follows))]
    pub struct Person {
        #[orm(primary_key)]
        pub id: i64,
        pub name: String,
    }

    pub const TABLES: [&orm_core::model::Table; 1] = models![Person];
}

/// Through models: one whose key is the pair, one with a key of its own, one that needs more than the pair.
pub mod school {
    use super::*;

    #[derive(Model, Debug, Clone)]
    #[orm(table = "students")]
    #[orm(has_many(enrolments: Enrolment, back_populates = student))]
    #[orm(many_to_many(courses: Course, through = Enrolment, back_populates = students))]
    #[orm(has_many(visits: Visit, back_populates = student))]
    #[orm(many_to_many(visited: Course, through = Visit, back_populates = visitors))]
    #[orm(has_many(marks: Mark, back_populates = student))]
    #[orm(many_to_many(marked: Course, through = Mark))]
    pub struct Student {
        #[orm(primary_key)]
        pub id: i64,
        pub name: String,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "courses")]
    #[orm(has_many(enrolments: Enrolment, back_populates = course))]
    #[orm(many_to_many(students: Student, through = Enrolment, back_populates = courses))]
    #[orm(has_many(visits: Visit, back_populates = course))]
    #[orm(many_to_many(visitors: Student, through = Visit, back_populates = visited))]
    pub struct Course {
        #[orm(primary_key)]
        pub id: i64,
        pub title: String,
    }

    /// Its key is the pair.
    #[derive(Model, Debug, Clone)]
    #[orm(table = "enrolments")]
    pub struct Enrolment {
        #[orm(primary_key, belongs_to(student: Student, back_populates = enrolments, on_delete = cascade))]
        pub student_id: i64,
        #[orm(primary_key, belongs_to(course: Course, back_populates = enrolments, on_delete = cascade))]
        pub course_id: i64,
        pub note: Option<String>,
    }

    /// It has a key of its own, so that there may be several of one pair.
    #[derive(Model, Debug, Clone)]
    #[orm(table = "visits")]
    pub struct Visit {
        #[orm(primary_key)]
        pub id: i64,
        #[orm(belongs_to(student: Student, back_populates = visits))]
        pub student_id: i64,
        #[orm(belongs_to(course: Course, back_populates = visits))]
        pub course_id: i64,
    }

    /// It says more than that there is a link.
    #[derive(Model, Debug, Clone)]
    #[orm(table = "marks")]
    pub struct Mark {
        #[orm(primary_key)]
        pub id: i64,
        #[orm(belongs_to(student: Student, back_populates = marks))]
        pub student_id: i64,
        #[orm(belongs_to(course: Course))]
        pub course_id: i64,
        pub mark: i32,
    }

    pub const TABLES: [&orm_core::model::Table; 5] = models![Student, Course, Enrolment, Visit, Mark];
}

/// Keys of two columns that share the tenant, also in the links; keys to a unique column; a list that links rows of one
/// table; rows whose key is another's.
pub mod tenants {
    use super::*;

    #[derive(Model, Debug, Clone)]
    #[orm(table = "docs", unique(tenant, slug))]
    #[orm(has_many(labellings: Labelling, back_populates = doc))]
    #[orm(many_to_many(labels: Label, through = Labelling, back_populates = docs))]
    #[orm(belongs_to(parent: Doc, key = (tenant, parent_id), back_populates = parts))]
    #[orm(has_many(parts: Doc, back_populates = parent))]
    #[orm(belongs_to(next: Doc, key = (tenant, next_slug), references = (tenant, slug), back_populates = previous))]
    #[orm(has_many(previous: Doc, back_populates = next))]
    #[orm(has_one(summary: Summary, back_populates = doc))]
    pub struct Doc {
        #[orm(primary_key)]
        pub tenant: i32,
        #[orm(primary_key)]
        pub id: i64,
        pub slug: String,
        pub parent_id: Option<i64>,
        pub next_slug: Option<String>,
    }

    #[derive(Model, Debug, Clone)]
    #[orm(table = "labels", unique(tenant, name))]
    #[orm(has_many(labellings: Labelling, back_populates = label))]
    #[orm(many_to_many(docs: Doc, through = Labelling, back_populates = labels))]
    pub struct Label {
        #[orm(primary_key)]
        pub tenant: i32,
        #[orm(primary_key)]
        pub id: i64,
        pub name: String,
    }

    /// The tenant is part of both keys; the label is known by its name.
    #[derive(Model, Debug, Clone)]
    #[orm(table = "labellings")]
    #[orm(belongs_to(doc: Doc, key = (tenant, doc_id), back_populates = labellings, on_delete = cascade))]
    #[orm(belongs_to(label: Label, key = (tenant, label_name), references = (tenant, name), back_populates = labellings))]
    pub struct Labelling {
        #[orm(primary_key)]
        pub tenant: i32,
        #[orm(primary_key)]
        pub doc_id: i64,
        #[orm(primary_key)]
        pub label_name: String,
    }

    /// Its primary key is its document's, of two columns.
    #[derive(Model, Debug, Clone)]
    #[orm(table = "summaries")]
    #[orm(belongs_to(doc: Doc, key = (tenant, doc_id), back_populates = summary))]
    pub struct Summary {
        #[orm(primary_key)]
        pub tenant: i32,
        #[orm(primary_key)]
        pub doc_id: i64,
        pub text: String,
    }

    pub const TABLES: [&orm_core::model::Table; 4] = models![Doc, Label, Labelling, Summary];
}
