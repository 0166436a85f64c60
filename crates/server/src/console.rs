//! The console: where operators, and the people of a store, see how things are and do the few things that
//! are theirs to do. It shows what was sold and never who bought it.
use crate::app::App;
use axum::Router;
use std::sync::Arc;
pub(crate) fn router(app: Arc<App>) -> Router {
    crate::html::around(Router::new(), app, "/console")
}
