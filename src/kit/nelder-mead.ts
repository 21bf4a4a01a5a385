/**
 * A local minimum of a function of a few variables, without derivatives: Nelder and Mead 1965, with the coefficients 1, 2,
 * 1/2, 1/2. Where the function is not finite the point counts as worst. Deterministic.
 * @param step edge of the first simplex, in each variable
 */
export function nelderMead(
  f: (x: readonly number[]) => number,
  start: readonly number[],
  { step = 0.5, most = 200 * start.length, tolerance = 1e-9 } = {},
): { readonly x: readonly number[]; readonly value: number } {
  const at = (x: readonly number[]): Vertex => {
    const value = f(x);
    return { x, value: Number.isFinite(value) ? value : Number.MAX_VALUE };
  };
  const n = start.length;
  const simplex = [at(start), ...start.map((_, k) => at(start.map((v, j) => (j === k ? v + step : v))))];
  const order = () => simplex.sort((a, b) => a.value - b.value);
  order();
  for (let used = n + 1; used < most; ) {
    const [best, worst] = [simplex[0]!, simplex[n]!];
    if (worst.value - best.value <= tolerance * (Math.abs(best.value) + tolerance) && isSmall(simplex)) break;
    const centre = start.map((_, j) => simplex.slice(0, n).reduce((sum, { x }) => sum + x[j]!, 0) / n);
    const along = (t: number) => at(centre.map((c, j) => c + t * (worst.x[j]! - c)));
    const reflected = along(-1);
    used++;
    if (reflected.value < best.value) {
      const further = along(-2);
      used++;
      simplex[n] = further.value < reflected.value ? further : reflected;
    } else if (reflected.value < simplex[n - 1]!.value) simplex[n] = reflected;
    else {
      const nearer = along(reflected.value < worst.value ? -0.5 : 0.5);
      used++;
      if (nearer.value < Math.min(reflected.value, worst.value)) simplex[n] = nearer;
      else {
        for (let k = 1; k <= n; k++) simplex[k] = at(best.x.map((b, j) => b + (simplex[k]!.x[j]! - b) / 2));
        used += n;
      }
    }
    order();
  }
  return simplex[0]!;
}

interface Vertex {
  readonly x: readonly number[];
  readonly value: number;
}

const isSmall = (simplex: readonly Vertex[]): boolean =>
  simplex.every(({ x }) => x.every((v, j) => Math.abs(v - simplex[0]!.x[j]!) < 1e-6));
