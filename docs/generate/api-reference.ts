import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import {
  Application,
  Comment,
  CommentTag,
  Converter,
  DeclarationReflection,
  type ProjectReflection,
  ReflectionKind,
} from "typedoc";
import { notice, page, Slugger, table } from "./markdown.js";

/** What a folder of src/ is, as a chapter of the reference. In the order in which a reader needs them. */
const CHAPTERS: Readonly<Record<string, string>> = {
  model: "Scenarios, what policies see of them, and features",
  policy: "Heuristics and policies",
  sim: "Simulations, telemetry and outcomes",
  workload: "Traces and how they are imported",
  learn: "Environments, training and optima",
  experiment: "Benchmarks, statistics, tuning and sweeps",
  cli: "Experiments, gates, scenarios and policies from their files",
  report: "Pages and charts",
  registry: "Policy packages",
  kit: "Errors, random streams, distributions",
  statistics: "`switchyard/statistics`: intervals, tests, effect sizes, selection",
  runtime: "`switchyard/runtime`: packaged policies without a dependency",
};

/**
 * docs/api/: the public names with their docstrings, by TypeDoc; a page for each folder of src/ they come from. TypeDoc writes
 * one page a module: it is cut at its categories, and links are made anew.
 * @param root the project's folder
 */
export async function apiReference(root: string): Promise<[path: string, text: string][]> {
  const chapters = new Map((await typedocPages(root)).flatMap((text) => [...cut(text)]));
  const names = [...chapters].map(([chapter, text]) => ({ chapter, anchors: namesOf(text) }));
  const pages = Object.keys(CHAPTERS).map((chapter): [string, string] => {
    // Anchors that TypeDoc counted are no longer right; what a link is called is the name that it leads to.
    const mended = chapters
      .get(chapter)!
      .replaceAll(/\[([^\][]+)\]\([\w/.-]*#[\w-]+\)/g, (_, shown: string) => {
        const name = shown.replaceAll(/[`\\]/g, "").split(".")[0]!;
        const there =
          names.find((each) => each.chapter === chapter && each.anchors.has(name)) ??
          names.find(({ anchors }) => anchors.has(name));
        // A member of one: it stands beneath the name before it.
        if (there === undefined) return shown;
        return `[${shown}](${there.chapter === chapter ? "" : `${there.chapter}.md`}#${there.anchors.get(name)})`;
      });
    return [
      `api/${chapter}.md`,
      page(
        notice("docstrings in src"),
        `# ${CHAPTERS[chapter]}`,
        mended.replaceAll(/<a id="[^"]+"><\/a> /g, "").trim(),
      ),
    ];
  });
  return [["api/README.md", contents(pages)], ...pages];
}

/** By category, the text below its heading, in which headings have risen by one. */
function cut(page: string): [chapter: string, text: string][] {
  return page
    .split(/^## (?=\w+$)/m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf("\n");
      const chapter = part.slice(0, end);
      if (!(chapter in CHAPTERS)) throw new Error(`no chapter of the API reference is for src/${chapter}`);
      return [chapter, part.slice(end + 1).replaceAll(/^#(#+) /gm, "$1 ")];
    });
}

/** The public names of a chapter with their anchors. */
function namesOf(text: string): ReadonlyMap<string, string> {
  const slugger = new Slugger();
  const headings = [...text.matchAll(/^(#+) (.+)$/gm)].map(([, signs, heading]) => ({
    signs,
    heading: heading!,
    anchor: slugger.next(heading!),
  }));
  return new Map(
    headings
      .filter(({ signs }) => signs === "##")
      .map(({ heading, anchor }) => [heading.replaceAll(/\\|\(\)/g, ""), anchor]),
  );
}

function contents(pages: readonly (readonly [string, string])[]): string {
  return page(
    notice("docstrings in src"),
    "# API reference",
    'What `import { ... } from "switchyard"` gives; all else is private and may change. The last pages are what `"switchyard/statistics"` and `"switchyard/runtime"` give.',
    table(
      ["page", "names"],
      pages.map(([path, text]) => {
        const file = basename(path);
        const links = [...namesOf(text)].map(([name, anchor]) => `[${name}](${file}#${anchor})`);
        return [`[${CHAPTERS[basename(path, ".md")]}](${file})`, links.join(", ")];
      }),
    ),
  );
}

/** Modules beside the main one, whose chapters have the names of their folders. */
const SUBPATHS = ["experiment/statistics", "policy/runtime"] as const;
const MODULES = ["index", ...SUBPATHS.map((folder) => `${folder}/index`)];

/** TypeDoc's page of each module, cut into categories by folder of src/. */
async function typedocPages(root: string): Promise<string[]> {
  const app = await Application.bootstrapWithPlugins({
    tsconfig: join(root, "tsconfig.build.json"),
    plugin: ["typedoc-plugin-markdown"],
    entryPoints: MODULES.map((module) => join(root, "src", `${module}.ts`)),
    logLevel: "Error",
    validation: false,
    disableSources: false,
    disableGit: true,
    sourceLinkTemplate: "{path}",
    readme: "none",
    excludePrivate: true,
    excludeProtected: true,
    excludeExternals: true,
    sort: ["kind", "source-order"],
    kindSortOrder: ["Class", "Function", "Variable", "Interface", "TypeAlias"],
    // Of typedoc-plugin-markdown.
    ...({
      outputFileStrategy: "modules",
      hidePageHeader: true,
      hideBreadcrumbs: true,
      hideGroupHeadings: true,
      useCodeBlocks: true,
      expandObjects: false,
      parametersFormat: "table",
      interfacePropertiesFormat: "table",
      classPropertiesFormat: "table",
      typeAliasPropertiesFormat: "table",
      typeDeclarationFormat: "table",
      propertyMembersFormat: "table",
      tableColumnSettings: { hideModifiers: true, hideSources: true, hideDefaults: true },
    } as object),
  });
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => categorise(project, root));
  const project = await app.convert();
  if (project === undefined) throw new Error("TypeDoc could not read the sources");
  const folder = mkdtempSync(join(tmpdir(), "switchyard-api-"));
  try {
    await app.outputs.writeOutput({ name: "markdown", path: folder }, project);
    return ["index", ...SUBPATHS].map((file) => readFileSync(join(folder, `${file}.md`), "utf8"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Each public name gets the category of the folder that it is defined in; then nobody needs to know of sources any more. */
function categorise(project: ProjectReflection, root: string): void {
  for (const reflection of Object.values(project.reflections)) {
    if (!(reflection instanceof DeclarationReflection)) continue;
    const { parent } = reflection;
    if (parent?.kind === ReflectionKind.Module) {
      const file = (reflection.sources ?? reflection.signatures?.[0]?.sources)?.[0]?.fullFileName;
      if (file === undefined) throw new Error(`${reflection.name} is defined nowhere`);
      const [, folder] = relative(root, file).split("/");
      const subpath = SUBPATHS.find((module) => module === parent.name);
      const category = subpath === undefined ? folder! : basename(subpath);
      for (const one of reflection.signatures ?? [reflection]) {
        (one.comment ??= new Comment()).blockTags.push(
          new CommentTag("@category", [{ kind: "text", text: category }]),
        );
      }
    }
  }
  for (const reflection of Object.values(project.reflections)) {
    if (reflection.isDeclaration() || reflection.isSignature()) {
      delete reflection.sources;
      delete reflection.implementationOf;
      delete reflection.overwrites;
    }
    // A parameter that is taken apart where it is declared has no name of its own.
    if (reflection.name === "__namedParameters") reflection.name = "options";
  }
}
