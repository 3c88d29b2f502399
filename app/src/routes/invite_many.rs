//! The addresses of lists of invitations.

use domain::ids::JobId;

/// Where a list is given.
pub const INVITE_MANY: &str = "/organization/users/invite-many";
/// Where a file of it is posted to; beside the page.
pub const INVITE_MANY_FILE: &str = "/organization/users/invite-many/file";
/// One list.
pub const INVITE_LIST: &str = "/organization/users/invite-many/{id}";
/// Each of its lines with what became of it.
pub const INVITE_LIST_FILE: &str = "/organization/users/invite-many/{id}/result.csv";
/// How far it is, told while it is sent.
pub const INVITE_LIST_PROGRESS: &str = "/organization/users/invite-many/{id}/progress";

pub fn invite_list(job: JobId) -> String {
    of(INVITE_LIST, job)
}

pub fn invite_list_file(job: JobId) -> String {
    of(INVITE_LIST_FILE, job)
}

pub fn invite_list_progress(job: JobId) -> String {
    of(INVITE_LIST_PROGRESS, job)
}

fn of(pattern: &str, job: JobId) -> String {
    pattern.replace("{id}", &job.to_string())
}

/// The page of a list, from the address of what is beside it.
pub(super) fn page_of_list(path: &str) -> Option<String> {
    let (id, beside) = path
        .strip_prefix(INVITE_MANY)?
        .strip_prefix('/')?
        .split_once('/')?;
    let is_beside = ["result.csv", "progress"].contains(&beside);
    is_beside.then(|| id.parse().ok().map(invite_list)).flatten()
}
