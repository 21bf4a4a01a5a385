/** Numbers by name, of task types or pools, as a user gave them: `gold=3,basic=0.5`; what was not named has the default. */
export class Weights {
  private readonly given: ReadonlyMap<string, number>;

  constructor(
    readonly fallback: number,
    given: Iterable<readonly [string, number]> = [],
  ) {
    this.given = new Map([...given].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** The same with another default. */
  or(fallback: number): Weights {
    return new Weights(fallback, this.given);
  }

  of(name: string): number {
    return this.given.get(name) ?? this.fallback;
  }

  /** What a user would write, each name after `prefix`, in alphabetical order. */
  settings(prefix = ""): string[] {
    return [...this.given].map(([name, value]) => `${prefix}${name}=${value}`);
  }
}

/** The name of a policy with its knobs and weights: `naor(cost=1,gold=10)`. */
export function label(
  name: string,
  knobs: Readonly<Record<string, number>>,
  ...weights: readonly (readonly [prefix: string, weights: Weights])[]
): string {
  const settings = [
    ...Object.entries(knobs).map(([knob, value]) => `${knob}=${value}`),
    ...weights.flatMap(([prefix, each]) => each.settings(prefix)),
  ];
  return settings.length === 0 ? name : `${name}(${settings.join(",")})`;
}
