/** What a log is called that has no name of its own: its file, without folders and endings. */
export function logName(file: string): string {
  const name = file.split(/[\\/]/).at(-1)!;
  return name.replace(/(?:\.(?:csv|tsv|txt|xes|gz|zst))+$/i, "") || name;
}
