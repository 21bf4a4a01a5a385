import type { SchemaTree } from "hyparquet";

/**
 * A schema whose columns have names: in a damaged footer they may be lost.
 * @throws {Error} where one has none
 */
export function named(tree: SchemaTree): SchemaTree {
  if (tree.children.some(({ element }) => typeof element.name !== "string"))
    throw new Error("a column has no name");
  return tree;
}
