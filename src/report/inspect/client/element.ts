type Child = Node | string | null | false;

/** An element with attributes, listeners and children. Text is text: nothing in it is markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string | number | boolean | ((event: Event) => void)>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key, value);
    else if (typeof value === "boolean") made.toggleAttribute(key, value);
    else made.setAttribute(key, String(value));
  }
  for (const child of children) if (child !== null && child !== false) made.append(child);
  return made;
}

/** The element that the page is written with. */
export function byId<E extends HTMLElement>(id: string): E {
  return document.getElementById(id) as E;
}
