import type { CommandModule, Options } from "yargs";
import { COMMANDS, GLOBAL_OPTIONS } from "../../src/cli/commands/index.js";
import { EXIT_CODES } from "../../src/cli/exit.js";
import { code, notice, page, plain, slug, table } from "./markdown.js";

/** What a command says of itself to yargs. */
interface Told {
  readonly positionals: Map<string, Options>;
  readonly options: Map<string, Options>;
  readonly groups: Map<string, string>;
  readonly examples: [command: string, meaning: string][];
  readonly epilogues: string[];
  readonly conflicts: [string, string][];
  readonly commands: CommandModule[];
}

/** docs/cli.md: every command with its arguments, options, defaults and examples, as yargs is told of them. */
export function cliReference(): string {
  const sections = COMMANDS.flatMap((command) => section(command, "switchyard"));
  return page(
    notice("src/cli/commands"),
    "# The command line",
    "`switchyard <command> --help` says the same as this page. A command is written " +
      "`npx switchyard` where the package is a dependency, and in a clone after `npm run build`.",
    table(
      ["command", "what it does"],
      sections.map(({ name, describe }) => [`[${code(name)}](#${slug(name)})`, plain(describe)]),
    ),
    "## For every command",
    optionTable(new Map<string, Options>(Object.entries(GLOBAL_OPTIONS)), new Map()),
    "`--help` (`-h`) and `--version` (`-v`) are understood everywhere. An option of one value that is given twice is refused.",
    "## Exit codes",
    table(
      ["code", "meaning"],
      EXIT_CODES.map(([number, meaning]) => [code(number), meaning]),
    ),
    'With `--json` an error goes to stdout as `{ "error": { code, what, where, mend } }`; otherwise to stderr.',
    ...sections.map(({ text }) => text),
  );
}

function section(command: CommandModule, parent: string): { name: string; describe: string; text: string }[] {
  const told = listen(command);
  const usage = `${parent} ${String(command.command)}`;
  const name = usage.replaceAll(/ [<[].*$/g, "");
  const describe = String(command.describe ?? "");
  if (told.commands.length > 0) return told.commands.flatMap((inner) => section(inner, name));
  const text = page(
    `## ${code(name)}`,
    `${sentence(describe)}`,
    `    ${usage}`,
    told.positionals.size === 0 ? null : argumentTable(told.positionals),
    told.options.size === 0 ? null : optionTable(told.options, told.groups),
    ...told.conflicts.map(
      ([one, other]) => `${code(`--${one}`)} and ${code(`--${other}`)} exclude each other.`,
    ),
    told.examples.length === 0 ? null : examples(told.examples),
    ...told.epilogues.map((text) =>
      text.includes("\n  ")
        ? `\`\`\`\n${text}\n\`\`\``
        : text.replaceAll(/\bdocs\/([\w-]+\.md)/g, "[$1]($1)"),
    ),
  ).trimEnd();
  return [{ name, describe, text }];
}

/** Names of the options of a command, or of a command beneath it; those that all have are among them. */
export function optionsOf(name: string, inner?: string): string[] {
  const named = (commands: readonly CommandModule[], word: string | undefined) =>
    commands.find(({ command }) => String(command).split(" ")[0] === word);
  const command = named(COMMANDS, name);
  if (command === undefined) throw new Error(`there is no command ${name}`);
  const told = listen(command);
  const beneath = named(told.commands, inner);
  if (told.commands.length > 0 && beneath === undefined)
    throw new Error(`there is no command ${name} ${inner}`);
  const options = beneath === undefined ? told.options : listen(beneath).options;
  return ["help", "version", ...Object.keys(GLOBAL_OPTIONS), ...options.keys()];
}

/**
 * Runs a command's builder on a listener in place of yargs, which keeps what it is told to itself: examples and
 * epilogues can only be had of it as help text. Every method that the builders call chains.
 */
function listen({ builder }: CommandModule): Told {
  const told: Told = {
    positionals: new Map(),
    options: new Map(),
    groups: new Map(),
    examples: [],
    epilogues: [],
    conflicts: [],
    commands: [],
  };
  const option = (name: string, options: Options) => {
    told.options.set(name, options);
    if (options.group !== undefined) told.groups.set(name, options.group);
  };
  const heard: Record<string, (...args: never[]) => unknown> = {
    positional: (name: string, options: Options) => told.positionals.set(name, options),
    option,
    options: (all: Record<string, Options>) => {
      for (const [name, options] of Object.entries(all)) option(name, options);
    },
    group: (names: string | string[], group: string) => {
      for (const name of [names].flat()) told.groups.set(name, group);
    },
    example: (command: string, meaning: string) => told.examples.push([command, meaning]),
    epilogue: (text: string) => told.epilogues.push(text),
    conflicts: (one: string, other: string | string[]) => {
      for (const each of [other].flat()) told.conflicts.push([one, each]);
    },
    command: (...modules: (CommandModule | CommandModule[])[]) => told.commands.push(...modules.flat()),
    demandCommand: () => {},
    strict: () => {},
    version: () => {},
  };
  const listener: object = new Proxy(
    {},
    {
      get: (_, method: string) => {
        const hear = heard[method];
        if (hear === undefined)
          throw new Error(`a command calls yargs.${method}, of which the reference knows nothing`);
        return (...args: never[]) => {
          hear(...args);
          return listener;
        };
      },
    },
  );
  if (typeof builder === "function") builder(listener as never);
  return told;
}

const sentence = (text: string): string => `${text[0]!.toUpperCase()}${plain(text.slice(1))}.`;

const argumentTable = (positionals: ReadonlyMap<string, Options>): string =>
  table(
    ["argument", "", "meaning"],
    [...positionals].map(([name, options]) => [
      code(name),
      `${options.demandOption ? "required" : "optional"}${options.array ? ", several" : ""}`,
      meaning(options),
    ]),
  );

function optionTable(options: ReadonlyMap<string, Options>, groups: ReadonlyMap<string, string>): string {
  // Ungrouped ones first, then group by group, as `--help` has them.
  const names = [...new Set([undefined, ...groups.values()])];
  const rows = names.flatMap((group) => {
    const members = [...options].filter(([name]) => groups.get(name) === group);
    const head =
      group === undefined || members.length === 0 ? [] : [[`**${group.replace(/:$/, "")}**`, "", "", ""]];
    return [...head, ...members.map(([name, each]) => optionRow(name, each))];
  });
  return table(["option", "type", "default", "meaning"], rows);
}

function optionRow(name: string, options: Options): string[] {
  const aliases = [options.alias ?? []].flat().map((alias) => `, ${code(`-${alias}`)}`);
  const type =
    options.choices === undefined
      ? (options.type ?? "string")
      : options.choices.map((choice) => code(String(choice))).join(", ");
  const shown =
    options.default === undefined || options.default === false ? "" : code(String(options.default));
  return [
    `${code(`--${name}`)}${aliases.join("")}`,
    `${type}${options.array ? ", may be given often" : ""}`,
    options.demandOption ? "required" : shown,
    meaning(options),
  ];
}

const meaning = ({ describe, description, desc }: Options): string =>
  plain(String(describe ?? description ?? desc ?? ""));

function examples(all: Told["examples"]): string {
  const lines = all.map(([command, meaning]) => `# ${meaning}\n${command.replace("$0", "switchyard")}`);
  return `\`\`\`\n${lines.join("\n")}\n\`\`\``;
}
