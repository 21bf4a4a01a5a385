/** How a table of jobs is read that has a row a task, with the columns job, task, after, at, run and kind. */
export const JOB_MAPPING = `columns:
  workflow: job
  task: task
  parents: { column: after, separator: "|" }
  submitted: { column: at, unit: ms }
  work: { column: run, missing: ["-"] }
  type: { column: kind, default: plain }
`;
