//! The integration tests, one file per feature.
mod faketime;
