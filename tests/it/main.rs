//! The one integration binary: a file for each feature, seen from outside.

mod layers;
mod tidy;
