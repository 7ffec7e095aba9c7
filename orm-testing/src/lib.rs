//! A throwaway PostgreSQL server and a fresh database per test.
