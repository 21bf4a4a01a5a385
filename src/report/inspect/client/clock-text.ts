/** An instant of the run, as exactly as the step asks for. */
export function clockText(time: number, step: number): string {
  const t = Math.max(0, time);
  const decimals = step >= 1 ? 0 : Math.min(9, Math.ceil(-Math.log10(step) - 1e-9));
  if (t < 60 && step < 60) return `${t.toFixed(decimals)} s`;
  const [h, m] = [Math.floor(t / 3600), Math.floor((t % 3600) / 60)];
  const s = (t % 60).toFixed(decimals).padStart(decimals > 0 ? decimals + 3 : 2, "0");
  const minutes = h > 0 ? `${h}:${String(m).padStart(2, "0")}` : String(m);
  return `${minutes}:${s}`;
}
