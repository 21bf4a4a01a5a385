import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

export interface PlantedBug {
  readonly bug: string;
  readonly file: string;
  readonly by: string;
}

/** Which checks a file of test/planted lets loose on its bugs. */
const CHECKS: Readonly<Record<string, string>> = {
  "engine.test.ts": "the checks of what a run says of itself (`run-checks`)",
  "wild.test.ts": "the auditor, which keeps its own books of every event, or those checks",
};

/** The bugs by name: the rows of `test.each([...])` and the keys of `BUGS`, read from the tests' own sources. */
export function plantedBugs(root: string): readonly PlantedBug[] {
  return Object.entries(CHECKS).flatMap(([file, by]) => {
    const text = readFileSync(join(root, "test/planted", file), "utf8");
    const names = namesIn(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
    if (names.length === 0) throw new Error(`test/planted/${file} plants nothing that the page could tell`);
    return names.map((bug) => ({ bug, file, by }));
  });
}

function namesIn(source: ts.SourceFile): string[] {
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.name.getText() === "BUGS" && node.initializer !== undefined) {
      for (const property of (node.initializer as ts.ObjectLiteralExpression).properties) {
        if (property.name !== undefined && ts.isStringLiteral(property.name)) names.push(property.name.text);
      }
    }
    if (ts.isCallExpression(node) && /^test\.each\b/.test(node.expression.getText())) {
      for (const row of node.arguments[0] !== undefined && ts.isArrayLiteralExpression(node.arguments[0])
        ? node.arguments[0].elements
        : []) {
        const [name] = ts.isArrayLiteralExpression(row) ? row.elements : [];
        if (name !== undefined && ts.isStringLiteral(name)) names.push(name.text);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}
