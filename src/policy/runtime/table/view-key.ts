import type { DecisionView } from "../../../model/decision-view.js";
import { DECISION_KINDS } from "../../../model/scenario.js";
import { countFigure, probabilityFigure } from "./figures.js";

/** Of so many sources the phase of arrivals is looked at, where any is observed. */
const MOST_SOURCES = 8;

/**
 * What a policy can see at a decision, as whole numbers: equal for decisions that are alike. Candidates are told by what
 * they are, not by where they stand in the list: a policy over keys answers with the code of a candidate.
 *
 * Counts and states are seen, ages and sizes are not: where times are exponential and classes tell all that sizes would,
 * nothing is lost (the state is Markov), elsewhere this is an aggregation.
 */
export class ViewKey {
  /** Of the decision last read. Reused. */
  readonly figures: number[] = [];
  /** [candidates]: code of each, 0 for those that are not allowed. Those with one code are alike. */
  readonly codes: number[] = [];
  private readonly types = new Map<string, number>();
  private readonly candidates = new Map<string, number>();
  private readonly sorted: number[] = [];
  /** A task of each type among the candidates. */
  private readonly byType: number[] = [];

  /** @param known types and candidates in the order in which they were numbered, where a key is to go on from another */
  constructor(
    known: { readonly types: readonly string[]; readonly candidates: readonly string[] } = {
      types: [],
      candidates: [],
    },
  ) {
    for (const [i, name] of known.types.entries()) this.types.set(name, i);
    for (const [i, name] of known.candidates.entries()) this.candidates.set(name, i + 1);
  }

  /** All that later keys depend on. */
  known() {
    return { types: [...this.types.keys()], candidates: [...this.candidates.keys()] };
  }

  read(view: DecisionView): void {
    const { figures, codes, sorted } = this;
    const { pools } = view;
    figures.length = 0;
    codes.length = 0;
    sorted.length = 0;
    figures.push(DECISION_KINDS.indexOf(view.kind), countFigure(view.workflowsInSystem));
    if (view.observedArrivalRate > 0)
      for (let s = 0; s < MOST_SOURCES; s++) figures.push(view.arrivalPhase(s) + 1);
    for (let p = 0; p < pools.count; p++) {
      figures.push(
        countFigure(pools.running(p)),
        countFigure(pools.waiting(p)),
        countFigure(pools.servers(p)),
        countFigure(pools.starting(p)),
        pools.open(p) ? 1 : 0,
      );
    }
    for (let i = 0; i < view.count; i++) {
      const code = view.allowed(i) ? this.codeOf(view, i) : 0;
      codes.push(code);
      if (code !== 0 && !sorted.includes(code)) sorted.push(code);
    }
    sorted.sort((a, b) => a - b);
    figures.push(...sorted);
    this.readTasks(view);
  }

  /** The first candidate with a code; -1 where there is none. */
  candidate(code: number): number {
    return this.codes.indexOf(code);
  }

  private typeOf(name: string): number {
    let number = this.types.get(name);
    if (number === undefined) this.types.set(name, (number = this.types.size));
    return number;
  }

  private codeOf(view: DecisionView, i: number): number {
    const task = view.task(i);
    const { tasks } = view;
    const text =
      task < 0
        ? `${view.kind} ${view.pool(i)} ${view.option(i)}`
        : `${view.kind} ${view.pool(i)} ${view.option(i)} ${tasks.type(task)} ${tasks.runsAt(task)} ${tasks.straggles(task) ? 1 : 0}`;
    let code = this.candidates.get(text);
    if (code === undefined) this.candidates.set(text, (code = this.candidates.size + 1));
    return code;
  }

  /** What is to be known of the tasks among the candidates: of each type once, in the order of their numbers. */
  private readTasks(view: DecisionView): void {
    const { figures, byType } = this;
    const { tasks, pools } = view;
    byType.length = 0;
    for (let i = 0; i < view.count; i++) {
      const task = view.task(i);
      if (task >= 0) byType[this.typeOf(tasks.type(task))] = task;
    }
    for (let type = 0; type < byType.length; type++) {
      const task = byType[type];
      if (task === undefined) continue;
      const inLine = view.kind === "dispatch" ? tasks.standsFor(task) : 0;
      figures.push(type, countFigure(tasks.queueLength(task)), countFigure(inLine));
      for (let p = 0; p < pools.count; p++) {
        if (tasks.affinity(task, p) === 0) continue;
        figures.push(probabilityFigure(tasks.failureProbability(task, p)));
        figures.push(tasks.changeover(task, p) > 0 ? 1 : 0);
      }
    }
  }
}
