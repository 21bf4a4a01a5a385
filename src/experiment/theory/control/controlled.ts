import type { AnyMetric, Objective } from "../../../model/objective.js";
import { figureName } from "../../../model/objective.js";
import type { Policy } from "../../../policy/policy.js";
import { book, type Figure, type TheoryModel } from "../model.js";
import { scenarioOf, type World } from "../nouns.js";

/**
 * Control problems: what a rule costs a second in the long run. Each rule is an experiment of its own, and its figure has
 * its name.
 */

/** A part of what is to be paid: a total's weight, its metric, and of what it is, where it is not of everything. */
export type Term = readonly [weight: number, metric: AnyMetric, of?: string];

/** A weighted sum of totals. */
export function costs(terms: readonly Term[]): Objective {
  const paid = terms.filter(([weight]) => weight !== 0);
  const figures = paid.map(([, metric, of]) => (of === undefined ? { metric } : { metric, of }));
  return {
    expression: paid.map(([weight], i) => `${weight} * ${figureName(figures[i]!)}`).join(" + "),
    figures,
    weights: paid.map(([weight]) => weight),
    formula: null,
  };
}

/** A rule: its policy, and what the world is like under it, where that is the rule's own doing. */
export interface Rule {
  readonly policy: string | (() => Policy);
  readonly world?: Partial<World>;
}
export type Rules = Readonly<Record<string, Rule["policy"] | Rule>>;

export interface Problem {
  readonly id: string;
  /** Its objective is what a workflow costs on average; times workflows a second, that is what a second costs. */
  readonly world: World;
  /** Workflows a second. */
  readonly rate: number;
  /** Seconds after which the system has forgotten where it began. */
  readonly memory: number;
  readonly rules: Rules;
  /** Whether figures are rewards: what is gained, not what is paid. */
  readonly gains?: boolean;
}

/** The model of a problem: an experiment a rule. */
export function controlled({ id, world, rate, memory, rules, gains = false }: Problem): TheoryModel {
  const figure: Figure = ({ outcome: { objective, workflows, measured } }) =>
    ((gains ? -1 : 1) * objective * workflows.submitted) / measured;
  return {
    experiments: Object.entries(rules).map(([name, given]) => {
      const rule: Rule = typeof given === "object" ? given : { policy: given };
      return {
        name,
        scenario: scenarioOf(`${id}.${name}`, { ...world, ...rule.world }, memory),
        policy: rule.policy,
        watch: {},
        figures: book({ [name]: figure }),
        rate,
        memory,
      };
    }),
  };
}
