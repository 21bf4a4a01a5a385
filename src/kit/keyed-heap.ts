/**
 * A binary heap of small integers by key, then by order: what keeps a queue sorted. `positions` tells where an item stands,
 * so that any item can be taken out in O(log n); it is indexed by item and may be shared by heaps that never hold the same.
 */
export class KeyedHeap {
  size = 0;
  private items = new Int32Array(8);
  private keys = new Float64Array(8);
  private orders = new Float64Array(8);

  /** @param positions where each item stands; grown by its owner, so asked for each time */
  constructor(private readonly positions: () => Int32Array) {}

  /** The item with the least key; of equal keys the one with the least order. There must be one. */
  get first(): number {
    return this.items[0]!;
  }

  get firstKey(): number {
    return this.keys[0]!;
  }

  /** The item at a place below `size`, in no particular order. */
  at(place: number): number {
    return this.items[place]!;
  }

  add(item: number, key: number, order: number): void {
    if (this.size === this.items.length) this.grow();
    this.rise(this.size++, item, key, order);
  }

  /** Takes an item out, wherever it stands. It must be there. */
  remove(item: number): void {
    const hole = this.positions()[item]!;
    const last = --this.size;
    if (hole === last) return;
    const moved = this.items[last]!;
    const key = this.keys[last]!;
    const order = this.orders[last]!;
    const parent = (hole - 1) >> 1;
    if (hole > 0 && this.before(key, order, parent)) this.rise(hole, moved, key, order);
    else this.sink(hole, moved, key, order);
  }

  private before(key: number, order: number, place: number): boolean {
    const other = this.keys[place]!;
    return key < other || (key === other && order < this.orders[place]!);
  }

  private rise(from: number, item: number, key: number, order: number): void {
    const { items, keys, orders } = this;
    const positions = this.positions();
    let hole = from;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (!this.before(key, order, parent)) break;
      const moved = items[parent]!;
      items[hole] = moved;
      keys[hole] = keys[parent]!;
      orders[hole] = orders[parent]!;
      positions[moved] = hole;
      hole = parent;
    }
    items[hole] = item;
    keys[hole] = key;
    orders[hole] = order;
    positions[item] = hole;
  }

  private sink(from: number, item: number, key: number, order: number): void {
    const { items, keys, orders, size } = this;
    const positions = this.positions();
    let hole = from;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= size) break;
      if (child + 1 < size && this.before(keys[child + 1]!, orders[child + 1]!, child)) child++;
      if (this.before(key, order, child)) break;
      const moved = items[child]!;
      items[hole] = moved;
      keys[hole] = keys[child]!;
      orders[hole] = orders[child]!;
      positions[moved] = hole;
      hole = child;
    }
    items[hole] = item;
    keys[hole] = key;
    orders[hole] = order;
    positions[item] = hole;
  }

  private grow(): void {
    const capacity = this.items.length * 2;
    const [items, keys, orders] = [
      new Int32Array(capacity),
      new Float64Array(capacity),
      new Float64Array(capacity),
    ];
    items.set(this.items);
    keys.set(this.keys);
    orders.set(this.orders);
    this.items = items;
    this.keys = keys;
    this.orders = orders;
  }
}
