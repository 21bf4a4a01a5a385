import { clockText } from "./clock-text.js";
import { type Colours, draw, drawOverview, gutterOf, type Look, marks, prepare, ticksOf } from "./draw.js";
import { byId, element } from "./element.js";
import { type Asked, decision, instant, overviewPanel, span, storyPanel } from "./panel.js";
import {
  begun,
  flowName,
  hasFailed,
  isLate,
  type Run,
  readyKnown,
  rowsOf,
  runOf,
  taskName,
  toneOf,
} from "./run.js";
import {
  type Filter,
  NO_FILTER,
  placeAt,
  RULER,
  type Scene,
  sceneOf,
  type Track,
  WEATHER_HEIGHT,
  weatherTop,
} from "./scene.js";

/** Inflates what the page holds, and begins. */
async function begin(): Promise<void> {
  const legend = JSON.parse(byId("legend").textContent!);
  const holder = byId("columns");
  const text = atob(holder.textContent!.trim());
  holder.remove();
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const run = runOf(legend, new Uint8Array(await new Response(stream).arrayBuffer()));
  new Page(run);
  document.body.dataset["state"] = "ready";
}

const LEAST_SPAN = 1e-6;

class Page implements Asked {
  private readonly canvas = byId<HTMLCanvasElement>("timeline");
  private readonly strip = byId<HTMLCanvasElement>("overview");
  private readonly scroller = byId("scroller");
  private readonly spacer = byId("spacer");
  private readonly panel = byId("panel");
  private readonly tip = byId("tip");
  private readonly status = byId("status");
  private scene: Scene;
  private filter: Filter = NO_FILTER;
  private colours: Colours = coloursOf();
  private t0 = 0;
  private t1: number;
  private flow = -1;
  private attempt = -1;
  private due = false;

  constructor(private readonly run: Run) {
    this.t1 = run.legend.end > 0 ? run.legend.end : 1;
    this.scene = sceneOf(run, this.filter);
    this.listen();
    this.fillFilters();
    this.show();
    this.resize();
    const sorting = prepare(this.scene);
    const next = () => {
      if (!sorting.next().done) requestIdleCallback(next);
    };
    requestIdleCallback(next);
  }

  // What is shown.

  /** Pixels that the names take, in the timeline and in the strip above it alike. */
  private get gutter(): number {
    return gutterOf(this.canvas.clientWidth);
  }

  private get look(): Look {
    return {
      t0: this.t0,
      t1: this.t1,
      width: this.canvas.clientWidth,
      height: this.canvas.clientHeight,
      gutter: this.gutter,
      scroll: this.scroller.scrollTop,
      flow: this.flow,
      attempt: this.attempt,
    };
  }

  /** Draws with the next frame, once, however much has changed. */
  private redraw(): void {
    if (this.due) return;
    this.due = true;
    requestAnimationFrame(() => {
      this.due = false;
      const { look } = this;
      draw(this.canvas.getContext("2d")!, this.scene, look, this.colours);
      const size = { width: this.strip.clientWidth, height: this.strip.clientHeight };
      drawOverview(this.strip.getContext("2d")!, this.scene, look, size, this.colours);
    });
  }

  private resize(): void {
    for (const canvas of [this.canvas, this.strip]) {
      const ratio = devicePixelRatio;
      canvas.width = Math.round(canvas.clientWidth * ratio);
      canvas.height = Math.round(canvas.clientHeight * ratio);
      canvas.getContext("2d")!.setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    this.spacer.style.height = `${Math.max(0, this.scene.height - this.canvas.clientHeight)}px`;
    this.redraw();
  }

  private setView(t0: number, t1: number): void {
    const { end } = this.run.legend;
    const length = Math.min(Math.max(t1 - t0, LEAST_SPAN), end > 0 ? end : 1);
    this.t0 = Math.min(Math.max(0, t0), Math.max(0, end - length));
    this.t1 = this.t0 + length;
    this.redraw();
  }

  /** @param at share of the width that stays where it is */
  private zoom(factor: number, at = 0.5): void {
    const pivot = this.t0 + (this.t1 - this.t0) * at;
    this.setView(pivot - (pivot - this.t0) * factor, pivot + (this.t1 - pivot) * factor);
  }

  private pan(share: number): void {
    const by = (this.t1 - this.t0) * share;
    this.setView(this.t0 + by, this.t1 + by);
  }

  private show(): void {
    const content =
      this.flow < 0 ? overviewPanel(this.run, this) : storyPanel(this.run, this.flow, this.attempt, this);
    this.panel.replaceChildren(content);
    this.panel.scrollTop = 0;
    byId("clear").hidden = this.flow < 0;
    this.redraw();
  }

  private say(text: string): void {
    this.status.textContent = text;
  }

  // What the panel asks for.

  showFlow(flow: number): void {
    const { flows } = this.run;
    this.select(flow, -1);
    const [from, until] = [flows.submitted[flow]!, flows.end[flow]!];
    this.showTime(from, until);
  }

  showAttempt(attempt: number): void {
    this.select(this.run.attempts.workflow[attempt]!, attempt);
    const { start, end } = this.run.attempts;
    if (end[attempt]! < this.t0 || start[attempt]! > this.t1) {
      const length = this.t1 - this.t0;
      this.setView(start[attempt]! - length / 2, start[attempt]! + length / 2);
    }
  }

  showTime(from: number, until: number): void {
    const margin = Math.max((until - from) * 0.15, this.run.legend.tick * 20);
    this.setView(from - margin, until + margin);
  }

  private select(flow: number, attempt: number): void {
    this.flow = flow;
    this.attempt = attempt;
    this.show();
    if (flow < 0) {
      this.say("nothing selected");
      return;
    }
    const result = hasFailed(this.run, flow) ? ", failed" : isLate(this.run, flow) ? ", late" : "";
    this.say(`${flowName(this.run, flow)}${result}${attempt < 0 ? "" : `: ${this.told(attempt)}`}`);
  }

  private told(i: number): string {
    const { attempts, legend } = this.run;
    const w = attempts.workflow[i]!;
    const where = legend.pools[attempts.pool[i]!]?.name ?? "no pool";
    return `${taskName(this.run, w, attempts.task[i]!, attempts.instance[i]!)} at ${where}, ${legend.outcomes[attempts.outcome[i]!] ?? "ended"}`;
  }

  // Filters.

  private fillFilters(): void {
    const { pools, sources } = this.run.legend;
    const fill = (id: string, names: readonly string[]) => {
      const select = byId<HTMLSelectElement>(id);
      names.forEach((name, n) => {
        select.append(element("option", { value: n }, name));
      });
      if (names.length < 2) select.closest("label")!.hidden = true;
    };
    fill(
      "pool",
      pools.map(({ name }) => name),
    );
    fill("source", sources);
    for (const id of ["pool", "source", "outcome"])
      byId(id).addEventListener("change", () => this.applyFilter());
  }

  private applyFilter(): void {
    const value = (id: string) => byId<HTMLSelectElement>(id).value;
    this.filter = {
      pool: Number(value("pool")),
      source: Number(value("source")),
      outcome: value("outcome") as Filter["outcome"],
    };
    this.scene = sceneOf(this.run, this.filter);
    this.resize();
  }

  /** "17" or "order 17". */
  private find(text: string): void {
    const [, source, serial] = /^(?:(.*?)[ :]\s*)?(\d+)$/.exec(text.trim()) ?? [];
    const { flows, legend } = this.run;
    for (let w = 0; serial !== undefined && w < flows.count; w++) {
      if (flows.serial[w] !== Number(serial)) continue;
      if (source !== undefined && legend.sources[flows.source[w]!] !== source) continue;
      this.showFlow(w);
      return;
    }
    this.say(`no workflow is called "${text}"`);
  }

  /** The next attempt that went wrong, or workflow that failed or was late, by when it ended. */
  private nextFault(forward: boolean): void {
    const { attempts, flows } = this.run;
    const now =
      this.attempt >= 0
        ? attempts.end[this.attempt]!
        : this.flow >= 0
          ? flows.end[this.flow]!
          : (this.t0 + this.t1) / 2;
    let [flow, attempt, nearest] = [-1, -1, Number.POSITIVE_INFINITY];
    const isNearer = (end: number): boolean => {
      const ahead = (end - now) * (forward ? 1 : -1);
      if (!(ahead > 0 && ahead < nearest)) return false;
      nearest = ahead;
      return true;
    };
    for (let i = 0; i < attempts.count; i++) {
      if (toneOf(this.run, i) !== 1 || attempts.workflow[i]! < 0 || !isNearer(attempts.end[i]!)) continue;
      [flow, attempt] = [attempts.workflow[i]!, i];
    }
    for (let w = 0; w < flows.count; w++) {
      if ((hasFailed(this.run, w) || isLate(this.run, w)) && isNearer(flows.end[w]!))
        [flow, attempt] = [w, -1];
    }
    if (flow < 0) {
      this.say(forward ? "nothing goes wrong after this" : "nothing went wrong before this");
      return;
    }
    this.select(flow, attempt);
    const length = this.t1 - this.t0;
    const at = attempt < 0 ? flows.end[flow]! : attempts.end[attempt]!;
    if (at < this.t0 || at > this.t1) this.setView(at - length / 2, at + length / 2);
  }

  private nextAttempt(step: number): void {
    if (this.flow < 0) return;
    const { attempts } = this.run;
    const rows = [...rowsOf(this.run.attemptsOf, this.flow)].sort(
      (a, b) => attempts.start[a]! - attempts.start[b]! || a - b,
    );
    const at = rows.indexOf(this.attempt);
    const next =
      at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step));
    if (rows.length > 0) this.showAttempt(rows[next]!);
  }

  // What a pointer and keys do.

  private timeAt(x: number): number {
    return this.t0 + ((x - this.gutter) / (this.canvas.clientWidth - this.gutter)) * (this.t1 - this.t0);
  }

  private listen(): void {
    new ResizeObserver(() => this.resize()).observe(this.scroller);
    this.scroller.addEventListener("scroll", () => this.redraw());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.colours = coloursOf();
      this.redraw();
    });
    this.canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.drag();
    this.dragOverview();
    this.canvas.addEventListener("dblclick", (event) => this.zoom(0.25, this.shareAt(event)));
    this.canvas.addEventListener("pointerleave", () => {
      this.tip.hidden = true;
    });
    addEventListener("keydown", (event) => this.key(event));
    byId("find").addEventListener("change", (event) => this.find((event.target as HTMLInputElement).value));
    for (const [id, act] of [
      ["in", () => this.zoom(0.5)],
      ["out", () => this.zoom(2)],
      ["fit", () => this.setView(0, this.run.legend.end)],
      ["next", () => this.nextFault(true)],
      ["clear", () => this.select(-1, -1)],
    ] as const) {
      byId(id).addEventListener("click", act);
    }
  }

  private shareAt(event: MouseEvent): number {
    return Math.min(1, Math.max(0, (event.offsetX - this.gutter) / (this.canvas.clientWidth - this.gutter)));
  }

  private wheel(event: WheelEvent): void {
    const overflows = this.scene.height > this.canvas.clientHeight;
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (event.ctrlKey || event.metaKey || (!sideways && !event.shiftKey && !overflows)) {
      event.preventDefault();
      this.zoom(Math.exp(Math.max(-60, Math.min(60, event.deltaY)) * 0.006), this.shareAt(event));
    } else if (sideways || event.shiftKey) {
      event.preventDefault();
      this.pan((sideways ? event.deltaX : event.deltaY) / this.canvas.clientWidth);
    }
  }

  private drag(): void {
    let from: { x: number; t0: number; t1: number; moved: boolean } | null = null;
    this.canvas.addEventListener("pointerdown", (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      from = { x: event.offsetX, t0: this.t0, t1: this.t1, moved: false };
    });
    this.canvas.addEventListener("pointermove", (event) => {
      if (from === null) {
        this.hover(event);
        return;
      }
      const by = event.offsetX - from.x;
      from.moved ||= Math.abs(by) > 3;
      if (!from.moved) return;
      this.tip.hidden = true;
      const shift = (by / (this.canvas.clientWidth - this.gutter)) * (from.t1 - from.t0);
      this.setView(from.t0 - shift, from.t1 - shift);
    });
    this.canvas.addEventListener("pointerup", (event) => {
      if (from !== null && !from.moved) this.click(event);
      from = null;
    });
  }

  private dragOverview(): void {
    let anchor: number | null = null;
    const time = (event: PointerEvent) => {
      const share = (event.offsetX - this.gutter) / (this.strip.clientWidth - this.gutter);
      return Math.min(1, Math.max(0, share)) * this.run.legend.end;
    };
    this.strip.addEventListener("pointerdown", (event) => {
      this.strip.setPointerCapture(event.pointerId);
      anchor = time(event);
    });
    this.strip.addEventListener("pointermove", (event) => {
      if (anchor === null) return;
      const now = time(event);
      const least = this.run.legend.end / 500;
      if (Math.abs(now - anchor) > least) this.setView(Math.min(anchor, now), Math.max(anchor, now));
    });
    this.strip.addEventListener("pointerup", (event) => {
      if (anchor === null) return;
      const now = time(event);
      const length = this.t1 - this.t0;
      if (Math.abs(now - anchor) <= this.run.legend.end / 500)
        this.setView(now - length / 2, now + length / 2);
      anchor = null;
    });
  }

  private trackAt(y: number): Track | undefined {
    return this.scene.tracks.find((track) => y >= track.top && y < track.top + track.height);
  }

  /** The workflow and attempt at a point, -1 for none. */
  private thingAt(event: MouseEvent): { flow: number; attempt: number; decision: number } {
    const none = { flow: -1, attempt: -1, decision: -1 };
    const y = event.offsetY + this.scroller.scrollTop;
    if (event.offsetX < this.gutter || event.offsetY < RULER) return none;
    for (const mark of marks(this.scene, this.look)) {
      if (Math.abs(mark.x - event.offsetX) < 5 && Math.abs(mark.y - y) < 6)
        return { ...none, flow: mark.flow, decision: mark.decision };
    }
    const track = this.trackAt(y);
    if (track === undefined) return none;
    const reach = ((this.t1 - this.t0) / this.canvas.clientWidth) * 2;
    const place = placeAt(track, y, this.timeAt(event.offsetX), reach);
    if (place < 0) return none;
    const row = track.row(place);
    if (track.kind === "workflows") return { ...none, flow: row };
    return { ...none, flow: this.run.attempts.workflow[row]!, attempt: row };
  }

  private click(event: MouseEvent): void {
    const { flow, attempt, decision: decided } = this.thingAt(event);
    if (decided >= 0 && flow < 0) {
      this.select(-1, -1);
      this.panel.replaceChildren(
        element("div", {}, element("h2", {}, "Why here?"), decision(this.run, decided, true)),
      );
      return;
    }
    this.select(flow, attempt);
    this.canvas.focus();
  }

  private hover(event: PointerEvent): void {
    const lines = this.tipLines(event);
    this.tip.hidden = lines.length === 0;
    if (lines.length === 0) return;
    this.tip.replaceChildren(...lines.map((line, n) => element(n === 0 ? "b" : "span", {}, line)));
    const { width, height } = this.tip.getBoundingClientRect();
    const left = Math.min(event.clientX + 14, innerWidth - width - 8);
    const top = event.clientY + 18 + height > innerHeight ? event.clientY - height - 10 : event.clientY + 18;
    this.tip.style.left = `${left}px`;
    this.tip.style.top = `${top}px`;
  }

  private tipLines(event: PointerEvent): string[] {
    const { run, scene } = this;
    const y = event.offsetY + this.scroller.scrollTop;
    const time = this.timeAt(event.offsetX);
    if (event.offsetX < this.gutter) return [];
    const row = scene.weather.findIndex((_, r) => y >= weatherTop(r) && y < weatherTop(r) + WEATHER_HEIGHT);
    if (row >= 0) {
      const spell = run.legend.spells.find(
        ({ name, from, until }) => name === scene.weather[row] && time >= from && time <= until,
      );
      if (spell === undefined) return [];
      const names = spell.pools.map((p) => run.legend.pools[p]!.name).join(", ");
      return [
        `${spell.name}: ${spell.effect}`,
        `strikes ${names}`,
        `${instant(spell.from)} for ${span(spell.until - spell.from)}`,
      ];
    }
    const { flow, attempt, decision: decided } = this.thingAt(event);
    if (decided >= 0) {
      const { kind, serial } = run.decisions;
      return [
        `decision ${serial[decided]}: ${run.legend.kinds[kind[decided]!]}`,
        flow < 0 ? "of no workflow" : flowName(run, flow),
      ];
    }
    if (attempt >= 0) {
      const { start, end, ready } = run.attempts;
      const waited = readyKnown(run, attempt) ? `waited ${span(start[attempt]! - ready[attempt]!)}, ` : "";
      const ran = begun(run, attempt) ? `ran ${span(end[attempt]! - start[attempt]!)}` : "never began";
      return [flow < 0 ? "attempt" : flowName(run, flow), this.told(attempt), `${waited}${ran}`];
    }
    if (flow >= 0) {
      const { submitted, end } = run.flows;
      return [flowName(run, flow), `in the system for ${span(end[flow]! - submitted[flow]!)}`];
    }
    return this.countsAt(y, time);
  }

  /** Where no single thing is met: how many there are. */
  private countsAt(y: number, time: number): string[] {
    const track = this.scene.tracks.find((one) => y >= one.top && y < one.queueTop + one.queueHeight);
    if (track === undefined) return [];
    const bin = (levels: readonly Float32Array[], step: number) => levels[0]![Math.floor(time / step)] ?? 0;
    const inside = bin(track.cover.levels, track.cover.step);
    const name = track.kind === "workflows" ? "in the system" : `${track.label}: running`;
    const lines = [clockText(time, ticksOf(this.look).step / 10), `${name} ${inside.toFixed(1)}`];
    if (track.queue !== null) lines.push(`waiting ${bin(track.queue.levels, track.queue.step).toFixed(1)}`);
    return lines;
  }

  private key(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      target.blur();
      byId<HTMLDialogElement>("keys").close();
      this.select(-1, -1);
      return;
    }
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName)) return;
    const act = this.acts[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  }

  private readonly acts: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => this.pan(-0.2),
    ArrowRight: () => this.pan(0.2),
    a: () => this.pan(-0.2),
    d: () => this.pan(0.2),
    ArrowUp: () => this.scroller.scrollBy(0, -60),
    ArrowDown: () => this.scroller.scrollBy(0, 60),
    "+": () => this.zoom(0.6),
    "=": () => this.zoom(0.6),
    w: () => this.zoom(0.6),
    "-": () => this.zoom(1 / 0.6),
    s: () => this.zoom(1 / 0.6),
    Home: () => this.setView(0, this.t1 - this.t0),
    End: () => this.setView(this.run.legend.end, this.run.legend.end + this.t1 - this.t0),
    "0": () => this.setView(0, this.run.legend.end),
    n: () => this.nextFault(true),
    p: () => this.nextFault(false),
    "]": () => this.nextAttempt(1),
    "[": () => this.nextAttempt(-1),
    z: () =>
      this.flow >= 0 && this.showTime(this.run.flows.submitted[this.flow]!, this.run.flows.end[this.flow]!),
    "/": () => byId("find").focus(),
    "?": () => byId<HTMLDialogElement>("keys").showModal(),
  };
}

function coloursOf(): Colours {
  const style = getComputedStyle(document.documentElement);
  const names = [
    "paper",
    "surface",
    "ink",
    "muted",
    "line",
    "grid",
    "accent",
    "accentSoft",
    "bad",
    "badSoft",
    "neutral",
    "late",
    "queue",
    "queueSoft",
    "sky",
  ] as const;
  return Object.fromEntries(
    names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
  ) as unknown as Colours;
}

begin().catch((error: unknown) => {
  document.body.dataset["state"] = "failed";
  byId("status").textContent = `The run cannot be shown: ${(error as Error).message}`;
});
