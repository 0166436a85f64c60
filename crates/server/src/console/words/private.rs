//! The words of what is private on a receipt at the console.

use crate::html::language::Lang;

/// What is said of private items.
pub(in super::super) struct Private {
    pub(in super::super) item: &'static str,
    pub(in super::super) lead: &'static str,
    pub(in super::super) open: &'static str,
    pub(in super::super) opened: &'static str,
}

static JA: Private = Private {
    item: "伏せられた品",
    lead: "お店か買った人が伏せた品があります。開いたことは操作の記録に残ります。",
    open: "伏せられた品を開く",
    opened: "伏せられた品を開いています。このことは操作の記録に残りました。",
};

static EN: Private = Private {
    item: "private item",
    lead: "The shop or the buyer marked something as private. Opening it is written into the audit log.",
    open: "Open private items",
    opened: "Private items are open. This was written into the audit log.",
};

impl Lang {
    /// What is said of private items.
    pub(in super::super) const fn of_private(self) -> &'static Private {
        match self {
            Self::Ja => &JA,
            Self::En => &EN,
        }
    }
}
