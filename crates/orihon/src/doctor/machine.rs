//! What this machine allows a process: open files, against the connections of the server.

use super::check;
use super::check::{Check, State};
use rustix::process::{Resource, getrlimit};

/// What the ledger opens besides connections.
const FOR_THE_LEDGER: u64 = 256;

pub(super) fn look(connections_max: usize) -> Vec<Check> {
    let limit = getrlimit(Resource::Nofile).current;
    vec![open_files(limit, connections_max)]
}

/// `None` is no limit.
fn open_files(limit: Option<u64>, connections_max: usize) -> Check {
    let wanted = u64::try_from(connections_max)
        .unwrap_or(u64::MAX)
        .saturating_add(FOR_THE_LEDGER);
    let found = match limit {
        Some(limit) => {
            format!("{limit} in this shell, for {connections_max} connections and the ledger")
        }
        None => "as many as one likes".to_owned(),
    };
    match limit {
        Some(limit) if limit < wanted => check(
            "open files",
            State::Wrong,
            found,
            &format!(
                "allow {wanted} (LimitNOFILE={wanted} in the unit, ulimit -n {wanted} in a shell), or start the \
                 server with fewer --connections-max"
            ),
        ),
        Some(_) | None => check("open files", State::Well, found, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_need_open_files() {
        for (limit, connections, state) in [
            (None, 768, State::Well),
            (Some(1_024), 768, State::Well),
            (Some(1_023), 768, State::Wrong),
            (Some(1_024), 4_000, State::Wrong),
        ] {
            assert_eq!(open_files(limit, connections).state, state, "{limit:?}");
        }
    }
}
