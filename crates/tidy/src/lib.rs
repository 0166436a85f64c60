//! The inspector of the house: what it looks at is in `tests/it`, one file per subject.
//!
//! This library is empty and stays so. Everything here is a test, because a rule that nothing
//! runs is a wish.
