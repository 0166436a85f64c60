//! What a return or a void takes something back of, read so that it can be asked whether that is private. It goes on
//! from one to the next, as from the void of a return to the sale. Nothing is decided here.

use super::Whole;
use super::kept::Looked;
use ledger::Ledger;
use ledger::account::Sold;
use purchase::id::PurchaseId;
use purchase::settlement::{Content, LineNumber};

/// Settlements that are read for one that takes something back, at most. A shop can name them so that they go
/// round in a circle, and what goes further than anybody's receipts do is taken for unknown.
const ORIGINALS_MAX: usize = 4;

/// A settlement that something was taken back of.
pub(super) struct Original {
    purchase_id: PurchaseId,
    sold: Sold,
}

impl Original {
    pub(super) fn whole(&self) -> Whole<'_> {
        Whole {
            purchase_id: Some(self.purchase_id),
            content: &self.sold.content,
            names: &self.sold.names,
        }
    }
}

/// All that something is taken back of, the nearest first and whoever bought it; nothing if that never came, and
/// none if it cannot be read now. A settlement that takes nothing back costs nothing.
pub(super) fn originals(ledger: &Ledger, content: &Content) -> Option<Vec<Original>> {
    let mut found: Vec<Original> = Vec::new();
    let mut next = content.of.as_ref().map(|of| of.key.clone());
    while let Some(key) = next {
        if found.len() == ORIGINALS_MAX {
            return None;
        }
        let Some((_, purchase_id)) = ledger.filed_under(&key).ok()? else {
            break;
        };
        let sold = ledger.sold(&key).ok()??;
        next = sold.content.of.as_ref().map(|of| of.key.clone());
        found.push(Original { purchase_id, sold });
    }
    Some(found)
}

/// The lines that one line takes back, the nearest first.
pub(super) fn lines_behind<'a>(
    content: &'a Content,
    number: LineNumber,
    originals: &'a [Original],
) -> Vec<Looked<'a>> {
    let (mut content, mut number) = (content, number);
    let mut found = Vec::new();
    for original in originals {
        let whole = original.whole();
        let behind = line_of(content, number);
        let Some((line, looked)) = behind.and_then(|line| Some((line, whole.line(line)?))) else {
            break;
        };
        found.push(looked);
        (content, number) = (whole.content, line);
    }
    found
}

/// Which line of its original a line takes back.
fn line_of(content: &Content, LineNumber(number): LineNumber) -> Option<LineNumber> {
    let at = usize::from(number).checked_sub(1)?;
    Some(content.of.as_ref()?.lines.get(at)?.line)
}
