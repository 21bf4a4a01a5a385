/** A question that is often asked, with the tables that it needs. */
export interface Example {
  readonly title: string;
  readonly tables: readonly string[];
  readonly sql: string;
}

/** Each is run by a test on files as the commands write them. */
export const EXAMPLES: readonly Example[] = [
  {
    title: "The ten slowest workflows of a run",
    tables: ["attempts", "workflows", "outcome"],
    sql: `SELECT source, workflow, submitted, ended - submitted AS flowTime, succeeded
FROM workflows ORDER BY flowTime DESC LIMIT 10`,
  },
  {
    title: "Where time went, by pool: waiting, service, and attempts that came to nothing",
    tables: ["attempts"],
    sql: `SELECT pool, count(*) AS attempts,
  sum(started - ready) AS waiting,
  sum(ended - started) FILTER (outcome = 'succeeded') AS service,
  sum(ended - started) FILTER (outcome <> 'succeeded') AS wasted
FROM attempts WHERE started IS NOT NULL GROUP BY pool ORDER BY pool`,
  },
  {
    title: "Quantiles of waiting and service by pool",
    tables: ["attempts"],
    sql: `SELECT pool, quantile_cont(started - ready, [0.5, 0.95, 0.99]) AS waiting,
  quantile_cont(ended - started, [0.5, 0.95, 0.99]) AS service
FROM attempts WHERE started IS NOT NULL GROUP BY pool ORDER BY pool`,
  },
  {
    title: "Failures while each disturbance lasted, and while there was none",
    tables: ["attempts", "weather"],
    sql: `WITH spells AS (
  SELECT weather, time AS since, coalesce(lead(time) OVER (PARTITION BY weather ORDER BY time), 'Infinity') AS until, began
  FROM weather)
SELECT coalesce(s.weather, 'none') AS weather, a.pool, count(*) AS attempts,
  avg(CAST(a.outcome = 'failed' AS INTEGER)) AS failed
FROM attempts a LEFT JOIN spells s ON s.began = 1 AND a.ended >= s.since AND a.ended < s.until
GROUP BY ALL ORDER BY ALL`,
  },
  {
    title: "What was chosen, by kind of decision",
    tables: ["decisions"],
    sql: `SELECT kind, pool, option, count(*) AS decisions FROM decisions GROUP BY ALL ORDER BY ALL`,
  },
  {
    title: "Arrivals and flow times, minute by minute",
    tables: ["attempts", "workflows", "outcome"],
    sql: `SELECT floor(submitted / 60) AS minute, count(*) AS submitted, avg(ended - submitted) AS flowTime,
  sum(CAST(ended > due AS INTEGER)) AS late
FROM workflows GROUP BY minute ORDER BY minute`,
  },
  {
    title: "Queues over time (simulate --pools-every)",
    tables: ["series"],
    sql: `SELECT pool, avg(running) AS running, avg(waiting) AS waiting, max(waiting) AS longest FROM series GROUP BY pool ORDER BY pool`,
  },
  {
    title: "Work by type of task, of a trace",
    tables: ["tasks"],
    sql: `SELECT type, count(*) AS tasks, avg(work) AS work, quantile_cont(work, 0.99) AS p99 FROM tasks GROUP BY type ORDER BY sum(work) DESC`,
  },
  {
    title: "The largest workflows of a trace",
    tables: ["tasks", "workflows"],
    sql: `SELECT * FROM workflows ORDER BY work DESC LIMIT 10`,
  },
  {
    title: "Policies of a benchmark by mean objective",
    tables: ["cells"],
    sql: `SELECT scenario, policy, count(*) AS seeds, avg(objective) AS objective, stddev_samp(objective) AS sd
FROM cells GROUP BY ALL ORDER BY scenario, objective`,
  },
  {
    title: "Paired differences of two policies, seed by seed",
    tables: ["cells"],
    sql: `SELECT a.scenario, a.policy, b.policy AS other, avg(b.objective - a.objective) AS difference,
  stddev_samp(b.objective - a.objective) / sqrt(count(*)) AS standardError
FROM cells a JOIN cells b ON a.scenario = b.scenario AND a.seed = b.seed AND a.policy < b.policy
GROUP BY ALL ORDER BY ALL`,
  },
];

/** Those whose tables are all there. */
export const examplesFor = (tables: readonly string[]): readonly Example[] =>
  EXAMPLES.filter((example) => example.tables.every((name) => tables.includes(name)));
