use super::*;

fn facts() -> DatabaseFacts {
    DatabaseFacts {
        version: "17.2".into(),
        version_number: 170_002,
        connections_used: 3,
        connections_allowed: 100,
        now: Clock::system().now(),
    }
}

#[test]
fn an_old_or_a_full_database_is_told() {
    let config = Config::of(&[]).unwrap();
    assert!(database(&config, &facts()).0 == Verdict::Ok);
    for (change, verdict) in [
        (
            (|facts| facts.version_number = 140_009) as fn(&mut DatabaseFacts),
            Verdict::Failure,
        ),
        (|facts| facts.connections_allowed = 20, Verdict::Failure),
        (|facts| facts.connections_used = 91, Verdict::Warning),
    ] {
        let mut facts = facts();
        change(&mut facts);
        let (found, sentence) = database(&config, &facts);
        assert!(found == verdict, "{sentence}");
    }
}

#[test]
fn clocks_that_are_apart_are_told_in_either_direction() {
    for (seconds, verdict) in [
        (1, Verdict::Ok),
        (-1, Verdict::Ok),
        (-5, Verdict::Warning),
        (90, Verdict::Failure),
    ] {
        assert!(clock(time::Duration::seconds(seconds)).0 == verdict, "{seconds}");
    }
}

#[test]
fn schemas_are_told_by_what_to_do() {
    assert!(judge_schema(Ok(Some(0))).0 == Verdict::Ok);
    assert!(judge_schema(Ok(Some(2))).1.contains("usher migrate"));
    assert!(judge_schema(Ok(None)).0 == Verdict::Warning);
    let (verdict, sentence) = judge_schema(Err(MigrateError::VersionMissing(9)));
    assert!(
        verdict == Verdict::Failure && sentence.contains("newer Usher"),
        "{sentence}"
    );
}

#[test]
fn pages_that_are_not_built_are_told() {
    let (verdict, sentence) = pages(&Assets::find(Some(std::path::Path::new("/nowhere"))));
    assert!(
        verdict == Verdict::Failure && sentence.contains("USHER_SITE_ROOT"),
        "{sentence}"
    );
}
