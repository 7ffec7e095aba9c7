//! Models whose rows belong to tenants.

use orm_core::prelude::*;

#[derive(Model, Debug, Clone)]
#[orm(table = "firms", has_many(people: Person, back_populates = firm, cascade = delete))]
pub struct Firm {
    #[orm(primary_key)]
    pub id: i64,
    pub tenant: i32,
    pub name: String,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "people")]
#[orm(has_many(pupils: Person, back_populates = mentor))]
#[orm(many_to_many(skills: Skill, secondary = "people_skills", back_populates = people))]
pub struct Person {
    #[orm(primary_key)]
    pub id: i64,
    pub tenant: i32,
    pub name: String,
    #[orm(index, belongs_to(firm: Firm, back_populates = people))]
    pub firm_id: i64,
    #[orm(index, belongs_to(mentor: Person, back_populates = pupils))]
    pub mentor_id: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[orm(table = "skills", many_to_many(people: Person, back_populates = skills))]
pub struct Skill {
    #[orm(primary_key)]
    pub id: i64,
    pub tenant: i32,
}

pub const TABLES: [&orm_core::model::Table; 3] = models![Firm, Person, Skill];
