//! What was measured, as tables in Markdown.

use crate::load::Cost;

/// One figure of a goal.
pub(crate) struct Figure {
    goal: &'static str,
    what: String,
    is: String,
    wanted: String,
    /// `None`: there is no number that is wanted.
    met: Option<bool>,
}

#[derive(Default)]
pub(crate) struct Table {
    figures: Vec<Figure>,
    costs: Vec<(String, Cost)>,
}

impl Table {
    /// At least so much.
    pub(crate) fn at_least(
        &mut self,
        goal: &'static str,
        what: impl Into<String>,
        is: f64,
        wanted: f64,
        unit: &str,
    ) {
        self.put(
            goal,
            what,
            (is, unit),
            format!("≥ {}", number(wanted)),
            Some(is >= wanted),
        );
    }

    pub(crate) fn at_most(
        &mut self,
        goal: &'static str,
        what: impl Into<String>,
        is: f64,
        wanted: f64,
        unit: &str,
    ) {
        self.put(
            goal,
            what,
            (is, unit),
            format!("≤ {}", number(wanted)),
            Some(is <= wanted),
        );
    }

    pub(crate) fn told(&mut self, goal: &'static str, what: impl Into<String>, is: f64, unit: &str) {
        self.put(goal, what, (is, unit), String::new(), None);
    }

    fn put(
        &mut self,
        goal: &'static str,
        what: impl Into<String>,
        (is, unit): (f64, &str),
        wanted: String,
        met: Option<bool>,
    ) {
        let what = what.into();
        let is = format!("{} {unit}", number(is)).trim().to_owned();
        eprintln!("{goal}: {what}: {is} {wanted}");
        self.figures.push(Figure {
            goal,
            what,
            is,
            wanted,
            met,
        });
    }

    /// What a request costs, for those who want to know where a ratio comes from.
    pub(crate) fn cost(&mut self, what: impl Into<String>, cost: &Cost) {
        let what = what.into();
        assert!(
            cost.wrong * 1_000 <= cost.requests,
            "{what}: {} of {} answers were wrong",
            cost.wrong,
            cost.requests
        );
        eprintln!("{what}: {cost:?}");
        self.costs.push((what, cost.clone()));
    }

    pub(crate) fn print(&self) {
        println!("| goal | what | measured | wanted | met |\n|---|---|---|---|---|");
        for Figure {
            goal,
            what,
            is,
            wanted,
            met,
        } in &self.figures
        {
            let met = match met {
                Some(true) => "yes",
                Some(false) => "**no**",
                None => "",
            };
            println!("| {goal} | {what} | {is} | {wanted} | {met} |");
        }
        println!(
            "\n| request | server, µs | database, µs | a second and core | median, ms | p99, ms | requests |"
        );
        println!("|---|---|---|---|---|---|---|");
        for (what, cost) in &self.costs {
            println!(
                "| {what} | {:.0} | {:.0} | {:.0} | {:.1} | {:.1} | {} |",
                cost.server,
                cost.database,
                cost.of_a_core(),
                cost.median,
                cost.p99,
                cost.requests
            );
        }
    }

    pub(crate) fn are_met(&self) -> bool {
        self.figures.iter().all(|figure| figure.met != Some(false))
    }
}

/// With as many digits as mean anything.
fn number(value: f64) -> String {
    if value.fract() == 0.0 || value.abs() >= 100.0 {
        format!("{value:.0}")
    } else if value.abs() >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}
