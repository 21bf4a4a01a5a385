/** Where results of runs are kept, by the digest of all that determines them. */
export interface ResultStore<Result> {
  find(digest: string): Promise<Result | undefined>;
  keep(digest: string, result: Result): Promise<void>;
}
