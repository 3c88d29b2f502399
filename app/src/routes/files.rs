//! The files and streams that the host writes beside pages.

use super::{
    AUDIT, AUDIT_CSV, AUDIT_JSON, INVITE_LIST, INVITE_LIST_FILE, INVITE_LIST_PROGRESS, USERS, USERS_CSV,
    invite_many::page_of_list,
};
use domain::local_path::LocalPath;

/// Files that the host writes, each beside the page that shows the same.
pub const FILES: [(&str, &str); 5] = [
    (USERS_CSV, USERS),
    (AUDIT_CSV, AUDIT),
    (AUDIT_JSON, AUDIT),
    (INVITE_LIST_FILE, INVITE_LIST),
    (INVITE_LIST_PROGRESS, INVITE_LIST),
];

/// The page that shows what a file holds: nobody can stay at a file.
pub(super) fn page_beside(address: &LocalPath) -> String {
    if let Some(page) = page_of_list(address.path()) {
        return page;
    }
    let file = FILES.iter().find(|(file, _)| *file == address.path());
    match file {
        Some((file, page)) => address.as_str().replacen(file, page, 1),
        None => address.as_str().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::*;

    #[test]
    fn whoever_signs_in_for_a_file_comes_to_its_page() {
        let next = |path: &str| sign_in_then(&LocalPath::parse(path).unwrap());
        assert_eq!(
            next("/organization/audit.csv?actor=ada"),
            "/sign-in?next=%2Forganization%2Faudit%3Factor%3Dada"
        );
        assert_eq!(
            next("/organization/audit"),
            "/sign-in?next=%2Forganization%2Faudit"
        );
        for beside in ["result.csv", "progress"] {
            assert_eq!(
                next(&format!(
                    "/organization/users/invite-many/{}/{beside}",
                    uuid::Uuid::nil()
                )),
                "/sign-in?next=%2Forganization%2Fusers%2Finvite-many%2F00000000-0000-0000-0000-000000000000"
            );
        }
        assert_eq!(
            next("/x?/organization/audit.csv"),
            "/sign-in?next=%2Fx%3F%2Forganization%2Faudit.csv"
        );
    }
}
