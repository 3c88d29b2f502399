//! How PostgreSQL answers a statement of the program: what it reads, how, and how many pages of that.

use serde_json::Value;
use sqlx::{AssertSqlSafe, Execute, PgConnection, PgExecutor, Postgres};
use std::fmt;

pub(super) struct Plan(Value);

impl Plan {
    /// Of a statement that is planned each time, with what is bound to it.
    pub(super) async fn of<'q>(
        executor: impl PgExecutor<'_>,
        mut statement: impl Execute<'q, Postgres>,
    ) -> Self {
        let values = statement.take_arguments().unwrap().unwrap();
        let text = statement.sql();
        let explain = format!("explain (analyze, buffers, format json) {}", text.as_str());
        let explained = sqlx::query_scalar_with(AssertSqlSafe(explain), values).persistent(false);
        Self(explained.fetch_one(executor).await.unwrap())
    }

    /// Of the statement that this connection has prepared and that has `part` in it, by the plan that is made once for
    /// whatever is bound to it, and by the one for these values.
    pub(super) async fn both_of_prepared(
        connection: &mut PgConnection,
        part: &str,
        values: &str,
    ) -> [Self; 2] {
        let names: Vec<String> = sqlx::query_scalar(
            "select name from pg_prepared_statements where position($1 in statement) > 0 and not from_sql
             and position('pg_prepared' in statement) = 0",
        )
        .bind(part)
        .fetch_all(&mut *connection)
        .await
        .unwrap();
        assert_eq!(names.len(), 1, "{part}: {names:?}");
        let explain = format!(
            "explain (analyze, buffers, format json) execute {} ({values})",
            names[0]
        );
        let mut plans = Vec::new();
        for mode in ["force_generic_plan", "force_custom_plan"] {
            let set = format!("set plan_cache_mode = {mode}");
            sqlx::query(AssertSqlSafe(set))
                .execute(&mut *connection)
                .await
                .unwrap();
            let explained = sqlx::query_scalar(AssertSqlSafe(explain.clone())).persistent(false);
            plans.push(Self(explained.fetch_one(&mut *connection).await.unwrap()));
        }
        plans.try_into().unwrap_or_else(|_| unreachable!("two modes"))
    }

    fn top(&self) -> &Value {
        &self.0[0]["Plan"]
    }

    fn nodes(&self) -> Vec<&Value> {
        let mut nodes = vec![self.top()];
        let mut at = 0;
        while at < nodes.len() {
            nodes.extend(nodes[at]["Plans"].as_array().into_iter().flatten());
            at += 1;
        }
        nodes
    }

    /// How a table is read, wherever it is: `Index Only Scan`.
    pub(super) fn scans_of(&self, table: &str) -> Vec<&str> {
        self.nodes()
            .into_iter()
            .filter(|node| node["Relation Name"] == table)
            .filter_map(|node| node["Node Type"].as_str())
            .collect()
    }

    pub(super) fn reads(&self, table: &str) -> bool {
        !self.scans_of(table).is_empty()
    }

    /// Pages read, in memory or not; one that is read twice counts twice.
    pub(super) fn pages(&self) -> u64 {
        let of = |key: &str| self.top()[key].as_u64().unwrap();
        of("Shared Hit Blocks") + of("Shared Read Blocks")
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for node in self.nodes() {
            let index = node["Index Name"].as_str().unwrap_or_default();
            let table = node["Relation Name"].as_str().unwrap_or_default();
            writeln!(
                f,
                "{} {table} {index} {} rows x {}, {} pages",
                node["Node Type"], node["Actual Rows"], node["Actual Loops"], node["Shared Hit Blocks"]
            )?;
        }
        Ok(())
    }
}
