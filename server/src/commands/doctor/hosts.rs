//! What is wrong with a database of several hosts.

use super::{Finding, failure, ok, warning};
use crate::database::HostsSeen;

pub(super) fn judge(seen: &HostsSeen) -> Finding {
    let sentence = &seen.sentence;
    if !seen.one_suits {
        failure(format!(
            "{sentence}. Two take writes, and what one gets the other does not have: end the one that was the primary \
             before."
        ))
    } else if seen.all_answer {
        ok(format!("{sentence}."))
    } else {
        warning(format!("{sentence}. Start what does not answer."))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Verdict, *};

    #[test]
    fn two_that_take_writes_are_worse_than_one_that_does_not_answer() {
        let verdict = |one_suits, all_answer| {
            let sentence = "db1:5432 is the primary".into();
            let seen = HostsSeen {
                sentence,
                all_answer,
                one_suits,
            };
            judge(&seen).0
        };
        assert!(verdict(true, true) == Verdict::Ok);
        assert!(verdict(true, false) == Verdict::Warning);
        assert!(verdict(false, true) == Verdict::Failure);
    }
}
