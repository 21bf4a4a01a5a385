// Makes client.generated.ts: the page's program, one script without imports. npm run inspect-client
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const folder = dirname(fileURLToPath(import.meta.url));
const target = join(folder, "..", "client.generated.ts");

/** The modules of the program as one script: each once, after those that it imports, in one scope. */
export function clientProgram() {
  const done = new Set();
  const names = new Map();
  const parts = [];
  const add = (file) => {
    if (done.has(file)) return;
    done.add(file);
    const text = readFileSync(file, "utf8");
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
    for (const statement of source.statements) {
      if (ts.isImportDeclaration(statement)) {
        const clause = statement.importClause;
        const named = clause?.namedBindings;
        const values = named === undefined ? [] : named.elements.filter((one) => !one.isTypeOnly);
        if (clause?.isTypeOnly || values.length === 0) continue;
        if (values.some((one) => one.propertyName !== undefined))
          throw new Error(`${file}: an import is renamed`);
        add(join(dirname(file), statement.moduleSpecifier.text.replace(/\.js$/, ".ts")));
      }
    }
    const { outputText } = ts.transpileModule(text, {
      compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ES2022, removeComments: true },
    });
    const plain = outputText
      .replace(/^import .*;$/gm, "")
      .replace(/^export (?=\w)/gm, "")
      .replace(/^\{\};$/gm, "");
    for (const [, name] of plain.matchAll(/^(?:async )?(?:function\*?|class|const|let|var) (\w+)/gm)) {
      if (names.has(name))
        throw new Error(`${name} is in ${names.get(name)} and in ${relative(folder, file)}`);
      names.set(name, relative(folder, file));
    }
    parts.push(plain.replace(/\n{2,}/g, "\n").trim());
  };
  add(join(folder, "main.ts"));
  return `"use strict";\n(() => {\n${parts.join("\n")}\n})();\n`;
}

export const generated = () =>
  `// Made by client/build.mjs of client/*.ts. Do not edit: npm run inspect-client\nexport const CLIENT = ${JSON.stringify(clientProgram())};\n`;

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, generated());
